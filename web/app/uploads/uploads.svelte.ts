/**
 * Files on their way in: sent two at a time, then watched until the server has converted them. Lives outside the screens,
 * so that an upload survives a change of place.
 */
import { toProblem } from '../api/client.ts';
import { asset, convertAgain } from '../api/library.ts';
import type { AssetDetail, AssetInput, Problem, VersionView } from '../api/types.ts';
import { sendNewAsset, sendNewVersion } from './send.ts';

export type UploadState = 'waiting' | 'sending' | 'converting' | 'ready' | 'refused' | 'unconverted';

export class Upload {
  readonly id = ++last;
  state = $state<UploadState>('waiting');
  sent = $state(0);
  total = $state(0);
  /** Pages done and expected, while converting. */
  pages = $state<{ done: number; total: number | null }>({ done: 0, total: null });
  assetId = $state<string>();
  problem = $state.raw<Problem>();
  readonly file: File;
  readonly metadata: AssetInput;
  /** Set when the file is a new version of this asset. */
  readonly versionOf: string | undefined;
  readonly controller = new AbortController();

  constructor(file: File, metadata: AssetInput, versionOf?: string) {
    this.file = file;
    this.metadata = metadata;
    this.versionOf = versionOf;
    this.total = file.size;
  }

  get busy(): boolean {
    return this.state === 'waiting' || this.state === 'sending' || this.state === 'converting';
  }

  /** What the server knows about the newest version of the file. */
  take(detail: AssetDetail): void {
    this.assetId = detail.id;
    const version = newest(detail);
    if (!version) return;
    this.pages = { done: version.pages_done, total: version.page_count };
    if (version.state === 'ready') this.state = 'ready';
    else if (version.state === 'failed') {
      this.state = 'unconverted';
      this.problem = {
        type: 'about:blank',
        title: 'This file could not be converted',
        detail: version.failure?.detail ?? 'The reason is unknown.',
        status: 0,
        code: version.failure?.code ?? 'conversion',
      };
    } else this.state = 'converting';
  }
}

const AT_ONCE = 2;
const POLL_MS = 1000;
let last = 0;
let list = $state<Upload[]>([]);
/** Rises when a file has become searchable, for lists that want to load again. */
let finished = $state(0);
let poll: ReturnType<typeof setTimeout> | undefined;

export const uploads = {
  get list() {
    return list;
  },
  get finished() {
    return finished;
  },
};

export function add(files: { file: File; metadata: AssetInput }[]): void {
  list = [...files.map(({ file, metadata }) => new Upload(file, metadata)), ...list];
  pump();
}

/** A new version, with a word about what changed. */
export function addVersion(file: File, assetId: string, note = ''): void {
  list = [new Upload(file, note ? { change_note: note } : {}, assetId), ...list];
  pump();
}

/** Sends again what was refused, or converts again what could not be converted. */
export async function retry(upload: Upload): Promise<void> {
  if (upload.state === 'refused') {
    upload.problem = undefined;
    upload.state = 'waiting';
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
  upload.controller.abort();
  list = list.filter((one) => one.id !== upload.id);
}

export function clearSettled(): void {
  list = list.filter((one) => one.busy);
}

function pump(): void {
  const sending = list.filter((one) => one.state === 'sending').length;
  const waiting = list.filter((one) => one.state === 'waiting').reverse();
  for (const upload of waiting.slice(0, AT_ONCE - sending)) void send(upload);
}

async function send(upload: Upload): Promise<void> {
  upload.state = 'sending';
  upload.sent = 0;
  const options = {
    onProgress: (sent: number, total: number) => {
      upload.sent = sent;
      upload.total = total;
    },
    signal: upload.controller.signal,
  };
  try {
    const detail = upload.versionOf
      ? await sendNewVersion(upload.versionOf, upload.file, upload.metadata, options)
      : await sendNewAsset(upload.file, upload.metadata, options);
    upload.take(detail);
    if (!upload.busy) finished += 1;
    watch();
  } catch (cause) {
    if (!upload.controller.signal.aborted) {
      upload.problem = toProblem(cause);
      upload.state = 'refused';
    }
  }
  pump();
}

function watch(): void {
  clearTimeout(poll);
  if (!list.some((one) => one.state === 'converting')) return;
  poll = setTimeout(async () => {
    await Promise.all(list.filter((one) => one.state === 'converting').map(look));
    watch();
  }, POLL_MS);
}

async function look(upload: Upload): Promise<void> {
  if (!upload.assetId) return;
  try {
    upload.take(await asset(upload.assetId));
    if (!upload.busy) finished += 1;
  } catch {
    // A lost answer is no failed conversion: the next look tells.
  }
}

/** The version just sent has the highest number; the current one may still be its predecessor. */
function newest(detail: AssetDetail): VersionView | undefined {
  return detail.versions.reduce<VersionView | undefined>(
    (best, one) => (!best || one.number > best.number ? one : best),
    detail.current_version ?? undefined,
  );
}
