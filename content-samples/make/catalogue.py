"""What every file is and whom it is for: the source of manifest.toml.

Dates are days before (age) or after (review, expires) the anchor.
"""

from datetime import timedelta

USERS = [  # e-mail, name, role, team, time zone, active
    ("rep@lastmile.example", "Ines Marlow", "rep", "DACH & Nordics", "Europe/Berlin", True),
    ("marketer@lastmile.example", "Hanna Okafor", "marketer", "Marketing", "Europe/Berlin", True),
    ("manager@lastmile.example", "Tobias Rehn", "manager", "DACH & Nordics", "Europe/Berlin", True),
    ("admin@lastmile.example", "Petra Sandoval", "admin", "Operations", "Europe/Berlin", True),
    ("jonas.weidner@lastmile.example", "Jonas Weidner", "marketer", "Marketing", "Europe/Vienna", True),
    ("lena.fuhrmann@lastmile.example", "Lena Fuhrmann", "rep", "DACH & Nordics", "Europe/Berlin", True),
    ("matthias.egger@lastmile.example", "Matthias Egger", "rep", "DACH & Nordics", "Europe/Vienna", True),
    ("sanna.lindqvist@lastmile.example", "Sanna Lindqvist", "rep", "DACH & Nordics", "Europe/Stockholm", True),
    ("oliver.crane@lastmile.example", "Oliver Crane", "rep", "UK, Iberia & Americas", "Europe/London", True),
    ("niamh.doyle@lastmile.example", "Niamh Doyle", "rep", "UK, Iberia & Americas", "Europe/Dublin", True),
    ("carmen.ibarra@lastmile.example", "Carmen Ibarra", "rep", "UK, Iberia & Americas", "Europe/Madrid", True),
    ("devon.hayes@lastmile.example", "Devon Hayes", "rep", "UK, Iberia & Americas", "America/Toronto", True),
    ("rupert.vance@lastmile.example", "Rupert Vance", "rep", "UK, Iberia & Americas", "Europe/London", False),
]

_HANNA, _JONAS = "marketer@lastmile.example", "jonas.weidner@lastmile.example"
ASSETS = []


def _add(file, title, description, kind, language="en", *, product="", industry="", stage="", persona="", region="", competitor="", tags="",
         age, cost, state="approved", internal=False, owner=_HANNA, review=None, expires=None, captions=None):
    words = lambda text: text.split()
    ASSETS.append(dict(file=file, title=title, description=description, kind=kind, language=language, state=state, internal_only=internal, owner=owner,
                       product=words(product), industry=words(industry), stage=words(stage), persona=words(persona), region=words(region), competitor=words(competitor),
                       tags=[tag.strip() for tag in tags.split(",") if tag.strip()], age=age, cost=cost, review=review, expires=expires, captions=captions))


