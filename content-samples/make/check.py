"""Checks manifest, files and CRM tables: `python make/check.py [anchor]`. Prints what it counted, fails on what is wrong."""

import csv
import re
import sys
import tomllib
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ANCHOR = date.fromisoformat(sys.argv[1]) if len(sys.argv) > 1 else date(2026, 11, 20)
KINDS = set("deck case_study datasheet whitepaper price_sheet calculator battlecard one_pager image video template email guide".split())
STATES = set("draft in_review approved expired archived".split())
STAGES = ["discovery", "evaluation", "proposal", "negotiation"]
COLUMNS = {
    "accounts": "external_id name domain industry size region country city phone owner_email",
    "contacts": "external_id account_external_id first_name last_name email phone job_title persona language bounced",
    "opportunities": "external_id account_external_id name owner_email stage outcome amount currency product competitor opened_on closed_on expected_close_on campaign_external_id primary_contact_external_id needs",
    "opportunity_contacts": "opportunity_external_id contact_external_id role",
    "stage_changes": "opportunity_external_id from_stage to_stage changed_at",
    "activities": "external_id opportunity_external_id contact_external_id owner_email kind subject body occurred_at call_status",
    "campaigns": "external_id name lead_source cost currency started_on ended_on inquiries",
    "purchases": "external_id account_external_id opportunity_external_id product amount currency purchased_on",
}

errors = []


def need(condition, message):
    if not condition:
        errors.append(message)


def check_manifest():
    manifest = tomllib.loads((ROOT / "manifest.toml").read_text(encoding="utf-8"))
    assets, users = manifest["asset"], {user["email"]: user for user in manifest["user"]}
    files = {asset["file"] for asset in assets}
    need(len(assets) == len(files) >= 40, f"{len(assets)} assets, {len(files)} different files")
    for asset in assets:
        path = ROOT / asset["file"]
        need(path.is_file() and path.stat().st_size > 0, f"{asset['file']} is missing or empty")
        need(asset["kind"] in KINDS, f"{asset['file']}: kind {asset['kind']}")
        need(asset["state"] in STATES, f"{asset['file']}: state {asset['state']}")
        need(asset["owner"] in users, f"{asset['file']}: owner {asset['owner']}")
        need(asset["created_on"] <= ANCHOR, f"{asset['file']}: created in the future")
        need(set(asset["stage"]) <= set(STAGES), f"{asset['file']}: stage {asset['stage']}")
        for facet in ("product", "industry", "persona", "region", "competitor"):
            need(all(re.fullmatch(r"[a-z0-9_]+", value) for value in asset[facet]), f"{asset['file']}: {facet}")
    captions = {asset["captions"] for asset in assets if "captions" in asset}
    for folder in ("decks", "case-studies", "datasheets", "whitepapers", "pricing", "battlecards", "guides", "one-pagers", "templates", "media"):
        for path in (ROOT / folder).iterdir():
            name = str(path.relative_to(ROOT))
            need(name in files | captions, f"{name} is not in the manifest")
    for collection in manifest["collection"]:
        need(set(collection["assets"]) <= files, f"collection {collection['name']}: unknown file")
    for role in ("rep", "marketer", "manager", "admin"):
        need(users.get(f"{role}@lastmile.example", {}).get("role") == role, f"no {role}@lastmile.example")
    size = sum(path.stat().st_size for path in ROOT.rglob("*") if path.is_file())
    need(size < 20_000_000, f"{size} bytes in all")
    print(f"{len(assets)} assets, {size / 1e6:.1f} MB in all, {len(manifest['collection'])} collections, {len(users)} users")
    print("  ", dict(Counter(asset["kind"] for asset in assets)))
    print("  ", dict(Counter(asset["language"] for asset in assets)), dict(Counter(asset["state"] for asset in assets)))
    return assets, users


def table(name):
    raw = (ROOT / "crm" / f"{name}.csv").read_bytes()
    need(not raw.startswith(b"\xef\xbb\xbf"), f"{name}.csv has a byte order mark")
    rows = list(csv.DictReader(raw.decode("utf-8").splitlines(keepends=True), strict=True))
    need(list(rows[0]) == COLUMNS[name].split(), f"{name}.csv: columns {list(rows[0])}")
    need(all(None not in row and None not in row.values() for row in rows), f"{name}.csv: ragged rows")
    ids = [row["external_id"] for row in rows if "external_id" in row]
    need(len(ids) == len(set(ids)), f"{name}.csv: repeated external_id")
    return rows


