import { expect, test } from 'vitest';
import type { SpreadNode } from '../../api/types.ts';
import { move, rowsOf } from './spread.ts';

const node = (id: string, depth: number, children = 0) => ({ link: { id }, depth, children }) as unknown as SpreadNode;
/** a > (b > c > d), e; f */
const nodes = [node('a', 0, 2), node('b', 1, 1), node('c', 2, 1), node('d', 3), node('e', 1), node('f', 0)];

test('every row knows its place among its siblings', () => {
  const rows = rowsOf(nodes, new Set());
  expect(rows.map((row) => [row.id, row.parent, row.position, row.size])).toEqual([
    ['a', undefined, 1, 2],
    ['b', 'a', 1, 2],
    ['c', 'b', 1, 1],
    ['d', 'c', 1, 1],
    ['e', 'a', 2, 2],
    ['f', undefined, 2, 2],
  ]);
});

test('what is folded hides everything below it, and nothing else', () => {
  expect(rowsOf(nodes, new Set(['b'])).map((row) => row.id)).toEqual(['a', 'b', 'e', 'f']);
  expect(rowsOf(nodes, new Set(['a', 'c'])).map((row) => row.id)).toEqual(['a', 'f']);
});

test('the arrows walk, open and close', () => {
  const rows = rowsOf(nodes, new Set(['c']));
  expect(move(rows, 'a', 'ArrowDown')).toEqual({ focus: 'b' });
  expect(move(rows, 'a', 'ArrowUp')).toBeUndefined();
  expect(move(rows, 'c', 'ArrowRight')).toEqual({ toggle: 'c' });
  expect(move(rows, 'b', 'ArrowRight')).toEqual({ focus: 'c' });
  expect(move(rows, 'c', 'ArrowLeft')).toEqual({ focus: 'b' });
  expect(move(rows, 'b', 'ArrowLeft')).toEqual({ toggle: 'b' });
  expect(move(rows, 'f', 'ArrowRight')).toBeUndefined();
  expect(move(rows, 'f', 'Home')).toEqual({ focus: 'a' });
  expect(move(rows, 'a', 'End')).toEqual({ focus: 'f' });
  expect(move(rows, 'a', 'x')).toBeUndefined();
});
