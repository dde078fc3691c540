"""The CRM export of Tarnwick: accounts, people, deals and what was done about them, with dirt on purpose.

Deterministic for a given anchor. README.md lists the dirty rows; check.py counts them.
"""

import csv
import random
import unicodedata
from datetime import date, datetime, time, timedelta

from brand import ROOT
from crm_words import (ACCOUNTS, AMOUNTS, CALLS, CAMPAIGNS, COMPETITORS, DUPLICATES, LANGUAGES, LIMITS, LOST, MAILS, MEETINGS, NAMES, NEXT, NOTES, PERSONAS, SCOPES,
                       STATUSES, TITLES, TOPICS, VOICES, WEIGHTS, WON, conflicts)

_STAGES = ["discovery", "evaluation", "proposal", "negotiation"]
_REP = "rep@lastmile.example"
_LEFT = "rupert.vance@lastmile.example"
_LEFT_AGO = 74  # days before the anchor; nothing happened in his name since
_OWNERS = {
    "dach": [_REP, "lena.fuhrmann@lastmile.example", _REP, "matthias.egger@lastmile.example", "lena.fuhrmann@lastmile.example"],
    "nordics": ["sanna.lindqvist@lastmile.example"] * 3 + [_REP],
    "uk_ireland": ["oliver.crane@lastmile.example", "niamh.doyle@lastmile.example", _LEFT],
    "iberia": ["carmen.ibarra@lastmile.example"],
    "north_america": ["devon.hayes@lastmile.example"],
}
_RIVALS = {"gaugehaus": "Gaugehaus", "polarum": "Polarum", "aerenta": "Aerenta", "fixello": "Fixello", "in_house": "their own spreadsheet", "": "two others"}
# Numbers that belong to nobody: regulators keep such ranges for films, or the exchange does not exist.
_PHONES = {"DE": "+49 30 23125 {:03d}", "AT": "+43 1 555 0{:03d}", "CH": "+41 44 555 0{:03d}", "GB": "+44 20 7946 0{:03d}", "IE": "+353 20 910 0{:03d}", "NO": "+47 555 00 {:03d}", "SE": "+46 8 465 00{:03d}",
           "DK": "+45 55 50 0{:03d}", "ES": "+34 955 550 {:03d}", "PT": "+351 255 550 {:03d}", "US": "+1 785 555 0{:03d}", "CA": "+1 780 555 0{:03d}"}


def _ascii(text):
    for old, new in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), ("ø", "o"), ("æ", "ae"), ("å", "a"), ("Å", "A"), ("Ø", "O")):
        text = text.replace(old, new)
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


