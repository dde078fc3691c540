/**
 * Files on their way in. They are sent as soon as they are chosen, a few at a time; the server says what each is and whether
 * the library has it already; once somebody has let them in they become assets or versions and are watched until they are
 * converted. Lives outside the screens, so that an upload survives a change of place, and is written down, so that it
 * survives a reload.
 */
import { toProblem } from '../api/client.ts';
import { assetFromUpload, createImport, duplicatesOf, mergeAsset, upload as lookAt, versionFromUpload } from '../api/intake.ts';
import { asset, convertAgain } from '../api/library.ts';
import type { AssetDetail, AssetInput, AssetSummary, Duplicate, Id, Problem, UploadView, VersionView } from '../api/types.ts';
import { finished, oneFinished } from './finished.svelte.ts';
import type { Picked } from './picked.ts';
import { forget, isSame, recall, remember, type Remembered } from './remembered.ts';
import { giveUp, send, type Sending } from './tus.ts';

export type UploadState =
  | 'waiting' // for its turn
  | 'sending'
  | 'paused' // by hand, or because the connection is gone
  | 'interrupted' // by a reload; its file must be chosen again
  | 'looking' // the server looks at what it is
  | 'here' // complete, and not let in yet
  | 'asking' // whether it is the new version of something
  | 'entering'
  | 'converting'
  | 'ready'
  | 'refused'
  | 'unconverted';

/** What an upload is to become. */
export type Destiny = { kind: 'new' } | { kind: 'version'; of: Id; title: string };

const AT_ONCE = 3;
const POLL_MS = 1000;
/** So long the comparison with the other assets may take after the conversion. */
const LOOK_ALIKE_TRIES = 15;

export class Upload {
  readonly id = ++last;
  readonly name: string;
  readonly path: string;
  readonly total: number;
  file: File | undefined;
  changed: number;
  state = $state<UploadState>('waiting');
  sent = $state(0);
  /** Pages done and expected, while converting. */
  pages = $state<{ done: number; total: number | null }>({ done: 0, total: null });
  /** What the server found it to be. */
  view = $state.raw<UploadView>();
  destiny = $state.raw<Destiny>();
  assetId = $state<Id>();
  importId = $state<Id>();
  problem = $state.raw<Problem>();
  /** An asset that it looks like, found after the conversion. */
  likeness = $state.raw<Duplicate>();
  /** What is said of it, once somebody has let it in. */
  metadata = $state.raw<AssetInput>();
  url: string | undefined;
  sending: Sending | undefined;
  looks = 0;

  constructor(picked: Picked | Remembered, destiny?: Destiny) {
    if ('file' in picked) {
      this.file = picked.file;
      this.name = picked.file.name;
      this.path = picked.path;
      this.total = picked.file.size;
      this.changed = picked.file.lastModified;
    } else {
      this.name = picked.name;
      this.path = picked.path;
      this.total = picked.size;
      this.changed = picked.changed;
      this.url = picked.url;
      this.metadata = picked.metadata ?? undefined;
      this.state = 'interrupted';
    }
    this.destiny = destiny;
  }

  get busy(): boolean {
    return BUSY.includes(this.state);
  }

  /** Whether somebody has let it in. */
  get released(): boolean {
    return this.metadata !== undefined;
  }

  get isArchive(): boolean {
    return /\.zip$/i.test(this.name);
  }

  /** The assets of which it may be the next version: that very file first, then files of the same name. */
  get known(): { asset: AssetSummary; same: boolean; version: number | null }[] {
    const same = this.view?.same_file.map(({ asset, version }) => ({ asset, same: true, version })) ?? [];
    return [...same, ...(this.view?.same_name.map((one) => ({ asset: one, same: false, version: null })) ?? [])];
  }

  write(): void {
    if (!this.url) return;
    const versionOf = this.destiny?.kind === 'version' ? this.destiny.of : null;
    remember({
      url: this.url, name: this.name, path: this.path, size: this.total, changed: this.changed, metadata: this.metadata ?? null, versionOf, at: Date.now(),
    });
  }
}

const BUSY: UploadState[] = ['waiting', 'sending', 'looking', 'here', 'entering', 'converting'];
let last = 0;
let list = $state<Upload[]>([]);
let poll: ReturnType<typeof setTimeout> | undefined;
let prefix = '';

export const uploads = {
  get list() {
    return list;
  },
  /** Rises when a file has become searchable, for lists that want to load again. */
  get finished() {
    return finished.count;
  },
};

