/** Links as the tree they grow into when readers share. Pure. */
import type { LinkView } from '../../api/types.ts';

export type Branch = { link: LinkView; depth: number };

/** Parents before their children, each level oldest first. A link whose parent is unknown counts as a root. */
export function treeOf(links: readonly LinkView[]): Branch[] {
  const known = new Set(links.map((link) => link.id));
  const parentOf = (link: LinkView) => (link.parent_link_id && known.has(link.parent_link_id) ? link.parent_link_id : '');
  const walk = (parent: string, depth: number): Branch[] =>
    links
      .filter((link) => parentOf(link) === parent)
      .toSorted((a, b) => a.created_at.localeCompare(b.created_at))
      .flatMap((link) => [{ link, depth }, ...walk(link.id, depth + 1)]);
  return walk('', 0);
}

export function recipientOf(link: LinkView): string {
  return link.recipient.name ?? link.recipient.email ?? (link.parent_link_id ? 'Shared onwards' : 'Anybody with the link');
}
