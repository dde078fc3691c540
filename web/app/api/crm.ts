/** Opportunities and what happens on them. */
import { api, ifMatch, ok, once } from './client.ts';
import type { ActivityInput, Id, OpportunityPatch, OpportunityQuery } from './types.ts';

export const opportunities = (query: OpportunityQuery, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/opportunities', { params: { query }, signal }));

export const opportunity = (id: Id, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/opportunities/{id}', { params: { path: { id } }, signal }));

export const editOpportunity = (id: Id, revision: number, body: OpportunityPatch) =>
  ok(api.PATCH('/api/v1/opportunities/{id}', { params: { path: { id }, header: ifMatch(revision) }, body }));

export const timeline = (id: Id, cursor?: string, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/opportunities/{id}/timeline', { params: { path: { id }, query: { cursor } }, signal }));

export const addActivity = (id: Id, body: ActivityInput, key: string) =>
  ok(api.POST('/api/v1/opportunities/{id}/activities', { params: { path: { id } }, body, headers: once(key) }));

export const opportunityContent = (id: Id, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/opportunities/{id}/content', { params: { path: { id } }, signal }));

export const recommendations = (id: Id, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/opportunities/{id}/recommendations', { params: { path: { id } }, signal }));

/** What the account of this deal has got or read already; of one asset, or of all. */
export const receivedContent = (id: Id, asset?: Id, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/opportunities/{id}/received', { params: { path: { id }, query: { asset } }, signal }));

export const opportunityVisits = (id: Id, cursor?: string, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/opportunities/{id}/visits', { params: { path: { id }, query: { cursor } }, signal }));
