"""The words and figures of every deck. Layout lives in deck.py."""

import pictures
from deck import Deck


def company_overview():
    d = Deck("decks/tarnwick-company-overview.pptx", "Company overview 2026")
    d.cover("Buildings that report for work", "Who Tarnwick is, what we make, and what our customers measure after a year", "Company overview · edition autumn 2026")
    d.stats("Tarnwick in four numbers", "Founded 2011 in Leipzig by two metering engineers and a refrigeration fitter.",
            [("1,940", "sites connected in fourteen countries"), ("312", "people, one in three of them in the field"), ("0", "customer sites that lost data when we were unreachable in 2025"), ("97 %", "of customers with two or more product lines stay after year three")],
            "We sell measurement and the work that follows from it. A number that nobody acts on is a cost, so every product ends in a task with a name and a date.")
    d.points("Four product lines, one gateway", "Start with the problem that hurts; the second line reuses the same installation.",
             [("Energy", "Circuit-level electricity, gas, heat and compressed air. Finds base load, peaks and leaks, and proves the saving afterwards."),
              ("Cold", "Temperature evidence for medicine, food and samples, from the dock to the ward, with alarms that reach a person."),
              ("Air", "Carbon dioxide, fine dust and humidity per room; ventilation that follows people instead of the clock."),
              ("Works", "Work orders, maintenance plans and contractors. Takes the finding of a sensor and turns it into a visit.")])
    d.picture("From finding to finished job", "The same screen for the electrician and for the plant manager.", pictures.screen_energy(),
              [("Seen", "A leak in line C draws 31 kW while nothing runs."), ("Priced", "9,800 EUR a year at the contract's night tariff."), ("Assigned", "To maintenance, for the next planned stop."), ("Proved", "The curve of the following week closes the order.")])
    d.section("1", "Who works with us", "Seven industries. What they have in common: many places, few people, and a duty to prove something.")
    d.table("What customers come to us for", "The first question is never about sensors.",
            [["Industry", "The question they bring", "First line", "Typical first order"],
             ["Manufacturing", "Why did the bill rise when output fell?", "Energy", "1 hall, 40 circuits"],
             ["Healthcare", "Can we prove the vaccine was never warm?", "Cold", "1 pharmacy, 60 probes"],
             ["Education", "Which rooms make pupils tired, and what helps?", "Air", "3 schools, 110 rooms"],
             ["Banking", "How do we report 240 branches without 240 visits?", "Energy", "30 branches"],
             ["Retail", "Who fixes the cooler before the stock is lost?", "Works", "1 region, 25 stores"],
             ["Logistics", "Where in the chain was the door open?", "Cold", "1 hub, 12 docks"]], [1.5, 4.2, 1.1, 2])
    d.chart("Sites connected, by year", "Growth comes from customers who add a second product line.", "stacked", ["2021", "2022", "2023", "2024", "2025", "2026"],
            [("First line", [310, 420, 560, 720, 880, 1010]), ("Second line or more", [40, 95, 190, 380, 640, 930])],
            ["Nearly half of all sites now run two lines", "Energy plus Works is the most common pair: the leak and the person who mends it.", "Cold plus Works grew fastest in 2025, driven by hospital pharmacies."], "Source: Tarnwick customer register, September 2026")
    d.quote("Other vendors showed us a dashboard. Tarnwick showed us which valve.", "Marek Hartwig, head of maintenance", "Oderbruch Gusswerk, iron foundry, 410 people. Read the case study: 214,000 EUR a year from five findings.")
    d.section("2", "How we work", "Plain contracts, people who have held a screwdriver, and data that stays yours.")
    d.columns("What you can hold us to", "Written into the contract, not only on this slide.",
              [("Your data", ["Hosted in Leipzig and Dublin, or in your own rack", "Open export at any time, in formats others read", "Deleted within 30 days after the end, with a protocol"]),
               ("Our service", ["A fitter on site within two working days in DACH and the UK", "Telephone answered by the people who build the product", "Spare devices for ten years after the last sale"]),
               ("Fair prices", ["One price per measuring point, published", "No price per user or per report", "Price rises capped at the producer price index"])])
    d.chart("Where customers sit", "Share of measuring points by region.", "doughnut", ["DACH", "UK and Ireland", "Nordics", "Iberia", "North America"], [("Share", [46, 22, 14, 10, 8])],
            ["Support in five languages", "Field service of our own in DACH and the UK; certified partners elsewhere.", "Iberia opened in 2024 with an office in Zaragoza."], "Source: Tarnwick customer register, September 2026")
    d.close("What a first month looks like", [("A walk through one building", "Two hours, one of our engineers, your electrician. Free of charge."), ("Thirty days of measuring", "Up to 40 points on loan, fitted without switching anything off."), ("One afternoon with the findings", "You keep the report whether you buy or not.")], "hello@tarnwick.example  ·  +49 341 5550 110")
    d.save()


