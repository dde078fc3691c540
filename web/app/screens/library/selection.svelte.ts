/** Which rows of a list are chosen: one by one, by ranges, or all that the filter means, also those not loaded yet. */
import type { Id } from '../../api/types.ts';

export class Selection {
  ids = $state.raw<ReadonlySet<Id>>(new Set());
  /** All that match, whatever is on the screen. */
  all = $state(false);
  #anchor: Id | undefined;

  has = (id: Id): boolean => this.all || this.ids.has(id);

  /** A click on a row's box; with the shift key everything between this row and the last one clicked follows it. */
  toggle(id: Id, range: boolean, shown: Id[]): void {
    // From "all" one goes back to what can be seen.
    const next = new Set(this.all ? shown : this.ids);
    const on = !(this.all || next.has(id));
    this.all = false;
    const [from, to] = [this.#anchor === undefined ? -1 : shown.indexOf(this.#anchor), shown.indexOf(id)];
    const touched = range && from >= 0 && to >= 0 ? shown.slice(Math.min(from, to), Math.max(from, to) + 1) : [id];
    for (const one of touched) {
      if (on) next.add(one);
      else next.delete(one);
    }
    this.ids = next;
    this.#anchor = id;
  }

  choose(ids: Id[]): void {
    this.ids = new Set(ids);
    this.all = false;
  }

  chooseAll(): void {
    this.all = true;
  }

  clear(): void {
    this.ids = new Set();
    this.all = false;
    this.#anchor = undefined;
  }
}
