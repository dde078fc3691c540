import { expect, it } from "vitest";
import { marked } from "./reader/words";

const hits = (text: string, ...words: string[]) =>
  marked(text, words).map(({ text, hit }) => (hit ? `[${text}]` : text)).join("");

it("marks words inside longer ones, whatever their case and accents", () => {
  expect(hits("Die Kühlkette, KUHL", "kuhl")).toBe("Die [Kühl]kette, [KUHL]");
  expect(hits("Straße", "strasse")).toBe("[Straße]");
  expect(hits("ab ba", "a", "b")).toBe("[ab] [ba]");
});

it("keeps the text whole when nothing is found or asked", () => {
  expect(marked("plain", [])).toEqual([{ text: "plain", hit: false }]);
  expect(marked("", ["x"])).toEqual([]);
  expect(hits("plain", "")).toBe("plain");
});

it("takes marks and letters beyond the first plane as they are", () => {
  expect(hits("Cafe\u0301 \u{1F600}", "cafe")).toBe("[Cafe\u0301] \u{1F600}");
  expect(hits("\u05e9\u05dc\u05d5\u05dd", "\u05dc\u05d5")).toBe("\u05e9[\u05dc\u05d5]\u05dd");
});
