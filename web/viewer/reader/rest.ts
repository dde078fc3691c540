// The pages that do not stand on the first page: fetched in one go when that is shown, and put behind it.

import { base, doc } from "./page";

let busy = false;
let arrived: (contents: HTMLElement | null) => void = () => {};
let settle = () => {};
/** Is kept when the pages are there, or when there are none. */
export const complete = new Promise<void>((resolve) => (settle = resolve));

/** Fetches them, unless they are here or on their way; tells whoever asked first. */
export const rest = async (then?: (contents: HTMLElement | null) => void) => {
  if (then) arrived = then;
  const more = doc.querySelector<HTMLAnchorElement>("#more");
  if (!more) return settle();
  if (busy) return;
  busy = true;
  try {
    const from = new URL(more.href).searchParams.get("from");
    const reply = await fetch(`${base}/pages?from=${from}&rest=true`);
    if (!reply.ok) return;
    const piece = doc.createElement("template");
    piece.innerHTML = await reply.text();
    const contents = piece.content.querySelector("ol");
    contents?.remove();
    more.replaceWith(piece.content);
    settle();
    arrived(contents);
  } catch {
    // No network: the link stays, and this is tried again when it is back.
  } finally {
    busy = false;
  }
};