# Decks
_add("decks/tarnwick-company-overview.pptx", "Company overview 2026", "Who we are, four product lines, industries and how we work. The deck for a first hour.", "deck", product="energy cold air works", industry="manufacturing healthcare education banking retail logistics", stage="discovery", persona="operations finance facility_manager", tags="first meeting, corporate", age=201, cost="4800.00", review=90)
_add("decks/tarnwick-unternehmensueberblick.pptx", "Unternehmensüberblick 2026", "Deutsche Fassung des Überblicks, gekürzt auf acht Folien.", "deck", "de", product="energy cold air works", industry="manufacturing healthcare education banking public_sector", stage="discovery", persona="operations finance facility_manager", region="dach", tags="first meeting, corporate", age=188, cost="1350.00", owner=_JONAS, review=90)
_add("decks/energy-first-meeting.pptx", "Energy: measure first, then save", "First meeting for production sites and public buildings, with the foundry's five findings.", "deck", product="energy", industry="manufacturing public_sector", stage="discovery evaluation", persona="facility_manager finance operations", tags="first meeting, base load, peaks, compressed air", age=412, cost="5200.00", review=45)
_add("decks/cold-for-healthcare.pptx", "Cold for hospitals and pharmacies", "Temperature evidence, alarm chain, audit questions and qualification.", "deck", product="cold", industry="healthcare", stage="discovery evaluation", persona="quality operations", tags="audit, vaccines, gdp", age=333, cost="4600.00", owner=_JONAS, review=120)
_add("decks/cold-for-logistics-and-retail.pptx", "Cold for logistics and retail", "Claims, warm minutes by link of the chain, and a pilot in one lane.", "deck", product="cold", industry="logistics retail", stage="discovery evaluation", persona="operations quality", region="nordics uk_ireland dach", competitor="polarum", tags="claims, ramp, cold chain", age=276, cost="4300.00", owner=_JONAS)
_add("decks/air-for-schools.pptx", "Air for schools and universities", "Carbon dioxide by room, measures sorted by cost, privacy of children.", "deck", product="air", industry="education public_sector", stage="discovery evaluation", persona="facility_manager finance", region="uk_ireland dach", competitor="aerenta", tags="ventilation, co2, funding", age=240, cost="3900.00")
_add("decks/works-evaluation-workshop.pptx", "Works: evaluation workshop", "Half a day with the customer's own orders; ends with acceptance criteria.", "deck", product="works", industry="retail healthcare logistics manufacturing", stage="evaluation", persona="operations facility_manager", competitor="fixello", tags="workshop, pilot criteria", age=158, cost="3100.00")
_add("decks/energie-fuer-filialbanken.pptx", "Energie für Filialbanken", "Nachhaltigkeitsbericht und Verbrauch für Banken mit Filialnetz, prüfbar bis zum Zähler.", "deck", "de", product="energy", industry="banking", stage="discovery evaluation", persona="sustainability finance it_security", region="dach", competitor="gaugehaus", tags="esrs, filialen, revision", age=149, cost="3700.00", owner=_JONAS)
_add("decks/security-and-hosting.pptx", "Security and hosting", "Architecture, three ways to host, access, outages and papers for the approval.", "deck", product="energy cold air works", industry="banking healthcare public_sector", stage="evaluation proposal negotiation", persona="it_security", tags="tls, iso 27001, hosting", age=97, cost="2900.00", review=60)
_add("decks/business-case-readout.pptx", "Business case: pilot read-out", "Read-out for a steering committee, with three options and the price of waiting. Adapt the brackets.", "deck", product="energy", industry="manufacturing public_sector banking", stage="proposal negotiation", persona="finance operations", tags="business case, roi, template", age=124, cost="2200.00")
_add("decks/roadmap-2027-internal.pptx", "Roadmap 2027, what we may say", "Internal draft: planned features and the wording that legal has checked.", "deck", product="energy cold air works", stage="evaluation negotiation", tags="roadmap, internal", age=16, cost="800.00", state="in_review", internal=True)

