"""Names and sentences for the CRM files: what people of this trade are called and what they say."""

# name, domain, industry, size, region, country, city
ACCOUNTS = """
Nordlicht Bank AG|nordlicht-bank.example|banking|enterprise|dach|DE|Kiel
Genossenschaftsbank Weserland eG|weserland-bank.example|banking|mid|dach|DE|Hameln
Sparkasse Rhönblick|sparkasse-rhoenblick.example|banking|mid|dach|DE|Fulda
Alpenkontor Privatbank AG|alpenkontor.example|banking|mid|dach|AT|Innsbruck
Zürisee Kantonalkasse|zuerisee-kasse.example|banking|enterprise|dach|CH|Thalwil
Kestrel & Lowe Building Society|kestrel-lowe.example|banking|enterprise|uk_ireland|GB|Exeter
Harrowgate Mutual|harrowgate-mutual.example|banking|mid|uk_ireland|GB|Leeds
Caja Rural de Albor|caja-albor.example|banking|mid|iberia|ES|Teruel
Prairie Junction Credit Union|prairiejunction.example|banking|mid|north_america|US|Topeka
Oderbruch Gusswerk GmbH|oderbruch-gusswerk.example|manufacturing|mid|dach|DE|Eberswalde
Kaltenbrunner Umformtechnik GmbH|kaltenbrunner-uft.example|manufacturing|mid|dach|DE|Schweinfurt
Hessling Kunststoffe KG|hessling-kunststoffe.example|manufacturing|small|dach|DE|Detmold
Vogtland Feinpapier GmbH|vogtland-feinpapier.example|manufacturing|mid|dach|DE|Plauen
Tauern Glas AG|tauernglas.example|manufacturing|mid|dach|AT|Zell am See
Brennerhof Molkerei eG|brennerhof-molkerei.example|manufacturing|mid|dach|DE|Kempten
Rheinknie Pigmente AG|rheinknie-pigmente.example|manufacturing|enterprise|dach|CH|Muttenz
Lauterbach & Söhne Härterei|lauterbach-haerterei.example|manufacturing|small|dach|DE|Solingen
Nordfjell Aluminium AS|nordfjell-alu.example|manufacturing|enterprise|nordics|NO|Mosjøen
Jytte Væv A/S|jyttevaev.example|manufacturing|mid|nordics|DK|Herning
Sjöhult Träindustri AB|sjohult-tra.example|manufacturing|mid|nordics|SE|Växjö
Pennine Castings Ltd|penninecastings.example|manufacturing|mid|uk_ireland|GB|Huddersfield
Cork Harbour Dairies|corkharbourdairies.example|manufacturing|mid|uk_ireland|IE|Cork
Azulejos Montverd SA|montverd.example|manufacturing|mid|iberia|ES|Onda
Conservas Ría Alta SL|riaalta.example|manufacturing|small|iberia|ES|Vigo
Metalúrgica do Vouga Lda|metalvouga.example|manufacturing|mid|iberia|PT|Aveiro
Great Slave Packaging Inc.|greatslavepack.example|manufacturing|mid|north_america|CA|Edmonton
Huron Valley Forge|huronvalleyforge.example|manufacturing|mid|north_america|US|Saginaw
Klinikgruppe Sankt Ansgar gGmbH|sankt-ansgar.example|healthcare|enterprise|dach|DE|Trier
Klinikum Altmühltal|klinikum-altmuehltal.example|healthcare|mid|dach|DE|Eichstätt
Universitätsspital Aarewald|spital-aarewald.example|healthcare|enterprise|dach|CH|Aarau
Apothekenverbund Ostsee eG|apo-ostsee.example|healthcare|mid|dach|DE|Rostock
Labor Dr. Wiesner MVZ|labor-wiesner.example|healthcare|small|dach|DE|Göttingen
Landeskliniken Murtal|murtal-kliniken.example|healthcare|mid|dach|AT|Judenburg
Skärgård Sjukhus|skargard-sjukhus.example|healthcare|mid|nordics|SE|Norrtälje
Fjordklinikken HF|fjordklinikken.example|healthcare|mid|nordics|NO|Molde
Wexcombe NHS Trust Pharmacy|wexcombe-pharmacy.example|healthcare|enterprise|uk_ireland|GB|Taunton
St Brannock's Hospital Group|stbrannocks.example|healthcare|mid|uk_ireland|IE|Galway
Hospital Comarcal del Segre|hospitalsegre.example|healthcare|mid|iberia|ES|Lleida
Lakehead Regional Health|lakehead-health.example|healthcare|mid|north_america|CA|Thunder Bay
Bluff County Medical Center|bluffcountymed.example|healthcare|mid|north_america|US|Council Bluffs
Varde Kjøletransport AS|varde-kjole.example|logistics|mid|nordics|NO|Stavanger
Frostbro Spedition GmbH|frostbro.example|logistics|mid|dach|DE|Bremerhaven
Inntal Frischelogistik KG|inntal-frische.example|logistics|small|dach|DE|Rosenheim
Öresund Cold Hubs AB|oresundcold.example|logistics|mid|nordics|SE|Helsingborg
Humber Chilled Freight|humberchilled.example|logistics|mid|uk_ireland|GB|Hull
Transfrío Levante SA|transfriolevante.example|logistics|mid|iberia|ES|Sagunto
Great Lakes Reefer Lines|glreefer.example|logistics|mid|north_america|US|Duluth
Pharma-Kurier Hanse GmbH|pharmakurier-hanse.example|logistics|small|dach|DE|Hamburg
Holmgate Academies Trust|holmgate.example|education|mid|uk_ireland|GB|Harrogate
Thameside College Federation|thameside-colleges.example|education|mid|uk_ireland|GB|Gravesend
Schulverband Mittelharz|schulverband-mittelharz.example|education|mid|dach|DE|Wernigerode
Hochschule Lahntal|hs-lahntal.example|education|mid|dach|DE|Wetzlar
Gymnasium Seeblick|gymnasium-seeblick.example|education|small|dach|DE|Plön
Universitetet i Nordlund|nordlund-uni.example|education|enterprise|nordics|NO|Bodø
Colegios Sierra Clara|sierraclara.example|education|small|iberia|ES|Ávila
Maple Ridge School Division|mapleridge-sd.example|education|mid|north_america|CA|Brandon
Palmer & Quill Supermarkets|palmerquill.example|retail|enterprise|uk_ireland|IE|Drogheda
Löwenmarkt Handels GmbH|loewenmarkt.example|retail|enterprise|dach|DE|Kassel
Bio am Eck Filialbetriebe|bioameck.example|retail|small|dach|DE|Freiburg
Drogerie Sonnhalde AG|sonnhalde.example|retail|mid|dach|CH|Winterthur
Havnens Marked AS|havnensmarked.example|retail|mid|nordics|NO|Ålesund
Supermercados La Ribera|laribera-super.example|retail|mid|iberia|ES|Tudela
Cedar & Main Grocers|cedarmain.example|retail|mid|north_america|US|Burlington
Landkreis Auenfurt|auenfurt.example|public_sector|mid|dach|DE|Auenfurt
Stadtwerke Neuwied-Land|swn-land.example|public_sector|mid|dach|DE|Neuwied
Stadt Wolfsbach, Gebäudemanagement|wolfsbach.example|public_sector|small|dach|AT|Wolfsbach
Malmbäck Kommun|malmback.example|public_sector|small|nordics|SE|Malmbäck
Westmoor District Council|westmoor.example|public_sector|mid|uk_ireland|GB|Okehampton
Ayuntamiento de Valdoria|valdoria.example|public_sector|small|iberia|ES|Valdoria
""".strip()

