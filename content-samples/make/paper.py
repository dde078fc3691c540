"""Lays out PDF papers: white papers with a cover, case studies, data sheets and one-pagers."""

import io
from xml.sax.saxutils import escape

from reportlab.graphics.shapes import Drawing, Rect, String
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import (BaseDocTemplate, Frame, HRFlowable, Image, KeepTogether, NextPageTemplate, PageBreak,
                                PageTemplate, Paragraph, Spacer, Table, TableStyle)

import pictures
from brand import ACCENT, AMBER, INK, LABEL, LINE, MIST, ROOT, SAND, STONE, font_file, marker
from markup import bold_runs, read

WIDTH, HEIGHT = A4
_INSET = 22 * mm

for _name, _file in (("Body", "Carlito-Regular"), ("Body-Bold", "Carlito-Bold"), ("Body-Italic", "Carlito-Italic"), ("Head", "Caladea-Bold")):
    pdfmetrics.registerFont(TTFont(_name, font_file(f"{_file}.ttf")))
pdfmetrics.registerFontFamily("Body", normal="Body", bold="Body-Bold", italic="Body-Italic", boldItalic="Body-Bold")


def _hex(code):
    return HexColor(f"#{code}")


def _style(name, **more):
    base = dict(fontName="Body", fontSize=11.6, leading=17, textColor=_hex("22373B"), alignment=TA_LEFT, spaceAfter=7)
    return ParagraphStyle(name, **{**base, **more})


TEXT = _style("text")
HEAD = _style("head", fontName="Head", fontSize=19, leading=23, textColor=_hex(INK), spaceBefore=4, spaceAfter=9)
MINOR = _style("minor", fontName="Head", fontSize=15, leading=19, textColor=_hex(INK), spaceBefore=9, spaceAfter=5)
SUB = _style("sub", fontName="Body-Bold", fontSize=12.2, leading=16, spaceBefore=5, spaceAfter=3)
CELL = _style("cell", fontSize=10.4, leading=13.6, spaceAfter=0)
CELL_HEAD = _style("cellhead", fontName="Body-Bold", fontSize=10.4, leading=13.6, spaceAfter=0, textColor=_hex("FFFFFF"))


def _rich(text):
    return "".join(f"<b>{escape(part)}</b>" if bold else escape(part) for part, bold in bold_runs(text))


def _bars(title, unit, rows, accent, width):
    height = 28 + 24 * len(rows)
    drawing = Drawing(width, height)
    drawing.add(String(0, height - 12, title, fontName="Body-Bold", fontSize=11, fillColor=_hex(INK)))
    top = max(value for _, value in rows)
    label = min(190, max(pdfmetrics.stringWidth(name, "Body", 9.6) for name, _ in rows) + 12)
    for i, (name, value) in enumerate(rows):
        y = height - 44 - 24 * i
        drawing.add(String(0, y + 4, name, fontName="Body", fontSize=9.6, fillColor=_hex(INK)))
        length = (width - label - 90) * value / top
        drawing.add(Rect(label, y, max(2, length), 15, fillColor=_hex(accent), strokeColor=None))
        drawing.add(String(label + length + 6, y + 4, f"{value:g} {unit}", fontName="Body-Bold", fontSize=9.6, fillColor=_hex(INK)))
    return drawing