# Case studies
_add("case-studies/oderbruch-gusswerk.pdf", "Oderbruch Gusswerk: 214,000 euros in five places", "Iron foundry, 38 measuring points, finance against maintenance.", "case_study", product="energy works", industry="manufacturing", stage="discovery evaluation proposal", persona="facility_manager finance", region="dach", competitor="gaugehaus", tags="foundry, peaks, compressed air", age=305, cost="2600.00")
_add("case-studies/oderbruch-gusswerk-de.pdf", "Oderbruch Gusswerk: 214.000 Euro an fünf Stellen", "Eisengießerei, 38 Messpunkte, Controlling gegen Instandhaltung.", "case_study", "de", product="energy works", industry="manufacturing", stage="discovery evaluation proposal", persona="facility_manager finance", region="dach", competitor="gaugehaus", tags="gießerei, lastspitze, druckluft", age=291, cost="650.00", owner=_JONAS)
_add("case-studies/kestrel-and-lowe.pdf", "Kestrel & Lowe: 132 branches without a visit", "Building society, auditor's qualification removed, energy down by 23 percent.", "case_study", product="energy", industry="banking", stage="discovery evaluation proposal", persona="sustainability finance", region="uk_ireland", tags="branches, assurance, esg", age=176, cost="2400.00")
_add("case-studies/sankt-ansgar.pdf", "Sankt Ansgar: the auditor asked for March", "Five hospitals, 640 probes, write-offs down by 70 percent.", "case_study", product="cold", industry="healthcare", stage="discovery evaluation proposal", persona="quality finance", region="dach", competitor="polarum in_house", tags="vaccines, audit, pharmacy", age=352, cost="2500.00", owner=_JONAS)
_add("case-studies/varde-kjoletransport.pdf", "Varde Kjøletransport: it was always the ramp", "Carrier, claims and refused loads, insurer's premium.", "case_study", product="cold", industry="logistics", stage="discovery evaluation", persona="operations quality", region="nordics", competitor="polarum", tags="claims, trailer, dock", age=260, cost="2300.00", owner=_JONAS)
_add("case-studies/holmgate-academies.pdf", "Holmgate: twenty-three schools learn to open the window", "1,104 classrooms, lamps first, 38 ventilation units in the right places.", "case_study", product="air", industry="education", stage="discovery evaluation proposal", persona="facility_manager finance", region="uk_ireland", competitor="aerenta", tags="schools, co2, heating", age=142, cost="2200.00")
_add("case-studies/palmer-and-quill.docx", "Palmer & Quill: second visits fall by half", "184 supermarkets, 60 technicians, 41 contractors.", "case_study", product="works cold", industry="retail", stage="evaluation proposal", persona="operations", region="uk_ireland", competitor="fixello", tags="first visit, contractors, coolers", age=118, cost="1900.00")
_add("case-studies/landkreis-auenfurt.pdf", "Landkreis Auenfurt: in der richtigen Reihenfolge", "87 Gebäude, zwölf gemessen, eine Turnhalle vor dem Schloss.", "case_study", "de", product="energy air", industry="public_sector education", stage="discovery evaluation proposal", persona="facility_manager finance", region="dach", tags="förderung, sanierung, kommunen", age=84, cost="2100.00", owner=_JONAS)
_add("case-studies/azulejos-montverd.pdf", "Azulejos Montverd: 14 % sin cambiar un horno", "Azulejera con tres hornos; la inversión de 2,8 millones se aplazó tres años.", "case_study", "es", product="energy", industry="manufacturing", stage="discovery evaluation", persona="facility_manager finance operations", region="iberia", tags="hornos, gas, cerámica", age=133, cost="2300.00")

# Data sheets
_add("datasheets/meter-eg-40.pdf", "Data sheet: meter EG-40", "24 circuits, class 0.5, fitted without switching off.", "datasheet", product="energy", stage="evaluation", persona="facility_manager", competitor="gaugehaus", tags="hardware, modbus", age=390, cost="700.00")
_add("datasheets/probe-cp-7.pdf", "Data sheet: probe CP-7", "−90 to +60 °C, certificate per probe, exchange calibration by post.", "datasheet", product="cold", industry="healthcare logistics retail", stage="evaluation", persona="quality", competitor="polarum", tags="hardware, calibration, glycol", age=371, cost="700.00")
_add("datasheets/raumsensor-as-3.pdf", "Datenblatt: Raumsensor AS-3", "Kohlendioxid, Feinstaub, Feuchte, Schallpegel; acht Jahre Batterie.", "datasheet", "de", product="air", industry="education public_sector", stage="evaluation", persona="facility_manager", region="dach", tags="hardware, co2", age=228, cost="620.00", owner=_JONAS)
_add("datasheets/works-platform.pdf", "Data sheet: Works, the platform", "Editions, limits, interfaces, and what Works does not do.", "datasheet", product="works", industry="retail healthcare", stage="evaluation proposal", persona="operations it_security", tags="editions, offline", age=110, cost="640.00")
_add("datasheets/gateway-gw-12.pdf", "Data sheet: gateway GW-12", "500 sensors, 72 hours of memory, one outbound connection.", "datasheet", product="energy cold air", stage="evaluation", persona="it_security facility_manager", tags="hardware, lorawan", age=365, cost="580.00", review=-20)
_add("datasheets/export-interface-3.docx", "Data sheet: export interface 3", "REST, MQTT and nightly files for the customer's data platform.", "datasheet", product="energy cold air works", stage="evaluation proposal", persona="it_security", tags="api, webhooks, parquet", age=66, cost="420.00", state="in_review")

