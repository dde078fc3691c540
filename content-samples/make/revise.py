"""Makes the revised deck of `revisions/`: a deck of `decks/` in which figures and a plan have changed since."""

import zipfile

from brand import ROOT

_CHANGES = {
    "ppt/slides/slide7.xml": [("14 leaks sealed, pressure down 0.6 bar", "22 leaks sealed, pressure down 0.8 bar"), ("8,900 EUR", "11,200 EUR"), ("41,000 EUR", "52,400 EUR")],
    "ppt/slides/slide8.xml": [("Average of 61 manufacturing sites", "Average of 74 manufacturing sites"), ("benchmark 2026, 61 sites", "benchmark autumn 2026, 74 sites")],
    "ppt/slides/slide9.xml": [("Six weeks to the first findings", "Four weeks to the first findings"), ("Thirty days, including one weekend shift.", "Fourteen days, including two weekends.")],
}


def revise(name):
    """Copies a deck with its changes; every one must be found, or the deck has moved on."""
    target = ROOT / "revisions" / name
    target.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(ROOT / "decks" / name) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            data = old.read(part)
            for before, after in _CHANGES.get(part.filename, []):
                assert before.encode() in data, f"{part.filename}: {before}"
                data = data.replace(before.encode(), after.encode())
            new.writestr(part, data)


if __name__ == "__main__":
    revise("energy-first-meeting.pptx")
