/** How many files have become searchable, for lists that want to load again. Apart, because the first screen needs only this. */
let count = $state(0);

export const finished = {
  get count() {
    return count;
  },
};

export function oneFinished(): void {
  count += 1;
}
