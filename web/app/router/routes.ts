/** Every screen: its address, who may see it, and how to load it. The only table of its kind. */
import type { Component } from 'svelte';
import type { Me, Permission } from '../api/types.ts';
import { matchPath, type Params } from './match.ts';

export type Screen = Component<{ params: Params }>;
export type Route = { path: string; permission: Permission; load: () => Promise<{ default: Screen }> };

export const routes: Route[] = [
  { path: '/library', permission: 'library.read', load: () => import('../screens/library/Library.svelte') },
];

export function findRoute(path: string): { route: Route; params: Params } | null {
  for (const route of routes) {
    const params = matchPath(route.path, path);
    if (params) return { route, params };
  }
  return null;
}

export type Destination = { href: string; label: string; short: string; icon: string; permission: Permission };

const destinations: Destination[] = [
  { href: '/library', label: 'Library', short: 'Library', icon: 'library-big', permission: 'library.read' },
  { href: '/live', label: 'Live', short: 'Live', icon: 'radio', permission: 'engagement.read' },
  { href: '/analytics/content', label: 'Content performance', short: 'Analytics', icon: 'chart-column', permission: 'analytics.read' },
  { href: '/assets', label: 'All content', short: 'Content', icon: 'files', permission: 'library.write' },
];

export function destinationsOf(me: Me): Destination[] {
  return destinations.filter((one) => me.permissions.includes(one.permission));
}

/** The page of an asset belongs to the library, not to the marketers' list that shares its address. */
export function isCurrent(destination: Destination, path: string): boolean {
  if (destination.href === '/library') return path === '/library' || path.startsWith('/assets/');
  if (destination.href === '/assets') return path === '/assets';
  return path === destination.href || path.startsWith(`${destination.href}/`);
}

/** Where a role starts: marketers with their numbers, everybody else with the library. */
export function homeOf(me: Me): string {
  const first = destinationsOf(me)[0]?.href ?? '/library';
  return me.role === 'marketer' && me.permissions.includes('analytics.read') ? '/analytics/content' : first;
}
