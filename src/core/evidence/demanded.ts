import { byCodeUnits } from "../../lib/order.ts";
import type { Gap } from "../change/change-set.ts";
import type { Scope } from "../evaluate/scope.ts";
import type { Facts } from "../facts.ts";
import { tightening } from "../policy/patterns.ts";
import type { PinnedWorkflow, PlanDemand, Policy } from "../policy/schema.ts";
import type { ReceivedEvidence } from "./evidence.ts";
import { plansFor, type RootPlan } from "./plans.ts";
import type { TouchedModule } from "./roots.ts";
import { type Judged, trustIn } from "./trust.ts";

type Known = Judged & Pick<Facts, "evidence">;

/**
 * What is missing of the evidence that the policy asks for: of each root that the change touches a plan for this head by a workflow that
 * the policy names, read, complete and without errors. Every plan of such a workflow counts, not the last one alone.
 */
export function evidenceGaps(
  facts: Known,
  policy: Pick<Policy, "evidence">,
  scope: Scope,
  modules: () => readonly TouchedModule[],
): readonly Gap[] {
  if (scope !== "full") return [];
  const { required } = policy.evidence.plans;
  const demanded = required.length === 0 ? [] : demandsOn(required, modules());
  return [
    ...demanded.flatMap((demand) => gapsOf(demand, facts, policy)),
    ...unreadFindings(facts, policy),
    ...(facts.evidence.some(isBeyond(facts.head.sha)) ? [tooMuch] : []),
  ];
}

interface Demanded {
  readonly root: string;
  readonly workspace: string | null;
}

function demandsOn(required: readonly PlanDemand[], modules: readonly TouchedModule[]): readonly Demanded[] {
  const found = new Map<string, Demanded>();
  for (const { root: pattern, workspace } of required) {
    const matches = pattern === "." ? (path: string) => path === "." : tightening([pattern]);
    for (const { directory, isCalled } of modules) {
      const root = nameOf(directory);
      // A folder that is named outright is a root, whoever else calls it; a pattern means roots alone.
      if (root !== pattern && (isCalled || !matches(root))) continue;
      found.set(JSON.stringify([directory, workspace]), { root: directory, workspace });
    }
  }
  return [...found].toSorted(([a], [b]) => byCodeUnits(a, b)).map(([, demand]) => demand);
}

function gapsOf({ root, workspace }: Demanded, facts: Known, policy: Pick<Policy, "evidence">): readonly Gap[] {
  const { from } = policy.evidence.plans;
  const isMine = (one: { readonly root: string; readonly workspace: string }): boolean =>
    one.root === root && (workspace === null || one.workspace === workspace);
  const plans = plansFor(facts, policy).filter(isMine);
  const name = workspace === null ? nameOf(root) : `${nameOf(root)}@${workspace}`;
  const unread = facts.evidence.find(
    (one) =>
      isMine(one) &&
      one.brought.kind === "unreadable" &&
      one.brought.of === "plan" &&
      trustIn(one, from, facts).kind === "trusted",
  );
  const trusted = plans.filter((one) => one.trusted);
  const because = unread?.brought.kind === "unreadable" ? unread.brought.because : null;
  return [
    ...(trusted.length === 0 && because === null ? [missing(name, plans, from)] : []),
    ...(because === null ? [] : [unreadable(name, because)]),
  ];
}

function missing(name: string, others: readonly RootPlan[], from: readonly PinnedWorkflow[]): Gap {
  const refused = others.flatMap((one) => one.from).findLast(({ trust }) => trust.kind === "untrusted");
  const because =
    refused?.trust.kind === "untrusted"
      ? `a plan has arrived and does not count: ${refused.trust.because}`
      : "no plan for this head has arrived";
  const [first] = from;
  const remedy =
    first === undefined
      ? "Name the workflow that makes plans in `evidence.plans.from`; until then people can accept the gap."
      : `Let ${from.map(workflowName).join(" or ")} run for this head and send its plan (docs/evidence.md), or have people accept the gap.`;
  return gap(`plan-missing:${name}`, `what Terraform would do in \`${name}\`, since ${because}`, remedy);
}

function unreadable(name: string, because: string): Gap {
  return gap(
    `plan-unreadable:${name}`,
    `what Terraform would do in \`${name}\`, since a plan of it could not be read: ${because}`,
    "Send the output of `terraform show -json`, or have people accept the gap.",
  );
}

function unreadFindings(facts: Known, { evidence }: Pick<Policy, "evidence">): readonly Gap[] {
  return facts.evidence.flatMap((one) => {
    const { brought, root } = one;
    if (brought.kind !== "unreadable" || brought.of !== "findings" || one.headSha !== facts.head.sha) return [];
    if (trustIn(one, evidence.findings.from, facts).kind !== "trusted") return [];
    const name = nameOf(root);
    const reason = `what a scanner found in \`${name}\`, since its report could not be read: ${brought.because}`;
    return [gap(`findings-unreadable:${name}`, reason, "Mend the scan and let it run again on a new head.")];
  });
}

function isBeyond(headSha: string): (one: ReceivedEvidence) => boolean {
  return (one) => one.headSha === headSha && one.brought.kind === "too_much";
}

const tooMuch: Gap = gap(
  "evidence-over-limit",
  "what some of the evidence for this head says, since more was sent than is kept for one head",
  "Send one plan of each root and one report of each scanner; a new head begins anew.",
);

function gap(id: string, reason: string, remedy: string): Gap {
  return { id, level: "hold", path: null, side: "head", line: null, reason, remedy };
}

function nameOf(directory: string): string {
  return directory === "" ? "." : directory;
}

function workflowName({ repository, path, ref }: PinnedWorkflow): string {
  return `\`${repository === null ? "" : `${repository}/`}${path}@${ref}\``;
}
