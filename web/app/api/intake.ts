/** How content comes in: uploads, imports, web links, and what doubles. */
import { api, ok, once } from './client.ts';
import type { AssetInput, Id, ImportOutcome } from './types.ts';

export const upload = (id: Id) => ok(api.GET('/api/v1/uploads/{id}', { params: { path: { id } } }));

/** The upload's own id is the key: an answer that was lost is given again. */
export const assetFromUpload = (id: Id, metadata: AssetInput) =>
  ok(api.POST('/api/v1/assets', { body: { upload_id: id, metadata }, headers: once(id) }));

export const versionFromUpload = (asset: Id, id: Id, metadata: AssetInput) =>
  ok(api.POST('/api/v1/assets/{id}/versions', { params: { path: { id: asset } }, body: { upload_id: id, metadata: metadata.change_note ? { change_note: metadata.change_note } : {} }, headers: once(id) }));

export const addWebLink = (url: string, metadata: AssetInput) => ok(api.POST('/api/v1/web-links', { body: { url, metadata } }));

export const fetchAgain = (id: Id) => ok(api.POST('/api/v1/assets/{id}/fetch', { params: { path: { id } } }));

export const duplicatesOf = (id: Id, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/assets/{id}/duplicates', { params: { path: { id } }, signal }));

export const duplicates = (query: { dismissed?: boolean; cursor?: string }, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/assets/duplicates', { params: { query }, signal }));

export const dismissDuplicate = (asset_id: Id, other_id: Id, dismissed = true) =>
  ok(api.POST('/api/v1/assets/duplicates/dismissals', { body: { asset_id, other_id, dismissed } }));

/** The first becomes the next version of the second, and is gone. */
export const mergeAsset = (id: Id, into: Id) => ok(api.POST('/api/v1/assets/{id}/merge', { params: { path: { id } }, body: { into } }));

export const createImport = (upload_id: Id, prefix: string, defaults: AssetInput) =>
  ok(api.POST('/api/v1/content-imports', { body: { upload_id, prefix, defaults }, headers: once(upload_id) }));

export const contentImports = (cursor?: string, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/content-imports', { params: { query: { cursor } }, signal }));

export const contentImport = (id: Id, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/content-imports/{id}', { params: { path: { id } }, signal }));

export const importRows = (id: Id, query: { outcome?: ImportOutcome; cursor?: string }, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/content-imports/{id}/rows', { params: { path: { id }, query: { ...query, limit: 100 } }, signal }));

export const startImport = (id: Id) => ok(api.POST('/api/v1/content-imports/{id}/start', { params: { path: { id } } }));

export const cancelImport = (id: Id) => ok(api.DELETE('/api/v1/content-imports/{id}', { params: { path: { id } } }));