# Dirty on purpose: the same customers again, spelled otherwise. Last field: the account they repeat.
DUPLICATES = """
Nordlicht-Bank Aktiengesellschaft|nordlicht-bank.example|banking|enterprise|dach|DE|Kiel|Nordlicht Bank AG
Oderbruch Gußwerk|oderbruch-gusswerk.example|manufacturing|mid|dach|DE|Eberswalde|Oderbruch Gusswerk GmbH
Loewenmarkt Handelsgesellschaft mbH|loewenmarkt.example|retail|enterprise|dach|DE|Kassel|Löwenmarkt Handels GmbH
St. Brannocks Hospitals|stbrannocks-hospitals.example|healthcare|mid|uk_ireland|IE|Galway|St Brannock's Hospital Group
Oresund Coldhubs|oresundcold.example|logistics|mid|nordics|SE|Helsingborg|Öresund Cold Hubs AB
Palmer and Quill plc|palmerquill.example|retail|enterprise|uk_ireland|GB|Drogheda|Palmer & Quill Supermarkets
""".strip()

NAMES = {
    "DE": ("Annika Jörg Friederike Torsten Mareike Holger Silke Benedikt Ulrike Matthis Gesine Carsten Wiebke Florian Heike Sebastian Katrin Norbert Dörte Lukas Imke Volker Nadja Ralf".split(),
           "Brandt Hartwig Aumann Reimers Petersen Lohse Wagenknecht Stolte Emmerich Kranz Ahlers Behnke Dittrich Fromm Gerlach Hinrichs Jensch Kolbe Lüders Mertens Nolte Oelke Rathje Siebert Tietjen Uhlig Vollmer Wulf".split()),
    "AT": ("Veronika Leopold Magdalena Gregor Theresa Ferdinand".split(), "Hinterholzer Moser Gruber Leitgeb Steinwendner Pichler".split()),
    "CH": ("Regula Urs Vreni Beat Corinne Reto".split(), "Aebischer Zumthor Bärtschi Iten Näf Rüegg".split()),
    "GB": ("Philippa Gareth Imogen Rhys Harriet Duncan Beverley Alistair Priya Callum Tamsin Graham".split(), "Rowntree Pell Ashdown Whitlock Garside Penhale Thackray Bolton Chaudhry Merrick Oakes Stubbs".split()),
    "IE": ("Aoife Cormac Sinéad Fergal Orla Declan".split(), "Brannigan Tierney Mulcahy Keane Lenihan Scully".split()),
    "NO": ("Ingrid Sverre Marit Håkon Solveig Trond".split(), "Solberg Haugen Lunde Bakken Nygård Fossum".split()),
    "SE": ("Elin Göran Åsa Mattias Linnea Per".split(), "Sjöberg Hallström Ek Nordin Lagergren Wahl".split()),
    "DK": ("Birgitte Anders Lone Jesper".split(), "Kjær Mortensen Bruun Toft".split()),
    "ES": ("Vicent Amparo Íñigo Lucía Joaquín Remedios Nuria Fermín".split(), "Albiol Echeverría Salvatierra Roca Montesinos Goñi Baena Portillo".split()),
    "PT": ("Rui Inês Duarte Filipa".split(), "Figueira Antunes Moreira Salgado".split()),
    "US": ("Wendell Marcy Duane Leticia Brock Yolanda".split(), "Haskell Vandermeer Ortega Lundgren Pruitt Sayles".split()),
    "CA": ("Maureen Étienne Darcy Sukhjit Colette Grant".split(), "MacAulay Tremblay Wasyluk Dhaliwal Beaulieu Fraser".split()),
}

