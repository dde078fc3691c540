"""The look and the fixed facts of Tarnwick: colours, fonts, paths, page markers.

Everything here is a constant or a pure function, so that two runs give the same files.
"""

import hashlib
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEXT = Path(__file__).resolve().parent / "text"
# Written into every document's properties instead of the time of the run.
STAMP = datetime(2026, 11, 20, 9, 0, 0)

INK, LAKE, TEAL = "0F2F36", "14545F", "2A8C8F"
MIST, SAND, LINE = "E4EEEC", "F7F3EB", "CBD6D4"
AMBER, RUST, STONE, WHITE = "E59A2F", "B9502E", "55666A", "FFFFFF"
# One accent per product line; `company` is used where no single line is meant.
ACCENT = {"company": TEAL, "energy": "C97A12", "cold": "2F6FA8", "air": "4C8545", "works": "8A4B7C"}
LABEL = {
    "company": "TARNWICK",
    "energy": "TARNWICK ENERGY",
    "cold": "TARNWICK COLD",
    "air": "TARNWICK AIR",
    "works": "TARNWICK WORKS",
}
HEAD, BODY = "Cambria", "Calibri"
FONTS = Path("/usr/share/fonts/truetype")


def font_file(name):
    """The path of an installed font file, wherever the distribution keeps it."""
    for root in (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts"):
        for found in sorted(root.rglob(name)):
            return str(found)
    raise SystemExit(f"font {name} is missing: install fonts-crosextra-carlito, fonts-crosextra-caladea, fonts-dejavu")


def rgb(code):
    """'0F2F36' as (15, 47, 54)."""
    return tuple(int(code[i : i + 2], 16) for i in (0, 2, 4))


_FRONT = (
    "quell brind thorn moss kelp varn ondr zeph plov grist tamb snarl fjell druml ochr pewt larch cind haz "
    "burr clov dapp esk fenn gorm hask ibb jass knar lomm merl nidd osk pimb quorr rusk sedd tarr umb vosk "
    "wemb yarr zinn ambl bress cragg dwill emm flax glim hurst"
).split()
_MIDDLE = "a e i o u el er il or un an in le ra mi to ve ga shi bo".split()
_BACK = (
    "mark wock lode fen spire gant holt dram berry quist loom vane skerry tine moor bolt crane dell "
    "finch grove heath kiln lark mere nock pike reed stow thatch wick yoke barrow cairn dusk forge gill "
    "hollow knoll ledge marl"
).split()


def marker(file, page):
    """An odd word that stands on exactly one page of the whole library, as 'quellarimark-4170'."""
    # The prefix was picked so that no word comes twice in this library; check.py looks.
    digest = int.from_bytes(hashlib.sha256(f"a:{file}#{page}".encode()).digest()[:8], "big")
    front, rest = _FRONT[digest % len(_FRONT)], digest // len(_FRONT)
    middle, rest = _MIDDLE[rest % len(_MIDDLE)], rest // len(_MIDDLE)
    second, rest = _MIDDLE[rest % len(_MIDDLE)], rest // len(_MIDDLE)
    return f"{front}{middle}{second}{_BACK[rest % len(_BACK)]}-{digest % 9000 + 1000}"
