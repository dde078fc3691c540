/** Who is reading now, notifications, and the numbers made of it. */
import { api, ok } from './client.ts';
import type { ContentQuery, Id, NewRule, TellReaders, VisitVerdict } from './types.ts';

export const live = (signal?: AbortSignal) => ok(api.GET('/api/v1/live', { signal }));

/** The people behind a deal's links. */
export const opportunityViewers = (id: Id, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/opportunities/{id}/viewers', { params: { path: { id } }, signal }));

/** Says what one visit is; `null` lets the program decide again. */
export const classifyVisit = (id: Id, body: VisitVerdict) =>
  ok(api.PUT('/api/v1/visits/{id}/class', { params: { path: { id } }, body }));

export const visitRules = (cursor?: string, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/visit-rules', { params: { query: { cursor } }, signal }));

export const addRule = (body: NewRule) => ok(api.POST('/api/v1/visit-rules', { body }));

export const revokeRule = (id: Id) => ok(api.DELETE('/api/v1/visit-rules/{id}', { params: { path: { id } } }));

export const notifications = (cursor?: string, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/notifications', { params: { query: { cursor } }, signal }));

export const readNotifications = (upTo: number) => ok(api.POST('/api/v1/notifications/read', { body: { up_to: upTo } }));

/** Who has read pages of an asset that have since changed. */
export const superseded = (assetId: Id, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/assets/{id}/superseded', { params: { path: { id: assetId } }, signal }));

export const tellReaders = (assetId: Id, body: TellReaders) =>
  ok(api.POST('/api/v1/assets/{id}/superseded/tell', { params: { path: { id: assetId } }, body }));

export const contentReport = (query: ContentQuery, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/analytics/content', { params: { query }, signal }));

export const assetReport = (assetId: Id, query: { from?: string; to?: string }, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/analytics/content/{id}', { params: { path: { id: assetId }, query }, signal }));
