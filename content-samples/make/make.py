"""Makes everything in content-samples that is not written by hand: `python make/make.py`."""

import argparse
import re
import shutil
import subprocess
import tempfile
import zipfile
from datetime import date
from pathlib import Path

from brand import ROOT, STAMP

_STEPS = ("decks", "papers", "words", "workbooks", "media", "crm", "manifest")


def papers():
    import pictures
    from paper import case_study, sheet, white_paper

    case = lambda out, src, product, facts, stats, label="CASE STUDY", lang="en": case_study(f"case-studies/{out}.pdf", src, product, label, facts, stats, lang)
    case("oderbruch-gusswerk", "cs-foundry", "energy", [("Industry", "Iron foundry"), ("Where", "Eberswalde, Germany"), ("Size", "410 people, 21 GWh a year"), ("Products", "Energy, Works"), ("In use since", "February 2025")], [("214,000 €", "saved in the first year"), ("5 months", "until it had paid for itself"), ("38", "measuring points in hall 2")])
    case("oderbruch-gusswerk-de", "fallstudie-gusswerk", "energy", [("Branche", "Eisengießerei"), ("Ort", "Eberswalde"), ("Größe", "410 Beschäftigte, 21 GWh im Jahr"), ("Produkte", "Energy, Works"), ("Im Einsatz seit", "Februar 2025")], [("214.000 €", "Ersparnis im ersten Jahr"), ("5 Monate", "bis zur Amortisation"), ("38", "Messpunkte in Halle 2")], "FALLSTUDIE", "de")
    case("kestrel-and-lowe", "cs-bank", "energy", [("Industry", "Building society"), ("Where", "United Kingdom"), ("Size", "132 branches, 2,900 people"), ("Product", "Energy"), ("In use since", "November 2024")], [("−23 %", "energy across the estate"), ("£640,000", "saved every year"), ("14 weeks", "for all branches")])
    case("sankt-ansgar", "cs-hospital", "cold", [("Industry", "Hospital group"), ("Where", "Moselle, Germany"), ("Size", "five houses, 4,600 people"), ("Product", "Cold"), ("In use since", "January 2025")], [("−70 %", "medicine written off"), ("6 min", "from alarm to the door"), ("640", "probes in eleven days")])
    case("varde-kjoletransport", "cs-carrier", "cold", [("Industry", "Refrigerated transport"), ("Where", "Stavanger, Norway"), ("Size", "96 trailers, four hubs"), ("Product", "Cold"), ("In use since", "April 2025")], [("38 → 9", "refused loads a year"), ("−12 %", "insurance premium"), ("< 1 min", "warm on the road, per trip")])
    case("holmgate-academies", "cs-schools", "air", [("Industry", "Schools"), ("Where", "Yorkshire, England"), ("Size", "23 schools, 1,104 rooms"), ("Product", "Air"), ("In use since", "October 2024")], [("41 → 9 %", "of lessons above 1,400 ppm"), ("38", "units instead of 1,104"), ("−14 %", "heating")])
    case("landkreis-auenfurt", "fallstudie-landkreis", "energy", [("Branche", "Öffentliche Hand"), ("Größe", "87 Gebäude"), ("Produkte", "Energy, Air"), ("Im Einsatz seit", "April 2025")], [("−19 %", "Wärme im ersten Winter"), ("8 Wochen", "bis zur Rangliste"), ("12", "Gebäude gemessen")], "FALLSTUDIE", "de")
    case("azulejos-montverd", "caso-azulejos", "energy", [("Sector", "Cerámica"), ("Lugar", "Onda, Castellón"), ("Tamaño", "260 personas, tres hornos"), ("Producto", "Energy"), ("Desde", "enero de 2025")], [("−14 %", "energía por metro cuadrado"), ("1,1 M€", "ahorro anual"), ("3 meses", "de amortización")], "CASO DE ÉXITO", "es")
    sheet("datasheets/meter-eg-40.pdf", "ds-eg40", "energy", "DATA SHEET", pictures.device("meter"))
    sheet("datasheets/probe-cp-7.pdf", "ds-cp7", "cold", "DATA SHEET", pictures.device("probe"))
    sheet("datasheets/raumsensor-as-3.pdf", "ds-as3", "air", "DATENBLATT", pictures.device("air"), "de")
    sheet("datasheets/works-platform.pdf", "ds-works", "works", "DATA SHEET")
    sheet("datasheets/gateway-gw-12.pdf", "ds-gw12", "company", "DATA SHEET", pictures.device("gateway"))
    sheet("one-pagers/energie-in-liegenschaften.pdf", "op-energy-public", "energy", "AUF EINER SEITE", None, "de")
    sheet("one-pagers/works-para-cadenas.pdf", "op-works-es", "works", "EN UNA PÁGINA", None, "es")
    white_paper("whitepapers/measuring-before-saving.pdf", "wp-measuring-before-saving", "energy", "What 75 sites found when they put light on the factory, and why some savings stay", "White paper · edition April 2026", chapters=True)
    white_paper("whitepapers/luft-in-klassenzimmern.pdf", "wp-luft-in-klassenzimmern", "air", "Messungen aus 1.104 Räumen über zwei Winter", "Bericht · Ausgabe August 2026", "de")
    white_paper("whitepapers/security-white-paper.pdf", "wp-security", "company", "Devices, network, cloud and people, for those who must approve us", "White paper · edition September 2026")


