/** The settings of links as a form holds them, as the server takes them, and in a sentence. Pure. */
import type { DownloadMode, Id, LinkPolicy, LinkSettingsInput, LinkView } from '../api/types.ts';
import { day, isoDay, plural } from '../lib/format.ts';

export type LinkDraft = {
  /** The first day, as a date field has it; empty for at once. */
  opens: string;
  /** The last day, as a date field has it; empty for never. */
  expires: string;
  download: DownloadMode;
  /** A new passcode; empty where there is none, or where the one there is stays. */
  passcode: string;
  hasPasscode: boolean;
  email: boolean;
  /** One address or domain a line. */
  allow: string;
  deny: string;
  terms: Id | '';
  watermark: boolean;
  nameless: boolean;
};

const DAY = 86_400_000;

/** What the policy gives a new link. */
export function draftOf(policy: LinkPolicy, now = Date.now()): LinkDraft {
  return {
    opens: '',
    expires: policy.default_days === null ? '' : isoDay(-policy.default_days, now),
    download: policy.download,
    passcode: '',
    hasPasscode: false,
    email: policy.email_required,
    allow: '',
    deny: '',
    terms: policy.terms_id ?? '',
    watermark: policy.watermark,
    nameless: policy.nameless_allowed,
  };
}

/** The settings of a link that is out already. */
export function draftOfLink(link: LinkView): LinkDraft {
  const { settings } = link;
  return {
    opens: link.opens_at ? isoDay(0, Date.parse(link.opens_at)) : '',
    expires: link.expires_at ? isoDay(0, Date.parse(link.expires_at)) : '',
    download: settings.download,
    passcode: '',
    hasPasscode: settings.has_passcode,
    email: settings.email_required,
    allow: settings.allow.join('\n'),
    deny: settings.deny.join('\n'),
    terms: settings.terms_id ?? '',
    watermark: settings.watermark,
    nameless: settings.nameless_allowed,
  };
}

/** Whether a reader who gets the link now can read by it, today or later. */
export const isWorthGiving = (link: Pick<LinkView, 'state'>): boolean => link.state === 'active' || link.state === 'scheduled';

export const entriesOf = (text: string): string[] =>
  text
    .split(/[\s,;]+/)
    .map((entry) => entry.trim())
    .filter(Boolean);

/** What is sent; a passcode only where one was typed or taken away. */
export function settingsOf(draft: LinkDraft, before?: LinkDraft): LinkSettingsInput {
  const passcode = draft.passcode.trim();
  return {
    // The whole of the last day counts, where the sender is. A day that was not touched keeps its hour.
    ...((before?.opens ?? '') === draft.opens ? {} : { opens_at: draft.opens ? new Date(`${draft.opens}T00:00:00`).toISOString() : null }),
    ...(before && before.expires === draft.expires ? {} : { expires_at: draft.expires ? new Date(`${draft.expires}T23:59:59`).toISOString() : null }),
    download: draft.download,
    ...(passcode ? { passcode } : before?.hasPasscode && !draft.hasPasscode ? { passcode: null } : {}),
    email_required: draft.email,
    allow: entriesOf(draft.allow),
    deny: entriesOf(draft.deny),
    terms_id: draft.terms || null,
    watermark: draft.watermark,
    nameless_allowed: draft.nameless,
  };
}

/** The last day that a policy allows. */
export function lastDay(policy: LinkPolicy, now = Date.now()): string | undefined {
  return policy.longest_days === null ? undefined : isoDay(0, now + policy.longest_days * DAY);
}

/** The settings in words, for somebody who wants to know at a glance. */
export function summaryOf(draft: LinkDraft, terms: (id: Id) => string | undefined): string {
  const allow = entriesOf(draft.allow);
  const deny = entriesOf(draft.deny);
  const parts = [
    draft.opens ? `opens on ${day(draft.opens)}` : '',
    draft.expires ? `opens until ${day(draft.expires)}`.slice(draft.opens ? 6 : 0) : draft.opens ? 'without an end' : 'opens without an end',
    draft.passcode.trim() || draft.hasPasscode ? 'asks for a passcode' : '',
    draft.email || allow.length > 0 || deny.length > 0 ? 'asks for a confirmed e-mail address' : '',
    allow.length > 0 ? `lets in ${allow.length > 2 ? `${allow[0]} and ${plural(allow.length - 1, 'other entry', 'other entries')}` : allow.join(' and ')} only` : '',
    deny.length > 0 ? `keeps out ${deny.length > 2 ? `${deny[0]} and ${plural(deny.length - 1, 'other entry', 'other entries')}` : deny.join(' and ')}` : '',
    draft.terms ? `asks to accept “${terms(draft.terms) ?? 'terms'}”` : '',
    { off: 'no downloads', original: 'files can be downloaded', pdf: 'files can be downloaded as PDF' }[draft.download],
    draft.watermark ? 'pages carry the viewer’s address' : '',
    draft.nameless ? 'may be viewed without a name' : '',
  ].filter(Boolean);
  const text = parts.join(', ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
