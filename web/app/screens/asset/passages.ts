/** The words of a page that changed, without the long stretches that did not. */
import type { Passage } from '../../api/types.ts';

/** What is shown: a passage, or how many words stand in between. */
export type Shown = { kind: Passage['kind']; text: string } | { kind: 'left_out'; words: number };

/** How much of what stayed is shown on either side of a change, in characters. */
const BESIDE = 80;
/** Less than this is not worth leaving out. */
const WORTH = 60;

const count = (text: string) => text.split(/\s+/).filter(Boolean).length;

/** The passages around the changes. Words are not cut in two. */
export function aroundChanges(passages: Passage[]): Shown[] {
  const shown: Shown[] = [];
  passages.forEach((passage, index) => {
    if (passage.kind !== 'same') {
      shown.push(passage);
      return;
    }
    const { text } = passage;
    const before = index === 0 ? 0 : ahead(text);
    const after = index === passages.length - 1 ? text.length : back(text);
    if (after - before < WORTH) {
      shown.push(passage);
      return;
    }
    if (before > 0) shown.push({ kind: 'same', text: text.slice(0, before) });
    shown.push({ kind: 'left_out', words: count(text.slice(before, after)) });
    if (after < text.length) shown.push({ kind: 'same', text: text.slice(after) });
  });
  return shown;
}

/** Where the beginning of a stretch ends that is shown behind a change. */
function ahead(text: string): number {
  if (text.length <= BESIDE) return text.length;
  const blank = text.lastIndexOf(' ', BESIDE);
  const line = text.lastIndexOf('\n', BESIDE);
  return Math.max(blank, line) + 1 || BESIDE;
}

/** Where the end of a stretch begins that is shown in front of a change. */
function back(text: string): number {
  if (text.length <= BESIDE) return 0;
  const from = text.length - BESIDE;
  const blank = text.slice(from).search(/\s/);
  return blank < 0 ? from : from + blank + 1;
}