def words():
    from word import document

    document("case-studies/palmer-and-quill.docx", "cs-grocer", "works")
    document("whitepapers/cold-chain-evidence.docx", "wp-cold-evidence", "cold")
    document("datasheets/export-interface-3.docx", "ds-modbus", "company")
    document("guides/pilot-guide.docx", "guide-pilot", "company", cover=False)
    document("one-pagers/cold-chain-ar.docx", "op-cold-ar", "cold", "ar", rtl=True)
    document("templates/proposal.docx", "tpl-proposal", "company")
    # Two papers are printed from a word processor, as most papers in real life are.
    for out, source, product in (("whitepapers/from-breakdown-to-plan", "wp-retail-maintenance", "works"), ("guides/rollout-handbook", "guide-rollout", "company")):
        document(f"{out}.docx", source, product)
        with tempfile.TemporaryDirectory() as scratch:
            subprocess.run(["soffice", f"-env:UserInstallation=file://{scratch}", "--headless", "--convert-to", "pdf", "--outdir", str((ROOT / out).parent), str(ROOT / f"{out}.docx")], check=True, capture_output=True)
        (ROOT / f"{out}.docx").unlink()
        settle_pdf(ROOT / f"{out}.pdf")


def settle_pdf(path):
    """Puts fixed values of the same length where LibreOffice writes the time and what it derives from it."""
    data = path.read_bytes()
    data = re.sub(rb"(/CreationDate\(D:)\d{14}", rb"\g<1>" + STAMP.strftime("%Y%m%d%H%M%S").encode(), data)
    constant = b"0123456789ABCDEF" * 2
    # Only the identifiers: titles are written in hexadecimal digits too.
    data = re.sub(rb"(/ID \[ <)[0-9A-F]{32}(>\s*<)[0-9A-F]{32}", lambda match: match[1] + constant + match[2] + constant, data)
    data = re.sub(rb"(/DocChecksum /)[0-9A-F]{32}", lambda match: match[1] + constant, data)
    path.write_bytes(data)


def settle(path):
    """Rewrites an Office package with a fixed clock, also in the workbooks embedded in its charts."""
    moment = STAMP.timetuple()[:6]
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as scratch, zipfile.ZipFile(path) as old, zipfile.ZipFile(scratch, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith(".xlsx"):
                with tempfile.TemporaryDirectory() as inner:
                    embedded = Path(inner) / "chart.xlsx"
                    embedded.write_bytes(data)
                    settle(embedded)
                    data = embedded.read_bytes()
            elif name == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>" + STAMP.strftime("%Y-%m-%dT%H:%M:%SZ").encode(), data)
            info = zipfile.ZipInfo(name, moment)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            new.writestr(info, data)
    shutil.move(scratch.name, path)
    path.chmod(0o644)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--anchor", type=date.fromisoformat, default=date(2026, 11, 20), help="the day that counts as today in manifest and CRM")
    parser.add_argument("--only", choices=_STEPS, action="append", help="make only this part (repeatable)")
    options = parser.parse_args()
    for step in options.only or _STEPS:
        print(step, flush=True)
        if step == "decks":
            import decks
            for deck in decks.ALL:
                deck()
            from revise import revise
            revise("energy-first-meeting.pptx")
        elif step == "papers":
            papers()
        elif step == "words":
            words()
        elif step == "workbooks":
            import workbooks
            workbooks.build()
        elif step == "media":
            import media
            media.build()
        elif step == "crm":
            import crm
            crm.build(options.anchor)
        elif step == "manifest":
            import catalogue
            catalogue.write(ROOT / "manifest.toml", options.anchor)
    for path in sorted(ROOT.rglob("*")):
        if path.suffix in (".pptx", ".docx", ".xlsx"):
            settle(path)


if __name__ == "__main__":
    main()
