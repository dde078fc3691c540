"""Images for the media folder: PNG screens, SVG drawings, and one short film with captions."""

import math
import subprocess
import tempfile
from pathlib import Path

import pictures
from brand import ACCENT, AMBER, INK, LAKE, LINE, ROOT, RUST, SAND, STONE, TEAL

_FONT = "font-family=\"Carlito, Calibri, 'Liberation Sans', Arial, sans-serif\""


def _png(image, name, colours=160):
    target = ROOT / "media" / name
    target.parent.mkdir(parents=True, exist_ok=True)
    image.convert("P", palette=1, colors=colours).save(target, "PNG", optimize=True)


def _svg(name, body):
    (ROOT / "media" / name).write_text(body.strip() + "\n", encoding="utf-8")


def logo():
    _svg("tarnwick-logo.svg", f"""
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 420 120" role="img" aria-labelledby="t">
  <title id="t">Tarnwick logo: height lines around a lake</title>
  <g fill="none" stroke="#{INK}" stroke-width="5">
    <ellipse cx="60" cy="60" rx="50" ry="46"/>
    <ellipse cx="60" cy="63" rx="33" ry="29"/>
  </g>
  <ellipse cx="60" cy="66" rx="15" ry="12" fill="#{AMBER}"/>
  <text x="132" y="78" {_FONT} font-size="58" font-weight="700" fill="#{INK}">tarnwick</text>
</svg>""")


def architecture():
    boxes = []
    for x, colour, head, lines in [
        (40, ACCENT["energy"], "Sensors and meters", ["EG-40, CP-7, AS-3", "LoRaWAN, Modbus, M-Bus"]),
        (340, LAKE, "Gateway GW-12", ["72 hours of memory", "one outbound connection"]),
        (640, TEAL, "Platform", ["Leipzig and Dublin", "or your own rack"]),
        (940, ACCENT["works"], "People and systems", ["phone calls, work orders", "REST, MQTT, Parquet"])]:
        text = "".join(f'<text x="{x + 110}" y="{262 + i * 28}" text-anchor="middle" font-size="17" fill="#{STONE}">{line}</text>' for i, line in enumerate(lines))
        boxes.append(f'<g><rect x="{x}" y="170" width="220" height="150" rx="12" fill="#FFFFFF" stroke="#{LINE}"/><rect x="{x}" y="170" width="220" height="10" rx="5" fill="#{colour}"/><text x="{x + 110}" y="222" text-anchor="middle" font-size="21" font-weight="700" fill="#{INK}">{head}</text>{text}</g>')
    arrows = "".join(f'<path d="M{x} 245h66" stroke="#{INK}" stroke-width="3" fill="none" marker-end="url(#a)"/>' for x in (264, 564, 864))
    _svg("architecture.svg", f"""
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 480" role="img" aria-labelledby="t d" {_FONT}>
  <title id="t">How a reading travels</title>
  <desc id="d">From sensor through gateway and platform to people and systems; readings are kept 72 hours in the gateway.</desc>
  <defs><marker id="a" viewBox="0 0 10 10" refX="8" refY="5" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L10 5L0 10z" fill="#{INK}"/></marker></defs>
  <rect width="1200" height="480" fill="#{SAND}"/>
  <text x="40" y="72" font-size="34" font-weight="700" fill="#{INK}">How a reading travels</text>
  <text x="40" y="108" font-size="19" fill="#{STONE}">Nothing listens in your network, and nothing is lost when the network is</text>
  {"".join(boxes)}{arrows}
  <text x="40" y="400" font-size="18" fill="#{INK}">Written in both data centres before it is acknowledged. Alarms by telephone leave by a way of their own.</text>
  <text x="40" y="444" font-size="14" fill="#{STONE}">© Tarnwick Systems · Ref. lodestarvetch-3517</text>
</svg>""")


def journey():
    stops = [("Manufacturer", 4.2), ("Truck", 4.9), ("Dock", 7.1), ("Pharmacy", 4.4), ("Ward", 5.8), ("Patient", 6.3)]
    points = [(110 + i * 196, 330 - (t - 2) * 32) for i, (_, t) in enumerate(stops)]
    path = "M" + " L".join(f"{x} {y:.0f}" for x, y in points)
    dots = "".join(f'<circle cx="{x}" cy="{y:.0f}" r="9" fill="#{RUST if t > 7 else ACCENT["cold"]}"/><text x="{x}" y="{y - 20:.0f}" text-anchor="middle" font-size="18" font-weight="700" fill="#{INK}">{t} °C</text><text x="{x}" y="392" text-anchor="middle" font-size="18" fill="#{INK}">{n}</text>' for (n, t), (x, y) in zip(stops, points))
    _svg("vaccine-journey.svg", f"""
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 460" role="img" aria-labelledby="t" {_FONT}>
  <title id="t">A vaccine on its way: temperature at six stations</title>
  <rect width="1200" height="460" fill="#FFFFFF"/>
  <text x="60" y="64" font-size="32" font-weight="700" fill="#{INK}">A vaccine on its way</text>
  <text x="60" y="98" font-size="18" fill="#{STONE}">The dock is the weakest link; the band shows 2 to 8 degrees</text>
  <rect x="60" y="138" width="1080" height="192" fill="#{ACCENT["cold"]}" fill-opacity="0.1"/>
  <path d="{path}" fill="none" stroke="#{ACCENT["cold"]}" stroke-width="4"/>{dots}
  <text x="60" y="438" font-size="14" fill="#{STONE}">© Tarnwick Systems · Ref. glacierpipit-8842</text>
</svg>""")


