/** Assets, their pages, jobs and search. */
import { api, ifMatch, ok } from './client.ts';
import type { AssetInput, AssetState, Id, JobState, PageView, SearchQuery } from './types.ts';

export const asset = (id: Id, signal?: AbortSignal) => ok(api.GET('/api/v1/assets/{id}', { params: { path: { id } }, signal }));

export const editAsset = (id: Id, revision: number, body: AssetInput) =>
  ok(api.PATCH('/api/v1/assets/{id}', { params: { path: { id }, header: ifMatch(revision) }, body }));

export const moveAsset = (id: Id, to: AssetState) =>
  ok(api.POST('/api/v1/assets/{id}/transitions', { params: { path: { id } }, body: { to } }));

export const pages = (id: Id, cursor?: string, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/versions/{id}/pages', { params: { path: { id }, query: { cursor, limit: 100 } }, signal }));

export const convertAgain = (id: Id) => ok(api.POST('/api/v1/versions/{id}/conversion', { params: { path: { id } } }));

/** Gives a version captions in a language; what was there in it is replaced. */
export const putCaptions = (id: Id, language: string, label: string, file: File) =>
  ok(
    api.PUT('/api/v1/versions/{id}/captions/{language}', {
      params: { path: { id, language }, query: { label } },
      body: file as unknown as string,
      bodySerializer: (body) => body as unknown as BodyInit,
      headers: { 'content-type': 'text/vtt' },
    }),
  );

export const deleteCaptions = (id: Id, language: string) =>
  ok(api.DELETE('/api/v1/versions/{id}/captions/{language}', { params: { path: { id, language } } }));

export const jobs = (query: { state?: JobState; subject?: Id; cursor?: string; limit?: number }, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/jobs', { params: { query }, signal }));

export const search = (query: SearchQuery, signal?: AbortSignal) => ok(api.GET('/api/v1/search', { params: { query }, signal }));

export const suggest = (q: string, signal?: AbortSignal) => ok(api.GET('/api/v1/suggest', { params: { query: { q } }, signal }));

/** Page images exist in fixed widths; the server scales no others. */
export function sized(url: string, width: 480 | 960 | 1600): string {
  return `${url}${url.includes('?') ? '&' : '?'}w=${width}`;
}

/** Every page of a version, however many answers that takes. */
export async function allPages(id: Id, signal?: AbortSignal): Promise<PageView[]> {
  const all: PageView[] = [];
  let cursor: string | undefined;
  do {
    const part = await pages(id, cursor, signal);
    all.push(...part.items);
    cursor = part.next_cursor ?? undefined;
  } while (cursor);
  return all;
}
