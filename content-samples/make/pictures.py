"""Pictures drawn with code: contour backgrounds, devices, screens of the software, simple charts."""

import math
from functools import cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from brand import ACCENT, AMBER, INK, LAKE, LINE, MIST, RUST, SAND, STONE, TEAL, font_file, rgb


@cache
def font(size, bold=False, serif=False):
    family = "Caladea" if serif else "Carlito"
    return ImageFont.truetype(font_file(f"{family}-{'Bold' if bold else 'Regular'}.ttf"), size)


def contour(width, height, low, high, line, seed=1, bands=11):
    """A map of a lake in the hills: smooth colour between `low` and `high` with height lines."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    x, y = x / height, y / height
    field = np.zeros_like(x)
    for _ in range(9):
        cx, cy = rng.uniform(-0.2, width / height + 0.2), rng.uniform(-0.2, 1.2)
        spread, weight = rng.uniform(0.18, 0.55), rng.uniform(-1, 1)
        field += weight * np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * spread**2))
    field = (field - field.min()) / (field.max() - field.min())
    step = field * bands
    gy, gx = np.gradient(step)
    slope = np.hypot(gx, gy) + 1e-6
    distance = np.abs(step - np.round(step)) / slope
    # Where the ground is flat the distance means nothing, and a summit would show as a speck.
    ink = (np.clip(1.35 - distance, 0, 1) * (slope > 0.0035))[..., None] * 0.55
    shade = (np.floor(step) / bands)[..., None]
    low, high, line = (np.array(rgb(c), dtype=np.float64) for c in (low, high, line))
    picture = (low * (1 - shade) + high * shade) * (1 - ink) + line * ink
    return Image.fromarray(picture.clip(0, 255).astype(np.uint8))


def cover(product, width=1600, height=900):
    seed = {"company": 5, "energy": 12, "cold": 23, "air": 31, "works": 44}[product]
    return contour(width, height, INK, LAKE if product == "company" else _mix(INK, ACCENT[product], 0.55), _mix(LINE, ACCENT[product], 0.45), seed)


def _mix(a, b, share):
    return "".join(f"{round(p * (1 - share) + q * share):02X}" for p, q in zip(rgb(a), rgb(b)))


def mark(size=256, ink="FFFFFF"):
    """The sign of the house: three height lines around a lake."""
    big = size * 4
    image = Image.new("RGBA", (big, big), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    for inset, colour in ((0.06, ink), (0.22, ink), (0.38, AMBER)):
        box = [big * inset, big * (inset + 0.05), big * (1 - inset), big * (1 - inset + 0.05) - big * inset * 0.3]
        if colour == AMBER:
            draw.ellipse(box, fill=rgb(colour))
        else:
            draw.ellipse(box, outline=rgb(colour), width=int(big * 0.05))
    return image.resize((size, size), Image.LANCZOS)


class Canvas:
    """A drawing surface that is twice as large as the result, for smooth edges."""

    def __init__(self, width, height, ground="FFFFFF"):
        self.size = (width, height)
        self.image = Image.new("RGB", (width * 2, height * 2), rgb(ground))
        self.draw = ImageDraw.Draw(self.image)

    def box(self, x, y, w, h, fill, radius=10, outline=None, width=1):
        self.draw.rounded_rectangle(
            [x * 2, y * 2, (x + w) * 2, (y + h) * 2], radius * 2, fill=rgb(fill) if fill else None,
            outline=rgb(outline) if outline else None, width=width * 2)

    def text(self, x, y, text, size=16, colour=INK, bold=False, serif=False, anchor="la"):
        self.draw.text((x * 2, y * 2), text, font=font(size * 2, bold, serif), fill=rgb(colour), anchor=anchor)

    def line(self, points, colour, width=2):
        self.draw.line([(x * 2, y * 2) for x, y in points], fill=rgb(colour), width=width * 2, joint="curve")

    def area(self, points, colour):
        self.draw.polygon([(x * 2, y * 2) for x, y in points], fill=rgb(colour))

    def dot(self, x, y, r, colour, outline=None, width=1):
        self.draw.ellipse([(x - r) * 2, (y - r) * 2, (x + r) * 2, (y + r) * 2], fill=rgb(colour) if colour else None,
                          outline=rgb(outline) if outline else None, width=width * 2)

    def done(self):
        return self.image.resize(self.size, Image.LANCZOS)


def _frame(title, menu, accent, width=1440, height=860):
    c = Canvas(width, height, "EEF2F1")
    c.box(0, 0, 210, height, INK, 0)
    c.image.paste(mark(56), (40, 44), mark(56))
    c.text(58, 24, "tarnwick", 22, "FFFFFF", bold=True)
    for i, item in enumerate(menu):
        if i == 0:
            c.box(14, 92 + i * 48, 182, 38, _mix(INK, accent, 0.6), 8)
        c.text(32, 100 + i * 48, item, 17, "FFFFFF" if i == 0 else "B9C9C8")
    c.text(244, 28, title, 28, INK, bold=True, serif=True)
    return c


def _tile(c, x, y, w, h, label, value, note, colour):
    c.box(x, y, w, h, "FFFFFF", 12)
    c.text(x + 20, y + 16, label, 15, STONE)
    c.text(x + 20, y + 38, value, 34, INK, bold=True)
    c.text(x + 20, y + 84, note, 14, colour, bold=True)


def screen_energy():
    c = _frame("Foundry hall 2 · electricity this week", ["Consumption", "Base load", "Compressed air", "Tariffs", "Reports", "Alarms"], ACCENT["energy"])
    for i, (label, value, note, colour) in enumerate([
        ("Consumption", "184.2 MWh", "6.1 % below last week", "3F7D3A"), ("Base load at night", "212 kW", "target 180 kW", RUST),
        ("Peak, quarter hour", "1,340 kW", "Tue 06:15, three furnaces", STONE), ("Compressed air share", "17.8 %", "leak found in line C", RUST)]):
        _tile(c, 244 + i * 294, 84, 274, 116, label, value, note, colour)
    c.box(244, 222, 862, 400, "FFFFFF", 12)
    c.text(268, 240, "Load profile in kW, against the week before", 17, INK, bold=True)
    for k in range(5):
        y = 580 - k * 72
        c.line([(310, y), (1084, y)], LINE, 1)
        c.text(300, y, f"{k * 350:,}", 13, STONE, anchor="rm")
    now, before = [], []
    for i in range(169):
        day, hour = divmod(i, 24)
        work = 1 if day < 5 and 5 <= hour <= 21 else 0.12
        wave = 0.07 * math.sin(i * 1.9) + 0.05 * math.sin(i * 0.53)
        x = 310 + i * 774 / 168
        now.append((x, 580 - 72 * (0.6 + 2.4 * work * (1 + wave) + wave * 0.3)))
        before.append((x, 580 - 72 * (0.78 + 2.6 * work * (1 + wave * 1.2) + wave * 0.2)))
    c.line(before, LINE, 3)
    c.area(now + [(1084, 580), (310, 580)], _mix("FFFFFF", ACCENT["energy"], 0.16))
    c.line(now, ACCENT["energy"], 3)
    for d, name in enumerate(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]):
        c.text(310 + (d + 0.5) * 774 / 7, 590, name, 14, STONE, anchor="ma")
    c.box(1126, 222, 292, 400, "FFFFFF", 12)
    c.text(1148, 240, "Where it goes", 17, INK, bold=True)
    for i, (name, share) in enumerate([("Induction furnaces", 46), ("Compressed air", 18), ("Sand preparation", 13), ("Extraction", 11), ("Cooling water", 7), ("Light, offices", 5)]):
        c.text(1148, 284 + i * 54, name, 15)
        c.text(1396, 284 + i * 54, f"{share} %", 15, anchor="ra")
        c.box(1148, 306 + i * 54, 248, 10, MIST, 5)
        c.box(1148, 306 + i * 54, max(12, 248 * share / 46), 10, ACCENT["energy"] if i < 2 else TEAL, 5)
    c.box(244, 644, 1174, 190, "FFFFFF", 12)
    c.text(268, 660, "What to do next", 17, INK, bold=True)
    for i, (what, saving, who) in enumerate([
        ("Line C: ball valve leaks 31 kW at standstill, repair at the next stop", "about 9,800 EUR a year", "maintenance"),
        ("Extraction of hall 2 runs on Saturdays although nothing is poured", "about 6,100 EUR a year", "shift lead"),
        ("Start furnaces 15 minutes apart on Tuesdays to stay under 1,200 kW", "about 11,400 EUR a year", "planning")]):
        c.dot(278, 710 + i * 40, 7, [RUST, AMBER, AMBER][i])
        c.text(298, 700 + i * 40, what, 16)
        c.text(1100, 700 + i * 40, saving, 16, "3F7D3A", bold=True, anchor="ra")
        c.text(1396, 700 + i * 40, who, 15, STONE, anchor="ra")
    return c.done()


def screen_cold():
    c = _frame("Pharmacy, vaccine store B", ["Units", "Alarms", "Audit file", "Routes", "Calibration", "People"], ACCENT["cold"])
    for i, (name, temp, state, colour) in enumerate([
        ("Fridge 1", "4.1 °C", "in range for 212 days", "3F7D3A"), ("Fridge 2", "4.6 °C", "in range for 88 days", "3F7D3A"),
        ("Fridge 3", "8.9 °C", "above 8.0 °C for 14 min", RUST), ("Freezer A", "−24.7 °C", "in range for 301 days", "3F7D3A")]):
        _tile(c, 244 + i * 294, 84, 274, 116, name, temp, state, colour)
    c.box(244, 222, 862, 400, "FFFFFF", 12)
    c.text(268, 240, "Fridge 3 · last 12 hours, probe in glycol buffer", 17, INK, bold=True)
    scale = lambda t: 580 - (t - 1) * 33
    c.box(310, scale(8), 774, scale(2) - scale(8), _mix("FFFFFF", ACCENT["cold"], 0.12), 0)
    for t in (2, 4, 6, 8, 10):
        c.line([(310, scale(t)), (1084, scale(t))], LINE, 1)
        c.text(300, scale(t), f"{t} °C", 13, STONE, anchor="rm")
    points = []
    for i in range(241):
        t = 4.4 + 0.5 * math.sin(i / 6) + 0.15 * math.sin(i * 1.3)
        if i > 196:
            t += (i - 196) ** 1.12 * 0.062
        points.append((310 + i * 774 / 240, scale(t)))
    c.line(points, ACCENT["cold"], 3)
    c.dot(points[-1][0], points[-1][1], 8, RUST)
    c.text(1070, scale(9.8), "door open since 09:48", 15, RUST, bold=True, anchor="ra")
    for i, hour in enumerate(["22:00", "00:00", "02:00", "04:00", "06:00", "08:00", "10:00"]):
        c.text(310 + i * 129, 590, hour, 14, STONE, anchor="ma")
    c.box(1126, 222, 292, 400, "FFFFFF", 12)
    c.text(1148, 240, "Who knows", 17, INK, bold=True)
    for i, (time, what) in enumerate([("10:02", "Ward phone rang"), ("10:03", "A. Brandt answered"), ("10:05", "Door closed"), ("10:09", "Temperature falls"), ("10:31", "Back in range"), ("10:34", "Reason signed")]):
        done = i < 3
        c.dot(1158, 294 + i * 52, 8, "3F7D3A" if done else "FFFFFF", None if done else LINE, 2)
        c.text(1178, 284 + i * 52, time, 15, STONE)
        c.text(1230, 284 + i * 52, what, 15, INK if done else STONE)
    c.box(244, 644, 1174, 190, "FFFFFF", 12)
    c.text(268, 660, "Stability budget of what lies in fridge 3", 17, INK, bold=True)
    for i, (what, used, left) in enumerate([("Influenza, 240 doses", 0.32, "16 h 20 min left"), ("MMR, 60 doses", 0.55, "5 h 25 min left"), ("Insulin, 118 pens", 0.18, "20 days left")]):
        c.text(268, 702 + i * 40, what, 16)
        c.box(560, 706 + i * 40, 560, 14, MIST, 7)
        c.box(560, 706 + i * 40, 560 * used, 14, AMBER if used > 0.5 else ACCENT["cold"], 7)
        c.text(1396, 700 + i * 40, left, 16, STONE, anchor="ra")
    return c.done()


def screen_air():
    """A school floor, each room coloured by its carbon dioxide at 10:40."""
    c = Canvas(1440, 860, SAND)
    c.text(48, 34, "Holmgate Academy, first floor, 10:40", 30, INK, bold=True, serif=True)
    c.text(48, 78, "Carbon dioxide in ppm. Grey: no sensor. Numbers in the corner: people counted by the timetable.", 17, STONE)
    rooms = [("1.01", 620, 0, 0, 2), ("1.02", 840, 2, 0, 2), ("1.03", 1480, 4, 0, 2), ("1.04", 910, 6, 0, 2), ("Lab A", 700, 8, 0, 3), ("1.05", 1120, 11, 0, 2),
             ("Library", 560, 0, 3, 4), ("1.07", 980, 4, 3, 2), ("1.08", 1760, 6, 3, 2), ("Staff", 640, 8, 3, 1), ("Lab B", 820, 9, 3, 2), ("Store", None, 11, 3, 2)]
    for i, (name, ppm, col, row, span) in enumerate(rooms):
        x, y, w, h = 48 + col * 103, 128 + row * 92, span * 103 - 8, 236
        if ppm is None:
            colour = "D9DDDB"
        elif ppm < 800:
            colour = _mix("FFFFFF", ACCENT["air"], 0.45)
        elif ppm < 1000:
            colour = "E9DFA0"
        elif ppm < 1400:
            colour = "EDBB74"
        else:
            colour = "DD8662"
        c.box(x, y, w, h, colour, 6, outline=INK, width=1)
        c.text(x + 14, y + 12, name, 20, INK, bold=True)
        if ppm:
            c.text(x + w / 2, y + h / 2 + 8, f"{ppm:,}", 34, INK, bold=True, anchor="mm")
            if span > 1:
                c.text(x + w - 12, y + h - 28, str(14 + (i * 7) % 16), 15, STONE, anchor="ra")
    c.box(48, 366, 1331, 34, "FFFFFF", 0)
    c.text(713, 383, "corridor", 16, STONE, anchor="mm")
    c.box(48, 672, 640, 160, "FFFFFF", 12)
    c.text(70, 688, "Room 1.08 this morning", 18, INK, bold=True)
    pts = []
    for i in range(121):
        t = i / 120
        pts.append((80 + i * 4.9, 812 - (18 + 92 * (1 - math.exp(-((t * 4) % 1.0) * 2.2)) * (0.6 + 0.4 * t))))
    c.line([(80, 740), (668, 740)], RUST, 1)
    c.line(pts, ACCENT["air"], 3)
    c.text(668, 692, "line: 1,400 ppm", 15, RUST, anchor="ra")
    c.box(708, 672, 671, 160, "FFFFFF", 12)
    for i, line in enumerate(["Two rooms need air before the next lesson: 1.03 and 1.08.", "In 1.08 the window motor has not answered since Monday: work order 4,417.", "Library and Lab A could run on the low fan step until noon."]):
        c.dot(734, 706 + i * 42, 7, [RUST, AMBER, ACCENT["air"]][i])
        c.text(754, 694 + i * 42, line, 17)
    return c.done()


def screen_works():
    c = _frame("Work orders, region north", ["Board", "Plans", "Assets", "Spare parts", "Contractors", "Costs"], ACCENT["works"])
    columns = [("Reported", 14, [("Walk-in cooler, store 118", "reported by a sensor", RUST), ("Roller door, dock 4", "photo attached", STONE), ("Lift 2, head office", "trapped 4 min", RUST), ("Tap drips, staff kitchen", "QR code", STONE)]),
               ("Planned", 22, [("Filter change, AHU 3", "Thu 07:30, part in van", TEAL), ("Oven seal, store 141", "Fri, bakery closed", TEAL), ("Emergency light test", "48 fittings", STONE)]),
               ("At work", 6, [("Compressor rack B", "J. Aalto since 08:12", AMBER), ("Sprinkler valve 7", "contractor on site", AMBER)]),
               ("Done, to check", 9, [("Dishwasher pump", "41 min, 1 part", "3F7D3A"), ("Heat pump defrost", "warranty claim sent", "3F7D3A"), ("Sliding door, store 77", "second visit saved", "3F7D3A")])]
    for i, (name, count, cards) in enumerate(columns):
        x = 244 + i * 296
        c.box(x, 88, 280, 560, "E1E8E6", 12)
        c.text(x + 18, 104, name, 18, INK, bold=True)
        c.text(x + 262, 104, str(count), 18, STONE, anchor="ra")
        for j, (title, note, colour) in enumerate(cards):
            c.box(x + 12, 142 + j * 122, 256, 108, "FFFFFF", 10)
            c.box(x + 12, 142 + j * 122, 6, 108, colour, 3)
            c.text(x + 32, 156 + j * 122, title, 17, INK, bold=True)
            c.text(x + 32, 184 + j * 122, note, 15, STONE)
            c.text(x + 32, 214 + j * 122, f"WO {4400 + i * 31 + j * 7:,}", 13, STONE)
    c.box(244, 668, 1168, 166, "FFFFFF", 12)
    c.text(268, 684, "First-visit repairs by week", 17, INK, bold=True)
    for i, v in enumerate([61, 63, 60, 66, 69, 68, 72, 74, 73, 78, 79, 82]):
        c.box(268 + i * 92, 812 - v, 60, v, ACCENT["works"] if i > 8 else "C9B4C4", 4)
        c.text(298 + i * 92, 796 - v, f"{v} %", 14, INK, anchor="ma")
    return c.done()


def devices():
    """The family of devices on one picture."""
    c = Canvas(1600, 900, SAND)
    c.text(80, 56, "One family of devices", 40, INK, bold=True, serif=True)
    c.text(80, 112, "Fitted in an hour, answered for ten years", 22, STONE)
    for i, (draw, name, lines) in enumerate([
        (_gateway, "Gateway GW-12", ["LoRaWAN, Modbus, M-Bus", "72 h buffer on power loss"]), (_meter, "Meter EG-40", ["24 circuits, class 0.5", "clip-on, no switch-off"]),
        (_probe, "Probe CP-7", ["−90 to +60 °C", "calibrated, 3-point"]), (_air, "Sensor AS-3", ["CO₂, fine dust, humidity", "eight-year battery"])]):
        x = 80 + i * 370
        c.box(x, 180, 340, 640, "FFFFFF", 18)
        draw(c, x + 170, 410)
        c.text(x + 170, 640, name, 28, INK, bold=True, serif=True, anchor="ma")
        for j, line in enumerate(lines):
            c.text(x + 170, 694 + j * 32, line, 20, STONE, anchor="ma")
    return c.done()


def _gateway(c, x, y):
    c.line([(x - 70, y - 60), (x - 70, y - 190)], INK, 7)
    c.line([(x + 70, y - 60), (x + 70, y - 190)], INK, 7)
    c.box(x - 115, y - 80, 230, 190, INK, 18)
    c.box(x - 95, y - 60, 190, 110, LAKE, 8)
    for i in range(5):
        c.dot(x - 70 + i * 35, y + 80, 8, [TEAL, TEAL, AMBER, TEAL, LINE][i])
    c.text(x, y - 5, "tarnwick", 24, "FFFFFF", bold=True, anchor="mm")


def _meter(c, x, y):
    c.box(x - 120, y - 120, 240, 230, "DDE3E1", 14, outline=STONE)
    c.box(x - 95, y - 95, 190, 84, INK, 8)
    c.text(x, y - 53, "1,340.2 kW", 26, AMBER, bold=True, anchor="mm")
    for i in range(8):
        c.box(x - 98 + i * 25, y + 16, 18, 34, "FFFFFF", 4, outline=STONE)
        c.box(x - 98 + i * 25, y + 60, 18, 34, "FFFFFF", 4, outline=STONE)
    for s in (-1, 1):
        c.line([(x + s * 60, y + 110), (x + s * 74, y + 170), (x + s * 60, y + 200)], STONE, 5)


def _probe(c, x, y):
    c.box(x - 58, y - 150, 116, 190, "FFFFFF", 26, outline=STONE, width=2)
    c.text(x, y - 92, "4.1", 40, ACCENT["cold"], bold=True, anchor="mm")
    c.text(x, y - 52, "°C", 20, STONE, anchor="mm")
    c.dot(x, y + 4, 8, TEAL)
    c.line([(x, y + 40), (x + 30, y + 90), (x - 30, y + 130), (x, y + 160)], STONE, 4)
    c.box(x - 9, y + 158, 18, 54, "AEB8B6", 8)


def _air(c, x, y):
    c.dot(x, y - 10, 128, "FFFFFF", STONE, 2)
    c.dot(x, y - 10, 96, _mix("FFFFFF", ACCENT["air"], 0.2))
    for k in range(3):
        pts = [(x - 56 + i * 4, y - 36 + k * 28 + 9 * math.sin(i / 4)) for i in range(29)]
        c.line(pts, ACCENT["air"], 5)
    c.dot(x, y + 82, 7, ACCENT["air"])


def device(name):
    c = Canvas(640, 520, MIST)
    {"gateway": _gateway, "meter": _meter, "probe": _probe, "air": _air}[name](c, 320, 250)
    return c.done()


def bars(title, rows, unit, accent=TEAL, width=1400):
    """A plain horizontal bar chart for documents that take pictures only."""
    height = 110 + 64 * len(rows)
    c = Canvas(width, height, "FFFFFF")
    c.text(0, 8, title, 30, INK, bold=True)
    top = max(value for _, value in rows)
    for i, (name, value) in enumerate(rows):
        y = 74 + i * 64
        c.text(0, y + 20, name, 26, INK, anchor="lm")
        c.box(430, y, max(8, (width - 640) * value / top), 40, accent, 5)
        c.text(446 + (width - 640) * value / top, y + 20, f"{value:g} {unit}", 26, INK, anchor="lm", bold=True)
    return c.done()