def unternehmen():
    d = Deck("decks/tarnwick-unternehmensueberblick.pptx", "Unternehmensüberblick 2026", lang="de")
    d.cover("Gebäude, die sich zur Arbeit melden", "Wer Tarnwick ist, was wir bauen und was Kunden nach einem Jahr messen", "Unternehmensüberblick · Ausgabe Herbst 2026")
    d.stats("Tarnwick in vier Zahlen", "Gegründet 2011 in Leipzig von zwei Messtechnikern und einem Kälteanlagenbauer.",
            [("1.940", "angebundene Standorte in vierzehn Ländern"), ("312", "Menschen, jeder dritte davon im Außendienst"), ("10 Jahre", "Ersatzteile nach dem letzten Verkauf"), ("2 Tage", "bis ein Monteur in DACH vor Ort ist")],
            "Wir verkaufen Messung und die Arbeit, die daraus folgt. Eine Zahl, auf die niemand reagiert, kostet nur Geld. Darum endet jedes Produkt in einer Aufgabe mit Namen und Datum.")
    d.points("Vier Produktlinien, ein Gateway", "Beginnen Sie mit dem, was schmerzt. Die zweite Linie nutzt dieselbe Installation.",
             [("Energy", "Strom, Gas, Wärme und Druckluft je Stromkreis. Findet Grundlast, Lastspitzen und Leckagen und weist die Einsparung nach."),
              ("Cold", "Temperaturnachweis für Arzneimittel, Lebensmittel und Proben, mit Alarmen, die einen Menschen erreichen."),
              ("Air", "Kohlendioxid, Feinstaub und Feuchte je Raum; Lüftung nach Belegung statt nach Uhr."),
              ("Works", "Aufträge, Wartungspläne, Fremdfirmen. Macht aus dem Befund eines Sensors einen Termin.")])
    d.table("Mit welchen Fragen Kunden kommen", "Keine davon beginnt mit dem Wort Sensor.",
            [["Branche", "Frage", "Erste Linie", "Üblicher Einstieg"], ["Fertigung", "Warum steigt die Rechnung, wenn die Menge fällt?", "Energy", "1 Halle, 40 Stromkreise"], ["Krankenhaus", "Können wir belegen, dass der Impfstoff nie warm war?", "Cold", "1 Apotheke, 60 Fühler"],
             ["Schule", "Welche Räume machen müde, und was hilft?", "Air", "3 Schulen, 110 Räume"], ["Bank", "Wie berichten wir 240 Filialen ohne 240 Fahrten?", "Energy", "30 Filialen"], ["Kommune", "Welche Gebäude sanieren wir zuerst?", "Energy", "12 Liegenschaften"]], [1.4, 4.4, 1.2, 2])
    d.chart("Angebundene Standorte je Jahr", "Das Wachstum kommt von Kunden, die eine zweite Linie dazunehmen.", "stacked", ["2021", "2022", "2023", "2024", "2025", "2026"],
            [("Erste Linie", [310, 420, 560, 720, 880, 1010]), ("Zweite Linie und mehr", [40, 95, 190, 380, 640, 930])],
            ["Fast jeder zweite Standort nutzt zwei Linien", "Am häufigsten: Energy mit Works, also das Leck und der Mensch, der es abdichtet.", "Cold mit Works wuchs 2025 am schnellsten."], "Quelle: Kundenverzeichnis Tarnwick, September 2026")
    d.columns("Worauf Sie uns festlegen können", "Steht im Vertrag, nicht nur auf dieser Folie.",
              [("Ihre Daten", ["Gehostet in Leipzig, auf Wunsch im eigenen Haus", "Jederzeit offener Export", "Löschung 30 Tage nach Vertragsende, mit Protokoll"]), ("Unser Dienst", ["Monteur binnen zwei Werktagen", "Am Telefon sitzen die Entwickler", "Betriebsrat: Vorlage für eine Vereinbarung liegt bei"]), ("Faire Preise", ["Ein Preis je Messpunkt, veröffentlicht", "Keine Kosten je Nutzer", "Steigerung gedeckelt auf den Erzeugerpreisindex"])])
    d.quote("Andere Anbieter zeigten uns eine Übersicht. Tarnwick zeigte uns das Ventil.", "Marek Hartwig, Leiter Instandhaltung", "Oderbruch Gusswerk, Eisengießerei mit 410 Beschäftigten.")
    d.close("So sieht der erste Monat aus", [("Rundgang durch ein Gebäude", "Zwei Stunden mit Ihrem Elektriker, kostenfrei."), ("Dreißig Tage Messung", "Bis zu 40 Messpunkte leihweise, ohne Abschaltung montiert."), ("Ein Nachmittag mit den Befunden", "Der Bericht gehört Ihnen, auch ohne Auftrag.")], "hallo@tarnwick.example  ·  +49 341 5550 110")
    d.save()


