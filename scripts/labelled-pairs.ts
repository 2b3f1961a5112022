import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { loadSyntax } from "../src/adapters/syntax/load.ts";
import type { ChangeSet, FileVersion } from "../src/core/change/change-set.ts";
import type { Tools } from "../src/core/syntax.ts";
import { sha256 } from "../src/lib/digest.ts";

/** Two versions of one file that somebody labelled. */
export interface LabelledPair {
  /** The scanner's check. */
  readonly rule: string;
  readonly topic: string;
  readonly name: string;
  /** Where such a file would stand. */
  readonly path: string;
  readonly good: string;
  readonly bad: string;
}

const pairRow = z.object({
  format: z.string(),
  topic: z.string().default("other"),
  rule: z.string(),
  good: z.string(),
  bad: z.string(),
});
const checkovRow = z.object({
  file: z.string(),
  rule: z.string(),
  expected: z.enum(["pass", "fail"]),
  resource: z.string().nullish(),
  topic: z.string().default("other"),
});
type CheckovRow = z.output<typeof checkovRow>;

export async function loadTools(): Promise<Tools> {
  return { syntax: await loadSyntax(), memo: <T>(_: string, compute: () => T): T => compute() };
}

/** A change of one file. */
export function changed(path: string, before: string, after: string): ChangeSet {
  return { files: [{ path, status: "modified", before: versionOf(before), after: versionOf(after) }] };
}

function versionOf(text: string): FileVersion {
  return { mode: "100644", sha: sha256(text).slice(0, 40), content: { kind: "text", text } };
}

/** Reads the pairs under a folder that holds pairs.jsonl, trivy-checks and checkov. */
export function labelledPairs(root: string, tools: Tools): readonly LabelledPair[] {
  const textAt = (path: string): string => readFileSync(join(root, path), "utf8");
  const rowsOf = <T>(path: string, row: z.ZodType<T>): readonly T[] =>
    textAt(path)
      .split("\n")
      .flatMap((line) => (line === "" ? [] : [row.parse(JSON.parse(line))]));
  const trivy = rowsOf("pairs.jsonl", pairRow).flatMap(
    ({ format, topic, rule, good, bad }): readonly LabelledPair[] => {
      const path = pathOf(format, bad);
      if (path === null) return [];
      const [first, second] = [sameNames(textAt(good)), sameNames(textAt(bad))];
      return [{ rule, topic: `trivy ${topic}`, name: `${rule} ${bad}`, path, good: first, bad: second }];
    },
  );
  const rows = rowsOf("checkov/manifest.jsonl", checkovRow).filter(({ file }) => file.endsWith(".tf"));
  const textOf = ({ file, resource }: CheckovRow): string =>
    blocksOf(textAt(join("checkov", file)), tools).get(resource ?? "") ?? "";
  return [...trivy, ...rows.flatMap((row) => ofCheckov(row, rows, textOf))];
}

function pathOf(format: string, file: string): string | null {
  if (format === "terraform") return "terraform/production/main.tf";
  return format === "cloudformation" ? `stacks/production.${file.endsWith(".json") ? "json" : "yaml"}` : null;
}

/** Checkov labels resources: each bad one is paired with the most similar good one of its rule and type, under the same name. */
function ofCheckov(
  row: CheckovRow,
  rows: readonly CheckovRow[],
  textOf: (row: CheckovRow) => string,
): readonly LabelledPair[] {
  const { topic, rule, file, resource } = row;
  const [type = "", name = ""] = (resource ?? "").split(".");
  const bad = row.expected === "fail" ? textOf(row) : "";
  if (bad === "") return [];
  const goods = rows
    .filter((other) => other.expected === "pass" && other.rule === rule && other.resource?.split(".")[0] === type)
    .map((good) => textOf(good).replace(`"${good.resource?.split(".")[1] ?? ""}"`, `"${name}"`));
  const [best = ""] = goods.toSorted((a, b) => likeness(b, bad) - likeness(a, bad));
  if (best === "") return [];
  const path = "terraform/production/main.tf";
  return [{ rule, topic: `checkov ${topic}`, name: `${rule} ${file} ${resource ?? ""}`, path, good: best, bad }];
}

/** The two versions name their resources after what they are: as a change that would be a deletion and a creation. */
function sameNames(text: string): string {
  return text.replaceAll(/\b(?:good|bad)_?(?=example|\b)/gu, "").replaceAll(/\b(?:Good|Bad)(?=Example|Policy)/gu, "");
}

/** A configuration with its blocks in another order; other files as they are. */
export function reordered({ path, bad }: LabelledPair, tools: Tools): string {
  return path.endsWith(".tf") ? [...blocksOf(bad, tools).values()].toReversed().join("\n\n") : bad;
}

/** Top-level blocks of a file as text, by address. */
function blocksOf(text: string, tools: Tools): ReadonlyMap<string, string> {
  const read = tools.syntax.hcl(text);
  if (!read.ok) return new Map();
  const all = text.split("\n");
  return new Map(
    read.value.blocks.map((block) => [block.labels.join("."), all.slice(block.line - 1, block.endLine).join("\n")]),
  );
}

/** The share of lines that both have. */
function likeness(a: string, b: string): number {
  const [ours, theirs] = [a, b].map((text) => new Set(text.split("\n").map((line) => line.trim())));
  if (ours === undefined || theirs === undefined) return 0;
  return [...ours].filter((line) => theirs.has(line)).length / Math.max(ours.size, theirs.size);
}
