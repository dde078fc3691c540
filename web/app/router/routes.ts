/** Every screen: its address, who may see it, and how to load it. The only table of its kind. */
import type { Component } from 'svelte';
import type { Me, Permission } from '../api/types.ts';
import { matchPath, type Params } from './match.ts';

// Screens without a subject take no properties at all; both kinds are called alike.
export type Screen = Component<any>;
export type Route = { path: string; permission: Permission; load: () => Promise<{ default: Screen }> };

export const routes: Route[] = [
  { path: '/library', permission: 'library.read', load: () => import('../screens/library/Library.svelte') },
  { path: '/assets', permission: 'library.write', load: () => import('../screens/library/Assets.svelte') },
  { path: '/assets/:id', permission: 'library.read', load: () => import('../screens/asset/Asset.svelte') },
  { path: '/reviews', permission: 'library.approve', load: () => import('../screens/review/Reviews.svelte') },
  { path: '/requests', permission: 'library.read', load: () => import('../screens/requests/Requests.svelte') },
  { path: '/assets/:id/compare', permission: 'library.read', load: () => import('../screens/asset/Diff.svelte') },
  { path: '/imports', permission: 'library.write', load: () => import('../screens/imports/Imports.svelte') },
  { path: '/imports/:id', permission: 'library.write', load: () => import('../screens/imports/Import.svelte') },
  { path: '/duplicates', permission: 'library.write', load: () => import('../screens/duplicates/Duplicates.svelte') },
  { path: '/collections', permission: 'library.read', load: () => import('../screens/library/Collections.svelte') },
  { path: '/collections/:id', permission: 'library.read', load: () => import('../screens/library/Collection.svelte') },
  { path: '/vocabulary', permission: 'library.write', load: () => import('../screens/library/Vocabulary.svelte') },
  { path: '/processing', permission: 'library.write', load: () => import('../screens/library/Processing.svelte') },
  { path: '/synonyms', permission: 'library.write', load: () => import('../screens/library/Synonyms.svelte') },
  { path: '/opportunities', permission: 'crm.read', load: () => import('../screens/opportunity/Opportunities.svelte') },
  { path: '/opportunities/:id', permission: 'crm.read', load: () => import('../screens/opportunity/Opportunity.svelte') },
  { path: '/pitches', permission: 'pitch.write', load: () => import('../screens/composer/Pitches.svelte') },
  { path: '/pitches/:id', permission: 'pitch.write', load: () => import('../screens/composer/Composer.svelte') },
  { path: '/templates', permission: 'template.write', load: () => import('../screens/templates/Templates.svelte') },
  { path: '/templates/:id', permission: 'template.write', load: () => import('../screens/templates/Template.svelte') },
  { path: '/branding', permission: 'brand.write', load: () => import('../screens/admin/Brands.svelte') },
  { path: '/questions', permission: 'engagement.read', load: () => import('../screens/questions/Questions.svelte') },
  { path: '/live', permission: 'engagement.read', load: () => import('../screens/live/Live.svelte') },
  { path: '/visit-rules', permission: 'engagement.read', load: () => import('../screens/visits/Rules.svelte') },
  { path: '/analytics/content', permission: 'analytics.read', load: () => import('../screens/analytics/Content.svelte') },
  { path: '/settings/alerts', permission: 'engagement.read', load: () => import('../screens/settings/Alerts.svelte') },
  { path: '/webhooks', permission: 'admin', load: () => import('../screens/admin/Webhooks.svelte') },
  { path: '/webhooks/:id', permission: 'admin', load: () => import('../screens/admin/Webhook.svelte') },
  { path: '/link-rules', permission: 'admin', load: () => import('../screens/admin/LinkRules.svelte') },
  { path: '/outbox', permission: 'admin', load: () => import('../screens/admin/Outbox.svelte') },
  { path: '/audit', permission: 'admin', load: () => import('../screens/admin/Audit.svelte') },
  { path: '/do-not-contact', permission: 'contact.override', load: () => import('../screens/contacts/Restrictions.svelte') },
  { path: '/analytics/content/:id', permission: 'analytics.read', load: () => import('../screens/analytics/AssetReport.svelte') },
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
  { href: '/opportunities', label: 'Opportunities', short: 'Deals', icon: 'briefcase-business', permission: 'crm.read' },
  { href: '/pitches', label: 'Pitches', short: 'Pitches', icon: 'presentation', permission: 'pitch.write' },
  { href: '/live', label: 'Live', short: 'Live', icon: 'radio', permission: 'engagement.read' },
  { href: '/questions', label: 'Questions', short: 'Questions', icon: 'message-circle-question', permission: 'engagement.read' },
  { href: '/analytics/content', label: 'Content performance', short: 'Analytics', icon: 'chart-column', permission: 'analytics.read' },
  { href: '/reviews', label: 'Reviews', short: 'Reviews', icon: 'circle-check', permission: 'library.approve' },
  { href: '/requests', label: 'Requests', short: 'Requests', icon: 'sticky-note', permission: 'library.read' },
  { href: '/assets', label: 'All content', short: 'Content', icon: 'files', permission: 'library.write' },
  { href: '/collections', label: 'Collections', short: 'Collections', icon: 'layers', permission: 'library.read' },
  { href: '/synonyms', label: 'Synonyms', short: 'Synonyms', icon: 'search', permission: 'library.write' },
  { href: '/processing', label: 'Processing', short: 'Processing', icon: 'list-checks', permission: 'library.write' },
  { href: '/templates', label: 'Pitch templates', short: 'Templates', icon: 'sticky-note', permission: 'template.write' },
  { href: '/branding', label: 'Branding', short: 'Branding', icon: 'palette', permission: 'brand.write' },
  { href: '/link-rules', label: 'Links and terms', short: 'Links', icon: 'lock', permission: 'admin' },
  { href: '/do-not-contact', label: 'Do not contact', short: 'Contacts', icon: 'circle-slash', permission: 'contact.override' },
  { href: '/outbox', label: 'Outgoing mail', short: 'Mail', icon: 'mail', permission: 'admin' },
  { href: '/webhooks', label: 'Webhooks and chat', short: 'Webhooks', icon: 'send', permission: 'admin' },
  { href: '/audit', label: 'Audit log', short: 'Audit', icon: 'list-checks', permission: 'admin' },
];

export function destinationsOf(me: Me): Destination[] {
  return destinations.filter((one) => me.permissions.includes(one.permission));
}

/** The page of an asset belongs to the library, not to the marketers' list that shares its address. */
export function isCurrent(destination: Destination, path: string): boolean {
  if (destination.href === '/library') return path === '/library' || path.startsWith('/assets/');
  if (destination.href === '/assets') return path === '/assets' || path === '/vocabulary';
  return path === destination.href || path.startsWith(`${destination.href}/`);
}

/** Where a role starts: marketers with their numbers, everybody else with the library. */
export function homeOf(me: Me): string {
  const first = destinationsOf(me)[0]?.href ?? '/library';
  return me.role === 'marketer' && me.permissions.includes('analytics.read') ? '/analytics/content' : first;
}
