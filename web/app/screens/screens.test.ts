import { beforeAll, describe, expect, it } from 'vitest';
import type { LinkView, SeriesPoint } from '../api/types.ts';
import { setFormats } from '../lib/format.ts';
import { presetQuery, rangeOf } from './analytics/range.ts';
import { byWeek, summarise } from './analytics/summary.ts';
import { treeOf } from './composer/links.ts';
import { chipsOf, searchOf, withoutFilters, withoutQuotes } from './library/filters.ts';

beforeAll(() => setFormats('en-GB', 'UTC'));

describe('the library’s address', () => {
  const query = new URLSearchParams('q=+cold+chain+&kind=deck&kind=guide&opportunity=o1&sort=title&rubbish=1');

  it('is the search', () => {
    expect(searchOf(query)).toEqual({ q: 'cold chain', kind: ['deck', 'guide'], opportunity: 'o1', sort: 'title', limit: 20 });
    expect(searchOf(new URLSearchParams('sort=relevance'))).toEqual({ limit: 20 });
  });
  it('says whether somebody is still typing, and what the words are without quotes', () => {
    expect(searchOf(new URLSearchParams('q=vacc'), true)).toEqual({ q: 'vacc', typing: true, limit: 20 });
    expect(searchOf(new URLSearchParams(''), true)).toEqual({ limit: 20 });
    expect(withoutQuotes('cold "chain  of custody"')).toBe('cold chain of custody');
    expect(withoutQuotes('cold chain')).toBe('');
  });
  it('is the chips', () => {
    expect(chipsOf(query)).toEqual([{ facet: 'kind', value: 'deck' }, { facet: 'kind', value: 'guide' }]);
    expect(withoutFilters(query).getAll('kind')).toEqual([]);
    expect(withoutFilters(query).get('opportunity')).toBe('o1');
  });
});

describe('the dates of a report', () => {
  const now = Date.parse('2026-03-10T12:00:00Z');

  it('is ninety days unless told otherwise', () => {
    expect(rangeOf(new URLSearchParams(), now)).toEqual({ preset: '90', from: '2025-12-11', to: '2026-03-10' });
    expect(rangeOf(new URLSearchParams('days=30'), now).from).toBe('2026-02-09');
  });
  it('takes own dates, unless they make no sense', () => {
    expect(rangeOf(new URLSearchParams('from=2026-01-01&to=2026-01-31'), now).preset).toBe('custom');
    expect(rangeOf(new URLSearchParams('from=2026-02-01&to=2026-01-31'), now).preset).toBe('90');
  });
  it('goes back into the address', () => {
    const range = { preset: '90', from: '2026-01-01', to: '2026-01-31' } as const;
    expect(presetQuery('custom', range)).toEqual({ days: null, from: '2026-01-01', to: '2026-01-31' });
    expect(presetQuery('90', range)).toEqual({ days: null, from: null, to: null });
  });
});

describe('a series', () => {
  const series = (days: number): SeriesPoint[] =>
    Array.from({ length: days }, (_, index) => ({ day: new Date(Date.UTC(2026, 0, 1 + index)).toISOString().slice(0, 10), read: index, sent: 1, excluded: 2 }));

  it('is said in a sentence', () => {
    expect(summarise(series(3))).toBe('3 reads and 3 links sent in 3 days; most reads on 3 Jan 2026 (2). 6 machine visits left out.');
    expect(summarise([])).toBe('There are no days in this range.');
    expect(summarise([{ day: '2026-01-01', read: 0, sent: 1, excluded: 0 }])).toBe('Nothing was read in 1 day; 1 link sent.');
  });
  it('has only whole weeks', () => {
    const weeks = byWeek(series(16));
    expect(weeks.map((week) => week.day)).toEqual(['2026-01-03', '2026-01-10']);
    expect(weeks.map((week) => week.sent)).toEqual([7, 7]);
  });
});

describe('links as a tree', () => {
  const link = (id: string, parent: string | null, at: string) => ({ id, parent_link_id: parent, created_at: at }) as LinkView;

  it('puts children below their parents, oldest first', () => {
    const branches = treeOf([link('c', 'a', '3'), link('b', null, '2'), link('d', 'c', '4'), link('a', null, '1'), link('e', 'a', '2')]);
    expect(branches.map(({ link: one, depth }) => `${one.id}${depth}`)).toEqual(['a0', 'e1', 'c1', 'd2', 'b0']);
  });
  it('loses no link whose parent is unknown', () => {
    expect(treeOf([link('x', 'gone', '1')])).toHaveLength(1);
  });
});