def energy_first_meeting():
    d = Deck("decks/energy-first-meeting.pptx", "Energy, first meeting", "energy")
    d.cover("Measure first, then save", "What a production site learns in its first six weeks with Tarnwick Energy", "First meeting · manufacturing and public buildings")
    d.points("Three costs that nobody ordered", "They are on every bill, and no department owns them.",
             [("Base load", "What runs at night and on Sundays. In the foundries we measured it was between 19 and 34 percent of the yearly total."),
              ("Peaks", "One quarter of an hour sets the capacity charge for the whole year. It is usually a coincidence of three starts."),
              ("Leaks", "Compressed air, cooling water, valves that do not close. A 3 mm hole at 7 bar costs about 2,400 EUR a year.")]).notes("Ask: when did you last walk through the hall on a Sunday? Let the silence work.")
    d.section("1", "What we measure", "Every circuit above 16 ampere, every fifteen seconds, without switching anything off.")
    d.picture("Meter EG-40 at work", "Clip-on transformers around existing cables: fitted by one electrician in about an hour per panel.", pictures.devices(),
              [("24 circuits per meter", "Class 0.5, phase angle and harmonics to the 40th."), ("72 hours of buffer", "Nothing is lost when the network is."), ("Open protocols", "Modbus, M-Bus, OPC UA, MQTT.")])
    d.chart("A week in hall 2", "Average load by shift in kW; the night shift of Saturday is empty.", "column", ["Early", "Late", "Night", "Saturday", "Sunday"], [("Measured", [1180, 1120, 540, 260, 212]), ("Needed by plan", [1150, 1090, 420, 90, 60])],
            ["150 kW run on Sunday without a reason", "Extraction, two heating rods and a compressor that refills its own leaks.", "At 0.19 EUR per kWh this is 36,000 EUR a year, Sundays alone."], "Source: Oderbruch Gusswerk, calendar week 9, 2025")
    d.section("2", "What customers changed", "Five findings of one foundry, in the order of effort.")
    d.table("Five findings, one year later", "Iron foundry, 410 people, 21 GWh a year.",
            [["Finding", "What was done", "Cost", "Saving a year"], ["Extraction runs on Saturday", "Switched with the pouring plan", "0 EUR", "6,100 EUR"], ["Compressor refills leaks", "14 leaks sealed, pressure down 0.6 bar", "8,900 EUR", "41,000 EUR"],
             ["Three furnaces start together", "Starts 15 minutes apart", "0 EUR", "74,300 EUR"], ["Heating rods in sand silo", "Thermostat replaced", "1,450 EUR", "18,600 EUR"], ["Cooling pumps at full speed", "Two frequency drives", "31,000 EUR", "74,000 EUR"]], [2.5, 3, 1.2, 1.3])
    d.chart("Saving by kind of measure", "Average of 61 manufacturing sites after twelve months, percent of the electricity bill.", "bar", ["Switching off", "Peak planning", "Compressed air", "Pumps and fans", "New machines"], [("Percent", [3.9, 2.8, 2.6, 1.9, 0.7])],
            ["Two thirds cost nothing", "Switching off and peak planning need a rule and a name, no investment.", "New machines come last, with better numbers for the decision."], "Source: Tarnwick Energy benchmark 2026, 61 sites", "0.0")
    d.steps("Six weeks to the first findings", "Nothing is switched off, nobody enters data by hand.",
            [("Walk", "Two hours through the hall with your electrician."), ("Fit", "Two days, up to 40 circuits, on loan."), ("Measure", "Thirty days, including one weekend shift."), ("Read", "Our analyst writes the five findings."), ("Decide", "One afternoon, with prices per finding.")],
            "You keep the report and the raw data, whether you order or not.")
    d.columns("Who should be in the room", "Meetings with these three end with a decision; without them they end with a second meeting.",
              [("Maintenance", ["Knows which cable goes where", "Will own the findings", "Asks: who reacts at night?"]), ("Finance", ["Knows the tariff and the capacity charge", "Wants the saving proved", "Asks: what if output falls?"]), ("IT", ["Owns the network", "Wants no foreign box in the office LAN", "Asks: where is the data?"])])
    d.points("Objections we like", "Short answers, long versions on request.",
             [("We have a meter", "One meter tells you what to pay. Forty tell you what to change."), ("ISO 50001 is enough", "It asks for a process. We bring the numbers the process lacks."), ("No time", "Your electrician gives two days. After that the findings come to you.")])
    d.close("Next step", [("Name one hall", "The one with the most questions, not the newest."), ("Send twelve months of load profile", "Your grid operator has it; we tell you within two days what stands out."), ("Pick a Tuesday", "For the walk with your electrician.")], "energy@tarnwick.example")
    d.save()