def flow(blocks, accent, width, chapters=False):
    """The blocks as flowables; with `chapters` each heading opens a page."""
    out, first = [], True
    for kind, *rest in blocks:
        if kind == "head":
            if chapters and not first:
                out.append(PageBreak())
            out.append(Paragraph(_rich(rest[0]), HEAD if chapters else MINOR))
            first = False
        elif kind == "sub":
            out.append(Paragraph(_rich(rest[0]), SUB))
        elif kind == "text":
            out.append(Paragraph(_rich(rest[0]), TEXT))
        elif kind == "list":
            style = _style("list", leftIndent=13, bulletIndent=2, spaceAfter=3.5)
            out += [Paragraph(_rich(item), style, bulletText="•") for item in rest[0]] + [Spacer(1, 5)]
        elif kind == "quote":
            text, _, who = rest[0].partition(" -- ")
            quote = _style("quote", fontName="Head", fontSize=13.5, leading=18.5, textColor=_hex(INK), spaceAfter=3)
            cell = [Paragraph(_rich(text), quote)] + ([Paragraph(escape(who), _style("who", fontSize=9.6, textColor=_hex(STONE), spaceAfter=0))] if who else [])
            out.append(_panel(cell, SAND, accent, width))
        elif kind == "box":
            out.append(_panel([Paragraph(_rich(rest[0]), _style("box", spaceAfter=0))], MIST, accent, width))
        elif kind == "table":
            out.append(_grid(rest[0], width))
        elif kind == "bars":
            out += [Spacer(1, 4), KeepTogether(_bars(rest[0], rest[1], rest[2], accent, width)), Spacer(1, 8)]
        elif kind == "image":
            picture = getattr(pictures, rest[0])()
            picture = picture.resize((1080, round(1080 * picture.height / picture.width)))
            out += [Spacer(1, 6), Image(_jpeg(picture), width, width * picture.height / picture.width), Spacer(1, 4),
                    Paragraph(_rich(rest[1]), _style("caption", fontSize=9.4, leading=12, textColor=_hex(STONE)))]
        elif kind == "break":
            out.append(PageBreak())
    return out


def _panel(content, ground, accent, width):
    table = Table([[content]], colWidths=[width], spaceBefore=6, spaceAfter=11)
    table.setStyle(TableStyle([("BACKGROUND", (0, 0), (-1, -1), _hex(ground)), ("LINEBEFORE", (0, 0), (0, -1), 4, _hex(accent)),
                               ("LEFTPADDING", (0, 0), (-1, -1), 14), ("RIGHTPADDING", (0, 0), (-1, -1), 12), ("TOPPADDING", (0, 0), (-1, -1), 10), ("BOTTOMPADDING", (0, 0), (-1, -1), 10)]))
    return table


def _grid(rows, width):
    count = len(rows[0])
    longest = [max(min(38, len(row[c])) for row in rows) + 5 for c in range(count)]
    cells = [[Paragraph(_rich(value), CELL_HEAD if r == 0 else CELL) for value in row] for r, row in enumerate(rows)]
    table = Table(cells, colWidths=[width * n / sum(longest) for n in longest], repeatRows=1, spaceBefore=5, spaceAfter=12)
    table.setStyle(TableStyle([("BACKGROUND", (0, 0), (-1, 0), _hex(INK)), ("ROWBACKGROUNDS", (0, 1), (-1, -1), [_hex("FFFFFF"), _hex("F1F5F4")]),
                               ("LINEBELOW", (0, 1), (-1, -1), 0.4, _hex(LINE)), ("VALIGN", (0, 0), (-1, -1), "MIDDLE"), ("TOPPADDING", (0, 0), (-1, -1), 6.5), ("BOTTOMPADDING", (0, 0), (-1, -1), 6.5)]))
    return table


class _Paper(BaseDocTemplate):
    def __init__(self, file, title, product, lang):
        target = ROOT / file
        target.parent.mkdir(parents=True, exist_ok=True)
        super().__init__(str(target), pagesize=A4, title=title, author="Tarnwick Marketing", subject=LABEL[product].title(), creator="Tarnwick content make", lang=lang, invariant=1)
        self.file, self.heading, self.product, self.accent = file, title, product, ACCENT[product]

    def foot(self, canvas, colour=STONE):
        page = canvas.getPageNumber()
        canvas.setFillColor(_hex(colour))
        canvas.setFont("Body", 8.4)
        canvas.drawString(_INSET, 12 * mm, f"© Tarnwick Systems  ·  Ref. {marker(self.file, page)}")
        canvas.drawRightString(WIDTH - _INSET, 12 * mm, str(page))

    def brand(self, canvas, x, y, ink):
        canvas.drawImage(_image(pictures.mark(128, ink)), x, y, 9 * mm, 9 * mm, mask="auto")
        canvas.setFillColor(_hex(ink))
        canvas.setFont("Body-Bold", 15)
        canvas.drawString(x + 11.5 * mm, y + 2.8 * mm, "tarnwick")

    def plain(self, canvas, _doc):
        canvas.setFillColor(_hex(self.accent))
        canvas.rect(0, HEIGHT - 6 * mm, WIDTH, 6 * mm, stroke=0, fill=1)
        canvas.setFont("Body", 8.4)
        canvas.setFillColor(_hex(STONE))
        canvas.drawString(_INSET, HEIGHT - 13 * mm, f"{LABEL[self.product]}   ·   {self.heading}")
        self.foot(canvas)


