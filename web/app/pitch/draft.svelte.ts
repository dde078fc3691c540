/** The pitch that "Add" adds to, remembered on this device, and the one way of adding to it. */
import { Attempt } from '../api/attempt.ts';
import { ApiError, toProblem } from '../api/client.ts';
import { createPitch, pitch, savePitch } from '../api/pitches.ts';
import type { AssetSummary, Id, PitchDetail, PitchItem, PitchItemInput, Problem } from '../api/types.ts';
import { toast } from '../components/toasts.svelte.ts';
import { session } from '../session/session.svelte.ts';

/** What is to be added; with a version, the item keeps that one. */
export type Pick = { asset_id: Id; page_number: number | null; version_id?: Id | null; label: string };
export type Draft = { id: Id; title: string; opportunity: { id: Id; name: string }; user: Id };

const KEY = 'lastmile.draft';

let draft = $state.raw<Draft | null>(stored());
let waiting = $state.raw<Pick | null>(null);
let problem = $state.raw<Problem>();
const attempt = new Attempt();

export const adding = {
  /** The current draft, unless somebody else left it on this device. */
  get draft() {
    return draft && draft.user === session.me?.id ? draft : null;
  },
  /** What waits until a pitch has been chosen for it. */
  get waiting() {
    return waiting;
  },
  get problem() {
    return problem;
  },
};

export function chooseDraft(detail: { id: Id; title: string; opportunity: { id: Id; name: string } } | null): void {
  draft = detail && session.me ? { id: detail.id, title: detail.title, opportunity: { id: detail.opportunity.id, name: detail.opportunity.name }, user: session.me.id } : null;
  if (draft) localStorage.setItem(KEY, JSON.stringify(draft));
  else localStorage.removeItem(KEY);
}

/** Why this asset may not go into a pitch; empty if it may. */
export function obstacle(asset: AssetSummary): string {
  if (asset.internal_only) return 'Internal only: it never leaves in a pitch';
  if (asset.state !== 'approved') return 'Not approved: only approved content can be sent';
  if (asset.current_version?.state === 'failed') return 'Its file could not be converted';
  if (asset.current_version?.state !== 'ready') return 'Not converted yet';
  return '';
}

/** Adds to the current draft if it belongs to this deal (or no deal is given), else asks which pitch. */
export async function addToPitch(pick: Pick, opportunity: Id | null): Promise<void> {
  problem = undefined;
  const current = adding.draft;
  if (!current || (opportunity && current.opportunity.id !== opportunity)) {
    waiting = pick;
    return;
  }
  try {
    await append(current.id, pick);
  } catch (cause) {
    if (cause instanceof ApiError && cause.status === 404) {
      chooseDraft(null);
      waiting = pick;
    } else {
      problem = toProblem(cause);
    }
  }
}

export function stopAdding(): void {
  waiting = null;
  problem = undefined;
}

export async function startPitch(opportunity: Id, pick: Pick | null): Promise<PitchDetail> {
  const body = { opportunity_id: opportunity, items: pick ? [inputOf(pick)] : [] };
  const detail = await createPitch(body, attempt.keyFor(body));
  attempt.succeeded();
  chooseDraft(detail);
  if (pick) toast(`${pick.label} is in a new pitch`, { link: { label: 'Open it', href: `/pitches/${detail.id}` } });
  return detail;
}

/** Appends, on top of whatever somebody else saved a moment ago. */
export async function append(pitchId: Id, pick: Pick): Promise<void> {
  const before = await pitch(pitchId);
  const after = await savePitch(pitchId, before.revision, {
    title: before.title,
    message: before.message,
    items: [...before.items.map(asInput), inputOf(pick)],
  });
  chooseDraft(after);
  toast(`${pick.label} is in "${after.title}"`, {
    link: { label: 'Open', href: `/pitches/${pitchId}` },
    undo: () => void takeBack(after, pick),
  });
}

async function takeBack(after: PitchDetail, pick: Pick): Promise<void> {
  try {
    const now = await pitch(after.id);
    const index = now.items.findLastIndex((item) => item.asset_id === pick.asset_id && item.page_number === pick.page_number);
    if (index >= 0) {
      await savePitch(now.id, now.revision, { title: now.title, message: now.message, items: now.items.map(asInput).toSpliced(index, 1) });
    }
    toast(`${pick.label} is taken out again`);
  } catch (cause) {
    problem = toProblem(cause);
  }
}

function inputOf(pick: Pick): PitchItemInput {
  const input: PitchItemInput = { asset_id: pick.asset_id, page_number: pick.page_number };
  if (pick.version_id) input.version_id = pick.version_id;
  return input;
}

export function asInput(item: PitchItem): PitchItemInput {
  const input: PitchItemInput = { asset_id: item.asset_id, page_number: item.page_number };
  if (item.note) input.note = item.note;
  if (item.section) input.section = item.section;
  if (item.keeps_version) input.version_id = item.version_id;
  return input;
}

function stored(): Draft | null {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? 'null') as Draft | null;
  } catch {
    return null;
  }
}
