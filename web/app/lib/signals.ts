/** How signals, channels and scores are called and drawn. Pure. */
import type { AlertChannel, ScoreDay, SignalKind } from '../api/types.ts';

export const SIGNALS: { kind: SignalKind; name: string; icon: string; about: string }[] = [
  { kind: 'first_read', name: 'First read', icon: 'eye', about: 'Somebody reads a pitch for the first time' },
  { kind: 'new_person', name: 'New person', icon: 'users', about: 'Somebody at the account reads who never did before' },
  { kind: 'returned', name: 'Came back', icon: 'rotate-cw', about: 'Somebody reads again after a silence' },
  { kind: 'forwarded', name: 'Passed on', icon: 'arrow-right', about: 'A link is read by somebody it was not made for' },
  { kind: 'completed', name: 'Read to the end', icon: 'circle-check', about: 'Somebody has seen nearly all pages, and the last' },
  { kind: 'skipped_price', name: 'Skipped the price', icon: 'circle-slash', about: 'Somebody read on, but not the page with the price' },
  { kind: 'asked', name: 'Question', icon: 'sticky-note', about: 'Somebody asked something on a page' },
  { kind: 'shared', name: 'Share', icon: 'share-2', about: 'Somebody made a link for a colleague' },
  { kind: 'downloaded', name: 'Download', icon: 'download', about: 'Somebody downloaded an original' },
  { kind: 'sales_ready', name: 'Sales-ready', icon: 'flag', about: 'The score of a deal rose to the threshold' },
];

export const CHANNELS: { channel: AlertChannel; name: string }[] = [
  { channel: 'app', name: 'Bell' },
  { channel: 'mail', name: 'Mail' },
  { channel: 'chat', name: 'Chat' },
];

export function signalOf(kind: SignalKind): { name: string; icon: string } {
  return SIGNALS.find((one) => one.kind === kind) ?? { name: kind, icon: 'bell' };
}

/** A score as it is written: one decimal says enough. */
export function points(value: number): string {
  return new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(value);
}

/** The line of a score over the days, as the `d` of a path in a box of this size; the top is the greatest value or the threshold. */
export function sparkline(days: readonly ScoreDay[], threshold: number, width: number, height: number): { line: string; level: number } {
  const top = Math.max(threshold * 1.15, ...days.map((day) => day.value), 1);
  const y = (value: number) => Math.round((height - 1 - (value / top) * (height - 2)) * 10) / 10;
  const step = days.length > 1 ? width / (days.length - 1) : 0;
  const line = days.map((day, index) => `${index === 0 ? 'M' : 'L'}${Math.round(index * step * 10) / 10} ${y(day.value)}`).join('');
  return { line, level: y(threshold) };
}
