"""Makes the two files that the browser tests upload. Run it again only to change them:

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install reportlab python-pptx && /tmp/venv/bin/python make.py

Every page carries one sentence that stands nowhere else, so that a search for it has exactly one right answer.
"""

from pathlib import Path

from pptx import Presentation
from pptx.util import Inches, Pt
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

HERE = Path(__file__).parent

REPORT = [
    ("Night shift at the Quillbrook mill", "Forty pallets waited where nobody looked for them."),
    ("What changed on the floor", "The marmalade forklift learned to queue politely."),
    ("What it saved", "Eleven lavender gantries now whistle before they turn."),
    ("What we would do again", "Start with the coldest corridor and measure it twice."),
]

SLIDES = [
    ("Yard automation in one picture", "A cobalt weathervane decides which gate opens first."),
    ("Who does what", "The porcelain dispatcher never sleeps on a Tuesday."),
    ("First ninety days", "Seventeen copper trellises carry the whole rollout."),
]


def report(path: Path) -> None:
    width, height = A4
    # Invariant: the same bytes every time, so that a second run changes nothing in the repository.
    pdf = canvas.Canvas(str(path), pagesize=A4, invariant=1)
    pdf.setTitle("Quillbrook mill: a night shift without searching")
    for number, (title, sentence) in enumerate(REPORT, start=1):
        pdf.setFillColor(HexColor("#0b6b63"))
        pdf.rect(0, height - 90, width, 90, stroke=0, fill=1)
        pdf.setFillColor(HexColor("#ffffff"))
        pdf.setFont("Helvetica-Bold", 24)
        pdf.drawString(56, height - 58, title)
        pdf.setFillColor(HexColor("#17212b"))
        pdf.setFont("Helvetica", 15)
        pdf.drawString(56, height - 150, sentence)
        pdf.setFont("Helvetica", 11)
        pdf.drawString(56, 40, f"Quillbrook mill, page {number}")
        pdf.showPage()
    pdf.save()


def deck(path: Path) -> None:
    slides = Presentation()
    slides.slide_width, slides.slide_height = Inches(13.333), Inches(7.5)
    slides.core_properties.title = "Yard automation in ninety days"
    for title, sentence in SLIDES:
        slide = slides.slides.add_slide(slides.slide_layouts[5])
        slide.shapes.title.text = title
        box = slide.shapes.add_textbox(Inches(1), Inches(2.5), Inches(11), Inches(2))
        box.text_frame.text = sentence
        box.text_frame.paragraphs[0].runs[0].font.size = Pt(32)
    slides.save(str(path))


if __name__ == "__main__":
    report(HERE / "quillbrook-mill.pdf")
    deck(HERE / "yard-automation.pptx")
