import { beforeAll, expect, it } from 'vitest';
import { setFormats } from './format.ts';
import { receivedWords } from './received.ts';

beforeAll(() => setFormats('en-GB', 'Europe/Copenhagen'));

const now = Date.parse('2026-03-10T12:00:00Z');
const person = (name: string, read_at: string | null = null) => ({ contact_id: null, name, sent_at: '2026-03-01T12:00:00Z', read_at });

it('names who has read it before whoever only got it', () => {
  const people = [person('Ann', '2026-03-08T12:00:00Z'), person('Ben')];
  expect(receivedWords({ sent_at: '2026-03-01T12:00:00Z', read_on: '2026-03-08', people }, now)).toEqual({ read: true, text: 'Read by Ann (2 days ago)' });
});
it('says what is not known by name', () => {
  expect(receivedWords({ sent_at: null, read_on: '2026-03-08', people: [] }, now)).toEqual({ read: true, text: 'Read at this account on 8 Mar 2026' });
  expect(receivedWords({ sent_at: '2026-03-08T12:00:00Z', read_on: null, people: [] }, now).text).toBe('Sent to this account (2 days ago), not read yet');
});
it('names two and counts the rest', () => {
  const people = ['Ann', 'Ben', 'Ann', 'Cem', 'Dora'].map((name) => person(name));
  expect(receivedWords({ sent_at: '2026-03-08T12:00:00Z', read_on: null, people }, now).text).toBe('Sent to Ann, Ben and 2 more (2 days ago), not read yet');
});
