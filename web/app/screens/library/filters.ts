/** The address of the library as a search, and as the chips above the results. Pure. */
import type { SearchQuery, SearchSort } from '../../api/types.ts';
import { choice } from '../../router/query.ts';

export const SEARCH_FACETS = ['kind', 'product', 'industry', 'stage', 'persona', 'region', 'competitor', 'language', 'tag'] as const;
export const SORTS: [SearchSort, ...SearchSort[]] = ['relevance', 'newest', 'title'];

export type Chip = { facet: string; value: string };

/** `typing` says that the last word may not be complete yet. */
export function searchOf(query: URLSearchParams, typing = false): SearchQuery {
  const search: SearchQuery = { limit: 20 };
  const q = query.get('q')?.trim();
  if (q) search.q = q;
  if (q && typing) search.typing = true;
  const opportunity = query.get('opportunity');
  if (opportunity) search.opportunity = opportunity;
  for (const facet of SEARCH_FACETS) {
    const values = query.getAll(facet);
    if (values.length > 0) search[facet] = values;
  }
  const sort = choice(query, 'sort', SORTS);
  if (sort !== 'relevance') search.sort = sort;
  return search;
}

export function chipsOf(query: URLSearchParams): Chip[] {
  return SEARCH_FACETS.flatMap((facet) => query.getAll(facet).map((value) => ({ facet, value })));
}

/** The query without its quotes, so that its words may stand apart; empty if it has none. */
export function withoutQuotes(q: string): string {
  return /["\u201C\u201D\u201E]/.test(q) ? q.replace(/["\u201C\u201D\u201E]/g, ' ').replace(/\s+/g, ' ').trim() : '';
}

export function withoutFilters(query: URLSearchParams): URLSearchParams {
  const next = new URLSearchParams(query);
  for (const facet of SEARCH_FACETS) next.delete(facet);
  return next;
}