LANGUAGES = {"DE": "de", "AT": "de", "CH": "de", "GB": "en", "IE": "en", "NO": "en", "SE": "en", "DK": "en", "ES": "es", "PT": "en", "US": "en", "CA": "en"}

TITLES = {
    "facility_manager": {"en": "Head of Facilities", "de": "Leitung Gebäudemanagement", "es": "Jefe de mantenimiento"},
    "finance": {"en": "Finance Director", "de": "Leitung Controlling", "es": "Directora financiera"},
    "operations": {"en": "Operations Director", "de": "Betriebsleitung", "es": "Director de operaciones"},
    "it_security": {"en": "Information Security Officer", "de": "Informationssicherheitsbeauftragte", "es": "Responsable de seguridad TI"},
    "quality": {"en": "Head of Quality", "de": "Leitung Qualitätssicherung", "es": "Responsable de calidad"},
    "sustainability": {"en": "Sustainability Manager", "de": "Nachhaltigkeitsmanagement", "es": "Responsable de sostenibilidad"},
    "procurement": {"en": "Category Buyer", "de": "Einkauf", "es": "Compras"},
}

PERSONAS = {
    "banking": ["sustainability", "finance", "it_security", "facility_manager", "procurement"],
    "manufacturing": ["facility_manager", "finance", "operations", "it_security", "procurement"],
    "healthcare": ["quality", "operations", "finance", "it_security", "facility_manager"],
    "logistics": ["operations", "quality", "finance", "procurement"],
    "education": ["facility_manager", "finance", "operations", "procurement"],
    "retail": ["operations", "finance", "quality", "facility_manager", "procurement"],
    "public_sector": ["facility_manager", "finance", "procurement", "sustainability"],
}