/** Files were chosen: they are sent at once, and let in later. */
export function begin(files: Picked[]): Upload[] {
  const added = files.map((picked) => {
    // A file whose upload broke off goes on where it stood.
    const resumed = list.some((one) => one.state === 'interrupted' && resumeWith(one, picked.file));
    return resumed ? undefined : new Upload(picked);
  });
  const fresh = added.filter((one) => one !== undefined);
  list = [...fresh, ...list];
  pump();
  return fresh;
}

/** A new version of an asset, with a word about what changed. */
export function addVersion(file: File, assetId: Id, title = 'this asset', note = ''): void {
  const upload = new Upload({ file, path: file.name }, { kind: 'version', of: assetId, title });
  upload.metadata = note ? { change_note: note } : {};
  list = [upload, ...list];
  pump();
}

/** Lets a file in, with what is said of it. */
export function release(upload: Upload, metadata: AssetInput): void {
  upload.metadata = metadata;
  upload.write();
  if (upload.state === 'here') void enter(upload);
}

/** Where the files of archives go, so that two with the same names in them do not meet. */
export function setPrefix(text: string): void {
  prefix = text;
}

export function decide(upload: Upload, destiny: Destiny): void {
  upload.destiny = destiny;
  if (upload.state === 'asking') void enter(upload);
}

export function pause(upload: Upload): void {
  upload.sending?.stop();
  upload.sending = undefined;
  upload.state = 'paused';
  pump();
}

export function resume(upload: Upload): void {
  upload.problem = undefined;
  upload.state = 'waiting';
  pump();
}

/** The file of an upload that a reload has interrupted was chosen again. */
export function resumeWith(upload: Upload, file: File): boolean {
  if (!isSame({ name: upload.name, size: upload.total, changed: upload.changed }, file)) return false;
  upload.file = file;
  resume(upload);
  return true;
}

/** Tries again what was refused, or converts again what could not be converted. */
export async function retry(upload: Upload): Promise<void> {
  if (upload.state === 'refused') {
    upload.problem = undefined;
    upload.state = 'waiting';
    if (!upload.file) {
      await look(upload);
      return;
    }
    pump();
    return;
  }
  if (upload.state !== 'unconverted' || !upload.assetId) return;
  try {
    const version = newest(await asset(upload.assetId));
    if (version) await convertAgain(version.id);
    upload.problem = undefined;
    upload.state = 'converting';
    watch();
  } catch (cause) {
    upload.problem = toProblem(cause);
  }
}

export function cancel(upload: Upload): void {
  upload.sending?.stop();
  if (upload.url) {
    forget(upload.url);
    if (!upload.assetId && !upload.importId) void giveUp(upload.url);
  }
  list = list.filter((one) => one.id !== upload.id);
  pump();
}

export function clearSettled(): void {
  list = list.filter((one) => one.busy || one.state === 'paused' || one.state === 'asking' || one.state === 'interrupted');
}

/** The new asset becomes the next version of the one that it looks like. */
export async function mergeInto(upload: Upload, likeness: Duplicate): Promise<void> {
  if (!upload.assetId) return;
  try {
    const detail = await mergeAsset(upload.assetId, likeness.asset.id);
    upload.likeness = undefined;
    upload.destiny = { kind: 'version', of: detail.id, title: detail.title };
    upload.assetId = detail.id;
    oneFinished();
  } catch (cause) {
    upload.problem = toProblem(cause);
  }
}

/** What a former visit has left under way. Called once, when somebody is signed in. */
export async function recover(): Promise<void> {
  for (const one of recall()) {
    if (list.some((other) => other.url === one.url)) continue;
    try {
      const view = await lookAt(one.url.split('/').pop() ?? '');
      const destiny = one.versionOf ? ({ kind: 'version', of: one.versionOf, title: 'an asset' } as const) : undefined;
      const upload = new Upload(one, destiny);
      upload.sent = view.offset;
      list = [...list, upload];
      const kept = list.find((other) => other.id === upload.id);
      if (kept && view.offset === view.byte_size) await look(kept);
    } catch (cause) {
      // It has become an asset after all, or its day is over.
      if (toProblem(cause).status === 404 || toProblem(cause).status === 410) forget(one.url);
    }
  }
}

function pump(): void {
  const sending = list.filter((one) => one.state === 'sending').length;
  const waiting = list.filter((one) => one.state === 'waiting').reverse();
  for (const upload of waiting.slice(0, Math.max(0, AT_ONCE - sending))) void begun(upload);
}