# White papers
_add("whitepapers/measuring-before-saving.pdf", "Measuring before saving", "Fourteen pages on 75 sites: what was found, what it cost and why savings vanish.", "whitepaper", product="energy works", industry="manufacturing public_sector", stage="discovery evaluation", persona="facility_manager finance sustainability", tags="benchmark, base load, peaks, compressed air, iso 50001", age=214, cost="9800.00", review=150)
_add("whitepapers/cold-chain-evidence.docx", "Cold chain evidence that survives an audit", "Completeness, stability budget, mapping, alarms and Annex 11.", "whitepaper", product="cold", industry="healthcare logistics", stage="discovery evaluation", persona="quality", tags="gdp, annex 11, stability", age=318, cost="6400.00", owner=_JONAS)
_add("whitepapers/luft-in-klassenzimmern.pdf", "Luft in Klassenzimmern", "Messungen aus 1.104 Räumen über zwei Winter, Maßnahmen im Vergleich.", "whitepaper", "de", product="air", industry="education public_sector", stage="discovery evaluation", persona="facility_manager", region="dach", competitor="aerenta", tags="co2, ampel, datenschutz", age=101, cost="5600.00", owner=_JONAS)
_add("whitepapers/security-white-paper.pdf", "Security white paper", "Devices, network, cloud, people and the end of a contract. No marketing.", "whitepaper", product="energy cold air works", industry="banking healthcare public_sector", stage="evaluation proposal negotiation", persona="it_security procurement", tags="tls, gdpr, hosting, exit", age=72, cost="4100.00", review=30)
_add("whitepapers/from-breakdown-to-plan.pdf", "From breakdown to plan", "18,200 work orders of eight retail chains: where the time goes.", "whitepaper", product="works", industry="retail", stage="discovery evaluation", persona="operations", region="uk_ireland nordics", competitor="fixello", tags="maintenance, first visit, contractors", age=187, cost="5200.00")

# Prices and calculators
_add("pricing/price-list-2026.xlsx", "Price list 2026", "List prices for all lines, quantity discounts and services, with sums.", "price_sheet", product="energy cold air works", stage="proposal negotiation", persona="procurement finance", tags="prices", age=323, cost="900.00", expires=41)
_add("pricing/price-floors-2026.xlsx", "Price floors 2026", "What a rep and a manager may give, and what to ask for in return.", "price_sheet", product="energy cold air works", stage="negotiation", tags="prices, internal", age=322, cost="300.00", internal=True, expires=41)
_add("pricing/preisliste-2025.xlsx", "Preisliste 2025", "Abgelaufene Preisliste, nur noch zum Nachschlagen.", "price_sheet", "de", product="energy cold air works", stage="proposal", region="dach", tags="prices", age=590, cost="750.00", state="expired", owner=_JONAS, expires=-324)
_add("pricing/roi-energy.xlsx", "Calculator: return on measuring (Energy)", "Ten inputs, a cautious share of each saving, months until it has paid.", "calculator", product="energy", industry="manufacturing public_sector banking", stage="evaluation proposal", persona="finance facility_manager", tags="roi, payback", age=255, cost="2800.00")
_add("pricing/roi-cold.xlsx", "Calculator: what doubt costs (Cold)", "Write-offs, paper lists and needless calls over three years.", "calculator", product="cold", industry="healthcare", stage="evaluation proposal", persona="finance quality", tags="roi, write-offs", age=230, cost="2100.00", owner=_JONAS)
_add("pricing/tco-works.xlsx", "Calculator: total cost of maintenance (Works)", "Second visits, doubles and licences compared for three years.", "calculator", product="works", industry="retail", stage="evaluation proposal", persona="finance operations", competitor="fixello", tags="tco", age=139, cost="1900.00")

