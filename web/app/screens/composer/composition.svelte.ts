/**
 * A pitch while it is being composed: what is on the screen, and its way to the server. Saves by itself shortly after a
 * change, one save at a time. What somebody else saved meanwhile is joined with ours where both changed different things;
 * where both changed the same, nothing is overwritten without being asked. Every step can be taken back.
 */
import { ApiError, toProblem } from '../../api/client.ts';
import { pitch as loadPitch, savePitch } from '../../api/pitches.ts';
import type { AssetKind, Id, LinkView, PitchDetail, PitchItem, PitchItemInput, PitchUpdate, Problem, Replacement, PitchStepInput, StepView } from '../../api/types.ts';
import { clashesOf, contentOf, merge, type Clash, type Content } from './conflict.ts';

export type Card = {
  /** Ours, not the server's: it stays the same while the order changes and saves come back. */
  id: string;
  asset_id: Id;
  page_number: number | null;
  note: string;
  title: string;
  kind: AssetKind;
  page_count: number;
  page_title: string | null;
  thumbnail_url: string | null;
  problems: string[];
  /** Known once the server has the card: what it shows, and which version it keeps, if any. */
  version?: CardVersion;
};
/** The cards below it stand in its section; without a name they stand in none. */
export type SectionHead = { id: string; section: string };
export type Entry = Card | SectionHead;
export type CardVersion = { kept: Id | null; shown: Id; number: number; current: number };
export type NewCard = Omit<Card, 'id' | 'note' | 'problems' | 'version'>;
export type Step = {
  /** Ours, as a card's. */
  key: string;
  /** The server's, once it has the step. */
  id: Id | null;
  side: 'ours' | 'theirs';
  what: string;
  who: string;
  due_on: string | null;
  done_at: string | null;
  done_by: string | null;
  done_by_prospect: boolean;
};

type Snapshot = { title: string; message: string; entries: Entry[]; steps: Step[] };

const QUIET_MS = 700;
/** What is typed into one field without a longer pause is taken back at once. */
const ONE_GO_MS = 2000;
const MOST_UNDO = 100;
/** This tab: its saves within some minutes are one entry of the history. */
const EDITING = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, '0')).join('');
let last = 0;
const fresh = (kind: string): string => `${kind}-${++last}`;

export const isCard = (entry: Entry): entry is Card => 'asset_id' in entry;

export class Composition {
  pitch = $state.raw<PitchDetail>() as PitchDetail;
  title = $state('');
  message = $state('');
  entries = $state<Entry[]>([]);
  steps = $state<Step[]>([]);
  /** A template asked for a customer story. */
  #asksStory = $state(false);
  links = $state.raw<LinkView[]>([]);
  status = $state<'saved' | 'changed' | 'saving' | 'failed' | 'conflict'>('saved');
  problem = $state.raw<Problem>();
  /** What both have changed, while it is undecided. */
  clashes = $state.raw<Clash[]>([]);
  /** Says that somebody else's changes were joined with ours. */
  joined = $state('');
  #undo = $state.raw<Snapshot[]>([]);
  #redo = $state.raw<Snapshot[]>([]);

  #revision = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> | undefined;
  /** As the server had it when we last agreed. */
  #base: Content = { title: '', message: '', items: [], steps: [] };
  #theirs: PitchDetail | undefined;
  #now: Snapshot = { title: '', message: '', entries: [], steps: [] };
  #field = '';
  #touched = 0;

  constructor(detail: PitchDetail) {
    this.#take(detail);
  }

  get cards(): Card[] {
    return this.entries.filter(isCard);
  }

  /** The place of a customer story, while none stands in the pitch. */
  get wantsStory(): boolean {
    return this.#asksStory && !this.cards.some((card) => card.kind === 'case_study');
  }

  /** This pitch needs none. */
  leaveStoryOut = (): void => {
    this.#asksStory = false;
    this.#soon();
  };

  get canUndo(): boolean {
    return this.#undo.length > 0;
  }

  get canRedo(): boolean {
    return this.#redo.length > 0;
  }