class _Crm:
    def __init__(self, anchor):
        self.anchor, self.rng = anchor, random.Random(20261120)
        self.accounts, self.contacts, self.deals, self.roles, self.stages, self.acts, self.campaigns, self.purchases = ([] for _ in range(8))
        self.people = {}
        self.phone = 0

    def day(self, ago):
        return self.anchor - timedelta(days=ago)

    def workday(self, day):
        while day.weekday() > 4:
            day -= timedelta(days=1)
        return day

    def moment(self, day):
        at = datetime.combine(self.workday(day), time(self.rng.randint(7, 16), self.rng.choice([0, 5, 10, 15, 20, 30, 40, 45, 50])))
        return at.strftime("%Y-%m-%dT%H:%M:%SZ")

    def number(self, country):
        self.phone += 1
        return _PHONES[country].format(self.phone * 7 % 100 if country in ("US", "CA") else self.phone * 37 % 1000)

    # ---- who they are ------------------------------------------------------------------------

    def make_accounts(self):
        turn = {region: 0 for region in _OWNERS}
        rows = [line.split("|") for line in ACCOUNTS.splitlines()] + [line.split("|") for line in DUPLICATES.splitlines()]
        for i, row in enumerate(rows, 1):
            name, domain, industry, size, region, country, city = row[:7]
            owners = _OWNERS[region]
            owner = owners[turn[region] % len(owners)]
            turn[region] += 1
            self.accounts.append(dict(external_id=f"ACC-{i:04d}", name=name, domain=domain, industry=industry, size=size, region=region, country=country, city=city, phone=self.number(country), owner_email=owner))
            self.people[f"ACC-{i:04d}"] = []

    def add_contact(self, account, first, last, persona, bounced=False, email=None):
        language = LANGUAGES[account["country"]]
        row = dict(external_id=f"CON-{len(self.contacts) + 1:04d}", account_external_id=account["external_id"], first_name=first, last_name=last,
                   email=email or f"{_ascii(first).lower()}.{_ascii(last).lower()}@{account['domain']}", phone=self.number(account["country"]), job_title=TITLES[persona][language],
                   persona=persona, language=language, bounced=str(bounced).lower())
        self.contacts.append(row)
        self.people[account["external_id"]].append(row)

    def make_contacts(self):
        originals = len(ACCOUNTS.splitlines())
        used = set()
        for i, account in enumerate(self.accounts):
            count = {"small": 2, "mid": 3, "enterprise": 4}[account["size"]] + (i % 3 == 0) if i < originals else 2
            personas = PERSONAS[account["industry"]]
            firsts, lasts = NAMES[account["country"]]
            for k in range(count):
                while True:
                    first, last = self.rng.choice(firsts), self.rng.choice(lasts)
                    if (first, last, account["domain"]) not in used:
                        break
                used.add((first, last, account["domain"]))
                self.add_contact(account, first, last, personas[k % len(personas)], bounced=self.rng.random() < 0.035)
        # People the papers speak of, so that a story can be matched with its teller.
        named = {"Oderbruch Gusswerk GmbH": ("Marek", "Hartwig"), "Klinikgruppe Sankt Ansgar gGmbH": ("Annika", "Brandt"), "Kestrel & Lowe Building Society": ("Philippa", "Rowntree"), "Varde Kjøletransport AS": ("Ingrid", "Solberg"),
                 "Holmgate Academies Trust": ("Gareth", "Pell"), "Palmer & Quill Supermarkets": ("Aoife", "Brannigan"), "Landkreis Auenfurt": ("Jutta", "Reimers"), "Azulejos Montverd SA": ("Vicent", "Albiol")}
        for account in self.accounts:
            if account["name"] in named:
                first, last = named[account["name"]]
                person = self.people[account["external_id"]][0]
                person.update(first_name=first, last_name=last, email=f"{_ascii(first).lower()}.{_ascii(last).lower()}@{account['domain']}", bounced="false")
        # Dirty on purpose: the same person twice, heard on the telephone and typed as it sounded.
        pairs = [("Sparkasse Rhönblick", "Katharina", "Meier", "Catarina", "Mayer"), ("Harrowgate Mutual", "Stephen", "Phillips", "Steven", "Philips"), ("Klinikum Altmühltal", "Christian", "Schmidt", "Kristian", "Schmitt"),
                 ("Skärgård Sjukhus", "Karin", "Karlsson", "Carin", "Carlson"), ("Conservas Ría Alta SL", "Begoña", "Jiménez", "Begona", "Giménez"), ("Lakehead Regional Health", "Jon", "Macdonald", "John", "McDonald"), ("Hochschule Lahntal", "Ursula", "Thiel", "Ulla", "Thiele")]
        by_name = {account["name"]: account for account in self.accounts}
        for name, first, last, first2, last2 in pairs:
            account = by_name[name]
            persona = PERSONAS[account["industry"]][0]
            self.add_contact(account, first, last, persona)
            self.add_contact(account, first2, last2, persona)
            self.contacts[-1]["phone"] = self.contacts[-2]["phone"]

    def make_campaigns(self):
        for i, (name, source, cost, ago, length, inquiries, _, _) in enumerate(CAMPAIGNS, 1):
            self.campaigns.append(dict(external_id=f"CMP-{i:02d}", name=name, lead_source=source, cost=f"{cost}.00", currency="EUR", started_on=self.day(ago).isoformat(), ended_on=self.day(ago - length).isoformat(), inquiries=inquiries))

    # ---- what they buy -----------------------------------------------------------------------

    def make_deals(self):
        originals = len(ACCOUNTS.splitlines())
        plan = []
        for i, account in enumerate(self.accounts):
            if i >= originals:
                plan += [account] if i % 2 == 0 else []
            else:
                plan += [account] * ({"small": 1, "mid": 2, "enterprise": 4}[account["size"]] + (1 if i % 3 == 1 else 0))
        self.rng.shuffle(plan)
        total = len(plan)
        for i, account in enumerate(plan):
            ago = 394 - int(390 * i / total) - self.rng.randint(0, 2)
            self.make_deal(i + 1, account, max(3, ago))
        self.deals.sort(key=lambda d: d["opened_on"])

    def make_deal(self, number, account, ago):
        rng = self.rng
        weights = WEIGHTS[account["industry"]]
        product = rng.choices(list(weights), list(weights.values()))[0]
        competitor = rng.choice(COMPETITORS[product])
        low, high = AMOUNTS[product]
        size = {"small": 0.45, "mid": 1.0, "enterprise": 2.1}[account["size"]]
        amount = round(rng.triangular(low, high, low * 1.9) * size / 100) * 100
        opened = self.workday(self.day(ago))
        campaign = rng.choices(range(len(CAMPAIGNS)), [c[6] for c in CAMPAIGNS])[0] if rng.random() < 0.72 else None
        closed = rng.random() < min(0.95, max(0.0, (ago - 22) / 345))
        cheap = campaign is not None and not CAMPAIGNS[campaign][7]
        chance = 0.52 - (0.12 if competitor == "in_house" else 0) + (0.1 if campaign == 4 else 0) + (0.04 if account["owner_email"] == _REP else 0)
        won = closed and not cheap and rng.random() < chance
        external = f"OPP-{number:04d}"
        owner = account["owner_email"]
        if closed:
            cycle = rng.randint(min(32, ago - 3), min(ago - 2, 205))
            end = self.workday(opened + timedelta(days=cycle))
            depth = rng.choice([3, 3, 3, 2]) if won else rng.choice([0, 1, 1, 2, 2, 3])
        else:
            end, depth = None, min(3, rng.choice([0, 0, 1, 1, 2, 2, 3]) if ago > 45 else rng.choice([0, 0, 0, 1, 1, 2]) if ago > 14 else 0)
        if owner == _LEFT and (ago < _LEFT_AGO + 7 or (end and end > self.day(_LEFT_AGO))):
            owner = "oliver.crane@lastmile.example"
        stale = not closed and ago > 165 and rng.random() < 0.3
        quiet = 152 if stale else _LEFT_AGO if owner == _LEFT else 0
        last = end or opened + timedelta(days=max(1, ago - quiet))
        span = max(depth + 1, (last - opened).days)
        cuts = sorted(rng.sample(range(1, span + 1), min(depth, span)))
        depth = len(cuts)
        days = [opened] + [self.workday(opened + timedelta(days=c * 0.88 if closed else c)) for c in cuts]
        days = [max(day, opened) for day in days]
        for k, day in enumerate(days):
            self.stages.append(dict(opportunity_external_id=external, from_stage=_STAGES[k - 1] if k else "", to_stage=_STAGES[k], changed_at=self.moment(day) if not k else None, _day=day))
        # Two changes on one day keep their order: each is at least half an hour after the one before.
        rows = self.stages[-len(days):]
        for before, row in zip(rows, rows[1:]):
            at = datetime.combine(row["_day"], time(rng.randint(9, 16), rng.choice([0, 10, 25, 40])))
            floor = datetime.strptime(before["changed_at"], "%Y-%m-%dT%H:%M:%SZ") + timedelta(minutes=30)
            row["changed_at"] = max(at, floor).strftime("%Y-%m-%dT%H:%M:%SZ")
        if closed:
            expected = end + timedelta(days=rng.randint(-20, 25))
        elif stale or (ago > 120 and rng.random() < 0.3):
            expected = self.day(rng.randint(9, 80))  # dirty on purpose: the date has passed
        else:
            expected = self.anchor + timedelta(days=rng.randint(10, 130))
        people = self.people[account["external_id"]]
        primary = people[rng.randrange(min(2, len(people)))]
        needs = f"{rng.choice(conflicts(product, account['industry']))} {rng.choice(VOICES)} {rng.choice(LIMITS)}"
        scopes = SCOPES[product][account["industry"]]
        deal = dict(external_id=external, account_external_id=account["external_id"], name=f"{_short(account['name'])}: {rng.choice(scopes)}", owner_email=owner, stage=_STAGES[depth],
                    outcome="won" if won else "lost" if closed else "open", amount=f"{amount}.00", currency="EUR", product=product, competitor=competitor, opened_on=opened.isoformat(),
                    closed_on=end.isoformat() if end else "", expected_close_on=max(expected, opened + timedelta(days=7)).isoformat(), campaign_external_id=f"CMP-{campaign + 1:02d}" if campaign is not None else "",
                    primary_contact_external_id=primary["external_id"], needs=needs, _account=account, _end=end, _opened=opened, _stale=stale, _last=days[-1])
        self.deals.append(deal)
        self.make_roles(deal, people, primary)

    def make_roles(self, deal, people, primary):
        roles = ["champion"] + self.rng.sample(["economic_buyer", "technical_buyer", "user", "legal", "blocker"], k=min(len(people) - 1, self.rng.choice([1, 2, 2, 3])))
        others = [person for person in people if person is not primary]
        self.rng.shuffle(others)
        for role, person in zip(roles, [primary] + others):
            if role == "champion" and self.rng.random() < 0.2:
                role = "user"
            elif person["persona"] == "finance" and "economic_buyer" not in [r["role"] for r in self.roles if r["opportunity_external_id"] == deal["external_id"]]:
                role = "economic_buyer"
            self.roles.append(dict(opportunity_external_id=deal["external_id"], contact_external_id=person["external_id"], role=role))

    # ---- what was done -----------------------------------------------------------------------

    def make_activities(self):
        rng = self.rng
        for deal in self.deals:
            end = deal["_end"] or (deal["_last"] + timedelta(days=9) if deal["_stale"] else self.anchor - timedelta(days=1))
            end = min(end, self.day(_LEFT_AGO if deal["owner_email"] == _LEFT else 1))
            span = max(1, (end - deal["_opened"]).days)
            involved = [r["contact_external_id"] for r in self.roles if r["opportunity_external_id"] == deal["external_id"]]
            count = 2 + min(5, span // 30) + rng.randint(0, 1)
            for k, offset in enumerate(sorted(rng.randint(0, span) for _ in range(count))):
                chosen = rng.choice(involved)
                person = next(c for c in self.contacts if c["external_id"] == chosen)
                kind = "call" if k == 0 else rng.choices(["call", "meeting", "note", "email", "status"], [30, 22, 16, 22, 10])[0]
                pool = {"call": CALLS, "meeting": MEETINGS, "note": NOTES, "email": MAILS, "status": STATUSES}[kind]
                subject, body = CALLS[0] if k == 0 else rng.choice(pool[1:] if kind == "call" else pool)
                self.act(deal, person, kind, subject, body, deal["_opened"] + timedelta(days=offset))
            if deal["_end"]:
                person = next(c for c in self.contacts if c["external_id"] == deal["primary_contact_external_id"])
                self.act(deal, person, "status", "Closed", rng.choice(WON if deal["outcome"] == "won" else LOST), deal["_end"])
        # Customers are also called without a deal at hand.
        for account in rng.sample(self.accounts, 18):
            person = rng.choice(self.people[account["external_id"]])
            self.acts.append(dict(opportunity_external_id="", contact_external_id=person["external_id"], owner_email=account["owner_email"], kind="call", subject="Courtesy call",
                                  body=f"{person['first_name']} {person['last_name']}: everything runs. Asked what they still write down by hand.", occurred_at=self.moment(self.day(rng.randint(_LEFT_AGO, 300))), call_status="reached"))
        self.acts.sort(key=lambda a: a["occurred_at"])
        for i, row in enumerate(self.acts, 1):
            row["external_id"] = f"ACT-{i:05d}"

    def act(self, deal, person, kind, subject, body, day):
        rng = self.rng
        name = f"{person['first_name']} {person['last_name']}"
        text = body.format(name=name, rival=_RIVALS[deal["competitor"]], conflict=deal["needs"].split(". ")[0].rstrip(".") + ".", topic=TOPICS[deal["product"]], next=rng.choice(NEXT))
        status = ""
        if kind == "call" and rng.random() > 0.13:  # dirty on purpose: every eighth call has no status
            status = "no_answer" if "assistant" in subject else rng.choice(["reached", "reached", "reached", "callback", "voicemail"])
        self.acts.append(dict(opportunity_external_id=deal["external_id"], contact_external_id=person["external_id"], owner_email=deal["owner_email"], kind=kind, subject=subject, body=text[0].upper() + text[1:], occurred_at=self.moment(day), call_status=status))

    def make_purchases(self):
        rng = self.rng
        rows = []
        for deal in self.deals:
            if deal["outcome"] == "won":
                rows.append((deal["_end"] + timedelta(days=rng.randint(2, 16)), deal["account_external_id"], deal["external_id"], deal["product"], deal["amount"]))
        originals = self.accounts[: len(ACCOUNTS.splitlines())]
        buyers = {row[1] for row in rows}
        # Those who stopped buying come first in the list below, so they must not have a fresh order.
        quiet = [account for account in originals if account["external_id"] not in buyers]
        loud = [account for account in originals if account["external_id"] in buyers]
        for i, account in enumerate(rng.sample(quiet, min(19, len(quiet))) + rng.sample(loud, 12)):
            product = rng.choice([p for p in WEIGHTS[account["industry"]]])
            base = rng.randint(60, 420) * 100
            if i < 11:  # bought once, long ago, and never again
                ages = [rng.randint(760, 1900)]
            elif i < 19:  # bought every year, and stopped
                ages = [rng.randint(640, 760) + 365 * k for k in range(3)]
            else:  # still buys
                ages = [rng.randint(30, 330) + 365 * k for k in range(rng.choice([2, 3, 4]))]
            rows += [(self.workday(self.day(age)), account["external_id"], "", product, f"{round(base * rng.uniform(0.8, 1.2) / 10) * 10}.00") for age in ages]
        rows = [row for row in rows if row[0] <= self.anchor]
        for i, (day, account, deal, product, amount) in enumerate(sorted(rows), 1):
            self.purchases.append(dict(external_id=f"PUR-{i:04d}", account_external_id=account, opportunity_external_id=deal, product=product, amount=amount, currency="EUR", purchased_on=day.isoformat()))

    def soil(self):
        """Dirt that is easiest to add at the end."""
        closed = [deal for deal in self.deals if deal["_end"]]
        for deal in closed[5:60:16]:
            deal["amount"] = ""

    def write(self):
        folder = ROOT / "crm"
        folder.mkdir(exist_ok=True)
        columns = {
            "accounts": "external_id name domain industry size region country city phone owner_email",
            "contacts": "external_id account_external_id first_name last_name email phone job_title persona language bounced",
            "opportunities": "external_id account_external_id name owner_email stage outcome amount currency product competitor opened_on closed_on expected_close_on campaign_external_id primary_contact_external_id needs",
            "opportunity_contacts": "opportunity_external_id contact_external_id role",
            "stage_changes": "opportunity_external_id from_stage to_stage changed_at",
            "activities": "external_id opportunity_external_id contact_external_id owner_email kind subject body occurred_at call_status",
            "campaigns": "external_id name lead_source cost currency started_on ended_on inquiries",
            "purchases": "external_id account_external_id opportunity_external_id product amount currency purchased_on",
        }
        tables = dict(accounts=self.accounts, contacts=self.contacts, opportunities=self.deals, opportunity_contacts=self.roles, stage_changes=sorted(self.stages, key=lambda r: (r["opportunity_external_id"], r["changed_at"])),
                      activities=self.acts, campaigns=self.campaigns, purchases=self.purchases)
        for name, rows in tables.items():
            with open(folder / f"{name}.csv", "w", encoding="utf-8", newline="") as out:
                writer = csv.DictWriter(out, columns[name].split(), extrasaction="ignore", lineterminator="\r\n")
                writer.writeheader()
                writer.writerows(rows)


def _short(name):
    for tail in (" AG", " GmbH", " gGmbH", " eG", " KG", " AS", " A/S", " AB", " SA", " SL", " Lda", " Ltd", " Inc.", " HF", " MVZ", " Aktiengesellschaft", " Handelsgesellschaft mbH", " Building Society", ", Gebäudemanagement", " plc"):
        name = name.removesuffix(tail)
    return name


def build(anchor):
    crm = _Crm(anchor)
    crm.make_accounts()
    crm.make_contacts()
    crm.make_campaigns()
    crm.make_deals()
    crm.make_activities()
    crm.make_purchases()
    crm.soil()
    crm.write()
