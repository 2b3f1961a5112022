/**
 * How much a scan for secrets costs and how much it finds: node bench/secrets.ts FOLDER [--places]
 *
 * Prints megabytes, seconds, findings by rule and findings per megabyte at each level, over every file of a folder that is text. With
 * --places each finding follows with its place; the value is never printed. node bench/secrets.ts --hostile times near misses of every rule.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import type { Find, Level } from "../src/core/secrets/find.ts";
import { scan, scanName } from "../src/core/secrets/scan.ts";
import { nearMisses } from "../test/core/secrets/near-misses.ts";

if (process.argv.includes("--hostile")) {
  timeHostile();
  process.exit(0);
}
const folder = process.argv[2];
if (folder === undefined) {
  console.error("Cannot measure: no folder given. Call it as: node bench/secrets.ts FOLDER [--places]");
  process.exit(2);
}

interface Placed extends Find {
  readonly path: string;
}

let bytes = 0;
let files = 0;
let milliseconds = 0;
let slowest = { path: "", perMegabyte: 0 };
const found: Placed[] = [];

for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const full = join(entry.parentPath, entry.name);
  const path = relative(folder, full);
  const content = readFileSync(full);
  const isText = !content.subarray(0, 8000).includes(0);
  const size = statSync(full).size;
  files += 1;
  bytes += isText ? size : 0;
  const start = performance.now();
  const finds = isText ? scan(content.toString("utf8"), { path }).finds : scanName(path);
  const took = performance.now() - start;
  milliseconds += took;
  const perMegabyte = took / (size / 1e6);
  if (size > 100_000 && perMegabyte > slowest.perMegabyte) slowest = { path, perMegabyte };
  found.push(...finds.map((find) => ({ ...find, path })));
}

const megabytes = bytes / 1e6;
console.log(`${files} files, ${megabytes.toFixed(1)} MB of text, ${(milliseconds / 1000).toFixed(2)} s`);
console.log(
  `${(megabytes / (milliseconds / 1000)).toFixed(1)} MB/s; slowest over 100 kB: ${slowest.perMegabyte.toFixed(0)} ms/MB ${slowest.path}`,
);
for (const level of ["block", "review"] satisfies readonly Level[]) {
  const count = found.filter((find) => find.level === level).length;
  console.log(`${level}: ${count} findings, ${(count / megabytes).toFixed(3)} per MB`);
}
const byRule = Map.groupBy(found, ({ level, rule }) => `${level} ${rule}`);
for (const [rule, finds] of [...byRule].toSorted(([a], [b]) => (a < b ? -1 : 1)))
  console.log(`  ${rule}: ${finds.length}`);
if (process.argv.includes("--places")) {
  for (const { level, rule, path, line, column, length, fingerprint } of found) {
    console.log(`${level} ${rule} ${path}:${line}:${column}+${length} ${fingerprint}`);
  }
}

/** Milliseconds of the processor for 50 kB and for 500 kB of what makes each rule work hardest; the slowest five, and how much longer ten times as much takes. */
function timeHostile(): void {
  const timed = Object.entries(nearMisses()).flatMap(([rule, texts]) =>
    texts.map((text) => {
      const [small, large] = [50_000, 500_000].map((size) => {
        const input = text.repeat(Math.ceil(size / text.length)).slice(0, size);
        const start = process.cpuUsage();
        scan(input, { path: "a.yaml" });
        const { user, system } = process.cpuUsage(start);
        return (user + system) / 1000;
      });
      return { rule, small: small ?? 0, large: large ?? 0 };
    }),
  );
  for (const { rule, small, large } of timed.toSorted((a, b) => b.large - a.large).slice(0, 5))
    console.log(`${rule}: ${small.toFixed(1)} ms for 50 kB, ${large.toFixed(1)} ms for 500 kB`);
  console.log(
    `${timed.length} texts; all: ${timed.reduce((sum, { large }) => sum + large, 0).toFixed(0)} ms for 500 kB each`,
  );
}
