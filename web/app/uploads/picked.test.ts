import { describe, expect, it } from 'vitest';
import { fromDrop, isClutter } from './picked.ts';

const file = (name: string) => ({ isFile: true, isDirectory: false, name, file: (done: (file: File) => void) => done(new File(['x'], name)) });
const folder = (name: string, parts: unknown[][]) => ({
  isFile: false,
  isDirectory: true,
  name,
  createReader: () => {
    const rest = [...parts, []];
    return { readEntries: (done: (entries: unknown[]) => void) => done(rest.shift() ?? []) };
  },
});
const dropped = (entries: { name: string; isDirectory: boolean }[]) =>
  ({
    items: entries.map((entry) => ({ webkitGetAsEntry: () => entry })),
    files: entries.filter((entry) => !entry.isDirectory).map((entry) => new File(['x'], entry.name)),
  }) as unknown as DataTransfer;

describe('what is dropped', () => {
  it('is found in folders inside folders, also where a folder is read in parts', async () => {
    const tree = folder('decks', [[file('a.pptx'), folder('2026', [[file('b.pptx')]])], [file('c.pptx')]]);
    const found = await fromDrop(dropped([tree, file('lone.pdf')]));
    expect(found.map(({ path }) => path).sort()).toEqual(['decks/2026/b.pptx', 'decks/a.pptx', 'decks/c.pptx', 'lone.pdf']);
  });

  it('leaves out what systems leave behind', async () => {
    const found = await fromDrop(dropped([folder('x', [[file('.DS_Store'), file('~$a.docx'), file('a.docx')]]), file('Thumbs.db')]));
    expect(found.map(({ path }) => path)).toEqual(['x/a.docx']);
    expect(isClutter('__MACOSX/x.pdf')).toBe(true);
  });
});
