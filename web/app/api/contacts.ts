/** Contacts, and whether they may be contacted. */
import { api, ok, once } from './client.ts';
import type { BounceInput, Id, RestrictionInput } from './types.ts';

export const contact = (id: Id, signal?: AbortSignal) => ok(api.GET('/api/v1/contacts/{id}', { params: { path: { id } }, signal }));

export const addRestriction = (id: Id, body: RestrictionInput, key: string) =>
  ok(api.POST('/api/v1/contacts/{id}/restrictions', { params: { path: { id } }, body, headers: once(key) }));

export const liftRestriction = (id: Id, body: { reason: string }) =>
  ok(api.POST('/api/v1/restrictions/{id}/lift', { params: { path: { id } }, body }));

export const restrictions = (query: { all?: boolean; cursor?: string }, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/restrictions', { params: { query }, signal }));

export const addBounce = (id: Id, body: BounceInput, key: string) =>
  ok(api.POST('/api/v1/contacts/{id}/bounces', { params: { path: { id } }, body, headers: once(key) }));

export const clearBounces = (id: Id) => ok(api.DELETE('/api/v1/contacts/{id}/bounces', { params: { path: { id } } }));
