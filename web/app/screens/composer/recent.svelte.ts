/** What was put into pitches on this device lately, for the shelf. */
import type { NewCard } from './composition.svelte.ts';

const KEY = 'lastmile.recent';
const KEEP = 6;

let list = $state.raw<NewCard[]>(stored());

export const recent = {
  get list() {
    return list;
  },
};

export function remember(card: NewCard): void {
  const same = (one: NewCard) => one.asset_id === card.asset_id && one.page_number === card.page_number;
  list = [card, ...list.filter((one) => !same(one))].slice(0, KEEP);
  localStorage.setItem(KEY, JSON.stringify(list));
}

function stored(): NewCard[] {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '[]') as NewCard[];
  } catch {
    return [];
  }
}