SCOPES = {
    "energy": {"banking": ["metering of 30 branches", "all branches, ESRS report", "head office and data centre"], "manufacturing": ["40 points in hall 1", "three halls, 160 points", "compressed air and peaks", "second plant"],
               "healthcare": ["energy of the main building", "laundry and steam"], "logistics": ["energy of the hub"], "education": ["energy of nine schools", "campus metering"], "retail": ["energy of 25 stores"], "public_sector": ["twelve buildings in eight weeks", "town hall and pool", "street depots"]},
    "cold": {"healthcare": ["pharmacy and wards, 60 probes", "laboratory freezers", "all houses, 400 probes", "blood bank"], "logistics": ["one lane, six weeks", "docks and trailers", "pharma hub qualification"], "retail": ["cabinets of one region", "central warehouse"], "manufacturing": ["ripening rooms", "raw milk chain"]},
    "air": {"education": ["twenty rooms, one term", "all classrooms", "lecture halls"], "public_sector": ["day care centres", "offices of the town hall"], "healthcare": ["waiting rooms and wards"]},
    "works": {"retail": ["one region, ten weeks", "all stores and contractors", "bakery ovens and coolers"], "manufacturing": ["maintenance of two plants", "spare parts and plans"], "healthcare": ["medical technology orders", "facility orders, five houses"], "logistics": ["dock doors and trucks"], "banking": ["branch repairs"], "public_sector": ["caretakers' orders"], "education": ["caretakers of all sites"]},
}
WEIGHTS = {"banking": {"energy": 6, "works": 1}, "manufacturing": {"energy": 6, "works": 2, "cold": 1}, "healthcare": {"cold": 6, "works": 2, "air": 1, "energy": 1}, "logistics": {"cold": 6, "works": 2, "energy": 1},
           "education": {"air": 5, "energy": 2, "works": 1}, "retail": {"works": 4, "cold": 4, "energy": 1}, "public_sector": {"energy": 4, "air": 3, "works": 1}}
COMPETITORS = {"energy": ["gaugehaus", "gaugehaus", "in_house", ""], "cold": ["polarum", "polarum", "in_house", ""], "air": ["aerenta", "aerenta", "", "in_house"], "works": ["fixello", "fixello", "in_house", ""]}
AMOUNTS = {"energy": (14000, 96000), "cold": (9000, 88000), "air": (7000, 64000), "works": (12000, 84000)}

