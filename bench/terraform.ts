import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { argv, stdout } from "node:process";
import { createMemo } from "../src/adapters/syntax/memo.ts";
import { loadSyntax } from "../src/adapters/syntax/load.ts";
import type { ChangedFile, FileVersion } from "../src/core/change/change-set.ts";
import type { HclBlock, HclValue } from "../src/core/hcl.ts";
import { isVariableFile } from "../src/core/reach/files.ts";
import { guardsOf } from "../src/core/terraform/guarding.ts";
import type { Resource } from "../src/core/terraform/model.ts";
import { readAt } from "../src/core/terraform/reading.ts";
import { resources } from "../src/core/terraform/resources.ts";
import { isTerraform } from "../src/core/views/terraform.ts";
import { sha256 } from "../src/lib/digest.ts";
import { byCodeUnits } from "../src/lib/order.ts";

/**
 * How much of real configurations is read and decided: `node bench/terraform.ts DIR...`, where a directory is a work tree or a bare
 * repository, whose default branch is read then. Every file counts as added, so that every root is evaluated.
 */
interface Figures {
  tried: number;
  parsed: number;
  resources: number;
  attributes: number;
  decided: number;
  /** Undecided, but for a reference to what only a provider knows. */
  referring: number;
  /** Attributes that guard what is stored, where they are written, and those of them that are decided. */
  guarded: number;
  guarding: number;
  gaps: number;
  ms: number;
}

const namesOnly = new Set(["provider", "depends_on", "count", "for_each"]);
const syntax = await loadSyntax();
const total = nothing();
for (const directory of argv.slice(2)) {
  const figures = measure(directory);
  print(directory, figures);
  for (const key of [
    "tried",
    "parsed",
    "resources",
    "attributes",
    "decided",
    "referring",
    "guarded",
    "guarding",
    "gaps",
    "ms",
  ] as const)
    total[key] += figures[key];
}
print("total", total);

function nothing(): Figures {
  return {
    tried: 0,
    parsed: 0,
    resources: 0,
    attributes: 0,
    decided: 0,
    referring: 0,
    guarded: 0,
    guarding: 0,
    gaps: 0,
    ms: 0,
  };
}

function print(name: string, figures: Figures): void {
  const { tried, parsed, resources: made, attributes, decided, referring, guarded, guarding, gaps, ms } = figures;
  const share = (part: number): string => `${((100 * part) / Math.max(1, attributes)).toFixed(1)} %`;
  stdout.write(
    `${name}: ${parsed} of ${tried} files read, ${made} resources, ${attributes} attributes, ${share(decided)} decided, ${share(referring)} refer to a resource, ${guarding} of ${guarded} guards decided, ${gaps} gaps, ${Math.round(ms)} ms\n`,
  );
}

function measure(directory: string): Figures {
  const figures = nothing();
  const files = filesIn(directory).toSorted((a, b) => byCodeUnits(a.path, b.path));
  for (const { path, after } of files) {
    if (path.endsWith(".json") || after?.content.kind !== "text") continue;
    figures.tried++;
    const parsed = syntax.hcl(after.content.text);
    if (parsed.ok) figures.parsed++;
    else stdout.write(`  ${path}:${parsed.line} ${parsed.reason}\n`);
  }
  const start = performance.now();
  const { view, gaps } = resources({ files }, { syntax, memo: createMemo(20_000) });
  figures.ms = performance.now() - start;
  figures.gaps = gaps.filter(({ id }) => id.startsWith("too-large:")).length;
  for (const { after } of view.resources) if (after !== undefined) count(after, figures);
  return figures;
}

function count({ block, type }: Resource, figures: Figures): void {
  figures.resources++;
  for (const { path } of guardsOf(type)) {
    const readings = readAt(block.body, path, block.line);
    if (readings.every(({ kind }) => kind === "absent" || kind === "without")) continue;
    figures.guarded++;
    if (readings.every(({ kind }) => kind !== "unknown" && kind !== "generated")) figures.guarding++;
  }
  for (const value of valuesIn(block)) {
    figures.attributes++;
    const isOpen = (inner: HclValue): boolean =>
      inner.kind === "unknown" ||
      (inner.kind === "list" && inner.items.some(isOpen)) ||
      (inner.kind === "object" && inner.entries.some((entry) => isOpen(entry.value)));
    if (!isOpen(value)) figures.decided++;
    else if (value.kind === "unknown" && /^(?:module\.[^ ]+\.)?(?:data\.)?[a-z]+_[\w.[\]"*]+$/u.test(value.text))
      figures.referring++;
  }
}

function valuesIn({ body }: HclBlock): readonly HclValue[] {
  const own = body.attributes.filter(({ name }) => !namesOnly.has(name)).map(({ value }) => value);
  return [...own, ...body.blocks.filter(({ type }) => type !== "lifecycle").flatMap(valuesIn)];
}

function filesIn(directory: string): readonly ChangedFile[] {
  const claims = (path: string): boolean => isTerraform(path) || isVariableFile(path);
  const names = readdirSync(directory);
  if (!names.includes("HEAD") || !names.includes("objects"))
    return readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
      .filter(claims)
      .map((path) => added(path, readFileSync(join(directory, path), "utf8")));
  const git = (...args: string[]): string =>
    execFileSync("git", ["-C", directory, ...args], { encoding: "utf8", maxBuffer: 1 << 28 });
  return git("ls-tree", "-r", "-z", "HEAD")
    .split("\0")
    .flatMap((line) => {
      const [, mode = "", path = ""] = /^(\d+) [^\t]*\t(.*)$/su.exec(line) ?? [];
      return claims(path) ? [added(path, git("show", `HEAD:${path}`), mode === "120000")] : [];
    });
}

function added(path: string, text: string, isLink = false): ChangedFile {
  const after: FileVersion = isLink
    ? { mode: "120000", sha: sha256(text), content: { kind: "symlink", target: text } }
    : { mode: "100644", sha: sha256(text), content: { kind: "text", text } };
  return { path, status: "added", before: null, after };
}
