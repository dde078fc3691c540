import { describe, expect, it } from 'vitest';
import { points, signalOf, SIGNALS, sparkline } from './signals.ts';

describe('a line of a score', () => {
  const days = [0, 6, 3].map((value, index) => ({ day: `2026-03-0${index + 1}`, value }));
  it('goes from edge to edge and stays in its box', () => {
    const { line, level } = sparkline(days, 12, 100, 40);
    expect(line).toBe('M0 39L50 22.5L100 30.7');
    expect(level).toBeGreaterThan(0);
    expect(level).toBeLessThan(22.5);
  });
  it('is empty where there is nothing', () => {
    expect(sparkline([], 12, 100, 40).line).toBe('');
  });
});

describe('names', () => {
  it('has one for each sort, once', () => {
    expect(new Set(SIGNALS.map((one) => one.kind)).size).toBe(SIGNALS.length);
    expect(signalOf('returned').name).toBe('Came back');
  });
  it('writes a score with one decimal', () => {
    expect(points(12)).toBe('12.0');
    expect(points(3.26)).toBe('3.3');
  });
});
