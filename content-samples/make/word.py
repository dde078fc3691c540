"""Lays out DOCX documents from the same markup as paper.py."""

import io

from docx import Document
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

import pictures
from brand import ACCENT, BODY, HEAD, INK, LABEL, MIST, ROOT, STAMP, STONE, marker
from markup import bold_runs, read


def document(file, source, product, lang="en", cover=True, rtl=False):
    blocks = read(source)
    title = next(block[1] for block in blocks if block[0] == "title")
    doc = Document()
    accent = ACCENT[product]
    page = doc.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.4)
    page.top_margin, page.bottom_margin = Cm(2.3), Cm(2.2)
    _styles(doc, accent, lang)
    header = page.header.paragraphs[0]
    _run(header, f"{LABEL[product]}   ·   {title}", 9, STONE)
    _run(page.footer.paragraphs[0], "© Tarnwick Systems", 9, STONE)
    if cover:
        art = io.BytesIO()
        pictures.cover(product, 1240, 330).save(art, "JPEG", quality=84)
        art.seek(0)
        doc.add_picture(art, width=Cm(16.2))
    section = 0
    for i, (kind, *rest) in enumerate(blocks):
        if kind == "title":
            paragraph = doc.add_paragraph(rest[0], style="Title")
        elif kind in ("head", "sub"):
            if kind == "head":
                if section:
                    _reference(doc, file, section)
                section += 1
            paragraph = doc.add_heading(rest[0], 1 if kind == "head" else 2)
        elif kind == "text":
            paragraph = doc.add_paragraph()
            _rich(paragraph, rest[0])
        elif kind == "list":
            for item in rest[0]:
                paragraph = doc.add_paragraph(style="List Bullet")
                _rich(paragraph, item)
                _direction(paragraph, rtl)
            continue
        elif kind == "quote":
            text, _, who = rest[0].partition(" -- ")
            paragraph = doc.add_paragraph(text, style="Intense Quote")
            if who:
                _direction(doc.add_paragraph(who, style="Caption"), rtl)
        elif kind == "box":
            paragraph = doc.add_paragraph()
            _rich(paragraph, rest[0])
            _shade(paragraph._p.get_or_add_pPr(), MIST)
        elif kind == "table":
            _table(doc, rest[0], rtl)
            continue
        elif kind == "bars":
            data = io.BytesIO()
            pictures.bars(rest[0], rest[2], rest[1], accent).quantize(48).save(data, "PNG", optimize=True)
            data.seek(0)
            doc.add_picture(data, width=Cm(15.5))
            continue
        elif kind == "break":
            doc.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
            continue
        _direction(paragraph, rtl)
    _reference(doc, file, section)
    core = doc.core_properties
    core.title, core.author, core.language, core.comments = title, "Tarnwick Marketing", lang, ""
    core.created = core.modified = STAMP
    core.last_modified_by, core.revision = "Tarnwick Marketing", 1
    target = ROOT / file
    target.parent.mkdir(parents=True, exist_ok=True)
    doc.save(target)


def _styles(doc, accent, lang):
    language = {"en": "en-GB", "de": "de-DE", "es": "es-ES", "ar": "ar-SA"}[lang]
    for name, size, colour, font, bold in (("Normal", 11, "22373B", BODY, False), ("Title", 28, INK, HEAD, True), ("Heading 1", 17, INK, HEAD, True),
                                           ("Heading 2", 13, accent, BODY, True), ("Intense Quote", 13, accent, HEAD, True), ("Caption", 10, STONE, BODY, False)):
        style = doc.styles[name]
        style.font.size, style.font.bold, style.font.name = Pt(size), bold, font
        style.font.color.rgb = RGBColor.from_string(colour)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for slot in ("w:ascii", "w:hAnsi", "w:eastAsia"):
            fonts.set(qn(slot), font)
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(theme), None)
        fonts.set(qn("w:cs"), "DejaVu Sans" if lang == "ar" else font)
    tag = OxmlElement("w:lang")
    tag.set(qn("w:val"), language)
    if lang == "ar":
        tag.set(qn("w:bidi"), language)
    doc.styles["Normal"].element.get_or_add_rPr().append(tag)
    doc.styles["Normal"].paragraph_format.space_after = Pt(7)
    doc.styles["Normal"].paragraph_format.line_spacing = 1.18


def _reference(doc, file, section):
    paragraph = doc.add_paragraph()
    _run(paragraph, f"Ref. {marker(file, section)}", 8.5, STONE)


def _run(paragraph, text, size, colour, bold=False):
    run = paragraph.add_run(text)
    run.font.size, run.font.bold = Pt(size), bold
    run.font.color.rgb = RGBColor.from_string(colour)
    return run


def _rich(paragraph, text):
    for part, bold in bold_runs(text):
        paragraph.add_run(part).bold = bold


def _shade(properties, colour):
    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:fill"), colour)
    properties.append(shade)


def _direction(paragraph, rtl):
    if not rtl:
        return
    paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
    for run in paragraph.runs:
        run._r.get_or_add_rPr().append(OxmlElement("w:rtl"))


def _table(doc, rows, rtl):
    table = doc.add_table(rows=len(rows), cols=len(rows[0]))
    table.style, table.autofit = "Table Grid", False
    for column in table.columns:
        for cell in column.cells:
            cell.width = Cm(16.2 / len(rows[0]))
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            cell = table.cell(r, c)
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(2)
            paragraph.paragraph_format.keep_with_next = r < len(rows) - 1
            if r == 0:
                _shade(cell._tc.get_or_add_tcPr(), INK)
                _run(paragraph, value, 10, "FFFFFF", True)
            else:
                _rich(paragraph, value)
                for run in paragraph.runs:
                    run.font.size = Pt(10)
            _direction(paragraph, rtl)
    if rtl:
        table._tbl.tblPr.append(OxmlElement("w:bidiVisual"))
    doc.add_paragraph().paragraph_format.space_after = Pt(2)
