import { brotliCompressSync } from "node:zlib";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const file = (name: string) => readFileSync(new URL(name, import.meta.url));

it("the committed files are what the sources make", () => {
  execFileSync("node", ["build.mjs", "--check"], { cwd: new URL(".", import.meta.url) });
});

it("the script stays below 3 KB packed, so that the page stays below 6", () => {
  expect(brotliCompressSync(file("dist/tracker.js")).length).toBeLessThan(3 * 1024);
});
