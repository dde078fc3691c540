import { expect, test } from 'vitest';
import { aroundChanges } from './passages.ts';

const words = (many: number) => Array.from({ length: many }, (_, at) => `word${at} `).join('');
const whole = (passages: ReturnType<typeof aroundChanges>) => passages.map((one) => ('text' in one ? one.text : '')).join('');

test('what stands beside a change stays, and long stretches give way to their number of words', () => {
  const shown = aroundChanges([
    { kind: 'same', text: words(100) },
    { kind: 'removed', text: 'old ' },
    { kind: 'added', text: 'new ' },
    { kind: 'same', text: words(100) },
    { kind: 'added', text: 'more ' },
    { kind: 'same', text: words(100) },
  ]);
  expect(shown.map((one) => one.kind)).toEqual(['left_out', 'same', 'removed', 'added', 'same', 'left_out', 'same', 'added', 'same', 'left_out']);
  const left = shown.reduce((sum, one) => sum + (one.kind === 'left_out' ? one.words : 0), 0);
  const kept = whole(shown).split(/\s+/).filter(Boolean);
  expect(left + kept.length, 'no word is cut in two').toBe(303);
  expect(kept.every((word) => /^(word\d+|old|new|more)$/.test(word))).toBe(true);
});

test('a short stretch stays whole, and so does a text without blanks that is one change', () => {
  const short = [
    { kind: 'same' as const, text: 'A few words ' },
    { kind: 'added' as const, text: 'x'.repeat(500) },
    { kind: 'same' as const, text: 'at the end' },
  ];
  expect(aroundChanges(short)).toEqual(short);
  expect(aroundChanges([])).toEqual([]);
});
