// What tells a person from a program: which inputs there were, which way the pointer went, and at what pace. Only
// counts, of the whole visit so far; never what was pressed or where.

/** Acts closer together than this are one: a movement, a swipe. */
const ONE_ACT = 150;
/** A longer pause is an absence. */
const ABSENCE = 20_000;
/** A change of direction: the sine of 6 degrees. */
const BEND = 0.1;

const KINDS: Record<string, number> = { pointermove: 1, pointerdown: 2, keydown: 4, touchstart: 8, wheel: 16 };

/** Watches the hands of one visit. The first of what it gives is the counts so far, the second takes note of an event. */
export const watch = (webdriver: boolean) => {
  const facts = { webdriver, inputs: 0, untrusted: 0, kinds: 0, moves: 0, bends: 0, gaps: 0, spread: 0, assisted: 0 };
  let last = 0;
  let sum = 0;
  let squares = 0;
  let pressed = -ABSENCE;
  let [x, y, dx, dy] = [0, 0, 0, 0];

  /** Of one of the kinds, or an end of scrolling, clicking, focusing. */
  const see = (event: Event, now: number) => {
    const { type, isTrusted } = event;
    const kind = KINDS[type];
    // A script that scrolls makes trusted events, so scrolling proves nobody.
    if (kind) facts[isTrusted ? "inputs" : "untrusted"]++;
    if (!isTrusted) return;
    if (type == "focusin" || type == "click") {
      // Without a pointer: by keyboard, by voice, by a screen reader.
      if (now - pressed > 500 && !(event as UIEvent).detail) facts.assisted++;
      return;
    }
    // What a hand does tells its pace better than what the page makes of it.
    if (!kind && facts.inputs) return;
    facts.kinds |= kind!;
    if (kind == 2) pressed = now;
    if (kind == 1) {
      const { clientX, clientY } = event as PointerEvent;
      const [toX, toY] = [clientX - x, clientY - y];
      facts.moves++;
      if (Math.abs(toX * dy - toY * dx) > BEND * Math.hypot(toX, toY) * Math.hypot(dx, dy)) facts.bends++;
      [x, y, dx, dy] = [clientX, clientY, toX, toY];
    }
    const gap = now - last;
    if (last && gap > ONE_ACT && gap < ABSENCE) {
      const mean = (sum += gap) / ++facts.gaps;
      squares += gap * gap;
      facts.spread = Math.round((100 * Math.sqrt(Math.abs(squares / facts.gaps - mean * mean))) / mean);
    }
    last = now;
  };
  return [facts, see] as const;
};
