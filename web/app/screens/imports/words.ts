/** How an import is spoken of. */
import type { ImportOutcome, ImportState, ImportView } from '../../api/types.ts';
import { number } from '../../lib/format.ts';

export const STATES: Record<ImportState, string> = {
  checking: 'Being looked through',
  checked: 'Waits for your go',
  running: 'Coming in',
  done: 'Done',
  failed: 'Failed',
};

export const OUTCOMES: [ImportOutcome, string, string][] = [
  ['created', 'New', 'new'],
  ['new_version', 'New version', 'new versions'],
  ['unchanged', 'Unchanged', 'unchanged'],
  ['refused', 'Not taken in', 'not taken in'],
];

export function summaryOf(one: Pick<ImportView, 'counts'>): string {
  const parts = OUTCOMES.filter(([outcome]) => one.counts[outcome] > 0).map(([outcome, , words]) => `${number(one.counts[outcome])} ${words}`);
  return parts.join(', ') || '–';
}
