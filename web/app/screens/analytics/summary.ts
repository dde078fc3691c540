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

/** Long ranges are drawn by week, so that a line stays a line. Weeks start with the first day of the range. */
export function byWeek(series: readonly SeriesPoint[]): SeriesPoint[] {
  const weeks: SeriesPoint[] = [];
  for (const [index, point] of series.entries()) {
    const week = weeks[Math.floor(index / 7)];
    if (!week) weeks.push({ ...point });
    else {
      week.read += point.read;
      week.sent += point.sent;
      week.excluded += point.excluded;
    }
  }
  return weeks;
}

function sum(series: readonly SeriesPoint[], field: 'read' | 'sent' | 'excluded'): number {
  return series.reduce((total, point) => total + point[field], 0);
}