async function begun(upload: Upload): Promise<void> {
  if (!upload.file) return;
  upload.state = 'sending';
  try {
    upload.sending = await send(upload.file, {
      url: upload.url,
      onurl: (url) => {
        upload.url = url;
        upload.write();
      },
      onprogress: (sent) => (upload.sent = sent),
      ondone: () => {
        upload.sent = upload.total;
        upload.sending = undefined;
        pump();
        void look(upload);
      },
      onproblem: (problem) => fail(upload, problem),
    });
  } catch (cause) {
    fail(upload, toProblem(cause));
  }
}

function fail(upload: Upload, problem: Problem): void {
  upload.sending = undefined;
  upload.problem = problem;
  // What the server no longer has is sent from the beginning.
  if (problem.status === 404 || problem.status === 410) forget(upload.url ?? '');
  if (problem.status === 404 || problem.status === 410) upload.url = undefined;
  // Without an answer it is the network's fault, and goes on when that is back.
  upload.state = problem.status === 0 ? 'paused' : 'refused';
  pump();
}

async function look(upload: Upload): Promise<void> {
  upload.state = 'looking';
  try {
    const view = await lookAt(upload.url?.split('/').pop() ?? '');
    upload.view = view;
    if (view.refusal) {
      upload.problem = { type: 'about:blank', title: 'This file cannot be used', detail: view.refusal.detail, status: 422, code: view.refusal.code };
      upload.state = 'refused';
      return;
    }
    upload.state = 'here';
    if (upload.released) await enter(upload);
  } catch (cause) {
    fail(upload, toProblem(cause));
  }
}

async function enter(upload: Upload): Promise<void> {
  const view = upload.view;
  if (!view || !upload.metadata) return;
  if (!upload.destiny && upload.known.length > 0) {
    upload.state = 'asking';
    return;
  }
  upload.state = 'entering';
  try {
    if (view.format === 'zip') {
      const made = await createImport(view.id, prefix, $state.snapshot(upload.metadata) as AssetInput);
      upload.importId = made.id;
      upload.state = 'ready';
    } else {
      const detail =
        upload.destiny?.kind === 'version'
          ? await versionFromUpload(upload.destiny.of, view.id, $state.snapshot(upload.metadata) as AssetInput)
          : await assetFromUpload(view.id, $state.snapshot(upload.metadata) as AssetInput);
      take(upload, detail);
      if (!upload.busy) oneFinished();
      watch();
    }
    if (upload.url) forget(upload.url);
  } catch (cause) {
    fail(upload, toProblem(cause));
  }
}

/** What the server knows about the newest version of the file. */
function take(upload: Upload, detail: AssetDetail): void {
  upload.assetId = detail.id;
  const version = newest(detail);
  if (!version) return;
  upload.pages = { done: version.pages_done, total: version.page_count };
  if (version.state === 'ready') {
    upload.state = 'ready';
    if (upload.destiny?.kind !== 'version') upload.looks = LOOK_ALIKE_TRIES;
  } else if (version.state === 'failed') {
    upload.state = 'unconverted';
    upload.problem = {
      type: 'about:blank',
      title: 'This file could not be converted',
      detail: version.failure?.detail ?? 'The reason is unknown.',
      status: 0,
      code: version.failure?.code ?? 'conversion',
    };
  } else upload.state = 'converting';
}

function watch(): void {
  clearTimeout(poll);
  const watched = list.filter((one) => one.state === 'converting' || one.looks > 0);
  if (watched.length === 0) return;
  poll = setTimeout(async () => {
    await Promise.all(watched.map((one) => (one.state === 'converting' ? follow(one) : compare(one))));
    watch();
  }, POLL_MS);
}

async function follow(upload: Upload): Promise<void> {
  if (!upload.assetId) return;
  try {
    take(upload, await asset(upload.assetId));
    if (!upload.busy) oneFinished();
  } catch {
    // A lost answer is no failed conversion: the next look tells.
  }
}

/** Whether it looks like something that is there, once that is known. */
async function compare(upload: Upload): Promise<void> {
  upload.looks -= 1;
  if (!upload.assetId) return;
  try {
    const { compared, items, obstacle } = await duplicatesOf(upload.assetId);
    if (!compared) return;
    upload.looks = 0;
    // Whoever chose to add the same file again was asked already.
    if (!obstacle) upload.likeness = items.find((one) => !one.exact);
  } catch {
    upload.looks = 0;
  }
}

/** The version just sent has the highest number; the current one may still be its predecessor. */
function newest(detail: AssetDetail): VersionView | undefined {
  return detail.versions.reduce<VersionView | undefined>(
    (best, one) => (!best || one.number > best.number ? one : best),
    detail.current_version ?? undefined,
  );
}

if (typeof window !== 'undefined') {
  window.addEventListener('online', () => list.filter((one) => one.state === 'paused' && one.problem).forEach(resume));
}
