/** What is on its way, written down so that a reload or a closed tab does not lose it. The bytes themselves are the server's. */
import type { AssetInput, Id } from '../api/types.ts';

export type Remembered = {
  /** Where its bytes go. */
  url: string;
  name: string;
  path: string;
  size: number;
  changed: number;
  metadata: AssetInput | null;
  versionOf: Id | null;
  at: number;
};

const KEY = 'lastmile.uploads';
/** The server keeps what it has for so long. */
const LIFE_MS = 24 * 60 * 60 * 1000;

export function recall(now = Date.now()): Remembered[] {
  try {
    const list = JSON.parse(localStorage.getItem(KEY) ?? '[]') as Remembered[];
    return list.filter((one) => now - one.at < LIFE_MS);
  } catch {
    return [];
  }
}

export function remember(one: Remembered): void {
  store([...recall().filter((other) => other.url !== one.url), one]);
}

export function forget(url: string): void {
  store(recall().filter((one) => one.url !== url));
}

/** Whether a file that was chosen again is the one whose upload broke off. */
export function isSame(one: Pick<Remembered, 'name' | 'size' | 'changed'>, file: File): boolean {
  return one.name === file.name && one.size === file.size && one.changed === file.lastModified;
}

function store(list: Remembered[]): void {
  try {
    if (list.length === 0) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, JSON.stringify(list));
  } catch {
    // A browser that keeps nothing only cannot go on after a reload.
  }
}
