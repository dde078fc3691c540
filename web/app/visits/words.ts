/** Visits in words: the three classes, the three levels, and who it was. */
import type { VisitClass, VisitView } from '../api/types.ts';

export const classWords: Record<VisitClass, string> = {
  human: 'a person',
  unverified: 'perhaps a person',
  machine: 'a machine',
};

/** How far it went: asked for, run in a browser, read by somebody. */
export function kindOf(level: VisitView['level']): string {
  return { fetched: 'fetched by a program', opened: 'opened in a browser', read: 'read' }[level];
}

/** The name of a viewer: the recipient's, a proved address, or somebody. */
export function viewerName(visit: VisitView): string {
  if (visit.viewer_name) return visit.viewer_name;
  if (visit.viewer?.email) return visit.viewer.email;
  return visit.viewer?.known_as === 'anonymous' ? 'Somebody else' : 'New viewer';
}

/** Machines apart, and among the rest those that a person read and those that were only opened. */
export function sorted(visits: readonly VisitView[]): { people: VisitView[]; machines: VisitView[] } {
  return {
    people: visits.filter((visit) => visit.class !== 'machine'),
    machines: visits.filter((visit) => visit.class === 'machine'),
  };
}
