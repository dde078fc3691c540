import { expect, test } from 'vitest';
import { milestone } from './milestone.ts';

test('the first pages are shown one by one', () => {
  expect([0, 1, 2, 3].map(milestone)).toEqual([0, 1, 2, 3]);
});

test('later pages are shown in growing steps and never before they are there', () => {
  const steps = new Set(Array.from({ length: 300 }, (_, done) => milestone(done)));
  expect(steps.size).toBeLessThan(20);
  for (let done = 0; done < 300; done += 1) expect(milestone(done)).toBeLessThanOrEqual(done);
});
