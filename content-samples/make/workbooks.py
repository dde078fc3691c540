"""Price sheets and calculators as XLSX with formulas.

A workbook is written twice: LibreOffice computes the first, and the second carries its results beside the
formulas, so that readers which do not calculate (previews, our own extractor) see the same numbers.
"""

import subprocess
import tempfile
from pathlib import Path

import openpyxl
import xlsxwriter

from brand import ACCENT, AMBER, BODY, INK, MIST, ROOT, STAMP, STONE, marker


class Book:
    def __init__(self, path, file, title, accent, values):
        self.file, self.values, self.sheets = file, values, 0
        self.book = xlsxwriter.Workbook(str(path))
        self.book.set_properties({"title": title, "author": "Tarnwick Marketing", "created": STAMP})
        f = lambda **k: self.book.add_format({"font_name": BODY, "font_size": 11, "valign": "vcenter", **k})
        border = {"bottom": 1, "bottom_color": "#CBD6D4"}
        self.title = f(font_size=18, bold=True, font_color=f"#{INK}", font_name="Cambria")
        self.note = f(font_color=f"#{STONE}", italic=True)
        self.head = f(bold=True, font_color="#FFFFFF", bg_color=f"#{INK}", text_wrap=True, indent=1)
        self.head_right = f(bold=True, font_color="#FFFFFF", bg_color=f"#{INK}", text_wrap=True, align="right")
        self.text = f(text_wrap=True, indent=1, **border)
        self.input = f(bg_color="#FFF3DC", font_color="#7A4A00", num_format="#,##0", **border)
        self.fraction = f(bg_color="#FFF3DC", font_color="#7A4A00", num_format="0.00", **border)
        self.money = f(num_format='#,##0.00 "EUR"', **border)
        self.whole = f(num_format='#,##0 "EUR"', **border)
        self.number = f(num_format="#,##0.0", **border)
        self.count = f(num_format="#,##0", **border)
        self.percent = f(num_format="0.0%", **border)
        self.total = f(num_format='#,##0 "EUR"', bold=True, bg_color=f"#{MIST}", top=2, top_color=f"#{accent}")
        self.strong = f(bold=True, indent=1, bg_color=f"#{MIST}", top=2, top_color=f"#{accent}")
        self.accent = accent

    def sheet(self, name, title, widths):
        sheet = self.book.add_worksheet(name)
        self.sheets += 1
        sheet.hide_gridlines(2)
        sheet.set_row(0, 30)
        sheet.write(0, 0, title, self.title)
        for i, width in enumerate(widths):
            sheet.set_column(i, i, width)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 1)
        sheet.set_footer(f"&L© Tarnwick Systems&RRef. {marker(self.file, self.sheets)}")
        return sheet

    def formula(self, sheet, cell, formula, fmt):
        sheet.write_formula(cell, formula, fmt, self.values.get((sheet.name, cell), 0))

    def reference(self, sheet, row):
        sheet.write(row, 0, f"Ref. {marker(self.file, self.sheets)}", self.note)


def write(file, title, product, fill):
    """Writes the workbook `file`; `fill(book)` adds the sheets."""
    target = ROOT / file
    target.parent.mkdir(parents=True, exist_ok=True)
    accent = ACCENT[product]
    with tempfile.TemporaryDirectory() as scratch:
        draft = Path(scratch) / "draft.xlsx"
        book = Book(draft, file, title, accent, {})
        fill(book)
        book.book.close()
        # LibreOffice trusts stored results; openpyxl saves formulas without any, so that it has to compute.
        openpyxl.load_workbook(draft).save(draft)
        subprocess.run(["soffice", f"-env:UserInstallation=file://{scratch}/profile", "--headless", "--convert-to", "xlsx", "--outdir", f"{scratch}/out", str(draft)],
                       check=True, capture_output=True)
        computed = openpyxl.load_workbook(f"{scratch}/out/draft.xlsx", data_only=True)
        values = {(sheet.title, cell.coordinate): cell.value for sheet in computed for row in sheet.iter_rows() for cell in row if cell.value is not None}
    wrong = {key: value for key, value in values.items() if isinstance(value, str) and value.startswith(("#", "Err:"))}
    if wrong:
        raise SystemExit(f"{file}: formulas fail: {wrong}")
    book = Book(target, file, title, accent, values)
    fill(book)
    book.book.close()


