// Makes the scripts and styles in dist, which the server embeds. They are committed, so that cargo alone builds
// the server. `--check` changes nothing and fails when they are not what the sources make.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const check = process.argv.includes("--check");
let stale = false;

const built = (source, more) =>
  buildSync({
    absWorkingDir: here,
    entryPoints: [source],
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2020",
    legalComments: "none",
    // The private fields of our own classes; none of these is a name of the browser's.
    mangleProps: /^(lastInput|credits|own|kept|prefix|store|keep|settle|tick)$/,
    write: false,
    ...more,
  }).outputFiles[0].text.trimEnd();

for (const [target, made] of [
  // What changes from load to load stands behind the script, so that all before it can be kept packed: it waits.
  [
    "dist/tracker.js",
    built("tracker.ts", {
      banner: { js: 'addEventListener("DOMContentLoaded",()=>{' },
      footer: { js: "});" },
    }).replaceAll("\n", ""),
  ],
  // The space before a variable's value means nothing here.
  ["dist/viewer.css", built("viewer.css").replaceAll(/(--[\w-]+): /g, "$1:")],
  ["dist/steps.js", built("steps.ts")],
  ["dist/steps.css", built("steps.css")],
  ["dist/message.css", built("message.css")],
  ["dist/reader.js", built("reader.ts", { define: { READER_STYLE: JSON.stringify(built("reader.css")) } })],
]) {
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
