import { describe, expect, it } from "vitest";
import { IDLE_AFTER, LEAST_WORTH, LONGEST_STEP, ReadingClock, nearest } from "./clock";

/** Ticks every second from `from` to `to` with the same in view. */
function watch(clock: ReadingClock, from: number, to: number, seen: { page?: string; playing?: boolean }) {
  for (let now = from; now <= to; now += 1000) clock.tick(now, seen);
}

describe("the reading clock", () => {
  it("credits the page that was in view, not the one that comes into view", () => {
    const clock = new ReadingClock(0);
    clock.tick(0, { page: "a" });
    clock.tick(1000, { page: "b" });
    clock.tick(1500, { page: "b" });
    expect(clock.take()).toEqual([
      { page: "a", ms: 1000, at: 1000 },
      { page: "b", ms: 500, at: 1500 },
    ]);
  });

  it("stands still while nothing is in view: hidden, without focus, between pages", () => {
    const clock = new ReadingClock(0);
    watch(clock, 0, 5000, {});
    expect(clock.take()).toEqual([]);
  });

  it("stops when the reader is away and goes on with the next input", () => {
    const clock = new ReadingClock(0);
    watch(clock, 0, 50_000, { page: "a" });
    expect(clock.take()[0]!.ms).toBe(IDLE_AFTER);
    clock.input(50_000);
    watch(clock, 51_000, 53_000, { page: "a" });
    expect(clock.take()[0]!.ms).toBe(3000);
  });

  it("goes on without input while a video plays", () => {
    const clock = new ReadingClock(0);
    watch(clock, 0, 50_000, { page: "a", playing: true });
    expect(clock.take()[0]!.ms).toBe(50_000);
  });

  it("does not count the sleep of the device", () => {
    const clock = new ReadingClock(0);
    clock.tick(0, { page: "a", playing: true });
    clock.tick(3_600_000, { page: "a" });
    expect(clock.take()[0]!.ms).toBe(LONGEST_STEP);
  });

  it("reports each millisecond once, and keeps what is too little to report", () => {
    const clock = new ReadingClock(0);
    clock.tick(0, { page: "a" });
    clock.tick(LEAST_WORTH - 1, { page: "a" });
    expect(clock.take()).toEqual([]);
    clock.tick(LEAST_WORTH, { page: "a" });
    expect(clock.take()[0]!.ms).toBe(LEAST_WORTH);
    expect(clock.take()).toEqual([]);
  });

  it("names the page seen last in the end", () => {
    const clock = new ReadingClock(0);
    clock.tick(0, { page: "a" });
    clock.tick(1000, { page: "b" });
    clock.tick(2000, { page: "a" });
    clock.tick(3000, {});
    expect(clock.take().map(({ page }) => page)).toEqual(["b", "a"]);
  });
});

describe("the page in view", () => {
  it("is the one nearest the middle when a phone shows two at once", () => {
    const pages = [
      { top: 60, bottom: 260 },
      { top: 300, bottom: 500 },
      { top: 540, bottom: 740 },
    ];
    expect(nearest(pages, 844)).toBe(1);
  });

  it("is none when all are out of the window", () => {
    expect(nearest([{ top: -500, bottom: -10 }, { top: 900, bottom: 1200 }], 844)).toBe(-1);
    expect(nearest([], 844)).toBe(-1);
  });
});