def _table(book, sheet, top, heads, rows, formats):
    for c, head in enumerate(heads):
        sheet.write(top, c, head, book.head if formats[min(c, len(formats) - 1)] is book.text else book.head_right)
    sheet.set_row(top, 32)
    for r, row in enumerate(rows):
        sheet.set_row(top + 1 + r, 21)
        for c, value in enumerate(row):
            fmt = book.fraction if formats[c] is book.input and isinstance(value, float) else formats[c]
            sheet.write(top + 1 + r, c, value, fmt)


def _price_rows():
    return {
        "Energy": [("EG-40-24", "Meter with 24 inputs, split-core transformers not included", 940.0), ("EG-40-12", "Meter with 12 inputs", 610.0), ("CT-63", "Split-core transformer 63 A", 24.5), ("CT-400", "Split-core transformer 400 A", 41.0), ("RC-4000", "Rogowski coil to 4,000 A", 96.0), ("SW-E", "Software Energy, per point and year", 115.2)],
        "Cold": [("CP-7", "Probe −90 to +60 °C with certificate", 149.0), ("GB-15", "Glycol bottle", 12.0), ("DC-1", "Door contact", 54.0), ("LN-2", "Level sensor for liquid nitrogen", 480.0), ("CAL-X", "Exchange calibration, per probe and year", 29.0), ("SW-C", "Software Cold with alarm calls, per probe and year", 46.8)],
        "Air": [("AS-3", "Room sensor CO₂, dust, humidity, sound", 189.0), ("L-1", "Lamp, three colours", 39.0), ("FC-2", "Fan controller", 310.0), ("SW-A", "Software Air, per room and year", 26.4)],
        "Works": [("W-START", "Technician per month, edition Start", 29.0), ("W-REGION", "Technician per month, edition Region", 39.0), ("W-GROUP", "Technician per month, edition Group", 47.0), ("W-CODE", "Weatherproof code labels, 100 pieces", 64.0)],
    }


# A hall, a pharmacy, a school and a region: so that nobody opens a sheet of zeros.
_EXAMPLE = {"Energy": (2, 0, 32, 8, 2, 40), "Cold": (60, 60, 6, 0, 60, 60), "Air": (110, 110, 12, 110), "Works": (0, 24, 0, 3)}


def price_list(book):
    sheet = book.sheet("Read me", "Price list 2026", [26, 92])
    for i, (name, text) in enumerate([("Valid", "1 January to 31 December 2026, net, in EUR, ex works Leipzig"), ("Prices", "Per measuring point. No price per user, per report or per contractor"), ("Quantity", "Discount by points per order: see sheet Quantity; it applies to devices, not to software"), ("Fitting", "Sheet Services. Fixed prices inside DACH and the UK"), ("Increase", "Capped at the producer price index, announced ninety days before")]):
        sheet.write(2 + i, 0, name, book.strong)
        sheet.write(2 + i, 1, text, book.text)
    book.reference(sheet, 8)
    for line, rows in _price_rows().items():
        sheet = book.sheet(line, f"Tarnwick {line}, list prices", [16, 62, 18, 18, 20])
        _table(book, sheet, 2, ["Order no.", "Item", "List price", "Quantity, an example", "Sum"], [(a, b, c, q) for (a, b, c), q in zip(rows, _EXAMPLE[line])], [book.text, book.text, book.money, book.input])
        for r in range(len(rows)):
            book.formula(sheet, f"E{4 + r}", f"=C{4 + r}*D{4 + r}", book.money)
        end = 4 + len(rows)
        sheet.write(f"A{end}", "Total", book.strong)
        for c in "BCD":
            sheet.write(f"{c}{end}", "", book.strong)
        book.formula(sheet, f"E{end}", f"=SUM(E4:E{end - 1})", book.total)
        book.reference(sheet, end + 1)
    sheet = book.sheet("Quantity", "Discount by quantity", [24, 18, 60])
    _table(book, sheet, 2, ["Points per order from", "Discount on devices", "Remark"], [(1, 0, "list price"), (50, 0.05, "one hall, one pharmacy"), (200, 0.09, "one site with several buildings"), (500, 0.13, "a region"), (1500, 0.18, "framework contract with call-off")], [book.count, book.percent, book.text])
    book.reference(sheet, 10)
    sheet = book.sheet("Services", "Fitting, mapping, training", [52, 18, 50])
    _table(book, sheet, 2, ["Service", "Price", "Includes"], [("Fitter, day", 980, "travel inside DACH and UK, tools, lift up to 6 m"), ("Nine-point mapping of a cold room", 640, "report with drawing, valid for audit"), ("IQ and OQ protocol, per 30 probes", 1150, "signed on the tablet"), ("Findings workshop", 1450, "analyst, half a day, report with prices"), ("Training, group of twelve", 320, "twenty minutes per group, four groups")], [book.text, book.whole, book.text])
    book.reference(sheet, 10)