  /** Something was changed: save soon. `field` names what is being typed into. */
  touch = (field = ''): void => {
    const now = Date.now();
    if (!field || field !== this.#field || now - this.#touched > ONE_GO_MS) this.#remember();
    this.#field = field;
    this.#touched = now;
    this.#now = this.#snapshot();
    this.#soon();
  };

  undo = (): void => this.#travel('undo');
  redo = (): void => this.#travel('redo');

  add(card: NewCard, at = this.entries.length): Card {
    const added = { ...card, id: fresh('card'), note: '', problems: [] };
    this.entries.splice(at, 0, added);
    this.touch();
    return added;
  }

  addSection(at = this.entries.length): SectionHead {
    const added = { id: fresh('section'), section: 'New section' };
    this.entries.splice(at, 0, added);
    this.touch();
    return added;
  }

  addStep(side: 'ours' | 'theirs'): Step {
    const added: Step = { key: fresh('step'), id: null, side, what: '', who: '', due_on: null, done_at: null, done_by: null, done_by_prospect: false };
    this.steps.push(added);
    // An empty row is nothing yet; it is saved with its first letter.
    return added;
  }

  /** A tick is an act of its own and no edit; it is not taken back with edits. */
  ticked(step: Step, view: StepView): void {
    step.done_at = view.done_at;
    step.done_by = view.done_by;
    step.done_by_prospect = view.done_by_prospect;
    this.#now = this.#snapshot();
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

  /** The server has changed the pitch on our behalf: a template, an old revision. What was before can be had again. */
  replaceAll(detail: PitchDetail): void {
    this.#remember();
    this.#take(detail);
  }

  get revision(): number {
    return this.#revision;
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

  /** Decides what both have changed; what only one of us changed stays. Mine can be had again by undoing. */
  settle = async (whose: 'mine' | 'theirs'): Promise<void> => {
    const theirs = this.#theirs;
    if (!theirs) return;
    this.#remember();
    this.#join(theirs, whose);
    this.clashes = [];
    this.#theirs = undefined;
    this.status = 'changed';
    await this.flush();
  };

  #soon(): void {
    if (this.status === 'conflict') return;
    this.status = 'changed';
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), QUIET_MS);
  }

  #remember(): void {
    this.#undo = [...this.#undo, this.#now].slice(-MOST_UNDO);
    this.#redo = [];
    this.#field = '';
  }

  #travel(way: 'undo' | 'redo'): void {
    const from = way === 'undo' ? this.#undo : this.#redo;
    const to = from.at(-1);
    if (!to) return;
    const here = this.#snapshot();
    if (way === 'undo') {
      this.#undo = from.slice(0, -1);
      this.#redo = [...this.#redo, here];
    } else {
      this.#redo = from.slice(0, -1);
      this.#undo = [...this.#undo, here];
    }
    // Ticks are not edits: they stay as they are.
    const ticks = new Map(this.steps.map((step) => [step.key, step]));
    this.title = to.title;
    this.message = to.message;
    this.entries = structuredClone(to.entries);
    this.steps = to.steps.map((step) => {
      const tick = ticks.get(step.key);
      return tick ? { ...step, id: tick.id, done_at: tick.done_at, done_by: tick.done_by, done_by_prospect: tick.done_by_prospect } : { ...step };
    });
    this.#now = this.#snapshot();
    this.#field = '';
    this.#soon();
  }

  #snapshot(): Snapshot {
    return { title: this.title, message: this.message, entries: $state.snapshot(this.entries) as Entry[], steps: $state.snapshot(this.steps) };
  }

  #body(): PitchUpdate {
    let section = '';
    const items: PitchItemInput[] = [];
    for (const entry of $state.snapshot(this.entries) as Entry[]) {
      if (isCard(entry)) items.push(asInput(entry, section));
      else section = entry.section.trim();
    }
    const steps: PitchStepInput[] = this.#written().map((step) => ({ id: step.id, side: step.side, what: step.what.trim(), who: step.who.trim(), due_on: step.due_on }));
    return { title: this.title.trim() || 'Untitled pitch', message: this.message, items, steps, story_wanted: this.#asksStory, editing: EDITING };
  }

  /** The steps that say something. */
  #written(): Step[] {
    return this.steps.filter((step) => step.what.trim());
  }

  async #save(): Promise<void> {
    this.status = 'saving';
    this.problem = undefined;
    const cards = this.cards.map((card) => card.id);
    const steps = this.#written().map((step) => step.key);
    try {
      const detail = await savePitch(this.pitch.id, this.#revision, this.#body());
      this.#agree(detail);
      for (const [index, item] of detail.items.entries()) {
        const card = this.cards.find((one) => one.id === cards[index]);
        if (!card) continue;
        card.problems = item.problems;
        // What keeps a version or follows again shows other pages than before.
        card.version = versionOf(item);
        card.page_number = item.page_number;
        card.page_count = item.page_count;
        card.page_title = item.page_title;
        card.thumbnail_url = item.thumbnail_url;
      }
      for (const [index, view] of detail.steps.entries()) {
        const step = this.steps.find((one) => one.key === steps[index]);
        if (step) Object.assign(step, { id: view.id, done_at: view.done_at, done_by: view.done_by, done_by_prospect: view.done_by_prospect });
      }
      // Typed on meanwhile? Then `touch` has set the status, and its timer saves again.
      if (this.#stillAt('saving')) this.status = 'saved';
    } catch (cause) {
      if (cause instanceof ApiError && cause.status === 412) return this.#meet();
      this.status = 'failed';
      this.problem = toProblem(cause);
    }
  }

  /** Somebody else was faster: join what both have done, or ask. */
  async #meet(): Promise<void> {
    let theirs: PitchDetail;
    try {
      theirs = await loadPitch(this.pitch.id);
    } catch (cause) {
      this.status = 'failed';
      this.problem = toProblem(cause);
      return;
    }
    this.clashes = clashesOf(this.#base, contentOf(this.#body()), contentOf(theirs), [...theirs.items, ...this.cards]);
    if (this.clashes.length > 0) {
      this.#theirs = theirs;
      this.status = 'conflict';
      return;
    }
    this.#join(theirs, 'mine');
    this.joined = 'Changes that were saved elsewhere are joined with yours';
    await this.#save();
  }

  /** Takes from `theirs` what only they changed, and of what both changed what was decided. */
  #join(theirs: PitchDetail, whose: 'mine' | 'theirs'): void {
    const take = merge(this.#base, contentOf(this.#body()), contentOf(theirs), whose);
    if (take.title) this.title = theirs.title;
    if (take.message) this.message = theirs.message;
    if (take.items) this.entries = entriesOf(theirs.items);
    if (take.steps) this.steps = theirs.steps.map(stepOf);
    this.#agree(theirs);
    this.#now = this.#snapshot();
  }

  #agree(detail: PitchDetail): void {
    this.#revision = detail.revision;
    this.pitch = detail;
    this.#base = contentOf(detail);
  }

  /** A method, because the compiler believes the status cannot change during an await. */
  #stillAt(status: string): boolean {
    return this.status === status;
  }

  #take(detail: PitchDetail): void {
    this.title = detail.title;
    this.message = detail.message;
    this.links = detail.links;
    this.#asksStory = detail.story_wanted;
    this.entries = entriesOf(detail.items);
    this.steps = detail.steps.map(stepOf);
    this.#agree(detail);
    this.status = 'saved';
    this.problem = undefined;
    this.clashes = [];
    this.#now = this.#snapshot();
  }
}

