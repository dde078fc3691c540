/** What an account knows of an asset already, in a few words. Pure. */
import type { Received } from '../api/types.ts';
import { ago, day } from './format.ts';

const SHOWN = 2;

/** Who has read it and when; else who got it. `read` says which of the two it is. */
export function receivedWords(received: Received, now = Date.now()): { read: boolean; text: string } {
  const readers = received.people.filter((one) => one.read_at !== null);
  const last = readers[0]?.read_at;
  if (last) return { read: true, text: `Read by ${names(readers)} (${ago(last, now)})` };
  if (received.read_on) return { read: true, text: `Read at this account on ${day(received.read_on)}` };
  const to = received.people.length > 0 ? names(received.people) : 'this account';
  return { read: false, text: `Sent to ${to}${received.sent_at ? ` (${ago(received.sent_at, now)})` : ''}, not read yet` };
}

function names(people: { name: string }[]): string {
  // Two contacts of one name are most likely one person; what to do about it is for the data-quality inbox.
  const all = [...new Set(people.map((one) => one.name))];
  const first = all.slice(0, SHOWN);
  const rest = all.length - first.length;
  if (rest > 0) return `${first.join(', ')} and ${rest} more`;
  return first.join(' and ');
}
