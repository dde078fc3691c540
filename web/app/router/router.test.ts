import { describe, expect, it } from 'vitest';
import { belongsToServer, matchPath } from './match.ts';
import { choice, href, toggled, withQuery } from './query.ts';

describe('matchPath', () => {
  it('takes parts by name', () => {
    expect(matchPath('/assets/:id', '/assets/42')).toEqual({ id: '42' });
  });
  it('ignores a slash at the end and decodes', () => {
    expect(matchPath('/assets/:id', '/assets/a%20b/')).toEqual({ id: 'a b' });
  });
  it('survives a broken escape', () => {
    expect(matchPath('/assets/:id', '/assets/%E0')).toEqual({ id: '%E0' });
  });
  it('matches whole paths only', () => {
    expect(matchPath('/assets', '/assets/42')).toBeNull();
    expect(matchPath('/assets/:id', '/assets/')).toBeNull();
    expect(matchPath('/assets/:id', '/opportunities/42')).toBeNull();
  });
});

describe('belongsToServer', () => {
  it('leaves customers, previews and the interface to the server', () => {
    for (const path of ['/p/abc', '/preview/pitches/1', '/api/docs', '/healthz']) expect(belongsToServer(path)).toBe(true);
  });
  it('keeps our own paths, also those that begin alike', () => {
    for (const path of ['/pitches', '/', '/processing', '/library']) expect(belongsToServer(path)).toBe(false);
  });
});

describe('query state', () => {
  const query = new URLSearchParams('q=cold&kind=deck&kind=guide');

  it('sets, repeats and removes', () => {
    expect(withQuery(query, { q: null, sort: 'title', kind: ['deck', 'image'] }).toString()).toBe('sort=title&kind=deck&kind=image');
  });
  it('leaves its argument alone', () => {
    withQuery(query, { q: 'other' });
    expect(query.get('q')).toBe('cold');
  });
  it('toggles one value of many', () => {
    expect(toggled(query, 'kind', 'deck').getAll('kind')).toEqual(['guide']);
    expect(toggled(query, 'kind', 'image').getAll('kind')).toEqual(['deck', 'guide', 'image']);
  });
  it('falls back to the first choice', () => {
    expect(choice(new URLSearchParams('sort=rubbish'), 'sort', ['relevance', 'title'])).toBe('relevance');
    expect(choice(new URLSearchParams('sort=title'), 'sort', ['relevance', 'title'])).toBe('title');
  });
  it('writes addresses without empty values', () => {
    expect(href('/assets/1', { page: undefined, opportunity: null })).toBe('/assets/1');
    expect(href('/assets/1', { page: '3' })).toBe('/assets/1?page=3');
  });
});