# Battlecards and guides
_add("battlecards/gaugehaus.md", "Battlecard: Gaugehaus", "Meter maker from Ulm: what they say, what is true, landmines.", "battlecard", product="energy", industry="manufacturing public_sector banking", stage="evaluation negotiation", region="dach", competitor="gaugehaus", tags="competition", age=93, cost="450.00", internal=True, review=20)
_add("battlecards/polarum.md", "Battlecard: Polarum", "Data loggers from Aarhus: strengths, weaknesses, the price floor.", "battlecard", product="cold", industry="healthcare logistics retail", stage="evaluation negotiation", competitor="polarum", tags="competition", age=168, cost="420.00", internal=True, owner=_JONAS)
_add("battlecards/in-house.md", "Battlecard: spreadsheets and in-house tools", "The competitor without a price: respect, questions, offer.", "battlecard", product="energy cold works", stage="discovery evaluation", competitor="in_house", tags="competition, status quo", age=47, cost="380.00", internal=True)
_add("battlecards/fixello.html", "Battlecard: Fixello", "Maintenance software from Toronto: comparison, questions, traps.", "battlecard", product="works", industry="retail healthcare", stage="evaluation negotiation", region="north_america uk_ireland", competitor="fixello", tags="competition", age=80, cost="460.00", internal=True)
_add("battlecards/aerenta.html", "Battlecard: Aerenta", "Lüftungsgeräte aus Linz: Einwände und wann wir gemeinsam anbieten.", "battlecard", "de", product="air", industry="education public_sector", stage="evaluation negotiation", region="dach", competitor="aerenta", tags="competition", age=199, cost="400.00", internal=True, owner=_JONAS, review=-35)
_add("guides/discovery-questions.md", "Discovery: forty questions, use seven", "Questions by product line; answers go into the opportunity in the customer's words.", "guide", product="energy cold air works", stage="discovery", tags="calls, coaching", age=61, cost="300.00", internal=True)
_add("guides/objection-handling.md", "Objections and short answers", "Budget, price, IT, works council, call me in spring.", "guide", product="energy cold air works", stage="evaluation proposal negotiation", tags="calls, coaching", age=38, cost="340.00", internal=True)
_add("guides/call-script-reengagement.txt", "Call script: customers who bought once", "For lapsed and one-off customers, and for those whose rep has left.", "guide", product="cold energy", stage="discovery", tags="calls, re-engagement", age=29, cost="120.00", internal=True, state="draft")
_add("guides/security-faq.html", "Security questions, answered in plain words", "Seven questions that come in nearly every approval.", "guide", product="energy cold air works", industry="banking healthcare public_sector", stage="evaluation proposal", persona="it_security", tags="security, faq", age=70, cost="500.00")
_add("guides/pilot-guide.docx", "Running a pilot that ends in a decision", "Criteria, first week, read-out. For reps and partners.", "guide", product="energy cold air works", stage="evaluation", persona="operations", tags="pilot", age=152, cost="900.00", internal=True)
_add("guides/rollout-handbook.pdf", "Roll-out handbook for customers", "Week by week, typical mistakes and acceptance.", "guide", product="energy cold air works", stage="proposal negotiation", persona="facility_manager operations", tags="implementation, onboarding", age=131, cost="1100.00")

