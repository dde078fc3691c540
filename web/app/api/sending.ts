/** Sending links by mail, and how far they spread. */
import { api, ok } from './client.ts';
import type { Id, SendInput } from './types.ts';

export const briefing = (pitch: Id, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/pitches/{id}/briefing', { params: { path: { id: pitch } }, signal }));

/** Says how many mails the sender knows of, so the same wish twice is one mail. */
export const sendLink = (id: Id, body: SendInput) => ok(api.POST('/api/v1/links/{id}/send', { params: { path: { id } }, body }));

export const grantOverride = (id: Id, body: { reason: string }) =>
  ok(api.POST('/api/v1/links/{id}/override', { params: { path: { id } }, body }));

export const link = (id: Id, signal?: AbortSignal) => ok(api.GET('/api/v1/links/{id}', { params: { path: { id } }, signal }));

export const spread = (opportunity: Id, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/opportunities/{id}/spread', { params: { path: { id: opportunity } }, signal }));

export const qrUrl = (id: Id, format: 'svg' | 'png') => `/api/v1/links/${id}/qr?format=${format}`;

export const mailPreviewUrl = (id: Id) => `/preview/links/${id}/mail`;
