/**
 * Data that belongs to a key. When the key changes the old data stays while the new is on its way (`slow` turns true after
 * 120 ms, so that quick answers do not flicker), and an answer that comes too late is dropped.
 *
 * Invariant: the effect reads the key and nothing the fetch sets, so one key means one call.
 */
import { untrack } from 'svelte';
import { toProblem } from '../api/client.ts';
import type { List, Problem } from '../api/types.ts';

const PATIENCE_MS = 120;

export class Resource<Key, Data> {
  data = $state.raw<Data>();
  problem = $state.raw<Problem>();
  slow = $state(false);

  #key: Key | undefined;
  #fetch: (key: Key, signal: AbortSignal) => Promise<Data>;
  #controller: AbortController | undefined;

  constructor(key: () => Key | undefined, fetch: (key: Key, signal: AbortSignal) => Promise<Data>) {
    this.#fetch = fetch;
    $effect(() => {
      const next = key();
      untrack(() => {
        this.#key = next;
        if (next !== undefined) void this.reload();
      });
      return () => this.#controller?.abort();
    });
  }

  reload = async (): Promise<void> => {
    const key = this.#key;
    if (key === undefined) return;
    this.#controller?.abort();
    const controller = (this.#controller = new AbortController());
    const timer = setTimeout(() => (this.slow = true), PATIENCE_MS);
    try {
      const data = await this.#fetch(key, controller.signal);
      if (controller.signal.aborted) return;
      this.data = data;
      this.problem = undefined;
    } catch (cause) {
      if (controller.signal.aborted) return;
      this.problem = toProblem(cause);
    } finally {
      clearTimeout(timer);
      if (!controller.signal.aborted) this.slow = false;
    }
  };
}

/** A list that grows by cursor: `more()` appends the next page to what is shown. */
export class PagedResource<Key, Page extends List<unknown>> extends Resource<Key, Page> {
  loadingMore = $state(false);
  moreProblem = $state.raw<Problem>();
  #next: (cursor: string) => Promise<Page>;

  constructor(key: () => Key | undefined, fetch: (key: Key, cursor: string | undefined, signal: AbortSignal) => Promise<Page>) {
    let current: Key;
    super(key, (value, signal) => {
      current = value;
      return fetch(value, undefined, signal);
    });
    this.#next = (cursor) => fetch(current, cursor, new AbortController().signal);
  }

  more = async (): Promise<void> => {
    const before = this.data;
    if (!before?.next_cursor || this.loadingMore) return;
    this.loadingMore = true;
    this.moreProblem = undefined;
    try {
      const page = await this.#next(before.next_cursor);
      // A new search may have replaced the list meanwhile; its page two is none of ours.
      if (this.data === before) this.data = { ...page, items: [...before.items, ...page.items] };
    } catch (cause) {
      this.moreProblem = toProblem(cause);
    } finally {
      this.loadingMore = false;
    }
  };
}
