/** Three copies of one description: the one that was opened, mine, and what somebody else has saved meanwhile. Pure. */
import type { AssetDetail, AssetInput, Facets } from '../../api/types.ts';
import { day, language, words } from '../../lib/format.ts';
import { FACETS } from '../../lib/vocabulary.ts';

export type Form = {
  title: string;
  description: string;
  kind: AssetDetail['kind'];
  language: string;
  owner_id: string;
  internal_only: boolean;
  review_by: string;
  expires_at: string;
  facets: Facets;
};
export type Clash = { label: string; mine: string; theirs: string };

export function formOf(from: AssetDetail): Form {
  return {
    title: from.title,
    description: from.description,
    kind: from.kind,
    language: from.language ?? '',
    owner_id: from.owner?.id ?? '',
    internal_only: from.internal_only,
    review_by: from.review_by?.slice(0, 10) ?? '',
    expires_at: from.expires_at?.slice(0, 10) ?? '',
    facets: structuredClone(from.facets),
  };
}

type Field = Exclude<keyof Form, 'facets'>;
const FIELDS: Field[] = ['title', 'description', 'kind', 'language', 'owner_id', 'internal_only', 'review_by', 'expires_at'];

const same = (a: readonly string[], b: readonly string[]) => [...a].sort().join('\n') === [...b].sort().join('\n');

/** What differs from the copy that was opened: only that is sent. */
export function changesOf(base: Form, mine: Form): AssetInput {
  const changed: Record<string, unknown> = {};
  for (const field of FIELDS) {
    if (mine[field] === base[field]) continue;
    const mayBeNothing = field === 'language' || field === 'owner_id' || field === 'review_by' || field === 'expires_at';
    changed[field] = mayBeNothing ? mine[field] || null : mine[field];
  }
  const facets = FACETS.filter((facet) => !same(mine.facets[facet], base.facets[facet]));
  if (facets.length > 0) changed['facets'] = Object.fromEntries(facets.map((facet) => [facet, mine.facets[facet]]));
  return changed as AssetInput;
}

export const isChanged = (base: Form, mine: Form): boolean => Object.keys(changesOf(base, mine)).length > 0;

/** What both have changed, and differently. */
export function clashesOf(base: Form, mine: Form, theirs: Form, ownerName: (id: string) => string): Clash[] {
  const clashes: Clash[] = [];
  for (const field of FIELDS) {
    if (mine[field] === base[field] || theirs[field] === base[field] || mine[field] === theirs[field]) continue;
    clashes.push({ label: LABELS[field], mine: shown(field, mine, ownerName), theirs: shown(field, theirs, ownerName) });
  }
  for (const facet of FACETS) {
    const [before, ours, other] = [base.facets[facet], mine.facets[facet], theirs.facets[facet]];
    if (same(ours, before) || same(other, before) || same(ours, other)) continue;
    clashes.push({ label: facet === 'tag' ? 'Tags' : words(facet), mine: list(ours), theirs: list(other) });
  }
  return clashes;
}

/** Theirs, with what I have changed on top. */
export function merged(base: Form, mine: Form, theirs: Form): Form {
  const form = structuredClone(theirs);
  for (const field of FIELDS) if (mine[field] !== base[field]) Object.assign(form, { [field]: mine[field] });
  for (const facet of FACETS) if (!same(mine.facets[facet], base.facets[facet])) form.facets[facet] = [...mine.facets[facet]];
  return form;
}

const LABELS: Record<Field, string> = {
  title: 'Title', description: 'Description', kind: 'Kind', language: 'Language', owner_id: 'Owner', internal_only: 'Internal only',
  review_by: 'Review by', expires_at: 'Expires on',
};

function shown(field: Field, form: Form, ownerName: (id: string) => string): string {
  const value = form[field];
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (value === '') return 'Nothing';
  if (field === 'kind') return words(value);
  if (field === 'language') return language(value);
  if (field === 'owner_id') return ownerName(value);
  if (field === 'review_by' || field === 'expires_at') return day(value);
  return value;
}

const list = (values: string[]) => (values.length > 0 ? values.map(words).join(', ') : 'Nothing');
