/** What reps ask for and what becomes of it. */
import { api, ifMatch, ok, once } from './client.ts';
import type { Id, RequestCreate, RequestPatch, RequestsQuery } from './types.ts';

export const requests = (query: RequestsQuery, signal?: AbortSignal) => ok(api.GET('/api/v1/content-requests', { params: { query }, signal }));

export const request = (id: Id, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/content-requests/{id}', { params: { path: { id } }, signal }));

export const addRequest = (body: RequestCreate, key: string) => ok(api.POST('/api/v1/content-requests', { body, headers: once(key) }));

export const editRequest = (id: Id, revision: number, body: RequestPatch) =>
  ok(api.PATCH('/api/v1/content-requests/{id}', { params: { path: { id }, header: ifMatch(revision) }, body }));

export const joinRequest = (id: Id, opportunity: Id | null) =>
  ok(api.POST('/api/v1/content-requests/{id}/joins', { params: { path: { id } }, body: { opportunity_id: opportunity } }));

export const leaveRequest = (id: Id) => ok(api.DELETE('/api/v1/content-requests/{id}/joins', { params: { path: { id } } }));
