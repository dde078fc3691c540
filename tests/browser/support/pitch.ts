/** A pitch with links, made through the API as the rep: for tests that begin at the prospect's page. */
import { expect, type APIRequestContext } from '@playwright/test';
import { address, emailOf, PASSWORD, type Role } from './people.ts';

export type Link = { id: string; url: string; recipient: { name: string } | null; parent_link_id: string | null; reads: number; machine_visits: number };
export type Item = { asset_id: string; page_number?: number; note?: string };
export type Recipient = { name: string; email?: string };
export type Sent = { id: string; title: string; opportunity: string; previewUrl: string; links: Link[] };

/** The cookie goes to `request`, so whatever shares it is signed in. */
export async function signInByApi(request: APIRequestContext, role: Role): Promise<void> {
  await call(request, 'post', '/api/v1/session', { email: emailOf(role), password: PASSWORD });
}

/** Sends the first pages of an approved deck for one of the rep's open opportunities. */
export async function sendPitch(request: APIRequestContext, title: string, recipients: string[]): Promise<Sent> {
  const found = await call(request, 'get', '/api/v1/search?q=temperature&kind=deck');
  const asset = found.items.find((hit: any) => hit.asset.state === 'approved' && !hit.asset.internal_only && hit.asset.current_version.page_count > 3);
  const items = [1, 2, 3].map((page_number) => ({ asset_id: asset.asset.id, page_number }));
  return sendItems(request, title, items, recipients.map((name) => ({ name })), 'As promised: the three pages we spoke of.');
}

/** Sends what a test has brought along. */
export async function sendItems(request: APIRequestContext, title: string, items: Item[], recipients: Recipient[], message = ''): Promise<Sent> {
  const deals = await call(request, 'get', '/api/v1/opportunities?outcome=open&owner=me');
  const pitch = await call(request, 'post', '/api/v1/pitches', { opportunity_id: deals.items[0].id, title, message, items });
  const links = await call(request, 'post', `/api/v1/pitches/${pitch.id}/links`, { recipients, expires_at: null, download_allowed: false });
  return { id: pitch.id, title, opportunity: deals.items[0].id, previewUrl: pitch.preview_url, links: links.items };
}

/** The links as the rep sees them now. */
export async function linksOf(request: APIRequestContext, pitch: string): Promise<Link[]> {
  return (await call(request, 'get', `/api/v1/pitches/${pitch}`)).links;
}

export async function call(request: APIRequestContext, method: 'get' | 'post' | 'delete', path: string, data?: unknown): Promise<any> {
  const answer = await request[method](`${address()}${path}`, { data, headers: { origin: address(), 'idempotency-key': crypto.randomUUID() } });
  expect(answer.ok(), `${method} ${path}: ${answer.status()} ${answer.ok() ? '' : await answer.text()}`).toBe(true);
  return answer.json();
}
