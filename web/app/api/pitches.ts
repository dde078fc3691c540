/** Pitches and their tracked links. */
import { api, ifMatch, ok, once } from './client.ts';
import type { Id, LinksCreate, PitchCreate, PitchUpdate } from './types.ts';

export const pitches = (query: { opportunity?: Id; cursor?: string }, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/pitches', { params: { query }, signal }));

export const pitch = (id: Id, signal?: AbortSignal) => ok(api.GET('/api/v1/pitches/{id}', { params: { path: { id } }, signal }));

export const createPitch = (body: PitchCreate, key: string) => ok(api.POST('/api/v1/pitches', { body, headers: once(key) }));

export const savePitch = (id: Id, revision: number, body: PitchUpdate) =>
  ok(api.PUT('/api/v1/pitches/{id}', { params: { path: { id }, header: ifMatch(revision) }, body }));

export const deletePitch = (id: Id) => ok(api.DELETE('/api/v1/pitches/{id}', { params: { path: { id } } }));

export const createLinks = (id: Id, body: LinksCreate, key: string) =>
  ok(api.POST('/api/v1/pitches/{id}/links', { params: { path: { id } }, body, headers: once(key) }));

export const revokeLink = (id: Id) => ok(api.POST('/api/v1/links/{id}/revoke', { params: { path: { id } } }));

/** Content in pitches that must not be sent any more, with what could stand in for it. */
export const flaggedItems = (query: { opportunity?: Id; pitch?: Id }, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/flagged-items', { params: { query }, signal }));

export const replaceItem = (pitch: Id, revision: number, body: { item_id: Id; asset_id: Id; page_number: number | null }) =>
  ok(api.POST('/api/v1/pitches/{id}/replacements', { params: { path: { id: pitch }, header: ifMatch(revision) }, body }));
