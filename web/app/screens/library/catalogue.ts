/** The address of "All content" as a request, as a filter for edits of many, and as chips. Pure. */
import type { AssetFilter, AssetGap, AssetsQuery } from '../../api/types.ts';
import { withQuery } from '../../router/query.ts';

/** The dimensions beside the list, in their order. */
export const DIMENSIONS = ['state', 'kind', 'owner', 'product', 'industry', 'stage', 'persona', 'region', 'competitor', 'language', 'tag'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** Dimensions that an asset may have nothing of. */
export const GAPS = ['owner', 'product', 'industry', 'stage', 'persona', 'region', 'competitor', 'language', 'tag'] as const satisfies AssetGap[];
const ALL_GAPS: AssetGap[] = [...GAPS, 'review_by', 'expires_at', 'collection'];

export const SORTS = ['updated', 'created', 'title', 'review_by', 'expires_at', 'pitched'] as const;
export type Sort = (typeof SORTS)[number];
export const FALLING: readonly Sort[] = ['updated', 'created', 'pitched'];

export type Chip = { name: string; value: string };

export function filterOf(query: URLSearchParams): AssetFilter {
  const filter: AssetFilter = {};
  const q = query.get('q')?.trim();
  if (q) filter.q = q;
  for (const name of DIMENSIONS) {
    const values = query.getAll(name);
    if (values.length > 0) Object.assign(filter, { [name]: values });
  }
  const without = query.getAll('without').filter((one): one is AssetGap => ALL_GAPS.includes(one as AssetGap));
  if (without.length > 0) filter.without = without;
  for (const name of ['review', 'expires'] as const) {
    const value = query.get(name);
    if (value === 'past' || value === 'soon') filter[name] = value;
  }
  const internal = query.get('internal_only');
  if (internal === 'true' || internal === 'false') filter.internal_only = internal === 'true';
  const collection = query.get('collection');
  if (collection) filter.collection = collection;
  return filter;
}

export function sortOf(query: URLSearchParams): { sort: Sort; order: 'asc' | 'desc' } {
  const sort = SORTS.find((one) => one === query.get('sort')) ?? 'updated';
  const order = query.get('order');
  return { sort, order: order === 'asc' || order === 'desc' ? order : FALLING.includes(sort) ? 'desc' : 'asc' };
}

export function listOf(query: URLSearchParams): AssetsQuery {
  return { ...filterOf(query), ...sortOf(query) };
}

/** A click on a column: sorts by it, or turns its order round. */
export function sortedBy(query: URLSearchParams, sort: Sort): URLSearchParams {
  const now = sortOf(query);
  const natural = FALLING.includes(sort) ? 'desc' : 'asc';
  const order = now.sort !== sort ? natural : now.order === 'asc' ? 'desc' : 'asc';
  return withQuery(query, { sort: sort === 'updated' ? null : sort, order: order === natural ? null : order });
}

const SINGLE = ['review', 'expires', 'internal_only', 'collection'] as const;

export function chipsOf(query: URLSearchParams): Chip[] {
  const many = [...DIMENSIONS, 'without'].flatMap((name) => query.getAll(name).map((value) => ({ name, value })));
  const single = SINGLE.flatMap((name) => query.getAll(name).slice(0, 1).map((value) => ({ name, value })));
  return [...many, ...single];
}

export function withoutFilters(query: URLSearchParams): URLSearchParams {
  const next = new URLSearchParams(query);
  for (const name of [...DIMENSIONS, 'without', ...SINGLE, 'q']) next.delete(name);
  return next;
}
