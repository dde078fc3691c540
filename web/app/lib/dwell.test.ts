import { describe, expect, it } from 'vitest';
import { cellsOf, dwellText } from './dwell.ts';

const page = (number: number, ms: number) => ({ item_id: 'a', item_title: 'Deck', page_number: number, active_ms: ms });

describe('the dwell strip', () => {
  it('draws seen pages against the longest, and the rest as unseen', () => {
    const cells = cellsOf({ pages: [page(1, 10_000), page(2, 40_000)], page_total: 4, current: null });
    expect(cells.map((cell) => cell.share)).toEqual([0.25, 1, 0, 0]);
  });
  it('keeps a glance visible', () => {
    const cells = cellsOf({ pages: [page(1, 10), page(2, 100_000)], page_total: 2, current: null });
    expect(cells[0]?.share).toBeGreaterThan(0.1);
  });
  it('marks the page being read', () => {
    const cells = cellsOf({ pages: [page(1, 1), page(2, 1)], page_total: 2, current: { item_title: 'Deck', page_number: 2 } });
    expect(cells.map((cell) => cell.current)).toEqual([false, true]);
  });
  it('has a key of its own for every cell', () => {
    const cells = cellsOf({ pages: [page(1, 1)], page_total: 5, current: null });
    expect(new Set(cells.map((cell) => cell.key)).size).toBe(5);
  });
  it('says the same in words', () => {
    expect(dwellText({ pages: [page(1, 10_000), page(2, 40_000)], page_total: 4, current: null })).toBe(
      '2 of 4 pages seen, longest on page 2 of Deck: 40 s',
    );
    expect(dwellText({ pages: [], page_total: 4, current: null })).toBe('None of 4 pages seen');
  });
});
