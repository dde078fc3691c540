// Runs on the prospect's page: shows where one is, opens what is folded, shares, and reports what was read.
//
// The page works without it. It is inlined by the server, so it knows nothing but what stands in the page: the
// field `visit` of a form lets it report (a preview has none), each page has a `data-n`, each item a `data-i`. What
// nobody waits for is in the second script, `reader.ts`, which is loaded when the page is there.

import { ReadingClock, nearest } from "./clock";
import { Queue, type Signal } from "./queue";

const SEND_EVERY = 10_000;
const LONGEST_WAIT = 300_000;
/** Whoever was away for longer comes back: the server begins another visit. */
const AWAY = 1_800_000;
const CHECK_EVERY = 4_000;

const doc = document;
const nav = navigator as Navigator & { globalPrivacyControl?: boolean };
const base = location.pathname;
const find = <T extends HTMLElement>(selector: string) => doc.querySelector<T>(selector)!;
// Those that the second script adds behind them too.
const pages = doc.getElementsByTagName("figure") as HTMLCollectionOf<HTMLElement>;
const place = (page: HTMLElement) => ({
  item: page.closest<HTMLElement>("[data-i]")!.dataset.i,
  page: +page.dataset.n!,
});

/* Where one is */

let current = -1;
const look = () => {
  current = nearest(
    [...pages].map((page) => page.getBoundingClientRect()),
    innerHeight,
  );
  const count = find("#n");
  if (current >= 0) count.textContent = `${current + 1} / ${count.dataset.c}`;
  const way = doc.documentElement.scrollHeight - innerHeight;
  find("#b").style.transform = `scaleX(${way > 0 ? Math.min(1, scrollY / way) : 1})`;
};
addEventListener("scroll", look, { passive: true });
addEventListener("resize", look);
look();

/* What is reported */

/** Where the second script leaves what it saw. */
const signs = doc as Document & { signs?: Record<string, number> };
let report = (_: Pick<Signal, "kind"> & Partial<Signal>) => {};
const visit = doc.querySelector<HTMLInputElement>("[name=visit]")?.value;