def cold_healthcare():
    d = Deck("decks/cold-for-healthcare.pptx", "Cold for hospitals and pharmacies", "cold")
    d.cover("Proof that it was never warm", "Temperature evidence for pharmacies, wards, laboratories and blood banks", "Tarnwick Cold for healthcare")
    d.points("What goes wrong at four in the morning", "From 2,300 alarms in eleven hospitals during 2025.",
             [("The door", "61 percent of excursions begin with a door left open, most often after the evening delivery."), ("The paper", "A list filled in twice a day cannot say what happened between 17:00 and 07:00."), ("The phone", "An alarm by e-mail is read at half past seven. By then the insulin is waste."), ("The doubt", "Nobody dares to use a batch whose history is unknown, so it is thrown away.")])
    d.picture("The alarm that reaches a person", "A fridge door stood open at 09:48; at 10:05 it was closed, with a name beside it.", pictures.screen_cold(),
              [("Rings, then climbs", "Ward phone, duty pharmacist, technician: until one of them confirms."), ("Knows the buffer", "The probe sits in glycol and sees the product, not the gust."), ("Counts what is left", "The stability budget tells which doses may still be used.")])
    d.section("1", "Evidence for the inspector", "Guidelines ask for calibrated sensors, complete records and a reason for each excursion.")
    d.table("What the inspector asks, what you show", "Collected from audits in Germany, Ireland and Spain.",
            [["Question", "Answer in Tarnwick Cold", "Time to show"], ["Is this probe calibrated?", "Certificate with three points, traceable, due date", "10 seconds"], ["Were there gaps in March?", "Completeness report per unit, buffer proves power cuts", "20 seconds"], ["Who knew of the excursion?", "Alarm chain with names and times", "10 seconds"],
             ["Why was the batch released?", "Signed reason, stability budget, second signature", "30 seconds"], ["Can records be altered?", "Hash chain, audit trail as Annex 11 expects", "1 minute"]], [2.6, 4.2, 1.3])
    d.chart("Write-offs before and after", "Medicine thrown away after temperature excursions, thousand EUR per half-year.", "column", ["H1 2024", "H2 2024", "H1 2025", "H2 2025"], [("Five hospitals", [118, 131, 44, 29])],
            ["Down from 249 to 73 thousand in a year", "Installation was finished in January 2025.", "The rest are true failures: two compressors, one flood."], "Source: Sankt Ansgar group, pharmacy controlling")
    d.columns("Where the probes go", "One platform, different rules for each place.",
              [("Pharmacy", ["2 to 8 degrees, glycol buffer", "Walk-in cold room mapped at nine points", "Controlled drugs: door contact"]), ("Laboratory", ["Down to minus 90 degrees", "Dry-ice and nitrogen level", "Sample owner is told first"]), ("Ward and kitchen", ["Display at the fridge", "No paper lists", "Meal trolleys logged by route"])])
    d.quote("The auditor asked for March. I turned the screen around. That was the audit.", "Dr. Annika Brandt, chief pharmacist", "Sankt Ansgar hospital group, five houses, 640 probes.")
    d.steps("From order to validated", "Installation and operational qualification are part of the price.",
            [("Map", "Nine-point mapping of cold rooms, door open and closed."), ("Fit", "640 probes took eleven working days."), ("Qualify", "IQ and OQ protocols, signed on the tablet."), ("Train", "Twenty minutes per ward, with a real alarm."), ("Hand over", "Paper lists end on a fixed day.")],
            "Works council and data protection papers are in the starter kit.")
    d.close("What we propose", [("Thirty probes for thirty days", "In the pharmacy and on one ward."), ("One mapped cold room", "With a report you can file, even if you stay with your present system."), ("A rehearsal of your next audit", "Our quality manager plays the inspector.")], "cold@tarnwick.example")
    d.save()


def cold_logistics():
    d = Deck("decks/cold-for-logistics-and-retail.pptx", "Cold for logistics and retail", "cold")
    d.cover("Where was the door open?", "Continuous temperature from the dock to the shelf, for carriers, hubs and grocers", "Tarnwick Cold for logistics and retail")
    d.stats("A claim costs more than the goods", "Figures from 38 rejected loads we reviewed with two carriers.",
            [("11,700 EUR", "average value of a refused load"), ("19 h", "spent by five people to find out who was at fault"), ("3 of 4", "claims settled by halves, because nobody could prove anything"), ("6 min", "is how long the door really stood open, in the median")],
            "The logger inside the box shows that it was warm. It does not show where, or whose turn it was. That is the part that decides the claim.")
    d.picture("One chain, one record", "Probes, door contacts and position in one line of time.", pictures.screen_cold(), [("Dock", "Door contact and curtain sensor, assigned to the ramp."), ("Trailer", "Three zones, refuelling and defrosting recognised."), ("Shelf", "Cabinet temperature every minute, defrost left out.")])
    d.chart("Minutes above limit, by link of the chain", "Chilled meat, 412 trips between Stavanger and Oslo.", "bar", ["Loading", "Ferry queue", "Driving", "Unloading", "Back room"], [("Minutes per trip", [7.2, 3.1, 0.8, 9.6, 14.3])],
            ["The lorry is the best part", "Two thirds of the warm minutes happen on premises that do not belong to the carrier.", "The back room of the store is the worst link and the cheapest to change."], "Source: Varde Kjøletransport, spring 2025", "0.0")
    d.section("1", "Claims, settled by facts", "A shared record is worth more than a better fridge.")
    d.table("Who sees what", "Access follows the load, and ends with it.",
            [["Party", "Sees", "Does not see"], ["Shipper", "Whole trip of their own pallets", "Other shippers' goods, driver names"], ["Carrier", "Own trailers, all docks while attached", "Shelf data of the grocer"], ["Receiver", "Arrival, last 12 hours, alarms", "Earlier stops"], ["Insurer", "A sealed report per claim", "Everything else"]], [1.3, 3.5, 3.5])
    d.columns("Three ways to begin", "All of them pay for themselves within the first claim season.",
              [("Dock", ["12 door contacts, 24 probes", "Fitted in one night", "Shows unloading discipline"]), ("Fleet", ["Reads Thermax and Frigoline units by CAN", "No second logger in the box", "Alarms to dispatch, in words"]), ("Store", ["Cabinets by radio, no cabling", "Work order when a cooler drifts", "Daily food safety record, signed by itself"])])
    d.quote("We stopped arguing about the motorway. It was always the ramp.", "Ingrid Solberg, head of quality", "Varde Kjøletransport, 96 trailers, four hubs in Norway.")
    d.steps("A pilot in one lane", "Choose the lane with the most claims, not the easiest.",
            [("Lane", "One shipper, one hub, one store."), ("Fit", "One night at the hub, an hour per trailer."), ("Run", "Six weeks, alarms on from the second."), ("Read", "Warm minutes by link, in a table."), ("Agree", "Rules for the ramp, signed by all.")], "Price of the pilot: 4,900 EUR, credited against the order.")
    d.close("Next step", [("Send us three claims", "We reconstruct what can be known, free of charge."), ("Pick the lane", "Dispatch and quality decide together."), ("Plan the night", "Our crew needs the dock from 21:00 to 04:00.")], "cold@tarnwick.example")
    d.save()


