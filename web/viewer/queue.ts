// Events that the server has not acknowledged. They are kept on the device, under the visit they belong to, so that
// a closed tab or a lost network loses none; sent again, they carry the same ids.

export interface Signal {
  /** Made here; the server counts an id once. */
  id: string;
  kind: "opened" | "page_viewed" | "zoomed" | "video_played" | "link_clicked" | "completed" | "returned";
  item?: string;
  page?: number;
  active_ms?: number;
  data?: Record<string, unknown>;
  /** When it happened, by this device's clock. */
  at: number;
}

/** What goes to the server at once. */
export interface Batch {
  key: string;
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

/** Its keys are a visit's token and a name of the page: two tabs of one visit keep their events apart. */
export class Queue {
  private kept = new Map<string, Signal[]>();
  private own: string;

  /** `store` may be missing: then nothing outlives the page. */
  constructor(
    visit: string,
    private prefix: string,
    page: string,
    private store?: Store,
  ) {
    this.own = `${visit} ${page}`;
    this.kept.set(this.own, []);
    for (let index = 0; index < (store?.length ?? 0); index++) {
      const key = store!.key(index)!;
      if (key.startsWith(prefix)) {
        try {
          this.kept.set(key.slice(prefix.length), JSON.parse(store!.getItem(key)!));
        } catch {
          // Not ours, or cut short: it is overwritten when there is something to keep.
        }
      }
    }
  }

  add(signal: Signal): void {
    this.keep(this.own, [...this.kept.get(this.own)!, signal].slice(-MOST_KEPT));
  }

  /** The next events to send: this page's first, then those left over from earlier ones. */
  next(now: number): Batch | undefined {
    for (const [key, signals] of this.kept) {
      const events = signals
        .slice(0, MOST_SENT)
        .map(({ at, ...rest }) => ({ ...rest, ago_ms: Math.max(0, Math.round(now - at)) }));
      if (events.length) {
        const visit = key.split(" ")[0]!;
        return { key, ids: events.map(({ id }) => id), body: JSON.stringify({ visit, events }) };
      }
    }
    return undefined;
  }

  /** The server has these for good, or will never take them. */
  settle({ key, ids }: Batch): void {
    this.keep(key, this.kept.get(key)!.filter(({ id }) => !ids.includes(id)));
  }

  private keep(key: string, signals: Signal[]): void {
    this.kept.set(key, signals);
    try {
      if (signals.length) this.store?.setItem(this.prefix + key, JSON.stringify(signals));
      else this.store?.removeItem(this.prefix + key);
    } catch {
      // The device is full or forbids it: the events live as long as the page does.
    }
  }
}
