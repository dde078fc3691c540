import { expect, it } from 'vitest';
import { Attempt } from './attempt.ts';

it('keeps its key for the same body until it has succeeded', () => {
  const attempt = new Attempt();
  const first = attempt.keyFor({ a: 1 });
  expect(attempt.keyFor({ a: 1 })).toBe(first);
  expect(first).toMatch(/^[0-9a-f]{32}$/);
  attempt.succeeded();
  expect(attempt.keyFor({ a: 1 })).not.toBe(first);
});

it('takes another key for another body', () => {
  const attempt = new Attempt();
  expect(attempt.keyFor({ a: 1 })).not.toBe(attempt.keyFor({ a: 2 }));
});
