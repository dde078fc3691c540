// Active reading time per page: what passes while a page is in view, the window has the focus and the reader is there.

/** Without input for this long the reader is taken to be away. */
export const IDLE_AFTER = 30_000;

/** A longer gap between two ticks means that the device slept; only this much of it counts. */
export const LONGEST_STEP = 2_000;

/** Less than this is passing by: it stays until more is added. */
export const LEAST_WORTH = 250;

/** What the reader sees from one tick to the next. */
export interface Seen {
  /** The page nearest the middle of the window; nothing while hidden or without focus. */
  page?: string;
  /** A video plays: watching needs no input. */
  playing?: boolean;
}

/** Time that was credited to a page and not yet reported. */
export interface Credit {
  page: string;
  ms: number;
  /** When the last of it passed. */
  at: number;
}

export class ReadingClock {
  private last: number;
  private lastInput: number;
  private seen: Seen = {};
  private credits = new Map<string, Credit>();

  constructor(now: number) {
    this.last = this.lastInput = now;
  }

  /** The reader moved, pressed or touched something. */
  input(now: number): void {
    this.lastInput = now;
  }

  /** Credits the time since the last tick to what was seen then, and notes what is seen now. */
  tick(now: number, seen: Seen): void {
    const { page, playing } = this.seen;
    const until = playing ? now : Math.min(now, this.lastInput + IDLE_AFTER);
    const ms = Math.min(until - this.last, LONGEST_STEP);
    if (page && ms > 0) {
      const sum = (this.credits.get(page)?.ms ?? 0) + ms;
      // Set anew, so that the page seen last stands last.
      this.credits.delete(page);
      this.credits.set(page, { page, ms: sum, at: now });
    }
    this.last = now;
    this.seen = seen;
  }

  /** Hands over the credits that are worth a report, the page seen last in the end. */
  take(): Credit[] {
    const taken = [...this.credits.values()].filter(({ ms }) => ms >= LEAST_WORTH);
    taken.forEach(({ page }) => this.credits.delete(page));
    return taken;
  }
}

/** The extent of a page in the window, from its upper edge. */
export interface Extent {
  top: number;
  bottom: number;
}

/** The index of the page nearest the middle of a window of this height, or -1 if none is in view. */
export function nearest(pages: Extent[], height: number): number {
  const middle = height / 2;
  let found = -1;
  let least = Infinity;
  pages.forEach(({ top, bottom }, index) => {
    const away = Math.max(top - middle, middle - bottom, 0);
    if (bottom > 0 && top < height && away < least) {
      least = away;
      found = index;
    }
  });
  return found;
}
