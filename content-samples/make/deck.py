"""Builds PPTX decks in the house style: one method per kind of slide, text in real placeholders."""

import io

from lxml import etree
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.util import Emu, Inches, Pt

import pictures
from brand import ACCENT, AMBER, BODY, HEAD, INK, LABEL, LAKE, LINE, MIST, ROOT, SAND, STAMP, STONE, TEAL, WHITE, marker

_CHARTS = {
    "column": XL_CHART_TYPE.COLUMN_CLUSTERED,
    "stacked": XL_CHART_TYPE.COLUMN_STACKED,
    "bar": XL_CHART_TYPE.BAR_CLUSTERED,
    "line": XL_CHART_TYPE.LINE,
    "doughnut": XL_CHART_TYPE.DOUGHNUT,
}


def _png(image, colours=None, quality=82):
    data = io.BytesIO()
    if colours == "jpeg":
        image.convert("RGB").save(data, "JPEG", quality=quality, optimize=True)
    elif image.mode == "RGBA":
        image.save(data, "PNG", optimize=True)
    else:
        image.convert("P", palette=1, colors=colours or 128).save(data, "PNG", optimize=True)
    data.seek(0)
    return data


class Deck:
    def __init__(self, file, title, product="company", lang="en"):
        self.file, self.title, self.product, self.lang = file, title, product, lang
        self.accent = ACCENT[product]
        self.deck = Presentation()
        self.deck.slide_width, self.deck.slide_height = Inches(13.333), Inches(7.5)
        self._theme()
        self.cover_image = _png(pictures.cover(product, 1334, 750), "jpeg")
        self.mark_white = _png(pictures.mark(96))
        self.mark_ink = _png(pictures.mark(96, INK))

    # ---- slides -------------------------------------------------------------------------------

    def cover(self, title, subtitle, line):
        slide = self._slide()
        self._background(slide, self.cover_image)
        self._shape(slide, 0, 0, 0.28, 7.5, AMBER)
        slide.shapes.add_picture(self._again(self.mark_white), Inches(0.9), Inches(0.75), Inches(0.62))
        self._text(slide, 1.65, 0.74, 5, 0.65, [("tarnwick", 28, WHITE, True)], anchor=MSO_ANCHOR.MIDDLE)
        self._title(slide, title, 0.9, 2.2, 10.6, 2.1, 46, WHITE, MSO_ANCHOR.BOTTOM)
        self._text(slide, 0.9, 4.5, 9.8, 1.1, [(subtitle, 22, "DCE8E6", False)])
        self._text(slide, 0.9, 6.55, 9, 0.4, [(line, 14, "DCE8E6", False)])
        self._reference(slide, "B9CCCA")
        return self

    def section(self, number, title, line):
        slide = self._slide()
        self._background(slide, self.cover_image)
        self._shape(slide, 0, 0, 7.9, 7.5, INK)
        self._shape(slide, 7.9, 0, 0.09, 7.5, self.accent)
        self._text(slide, 0.9, 1.5, 3, 1.3, [(number, 72, AMBER, True)], font=HEAD)
        self._title(slide, title, 0.9, 2.9, 6.5, 1.5, 38, WHITE, MSO_ANCHOR.TOP)
        self._text(slide, 0.9, 4.55, 6.3, 1.6, [(line, 20, "DCE8E6", False)])
        self._reference(slide, "B9CCCA")
        return self

    def points(self, title, lead, points, note=None):
        slide = self._content(title, lead)
        top, bottom = (2.3 if lead else 1.95), 6.75
        step = (bottom - top) / len(points)
        for i, (head, text) in enumerate(points):
            y = top + i * step
            self._shape(slide, 0.75, y + 0.1, 0.09, step - 0.32, self.accent)
            self._text(slide, 1.05, y, 3.35, step - 0.1, [(head, 20, INK, True)], anchor=MSO_ANCHOR.MIDDLE)
            self._text(slide, 4.5, y, 7.9, step - 0.1, [(text, 19, STONE, False)], anchor=MSO_ANCHOR.MIDDLE)
        self._note(slide, note)
        return self

    def columns(self, title, lead, columns, note=None):
        slide = self._content(title, lead)
        width = (11.9 - 0.3 * (len(columns) - 1)) / len(columns)
        for i, (head, items) in enumerate(columns):
            x = 0.75 + i * (width + 0.3)
            self._shape(slide, x, 2.35, width, 4.3, SAND)
            self._shape(slide, x, 2.35, width, 0.08, self.accent)
            self._text(slide, x + 0.25, 2.6, width - 0.5, 0.5, [(head, 20, INK, True)])
            self._text(slide, x + 0.25, 3.2, width - 0.5, 3.3, [("•  " + item, 19, STONE, False) for item in items], gap=12)
        self._note(slide, note)
        return self

    def stats(self, title, lead, stats, text):
        slide = self._content(title, lead)
        width = (11.9 - 0.3 * (len(stats) - 1)) / len(stats)
        for i, (number, label) in enumerate(stats):
            x = 0.75 + i * (width + 0.3)
            self._shape(slide, x, 2.35, width, 2.35, MIST)
            self._text(slide, x + 0.2, 2.5, width - 0.4, 1.1, [(number, 46 if len(number) < 8 else 34, self.accent, True)], font=HEAD, anchor=MSO_ANCHOR.MIDDLE)
            self._text(slide, x + 0.2, 3.6, width - 0.4, 1.0, [(label, 16, INK, False)])
        self._text(slide, 0.75, 5.05, 11.9, 1.6, [(text, 18, STONE, False)])
        return self

    def chart(self, title, lead, kind, categories, series, reading, source, unit="0"):
        slide = self._content(title, lead)
        data = CategoryChartData(number_format=unit)
        data.categories = categories
        for name, values in series:
            data.add_series(name, values)
        frame = slide.shapes.add_chart(_CHARTS[kind], Inches(0.65), Inches(2.25), Inches(7.7), Inches(4.35), data)
        self._style_chart(frame.chart, kind, len(series))
        self._shape(slide, 8.7, 2.35, 3.95, 4.1, SAND)
        self._text(slide, 8.95, 2.55, 3.45, 3.7, [(item, 17, INK if i == 0 else STONE, i == 0) for i, item in enumerate(reading)], gap=10)
        self._text(slide, 0.75, 6.58, 9, 0.3, [(source, 11, STONE, False)])
        return self

    def table(self, title, lead, rows, widths, note=None):
        slide = self._content(title, lead)
        height = min(0.78, 4.35 / len(rows))
        shape = slide.shapes.add_table(len(rows), len(rows[0]), Inches(0.75), Inches(2.3), Inches(11.9), Inches(height * len(rows)))
        table = shape.table
        style = shape._element.graphic.graphicData.tbl.find("{http://schemas.openxmlformats.org/drawingml/2006/main}tblPr")
        style.set("bandRow", "0")
        total = sum(widths)
        for c, width in enumerate(widths):
            table.columns[c].width = Emu(int(Inches(11.9) * width / total))
        for r, row in enumerate(rows):
            table.rows[r].height = Inches(height)
            for c, value in enumerate(row):
                cell = table.cell(r, c)
                cell.fill.solid()
                cell.fill.fore_color.rgb = RGBColor.from_string(INK if r == 0 else (MIST if r % 2 == 0 else WHITE))
                cell.margin_left = cell.margin_right = Inches(0.14)
                cell.margin_top = cell.margin_bottom = Inches(0.05)
                cell.vertical_anchor = MSO_ANCHOR.MIDDLE
                run = cell.text_frame.paragraphs[0].add_run()
                run.text = value
                self._font(run, 15, WHITE if r == 0 else (INK if c == 0 else STONE), r == 0 or c == 0)
        self._note(slide, note)
        return self

    def quote(self, text, who, context):
        slide = self._slide()
        self._shape(slide, 0, 0, 13.333, 7.5, SAND)
        self._shape(slide, 0, 0, 0.28, 7.5, self.accent)
        self._text(slide, 0.95, 0.55, 2, 1.4, [("“", 110, self.accent, True)], font=HEAD)
        self._title(slide, text, 1.2, 1.75, 10.9, 2.9, 32, INK, MSO_ANCHOR.MIDDLE)
        self._text(slide, 1.2, 4.95, 10.5, 0.5, [(who, 20, INK, True)])
        self._text(slide, 1.2, 5.45, 10.5, 1.0, [(context, 17, STONE, False)])
        self._reference(slide, STONE)
        return self

    def picture(self, title, lead, image, captions):
        slide = self._content(title, lead)
        pic = slide.shapes.add_picture(_png(image.resize((1152, round(1152 * image.height / image.width)))), Inches(0.75), Inches(2.25), height=Inches(4.4))
        pic.line.color.rgb = RGBColor.from_string(LINE)
        pic._element.nvPicPr.cNvPr.set("descr", lead)
        left = 0.75 + 4.4 * image.width / image.height + 0.35
        step = 4.4 / len(captions)
        for i, (head, text) in enumerate(captions):
            self._text(slide, left, 2.2 + i * step, 12.75 - left, step, [(head, 17, self.accent, True), (text, 15, STONE, False)], gap=2)
        return self

    def steps(self, title, lead, steps, foot):
        slide = self._content(title, lead)
        width = 11.9 / len(steps)
        for i, (name, text) in enumerate(steps):
            x = 0.75 + i * width
            shape = slide.shapes.add_shape(MSO_SHAPE.CHEVRON if i else MSO_SHAPE.PENTAGON, Inches(x), Inches(2.4), Inches(width - 0.04), Inches(0.95))
            self._paint(shape, self.accent if i == 0 else (LAKE if i % 2 else TEAL))
            shape.adjustments[0] = 0.28
            frame = shape.text_frame
            frame.margin_left = Inches(0.12 if i == 0 else 0.3)
            frame.margin_right = Inches(0.1)
            frame.word_wrap = True
            frame.vertical_anchor = MSO_ANCHOR.MIDDLE
            frame.paragraphs[0].alignment = PP_ALIGN.CENTER
            run = frame.paragraphs[0].add_run()
            run.text = name
            self._font(run, 16, WHITE, True)
            self._text(slide, x + 0.05, 3.55, width - 0.25, 2.2, [(text, 18, STONE, False)])
        self._shape(slide, 0.75, 5.85, 11.9, 0.8, SAND)
        self._text(slide, 0.95, 5.85, 11.5, 0.8, [(foot, 17, INK, True)], anchor=MSO_ANCHOR.MIDDLE)
        return self

    def close(self, title, actions, contact):
        slide = self._slide()
        self._background(slide, self.cover_image)
        self._shape(slide, 0, 0, 0.28, 7.5, AMBER)
        self._title(slide, title, 0.9, 0.8, 11, 1.1, 38, WHITE, MSO_ANCHOR.MIDDLE)
        for i, (head, text) in enumerate(actions):
            y = 2.25 + i * 1.15
            self._shape(slide, 0.9, y, 0.75, 0.75, AMBER)
            self._text(slide, 0.9, y, 0.75, 0.75, [(str(i + 1), 26, INK, True)], anchor=MSO_ANCHOR.MIDDLE, align=PP_ALIGN.CENTER)
            self._text(slide, 1.95, y - 0.12, 10.4, 1.05, [(head, 21, WHITE, True), (text, 16, "DCE8E6", False)], anchor=MSO_ANCHOR.MIDDLE, gap=2)
        self._text(slide, 0.9, 6.3, 10, 0.4, [(contact, 16, WHITE, False)])
        self._reference(slide, "B9CCCA")
        return self

    def notes(self, text):
        """Speaker's notes for the slide added last: for the rep, never for the prospect."""
        self.deck.slides[len(self.deck.slides) - 1].notes_slide.notes_text_frame.text = text
        return self

    def save(self):
        core = self.deck.core_properties
        core.title, core.author, core.language = self.title, "Tarnwick Marketing", self.lang
        core.created = core.modified = STAMP
        core.last_modified_by, core.revision = "Tarnwick Marketing", 1
        target = ROOT / self.file
        target.parent.mkdir(parents=True, exist_ok=True)
        self.deck.save(target)

    # ---- pieces -------------------------------------------------------------------------------

    def _slide(self):
        return self.deck.slides.add_slide(self.deck.slide_layouts[5])

    def _content(self, title, lead):
        slide = self._slide()
        self._shape(slide, 0, 0, 0.28, 7.5, self.accent)
        self._text(slide, 0.75, 0.38, 8, 0.3, [(LABEL[self.product], 12, self.accent, True)])
        slide.shapes.add_picture(self._again(self.mark_ink), Inches(12.2), Inches(0.36), Inches(0.46))
        self._title(slide, title, 0.75, 0.66, 11.2, 0.85, 30, INK, MSO_ANCHOR.MIDDLE)
        if lead:
            self._text(slide, 0.75, 1.5, 11.6, 0.7, [(lead, 18, STONE, False)])
        self._shape(slide, 0.75, 6.93, 11.9, 0.012, LINE)
        self._reference(slide, STONE)
        return slide

    def _reference(self, slide, colour):
        number = len(self.deck.slides)
        self._text(slide, 0.75, 6.98, 9, 0.3, [(f"© Tarnwick Systems  ·  {self.title}  ·  Ref. {marker(self.file, number)}", 10.5, colour, False)])
        self._text(slide, 11.65, 6.98, 1.0, 0.3, [(str(number), 10.5, colour, False)], align=PP_ALIGN.RIGHT)

    def _background(self, slide, image):
        pic = slide.shapes.add_picture(self._again(image), 0, 0, self.deck.slide_width, self.deck.slide_height)
        slide.shapes._spTree.remove(pic._element)
        slide.shapes._spTree.insert(2, pic._element)

    @staticmethod
    def _again(data):
        data.seek(0)
        return data

    def _title(self, slide, text, x, y, w, h, size, colour, anchor):
        shape = slide.shapes.title
        shape.left, shape.top, shape.width, shape.height = Inches(x), Inches(y), Inches(w), Inches(h)
        frame = shape.text_frame
        frame.word_wrap, frame.vertical_anchor = True, anchor
        frame.margin_left = frame.margin_right = 0
        paragraph = frame.paragraphs[0]
        paragraph.alignment = PP_ALIGN.LEFT
        run = paragraph.add_run()
        run.text = text
        self._font(run, size, colour, True, HEAD)
        # The title was made first and would lie under the shapes that follow it.
        slide.shapes._spTree.append(shape._element)

    def _text(self, slide, x, y, w, h, lines, font=BODY, anchor=MSO_ANCHOR.TOP, align=PP_ALIGN.LEFT, gap=0):
        box = slide.shapes.add_textbox(Inches(x), Inches(y), Inches(w), Inches(h))
        frame = box.text_frame
        frame.word_wrap, frame.vertical_anchor = True, anchor
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        for i, (text, size, colour, bold) in enumerate(lines):
            paragraph = frame.paragraphs[0] if i == 0 else frame.add_paragraph()
            paragraph.alignment, paragraph.space_after = align, Pt(gap)
            run = paragraph.add_run()
            run.text = text
            self._font(run, size, colour, bold, font)
        return box

    def _font(self, run, size, colour, bold, name=BODY):
        run.font.size, run.font.bold, run.font.name = Pt(size), bold, name
        run.font.color.rgb = RGBColor.from_string(colour)
        run._r.get_or_add_rPr().set("lang", {"en": "en-GB", "de": "de-DE", "es": "es-ES"}[self.lang])

    def _shape(self, slide, x, y, w, h, colour):
        shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, Inches(x), Inches(y), Inches(w), Inches(h))
        self._paint(shape, colour)
        return shape

    @staticmethod
    def _paint(shape, colour):
        shape.fill.solid()
        shape.fill.fore_color.rgb = RGBColor.from_string(colour)
        shape.line.fill.background()
        shape.shadow.inherit = False

    def _note(self, slide, note):
        if note:
            slide.notes_slide.notes_text_frame.text = note

    def _style_chart(self, chart, kind, count):
        palette = [self.accent, LAKE, "A9BDBB", AMBER, "6E7F93", "D9A9A0"]
        chart.font.size, chart.font.name = Pt(14), BODY
        chart.font.color.rgb = RGBColor.from_string(STONE)
        chart.has_title = False
        if kind == "line" and self.product == "company":
            palette[1] = AMBER  # two greens cannot be told apart as thin lines
        plot = chart.plots[0]
        chart.has_legend = count > 1 or kind == "doughnut"
        if chart.has_legend:
            chart.legend.position = XL_LEGEND_POSITION.RIGHT if kind == "doughnut" else XL_LEGEND_POSITION.BOTTOM
            chart.legend.include_in_layout = False
            chart.legend.font.size = Pt(14)
        if kind == "doughnut":
            for i in range(len(list(plot.categories))):
                point = plot.series[0].points[i]
                point.format.fill.solid()
                point.format.fill.fore_color.rgb = RGBColor.from_string(palette[i % len(palette)])
            plot.has_data_labels = True
            plot.data_labels.show_percentage, plot.data_labels.show_value = True, False
            plot.data_labels.font.size = Pt(13)
            plot.data_labels.font.bold = True
            plot.data_labels.font.color.rgb = RGBColor.from_string(WHITE)
            return
        for i, series in enumerate(plot.series):
            if kind == "line":
                series.format.line.color.rgb = RGBColor.from_string(palette[i])
                series.format.line.width = Pt(3)
                series.smooth = False
            else:
                series.format.fill.solid()
                series.format.fill.fore_color.rgb = RGBColor.from_string(palette[i])
        if kind != "line":
            plot.gap_width = 55
            if kind != "stacked":
                plot.has_data_labels = True
                plot.data_labels.position = XL_LABEL_POSITION.OUTSIDE_END
                plot.data_labels.font.size = Pt(13)
                plot.data_labels.font.color.rgb = RGBColor.from_string(INK)
        if kind == "bar":
            chart.category_axis.reverse_order = True
        value = chart.value_axis
        value.major_gridlines.format.line.color.rgb = RGBColor.from_string("E3E9E8")
        value.format.line.fill.background()
        value.visible = kind in ("line", "stacked")
        value.has_major_gridlines = value.visible
        value.tick_labels.font.size = Pt(12)
        chart.category_axis.format.line.color.rgb = RGBColor.from_string(LINE)
        chart.category_axis.tick_labels.font.size = Pt(13)

    def _theme(self):
        part = self.deck.slide_masters[0].part.part_related_by(RT.THEME)
        tree = etree.fromstring(part.blob)
        ns = {"a": "http://schemas.openxmlformats.org/drawingml/2006/main"}
        tree.set("name", "Tarnwick")
        for name, colour in zip(("dk2", "lt2", "accent1", "accent2", "accent3", "accent4", "accent5", "accent6"),
                                (INK, SAND, self.accent, LAKE, TEAL, AMBER, "B9502E", STONE)):
            slot = tree.find(f".//a:clrScheme/a:{name}", ns)
            for child in list(slot):
                slot.remove(child)
            etree.SubElement(slot, f"{{{ns['a']}}}srgbClr").set("val", colour)
        tree.find(".//a:majorFont/a:latin", ns).set("typeface", HEAD)
        part._blob = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
