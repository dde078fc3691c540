/** How numbers, money, times and names of enumerated values are written. Everything goes through Intl. */
import type { Money } from '../api/types.ts';

let locale = 'en-GB';
let timeZone: string | undefined;

/** Called once by the session: the person's own time zone, and the browser's English. */
export function setFormats(language: string, zone: string | undefined): void {
  locale = language.startsWith('en') ? language : 'en-GB';
  try {
    new Intl.DateTimeFormat(locale, { timeZone: zone });
    timeZone = zone;
  } catch {
    timeZone = undefined;
  }
}

const MINUS = '\u2212';

export function number(value: number, digits = 0): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value).replace('-', MINUS);
}

export function percent(share: number): string {
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }).format(share).replace('-', MINUS);
}

/** Whole units: cents say nothing about a deal. */
export function money(amount: Money): string {
  const style = new Intl.NumberFormat(locale, { style: 'currency', currency: amount.currency });
  const digits = style.resolvedOptions().maximumFractionDigits ?? 2;
  const whole = new Intl.NumberFormat(locale, { style: 'currency', currency: amount.currency, maximumFractionDigits: 0 });
  return whole.format(amount.minor / 10 ** digits).replace('-', MINUS);
}

/** A bill, to the cent. */
export function exactMoney(amount: Money): string {
  const style = new Intl.NumberFormat(locale, { style: 'currency', currency: amount.currency });
  return style.format(amount.minor / 10 ** decimals(amount.currency)).replace('-', MINUS);
}

/** How many decimals a currency has; two for one that is not known (yet: it is being typed). */
export function decimals(currency: string): number {
  try {
    return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    return 2;
  }
}

/** An amount as it is typed: `1250.50`. */
export function plainAmount(amount: Money): string {
  const digits = decimals(amount.currency);
  return (amount.minor / 10 ** digits).toFixed(digits);
}

/** A typed amount in the currency's smallest unit; nothing where it is no amount above zero that the currency can have. */
export function minorOf(text: string, currency: string): number | undefined {
  const match = /^(\d{1,10})(?:[.,](\d+))?$/.exec(text.trim());
  const digits = decimals(currency);
  const fraction = (match?.[2] ?? '').replace(/0+$/, '');
  if (!match || fraction.length > digits) return undefined;
  const minor = Number(`${match[1]}${fraction.padEnd(digits, '0')}`);
  return minor > 0 ? minor : undefined;
}

/** Amounts of different currencies are never added up. */
export function moneys(amounts: Money[]): string {
  return amounts.length === 0 ? NOTHING : amounts.map(money).join(' + ');
}

export const NOTHING = '\u2013';

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${number(count)} ${new Intl.PluralRules('en').select(count) === 'one' ? one : many}`;
}

export function bytes(size: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  let value = size;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${number(value, value < 10 && unit > 0 ? 1 : 0)} ${units[unit]}`;
}

/** Active time: "0 s", "48 s", "3 min 05 s", "1 h 12 min". */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** A calendar day: 4 Mar 2026. Takes `YYYY-MM-DD` or a moment. */
export function day(text: string): string {
  const plain = /^\d{4}-\d{2}-\d{2}$/.test(text);
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: plain ? 'UTC' : timeZone }).format(new Date(text));
}

export function moment(text: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone }).format(new Date(text));
}

export function clock(text: string): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: 'short', timeZone }).format(new Date(text));
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** "3 hours ago" within a week, else the day. */
export function ago(text: string, now = Date.now()): string {
  const distance = new Date(text).getTime() - now;
  if (Math.abs(distance) > 7 * 86_400_000) return day(text);
  const step = STEPS.find(([, size]) => Math.abs(distance) >= size);
  if (!step) return 'just now';
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(Math.round(distance / step[1]), step[0]);
}

/** Values of enumerations and facets as words: `case_study` becomes "Case study", `it_security` "IT security". */
export function words(value: string): string {
  const known = SPELLED.get(value);
  if (known) return known;
  // Free text is its author's; only identifiers are spelled out.
  const text = /\s/.test(value)
    ? value
    : value
        .split('_')
        .map((part) => (ACRONYMS.has(part) ? part.toUpperCase() : part))
        .join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const ACRONYMS = new Set('apac api cfo cio ciso coo crm cto dach emea erp esg esrs eu faq gdpr hr iso it roi sla tco tls uk usa'.split(' '));
/** Identifiers that no rule spells right. */
const SPELLED = new Map([
  ['one_pager', 'One-pager'],
  ['uk_ireland', 'UK and Ireland'],
  ['north_america', 'North America'],
  ['middle_east', 'Middle East'],
]);

export function language(code: string): string {
  try {
    return new Intl.DisplayNames([locale], { type: 'language' }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** Today and earlier as `YYYY-MM-DD`, for filters. */
export function isoDay(daysAgo = 0, now = Date.now()): string {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  return parts.format(new Date(now - daysAgo * 86_400_000));
}
