/**
 * A pitch while it is being composed: what is on the screen, and its way to the server. Saves by itself shortly after a
 * change, one save at a time; a version somebody else saved is never overwritten without being asked.
 */
import { ApiError, toProblem } from '../../api/client.ts';
import { pitch as loadPitch, savePitch } from '../../api/pitches.ts';
import type { AssetKind, Id, LinkView, PitchDetail, PitchItem, PitchItemInput, Problem, Replacement } from '../../api/types.ts';

export type Card = {
  /** Ours, not the server's: it stays the same while the order changes and saves come back. */
  id: string;
  asset_id: Id;
  page_number: number | null;
  note: string;
  section: string;
  title: string;
  kind: AssetKind;
  page_count: number;
  page_title: string | null;
  thumbnail_url: string | null;
  problems: string[];
  /** Known once the server has the card: what it shows, and which version it keeps, if any. */
  version?: CardVersion;
};
export type CardVersion = { kept: Id | null; shown: Id; number: number; current: number };
export type NewCard = Omit<Card, 'id' | 'note' | 'section' | 'problems' | 'version'>;

const QUIET_MS = 700;
let last = 0;

export class Composition {
  pitch = $state.raw<PitchDetail>() as PitchDetail;
  title = $state('');
  message = $state('');
  cards = $state<Card[]>([]);
  links = $state.raw<LinkView[]>([]);
  status = $state<'saved' | 'changed' | 'saving' | 'failed' | 'conflict'>('saved');
  problem = $state.raw<Problem>();

  #revision = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> | undefined;

  constructor(detail: PitchDetail) {
    this.#take(detail);
  }

  /** Something was changed: save soon. */
  touch = (): void => {
    if (this.status === 'conflict') return;
    this.status = 'changed';
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), QUIET_MS);
  };

  add(card: NewCard, at = this.cards.length): Card {
    const added = { ...card, id: `card-${++last}`, note: '', section: '', problems: [] };
    this.cards.splice(at, 0, added);
    this.touch();
    return added;
  }

  /** Puts another piece in a card's place; its note and section stay. */
  replace(card: Card, by: Replacement): void {
    card.asset_id = by.asset_id;
    card.page_number = by.page_number;
    card.title = by.title;
    card.kind = by.kind;
    card.page_count = by.page_count;
    card.page_title = null;
    card.thumbnail_url = by.thumbnail_url;
    card.problems = [];
    this.touch();
  }

  /** Saves what is not saved yet. False if something is in the way. */
  flush = async (): Promise<boolean> => {
    clearTimeout(this.#timer);
    await this.#running;
    if (this.status === 'changed' || this.status === 'failed') {
      this.#running = this.#save();
      await this.#running;
    }
    return this.status === 'saved';
  };

  takeTheirs = async (): Promise<void> => {
    try {
      this.#take(await loadPitch(this.pitch.id));
    } catch (cause) {
      this.problem = toProblem(cause);
    }
  };

  keepMine = async (): Promise<void> => {
    try {
      this.#revision = (await loadPitch(this.pitch.id)).revision;
      this.status = 'changed';
      await this.flush();
    } catch (cause) {
      this.problem = toProblem(cause);
    }
  };

  async #save(): Promise<void> {
    this.status = 'saving';
    this.problem = undefined;
    const saving = $state.snapshot(this.cards);
    try {
      const detail = await savePitch(this.pitch.id, this.#revision, {
        title: this.title.trim() || 'Untitled pitch',
        message: this.message,
        items: saving.map(asInput),
      });
      this.#revision = detail.revision;
      this.pitch = detail;
      for (const [index, item] of detail.items.entries()) {
        const card = this.cards.find((one) => one.id === saving[index]?.id);
        if (!card) continue;
        card.problems = item.problems;
        // What keeps a version or follows again shows other pages than before.
        card.version = versionOf(item);
        card.page_number = item.page_number;
        card.page_count = item.page_count;
        card.page_title = item.page_title;
        card.thumbnail_url = item.thumbnail_url;
      }
      // Typed on meanwhile? Then `touch` has set the status, and its timer saves again.
      if (this.#now() === 'saving') this.status = 'saved';
    } catch (cause) {
      this.status = cause instanceof ApiError && cause.status === 412 ? 'conflict' : 'failed';
      if (this.status === 'failed') this.problem = toProblem(cause);
    }
  }

  /** A method, because the compiler believes the status cannot change during an await. */
  #now(): string {
    return this.status;
  }

  #take(detail: PitchDetail): void {
    this.pitch = detail;
    this.title = detail.title;
    this.message = detail.message;
    this.links = detail.links;
    this.cards = detail.items.map((item) => ({
      id: `card-${++last}`,
      asset_id: item.asset_id,
      page_number: item.page_number,
      note: item.note ?? '',
      section: item.section ?? '',
      title: item.title,
      kind: item.kind,
      page_count: item.page_count,
      page_title: item.page_title,
      thumbnail_url: item.thumbnail_url,
      problems: item.problems,
      version: versionOf(item),
    }));
    this.#revision = detail.revision;
    this.status = 'saved';
    this.problem = undefined;
  }
}

function versionOf(item: PitchItem): CardVersion {
  return {
    kept: item.keeps_version ? item.version_id : null,
    shown: item.version_id,
    number: item.version_number,
    current: item.current_version_number ?? item.version_number,
  };
}

function asInput(card: Card): PitchItemInput {
  const input: PitchItemInput = { asset_id: card.asset_id, page_number: card.page_number };
  if (card.note.trim()) input.note = card.note.trim();
  if (card.section) input.section = card.section;
  if (card.version?.kept) input.version_id = card.version.kept;
  return input;
}

export function nameOf(card: Pick<Card, 'title' | 'page_number'>): string {
  return card.page_number ? `page ${card.page_number} of "${card.title}"` : `"${card.title}"`;
}