function entriesOf(items: PitchItem[]): Entry[] {
  let section = '';
  return items.flatMap((item): Entry[] => {
    const card: Card = {
      id: fresh('card'),
      asset_id: item.asset_id,
      page_number: item.page_number,
      note: item.note,
      title: item.title,
      kind: item.kind,
      page_count: item.page_count,
      page_title: item.page_title,
      thumbnail_url: item.thumbnail_url,
      problems: item.problems,
      version: versionOf(item),
    };
    if (item.section === section) return [card];
    section = item.section;
    return [{ id: fresh('section'), section }, card];
  });
}

function stepOf(view: StepView): Step {
  return {
    key: fresh('step'),
    id: view.id,
    side: view.side,
    what: view.what,
    who: view.who,
    due_on: view.due_on,
    done_at: view.done_at,
    done_by: view.done_by,
    done_by_prospect: view.done_by_prospect,
  };
}

function versionOf(item: PitchItem): CardVersion {
  return {
    kept: item.keeps_version ? item.version_id : null,
    shown: item.version_id,
    number: item.version_number,
    current: item.current_version_number ?? item.version_number,
  };
}

function asInput(card: Card, section: string): PitchItemInput {
  const input: PitchItemInput = { asset_id: card.asset_id, page_number: card.page_number };
  if (card.note.trim()) input.note = card.note.trim();
  if (section) input.section = section;
  if (card.version?.kept) input.version_id = card.version.kept;
  return input;
}

export function nameOf(card: Pick<Card, 'title' | 'page_number'>): string {
  return card.page_number ? `page ${card.page_number} of "${card.title}"` : `"${card.title}"`;
}

export function entryName(entry: Entry): string {
  return isCard(entry) ? nameOf(entry) : `section "${entry.section.trim() || 'No section'}"`;
}
