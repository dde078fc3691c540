/** What a chart shows, in one sentence. Pure. */
import type { SeriesPoint } from '../../api/types.ts';
import { day, number, plural } from '../../lib/format.ts';

export function summarise(series: readonly SeriesPoint[]): string {
  const first = series[0];
  if (!first) return 'There are no days in this range.';
  const reads = sum(series, 'read');
  const sent = sum(series, 'sent');
  const excluded = sum(series, 'excluded');
  const days = plural(series.length, 'day');
  const left = excluded > 0 ? ` ${plural(excluded, 'machine visit')} left out.` : '';
  if (reads === 0) return `Nothing was read in ${days}; ${plural(sent, 'link')} sent.${left}`;
  const best = series.reduce((most, point) => (point.read > most.read ? point : most), first);
  return `${plural(reads, 'read')} and ${plural(sent, 'link')} sent in ${days}; most reads on ${day(best.day)} (${number(best.read)}).${left}`;
}

/**
 * Long ranges are drawn by week, so that a line stays a line. Weeks are counted back from the last day, and a rest of less
 * than seven days at the beginning is not drawn: it would look like a slump.
 */
export function byWeek(series: readonly SeriesPoint[]): SeriesPoint[] {
  const weeks: SeriesPoint[] = [];
  for (let end = series.length; end >= 7; end -= 7) {
    const days = series.slice(end - 7, end);
    const first = days[0];
    if (first) weeks.unshift({ day: first.day, read: sum(days, 'read'), sent: sum(days, 'sent'), excluded: sum(days, 'excluded') });
  }
  return weeks;
}

function sum(series: readonly SeriesPoint[], field: 'read' | 'sent' | 'excluded'): number {
  return series.reduce((total, point) => total + point[field], 0);
}
