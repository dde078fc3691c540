/** Two edits of one pitch that began at the same revision: what both have changed, and how the two are joined. Pure. */
import type { Id } from '../../api/types.ts';

type Item = { asset_id: Id; page_number?: number | null; note?: string; section?: string; version_id?: Id | null; keeps_version?: boolean };
type Step = { side: string; what: string; who?: string; due_on?: string | null };
type Source = { title: string; message: string; items: Item[]; steps?: Step[] | null };
type Name = { asset_id: Id; title: string };

/** What an edit is about, in a form in which the same is equal. */
export type Content = { title: string; message: string; items: Required<Omit<Item, 'keeps_version'>>[]; steps: Step[] };
export type Field = keyof Content;
export type Clash = { label: string; mine: string; theirs: string };

const LABELS: Record<Field, string> = { title: 'Title', message: 'Message', items: 'Content', steps: 'Next steps' };
const FIELDS: Field[] = ['title', 'message', 'items', 'steps'];

export function contentOf(source: Source): Content {
  return {
    title: source.title.trim(),
    message: source.message.trim(),
    items: source.items.map((item) => ({
      asset_id: item.asset_id,
      page_number: item.page_number ?? null,
      note: item.note?.trim() ?? '',
      section: item.section?.trim() ?? '',
      // The server names the version shown; an edit names one only where it is kept.
      version_id: item.keeps_version === false ? null : (item.version_id ?? null),
    })),
    steps: (source.steps ?? []).map((step) => ({ side: step.side, what: step.what.trim(), who: step.who?.trim() ?? '', due_on: step.due_on ?? null })),
  };
}

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/** What both have changed, and not to the same. */
export function clashesOf(base: Content, mine: Content, theirs: Content, names: Name[]): Clash[] {
  return FIELDS.filter((field) => clash(field, base, mine, theirs)).map((field) => ({
    label: LABELS[field],
    mine: told(field, mine, names),
    theirs: told(field, theirs, names),
  }));
}

/** Which fields are taken from theirs: those that only they changed, and, if it is decided so, those that both did. */
export function merge(base: Content, mine: Content, theirs: Content, whose: 'mine' | 'theirs'): Record<Field, boolean> {
  const take = (field: Field) => (clash(field, base, mine, theirs) ? whose === 'theirs' : !same(theirs[field], base[field]));
  return { title: take('title'), message: take('message'), items: take('items'), steps: take('steps') };
}

function clash(field: Field, base: Content, mine: Content, theirs: Content): boolean {
  return !same(mine[field], base[field]) && !same(theirs[field], base[field]) && !same(mine[field], theirs[field]);
}

function told(field: Field, content: Content, names: Name[]): string {
  if (field === 'title' || field === 'message') return content[field] || '(empty)';
  if (field === 'steps') return content.steps.map((step) => step.what).join('; ') || '(none)';
  let section = '';
  const parts = content.items.map((item) => {
    const page = item.page_number ? `, page ${item.page_number}` : '';
    const name = `${names.find((one) => one.asset_id === item.asset_id)?.title ?? 'Something'}${page}${item.note ? ` (“${item.note}”)` : ''}`;
    const head = item.section === section ? '' : `${item.section || 'No section'}: `;
    section = item.section;
    return head + name;
  });
  return parts.join('; ') || '(empty)';
}