# What hurts, by product; the words before the bar are the industries where it is heard, * for all.
CONFLICTS = {
    "energy": """
        manufacturing|The bill rose although output fell, and maintenance and finance blame each other.
        banking|The auditor does not accept estimates in the sustainability report any more.
        banking retail|Landlords send their statements in autumn, the report is due in May.
        banking|Branches are heated for opening hours that were shortened in 2021.
        manufacturing|They pay a capacity charge that three furnaces cause on Monday mornings.
        manufacturing logistics healthcare|Base load at night is 190 kW and nobody can say what it consists of.
        *|A consultant with a clamp meter left forty pages and no order.
        public_sector education|The grant runs out in spring and needs measured values per building.
        public_sector|The council sorted its renovation list by year of construction, and facilities think it is wrong.
        manufacturing|Compressors run on Sundays; the plant manager heard it when he fetched his keys.
        retail logistics healthcare education|Four sites of the same size differ by a factor of two, and nobody knows why.
    """,
    "cold": """
        healthcare|A batch of vaccines was thrown away because nobody could prove how long the door had been open.
        healthcare|The inspector criticised gaps in the paper lists of the night shifts.
        healthcare|The wards want to get rid of lists, the pharmacy does not trust the display of the fridges.
        healthcare|Freezers at minus eighty hold eleven years of samples and have one thermometer.
        logistics|Loads are refused at the ramp and the carrier pays half each time.
        logistics|A shipper of medicine asks for proof without gaps before the contract is renewed.
        logistics retail|The logger in the box says warm, the trailer says cold, and the insurer asks who is right.
        retail|Goods were lost on two Fridays because a cooler failed after closing time.
        manufacturing retail|Raw goods are tested at the gate, but nobody sees the four hours before.
        *|Alarms come by e-mail; the last one was read eight hours later.
        *|Calibration means that the loggers are away for nine days, every year in audit season.
    """,
    "air": """
        education|Parents ask for ventilation units, the budget pays for every tenth room.
        education|The new ventilation is loud and teachers switch it off.
        education|Windows are opened by rota and the heating bill rose by a third.
        public_sector education|Nobody knows which rooms need what, and the council votes in March.
        public_sector healthcare|Staff complain about headaches in the afternoon; the last measurement was in 2019.
        healthcare|The waiting room is full by nine and the window may not be opened.
    """,
    "works": """
        retail healthcare|Technicians arrive in time and without the part.
        retail|Every broken door is reported by three people and becomes three orders.
        *|Contractors' invoices cannot be checked, because the orders are in somebody's mailbox.
        *|After the reorganisation ninety orders belong to people who have left.
        retail manufacturing|The present system charges for each contractor, so contractors are kept outside.
        manufacturing logistics|They plan on a whiteboard that was wiped by the cleaners in June.
        education public_sector banking|Caretakers get their orders by telephone, and nobody can say what was done last year.
    """,
}


def conflicts(product, industry):
    """What a customer of this industry says about the problem that the product solves."""
    rows = [line.strip().split("|") for line in CONFLICTS[product].strip().splitlines()]
    return [text for where, text in rows if where == "*" or industry in where.split()]


VOICES = ["\"We have enough dashboards\", said the head of operations, \"we lack somebody who acts.\"", "The finance director wants one number per year and its source.", "The champion needs three slides that explain it without us in the room.", "IT asks where the data is before anybody asks what it costs.", "The works council wants to see the draft agreement first.",
          "Procurement has been told to get three offers.", "The technician was won over when he saw his own panel on the screen.", "The director asked who else of their size does this.", "They had a project like this in 2021; a login is left of it.", "Quality likes it, but does not own the budget."]
LIMITS = ["Nothing may be switched off during the season.", "Decision is tied to the budget round in December.", "No foreign device may enter the office network.", "They expect a reference they can call.", "A pilot must cost less than 5,000 EUR to be signed locally.", "Roll-out only if the first site pays within a year.", "Documents are needed in German.", "Access to the sites only after 20:00.",
          "The contract must allow an exit after ten weeks.", "Data have to stay in the EU.", "They want prices per point, not per user.", "The board meets on the second Tuesday of the month."]

CALLS = [("First call", "Called {name}. {conflict} Agreed on a visit."), ("Short call about dates", "{name} is free in the second half of the week. Wants to bring somebody from finance."), ("Call after the pilot", "{name} has shown the first curve to the director. Asked for a reference of the same size."),
         ("Reached the assistant only", "{name} is travelling until Thursday. Left a message, no details."), ("Call about the offer", "{name} compares us with {rival}. Price per point is clear, fitting is not. Sent the services sheet."), ("Question of IT", "{name} forwarded a list of eleven questions. Nine are in the security paper."),
         ("Checked in", "{name} says that the budget round was moved by two weeks. No change in substance."), ("Call with procurement", "{name} asks for a discount of ten percent. Offered a three-year term instead.")]
