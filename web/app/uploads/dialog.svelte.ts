/** Whether the upload dialog is open, and with which files: screens, the shell and the drop zone all open the same one. */
import type { Picked } from './picked.ts';
import { begin, type Upload } from './uploads.svelte.ts';

let open = $state(false);
let web = $state(false);
let batch = $state<Upload[]>([]);

export const dialog = {
  get open() {
    return open;
  },
  /** Whether the dialog for a web link is open instead. */
  get web() {
    return web;
  },
  /** The files that it is about. */
  get batch() {
    return batch;
  },
};

/** Opens the dialog, with files where there are some. */
export function openUpload(files: Picked[] = []): void {
  addToBatch(files);
  open = true;
}

export function addToBatch(files: Picked[]): void {
  if (files.length > 0) batch = [...batch, ...begin(files)];
}

/** Opens the dialog for a file that was sent before a reload, and of which nothing was said yet. */
export function adopt(upload: Upload): void {
  batch = [...batch, upload];
  open = true;
}

export function leaveOut(upload: Upload): void {
  batch = batch.filter((one) => one.id !== upload.id);
}

export function closeUpload(): void {
  open = false;
  batch = [];
}

export function openWebLink(): void {
  closeUpload();
  web = true;
}

export function closeWebLink(): void {
  web = false;
}