# One-pagers
_add("one-pagers/energie-in-liegenschaften.pdf", "Energie in Liegenschaften: zwölf Gebäude in acht Wochen", "Festpreis, Ablauf und Anlage für den Förderantrag.", "one_pager", "de", product="energy", industry="public_sector education", stage="discovery proposal", persona="facility_manager finance", region="dach", tags="förderung, festpreis", age=77, cost="480.00", owner=_JONAS)
_add("one-pagers/works-para-cadenas.pdf", "Works para cadenas de tiendas", "Tres cifras, qué cambia y cómo empezar.", "one_pager", "es", product="works", industry="retail", stage="discovery", persona="operations", region="iberia", tags="mantenimiento, tiendas", age=58, cost="520.00")
_add("one-pagers/cold-chain-ar.docx", "سلسلة التبريد: دليل لا يقبل الشك", "Cold in Arabic, one page, for hospital pharmacies.", "one_pager", "ar", product="cold", industry="healthcare", stage="discovery", persona="quality", region="middle_east", tags="vaccines, arabic", age=44, cost="760.00", state="in_review", owner=_JONAS)

# Templates and mails
_add("templates/proposal.docx", "Proposal template", "Starts with what the customer told us; no product name in the first section.", "template", product="energy cold air works", stage="proposal", tags="proposal", age=205, cost="600.00")
_add("templates/mutual-action-plan.md", "Mutual action plan", "Eight steps with names and dates, for both sides.", "template", product="energy cold air works", stage="evaluation proposal negotiation", persona="operations procurement", tags="next steps", age=90, cost="200.00")
_add("templates/email-after-first-meeting.txt", "Mail: after the first meeting", "Three pages chosen for one argument, three questions.", "email", product="energy", stage="discovery", tags="follow-up", age=86, cost="90.00")
_add("templates/email-nachfassen-angebot.txt", "Mail: zum Angebot, was noch fehlt", "Nachfassen zwei Wochen nach dem Angebot.", "email", "de", product="energy cold air works", stage="proposal negotiation", region="dach", tags="follow-up", age=83, cost="90.00", owner=_JONAS)
_add("templates/email-dormant-customer.txt", "Mail: the freezer is four years old", "For customers who bought once and were never called again.", "email", product="cold", stage="discovery", tags="re-engagement", age=540, cost="90.00", state="archived")

# Images and film
_add("media/screen-energy-week.png", "Screen: a week in hall 2", "Load profile, base load and three next steps. Free for presentations.", "image", product="energy", industry="manufacturing", stage="discovery evaluation", tags="screenshot", age=250, cost="150.00")
_add("media/screen-works-board.jpg", "Screen: the board of work orders", "Reported, planned, at work, to check.", "image", product="works", industry="retail", stage="discovery evaluation", tags="screenshot", age=157, cost="150.00")
_add("media/floor-plan-carbon-dioxide.png", "Floor plan coloured by carbon dioxide", "First floor of Holmgate Academy at 10:40.", "image", product="air", industry="education", stage="discovery", tags="screenshot, co2", age=141, cost="220.00")
_add("media/device-family.png", "One family of devices", "Gateway, meter, probe and room sensor on one picture.", "image", product="energy cold air", stage="discovery evaluation", tags="hardware", age=300, cost="380.00")
_add("media/architecture.svg", "How a reading travels", "Sensors, gateway, platform, people: one drawing for IT.", "image", product="energy cold air works", stage="evaluation", persona="it_security", tags="architecture", age=98, cost="260.00")
_add("media/vaccine-journey.svg", "A vaccine on its way", "Temperature at six stations; the dock is the weakest link.", "image", product="cold", industry="healthcare logistics", stage="discovery", persona="quality", tags="infographic, vaccines", age=216, cost="310.00", owner=_JONAS)
_add("media/tarnwick-logo.svg", "Tarnwick logo", "Sign and wordmark, for light grounds.", "image", tags="brand", age=600, cost="1200.00")
_add("media/cold-alarm-in-thirty-seconds.mp4", "Cold: an alarm in thirty seconds", "A fridge door stays open; who is called, and what may still be used.", "video", product="cold", industry="healthcare", stage="discovery", persona="quality operations", tags="film, alarm", age=121, cost="3400.00", owner=_JONAS, captions="media/cold-alarm-in-thirty-seconds.vtt")

