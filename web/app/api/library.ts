/** Assets, their pages, life, jobs and search. */
import { api, ifMatch, ok, once } from './client.ts';
import type { AssetInput, AssetsQuery, CommentInput, CostInput, Due, Id, JobState, PageView, SearchQuery, StepInput } from './types.ts';

export const asset = (id: Id, signal?: AbortSignal) => ok(api.GET('/api/v1/assets/{id}', { params: { path: { id } }, signal }));

export const editAsset = (id: Id, revision: number, body: AssetInput) =>
  ok(api.PATCH('/api/v1/assets/{id}', { params: { path: { id }, header: ifMatch(revision) }, body }));

export const pages = (id: Id, cursor?: string, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/versions/{id}/pages', { params: { path: { id }, query: { cursor, limit: 100 } }, signal }));

export const restoreVersion = (id: Id) => ok(api.POST('/api/v1/versions/{id}/restore', { params: { path: { id } } }));

export const diffVersions = (from: Id, to: Id, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/versions/{id}/diff', { params: { path: { id: from }, query: { to } }, signal }));

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

export const takeStep = (id: Id, body: StepInput) =>
  ok(api.POST('/api/v1/assets/{id}/transitions', { params: { path: { id } }, body }));

export const lifeCycle = (id: Id, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/assets/{id}/lifecycle', { params: { path: { id } }, signal }));

export const reviewers = (signal?: AbortSignal) => ok(api.GET('/api/v1/reviewers', { signal }));

export const reviews = (query: { all?: boolean; cursor?: string }, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/reviews', { params: { query }, signal }));

export const attention = (signal?: AbortSignal) => ok(api.GET('/api/v1/attention', { signal }));

const DUE: Record<Due, AssetsQuery> = {
  review_due: { review: 'past', state: ['draft', 'in_review', 'approved', 'expired'] },
  expires_soon: { expires: 'soon', state: ['approved'] },
  expired: { state: ['expired'] },
};

/** The pieces that somebody looks after and that need them now, counted alike by `attention`. */
export const dueAssets = (due: Due, owner: Id, cursor?: string, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/assets', { params: { query: { ...DUE[due], owner: [owner], ...(cursor ? { cursor } : {}) } }, signal }));

export const comments = (id: Id, cursor?: string, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/assets/{id}/comments', { params: { path: { id }, query: { cursor } }, signal }));

export const addComment = (id: Id, body: CommentInput, key: string) =>
  ok(api.POST('/api/v1/assets/{id}/comments', { params: { path: { id } }, body, headers: once(key) }));

export const resolveComment = (id: Id, resolved: boolean) =>
  ok(api.PATCH('/api/v1/comments/{id}', { params: { path: { id } }, body: { resolved } }));

export const costs = (id: Id, cursor?: string, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/assets/{id}/costs', { params: { path: { id }, query: { cursor } }, signal }));

export const addCost = (id: Id, body: CostInput, key: string) =>
  ok(api.POST('/api/v1/assets/{id}/costs', { params: { path: { id } }, body, headers: once(key) }));

export const editCost = (id: Id, revision: number, body: CostInput) =>
  ok(api.PUT('/api/v1/costs/{id}', { params: { path: { id }, header: ifMatch(revision) }, body }));

export const deleteCost = (id: Id) => ok(api.DELETE('/api/v1/costs/{id}', { params: { path: { id } } }));

/** Checks a file of costs, or writes it. */
export function importCosts(file: File, dryRun: boolean) {
  const form = new FormData();
  form.append('file', file);
  form.append('dry_run', String(dryRun));
  return ok(
    api.POST('/api/v1/cost-imports', {
      // The document describes the form's parts; what is sent is the form itself.
      body: form as never,
      bodySerializer: (body: unknown) => body as FormData,
    }),
  );
}

export const livePitches = (id: Id, cursor?: string, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/assets/{id}/live-pitches', { params: { path: { id }, query: { cursor, limit: 5 } }, signal }));
