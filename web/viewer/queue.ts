// Events that the server has not acknowledged. They are kept on the device, under the visit they belong to, so that
// a closed tab or a lost network loses none; sent again, they carry the same ids.

export interface Signal {
  /** Made here; the server counts an id once. */
  id: string;
  kind: "opened" | "page_viewed" | "zoomed" | "video_played" | "link_clicked";
  item?: string;
  page?: number;
  active_ms?: number;
  data?: Record<string, unknown>;
  /** When it happened, by this device's clock. */
  at: number;
}

/** What goes to the server at once. */
export interface Batch {
  visit: string;
  ids: string[];
  body: string;
}

/** The part of `Storage` that is used. */
export interface Store {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** Beyond this many of one visit the oldest go. */
const MOST_KEPT = 500;
/** Stays below the 64 KiB that a browser sends while a page closes. */
const MOST_SENT = 100;

export class Queue {
  private visits = new Map<string, Signal[]>();

  /** `store` may be missing: then nothing outlives the page. */
  constructor(
    private visit: string,
    private prefix: string,
    private store?: Store,
  ) {
    this.visits.set(visit, []);
    for (let index = 0; index < (store?.length ?? 0); index++) {
      const key = store!.key(index)!;
      if (key.startsWith(prefix)) {
        try {
          this.visits.set(key.slice(prefix.length), JSON.parse(store!.getItem(key)!));
        } catch {
          // Not ours, or cut short: it is overwritten when there is something to keep.
        }
      }
    }
  }

  add(signal: Signal): void {
    this.keep(this.visit, [...this.visits.get(this.visit)!, signal].slice(-MOST_KEPT));
  }

  /** The next events to send: this visit's first, then those left over from earlier ones. */
  next(now: number): Batch | undefined {
    for (const [visit, signals] of this.visits) {
      const events = signals
        .slice(0, MOST_SENT)
        .map(({ at, ...rest }) => ({ ...rest, ago_ms: Math.max(0, Math.round(now - at)) }));
      if (events.length) {
        return { visit, ids: events.map(({ id }) => id), body: JSON.stringify({ visit, events }) };
      }
    }
    return undefined;
  }

  /** The server has these for good, or will never take them. */
  settle({ visit, ids }: Batch): void {
    this.keep(visit, this.visits.get(visit)!.filter(({ id }) => !ids.includes(id)));
  }

  private keep(visit: string, signals: Signal[]): void {
    this.visits.set(visit, signals);
    try {
      if (signals.length) this.store?.setItem(this.prefix + visit, JSON.stringify(signals));
      else this.store?.removeItem(this.prefix + visit);
    } catch {
      // The device is full or forbids it: the events live as long as the page does.
    }
  }
}
