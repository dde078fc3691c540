/** Named signals, scores, and who hears of them. */
import { api, ifMatch, ok } from './client.ts';
import type { AlertSettings, DeliveryState, HandleSignal, Id, SignalsQuery, WatchMode, WebhookCreate, WebhookPatch } from './types.ts';

export const signals = (query: SignalsQuery, signal?: AbortSignal) => ok(api.GET('/api/v1/signals', { params: { query }, signal }));

export const handleSignal = (id: Id, body: HandleSignal) => ok(api.PATCH('/api/v1/signals/{id}', { params: { path: { id } }, body }));

export const opportunityScore = (id: Id, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/opportunities/{id}/score', { params: { path: { id } }, signal }));

export const contactScore = (id: Id, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/contacts/{id}/score', { params: { path: { id } }, signal }));

export const watchOf = (id: Id, signal?: AbortSignal) => ok(api.GET('/api/v1/opportunities/{id}/watch', { params: { path: { id } }, signal }));

export const setWatch = (id: Id, mode: WatchMode | null) =>
  ok(api.PUT('/api/v1/opportunities/{id}/watch', { params: { path: { id } }, body: { mode } }));

export const alertSettings = (signal?: AbortSignal) => ok(api.GET('/api/v1/alert-settings', { signal }));

export const saveAlertSettings = (body: AlertSettings) => ok(api.PUT('/api/v1/alert-settings', { body }));

export const resetAlertSettings = () => ok(api.DELETE('/api/v1/alert-settings'));

export const teamAlertSettings = (id: Id, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/teams/{id}/alert-settings', { params: { path: { id } }, signal }));

export const saveTeamAlertSettings = (id: Id, body: AlertSettings) =>
  ok(api.PUT('/api/v1/teams/{id}/alert-settings', { params: { path: { id } }, body }));

export const webhooks = (cursor?: string, signal?: AbortSignal) => ok(api.GET('/api/v1/webhooks', { params: { query: { cursor } }, signal }));

export const webhook = (id: Id, signal?: AbortSignal) => ok(api.GET('/api/v1/webhooks/{id}', { params: { path: { id } }, signal }));

export const addWebhook = (body: WebhookCreate) => ok(api.POST('/api/v1/webhooks', { body }));

export const editWebhook = (id: Id, revision: number, body: WebhookPatch) =>
  ok(api.PATCH('/api/v1/webhooks/{id}', { params: { path: { id }, header: ifMatch(revision) }, body }));

export const deleteWebhook = (id: Id) => ok(api.DELETE('/api/v1/webhooks/{id}', { params: { path: { id } } }));

export const pingWebhook = (id: Id) => ok(api.POST('/api/v1/webhooks/{id}/ping', { params: { path: { id } } }));

export const rotateWebhook = (id: Id) => ok(api.POST('/api/v1/webhooks/{id}/rotate', { params: { path: { id } } }));

export const deliveries = (id: Id, state: DeliveryState | undefined, cursor?: string, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/webhooks/{id}/deliveries', { params: { path: { id }, query: { state, cursor } }, signal }));

export const delivery = (id: Id, signal?: AbortSignal) => ok(api.GET('/api/v1/webhook-deliveries/{id}', { params: { path: { id } }, signal }));

export const replayDelivery = (id: Id) => ok(api.POST('/api/v1/webhook-deliveries/{id}/replay', { params: { path: { id } } }));