def price_floors(book):
    sheet = book.sheet("Floors", "Price floors 2026: internal, never forward", [16, 52, 16, 16, 16, 18])
    rows = [(a, b, c) for line in _price_rows().values() for a, b, c in line if not a.startswith(("GB", "W-CODE", "RC", "CT"))]
    _table(book, sheet, 2, ["Order no.", "Item", "List", "Rep may give", "Manager may give", "Floor"], [(a, b, c, 0.08, 0.17) for a, b, c in rows], [book.text, book.text, book.money, book.percent, book.percent])
    for r in range(len(rows)):
        book.formula(sheet, f"F{4 + r}", f"=ROUND(C{4 + r}*(1-E{4 + r})*0.955,2)", book.money)
    book.reference(sheet, 4 + len(rows))
    sheet = book.sheet("Give and take", "What we ask for in return", [44, 60, 22])
    _table(book, sheet, 2, ["Concession", "Ask for", "Worth in points"], [("5 % more discount", "Three-year term instead of one", 3), ("Free fitting of the first hall", "Reference call and case study within nine months", 4), ("Payment in 60 days", "Never with discount; choose one", 2), ("Exit after ten weeks", "Criteria in writing before the start", 2), ("Price fixed for three years", "Volume of 500 points in year one", 5)], [book.text, book.text, book.number])
    book.reference(sheet, 10)


def preisliste_2025(book):
    sheet = book.sheet("Preise 2025", "Preisliste 2025 (abgelaufen)", [16, 62, 18])
    rows = [(a, b, c) for a, b, c in [("EG-40-24", "Zähler mit 24 Eingängen, ohne Wandler", 905.0), ("EG-40-12", "Zähler mit 12 Eingängen", 590.0), ("CP-7", "Fühler −90 bis +60 °C mit Zertifikat", 144.0), ("AS-3", "Raumsensor CO₂, Feinstaub, Feuchte, Schall", 182.0), ("GW-12", "Gateway mit Mobilfunk", 560.0), ("W-REGION", "Techniker je Monat, Edition Region", 37.0)]]
    _table(book, sheet, 2, ["Bestellnr.", "Artikel", "Listenpreis"], rows, [book.text, book.text, book.money])
    book.reference(sheet, 11)
    sheet = book.sheet("Montage", "Montage und Schulung 2025", [52, 18])
    _table(book, sheet, 2, ["Leistung", "Preis"], [("Monteur, Tag", 940), ("Kartierung eines Kühlraums", 610), ("Befundworkshop", 1400)], [book.text, book.whole])
    book.reference(sheet, 8)


def _inputs(book, sheet, rows, top=2):
    _table(book, sheet, top, ["What we need to know", "Your value", "Unit", "Where to find it"], rows, [book.text, book.input, book.text, book.text])


