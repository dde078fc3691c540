import { beforeAll, describe, expect, it } from 'vitest';
import { ago, bytes, clock, day, duration, exactMoney, isoDay, minorOf, money, moneys, NOTHING, number, percent, plainAmount, plural, setFormats, words } from './format.ts';

beforeAll(() => setFormats('en-GB', 'Europe/Copenhagen'));

const now = Date.parse('2026-03-10T12:00:00Z');

describe('numbers', () => {
  it('separates thousands and uses a true minus', () => {
    expect(number(12345)).toBe('12,345');
    expect(number(-3)).toBe('\u22123');
  });
  it('rounds shares to whole percents', () => expect(percent(0.346)).toBe('35%'));
  it('knows one from many', () => {
    expect(plural(1, 'page')).toBe('1 page');
    expect(plural(0, 'page')).toBe('0 pages');
    expect(plural(2, 'person', 'people')).toBe('2 people');
  });
  it('scales bytes', () => {
    expect(bytes(999)).toBe('999 B');
    expect(bytes(1_500)).toBe('1.5 kB');
    expect(bytes(48_000_000)).toBe('48 MB');
  });
});

describe('money', () => {
  it('follows the minor unit of its currency', () => {
    expect(money({ minor: 123_456, currency: 'EUR' })).toBe('€1,235');
    expect(money({ minor: 5_000, currency: 'JPY' })).toBe('JP¥5,000');
  });
  it('never adds currencies up', () => {
    expect(moneys([{ minor: 100_00, currency: 'EUR' }, { minor: 5_00, currency: 'USD' }])).toBe('€100 + US$5');
    expect(moneys([])).toBe(NOTHING);
  });
});

describe('times', () => {
  it('writes durations by their size', () => {
    expect(duration(400)).toBe('0 s');
    expect(duration(48_000)).toBe('48 s');
    expect(duration(185_000)).toBe('3 min 05 s');
    expect(duration(4_320_000)).toBe('1 h 12 min');
  });
  it('does not move a calendar day by the time zone', () => expect(day('2026-03-01')).toBe('1 Mar 2026'));
  it('shows the time of the person', () => expect(clock('2026-03-10T12:00:00Z')).toBe('13:00'));
  it('is relative within a week', () => {
    expect(ago('2026-03-10T11:59:30Z', now)).toBe('just now');
    expect(ago('2026-03-10T09:00:00Z', now)).toBe('3 hours ago');
    expect(ago('2026-03-09T12:00:00Z', now)).toBe('yesterday');
    expect(ago('2026-02-01T12:00:00Z', now)).toBe('1 Feb 2026');
  });
  it('counts days back where the person is', () => {
    const lateInLondon = Date.parse('2026-03-10T23:30:00Z');
    expect(isoDay(0, lateInLondon)).toBe('2026-03-11');
    expect(isoDay(10, lateInLondon)).toBe('2026-03-01');
  });
  it('ignores a time zone nobody knows', () => {
    setFormats('en-GB', 'Mars/Olympus');
    expect(() => day('2026-03-01T00:00:00Z')).not.toThrow();
    setFormats('en-GB', 'Europe/Copenhagen');
  });
});

describe('words', () => {
  it('makes words of values', () => {
    expect(words('case_study')).toBe('Case study');
    expect(words('one_pager')).toBe('One-pager');
    expect(words('Food & drink')).toBe('Food & drink');
    expect(words('it_security')).toBe('IT security');
    expect(words('uk_ireland')).toBe('UK and Ireland');
    expect(words('how it works')).toBe('How it works');
  });
});

describe('bills', () => {
  it('are read to the cent, in the currency’s own decimals', () => {
    expect(minorOf('1250.5', 'EUR')).toBe(125_050);
    expect(minorOf(' 1250,50 ', 'EUR')).toBe(125_050);
    expect(minorOf('900', 'JPY')).toBe(900);
    for (const text of ['', '0', '-1', '1.005', '1,250.50', '1e3', 'ten']) expect(minorOf(text, 'EUR'), text).toBeUndefined();
    expect(minorOf('1.5', 'JPY')).toBeUndefined();
  });
  it('are written as they are typed', () => {
    expect(plainAmount({ minor: 125_050, currency: 'EUR' })).toBe('1250.50');
    expect(plainAmount({ minor: 900, currency: 'JPY' })).toBe('900');
    expect(exactMoney({ minor: 125_050, currency: 'EUR' })).toBe('€1,250.50');
  });
});