def air_schools():
    d = Deck("decks/air-for-schools.pptx", "Air for schools and universities", "air")
    d.cover("Which rooms make pupils tired?", "Carbon dioxide, noise of fans and heating bills, room by room", "Tarnwick Air for education")
    d.points("What we hear from head teachers", "Three sentences that start most of our projects.",
             [("By the fourth lesson they yawn", "In rooms without mechanical ventilation we measure 1,900 ppm at 11:30 in winter."), ("We ventilate by rota", "Every twenty minutes, rain or shine: the heating pays for it and in half of the rooms it is not needed."), ("The system is new and loud", "It runs at full speed for eight pupils and for thirty. Teachers switch it off.")])
    d.picture("Floor plan, not spreadsheet", "One glance before the second break: two rooms need air now.", pictures.screen_air(), [("Traffic light in the room", "A small lamp; no numbers that start a discussion."), ("Timetable aware", "Knows who sits where, anonymous."), ("Caretaker first", "A stuck window motor becomes a work order.")])
    d.chart("Share of lessons above 1,400 ppm", "Three schools, before and after, percent of occupied lessons in January.", "column", ["Primary, 1974", "Secondary, 1996", "Academy, 2019"], [("January 2025", [58, 41, 12]), ("January 2026", [17, 14, 4])],
            ["The oldest building gained most", "Without a building measure: lamps, a rota that follows the reading, two repaired fans.", "The new academy saved 22 percent of its fan electricity."], "Source: Holmgate Academies Trust, 1,104 rooms")
    d.section("1", "Small money, quick effect", "What can be done in a school year, before anybody plans a refurbishment.")
    d.table("Four measures, sorted by cost", "Average per classroom.",
            [["Measure", "Cost", "Effect on tired lessons", "Who does it"], ["Lamp and a rule for windows", "190 GBP", "minus 31 percent", "Teacher, pupils"], ["Repair of what exists", "85 GBP", "minus 14 percent", "Caretaker"], ["Fan follows occupancy", "420 GBP", "minus 22 percent, quieter", "Tarnwick partner"], ["Decentral unit for the worst rooms", "6,800 GBP", "minus 90 percent there", "Contractor"]], [3, 1.1, 2.2, 1.6])
    d.columns("Privacy of children", "Answers for parents, governors and the data protection officer.",
              [("What is measured", ["Air, temperature, humidity, sound level in decibels", "No camera, no microphone recording", "No names, no devices of pupils"]), ("What is stored", ["Room values every two minutes", "Timetable as head count only", "Twenty-four months, then yearly means"]), ("Who may look", ["Caretaker and head: all rooms", "Teachers: their rooms", "Public display: only if the school wants it"])])
    d.quote("My pupils now open the window before I notice. The lamp made them experts.", "Gareth Pell, physics teacher", "Holmgate Academies Trust, 23 schools in Yorkshire.")
    d.close("A term with twenty rooms", [("Choose two buildings", "The oldest and the newest: the contrast convinces the council."), ("We fit in the holidays", "Two days, screws or adhesive, eight-year batteries."), ("Report before the budget round", "With costs per room, ready for the application for funds.")], "air@tarnwick.example")
    d.save()