def roi_energy(book):
    sheet = book.sheet("Inputs", "Energy: return on measuring, inputs", [46, 16, 14, 60])
    _inputs(book, sheet, [("Electricity a year", 4200000, "kWh", "last annual bill"), ("Price of energy", 0.19, "EUR/kWh", "contract, without capacity"), ("Capacity charge", 110, "EUR/kW a", "grid invoice"), ("Highest quarter hour", 610, "kW", "load profile"), ("Hundredth highest quarter hour", 540, "kW", "load profile, sorted"), ("Base load", 64, "kW", "Sunday, three in the morning"), ("Base load with a purpose", 38, "kW", "servers, cold stores, frost"), ("Compressor, average on Sundays", 14, "kW", "clamp meter"), ("Measuring points", 40, "", "circuits above 16 A"), ("Years considered", 3, "a", "as finance prefers")])
    book.reference(sheet, 14)
    sheet = book.sheet("Savings", "Savings a year, with a cautious share", [46, 22, 16, 22, 46])
    _table(book, sheet, 2, ["Source", "Full potential", "Share we count", "Counted", "Why this share"], [("Base load without a purpose", "", 0.6, "", "some of it turns out to have one"), ("Peaks above the hundredth quarter hour", "", 0.7, "", "rules hold on most days"), ("Leaks of compressed air", "", 0.65, "", "new ones appear"), ("Pumps and fans, one percent of the bill", "", 0.5, "", "needs investment")], [book.text, book.whole, book.percent, book.whole, book.text])
    for row, formula in ((4, "=(Inputs!B9-Inputs!B10)*8760*Inputs!B5*0.55"), (5, "=(Inputs!B7-Inputs!B8)*Inputs!B6"), (6, "=Inputs!B11*8760*Inputs!B5*0.6"), (7, "=Inputs!B4*Inputs!B5*0.01")):
        book.formula(sheet, f"B{row}", formula, book.whole)
        book.formula(sheet, f"D{row}", f"=B{row}*C{row}", book.whole)
    for c in "ABCE":
        sheet.write(f"{c}8", "Savings a year" if c == "A" else "", book.strong)
    book.formula(sheet, "D8", "=SUM(D4:D7)", book.total)
    chart = book.book.add_chart({"type": "bar"})
    chart.add_series({"categories": "=Savings!$A$4:$A$7", "values": "=Savings!$D$4:$D$7", "fill": {"color": f"#{book.accent}"}, "gap": 60, "name": "Counted saving a year, EUR"})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True})
    chart.set_size({"width": 760, "height": 260})
    sheet.insert_chart("A11", chart)
    book.reference(sheet, 26)
    sheet = book.sheet("Result", "What remains", [46, 22, 50])
    lines = [("Devices", "=ROUNDUP(Inputs!B12*3/24,0)*940+Inputs!B12*3*34", book.whole, "meters, three transformers per point"), ("Fitting", "=ROUNDUP(Inputs!B12/20,0)*2*980", book.whole, "two fitters, twenty points a day"), ("Software a year", "=Inputs!B12*115.2", book.whole, "list price per point"), ("Savings a year", "=Savings!D8", book.whole, "sheet Savings"), ("Cost over the period", "=B4+B5+B6*Inputs!B13", book.total, ""), ("Savings over the period", "=B7*Inputs!B13", book.total, ""), ("Net benefit", "=B9-B8", book.total, ""), ("Months until it has paid", "=ROUND((B4+B5)/((B7-B6)/12),1)", book.number, "devices and fitting against the net saving")]
    _table(book, sheet, 2, ["Item", "Value", "Remark"], [(a, "", d) for a, _, _, d in lines], [book.text, book.whole, book.text])
    for i, (_, formula, fmt, _) in enumerate(lines):
        book.formula(sheet, f"B{4 + i}", formula, fmt)
    book.reference(sheet, 13)


def roi_cold(book):
    sheet = book.sheet("Your figures", "Cold: what doubt costs, your figures", [50, 16, 14, 56])
    _inputs(book, sheet, [("Fridges, freezers, cold rooms", 640, "", "inventory"), ("Written off a year after excursions", 249000, "EUR", "pharmacy controlling"), ("Share that was not really spoiled", 0.6, "", "estimate, or our average"), ("Paper lists a month", 2000, "sheets", "count one ward"), ("Minutes per list, filling and filing", 9, "min", "watch once"), ("Hourly cost of a nurse", 41, "EUR", "human resources"), ("Calls of technicians without a fault", 310, "a year", "work orders"), ("Cost per call", 140, "EUR", "contractor")])
    book.reference(sheet, 12)
    sheet = book.sheet("Three years", "Three years, side by side", [46, 20, 20, 20, 22])
    rows = ["Write-offs avoided", "Lists no longer written", "Calls avoided", "Devices and fitting", "Software and calibration", "Balance of the year"]
    _table(book, sheet, 2, ["", "Year 1", "Year 2", "Year 3", "Sum"], [(r, "", "", "", "") for r in rows], [book.text] + [book.whole] * 4)
    for col, ramp in (("B", 0.7), ("C", 1), ("D", 1)):
        first = col == "B"
        for row, formula in ((4, f"='Your figures'!B5*'Your figures'!B6*{ramp}"), (5, f"='Your figures'!B7*12*'Your figures'!B8/60*'Your figures'!B9*{ramp}"), (6, f"='Your figures'!B10*'Your figures'!B11*0.8*{ramp}"), (7, "=-'Your figures'!B4*(149*0.87+12+21)" if first else "=0"), (8, "=-'Your figures'!B4*(46.8+29)")):
            book.formula(sheet, f"{col}{row}", formula, book.whole)
        book.formula(sheet, f"{col}9", f"=SUM({col}4:{col}8)", book.total)
    for row in range(4, 9):
        book.formula(sheet, f"E{row}", f"=SUM(B{row}:D{row})", book.whole)
    book.formula(sheet, "E9", "=SUM(E4:E8)", book.total)
    sheet.write("A9", "Balance of the year", book.strong)
    chart = book.book.add_chart({"type": "column"})
    chart.add_series({"categories": "='Three years'!$B$3:$D$3", "values": "='Three years'!$B$9:$D$9", "fill": {"color": f"#{book.accent}"}, "gap": 80, "name": "Balance, EUR"})
    chart.set_legend({"none": True})
    chart.set_size({"width": 640, "height": 260})
    sheet.insert_chart("A12", chart)
    book.reference(sheet, 27)


