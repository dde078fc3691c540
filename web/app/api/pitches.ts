/** Pitches and their tracked links. */
import { api, ifMatch, ok, once } from './client.ts';
import type { Id, LinkPolicy, LinkSettingsInput, LinksCreate, PitchCreate, PitchUpdate, TemplateCreate, TemplateUpdate, TermsInput } from './types.ts';

export const pitches = (query: { opportunity?: Id; cursor?: string }, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/pitches', { params: { query }, signal }));

export const pitch = (id: Id, signal?: AbortSignal) => ok(api.GET('/api/v1/pitches/{id}', { params: { path: { id } }, signal }));

export const createPitch = (body: PitchCreate, key: string) => ok(api.POST('/api/v1/pitches', { body, headers: once(key) }));

export const savePitch = (id: Id, revision: number, body: PitchUpdate) =>
  ok(api.PUT('/api/v1/pitches/{id}', { params: { path: { id }, header: ifMatch(revision) }, body }));

export const deletePitch = (id: Id) => ok(api.DELETE('/api/v1/pitches/{id}', { params: { path: { id } } }));

export const createLinks = (id: Id, body: LinksCreate, key: string) =>
  ok(api.POST('/api/v1/pitches/{id}/links', { params: { path: { id } }, body, headers: once(key) }));

export const revokeLink = (id: Id) => ok(api.POST('/api/v1/links/{id}/revoke', { params: { path: { id } } }));

export const editLink = (id: Id, revision: number, body: LinkSettingsInput) =>
  ok(api.PATCH('/api/v1/links/{id}', { params: { path: { id }, header: ifMatch(revision) }, body }));

/** Who accepted the terms of a link. */
export const acceptances = (id: Id, signal?: AbortSignal) => ok(api.GET('/api/v1/links/{id}/acceptances', { params: { path: { id } }, signal }));

/** What a link that the caller makes gets where nothing is said. */
export const linkPolicy = (signal?: AbortSignal) => ok(api.GET('/api/v1/link-policy', { signal }));

export const linkPolicies = (signal?: AbortSignal) => ok(api.GET('/api/v1/link-policies', { signal }));

export const putLinkPolicy = (whose: Id, body: LinkPolicy) => ok(api.PUT('/api/v1/link-policies/{whose}', { params: { path: { whose } }, body }));

export const deleteLinkPolicy = (whose: Id) => ok(api.DELETE('/api/v1/link-policies/{whose}', { params: { path: { whose } } }));

export const terms = (signal?: AbortSignal) => ok(api.GET('/api/v1/terms', { signal }));

export const addTerms = (body: TermsInput) => ok(api.POST('/api/v1/terms', { body }));

export const editTerms = (id: Id, version: number, body: TermsInput) =>
  ok(api.PUT('/api/v1/terms/{id}', { params: { path: { id }, header: ifMatch(version) }, body }));

export const retireTerms = (id: Id) => ok(api.DELETE('/api/v1/terms/{id}', { params: { path: { id } } }));

/** Content in pitches that must not be sent any more, with what could stand in for it. */
export const flaggedItems = (query: { opportunity?: Id; pitch?: Id }, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/flagged-items', { params: { query }, signal }));

export const replaceItem = (pitch: Id, revision: number, body: { item_id: Id; asset_id: Id; page_number: number | null }) =>
  ok(api.POST('/api/v1/pitches/{id}/replacements', { params: { path: { id: pitch }, header: ifMatch(revision) }, body }));

/** Who changed the pitch when; the newest first. */
export const revisions = (id: Id, signal?: AbortSignal) => ok(api.GET('/api/v1/pitches/{id}/revisions', { params: { path: { id } }, signal }));

export const revision = (id: Id, number: number, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/pitches/{id}/revisions/{revision}', { params: { path: { id, revision: number } }, signal }));

export const restoreRevision = (id: Id, number: number, current: number) =>
  ok(api.POST('/api/v1/pitches/{id}/revisions/{revision}/restore', { params: { path: { id, revision: number }, header: ifMatch(current) } }));

export const putStepDone = (id: Id, done: boolean) => ok(api.PUT('/api/v1/pitch-steps/{id}/done', { params: { path: { id } }, body: { done } }));

export const opportunitySteps = (id: Id, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/opportunities/{id}/steps', { params: { path: { id } }, signal }));

/** Stories of similar customers that tell of what this prospect has told. */
export const stories = (id: Id, conflict?: string, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/opportunities/{id}/stories', { params: { path: { id }, query: conflict ? { conflict } : {} }, signal }));

export const templates = (signal?: AbortSignal) => ok(api.GET('/api/v1/pitch-templates', { signal }));

export const template = (id: Id, signal?: AbortSignal) => ok(api.GET('/api/v1/pitch-templates/{id}', { params: { path: { id } }, signal }));

export const createTemplate = (body: TemplateCreate, key: string) => ok(api.POST('/api/v1/pitch-templates', { body, headers: once(key) }));

export const saveTemplate = (id: Id, revision: number, body: TemplateUpdate) =>
  ok(api.PUT('/api/v1/pitch-templates/{id}', { params: { path: { id }, header: ifMatch(revision) }, body }));

export const deleteTemplate = (id: Id) => ok(api.DELETE('/api/v1/pitch-templates/{id}', { params: { path: { id } } }));

export const pitchFromTemplate = (id: Id, opportunity: Id, key: string) =>
  ok(api.POST('/api/v1/pitch-templates/{id}/pitches', { params: { path: { id } }, body: { opportunity_id: opportunity }, headers: once(key) }));

export const applyTemplate = (pitch: Id, revision: number, template: Id, contact: Id | null) =>
  ok(api.POST('/api/v1/pitches/{id}/template', { params: { path: { id: pitch }, header: ifMatch(revision) }, body: { template_id: template, contact_id: contact } }));