def works_workshop():
    d = Deck("decks/works-evaluation-workshop.pptx", "Works, evaluation workshop", "works")
    d.cover("From breakdown to plan", "Half a day with your dispatchers, technicians and one contractor", "Evaluation workshop · Tarnwick Works")
    d.steps("The afternoon at a glance", "We work with your orders of last month, not with demo data.",
            [("13:00 Import", "Your export of orders, 400 to 2,000 lines."), ("13:30 Sort", "Which orders came twice? Which needed a second visit?"), ("14:30 Drive", "A technician runs three real orders on the phone."), ("15:30 Cost", "Contractor invoices against agreed rates."), ("16:30 Decide", "What must be true for a yes?")], "Bring: one dispatcher, two technicians, one contractor, somebody who pays.")
    d.section("1", "Where the hours go", "Retail maintenance in numbers, before anything is changed.")
    d.chart("An order that takes 41 minutes lasts nine days", "Elapsed hours between report and closed order, median of 18,200 orders.", "bar", ["Report to dispatcher", "Dispatcher to technician", "Waiting for a part", "Second visit", "Repair itself", "Paperwork"], [("Hours", [19, 31, 74, 66, 0.7, 22])],
            ["The repair is the shortest part", "Parts and second visits take two thirds of the time.", "Both depend on what the first report says. That is why we start there."], "Source: five retail customers, 2024 to 2026", "0.0")
    d.picture("A board that dispatchers like", "Sensor findings, photos and QR reports arrive in one column, already merged.", pictures.screen_works(), [("Twins are merged", "Three people report one broken door; one order remains."), ("Part in the van", "Plans check the stock before the date is promised."), ("Contractors inside", "They see their orders, their rates, nothing else.")])
    d.columns("Questions for your team", "Answer first by hand, then look what the data says.",
              [("Dispatch", ["How many orders were reported twice?", "Who decides what is urgent?", "What happens at 18:05?"]), ("Technicians", ["What do you miss on site?", "Which form makes you angry?", "How often do you drive for nothing?"]), ("Finance", ["Which invoices do you check?", "What did asset 118 cost since purchase?", "When is replacing cheaper?"])])
    d.table("Works beside what you use today", "Fill the last column together.",
            [["Ability", "Tarnwick Works", "Typical CMMS", "Today"], ["Sensor finding becomes an order", "Yes, with cause and price", "By interface project", ""], ["Offline on the phone", "Full, 72 hours", "Reading only", ""], ["Contractor access", "Free of charge, by order", "Licence per user", ""], ["Duplicate reports", "Merged on arrival", "By hand", ""], ["Cost per asset", "From invoice line", "From order estimate", ""]], [2.6, 2.4, 2.2, 1.6])
    d.section("2", "What must be true", "A pilot without criteria is a holiday. We write them down today.")
    d.table("Acceptance criteria we suggest", "Measured by the system itself after ten weeks in one region.",
            [["Criterion", "Start", "Target", "Who measures"], ["First-visit repairs", "61 percent", "75 percent", "Dispatch"], ["Orders reported twice", "17 percent", "below 5 percent", "Works report 12"], ["Invoice lines checked", "8 percent", "100 percent", "Finance"], ["Technicians who want to keep it", "unknown", "8 of 10", "Secret ballot"]], [2.8, 1.5, 1.7, 1.6])
    d.points("Integration, honestly", "What takes an hour, what takes a week, what takes a project.",
             [("An hour", "Import of assets and open orders from a spreadsheet, sign-in with your identity provider."), ("A week", "Posting of invoices to your ERP by file; stock levels back."), ("A project", "Two-way synchronisation of cost centres. We advise against it in the first year.")])
    d.close("After today", [("Protocol tomorrow morning", "With the criteria, signed by both sides."), ("Ten weeks in one region", "From 39 EUR per technician and month, contractors free."), ("Ballot and decision", "A date in the calendar now.")], "works@tarnwick.example")
    d.save()


def energie_banken():
    d = Deck("decks/energie-fuer-filialbanken.pptx", "Energie für Filialbanken", "energy", "de")
    d.cover("240 Filialen, eine Zahl, kein Besuch", "Energie und Nachhaltigkeitsbericht für Banken mit Filialnetz", "Tarnwick Energy für Banken")
    d.points("Was Banken uns erzählen", "Aus Erstgesprächen mit neun Instituten.",
             [("Der Bericht kommt im Mai", "Die Zahlen dafür werden im April geschätzt, weil Vermieter ihre Abrechnung im Herbst schicken."), ("Filialen heizen leere Räume", "Seit der Verkürzung der Öffnungszeiten laufen Lüftung und Heizung weiter wie 2019."), ("Die Revision fragt nach", "Schätzwerte ohne Herkunft halten einer Prüfung mit begrenzter Sicherheit nicht stand.")])
    d.chart("Verbrauch einer Filiale nach Stunden", "Mittlere Leistung in kW, Werktag, vor der Umstellung.", "line", ["0", "3", "6", "9", "12", "15", "18", "21"], [("Gemessen", [6.1, 6.0, 8.9, 14.2, 14.8, 14.1, 12.7, 7.4]), ("Nach Öffnungszeit", [2.4, 2.4, 3.1, 13.6, 9.8, 13.2, 4.0, 2.4])],
            ["Von 18 bis 9 Uhr: 71 kWh ohne Kunden", "Geldautomaten und Technikraum brauchen 2,4 kW. Der Rest ist Gewohnheit.", "Hochgerechnet auf 240 Filialen: rund 0,9 Mio. EUR im Jahr."], "Quelle: Pilot mit 30 Filialen, Winter 2025/26", "0.0")
    d.section("1", "Vom Zähler in den Bericht", "Herkunft, Vollständigkeit und Freigabe jeder Zahl, prüfbar bis zum Gerät.")
    d.table("Anforderung und Nachweis", "Abgestimmt mit zwei Wirtschaftsprüfern.",
            [["Anforderung", "Nachweis in Tarnwick Energy", "Aufwand der Bank"], ["Messwert statt Schätzung", "Gerät, Eichfrist, Zeitreihe je Filiale", "keiner"], ["Umgang mit Lücken", "Ersatzwert gekennzeichnet, Regel hinterlegt", "Freigabe je Quartal"], ["Mietflächen", "Verteilschlüssel mit Quelle und Gültigkeit", "einmalig 2 Tage"], ["Vier-Augen-Prinzip", "Freigabe durch Fachbereich und Revision", "15 Minuten je Monat"]], [2.2, 3.8, 1.8])
    d.columns("Fragen der IT-Sicherheit", "Unterlagen für die Auslagerungsprüfung liegen vor.",
              [("Netz", ["Kein Gerät im Banknetz, eigener Mobilfunk", "Nur ausgehende Verbindungen", "Signierte Firmware"]), ("Auslagerung", ["Einstufung: sonstiger Fremdbezug", "Prüfrechte und Ausstiegsplan im Vertrag", "Rechenzentrum Leipzig, ISO 27001"]), ("Daten", ["Keine personenbezogenen Daten", "Export täglich in Ihr Datalake", "Löschung mit Protokoll"])])
    d.quote("Zum ersten Mal stand im Bericht eine Zahl, zu der ich den Zähler zeigen konnte.", "Friederike Aumann, Leiterin Nachhaltigkeit", "Genossenschaftsbank Weserland eG, 86 Filialen.")
    d.steps("In vier Monaten berichtsfähig", "Montage ohne Schließtag, nach Geschäftsschluss.",
            [("Auswahl", "30 Filialen, alle Gebäudetypen."), ("Montage", "Zwei Teams, drei Filialen am Abend."), ("Messung", "Acht Wochen, Heizperiode."), ("Regeln", "Schaltzeiten je Filialtyp."), ("Bericht", "Export nach ESRS E1.")], "Festpreis je Filiale: 690 EUR Montage, 24 EUR im Monat.")
    d.close("Nächster Schritt", [("Filialliste senden", "Adresse, Fläche, Mietverhältnis genügen."), ("Gespräch mit der Revision", "Wir bringen den Prüfer eines Kunden mit."), ("Pilot beauftragen", "30 Filialen, Ausstieg nach acht Wochen möglich.")], "banken@tarnwick.example")
    d.save()


