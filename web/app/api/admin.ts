/** What administrators look after. */
import { api, ok } from './client.ts';
import type { Id, MailState } from './types.ts';

export const mails = (query: { state?: MailState; cursor?: string }, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/mails', { params: { query }, signal }));

export const audit = (query: { action?: string; cursor?: string }, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/audit', { params: { query }, signal }));

export const sendMailAgain = (id: Id) => ok(api.POST('/api/v1/mails/{id}/send', { params: { path: { id } } }));