def tco_works(book):
    sheet = book.sheet("Fleet", "Works: what a second visit costs", [46, 16, 14, 50])
    _inputs(book, sheet, [("Technicians", 60, "", "payroll"), ("Contractors", 41, "", "creditors"), ("Orders a month", 3100, "", "present system"), ("Share with a second visit", 0.41, "", "sample of one hundred"), ("Share reported twice", 0.17, "", "sample of one hundred"), ("Cost of a visit", 96, "EUR", "hour, van, way"), ("Minutes a double costs", 14, "min", "dispatcher")])
    book.reference(sheet, 11)
    sheet = book.sheet("Comparison", "Total cost for three years, three ways", [46, 22, 22, 22])
    rows = ["Licences, technicians", "Licences, contractors", "Introduction", "Second visits", "Doubles", "Total for three years"]
    _table(book, sheet, 2, ["", "As today", "Usual CMMS", "Tarnwick Works"], [(r, "", "", "") for r in rows], [book.text] + [book.whole] * 3)
    table = {"B": ("=0", "=0", "=0", "=Fleet!B6*36*Fleet!B7*Fleet!B9", "=Fleet!B6*36*Fleet!B8*Fleet!B10/60*38"),
             "C": ("=Fleet!B4*44*36", "=Fleet!B5*19*36", "=38000", "=Fleet!B6*36*(Fleet!B7*0.8)*Fleet!B9", "=Fleet!B6*36*(Fleet!B8*0.8)*Fleet!B10/60*38"),
             "D": ("=Fleet!B4*39*36", "=0", "=24000", "=Fleet!B6*36*(Fleet!B7*0.5)*Fleet!B9", "=Fleet!B6*36*0.03*Fleet!B10/60*38")}
    for col, formulas in table.items():
        for i, formula in enumerate(formulas):
            book.formula(sheet, f"{col}{4 + i}", formula, book.whole)
        book.formula(sheet, f"{col}9", f"=SUM({col}4:{col}8)", book.total)
    sheet.write("A9", "Total for three years", book.strong)
    chart = book.book.add_chart({"type": "column", "subtype": "stacked"})
    for i, colour in enumerate([book.accent, "14545F", "2A8C8F", AMBER, "A9BDBB"]):
        chart.add_series({"name": f"=Comparison!$A${4 + i}", "categories": "=Comparison!$B$3:$D$3", "values": f"=Comparison!$B${4 + i}:$D${4 + i}", "fill": {"color": f"#{colour}"}, "gap": 70})
    chart.set_legend({"position": "right"})
    chart.set_size({"width": 760, "height": 300})
    sheet.insert_chart("A12", chart)
    book.reference(sheet, 29)


def build():
    write("pricing/price-list-2026.xlsx", "Price list 2026", "company", price_list)
    write("pricing/price-floors-2026.xlsx", "Price floors 2026, internal", "company", price_floors)
    write("pricing/preisliste-2025.xlsx", "Preisliste 2025", "company", preisliste_2025)
    write("pricing/roi-energy.xlsx", "Return on measuring, Energy", "energy", roi_energy)
    write("pricing/roi-cold.xlsx", "What doubt costs, Cold", "cold", roi_cold)
    write("pricing/tco-works.xlsx", "Total cost of maintenance, Works", "works", tco_works)
