/**
 * The one connection that brings visits and notifications while somebody is signed in. After every (re)connection it takes
 * a snapshot, so that a gap in the stream loses nothing on the screen.
 */
import { live, notifications, readNotifications } from '../api/engagement.ts';
import type { NotificationView, VisitView } from '../api/types.ts';
import { arrange, mergeSnapshot, mergeVisit } from './visits.ts';

const RETRY_MS = [1000, 2000, 5000, 10_000, 20_000];
/** Short breaks are not worth a word. */
const SILENCE_MS = 1500;

let visits = $state.raw<VisitView[]>([]);
let news = $state.raw<NotificationView[]>([]);
let unread = $state(0);
let broken = $state(false);
let now = $state(Date.now());
const arranged = $derived(arrange(visits, now));

export const stream = {
  get people() {
    return arranged.people;
  },
  get machines() {
    return arranged.machines;
  },
  get live() {
    return arranged.live;
  },
  get notifications() {
    return news;
  },
  get unread() {
    return unread;
  },
  get reconnecting() {
    return broken;
  },
  /** Ticks every five seconds, so that "idle for" grows while nothing arrives. */
  get now() {
    return now;
  },
};

const visitListeners = new Set<(visit: VisitView) => void>();

/** A screen that shows the visits of one deal hears about each. Returns what ends it. */
export function onVisit(listener: (visit: VisitView) => void): () => void {
  visitListeners.add(listener);
  return () => visitListeners.delete(listener);
}

/** A visit that was judged otherwise, before the stream says so. */
export function correct(visit: VisitView): void {
  visits = visits.map((one) => (one.id === visit.id ? visit : one));
}

export async function markRead(): Promise<void> {
  const latest = Math.max(0, ...news.map((one) => one.id));
  if (unread === 0 || latest === 0) return;
  await readNotifications(latest);
  const at = new Date().toISOString();
  news = news.map((one) => ({ ...one, read_at: one.read_at ?? at }));
  unread = 0;
}

/** Looks at the notifications again: one that is unread may have taken in more of its visit. */
export async function refresh(): Promise<void> {
  try {
    const list = await notifications();
    const known = new Map(list.items.map((one) => [one.id, one]));
    news = news.map((one) => ({ ...one, body: known.get(one.id)?.body ?? one.body }));
  } catch {
    // What is there is shown; the next opening tries again.
  }
}

/** Opens the stream. Returns what closes it and forgets what it brought. */
export function connect(watchesVisits: boolean): () => void {
  let source: EventSource | undefined;
  let failures = 0;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let ended = false;

  const open = () => {
    source = new EventSource('/api/v1/stream');
    source.onopen = () => {
      failures = 0;
      clearTimeout(silence);
      silence = undefined;
      broken = false;
      void snapshot();
    };
    source.onerror = () => {
      silence ??= setTimeout(() => (broken = true), SILENCE_MS);
      // The browser reconnects a cut stream by itself, but gives up on a refused one.
      if (source?.readyState !== EventSource.CLOSED) return;
      clearTimeout(retry);
      retry = setTimeout(open, RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)]);
    };
    source.addEventListener('visit', (event) => {
      const visit = JSON.parse(event.data as string) as VisitView;
      now = Date.now();
      visits = mergeVisit(visits, visit);
      for (const listener of visitListeners) listener(visit);
    });
    source.addEventListener('notification', (event) => {
      const item = JSON.parse(event.data as string) as NotificationView;
      if (news.some((one) => one.id === item.id)) return;
      news = [item, ...news];
      if (!item.read_at) unread += 1;
    });
  };

  const snapshot = async () => {
    try {
      const [items, list] = await Promise.all([watchesVisits ? live() : undefined, notifications()]);
      if (ended) return;
      now = Date.now();
      if (items) visits = mergeSnapshot(visits, items.items);
      news = list.items;
      unread = list.unread;
    } catch {
      // The stream itself is up; the next connection takes the next snapshot.
    }
  };

  open();
  const clock = setInterval(() => (now = Date.now()), 5000);
  return () => {
    ended = true;
    source?.close();
    clearInterval(clock);
    clearTimeout(retry);
    clearTimeout(silence);
    visits = [];
    news = [];
    unread = 0;
    broken = false;
  };
}
