import { describe, expect, it } from 'vitest';
import type { VisitView } from '../api/types.ts';
import { announce, arrange, isLive, mergeSnapshot, mergeVisit } from './visits.ts';

const now = Date.parse('2026-03-10T12:00:00Z');
const visit = (id: string, secondsAgo: number, more: Partial<VisitView> = {}): VisitView => ({
  id,
  link_id: 'l',
  pitch: { id: 'p', title: 'Pitch' },
  opportunity: { id: 'o', name: 'Deal' },
  account_name: 'Nordkyst',
  viewer_name: 'Ingrid',
  viewer_email: null,
  class: 'human',
  level: 'read',
  reasons: [],
  score: 90,
  ruling: null,
  viewer: null,
  network: '',
  user_agent: '',
  asked: 0,
  watched: [],
  started_at: new Date(now - 600_000).toISOString(),
  last_seen_at: new Date(now - secondsAgo * 1000).toISOString(),
  active_ms: 1000,
  pages: [],
  page_total: 3,
  completion: 0,
  current: { item_title: 'Deck', page_number: 2 },
  shared: 0,
  downloaded: 0,
  device: 'Phone',
  ...more,
});

describe('merging', () => {
  it('adds the unknown and replaces the known', () => {
    const visits = mergeVisit([visit('a', 60)], visit('b', 5));
    expect(visits.map((one) => one.id)).toEqual(['b', 'a']);
    expect(mergeVisit(visits, visit('a', 1)).find((one) => one.id === 'a')?.last_seen_at).toBe(visit('a', 1).last_seen_at);
  });
  it('never goes back in time, so that an old snapshot undoes nothing', () => {
    const fresh = visit('a', 1, { active_ms: 9000 });
    expect(mergeSnapshot([fresh], [visit('a', 60), visit('b', 90)]).find((one) => one.id === 'a')).toBe(fresh);
  });
  it('gives the same whatever the order', () => {
    const events = [visit('a', 60), visit('a', 30, { active_ms: 2000 }), visit('a', 1, { active_ms: 3000 })];
    const forwards = mergeSnapshot([], events);
    const backwards = mergeSnapshot([], events.toReversed());
    expect(forwards).toEqual(backwards);
  });
});

describe('arranging', () => {
  it('is live for 45 seconds after the last sign, and never for machines', () => {
    expect(isLive(visit('a', 40), now)).toBe(true);
    expect(isLive(visit('a', 50), now)).toBe(false);
    expect(isLive(visit('a', 1, { class: 'machine' }), now)).toBe(false);
  });
  it('keeps machines apart, the latest on top, and forgets after half an hour', () => {
    const arranged = arrange([visit('old', 31 * 60), visit('a', 100), visit('bot', 3, { class: 'machine' }), visit('b', 2)], now);
    expect(arranged.people.map((one) => one.id)).toEqual(['b', 'a']);
    expect(arranged.machines.map((one) => one.id)).toEqual(['bot']);
    expect(arranged.live).toBe(1);
  });
});

describe('what is said', () => {
  it('names who reads what', () => {
    expect(announce([visit('a', 2), visit('b', 3, { viewer_name: null })], now)).toBe(
      'Reading now: Ingrid, Nordkyst, page 2 of Deck; New viewer, Nordkyst, page 2 of Deck.',
    );
    expect(announce([visit('a', 100)], now)).toBe('Nobody is reading right now.');
  });
});
