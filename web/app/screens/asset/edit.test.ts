import { beforeAll, describe, expect, it } from 'vitest';
import { setFormats } from '../../lib/format.ts';
import { emptyFacets } from '../../lib/vocabulary.ts';
import { changesOf, clashesOf, isChanged, merged, type Form } from './edit.ts';

beforeAll(() => setFormats('en-GB', 'UTC'));

const base: Form = {
  title: 'Overview', description: '', kind: 'deck', language: 'en', owner_id: 'u1', internal_only: false, review_by: '2026-03-01',
  expires_at: '', facets: { ...emptyFacets(), industry: ['banking'] },
};
const name = (id: string) => `user ${id}`;

describe('an edit', () => {
  it('sends only what was changed, and takes values away with null', () => {
    const mine = { ...base, title: 'New', review_by: '', facets: { ...base.facets, industry: [], tag: ['a'] } };
    expect(changesOf(base, mine)).toEqual({ title: 'New', review_by: null, facets: { industry: [], tag: ['a'] } });
    expect(isChanged(base, { ...base, facets: { ...base.facets } })).toBe(false);
  });
  it('takes the order of values for no change', () => {
    const many = { ...base, facets: { ...base.facets, tag: ['a', 'b'] } };
    expect(isChanged(many, { ...many, facets: { ...many.facets, tag: ['b', 'a'] } })).toBe(false);
  });
});

describe('two edits of one asset', () => {
  it('do not clash when they touch different fields, and both stay', () => {
    const mine = { ...base, title: 'Mine' };
    const theirs = { ...base, kind: 'guide' as const, facets: { ...base.facets, tag: ['theirs'] } };
    expect(clashesOf(base, mine, theirs, name)).toEqual([]);
    expect(merged(base, mine, theirs)).toEqual({ ...theirs, title: 'Mine' });
  });
  it('clash where both changed the same, and both values are shown', () => {
    const mine = { ...base, title: 'Mine', owner_id: '', facets: { ...base.facets, industry: ['retail'] } };
    const theirs = { ...base, title: 'Theirs', owner_id: 'u2', facets: { ...base.facets, industry: ['public_sector', 'health'] } };
    expect(clashesOf(base, mine, theirs, name)).toEqual([
      { label: 'Title', mine: 'Mine', theirs: 'Theirs' },
      { label: 'Owner', mine: 'Nothing', theirs: 'user u2' },
      { label: 'Industry', mine: 'Retail', theirs: 'Public sector, Health' },
    ]);
  });
  it('do not clash when both came to the same', () => {
    const both = { ...base, title: 'Same' };
    expect(clashesOf(base, both, { ...both }, name)).toEqual([]);
  });
});
