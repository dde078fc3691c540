import { flushSync } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import { PagedResource, Resource } from './resource.svelte.ts';

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

/** Runs in a scope in which effects live, and ends them. */
async function scope(run: () => Promise<void>, setUp: () => void) {
  const end = $effect.root(setUp);
  flushSync();
  await settled();
  await run();
  end();
}

describe('a resource', () => {
  it('is fetched once for each key, whatever the fetch sets', async () => {
    let key = $state('a');
    const fetch = vi.fn(async (one: string) => `data of ${one}`);
    let resource!: Resource<string, string>;
    await scope(
      async () => {
        expect(resource.data).toBe('data of a');
        flushSync();
        await settled();
        expect(fetch).toHaveBeenCalledTimes(1);
        key = 'b';
        flushSync();
        await settled();
        expect(resource.data).toBe('data of b');
        expect(fetch).toHaveBeenCalledTimes(2);
      },
      () => (resource = new Resource(() => key, fetch)),
    );
  });

  it('drops an answer that comes too late', async () => {
    let key = $state('slow');
    const answers: Record<string, (text: string) => void> = {};
    let resource!: Resource<string, string>;
    await scope(
      async () => {
        key = 'quick';
        flushSync();
        answers['quick']?.('quick');
        await settled();
        answers['slow']?.('slow');
        await settled();
        expect(resource.data).toBe('quick');
      },
      () => (resource = new Resource(() => key, (one: string) => new Promise<string>((resolve) => (answers[one] = resolve)))),
    );
  });

  it('keeps the old data when a reload fails, and says why', async () => {
    let fails = false;
    let resource!: Resource<string, string>;
    await scope(
      async () => {
        fails = true;
        await resource.reload();
        expect(resource.data).toBe('data');
        expect(resource.problem?.title).toBeTruthy();
        fails = false;
        await resource.reload();
        expect(resource.problem).toBeUndefined();
      },
      () => (resource = new Resource(() => 'a', async () => (fails ? Promise.reject(new Error('broken')) : 'data'))),
    );
  });
});

describe('a paged resource', () => {
  it('appends the next page by its cursor', async () => {
    let list!: PagedResource<string, { items: number[]; next_cursor: string | null }>;
    await scope(
      async () => {
        await list.more();
        expect(list.data).toEqual({ items: [1, 2], next_cursor: null });
        await list.more();
        expect(list.data?.items).toEqual([1, 2]);
      },
      () => (list = new PagedResource(() => 'a', async (_, cursor) => (cursor ? { items: [2], next_cursor: null } : { items: [1], next_cursor: 'next' }))),
    );
  });
});
