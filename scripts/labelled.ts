import { parseArgs } from "node:util";
import { loadSyntax } from "../src/adapters/syntax/load.ts";
import type { ChangeSet, FileVersion } from "../src/core/change/change-set.ts";
import { ruleContext } from "../src/core/evaluate/rule-context.ts";
import { computeKinds } from "../src/core/kinds/kinds.ts";
import { strictDefault } from "../src/core/policy/merge.ts";
import { computeReach } from "../src/core/reach/compute.ts";
import { rules } from "../src/core/rules/index.ts";
import { buildViews } from "../src/core/views/views.ts";
import { sha256 } from "../src/lib/digest.ts";
import { labelledPairs, reordered } from "./labelled-pairs.ts";

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
  const known = { plan: null, kinds, formerly, scanned: [], advised: [], secrets: views.secrets.secrets };
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

const pairs = labelledPairs(root, tools).filter(({ path }) => path.endsWith(".tf"));
const table = new Map<string, { pairs: number; reported: number; gap: number; back: number; order: number }>();
for (const pair of pairs) {
  const { topic, name, good, bad } = pair;
  if (values.topic !== undefined && !topic.includes(values.topic)) continue;
  const counts = table.get(topic) ?? { pairs: 0, reported: 0, gap: 0, back: 0, order: 0 };
  table.set(topic, counts);
  const [there, back, order] = [said(good, bad), said(bad, good), said(bad, reordered(pair, tools))];
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
