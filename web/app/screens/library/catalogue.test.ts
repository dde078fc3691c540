import { describe, expect, it } from 'vitest';
import { chipsOf, filterOf, listOf, sortedBy, withoutFilters } from './catalogue.ts';
import { Selection } from './selection.svelte.ts';

describe('the address of all content', () => {
  const query = new URLSearchParams('q=+cold+&kind=deck&kind=guide&without=owner&without=rubbish&review=soon&sort=title&order=desc&view=grid');

  it('is a request', () => {
    expect(listOf(query)).toEqual({ q: 'cold', kind: ['deck', 'guide'], without: ['owner'], review: 'soon', sort: 'title', order: 'desc' });
    expect(listOf(new URLSearchParams('sort=rubbish'))).toEqual({ sort: 'updated', order: 'desc' });
  });
  it('is a filter without the order', () => {
    expect(filterOf(new URLSearchParams('sort=title&internal_only=true'))).toEqual({ internal_only: true });
  });
  it('is chips, and can be emptied', () => {
    expect(chipsOf(query).map((chip) => chip.name)).toEqual(['kind', 'kind', 'without', 'without', 'review']);
    expect(withoutFilters(query).toString()).toBe('sort=title&order=desc&view=grid');
  });
  it('turns an order round at the second click', () => {
    const first = sortedBy(new URLSearchParams(), 'title');
    expect(first.toString()).toBe('sort=title');
    expect(sortedBy(first, 'title').toString()).toBe('sort=title&order=desc');
    expect(sortedBy(first, 'updated').toString()).toBe('');
    expect(sortedBy(new URLSearchParams(), 'updated').toString()).toBe('order=asc');
  });
});

describe('a selection', () => {
  const shown = ['a', 'b', 'c', 'd', 'e'];

  it('grows and shrinks by ranges from the last click', () => {
    const chosen = new Selection();
    chosen.toggle('b', false, shown);
    chosen.toggle('d', true, shown);
    expect([...chosen.ids]).toEqual(['b', 'c', 'd']);
    chosen.toggle('c', true, shown);
    expect([...chosen.ids]).toEqual(['b']);
  });
  it('of everything goes back to what is shown when one is taken out', () => {
    const chosen = new Selection();
    chosen.chooseAll();
    expect(chosen.has('not loaded')).toBe(true);
    chosen.toggle('c', false, shown);
    expect(chosen.all).toBe(false);
    expect([...chosen.ids]).toEqual(['a', 'b', 'd', 'e']);
  });
});
