// Reading with the keyboard.

import { figures, total } from "./page";
import { current, go, turn } from "./travel";
import { zoom } from "./zoom";

/** Listens; a key means nothing where one writes or where a panel is open. */
export const keys = (open: { search: () => void; help: () => void }) => {
  const last = () => Math.max(total, figures.length);
  const acts: Record<string, () => boolean | void> = {
    ArrowRight: () => turn(1),
    ArrowLeft: () => turn(-1),
    // A page that goes on below the window is read on first.
    PageDown: () => (current()?.getBoundingClientRect().bottom ?? 0) > innerHeight + 8 || turn(1),
    PageUp: () => (current()?.getBoundingClientRect().top ?? 0) < 48 || turn(-1),
    Home: () => void go(1),
    End: () => void go(last()),
    "+": () => zoom.step(1),
    "=": () => zoom.step(1),
    "-": () => zoom.step(-1),
    "0": () => zoom.to(1),
    "/": open.search,
    "?": open.help,
  };
  addEventListener("keydown", (event) => {
    const target = event.target as HTMLElement;
    if (event.defaultPrevented || event.altKey || event.metaKey || event.ctrlKey) return;
    if (target.closest("input,textarea,select,video,[popover],.pg.wide,[contenteditable]")) return;
    const act = acts[event.key];
    // What says true leaves the key to the browser.
    if (act && act() !== true) event.preventDefault();
  });
};