def _jpeg(picture):
    data = io.BytesIO()
    picture.save(data, "PNG" if picture.mode == "RGBA" else "JPEG", quality=84)
    data.seek(0)
    return data


def _image(picture):
    return ImageReader(_jpeg(picture))


def _draw(canvas, text, style, x, top, width, height=400):
    """Draws a paragraph from `top` downwards and says where it ended."""
    paragraph = Paragraph(_rich(text), style)
    _, used = paragraph.wrap(width, height)
    paragraph.drawOn(canvas, x, top - used)
    return top - used


def white_paper(file, source, product, subtitle, edition, lang="en", chapters=False):
    """A cover and then either one chapter a page, each under a strip of map, or running text."""
    blocks = read(source)
    title = blocks.pop(0)[1]
    doc = _Paper(file, title, product, lang)
    art = _image(pictures.cover(product, 1050, 1485))

    def cover(canvas, _doc):
        canvas.drawImage(art, 0, 0, WIDTH, HEIGHT)
        canvas.setFillColor(_hex(AMBER))
        canvas.rect(0, 0, 7 * mm, HEIGHT, stroke=0, fill=1)
        doc.brand(canvas, _INSET, HEIGHT - 34 * mm, "FFFFFF")
        top = _draw(canvas, title, _style("t", fontName="Head", fontSize=36, leading=42, textColor=_hex("FFFFFF")), _INSET, HEIGHT - 98 * mm, WIDTH - 2 * _INSET)
        _draw(canvas, subtitle, _style("s", fontSize=15, leading=21, textColor=_hex("DCE8E6")), _INSET, top - 8 * mm, WIDTH - 2.6 * _INSET)
        canvas.setFont("Body", 11)
        canvas.setFillColor(_hex("DCE8E6"))
        canvas.drawString(_INSET, 26 * mm, edition)
        doc.foot(canvas, "B9CCCA")

    def chapter(canvas, _doc):
        doc.plain(canvas, _doc)
        # Another cut of another map on each page, so that thumbnails can be told apart.
        seed = 60 + canvas.getPageNumber()
        strip = pictures.contour(1240, 264, MIST, "FFFFFF", doc.accent, seed, bands=9)
        canvas.drawImage(_image(strip), 0, HEIGHT - 62 * mm, WIDTH, 44.7 * mm)

    width = WIDTH - 2 * _INSET
    top = 74 * mm if chapters else 22 * mm
    body = Frame(_INSET, 20 * mm, width, HEIGHT - 20 * mm - top, 0, 0, 0, 0)
    doc.addPageTemplates([PageTemplate("cover", [body], onPage=cover), PageTemplate("body", [body], onPage=chapter if chapters else doc.plain)])
    doc.build([NextPageTemplate("body"), PageBreak()] + flow(blocks, doc.accent, width, chapters))


