import { expect, test } from 'vitest';
import { clashesOf, contentOf, merge } from './conflict.ts';

const base = contentOf({ title: 'A', message: 'Hello', items: [{ asset_id: '1' }], steps: [] });
const names = [
  { asset_id: '1', title: 'Deck' },
  { asset_id: '2', title: 'Sheet' },
];

test('different things changed by two are joined without a question', () => {
  const mine = { ...base, title: 'Mine' };
  const theirs = contentOf({ title: 'A', message: 'Hello', items: [{ asset_id: '1' }, { asset_id: '2' }], steps: [] });
  expect(clashesOf(base, mine, theirs, names)).toEqual([]);
  expect(merge(base, mine, theirs, 'mine')).toEqual({ title: false, message: false, items: true, steps: false });
});

test('the same thing changed by two is shown with both values, and decided', () => {
  const mine = { ...base, message: 'Mine', title: 'New' };
  const theirs = { ...base, message: 'Theirs' };
  expect(clashesOf(base, mine, theirs, names)).toEqual([{ label: 'Message', mine: 'Mine', theirs: 'Theirs' }]);
  expect(merge(base, mine, theirs, 'theirs')).toEqual({ title: false, message: true, items: false, steps: false });
  expect(merge(base, mine, theirs, 'mine').message).toBe(false);
});

test('the same change by two is no clash', () => {
  const both = { ...base, title: 'B' };
  expect(clashesOf(base, both, { ...both }, names)).toEqual([]);
});

test('the version that the server shows is no change of ours, one that is kept is', () => {
  const shown = contentOf({ title: 'A', message: 'Hello', items: [{ asset_id: '1', version_id: 'v', keeps_version: false }], steps: [] });
  expect(shown).toEqual(base);
  const kept = contentOf({ title: 'A', message: 'Hello', items: [{ asset_id: '1', version_id: 'v', keeps_version: true }], steps: [] });
  expect(kept).not.toEqual(base);
});

test('content is told by name, with sections and notes', () => {
  const mine = contentOf({ title: 'A', message: 'Hello', items: [{ asset_id: '2', page_number: 3, note: 'Look', section: 'Proof' }], steps: [] });
  const theirs = { ...base, items: [] };
  expect(clashesOf(base, mine, theirs, names)).toEqual([{ label: 'Content', mine: 'Proof: Sheet, page 3 (“Look”)', theirs: '(empty)' }]);
});
