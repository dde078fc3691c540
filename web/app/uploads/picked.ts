/** Files as people choose or drop them, folders included, without what systems leave in them. */

export type Picked = {
  file: File;
  /** Where it stood in the folder that was chosen; its name alone otherwise. */
  path: string;
};

/** What belongs to a system or a program and to no library; the server leaves the same out of archives. */
export function isClutter(path: string): boolean {
  return path.split('/').some((part) => {
    const lower = part.toLowerCase();
    return part === '__MACOSX' || part.startsWith('.') || part.startsWith('~$') || lower === 'thumbs.db' || lower === 'desktop.ini';
  });
}

/** The files of an `<input type="file">`, also of one that takes folders. */
export function fromInput(list: FileList | null): Picked[] {
  return [...(list ?? [])].map((file) => ({ file, path: file.webkitRelativePath || file.name })).filter(({ path }) => !isClutter(path));
}

/** What was dropped. The entries must be asked for at once: the browser forgets them after the event. */
export async function fromDrop(transfer: DataTransfer): Promise<Picked[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  const plain = [...transfer.files];
  if (!entries.some((entry) => entry?.isDirectory)) return plain.map((file) => ({ file, path: file.name })).filter(({ path }) => !isClutter(path));
  const found = await Promise.all(entries.map((entry) => (entry ? walk(entry, '') : [])));
  return found.flat();
}

async function walk(entry: FileSystemEntry, prefix: string): Promise<Picked[]> {
  const path = prefix + entry.name;
  if (isClutter(path)) return [];
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [{ file, path }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: Picked[] = [];
  // A reader hands out a part of its folder at a time.
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (part.length === 0) return found;
    found.push(...(await Promise.all(part.map((child) => walk(child, `${path}/`)))).flat());
  }
}
