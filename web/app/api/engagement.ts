/** Who is reading now, notifications, and the numbers made of it. */
import { api, ok } from './client.ts';
import type { ContentQuery, Id, TellReaders } from './types.ts';

export const live = (signal?: AbortSignal) => ok(api.GET('/api/v1/live', { signal }));

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
