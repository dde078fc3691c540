/** The dates of a report: a preset, or two days of one's own. Pure. */
import { isoDay } from '../../lib/format.ts';

export type Preset = '30' | '90' | '365' | 'custom';
export const PRESETS: { value: Preset; label: string }[] = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'Year' },
  { value: 'custom', label: 'Dates' },
];
const STANDARD: Preset = '90';
const DAY = /^\d{4}-\d{2}-\d{2}$/;

export type Range = { preset: Preset; from: string; to: string };

export function rangeOf(query: URLSearchParams, now = Date.now()): Range {
  const from = query.get('from') ?? '';
  const to = query.get('to') ?? '';
  if (DAY.test(from) && DAY.test(to) && from <= to) return { preset: 'custom', from, to };
  const preset = PRESETS.find((one) => one.value === query.get('days') && one.value !== 'custom')?.value ?? STANDARD;
  return { preset, from: isoDay(Number(preset) - 1, now), to: isoDay(0, now) };
}

/** What the address has to say for a preset; the standard one goes without saying. */
export function presetQuery(preset: Preset, range: Range): Record<string, string | null> {
  if (preset === 'custom') return { days: null, from: range.from, to: range.to };
  return { days: preset === STANDARD ? null : preset, from: null, to: null };
}
