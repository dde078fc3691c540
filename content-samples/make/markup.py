"""Reads the small markup of text/*.md into blocks, which paper.py (PDF) and word.py (DOCX) lay out.

A block is a tuple whose first item names it: title, head, sub, text, list, quote, table, bars, image, box, break.
"""

import re

from brand import TEXT


def read(name):
    """The blocks of text/<name>.md."""
    blocks, rows, items = [], [], []

    def flush():
        if rows:
            blocks.append(("table", rows.copy()))
            rows.clear()
        if items:
            blocks.append(("list", items.copy()))
            items.clear()

    for line in (TEXT / f"{name}.md").read_text(encoding="utf-8").splitlines():
        line = line.strip()
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
            continue
        if line.startswith("- "):
            items.append(line[2:])
            continue
        flush()
        if not line:
            continue
        for prefix, kind in (("### ", "sub"), ("## ", "head"), ("# ", "title"), ("> ", "quote"), ("!box ", "box")):
            if line.startswith(prefix):
                blocks.append((kind, line[len(prefix) :]))
                break
        else:
            if line.startswith("!image "):
                name, _, caption = line[7:].partition("; ")
                blocks.append(("image", name, caption))
            elif line.startswith("!bars "):
                title, unit, values = (part.strip() for part in line[6:].split(";"))
                # A name may hold a comma; only the one behind a number ends a pair.
                pairs = re.findall(r"([^=]+)=([\d.]+)(?:, |$)", values)
                blocks.append(("bars", title, unit, [(name.strip(), float(value)) for name, value in pairs]))
            elif line == "===":
                blocks.append(("break",))
            else:
                blocks.append(("text", line))
    flush()
    return blocks


def bold_runs(text):
    """'a **b** c' as [('a ', False), ('b', True), (' c', False)]."""
    return [(part, i % 2 == 1) for i, part in enumerate(re.split(r"\*\*", text)) if part]
