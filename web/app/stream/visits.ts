/** What the live screens know about visits: a pure fold of the snapshot and the stream. Holds no connection. */
import type { VisitView } from '../api/types.ts';

/** A viewer who gave no sign for this long is away: the tracker reports every ten seconds while a page is shown. */
export const LIVE_MS = 45_000;
/** The live screens look back this far, as the server's snapshot does. */
export const RECENT_MS = 30 * 60_000;

/** The newer account of a visit wins, whatever order snapshot and stream arrive in. */
export function mergeVisit(visits: readonly VisitView[], visit: VisitView): VisitView[] {
  const known = visits.find((one) => one.id === visit.id);
  if (!known) return [visit, ...visits];
  if (time(known.last_seen_at) > time(visit.last_seen_at)) return [...visits];
  return visits.map((one) => (one.id === visit.id ? visit : one));
}

export function mergeSnapshot(visits: readonly VisitView[], snapshot: readonly VisitView[]): VisitView[] {
  return snapshot.reduce<VisitView[]>((all, visit) => mergeVisit(all, visit), [...visits]);
}

export function isLive(visit: VisitView, now: number): boolean {
  return visit.class !== 'machine' && now - time(visit.last_seen_at) < LIVE_MS;
}

/** People first seen last on top, and the machines apart. */
export function arrange(visits: readonly VisitView[], now: number): { people: VisitView[]; machines: VisitView[]; live: number } {
  const recent = visits
    .filter((visit) => now - time(visit.last_seen_at) < RECENT_MS)
    .sort((a, b) => time(b.last_seen_at) - time(a.last_seen_at));
  const people = recent.filter((visit) => visit.class !== 'machine');
  return {
    people,
    machines: recent.filter((visit) => visit.class === 'machine'),
    live: people.filter((visit) => isLive(visit, now)).length,
  };
}

/** One sentence for screen readers; the screen itself says more. */
export function announce(people: readonly VisitView[], now: number): string {
  const live = people.filter((visit) => isLive(visit, now));
  if (live.length === 0) return 'Nobody is reading right now.';
  const said = live.slice(0, 3).map((visit) => {
    const page = visit.current ? `, page ${visit.current.page_number} of ${visit.current.item_title}` : '';
    return `${visit.viewer_name ?? 'New viewer'}, ${visit.account_name}${page}`;
  });
  const rest = live.length - said.length;
  return `Reading now: ${said.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}.`;
}

function time(text: string): number {
  return new Date(text).getTime();
}
