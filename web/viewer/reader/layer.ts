// The text layer: the words and links of a page, laid over its picture. The words cannot be seen; they can be selected,
// found, marked, and read by a screen reader, in the order of reading whichever way they run.

import { address, doc, element, figures, place } from "./page";
import { marked } from "./words";

type Area = [left: number, top: number, width: number, height: number];
interface Layer {
  lines: [Area, string][];
  links: [Area, { page?: number; url?: string }][];
}

/** How much of a line's height its font takes. */
const FONT = 1 / 1.07;

const pen = doc.createElement("canvas").getContext("2d")!;
pen.font = "100px sans-serif";

let words: string[] = [];

/** Marks these words on every page. */
export const mark = (found: string[]) => {
  words = found;
  for (const line of doc.querySelectorAll<HTMLElement>(".t > span")) fill(line, line.textContent!);
};

const fill = (line: HTMLElement, text: string) => {
  line.replaceChildren(
    ...marked(text, words).map((piece) => (piece.hit ? element("mark", "", piece.text) : piece.text)),
  );
};

const put = (thing: HTMLElement, [left, top, width, height]: Area) => {
  const style = thing.style;
  style.left = `${left / 100}%`;
  style.top = `${top / 100}%`;
  style.width = `${width / 100}%`;
  style.height = `${height / 100}%`;
};

/** Lays a page's words over its picture. */
const lay = (figure: HTMLElement, picture: HTMLImageElement, { lines, links }: Layer) => {
  const inner = picture.parentElement!;
  const tall = picture.height / picture.width || +picture.getAttribute("height")! / +picture.getAttribute("width")!;
  const number = place(figure);
  if (lines.length) {
    const layer = element("div", "t");
    layer.setAttribute("role", "group");
    layer.setAttribute("aria-label", `Text of page ${number}`);
    for (const [area, text] of lines) {
      const line = element("span");
      line.dir = "auto";
      put(line, area);
      const upright = text.length > 2 && area[3] * tall > area[2] * 2;
      const font = (upright ? area[2] : area[3] * tall) * FONT / 100;
      line.style.fontSize = `${font}cqw`;
      if (upright) {
        line.style.writingMode = "vertical-rl";
      } else {
        line.style.width = "max-content";
        // As wide as in the picture, whatever font that has.
        line.style.transform = `scaleX(${area[2] / (pen.measureText(text).width * font)})`;
      }
      fill(line, text);
      layer.append(line, "\n");
    }
    inner.append(layer);
  }
  for (const [area, { page, url }] of links) {
    const link = element("a", "l");
    put(link, area);
    const says = lines
      .filter(([[left, top, width, height]]) => {
        const [x, y] = [left + width / 2, top + height / 2];
        return x >= area[0] && x <= area[0] + area[2] && y >= area[1] && y <= area[1] + area[3];
      })
      .map(([, text]) => text)
      .join(" ");
    if (url) {
      link.href = url;
      link.target = "_blank";
      link.rel = "noopener noreferrer";
    } else {
      link.href = `#p${page}`;
    }
    const where = url ? url.replace(/^(https?:\/\/|mailto:)/, "").replace(/\/$/, "") : `Page ${page}`;
    link.setAttribute("aria-label", says ? `${says} (${where})` : where);
    link.title = where;
    inner.append(link);
  }
};

/** Makes the picture one on which things can lie, and large ones can be moved about. */
const frame = (figure: HTMLElement): HTMLImageElement | undefined => {
  const picture = figure.querySelector("img");
  const link = picture?.closest("a");
  if (!picture || !link) return picture ?? undefined;
  const inner = element("div", "in");
  const page = element("div", "pg");
  page.setAttribute("role", "group");
  page.setAttribute("aria-label", `Page ${place(figure)}`);
  figure.classList.remove("zoom");
  inner.append(picture);
  page.append(inner);
  link.replaceWith(page);
  return picture;
};

const asked = new Set<HTMLElement>();
const load = async (figure: HTMLElement) => {
  const picture = frame(figure);
  if (!picture || asked.has(figure)) return;
  asked.add(figure);
  try {
    const reply = await fetch(`${address(figure)}/layout`);
    if (reply.ok) lay(figure, picture, (await reply.json()) as Layer);
  } catch {
    // No network: asked for again when it is back.
    asked.delete(figure);
  }
};

const watcher = new IntersectionObserver(
  (seen) => {
    for (const { isIntersecting, target } of seen) if (isIntersecting) void load(target as HTMLElement);
  },
  { rootMargin: "100% 0px" },
);

/** Watches the pages that have no layer yet. */
export const layers = () => {
  for (const figure of figures) {
    frame(figure);
    if (asked.has(figure)) continue;
    // Watched anew, it is told again whether it is near.
    watcher.unobserve(figure);
    watcher.observe(figure);
  }
};
