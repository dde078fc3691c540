/** The tree of spread as rows on a screen, and how the keys move through it (the pattern of WAI-ARIA's tree). Pure. */
import type { Id, SpreadNode } from '../../api/types.ts';

export type Row = { node: SpreadNode; id: Id; parent: Id | undefined; position: number; size: number; open: boolean };
export type Move = { focus?: Id; toggle?: Id };

/** The rows that are to be seen: nothing below what is folded. `nodes` have parents before their children. */
export function rowsOf(nodes: readonly SpreadNode[], folded: ReadonlySet<Id>): Row[] {
  const rows: Row[] = [];
  const way: Id[] = [];
  const siblings = new Map<Id | undefined, number>();
  let hiddenBelow = Infinity;
  for (const node of nodes) {
    way.length = node.depth;
    const parent = way.at(-1);
    way.push(node.link.id);
    const position = (siblings.get(parent) ?? 0) + 1;
    siblings.set(parent, position);
    if (node.depth > hiddenBelow) continue;
    hiddenBelow = folded.has(node.link.id) ? node.depth : Infinity;
    rows.push({ node, id: node.link.id, parent, position, size: 0, open: !folded.has(node.link.id) });
  }
  return rows.map((row) => ({ ...row, size: siblings.get(row.parent) ?? 1 }));
}

/** What a key does on the row that has the focus; nothing where it does nothing. */
export function move(rows: readonly Row[], at: Id, key: string): Move | undefined {
  const index = rows.findIndex((row) => row.id === at);
  const row = rows[index];
  if (!row) return undefined;
  const to = (next: Row | undefined): Move | undefined => (next ? { focus: next.id } : undefined);
  switch (key) {
    case 'ArrowDown':
      return to(rows[index + 1]);
    case 'ArrowUp':
      return to(rows[index - 1]);
    case 'Home':
      return to(rows[0]);
    case 'End':
      return to(rows.at(-1));
    case 'ArrowRight':
      if (row.node.children === 0) return undefined;
      return row.open ? to(rows[index + 1]) : { toggle: at };
    case 'ArrowLeft':
      if (row.node.children > 0 && row.open) return { toggle: at };
      return row.parent ? { focus: row.parent } : undefined;
    default:
      return undefined;
  }
}