def security():
    d = Deck("decks/security-and-hosting.pptx", "Security and hosting")
    d.cover("Where your readings live", "Architecture, hosting, access and what happens when something breaks", "For IT and information security")
    d.points("The short version", "If you have only one minute.",
             [("Outbound only", "The gateway opens one TLS 1.3 connection to two fixed names. Nothing listens on your side."), ("Own network", "Mobile radio by default. Your LAN only if you want to save the SIM."), ("Signed, both ways", "Firmware and configuration are signed; each gateway has its own key in a secure element."), ("No lock-in", "Everything can be exported in Parquet and CSV, and the device speaks to your broker instead of ours.")])
    d.table("Three ways to host", "Same software, same price per point.",
            [["", "Tarnwick cloud", "Dedicated", "Your rack"], ["Place", "Leipzig, mirrored in Dublin", "One region of your choice", "Your data centre"], ["Availability promised", "99.9 percent", "99.95 percent", "Yours"], ["Updates", "Weekly, announced", "Monthly window", "Quarterly package"], ["Who can look in", "Two named engineers, logged", "The same, on your approval", "Nobody of ours"]], [1.6, 2.5, 2.3, 2])
    d.section("1", "Access and evidence", "Who may do what, and how you find out later.")
    d.columns("Identity", "Single sign-on is part of every edition.",
              [("People", ["OpenID Connect and SAML", "Roles by building and by product line", "Second factor enforced by your provider"]), ("Machines", ["Keys with scope and expiry", "Rotated without interruption", "Rate limits per key"]), ("Trail", ["Every change with person and reason", "Kept for ten years, exportable", "Hash chain against quiet edits"])])
    d.chart("Minutes unavailable, per quarter", "Tarnwick cloud; readings were buffered in the gateways and none was lost.", "column", ["Q3 25", "Q4 25", "Q1 26", "Q2 26", "Q3 26"], [("Planned", [22, 18, 15, 9, 12]), ("Unplanned", [6, 41, 0, 3, 0])],
            ["The worst day: 14 November 2025", "A certificate of our mail provider expired, alarms came 41 minutes late by mail; telephone alarms were on time.", "Post-mortem published to all customers within five days."], "Source: status page of Tarnwick")
    d.table("Questions from your questionnaire", "The answers your colleagues usually copy.",
            [["Topic", "Answer", "Evidence"], ["Certification", "ISO/IEC 27001, scope: development and operation", "Certificate 2026"], ["Penetration test", "Yearly, external, last in May 2026: two medium findings, closed", "Summary letter"], ["Backup", "Every 15 minutes, restore tried monthly", "Protocol"], ["Sub-processors", "Three, all within the EU", "List with change notice"], ["End of contract", "Export, 30 days, deletion with protocol", "Clause 14"]], [1.7, 4.4, 1.8])
    d.points("When a device is stolen", "We like this question because the answer is dull.",
             [("What the thief has", "Readings of the last 72 hours, encrypted, and a key that opens nothing else."), ("What you do", "One click revokes the gateway. The order for a spare is written at the same moment."), ("What we do", "Tell you, if it calls from an unusual place before you notice.")])
    d.close("Papers you can have today", [("Security white paper", "Short, dated, no marketing."), ("Completed questionnaire", "CAIQ and the German C5 mapping."), ("An hour with the architect", "Your questions, no slides.")], "security@tarnwick.example")
    d.save()