_SCENES = [  # seconds, caption
    (3.5, "Nine forty-eight. A fridge door stays open."),
    (4.5, "The air is warm within a minute. The vaccine is not."),
    (4.5, "The probe sits in glycol and feels what the product feels."),
    (4.5, "At eight degrees, the ward phone rings."),
    (4.5, "Somebody answers, walks over and closes the door."),
    (4.5, "The stability budget says which doses may still be used."),
    (4.0, "Tarnwick Cold. Proof that it was never warm."),
]


def film(fps=12, width=960, height=540):
    background = pictures.contour(width, height, "0B2238", "1D4A78", "7FA9D0", 23)
    total = sum(seconds for seconds, _ in _SCENES)
    with tempfile.TemporaryDirectory() as scratch:
        start, index = 0.0, 0
        for number, (seconds, caption) in enumerate(_SCENES):
            for k in range(round(seconds * fps)):
                moment = start + k / fps
                _frame(background, moment / total, number, min(1, k / 5), caption, width, height).save(f"{scratch}/{index:04d}.png")
                index += 1
            start += seconds
        target = ROOT / "media" / "cold-alarm-in-thirty-seconds.mp4"
        subprocess.run(["ffmpeg", "-y", "-loglevel", "error", "-framerate", str(fps), "-i", f"{scratch}/%04d.png", "-c:v", "libx264", "-preset", "slow", "-crf", "27", "-pix_fmt", "yuv420p",
                        "-threads", "1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-map_metadata", "-1", "-metadata", "title=Cold: an alarm in thirty seconds", "-movflags", "+faststart", str(target)], check=True)
    clock = lambda s: f"00:00:{s:06.3f}"
    lines, start = ["WEBVTT", ""], 0.0
    for number, (seconds, caption) in enumerate(_SCENES):
        lines += [str(number + 1), f"{clock(start)} --> {clock(start + seconds - 0.1)}", caption, ""]
        start += seconds
    (ROOT / "media" / "cold-alarm-in-thirty-seconds.vtt").write_text("\n".join(lines), encoding="utf-8")


def _frame(background, share, scene, fade, caption, width, height):
    c = pictures.Canvas(width, height, INK)
    c.image.paste(background.resize((width * 2, height * 2)), (0, 0))
    c.box(60, 50, width - 120, 330, "FFFFFF", 16)
    scale = lambda t: 345 - (t - 2) * 28
    c.box(110, scale(8), width - 220, scale(2) - scale(8), "E3EDF6", 0)
    for t in (2, 5, 8):
        c.text(100, scale(t), f"{t} °C", 16, STONE, anchor="rm")
        c.line([(110, scale(t)), (width - 110, scale(t))], LINE, 1)
    points, warm = [], 4.2
    for i in range(int(share * 240) + 2):
        s = i / 240
        # Opened at a sixth of the film, at eight degrees when the phone rings, closed soon after.
        warm = 4.2 + 14.6 * (min(s, 0.52) - 0.16) * (s > 0.16) - (1 - math.exp(-max(0, s - 0.58) * 8)) * 5.0
        points.append((110 + s * (width - 220), scale(warm + 0.2 * math.sin(i / 5))))
    colour = RUST if warm > 8 else ACCENT["cold"]
    c.line(points, colour, 4)
    c.dot(*points[-1], 8, colour)
    c.text(84, 66, "Fridge 3, ward 4B", 20, INK, bold=True)
    state = ["door open", "air 11 °C", "product 6 °C", "calling ward phone", "answered: A. Brandt", "212 of 240 doses usable", "record signed"][scene]
    c.box(width - 330, 62, 250, 36, [AMBER, AMBER, TEAL, RUST, TEAL, TEAL, LAKE][scene], 18)
    c.text(width - 205, 80, state, 18, "FFFFFF", bold=True, anchor="mm")
    grey = round(120 + 135 * fade)
    c.text(width / 2, 448, caption, 30, f"{grey:02X}{grey:02X}{grey:02X}", bold=True, anchor="mm")
    return c.done()


def build():
    _png(pictures.screen_energy(), "screen-energy-week.png")
    _png(pictures.screen_air(), "floor-plan-carbon-dioxide.png")
    _png(pictures.devices(), "device-family.png")
    pictures.screen_works().save(ROOT / "media" / "screen-works-board.jpg", "JPEG", quality=86, optimize=True)
    logo()
    architecture()
    journey()
    film()
