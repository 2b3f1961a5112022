import { stringify } from "yaml";
import type { Outcome } from "./play.ts";
import type { Scenario } from "./read.ts";

/** What a reader needs to understand a failure without running it again: the step, what was expected, and what there is. */
export function tellFailure(
  file: string,
  { setting }: Scenario,
  outcome: Extract<Outcome, { kind: "failed" }>,
): string {
  const { step, number, because, seen, logged } = outcome;
  const [run] = seen.runs;
  const reasons =
    typeof because === "string"
      ? [`  ${because}`]
      : because.flatMap(({ what, expected, found }) => [
          `  ${what}`,
          `    expected: ${expected}`,
          `    found:    ${found}`,
        ]);
  return [
    `${file}:${step.line}: "${setting.name}" fails at step ${number}`,
    indent(stringify(step.given).trimEnd(), "  | "),
    ...reasons,
    "",
    run === undefined
      ? "There is no check run."
      : `The check run ${run.name} (${run.conclusion ?? run.status}) says: ${run.output?.title ?? ""}`,
    ...(seen.document === null ? [] : [indent(JSON.stringify(seen.document, null, 2), "  ")]),
    "",
    ...ledgerLines(seen.ledger),
    ...(seen.branch.length === 0 ? [] : ["", "The looks at the branch, the newest first:"]),
    ...seen.branch.map((entry) => `  ${JSON.stringify(entry)}`),
    ...(logged.length === 0 ? [] : ["", "The server logged:", ...logged.map((line) => `  ${line}`)]),
    "",
  ].join("\n");
}

function ledgerLines(ledger: Extract<Outcome, { kind: "failed" }>["seen"]["ledger"]): readonly string[] {
  if (ledger === null) return ["There is no ledger to be read: no server runs, or no pull request was opened."];
  if (ledger.length === 0) return ["The ledger has no entry about the pull request."];
  return [
    "The ledger about the pull request, the newest entry first:",
    ...ledger.map(({ id, lease, entry }) => `  ${id} (lease ${lease}) ${JSON.stringify(entry)}`),
  ];
}

function indent(text: string, by: string): string {
  return text
    .split("\n")
    .map((line) => `${by}${line}`)
    .join("\n");
}
