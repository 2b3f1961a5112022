import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { loadSyntax } from "../src/adapters/syntax/load.ts";
import type { ChangeSet } from "../src/core/change/change-set.ts";
import { ruleContext } from "../src/core/evaluate/rule-context.ts";
import { strictDefault } from "../src/core/policy/merge.ts";
import { computeReach } from "../src/core/reach/compute.ts";
import { rules } from "../src/core/rules/index.ts";
import { buildViews } from "../src/core/views/views.ts";
import { sha256 } from "../src/lib/digest.ts";

/**
 * Judges labelled migrations, each as one that a change adds: which of the bad ones are found, and what is said of the good ones.
 * `node scripts/labelled-sql.ts FOLDER [--show]`, where FOLDER holds manifest.jsonl and the files that it names.
 */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { show: { type: "boolean", default: false } },
});
const root = positionals[0] ?? "";
if (root === "") throw new Error("Cannot judge labelled migrations: name the folder that holds manifest.jsonl.");
const tools = { syntax: await loadSyntax(), memo: <T>(_: string, compute: () => T): T => compute() };
const policy = strictDefault();
const judging = rules.filter(({ needs }) => needs === "migrations");

const row = z.object({ file: z.string(), rule: z.string(), expected: z.enum(["pass", "fail"]) });

/** Which of our rules answers for one of theirs. What is not here is a matter of style, or is not claimed. */
const ours: Readonly<Record<string, readonly string[]>> = {
  "adding-field-with-default": ["sql-table-rewritten"],
  "adding-foreign-key-constraint": ["sql-constraint-locks-table"],
  "adding-not-nullable-field": ["sql-not-null-required"],
  "adding-required-field": ["sql-not-null-required"],
  "adding-serial-primary-key-field": ["sql-constraint-locks-table", "sql-table-rewritten"],
  "ban-concurrent-index-creation-in-transaction": ["sql-index-locks-table"],
  "ban-drop-column": ["sql-column-dropped"],
  "ban-drop-database": ["sql-table-dropped"],
  "ban-drop-not-null": ["sql-constraint-dropped"],
  "ban-drop-table": ["sql-table-dropped"],
  "ban-truncate-cascade": ["sql-rows-deleted"],
  "changing-column-type": ["sql-table-rewritten", "sql-type-narrowed"],
  "constraint-missing-not-valid": ["sql-constraint-locks-table"],
  "disallowed-unique-constraint": ["sql-constraint-locks-table"],
  "renaming-column": ["sql-name-changed"],
  "renaming-table": ["sql-name-changed"],
  "require-concurrent-index-creation": ["sql-index-locks-table"],
  "require-concurrent-index-deletion": ["sql-index-locks-table"],
  "require-concurrent-partition-detach": ["sql-table-locked"],
  "require-concurrent-reindex": ["sql-index-locks-table"],
};

interface Said {
  readonly found: readonly string[];
  readonly undecided: readonly string[];
}

function said(text: string): Said {
  const after = {
    mode: "100644",
    sha: sha256(text).slice(0, 40),
    content: { kind: "text", text },
  } as const;
  const change: ChangeSet = { files: [{ path: "db/migrations/0001.sql", status: "added", before: null, after }] };
  const { views, gaps } = buildViews(change, tools);
  const reach = computeReach(change, views, policy, { owner: "acme", name: "shop", baseRef: "main" }, tools.memo);
  const formerly = () => ({ of: () => [], unknown: () => null });
  const context = ruleContext(
    policy,
    reach,
    "main",
    { plan: null, kinds: [], formerly, scanned: [], advised: [], secrets: views.secrets.secrets },
    views.kubernetes.objects,
  );
  const found: string[] = [];
  const undecided = gaps.map(({ reason }) => reason);
  for (const rule of judging) {
    for (const one of rule.observe(views, {}, context)) {
      if ("message" in one) found.push(`${rule.id}@${one.at.line}`);
      else undecided.push(`${rule.id}: ${one.undecided}`);
    }
  }
  return { found, undecided };
}

const tally = new Map<string, { found: number; unread: number; bad: number; false: number; good: number }>();
for (const line of readFileSync(join(root, "manifest.jsonl"), "utf8").split("\n")) {
  if (line === "") continue;
  const { file, rule, expected } = row.parse(JSON.parse(line));
  const claimed = Object.hasOwn(ours, rule) ? (ours[rule] ?? []) : [];
  if (claimed.length === 0) continue;
  const text = readFileSync(join(root, file), "utf8");
  const { found, undecided } = said(text);
  const hit = found.some((one) => claimed.includes(one.slice(0, one.indexOf("@"))));
  const unread = !hit && undecided.length > 0;
  const counted = tally.get(rule) ?? { found: 0, unread: 0, bad: 0, false: 0, good: 0 };
  if (expected === "fail") {
    counted.bad += 1;
    counted.found += hit ? 1 : 0;
    counted.unread += unread ? 1 : 0;
  } else {
    counted.good += 1;
    counted.false += hit ? 1 : 0;
  }
  tally.set(rule, counted);
  const disagrees = expected === "fail" ? !hit : hit;
  if (values.show && disagrees)
    console.log(`\n${expected} ${file}\n${text}\n=> ${JSON.stringify({ found, undecided })}`);
}
console.log("rule | found | undecided | of bad | false | of good");
for (const [rule, { found, unread, bad, false: wrong, good }] of tally) {
  console.log([rule, found, unread, bad, wrong, good].join(" | "));
}
