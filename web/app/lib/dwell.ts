/** A visit as a strip of pages: how high each bar stands, and the same in words. Pure. */
import type { VisitView } from '../api/types.ts';
import { duration, plural } from './format.ts';

export type Cell = { key: string; label: string; share: number; current: boolean };
type Visit = Pick<VisitView, 'pages' | 'page_total' | 'current'>;

/** Less than this is not visible as a bar, and a glance is still a view. */
const LEAST = 0.12;

export function cellsOf(visit: Visit): Cell[] {
  const longest = Math.max(1, ...visit.pages.map((page) => page.active_ms));
  const seen = visit.pages.map((page) => ({
    key: `${page.item_id} ${page.page_number}`,
    label: `${page.item_title}, page ${page.page_number}: ${duration(page.active_ms)}`,
    share: Math.max(LEAST, page.active_ms / longest),
    current: page.page_number === visit.current?.page_number && page.item_title === visit.current.item_title,
  }));
  const unseen = Math.max(0, visit.page_total - seen.length);
  return [...seen, ...Array.from({ length: unseen }, (_, index) => ({ key: `unseen ${index}`, label: 'Not seen', share: 0, current: false }))];
}

export function dwellText(visit: Visit): string {
  const first = visit.pages[0];
  if (!first) return `None of ${plural(visit.page_total, 'page')} seen`;
  const longest = visit.pages.reduce((best, page) => (page.active_ms > best.active_ms ? page : best), first);
  const seen = `${visit.pages.length} of ${plural(Math.max(visit.page_total, visit.pages.length), 'page')} seen`;
  return `${seen}, longest on page ${longest.page_number} of ${longest.item_title}: ${duration(longest.active_ms)}`;
}
