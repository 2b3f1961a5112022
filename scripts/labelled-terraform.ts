import { readFileSync } from "node:fs";
import { join } from "node:path";
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

const tools = { syntax: await loadSyntax(), memo: <T>(_: string, compute: () => T): T => compute() };
const policy = strictDefault();

/** One labelled file that a scanner accepts, and one that it reports, under the same names. */
export interface Pair {
  /** The scanner's check. */
  readonly rule: string;
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

function textAt(root: string, path: string): string {
  return readFileSync(join(root, path), "utf8");
}

function rowsOf<T>(root: string, path: string, row: z.ZodType<T>): readonly T[] {
  return textAt(root, path)
    .split("\n")
    .flatMap((line) => (line === "" ? [] : [row.parse(JSON.parse(line))]));
}

function versionOf(text: string): FileVersion {
  return { mode: "100644", sha: sha256(text).slice(0, 40), content: { kind: "text", text } };
}

/** What the rules that `judging` takes say of a change of one file, as `rule@line: message`. */
export function said(
  before: string,
  after: string,
  judging: (id: string) => boolean,
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
  const known = { plan: null, kinds, formerly, scanned: [], advised: [], secrets: views.secrets.secrets };
  const context = ruleContext(policy, reach, "main", known, views.kubernetes.objects);
  const asked = rules.filter(({ id, needs }) => (needs === "resources" || needs === "iam") && judging(id));
  const seen = asked.flatMap((rule) => rule.observe(views, {}, context).map((one) => ({ rule: rule.id, one })));
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

export function reordered(text: string): string {
  return [...blocksOf(text).values()].toReversed().join("\n\n");
}

/** The pairs of Terraform in `pairs.jsonl` of a folder. */
export function ofTrivy(root: string): readonly Pair[] {
  return rowsOf(root, "pairs.jsonl", pairRow)
    .filter(({ format }) => format === "terraform")
    .map(({ topic, rule, good, bad }) => ({
      topic: `trivy ${topic}`,
      name: `${rule} ${bad}`,
      rule,
      good: sameNames(textAt(root, good)),
      bad: sameNames(textAt(root, bad)),
    }));
}

/** The two versions name their resources after what they are: as a change that would be a deletion and a creation. */
function sameNames(text: string): string {
  return text.replaceAll(/\b(?:good|bad)_?(?=example|\b)/gu, "");
}

/** Checkov labels resources: each bad one is paired with the most similar good one of its rule and type, under the same name. */
export function ofCheckov(root: string): readonly Pair[] {
  const rows = rowsOf(root, "checkov/manifest.jsonl", checkovRow).filter(({ file }) => file.endsWith(".tf"));
  const textOf = ({ file, resource }: CheckovRow): string =>
    blocksOf(textAt(root, join("checkov", file))).get(resource ?? "") ?? "";
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
      : [{ topic: `checkov ${topic}`, name: `${rule} ${file} ${resource ?? ""}`, rule, good: best, bad }];
  });
}

/** The share of lines that both have. */
function likeness(a: string, b: string): number {
  const [ours, theirs] = [a, b].map((text) => new Set(text.split("\n").map((line) => line.trim())));
  if (ours === undefined || theirs === undefined) return 0;
  return [...ours].filter((line) => theirs.has(line)).length / Math.max(ours.size, theirs.size);
}
