import { expect, it } from "vitest";
import { watch } from "./hands";

const hands = (webdriver = false) => {
  const [facts, see] = watch(webdriver);
  return { facts, see };
};
const event = (type: string, more: object = {}) => ({ type, isTrusted: true, detail: 0, ...more }) as unknown as Event;

it("tells a constant pace from an irregular one", () => {
  const program = hands();
  const person = hands();
  [0, 1, 2, 3, 4, 5, 6].forEach((step) => program.see(event("wheel"), 1000 + step * 500));
  [0, 240, 900, 1100, 3000, 3400, 7000].forEach((at) => person.see(event("wheel"), 1000 + at));
  expect(program.facts).toMatchObject({ inputs: 7, kinds: 16, gaps: 6, spread: 0 });
  expect(person.facts.spread).toBeGreaterThan(50);
});

it("counts a movement as one act, and an absence as none", () => {
  const one = hands();
  [0, 16, 32, 48, 30_000].forEach((at) => one.see(event("scroll"), 1000 + at));
  expect(one.facts).toMatchObject({ inputs: 0, gaps: 0 });
});

it("takes the pace from scrolling only where no hand shows one", () => {
  const script = hands();
  const person = hands();
  [0, 450, 900, 1350, 1800, 2250].forEach((at) => script.see(event("scrollend"), 1000 + at));
  [0, 700, 900].forEach((at) => person.see(event("wheel"), 1000 + at));
  [300, 1200, 1400].forEach((at) => person.see(event("scrollend"), 1000 + at));
  expect(script.facts).toMatchObject({ inputs: 0, kinds: 0, gaps: 5, spread: 0 });
  expect(person.facts).toMatchObject({ inputs: 3, kinds: 16, gaps: 2 });
});

it("tells straight ways from bent ones", () => {
  const straight = hands();
  const bent = hands();
  for (let step = 1; step <= 20; step++) {
    straight.see(event("pointermove", { clientX: step * 9, clientY: step * 4 }), step * 16);
    bent.see(event("pointermove", { clientX: step * 9, clientY: (step * step) / 2 + (step % 3) * 3 }), step * 16);
  }
  expect(straight.facts.bends).toBe(0);
  expect(bent.facts.bends).toBeGreaterThan(8);
});

it("knows presses and focus without a pointer, and scripts' inputs", () => {
  const one = hands(true);
  one.see(event("focusin"), 1000);
  one.see(event("click"), 2000);
  one.see(event("pointerdown"), 5000);
  one.see(event("focusin"), 5001);
  one.see(event("click", { detail: 1 }), 5002);
  one.see(event("pointerdown", { isTrusted: false }), 6000);
  expect(one.facts).toMatchObject({ webdriver: true, assisted: 2, inputs: 1, untrusted: 1, kinds: 2 });
});