COLLECTIONS = [
    ("First meeting, manufacturing", "What to bring to a plant that argues about its bill.", ["decks/energy-first-meeting.pptx", "case-studies/oderbruch-gusswerk.pdf", "whitepapers/measuring-before-saving.pdf", "pricing/roi-energy.xlsx"]),
    ("Hospital pharmacy starter", "From the first call to the rehearsal of an audit.", ["decks/cold-for-healthcare.pptx", "media/cold-alarm-in-thirty-seconds.mp4", "case-studies/sankt-ansgar.pdf", "datasheets/probe-cp-7.pdf", "pricing/roi-cold.xlsx"]),
    ("Freigabe durch die IT", "Alles, was Informationssicherheit und Revision vor der Freigabe sehen wollen.", ["whitepapers/security-white-paper.pdf", "decks/security-and-hosting.pptx", "media/architecture.svg", "guides/security-faq.html", "datasheets/gateway-gw-12.pdf"]),
    ("Schulen und Kommunen", "Luft und Energie für Schulträger, mit Förderbezug.", ["decks/air-for-schools.pptx", "whitepapers/luft-in-klassenzimmern.pdf", "case-studies/landkreis-auenfurt.pdf", "one-pagers/energie-in-liegenschaften.pdf", "case-studies/holmgate-academies.pdf"]),
    ("From offer to signature", "Proposal, prices, plan and roll-out.", ["templates/proposal.docx", "decks/business-case-readout.pptx", "pricing/price-list-2026.xlsx", "templates/mutual-action-plan.md", "guides/rollout-handbook.pdf"]),
]


def _quote(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _list(values):
    return "[" + ", ".join(_quote(value) for value in values) + "]"


def write(path, anchor):
    """Writes manifest.toml with absolute dates counted from the anchor."""
    day = lambda offset: (anchor + timedelta(days=offset)).isoformat()
    out = ["# Generated by make/make.py from make/catalogue.py. Edit there.", "", "# The day that counts as today; whoever loads this later moves every date by the difference.", f"anchor = {anchor.isoformat()}", ""]
    for email, name, role, team, zone, active in USERS:
        out += ["[[user]]", f"email = {_quote(email)}", f"name = {_quote(name)}", f"role = {_quote(role)}", f"team = {_quote(team)}", f"time_zone = {_quote(zone)}", f"active = {str(active).lower()}", ""]
    for a in ASSETS:
        out += ["[[asset]]"] + [f"{key} = {_quote(a[key])}" for key in ("file", "title", "description", "kind", "language", "state")]
        out += [f"internal_only = {str(a['internal_only']).lower()}", f"owner = {_quote(a['owner'])}"]
        out += [f"{key} = {_list(a[key])}" for key in ("product", "industry", "stage", "persona", "region", "competitor", "tags")]
        if a["review"] is not None:
            out.append(f"review_by = {day(a['review'])}")
        if a["expires"] is not None:
            out.append(f"expires_at = {day(a['expires'])}")
        if a["captions"]:
            out.append(f"captions = {_quote(a['captions'])}")
        out += [f"production_cost = {_quote(a['cost'])}", 'currency = "EUR"', f"created_on = {day(-a['age'])}", ""]
    for name, description, files in COLLECTIONS:
        out += ["[[collection]]", f"name = {_quote(name)}", f"description = {_quote(description)}", "assets = [", *[f"  {_quote(file)}," for file in files], "]", ""]
    path.write_text("\n".join(out), encoding="utf-8")