def business_case():
    d = Deck("decks/business-case-readout.pptx", "Business case, pilot read-out")
    d.cover("What the pilot found", "Read-out for the steering committee: findings, cost, decision", "Proposal stage · adapt figures marked in square brackets")
    d.stats("Thirty days in one paragraph", "Figures of the pilot in [hall 3], scaled only where marked.",
            [("[38]", "measuring points, fitted without a stop"), ("[212 kW]", "base load, of which 90 had no purpose"), ("[5]", "findings, three without investment"), ("[7.4]", "months until the order has paid for itself")],
            "The committee is asked to decide on the roll-out to [four] sites. The alternative, doing nothing for another winter, is priced on the next slide.")
    d.chart("The price of waiting", "Cumulated cost over 24 months, thousand EUR.", "line", ["0", "3", "6", "9", "12", "15", "18", "21", "24"], [("Go on as now", [0, 31, 62, 93, 124, 155, 186, 217, 248]), ("Roll out now", [68, 84, 88, 86, 82, 77, 71, 66, 60])],
            ["The lines cross before month nine", "Waiting six months costs 62 thousand EUR, nearly the whole investment.", "Assumes flat energy prices and two findings per site and year."], "Source: pilot measurement, tariff of 2026")
    d.table("What is bought, what it brings", "Four sites, three years, all prices net.",
            [["Item", "Once", "Per year", "Saving per year"], ["Meters and gateways, 160 points", "51,200 EUR", "", ""], ["Fitting and commissioning", "16,800 EUR", "", ""], ["Software and support", "", "18,400 EUR", ""], ["Base load and peaks", "", "", "88,000 EUR"], ["Compressed air", "", "", "36,000 EUR"]], [3, 1.3, 1.3, 1.5])
    d.points("Risks, with owners", "Three things that made roll-outs slow elsewhere.",
             [("No time in maintenance", "Reserve two days per site for the electrician before signing. Owner: plant manager."), ("Nobody owns a finding", "Each finding gets a name in the weekly meeting. Owner: energy manager."), ("Network approval late", "Use mobile radio for the first site. Owner: IT security.")])
    d.columns("Three options", "Recommendation: option B.",
              [("A: one more hall", ["22,000 EUR, once", "Confirms what we know", "Saving: 31,000 EUR a year"]), ("B: four sites", ["68,000 EUR, once", "Common rules, one report", "Saving: 124,000 EUR a year"]), ("C: all nine sites", ["141,000 EUR, once", "Maintenance team is the bottleneck", "Saving: 236,000 EUR a year"])])
    d.steps("If you say yes today", "Dates hold for a signature before the end of the month.",
            [("Week 1", "Order, kick-off, list of panels."), ("Week 3", "First site fitted."), ("Week 6", "All four sites measure."), ("Week 10", "Findings per site."), ("Week 26", "Review with proof of saving.")], "Exit: after week 10 for any site, at the price of the fitted hours.")
    d.close("Decision asked for", [("Roll-out to four sites", "Option B, budget 68,000 EUR."), ("A name per site", "Owner of findings, two hours a week."), ("Date for the review", "Twenty-six weeks after the order.")], "your contact: the person who sent you this page")
    d.save()


def roadmap():
    d = Deck("decks/roadmap-2027-internal.pptx", "Roadmap 2027, internal draft")
    d.cover("What we may say about 2027", "Internal: product roadmap for sales, with rules for talking about it", "Draft for review · not for customers")
    d.points("Rules for this deck", "They come from two lost deals and one angry customer.",
             [("Never send it", "Talk about problems we work on, not about dates."), ("Never sell it", "No feature of this deck may appear in a contract without the signature of product management."), ("Ask back", "If a deal hangs on a feature, write it into the opportunity so that we can count it.")])
    d.table("Planned by quarter", "Confidence: high means tested with three customers.",
            [["Quarter", "Line", "What", "Confidence"], ["Q1", "Energy", "Forecast of quarter-hour peaks, one day ahead", "high"], ["Q1", "Works", "Voice report in seven languages", "medium"], ["Q2", "Cold", "Probe CP-9 for minus 196 degrees", "high"], ["Q2", "Air", "Fan control without gateway, by KNX", "low"], ["Q3", "All", "Private hosting on two nodes", "medium"], ["Q4", "Energy", "Heat pump efficiency by refrigerant state", "low"]], [1, 1, 4.5, 1.2])
    d.chart("Lost deals by missing feature", "Amount lost in 2026, thousand EUR, where the rep named a feature.", "bar", ["KNX for Air", "Liquid nitrogen probe", "Offline maps", "SAP two-way", "Heat billing"], [("Thousand EUR", [410, 365, 140, 118, 60])],
            ["Two features explain two thirds", "KNX hurts in universities, nitrogen in laboratories.", "SAP two-way is asked for often and decides seldom."], "Source: closing notes, January to October 2026")
    d.columns("Say this, not that", "Wording checked by legal.",
              [("Say", ["We test a colder probe with three laboratories", "Ask us again in spring", "Today we solve it with a partner"]), ("Do not say", ["It comes in May", "It is nearly done", "The competitor cannot do it either"])])
    d.close("What we need from you", [("Amounts, not wishes", "Name the deal and the feature."), ("Customers for tests", "Three per feature, patient ones."), ("Feedback by 12 December", "To product management.")], "internal use only")
    d.save()


ALL = [company_overview, unternehmen, energy_first_meeting, cold_healthcare, cold_logistics, air_schools, works_workshop, energie_banken, security, business_case, roadmap]