MEETINGS = [("Walk through the site", "Two hours with {name} and a technician. Found three things before lunch. Photographs are in the folder."), ("Workshop with their own data", "Five people. {name} did the arithmetic on the board: convinced the room better than we did."), ("Read-out of the pilot", "Forty minutes. Findings were accepted, the owner of finding three is still open."),
            ("Security review", "{name} and two colleagues. Only the question of the exit plan remains."), ("Demo on site", "Started with the story of the last excursion, not with the product. {name} told it in person."), ("Steering committee", "Option B is preferred. {name} wants the price of waiting on one page.")]
NOTES = [("Who is who", "{name} drives it. The real decision is taken by the finance side; we have not met them yet."), ("Competitor seen", "{rival} was there last week with a free trial. Our criteria are in the minutes, theirs are not."), ("Internal", "Need a case study from the same industry, the foundry does not speak to them."), ("Promise", "Promised the draft works agreement and a sample report by Friday."),
         ("Risk", "If the budget goes to the roof repair, this moves to next year."), ("Observed", "They print our pages. Handed round a stapled copy of the case study with notes in the margin.")]
MAILS = [("Three pages as promised", "Sent the pages about {topic} to {name}, with the question who else should read them."), ("Offer sent", "Offer with three options, valid for six weeks. {name} confirmed receipt."), ("Answer to IT", "White paper, sub-processors and the drawing. Copy to {name}."), ("Reminder about the load profile", "Asked {name} for twelve months of data from the grid operator."), ("Minutes of the meeting", "Criteria, names and dates as agreed. {name} added one line about access.")]
STATUSES = [("Status", "On track. Next: {next}."), ("Status", "Waiting for {next}."), ("Status", "Slower than hoped. {next} is still open."), ("Status", "Good week. {name} has found a sponsor.")]
NEXT = ["the visit on site", "approval by IT", "the load profile", "the date of the board", "a reference call", "the draft agreement for the works council", "the signature of procurement", "the read-out"]
TOPICS = {"energy": "base load and peaks", "cold": "alarms that reach a person", "air": "measures sorted by cost", "works": "second visits"}
WON = ["Signed. The read-out with their own figures decided it.", "Order received, three-year term. Reference call was decisive.", "Signed by procurement after IT gave its approval in a week.", "Won: the technician's ballot was nine of ten.", "Order for the first part; second part planned for summer."]
LOST = ["Lost to {rival}: price per device, analysis did not count.", "No decision; the budget went to the roof.", "Lost to {rival}. We never met the finance side.", "Their own spreadsheet stays, its author was not asked.", "Project stopped after a change of management.", "Tender decided by price alone, we were third.", "IT refused, and we had sent the security paper too late."]

CAMPAIGNS = [  # name, lead source, cost, start (days before the anchor), length, inquiries, weight, ever buys
    ("Hannover trade fair 2026", "trade_fair", 48500, 213, 5, 126, 16, True), ("Hospital pharmacists' congress", "trade_fair", 21900, 176, 3, 58, 12, True), ("White paper: measuring before saving", "content_download", 9400, 214, 180, 141, 18, True),
    ("Webinar: air in classrooms", "webinar", 4200, 98, 1, 87, 11, True), ("Customers recommend customers", "referral", 6300, 390, 380, 34, 20, True), ("Search advertising, energy", "paid_search", 31200, 380, 370, 212, 12, True),
    ("InduFind directory listing", "directory", 890, 385, 375, 268, 15, False), ("Partner day Zaragoza", "partner", 8700, 141, 2, 23, 8, True), ("Cold chain webinar, Nordic carriers", "webinar", 3900, 255, 1, 49, 9, True), ("Letter to 400 plant managers", "direct_mail", 5600, 300, 30, 31, 8, True)]
