// Larger and smaller: all pages at once, about the point that one looks at.

import { doc, figures, place, tell } from "./page";
import { current } from "./travel";

const STEPS = [1, 1.25, 1.5, 2, 2.5, 3, 4];
/** The column at its usual size; its pictures are narrower by the margins. */
const COLUMN = 1132;
const MARGINS = 32;

const column = doc.querySelector<HTMLElement>("main")!;
let size = 1;
let changed: (size: number) => void = () => {};

const sizes = () =>
  size > 1 ? `${Math.round(Math.min(innerWidth - MARGINS, COLUMN - MARGINS) * size)}px` : "(max-width:1132px) 100vw,1100px";

const sharpen = () => {
  for (const picture of doc.querySelectorAll<HTMLImageElement>("figure img")) {
    if (picture.sizes != sizes()) picture.sizes = sizes();
  }
};

/** Sets the size; the point (`x`, `y`) of the window stays where it is. */
const to = (next: number, x = innerWidth / 2, y = innerHeight / 2, figure = current()) => {
  next = Math.min(Math.max(1, next), STEPS[STEPS.length - 1]!);
  if (next == size) return;
  const page = figure?.querySelector<HTMLElement>(".pg");
  const inner = page?.firstElementChild;
  const before = inner?.getBoundingClientRect();
  const grew = next > size;
  size = next;
  column.classList.toggle("z", size > 1);
  column.style.setProperty("--z", `${size}`);
  column.style.maxWidth = size > 1 ? `${COLUMN * size}px` : "";
  for (const one of doc.querySelectorAll<HTMLElement>(".pg")) {
    const wide = one.scrollWidth > one.clientWidth + 1;
    one.classList.toggle("wide", wide);
    // What scrolls must be reached with the keyboard.
    if (wide) one.tabIndex = 0;
    else one.removeAttribute("tabindex");
  }
  sharpen();
  if (page && inner && before) {
    const after = inner.getBoundingClientRect();
    scrollBy({ top: after.top + ((y - before.top) / before.height) * after.height - y, behavior: "instant" });
    page.scrollLeft += after.left + ((x - before.left) / before.width) * after.width - x;
  }
  changed(size);
  if (grew) tell("zoomed", figure);
};

const step = (by: number) => {
  const at = STEPS.findIndex((one) => one >= size - 0.01);
  to(STEPS[Math.min(Math.max(0, at + by), STEPS.length - 1)]!);
};

const start = (told: (size: number) => void) => {
  changed = told;
  const pageOf = (event: Event) =>
    (event.target as HTMLElement).closest<HTMLElement>(".pg")?.closest<HTMLElement>("figure") ?? undefined;
  // A double tap is a double click; with a mouse it would select a word of the text.
  column.addEventListener("dblclick", (event) => {
    const figure = pageOf(event);
    if (!figure) return;
    getSelection()?.removeAllRanges();
    to(size > 1 ? 1 : 2, event.clientX, event.clientY, figure);
  });
  // Two fingers on a touchpad come as a wheel with the control key.
  column.addEventListener(
    "wheel",
    (event) => {
      const figure = event.ctrlKey ? pageOf(event) : undefined;
      if (!figure) return;
      event.preventDefault();
      to(size * Math.exp(-Math.max(-50, Math.min(50, event.deltaY)) / 200), event.clientX, event.clientY, figure);
    },
    { passive: false },
  );
  // Two fingers on a screen enlarge the window itself; what is told of it is told once a page.
  const told2 = new Set<number>();
  window.visualViewport?.addEventListener("resize", () => {
    const figure = current();
    if (!figure || window.visualViewport!.scale < 1.2 || told2.has(place(figure))) return;
    told2.add(place(figure));
    tell("zoomed", figure);
  });
  addEventListener("resize", () => size > 1 && sharpen());
};

export const zoom = { start, step, to, sharpen, get size() { return size; }, figures };
