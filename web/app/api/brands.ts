/** How pitches look: the house, and each team. */
import { api, ifMatch, ok } from './client.ts';

export const brands = (signal?: AbortSignal) => ok(api.GET('/api/v1/brands', { signal }));

/** What would be made of a colour, so that it can be read. */
export const checkColour = (accent: string, signal?: AbortSignal) => ok(api.GET('/api/v1/brands/colours', { params: { query: { accent } }, signal }));

export const saveBrand = (scope: string, revision: number, body: { name: string; accent: string | null }) =>
  ok(api.PUT('/api/v1/brands/{scope}', { params: { path: { scope }, header: ifMatch(revision) }, body }));

export const deleteBrand = (scope: string) => ok(api.DELETE('/api/v1/brands/{scope}', { params: { path: { scope } } }));

export const putLogo = (scope: string, file: File) => {
  const form = new FormData();
  form.set('file', file);
  return ok(api.PUT('/api/v1/brands/{scope}/logo', { params: { path: { scope } }, body: { file: '' }, bodySerializer: () => form }));
};

export const deleteLogo = (scope: string) => ok(api.DELETE('/api/v1/brands/{scope}/logo', { params: { path: { scope } } }));
