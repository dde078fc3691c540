// Finer signs of who reads than the first script counts, and what was watched of videos. The first script reports both.

import { watch } from "../hands";
import { doc } from "./page";

const [facts, see] = watch(navigator.webdriver);
// What the first script counts itself, from the beginning, stands over these.
Object.assign(doc, { signs: facts });
// A script scrolls in steps, and a browser that scrolls smoothly makes a row of events of each: its end counts, where
// the browser tells it.
const scrolled = "onscrollend" in doc ? "scrollend" : "scroll";
for (const type of ["pointermove", "pointerdown", "keydown", "touchstart", "wheel", scrolled, "focusin", "click"]) {
  addEventListener(type, (event) => see(event, performance.now()), { passive: true, capture: true });
}

/** Stretches of seconds; the browser joins what was watched twice. */
const stretches = ({ played }: HTMLVideoElement) =>
  Array.from({ length: played.length }, (_, index) => [
    Math.floor(played.start(index)),
    Math.ceil(played.end(index)),
  ]);

const told = new Map<HTMLVideoElement, string>();
/** Tells what was watched since it was told last. */
const tell = () => {
  for (const video of doc.querySelectorAll("video")) {
    const watched = stretches(video);
    if (!watched.length || told.get(video) == `${watched}`) continue;
    told.set(video, `${watched}`);
    const figure = video.closest("[data-n]")!;
    figure.dispatchEvent(
      new CustomEvent("video_played", { bubbles: true, detail: { watched: watched.slice(-50) } }),
    );
  }
};
setInterval(tell, 5000);
// Before the first script sends what it has: it listens to the window, after the document.
doc.addEventListener("visibilitychange", tell);