def case_study(file, source, product, label, facts, stats, lang="en"):
    blocks = read(source)
    title = blocks.pop(0)[1]
    doc = _Paper(file, title, product, lang)
    art = _image(pictures.cover(product, 1240, 480))
    side, gap, band = 50 * mm, 9 * mm, 78 * mm

    def first(canvas, _doc):
        canvas.drawImage(art, 0, HEIGHT - band, WIDTH, band)
        canvas.setFillColor(_hex(AMBER))
        canvas.rect(0, HEIGHT - band - 2.5 * mm, WIDTH, 2.5 * mm, stroke=0, fill=1)
        doc.brand(canvas, _INSET, HEIGHT - 24 * mm, "FFFFFF")
        canvas.setFont("Body-Bold", 9.5)
        canvas.setFillColor(_hex("F4C98A"))
        canvas.drawString(_INSET, HEIGHT - 35 * mm, f"{label}   ·   {LABEL[product]}")
        _draw(canvas, title, _style("t", fontName="Head", fontSize=25, leading=30, textColor=_hex("FFFFFF")), _INSET, HEIGHT - 40 * mm, WIDTH - 2 * _INSET)
        canvas.setFillColor(_hex(SAND))
        canvas.rect(0, 20 * mm, _INSET + side, HEIGHT - band - 2.5 * mm - 20 * mm, stroke=0, fill=1)
        top = HEIGHT - band - 13 * mm
        for number, text in stats:
            top = _draw(canvas, number, _style("n", fontName="Head", fontSize=23, leading=26, textColor=_hex(doc.accent)), _INSET, top, side - 6 * mm)
            top = _draw(canvas, text, _style("l", fontSize=9.6, leading=12.4), _INSET, top - 1, side - 6 * mm) - 5.5 * mm
        top -= 1 * mm
        for name, value in facts:
            top = _draw(canvas, name.upper(), _style("f", fontName="Body-Bold", fontSize=7.6, leading=10, textColor=_hex(STONE)), _INSET, top, side - 6 * mm)
            top = _draw(canvas, value, _style("v", fontSize=9.6, leading=12.4), _INSET, top, side - 6 * mm) - 3 * mm
        doc.foot(canvas)

    main = WIDTH - 2 * _INSET - side - gap + 6 * mm
    full = WIDTH - 2 * _INSET
    doc.addPageTemplates([
        PageTemplate("first", [Frame(_INSET + side + gap - 6 * mm + 3 * mm, 20 * mm, main - 3 * mm, HEIGHT - band - 32 * mm, 0, 0, 0, 0)], onPage=first),
        PageTemplate("body", [Frame(_INSET, 20 * mm, full, HEIGHT - 42 * mm, 0, 0, 0, 0)], onPage=doc.plain)])
    cut = next((i for i, block in enumerate(blocks) if block[0] == "break"), len(blocks))
    doc.build([NextPageTemplate("body")] + flow(blocks[:cut], doc.accent, main - 3 * mm) + flow(blocks[cut:], doc.accent, full))


def sheet(file, source, product, label, picture=None, lang="en"):
    """A data sheet or a one-pager: band with title, a picture at its right, then the text."""
    blocks = read(source)
    title = blocks.pop(0)[1]
    lead = blocks.pop(0)[1]
    doc = _Paper(file, title, product, lang)
    band = 62 * mm
    art = _image(pictures.cover(product, 1240, 380))

    def first(canvas, _doc):
        canvas.drawImage(art, 0, HEIGHT - band, WIDTH, band)
        doc.brand(canvas, _INSET, HEIGHT - 22 * mm, "FFFFFF")
        room = WIDTH - 2 * _INSET - (62 * mm if picture else 0)
        canvas.setFont("Body-Bold", 9.5)
        canvas.setFillColor(_hex("F4C98A"))
        canvas.drawString(_INSET, HEIGHT - 31 * mm, f"{label}   ·   {LABEL[product]}")
        top = _draw(canvas, title, _style("t", fontName="Head", fontSize=23, leading=27, textColor=_hex("FFFFFF")), _INSET, HEIGHT - 34 * mm, room)
        if picture:
            canvas.setFillColor(_hex("FFFFFF"))
            canvas.roundRect(WIDTH - _INSET - 56 * mm, HEIGHT - band - 12 * mm, 56 * mm, 48 * mm, 8, stroke=0, fill=1)
            canvas.drawImage(_image(picture), WIDTH - _INSET - 54 * mm, HEIGHT - band - 10 * mm, 52 * mm, 52 * mm * picture.height / picture.width)
        doc.foot(canvas)

    width = WIDTH - 2 * _INSET
    doc.addPageTemplates([PageTemplate("first", [Frame(_INSET, 20 * mm, width, HEIGHT - band - 28 * mm, 0, 0, 0, 0)], onPage=first),
                          PageTemplate("body", [Frame(_INSET, 20 * mm, width, HEIGHT - 42 * mm, 0, 0, 0, 0)], onPage=doc.plain)])
    intro = Paragraph(_rich(lead), _style("lead", fontSize=12.2, leading=17, textColor=_hex(INK), rightIndent=60 * mm if picture else 0, spaceAfter=10))
    doc.build([NextPageTemplate("body"), intro, HRFlowable(width=width, color=_hex(LINE), spaceAfter=8)] + flow(blocks, doc.accent, width))
