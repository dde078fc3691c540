// From page to page: which one is in view, how to get to another, and having the next ones ready.

import { nearest } from "../clock";
import { doc, figures, place } from "./page";
import { complete } from "./rest";

const still = matchMedia("(prefers-reduced-motion: reduce)");
/** Below the bar. */
const TOP = 72;
/** How many pages are made ready behind the one in view. */
const AHEAD = 2;

/** The page in view. */
export const current = (): HTMLElement | undefined =>
  figures[Math.max(0, nearest([...figures].map((figure) => figure.getBoundingClientRect()), innerHeight))];

/** Goes to a page, from 1, as soon as it is here. */
export const go = async (to: number, focus = false) => {
  if (!doc.getElementById(`p${to}`)) await complete;
  const figure = doc.getElementById(`p${to}`);
  if (!figure) return;
  const here = current();
  const far = !here || Math.abs(place(here) - to) > 3;
  const { top: from, height } = figure.getBoundingClientRect();
  // A page that fits stands in the middle, where it counts as the one that is read.
  const top = from + scrollY - Math.max(TOP, (innerHeight - height) / 2);
  // A long way is not shown on the way.
  scrollTo({ top, behavior: far || still.matches ? "instant" : "smooth" });
  history.replaceState(null, "", `#p${to}`);
  if (focus) {
    figure.tabIndex = -1;
    figure.focus({ preventScroll: true });
  }
};

/** Goes some pages on or back. */
export const turn = (by: number) => {
  const here = current();
  if (here) void go(Math.min(Math.max(1, place(here) + by), Math.max(figures.length, place(here))));
};

const watcher = new IntersectionObserver((seen) => {
  for (const { isIntersecting, target } of seen) {
    if (!isIntersecting) continue;
    const at = [...figures].indexOf(target as HTMLElement);
    for (let next = at + 1; next <= at + AHEAD; next++) {
      const picture = figures[next]?.querySelector("img");
      if (picture) picture.loading = "eager";
    }
  }
});

/** Watches the pages that are new. */
export const fetchAhead = () => {
  for (const figure of figures) watcher.observe(figure);
};

/* Swiping */

let start: Touch | undefined;
let since = 0;
doc.addEventListener(
  "touchstart",
  (event) => {
    const [touch, second] = event.touches;
    const target = event.target as HTMLElement;
    start = second || target.closest("video,[popover],.pg.wide") ? undefined : touch;
    since = event.timeStamp;
  },
  { passive: true },
);
doc.addEventListener("touchend", (event) => {
  const end = event.changedTouches[0];
  if (!start || !end || event.timeStamp - since > 600) return;
  const across = end.clientX - start.clientX;
  const down = end.clientY - start.clientY;
  // A page that was enlarged with two fingers is moved about, not left.
  const enlarged = (window.visualViewport?.scale ?? 1) > 1.05;
  if (!enlarged && Math.abs(across) > 60 && Math.abs(across) > 2 * Math.abs(down) && getSelection()?.isCollapsed) {
    turn(across < 0 ? 1 : -1);
  }
  start = undefined;
});
