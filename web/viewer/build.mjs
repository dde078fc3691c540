// Makes the scripts and styles in dist, which the server embeds. They are committed, so that cargo alone builds
// the server. `--check` changes nothing and fails when they are not what the sources make.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const check = process.argv.includes("--check");
let stale = false;

for (const [source, target] of [
  ["tracker.ts", "dist/tracker.js"],
  ["viewer.css", "dist/viewer.css"],
  ["steps.ts", "dist/steps.js"],
  ["steps.css", "dist/steps.css"],
  ["message.css", "dist/message.css"],
]) {
  const { outputFiles } = buildSync({
    absWorkingDir: here,
    entryPoints: [source],
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2020",
    legalComments: "none",
    write: false,
  });
  const made = outputFiles[0].text.trimEnd();
  if (check) {
    const kept = readFileSync(here + target, "utf8");
    if (kept !== made) {
      console.error(`${target} is stale: run npm run build:viewer in web/viewer and commit it.`);
      stale = true;
    }
  } else {
    writeFileSync(here + target, made);
    console.log(`${target}: ${made.length} bytes`);
  }
}
process.exitCode = stale ? 1 : 0;
