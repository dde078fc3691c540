/** Synonyms, and telling what became of a search. */
import { api, ifMatch, ok } from './client.ts';
import type { ClickInput, Id, SynonymInput } from './types.ts';

export const synonyms = (cursor?: string, signal?: AbortSignal) => ok(api.GET('/api/v1/synonyms', { params: { query: { cursor } }, signal }));

export const addSynonym = (body: SynonymInput) => ok(api.POST('/api/v1/synonyms', { body }));

export const editSynonym = (id: Id, revision: number, body: SynonymInput) =>
  ok(api.PUT('/api/v1/synonyms/{id}', { params: { path: { id }, header: ifMatch(revision) }, body }));

export const removeSynonym = (id: Id, revision: number) => ok(api.DELETE('/api/v1/synonyms/{id}', { params: { path: { id }, header: ifMatch(revision) } }));

/** Goes out even when the page is left for what was clicked; if it is lost, only a statistic is poorer. */
export function reportClick(search: Id, body: ClickInput): void {
  ok(api.POST('/api/v1/searches/{id}/clicks', { params: { path: { id: search } }, body, keepalive: true })).catch(() => {});
}
