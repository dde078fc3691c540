/** What webhooks are called and told. Pure. */
import type { WebhookFormat } from '../../api/types.ts';

export const FORMATS: { format: WebhookFormat; name: string; about: string }[] = [
  { format: 'standard', name: 'A program', about: 'JSON, signed as Standard Webhooks say' },
  { format: 'slack', name: 'Slack channel', about: 'by an incoming webhook' },
  { format: 'teams', name: 'Microsoft Teams channel', about: 'by a workflow' },
];

export const EVENTS: { type: string; name: string }[] = [
  { type: 'signal.created', name: 'A signal' },
  { type: 'signal.withdrawn', name: 'A signal is taken back' },
  { type: 'signal.restored', name: 'A signal stands again' },
  { type: 'visit.reclassified', name: 'A visit that was told of counts as something else' },
  { type: 'visit.erased', name: 'A visit that was told of is erased' },
  { type: 'score.sales_ready', name: 'A deal becomes sales-ready' },
  { type: 'score.cooled', name: 'A deal cools off' },
];

export function formatOf(format: WebhookFormat): { name: string; about: string } {
  return FORMATS.find((one) => one.format === format) ?? { name: format, about: '' };
}
