import { ruleContext } from "../../src/core/evaluate/rule-context.ts";
import type { ChangeSet, FileVersion } from "../../src/core/change/change-set.ts";
import { type Advised, gravities } from "../../src/core/dependencies/advised.ts";
import type { ScannerResult } from "../../src/core/evidence/sarif.ts";
import { newlyFound, type Scan, type Scanned } from "../../src/core/evidence/scanned.ts";
import { computeKinds } from "../../src/core/kinds/kinds.ts";
import type { Plan } from "../../src/core/plan/plan.ts";
import { readPlan } from "../../src/core/plan/read.ts";
import { effectivePolicy, strictDefault } from "../../src/core/policy/merge.ts";
import { parsePolicy, policyErrorText } from "../../src/core/policy/parse.ts";
import type { Policy } from "../../src/core/policy/schema.ts";
import { computeReach } from "../../src/core/reach/compute.ts";
import type { Context } from "../../src/core/rule.ts";
import { rules } from "../../src/core/rules/index.ts";
import type { Views } from "../../src/core/views/views.ts";

/** The policy of an example, through the parser that reads real ones; the strict default where it states none. */
export function policyOf(text: string | undefined): Policy {
  if (text === undefined) return strictDefault();
  const source = { repository: "acme/infra", sha: "0".repeat(40), path: ".github/sallyport.yml", text };
  const parsed = parsePolicy(source, { scope: "repository", rules });
  if (!parsed.ok) throw new Error(parsed.errors.map(policyErrorText).join("\n"));
  const joined = effectivePolicy(
    { organisation: null, defaultBranch: parsed.document, baseBranch: null, operations: [] },
    rules,
  );
  if (!joined.ok) throw new Error(joined.errors.map(policyErrorText).join("\n"));
  return joined.policy;
}

/** The plan of an example, through the reader of real ones; null where it declares none. */
export function planOf(text: string | undefined): Plan | null {
  if (text === undefined) return null;
  const declared = readPlan(`\`\`\`sallyport-plan\n${text}\n\`\`\``);
  if (declared.kind !== "declared") throw new Error(`An example declares a plan that is ${declared.kind}`);
  return declared.plan;
}

/** The context of rules for one change, as an evaluation would make it. */
export function contextOf(policy: Policy, change: ChangeSet, views: Views, plan: Plan | null = null): Context {
  const kinds = computeKinds(change, views, policy.stateful);
  const formerly = () => ({ of: () => [], unknown: () => null });
  return ruleContext(
    policy,
    computeReach(change, views, policy, { owner: "acme", name: "infra", baseRef: "main" }, (_, compute) => compute()),
    "main",
    { plan, kinds, formerly, scanned: scannedOf(change), advised: advisedOf(change), secrets: views.secrets.secrets },
    views.kubernetes.objects,
  );
}

/**
 * What the scanner of examples finds: it reports every line that says `scanner: LEVEL RULE MESSAGE`, and has looked at the base as well.
 */
function scannedOf({ files }: ChangeSet): readonly Scanned[] {
  const scan = (side: "before" | "after"): Scan => {
    const results = files.flatMap((file) => scannedLines(file.path, file[side]));
    return { report: { tools: ["Example"], results, unplaced: 0 }, root: "", isPinned: true };
  };
  return newlyFound({ files }, [scan("after")], [scan("before")]);
}

const scannerLine = /scanner: (?<level>error|warning|note) (?<rule>\S+) (?<message>.*\S)/u;

function scannedLines(path: string, file: FileVersion | null): readonly ScannerResult[] {
  if (file?.content.kind !== "text") return [];
  return file.content.text.split("\n").flatMap((text, index): readonly ScannerResult[] => {
    const { level, rule = "", message = "" } = scannerLine.exec(text)?.groups ?? {};
    if (level !== "error" && level !== "warning" && level !== "note") return [];
    return [{ tool: "Example", rule, level, message, path, lines: { first: index + 1, last: index + 1 } }];
  });
}

const advisoryLine = /advisory: (?<gravity>\w+) (?<advisory>GHSA\S+) (?<name>\S+) (?<version>\S+) (?<summary>.*\S)/u;

/** What GitHub knows of the versions of examples: lines that say `advisory: GRAVITY GHSA-... NAME VERSION SUMMARY`, of packages that had it not before. */
function advisedOf({ files }: ChangeSet): readonly Advised[] {
  const told = (side: "before" | "after"): readonly Advised[] =>
    files.flatMap(({ path, [side]: file }) =>
      file?.content.kind === "text" ? advisedLines(path, file.content.text) : [],
    );
  const stood = new Set(told("before").map(({ name, advisory }) => `${name} ${advisory}`));
  return told("after").filter(({ name, advisory }) => !stood.has(`${name} ${advisory}`));
}

function advisedLines(manifest: string, text: string): readonly Advised[] {
  return text.split("\n").flatMap((line): readonly Advised[] => {
    const { gravity, advisory = "", name = "", version = "", summary = "" } = advisoryLine.exec(line)?.groups ?? {};
    const known = gravities.find((one) => one === gravity);
    return known === undefined
      ? []
      : [{ manifest, ecosystem: "pip", name, version, gravity: known, advisory, summary }];
  });
}
