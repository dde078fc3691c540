/**
 * How many pages of a version to show while it is converted: each of the first few, then ever larger steps, so that a
 * document of hundreds of pages is not fetched again for each of them.
 */
export function milestone(done: number): number {
  let step = 0;
  while (next(step) <= done) step = next(step);
  return step;
}

const next = (step: number): number => Math.max(step + 1, Math.floor(step * 1.5));
