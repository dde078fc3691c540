/** Keeping the library: vocabularies, the list of all content, edits of many assets, collections. */
import { api, ifMatch, ok } from './client.ts';
import type {
  AssetFilter, AssetsQuery, BulkChange, BulkOutcome, BulkReport, CollectionInput, CollectionView, FacetName, Id, VocabularyValue,
} from './types.ts';

export const assetRows = (query: AssetsQuery, signal?: AbortSignal) => ok(api.GET('/api/v1/assets', { params: { query }, signal }));

export const assetCounts = (query: AssetFilter, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/assets/counts', { params: { query }, signal }));

export type Chosen = { ids: Id[] } | { filter: AssetFilter };

export const editAssets = (chosen: Chosen, change: BulkChange): Promise<BulkReport> =>
  ok(api.POST('/api/v1/assets/bulk', { body: { ...chosen, change } })) as Promise<BulkReport>;

export const bulkEdit = (id: Id, signal?: AbortSignal) => ok(api.GET('/api/v1/bulk-edits/{id}', { params: { path: { id } }, signal }));

export const bulkItems = (id: Id, outcome: BulkOutcome, cursor?: string) =>
  ok(api.GET('/api/v1/bulk-edits/{id}/items', { params: { path: { id }, query: { outcome, cursor } } }));

export const vocabulary = (query: { facet: FacetName; q?: string; retired?: boolean; cursor?: string; limit?: number }, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/vocabulary', { params: { query }, signal }));

export const addValue = (facet: FacetName, value: string) => ok(api.POST('/api/v1/vocabulary', { body: { facet, value } }));

export const editValue = (word: VocabularyValue, change: { value?: string; retired?: boolean }) =>
  ok(api.PATCH('/api/v1/vocabulary/{id}', { params: { path: { id: word.id }, header: ifMatch(word.revision) }, body: change }));

export const mergeValue = (id: number, into: number) =>
  ok(api.POST('/api/v1/vocabulary/{id}/merge', { params: { path: { id } }, body: { into } }));

export const removeValue = (id: number) => ok(api.DELETE('/api/v1/vocabulary/{id}', { params: { path: { id } } }));

export const orderValues = (facet: FacetName, ids: number[]) => ok(api.POST('/api/v1/vocabulary/order', { body: { facet, ids } }));

export const collections = (query: { q?: string; asset?: Id; cursor?: string; limit?: number } = {}, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/collections', { params: { query }, signal }));

export const collection = (id: Id, signal?: AbortSignal): Promise<CollectionView> =>
  ok(api.GET('/api/v1/collections/{id}', { params: { path: { id } }, signal }));

export const addCollection = (body: CollectionInput) => ok(api.POST('/api/v1/collections', { body }));

export const editCollection = (id: Id, revision: number, body: CollectionInput) =>
  ok(api.PATCH('/api/v1/collections/{id}', { params: { path: { id }, header: ifMatch(revision) }, body }));

export const deleteCollection = (id: Id) => ok(api.DELETE('/api/v1/collections/{id}', { params: { path: { id } } }));

export const addToCollection = (id: Id, assets: Id[]) =>
  ok(api.POST('/api/v1/collections/{id}/assets', { params: { path: { id } }, body: { asset_ids: assets } }));

export const takeFromCollection = (id: Id, asset: Id) =>
  ok(api.DELETE('/api/v1/collections/{id}/assets/{asset}', { params: { path: { id, asset } } }));

export const users = (signal?: AbortSignal) => ok(api.GET('/api/v1/users', { params: { query: { limit: 200 } }, signal }));

export const teams = (signal?: AbortSignal) => ok(api.GET('/api/v1/teams', { params: { query: { limit: 200 } }, signal }));
