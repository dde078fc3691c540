/** Closed lists the interface knows, in the order people read them. */
import type { ActivityKind, AssetKind, AssetState, Facets, Outcome, Stage } from '../api/types.ts';

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

/** Where an asset may go from here, with what the step is called. */
export const TRANSITIONS: Record<AssetState, { to: AssetState; label: string; needsApproval: boolean }[]> = {
  draft: [
    { to: 'in_review', label: 'Send to review', needsApproval: false },
    { to: 'approved', label: 'Approve', needsApproval: true },
    { to: 'archived', label: 'Archive', needsApproval: true },
  ],
  in_review: [
    { to: 'approved', label: 'Approve', needsApproval: true },
    { to: 'draft', label: 'Back to draft', needsApproval: false },
    { to: 'archived', label: 'Archive', needsApproval: true },
  ],
  approved: [
    { to: 'draft', label: 'Back to draft', needsApproval: true },
    { to: 'expired', label: 'Mark as expired', needsApproval: true },
    { to: 'archived', label: 'Archive', needsApproval: true },
  ],
  expired: [
    { to: 'approved', label: 'Approve again', needsApproval: true },
    { to: 'archived', label: 'Archive', needsApproval: true },
  ],
  archived: [{ to: 'draft', label: 'Restore as draft', needsApproval: false }],
};