def check_crm(assets, users):
    data = {name: table(name) for name in COLUMNS}
    ids = {name: {row.get("external_id") for row in rows} for name, rows in data.items()}

    def refers(name, column, target, optional=False):
        for row in data[name]:
            need(row[column] in ids[target] or (optional and not row[column]), f"{name}.{column} {row[column]!r}")

    refers("contacts", "account_external_id", "accounts")
    refers("opportunities", "account_external_id", "accounts")
    refers("opportunities", "primary_contact_external_id", "contacts")
    refers("opportunities", "campaign_external_id", "campaigns", optional=True)
    refers("opportunity_contacts", "opportunity_external_id", "opportunities")
    refers("opportunity_contacts", "contact_external_id", "contacts")
    refers("stage_changes", "opportunity_external_id", "opportunities")
    refers("activities", "opportunity_external_id", "opportunities", optional=True)
    refers("activities", "contact_external_id", "contacts")
    refers("purchases", "account_external_id", "accounts")
    refers("purchases", "opportunity_external_id", "opportunities", optional=True)
    for name in ("accounts", "opportunities", "activities"):
        need(all(row["owner_email"] in users for row in data[name]), f"{name}: unknown owner")

    for facet, rows in (("industry", data["accounts"]), ("region", data["accounts"]), ("persona", data["contacts"]), ("product", data["opportunities"]), ("competitor", data["opportunities"])):
        known = {value for asset in assets for value in asset[facet]}
        need({row[facet] for row in rows} - {""} <= known, f"{facet}: values without content: { {row[facet] for row in rows} - known - {''} }")

    account_of = {row["external_id"]: row["account_external_id"] for row in data["contacts"]}
    changes = {}
    for row in data["stage_changes"]:
        changes.setdefault(row["opportunity_external_id"], []).append(row)
    stale = overdue = 0
    for deal in data["opportunities"]:
        opened = date.fromisoformat(deal["opened_on"])
        closed = date.fromisoformat(deal["closed_on"]) if deal["closed_on"] else None
        path = changes.get(deal["external_id"], [])
        times = [datetime.fromisoformat(row["changed_at"]) for row in path]
        need(times == sorted(set(times)), f"{deal['external_id']}: stage changes out of order")
        need([row["to_stage"] for row in path] == STAGES[: len(path)], f"{deal['external_id']}: stages skip")
        need([row["from_stage"] for row in path] == [""] + STAGES[: len(path) - 1], f"{deal['external_id']}: from_stage")
        need(bool(path) and path[-1]["to_stage"] == deal["stage"], f"{deal['external_id']}: stage {deal['stage']}")
        need(opened <= times[0].date() and times[-1].date() <= (closed or ANCHOR), f"{deal['external_id']}: stage change outside its life")
        need((deal["outcome"] == "open") == (closed is None), f"{deal['external_id']}: outcome against closed_on")
        need(opened <= ANCHOR and (closed is None or opened < closed <= ANCHOR), f"{deal['external_id']}: dates")
        need(account_of[deal["primary_contact_external_id"]] == deal["account_external_id"], f"{deal['external_id']}: primary contact of another account")
        stale += closed is None and ANCHOR - times[-1].date() >= timedelta(days=150)
        overdue += closed is None and date.fromisoformat(deal["expected_close_on"]) < ANCHOR
    for row in data["activities"]:
        need(datetime.fromisoformat(row["occurred_at"]).date() <= ANCHOR, f"{row['external_id']}: in the future")

    deals = data["opportunities"]
    closed = [deal for deal in deals if deal["outcome"] != "open"]
    mine = [deal for deal in deals if deal["owner_email"] == "rep@lastmile.example"]
    left = {email for email, user in users.items() if not user["active"]}
    need(len(data["accounts"]) >= 60 and len(data["contacts"]) >= 200 and len(deals) >= 160, "too few accounts, contacts or opportunities")
    need(len(data["activities"]) >= 400 and len(data["campaigns"]) >= 10, "too few activities or campaigns")
    need(len(mine) >= 12 and sum(deal["outcome"] == "open" for deal in mine) >= 5, "rep@ owns too little")
    bought = Counter(row["account_external_id"] for row in data["purchases"])
    latest = {account: max(row["purchased_on"] for row in data["purchases"] if row["account_external_id"] == account) for account in bought}
    print({name: len(rows) for name, rows in data.items()})
    print(f"   {len(closed)} closed, {sum(deal['outcome'] == 'won' for deal in closed)} won; rep@ owns {len(mine)}, {sum(deal['outcome'] == 'open' for deal in mine)} open")
    dirt = {
        "open deals without a stage change for 150 days": stale, "open deals past their expected close": overdue, "closed deals without an amount": sum(not deal["amount"] for deal in closed),
        "calls without a status": sum(row["kind"] == "call" and not row["call_status"] for row in data["activities"]), "bounced contacts": sum(row["bounced"] == "true" for row in data["contacts"]),
        "accounts sharing a domain": sum(count > 1 for count in Counter(row["domain"] for row in data["accounts"]).values()), "accounts of an owner who left": sum(row["owner_email"] in left for row in data["accounts"]),
        "open deals of an owner who left": sum(deal["outcome"] == "open" and deal["owner_email"] in left for deal in deals), "purchases without a deal": sum(not row["opportunity_external_id"] for row in data["purchases"]),
        "lapsed customers (nothing for 20 months)": sum(day < (ANCHOR - timedelta(days=608)).isoformat() for day in latest.values()), "customers who bought once": sum(count == 1 for count in bought.values()),
    }
    for what, count in dirt.items():
        print(f"   {count:4} {what}")
        need(count > 0, f"no dirt of the kind: {what}")


def check_markers(assets):
    from brand import marker

    words = Counter(marker(asset["file"], page).split("-")[0] for asset in assets for page in range(1, 17))
    need(all(count == 1 for count in words.values()), f"markers repeat: {[word for word, count in words.items() if count > 1]}")


if __name__ == "__main__":
    found = check_manifest()
    check_crm(*found)
    check_markers(found[0])
    for message in errors[:40]:
        print("WRONG", message)
    sys.exit(bool(errors))
