import { describe, expect, test } from 'vitest';
import type { LinkPolicy } from '../api/types.ts';
import { draftOf, entriesOf, lastDay, settingsOf, summaryOf } from './linkSettings.ts';

const policy: LinkPolicy = {
  default_days: 30,
  longest_days: 90,
  download: 'off',
  email_required: false,
  terms_id: null,
  watermark: false,
  nameless_allowed: false,
};
const now = Date.parse('2026-03-02T10:00:00Z');

describe('settings of links', () => {
  test('a new link begins as the policy says', () => {
    const draft = draftOf(policy, now);
    expect(draft.expires).toBe('2026-04-01');
    expect(lastDay(policy, now)).toBe('2026-05-31');
    expect(draftOf({ ...policy, default_days: null }, now).expires).toBe('');
  });

  test('a passcode is sent when typed, taken away when it was there, and else not spoken of', () => {
    const before = { ...draftOf(policy, now), hasPasscode: true };
    expect(settingsOf(before, before)).not.toHaveProperty('passcode');
    expect(settingsOf({ ...before, hasPasscode: false }, before).passcode).toBeNull();
    expect(settingsOf({ ...before, passcode: ' 4711 ' }, before).passcode).toBe('4711');
    expect(settingsOf(draftOf(policy, now))).not.toHaveProperty('passcode');
  });

  test('a day that was not touched keeps its hour', () => {
    const before = draftOf(policy, now);
    expect(settingsOf(before, before)).not.toHaveProperty('expires_at');
    expect(settingsOf({ ...before, expires: '' }, before).expires_at).toBeNull();
  });

  test('a link may open later', () => {
    const before = draftOf(policy, now);
    expect(settingsOf(before)).not.toHaveProperty('opens_at');
    const later = { ...before, opens: '2026-03-09' };
    expect(settingsOf(later).opens_at).toBe(new Date('2026-03-09T00:00:00').toISOString());
    expect(settingsOf(before, later).opens_at).toBeNull();
    expect(summaryOf(later, () => undefined)).toMatch(/^Opens on .*, until /);
  });

  test('lists are typed as people type them', () => {
    expect(entriesOf(' a.example, b@c.example\n\n d.example;')).toEqual(['a.example', 'b@c.example', 'd.example']);
  });

  test('the summary says what a reader meets', () => {
    const draft = { ...draftOf(policy, now), expires: '', passcode: '4711', allow: 'a.example', terms: 'x', download: 'pdf' as const };
    expect(summaryOf(draft, () => 'Secrecy')).toBe(
      'Opens without an end, asks for a passcode, asks for a confirmed e-mail address, lets in a.example only, asks to accept “Secrecy”, files can be downloaded as PDF.',
    );
  });
});
