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
 * Judges workflows that are labelled by file and line as changes: the file comes in place of an empty job under the same name, and
 * goes again. `node scripts/labelled-workflows.ts FOLDER [--audit NAME] [--show]`, where FOLDER holds manifest.jsonl.
 */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { audit: { type: "string" }, show: { type: "boolean", default: false } },
});
const [root] = positionals;
if (root === undefined) throw new Error("Cannot judge labelled workflows: name the folder that holds manifest.jsonl.");
const tools = { syntax: await loadSyntax(), memo: <T>(_: string, compute: () => T): T => compute() };
const policy = strictDefault();
const judging = rules.filter(({ needs }) => needs === "workflows");

/** Audits whose defect a rule here names, and the rules that name it. */
const claimed: Readonly<Record<string, readonly string[]>> = {
  artipacked: ["gha-artifact-holds-credentials", "gha-credentials-persisted"],
  "dangerous-triggers": ["gha-outsider-trigger-added"],
  "excessive-permissions": ["gha-permissions-widened"],
  "github-env": ["gha-environment-file-written"],
  "insecure-commands": ["gha-old-commands-allowed"],
  "overprovisioned-secrets": ["gha-secret-newly-used"],
  "secrets-inherit": ["gha-secret-newly-used"],
  "secrets-outside-env": ["gha-secret-newly-used", "gha-secret-leaves-environment"],
  "self-hosted-runner": ["gha-runner-exposed"],
  "template-injection": ["gha-script-injection"],
  "cache-poisoning": ["gha-cache-in-release"],
  "unpinned-images": ["gha-action-added", "gha-pin-loosened"],
  "unpinned-uses": ["gha-action-added", "gha-pin-loosened"],
};

const row = z.object({
  file: z.string(),
  rule: z.string(),
  expected: z.enum(["pass", "fail"]),
  lines: z.array(z.number()).default([]),
  persona: z.string(),
});

function versionOf(text: string): FileVersion {
  return { mode: "100644", sha: sha256(text).slice(0, 40), content: { kind: "text", text } };
}

interface Said {
  readonly rule: string;
  readonly line: number;
  readonly text: string;
}

/** What the rules on workflows say of a change of one file. */
function said(
  path: string,
  before: string,
  after: string,
): { readonly said: readonly Said[]; readonly gaps: readonly string[] } {
  const change: ChangeSet = {
    files: [{ path, status: "modified", before: versionOf(before), after: versionOf(after) }],
  };
  const { views, gaps } = buildViews(change, tools);
  const reach = computeReach(change, views, policy, { owner: "acme", name: "infra", baseRef: "main" }, tools.memo);
  const formerly = () => ({ of: () => [], unknown: () => null });
  const kinds = computeKinds(change, views, policy.stateful);
  const around = { plan: null, kinds, formerly, scanned: [], advised: [], secrets: views.secrets.secrets };
  const context = ruleContext(policy, reach, "main", around, views.kubernetes.objects);
  return {
    said: judging.flatMap((rule) =>
      rule.observe(views, {}, context).map((one) => ({
        rule: rule.id,
        line: one.at.line,
        text: "message" in one ? one.message : `? ${one.undecided}`,
      })),
    ),
    gaps: gaps.map(({ reason }) => reason),
  };
}

const emptyWorkflow = "on: push\npermissions: {}\njobs:\n  empty: { runs-on: ubuntu-latest, steps: [] }\n";
const emptyAction = "name: empty\nruns: { using: composite, steps: [] }\n";

const rows = readFileSync(join(root, "manifest.jsonl"), "utf8")
  .split("\n")
  .flatMap((line) => (line === "" ? [] : [row.parse(JSON.parse(line))]));
process.stdout.write(
  "| audit | persona | labelled bad | found | line for line | labelled good | reported there | removed: silent |\n",
);
process.stdout.write("|---|---|---|---|---|---|---|---|\n");
const table = new Map<string, number[]>();
for (const { file, rule, expected, lines, persona } of rows) {
  const wanted = claimed[rule];
  if (wanted === undefined || (values.audit !== undefined && values.audit !== rule)) continue;
  const text = readFileSync(join(root, file), "utf8");
  const isAction = /action\.ya?ml$/u.test(file);
  const path = isAction ? ".github/actions/build/action.yml" : ".github/workflows/ci.yml";
  const empty = isAction ? emptyAction : emptyWorkflow;
  const there = said(path, empty, text);
  const back = said(path, text, empty);
  const found = there.said.filter((one) => wanted.includes(one.rule));
  const hit = lines.filter((line) => found.some((one) => Math.abs(one.line - line) <= 1)).length;
  const counts = table.get(`${rule} | ${persona}`) ?? [0, 0, 0, 0, 0, 0, 0, 0];
  table.set(`${rule} | ${persona}`, counts);
  const add = (index: number, number: number): void => {
    counts[index] = (counts[index] ?? 0) + number;
  };
  const isFound = found.length > 0 || there.gaps.length > 0;
  add(expected === "fail" ? 0 : 4, 1);
  add(expected === "fail" ? 1 : 5, isFound ? 1 : 0);
  add(2, hit);
  add(3, lines.length);
  add(6, 1);
  add(7, back.said.filter((one) => wanted.includes(one.rule)).length === 0 ? 1 : 0);
  if (!values.show || (expected === "fail") === isFound) continue;
  process.stdout.write(
    `${expected === "fail" ? "MISSED" : "REPORTED"} ${rule} ${persona} ${file} ${lines.join(",")}\n`,
  );
  for (const one of expected === "fail" ? there.said : found)
    process.stdout.write(`    ${one.rule}@${one.line}: ${one.text}\n`);
}
for (const [key, [bad = 0, found = 0, hit = 0, all = 0, good = 0, reported = 0, removed = 0, silent = 0]] of [
  ...table,
].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
  process.stdout.write(
    `| ${key} | ${bad} | ${found} | ${hit}/${all} | ${good} | ${reported} | ${silent}/${removed} |\n`,
  );
}
