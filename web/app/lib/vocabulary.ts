/** Closed lists the interface knows, in the order people read them. */
import type { ActivityKind, AssetKind, AssetState, Facets, Outcome, RequestStatus, Stage } from '../api/types.ts';

export const ASSET_KINDS: AssetKind[] = [
  'deck', 'case_study', 'datasheet', 'whitepaper', 'one_pager', 'guide', 'price_sheet', 'calculator', 'battlecard', 'template',
  'email', 'image', 'video', 'other',
];
export const ASSET_STATES: AssetState[] = ['draft', 'in_review', 'approved', 'expired', 'archived'];
export const STAGES: [Stage, ...Stage[]] = ['discovery', 'evaluation', 'proposal', 'negotiation'];
export const OUTCOMES: [Outcome, ...Outcome[]] = ['open', 'won', 'lost'];
export const ACTIVITY_KINDS: ActivityKind[] = ['call', 'meeting', 'email', 'note', 'status'];

export const FACETS = ['product', 'industry', 'stage', 'persona', 'region', 'competitor', 'tag'] as const satisfies (keyof Facets)[];

export function emptyFacets(): Facets {
  return { product: [], industry: [], stage: [], persona: [], region: [], competitor: [], tag: [] };
}

/** Languages that collateral is written in, offered where one is chosen; others stay as they are. */
export const LANGUAGES = [
  'en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'da', 'sv', 'nb', 'fi', 'pl', 'cs', 'sk', 'hu', 'ro', 'bg', 'el', 'tr', 'ru', 'uk', 'ar', 'he', 'hi', 'zh',
  'ja', 'ko', 'en-GB', 'en-US', 'de-AT', 'de-CH', 'fr-CA', 'pt-BR', 'es-MX', 'zh-Hant',
];

export const REQUEST_STATUSES: RequestStatus[] = ['open', 'planned', 'in_progress', 'done', 'declined'];

/** What a step through the life cycle is called; which there are, and whether they can be taken, the server says. */
export function stepLabel(from: AssetState, to: AssetState): string {
  if (to === 'in_review') return 'Send to review';
  if (to === 'archived') return 'Archive';
  if (to === 'expired') return 'Mark as expired';
  if (to === 'approved' && from === 'approved') return 'Approve the new version';
  if (to === 'approved') return from === 'expired' ? 'Approve again' : 'Approve';
  if (from === 'archived') return 'Restore as draft';
  return from === 'in_review' ? 'Send back' : 'Back to draft';
}
