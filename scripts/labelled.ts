import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { loadSyntax } from "../src/adapters/syntax/load.ts";
import type { ChangeSet, FileVersion } from "../src/core/change/change-set.ts";
import { ruleContext } from "../src/core/evaluate/rule-context.ts";
import { computeKinds } from "../src/core/kinds/kinds.ts";
import { strictDefault } from "../src/core/policy/merge.ts";
import { computeReach } from "../src/core/reach/compute.ts";
import { rules } from "../src/core/rules/index.ts";
import { buildViews } from "../src/core/views/views.ts";
import { sha256 } from "../src/lib/digest.ts";

/**
 * Judges labelled Terraform as changes: from the good version to the bad one, back, and the bad one with its blocks in another order.
 * `node scripts/labelled.ts FOLDER [--topic NAME] [--show]`, where FOLDER holds pairs.jsonl, trivy-checks and checkov.
 */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { topic: { type: "string" }, show: { type: "boolean", default: false } },
});
const root = positionals[0] ?? "";
if (root === "") throw new Error("Cannot judge labelled files: name the folder that holds pairs.jsonl.");
const tools = { syntax: await loadSyntax(), memo: <T>(_: string, compute: () => T): T => compute() };
const policy = strictDefault();
const judging = rules.filter(({ needs }) => needs === "resources");

interface Pair {
  readonly topic: string;
  readonly name: string;
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

function textAt(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

function rowsOf<T>(path: string, row: z.ZodType<T>): readonly T[] {
  return textAt(path)
    .split("\n")
    .flatMap((line) => (line === "" ? [] : [row.parse(JSON.parse(line))]));
}

function versionOf(text: string): FileVersion {
  return { mode: "100644", sha: sha256(text).slice(0, 40), content: { kind: "text", text } };
}

/** What the rules say of a change of one file, as `rule@line: message`. */
function said(
  before: string,
  after: string,
): { readonly findings: readonly string[]; readonly gaps: readonly string[] } {
  const change: ChangeSet = {
    files: [
      {
        path: "terraform/production/main.tf",
        status: "modified",
        before: versionOf(before),
        after: versionOf(after),
      },
    ],
  };
  const { views, gaps } = buildViews(change, tools);
  const reach = computeReach(change, views, policy, { owner: "acme", name: "infra", baseRef: "main" }, tools.memo);
  const formerly = () => ({ of: () => [], unknown: () => null });
  const kinds = computeKinds(change, views, policy.stateful);
  const known = { plan: null, kinds, formerly, scanned: [], advised: [] };
  const context = ruleContext(policy, reach, "main", known, views.kubernetes.objects);
  const seen = judging.flatMap((rule) => rule.observe(views, {}, context).map((one) => ({ rule: rule.id, one })));
  return {
    findings: seen.flatMap(({ rule, one }) => ("message" in one ? [`${rule}@${one.at.line}: ${one.message}`] : [])),
    gaps: [
      ...gaps.map(({ reason }) => reason),
      ...seen.flatMap(({ rule, one }) => ("message" in one ? [] : [`${rule}@${one.at.line}: ${one.undecided}`])),
    ],
  };
}

/** Top-level blocks of a file as text, by address. */
function blocksOf(text: string): ReadonlyMap<string, string> {
  const read = tools.syntax.hcl(text);
  if (!read.ok) return new Map();
  const all = text.split("\n");
  return new Map(
    read.value.blocks.map((block) => [block.labels.join("."), all.slice(block.line - 1, block.endLine).join("\n")]),
  );
}

function reordered(text: string): string {
  return [...blocksOf(text).values()].toReversed().join("\n\n");
}

function ofTrivy(): readonly Pair[] {
  return rowsOf("pairs.jsonl", pairRow)
    .filter(({ format }) => format === "terraform")
    .map(({ topic, rule, good, bad }) => ({
      topic: `trivy ${topic}`,
      name: `${rule} ${bad}`,
      good: sameNames(textAt(good)),
      bad: sameNames(textAt(bad)),
    }));
}

/** The two versions name their resources after what they are: as a change that would be a deletion and a creation. */
function sameNames(text: string): string {
  return text.replaceAll(/\b(?:good|bad)_?(?=example|\b)/gu, "");
}

/** Checkov labels resources: each bad one is paired with the most similar good one of its rule and type, under the same name. */
function ofCheckov(): readonly Pair[] {
  const rows = rowsOf("checkov/manifest.jsonl", checkovRow).filter(({ file }) => file.endsWith(".tf"));
  const textOf = ({ file, resource }: CheckovRow): string =>
    blocksOf(textAt(join("checkov", file))).get(resource ?? "") ?? "";
  return rows.flatMap((row): readonly Pair[] => {
    const { topic, rule, file, resource } = row;
    const [type = "", name = ""] = (resource ?? "").split(".");
    const bad = row.expected === "fail" ? textOf(row) : "";
    if (bad === "") return [];
    const goods = rows
      .filter((other) => other.expected === "pass" && other.rule === rule && other.resource?.split(".")[0] === type)
      .map((good) => textOf(good).replace(`"${good.resource?.split(".")[1] ?? ""}"`, `"${name}"`));
    const [best = ""] = goods.toSorted((a, b) => likeness(b, bad) - likeness(a, bad));
    return best === ""
      ? []
      : [{ topic: `checkov ${topic}`, name: `${rule} ${file} ${resource ?? ""}`, good: best, bad }];
  });
}

/** The share of lines that both have. */
function likeness(a: string, b: string): number {
  const [ours, theirs] = [a, b].map((text) => new Set(text.split("\n").map((line) => line.trim())));
  if (ours === undefined || theirs === undefined) return 0;
  return [...ours].filter((line) => theirs.has(line)).length / Math.max(ours.size, theirs.size);
}

const table = new Map<string, { pairs: number; reported: number; gap: number; back: number; order: number }>();
for (const { topic, name, good, bad } of [...ofTrivy(), ...ofCheckov()]) {
  if (values.topic !== undefined && !topic.includes(values.topic)) continue;
  const counts = table.get(topic) ?? { pairs: 0, reported: 0, gap: 0, back: 0, order: 0 };
  table.set(topic, counts);
  const [there, back, order] = [said(good, bad), said(bad, good), said(bad, reordered(bad))];
  counts.pairs++;
  if (there.findings.length > 0) counts.reported++;
  else if (there.gaps.length > 0) counts.gap++;
  if (back.findings.length + back.gaps.length === 0) counts.back++;
  if (order.findings.length + order.gaps.length === 0) counts.order++;
  if (!values.show) continue;
  const tell = (what: string, { findings, gaps }: ReturnType<typeof said>): void => {
    process.stdout.write(`${what}  ${topic}  ${name}\n${[...findings, ...gaps].map((one) => `    ${one}\n`).join("")}`);
  };
  if (there.findings.length === 0) tell("missed   ", there);
  if (back.findings.length + back.gaps.length > 0) tell("backwards", back);
  if (order.findings.length + order.gaps.length > 0) tell("reordered", order);
}
process.stdout.write("| topic | pairs | good → bad reported | as a gap | bad → good silent | reordered silent |\n");
for (const [topic, { pairs, reported, gap, back, order }] of [...table].toSorted(([a], [b]) => (a < b ? -1 : 1)))
  process.stdout.write(`| ${topic} | ${pairs} | ${reported} | ${gap} | ${back} | ${order} |\n`);
