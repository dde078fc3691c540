// The second script of the page: everything that makes reading comfortable and that nobody waits for. The inlined
// script loads it when the first page is there, from an address with a hash of its content.
//
// It reports nothing itself: what it does is told to the first script by events. Without it the page can be read all
// the same, page by page.

import { ask } from "./reader/ask";
import { base, button, doc, element, figures, popover, say, visit } from "./reader/page";
import { keys } from "./reader/keys";
import { layers } from "./reader/layer";
import { search } from "./reader/search";
import { go, fetchAhead } from "./reader/travel";
import { rest } from "./reader/rest";
import "./reader/share";
import "./reader/signs";
import { zoom } from "./reader/zoom";

declare const READER_STYLE: string;

const style = new CSSStyleSheet();
style.replaceSync(READER_STYLE);
doc.adoptedStyleSheets = [...doc.adoptedStyleSheets, style];

const contents = popover("rc", "Contents");
const list = doc.querySelector("#c ol");
if (list) contents.append(list.cloneNode(true));
contents.addEventListener("click", (event) => {
  if ((event.target as HTMLElement).closest("a")) contents.hidePopover();
});

const help = popover("rh", "Keys");
const words = element("dl");
for (const [key, what] of [
  ["← →", "page before, next page"],
  ["Page up, Page down", "the same, or on in a long page"],
  ["Home, End", "first page, last page"],
  ["+ − 0", "larger, smaller, as it was"],
  ["/", "search"],
  ["Esc", "close"],
] as const) {
  words.append(element("dt", "", key), element("dd", "", what));
}
help.append(words);

const found = search();
const bar = element("div", "bar");
bar.setAttribute("role", "toolbar");
bar.setAttribute("aria-label", "Reading");
const level = element("output", "", "100%");
level.setAttribute("aria-label", "Size");
const show = (panel: HTMLElement) => () => panel.togglePopover();
if (list) bar.append(button("Contents", "M4 6h2M4 12h2M4 18h2M10 6h10M10 12h10M10 18h10", show(contents)));
bar.append(
  button("Search", "M11 4a7 7 0 1 0 0 14a7 7 0 1 0 0-14M16 16l5 5", found.open),
  button("Smaller", "M5 12h14", () => zoom.step(-1)),
  level,
  button("Larger", "M5 12h14M12 5v14", () => zoom.step(1)),
  button("Keys", "M9 9a3 3 0 1 1 4 3q-1 .5-1 2M12 18v.5", show(help)),
);
const place = element("nav");
place.setAttribute("aria-label", "Reading");
place.append(bar);
doc.body.append(place);

// A browser without a name can show by the visit what is its own.
const measured = doc.querySelector<HTMLAnchorElement>("footer a[href$='/privacy']");
if (measured && visit) measured.search = `visit=${visit}`;

zoom.start((size) => (level.textContent = `${Math.round(size * 100)}%`));
keys({ search: found.open, help: show(help) });

/** Makes what is new on the page readable. */
const welcome = () => {
  layers();
  ask.offer();
  fetchAhead();
};
welcome();
// The first picture was chosen small, so that it came at once; now it may become sharp.
zoom.sharpen();

rest((all) => {
  if (all && list) contents.querySelector("ol")!.replaceWith(all.cloneNode(true));
  welcome();
  zoom.sharpen();
  if (/^#p\d+$/.test(location.hash) && +location.hash.slice(2) > 1) go(+location.hash.slice(2));
});

// Contents and links of documents lead to pages that may not be here yet.
doc.addEventListener("click", (event) => {
  const link = (event.target as HTMLElement).closest<HTMLAnchorElement>("a");
  const to = link && /#p(\d+)$/.exec(link.href);
  if (!to || event.ctrlKey || event.metaKey || event.shiftKey || link.target) return;
  event.preventDefault();
  go(+to[1]!, true);
});

/* Without network */

const pill = element("p", "off");
pill.setAttribute("role", "status");
doc.body.append(pill);
const network = () => {
  const away = !navigator.onLine;
  say(pill, away ? "Offline. What you have seen stays readable; the rest comes when the network is back." : "");
  if (away) return;
  for (const picture of doc.querySelectorAll<HTMLImageElement>("figure img")) {
    // Asked for in vain: asked for again.
    if (picture.complete && !picture.naturalWidth) picture.srcset += "";
  }
  rest();
  layers();
};
addEventListener("online", network);
addEventListener("offline", network);
if (!navigator.onLine) network();

if (base && figures.length) doc.documentElement.dataset.reader = "";