if (visit) {
  const random = () =>
    "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
      (+digit ^ (crypto.getRandomValues(new Uint8Array(1))[0]! & (15 >> (+digit / 4)))).toString(16),
    );
  let store: Storage | undefined;
  try {
    // Whoever asks for privacy gets nothing kept on the device.
    if (!nav.globalPrivacyControl) store = localStorage;
  } catch {
    // Storage is forbidden here.
  }
  const queue = new Queue(visit, `lastmile ${base} `, random(), store);
  const clock = new ReadingClock(performance.now());
  // Counts of the whole visit so far: they tell a person from a program. The second script adds finer ones.
  const facts = { webdriver: !!nav.webdriver, inputs: 0, untrusted: 0 };
  const videos = [...doc.querySelectorAll("video")];
  // A clock that nobody sets while the page is there.
  const stamp = () => performance.timeOrigin + performance.now();

  report = (signal) => queue.add({ id: random(), at: stamp(), data: { ...signs.signs, ...facts }, ...signal });

  const tick = () => {
    const there = doc.visibilityState == "visible" && doc.hasFocus();
    clock.tick(performance.now(), {
      page: there && current >= 0 ? `${current}` : undefined,
      playing: videos.some((video) => !video.paused && !video.ended),
    });
  };

  const read: Record<string, number> = {};
  let completed = false;

  /** Puts the time that was read into the queue. */
  const collect = () => {
    tick();
    const credits = clock.take();
    credits.forEach(({ page, ms, at }, index) => {
      read[page] = (read[page] ?? 0) + ms;
      report({
        kind: "page_viewed",
        ...place(pages[+page]!),
        active_ms: Math.round(ms),
        at: performance.timeOrigin + at,
        // Counts of the whole visit: the last report of them is enough.
        ...(index < credits.length - 1 && { data: undefined }),
      });
    });
    if (!completed && Object.values(read).filter((ms) => ms >= 1000).length >= +find("#n").dataset.c!) {
      completed = true;
      report({ kind: "completed" });
    }
  };

  /** Taken back, run out, or asking again: what is on the screen goes at once, and the server's page says why. */
  const check = async () => {
    if (doc.hidden) return;
    const reply = await fetch(`${base}/status`).catch(() => undefined);
    if (reply && [403, 404, 410].includes(reply.status)) {
      doc.body.hidden = true;
      location.reload();
    }
  };
  setInterval(check, CHECK_EVERY);

  let busy = false;
  let wait = 0;
  let due = 0;
  const send = async () => {
    if (busy) return;
    busy = true;
    for (let batch; (batch = queue.next(stamp())); ) {
      let status = 0;
      let after = 0;
      try {
        const reply = await fetch(`${base}/events`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: batch.body,
          keepalive: true,
        });
        status = reply.status;
        after = +(reply.headers.get("retry-after") ?? 0) * 1000;
      } catch {
        // No network: they stay.
      }
      if (status == 403 || status == 410) void check();
      if (status < 200 || status == 429 || status >= 500) {
        wait = Math.min(Math.max(wait * 2, SEND_EVERY, after), LONGEST_WAIT);
        break;
      }
      wait = 0;
      queue.settle(batch);
    }
    busy = false;
    due = Date.now() + (wait || SEND_EVERY);
  };

  /** The page may not come back: what is new goes out now. */
  const leave = () => {
    collect();
    // What passes until the page is shown again is not reading.
    clock.tick(performance.now(), {});
    left = Date.now();
    const batch = queue.next(stamp());
    if (!batch) return;
    // Not acknowledged this way, so it stays in the queue; a second arrival counts nothing.
    if (busy) nav.sendBeacon?.(`${base}/events`, new Blob([batch.body], { type: "application/json" }));
    else void send();
  };

  let left = 0;
  /** The page is in view again: from another tab, from sleep, or from the browser's memory of pages. */
  const back = () => {
    tick();
    if (left && Date.now() - left > AWAY) report({ kind: "returned" });
    left = 0;
  };

  for (const type of ["pointermove", "pointerdown", "keydown", "touchstart", "wheel", "scroll"]) {
    addEventListener(
      type,
      ({ isTrusted }) => {
        if (isTrusted) clock.input(performance.now());
        // A script that scrolls makes trusted events, so scrolling proves nobody.
        if (type != "scroll") facts[isTrusted ? "inputs" : "untrusted"]++;
      },
      { passive: true, capture: true },
    );
  }
  doc.addEventListener("visibilitychange", () => (doc.hidden ? leave() : (back(), void check())));
  addEventListener("pagehide", leave);
  addEventListener("pageshow", ({ persisted }) => persisted && back());
  addEventListener("focus", tick);
  addEventListener("blur", tick);

  let opened = 0;
  setInterval(() => {
    tick();
    if (!opened && doc.visibilityState == "visible") {
      opened = 1;
      report({ kind: "opened" });
      void send();
    } else if (Date.now() > due) {
      collect();
      void send();
    }
  }, 1000);
}

/* What can be opened */

doc.addEventListener("click", (event) => {
  const link = (event.target as HTMLElement).closest<HTMLAnchorElement>("a");
  const page = link?.closest<HTMLElement>("[data-n]");
  const picture = page && link!.querySelector("img");
  if (picture && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    const { offsetX, offsetY } = event;
    const enlarged = page.classList.toggle("zoom");
    picture.sizes = enlarged ? "200vw" : "";
    if (enlarged) {
      // What was pointed at comes into the middle.
      link!.scrollTo(offsetX * 2 - link!.clientWidth / 2, offsetY * 2 - link!.clientHeight / 2);
      report({ kind: "zoomed", ...place(page) });
    }
  } else if (link?.target && current >= 0) {
    report({ kind: "link_clicked", ...place(pages[current]!) });
  }
});

// It does not bubble.
doc.addEventListener(
  "toggle",
  async ({ target }) => {
    const text = (target as HTMLElement).querySelector("[data-t] > p");
    const there = text?.querySelector("a");
    if (there) text!.textContent = await (await fetch(there.href)).text();
  },
  true,
);
// The second script enlarges in its own way, and knows what was watched of a video; it says so.
for (const kind of ["zoomed", "video_played"] as const) {
  doc.addEventListener(kind, (event) => {
    const data = (event as CustomEvent).detail;
    report({ kind, ...place(event.target as HTMLElement), ...(data && { data }) });
  });
}
addEventListener("load", () => {
  // What is on the screen comes first.
  setTimeout(() => doc.head.append(Object.assign(doc.createElement("script"), { src: doc.body.dataset.r })), 150);
});
