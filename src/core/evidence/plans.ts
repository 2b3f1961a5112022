import { byCodeUnits } from "../../lib/order.ts";
import type { Facts } from "../facts.ts";
import type { Policy } from "../policy/schema.ts";
import type { TerraformPlan } from "../terraform-plan/plan.ts";
import type { ReceivedEvidence } from "./evidence.ts";
import { type Judged, type Trust, trustIn } from "./trust.ts";
import { worstPlan } from "./worst.ts";

/** The plans of one workspace of one root that were brought for the head of a change. */
export interface RootPlan {
  /** Folder of the root configuration; empty: the repository's own. */
  readonly root: string;
  readonly workspace: string;
  /** What all of them come to, whoever brought them: evidence that is not trusted can still speak against a change. */
  readonly plan: TerraformPlan;
  /** Whether one of them is of a workflow that the policy names: only then is the demand for one met. */
  readonly trusted: boolean;
  /** The earliest first. */
  readonly from: readonly {
    readonly evidence: ReceivedEvidence;
    readonly plan: TerraformPlan;
    readonly trust: Trust;
  }[];
}

/** All plans for the head, sorted by root and workspace. */
export function plansFor(
  facts: Judged & Pick<Facts, "evidence">,
  { evidence: { plans: pinned } }: Pick<Policy, "evidence">,
): readonly RootPlan[] {
  const brought = facts.evidence.flatMap((evidence) =>
    evidence.headSha === facts.head.sha && evidence.brought.kind === "plan"
      ? [{ evidence, plan: evidence.brought.plan, trust: trustIn(evidence, pinned.from, facts) }]
      : [],
  );
  const groups = Map.groupBy(brought, ({ evidence: { root, workspace } }) => JSON.stringify([root, workspace]));
  return [...groups.values()]
    .flatMap((from): readonly RootPlan[] => {
      const [first, ...others] = from;
      if (first === undefined) return [];
      const { root, workspace } = first.evidence;
      const plan = worstPlan([first.plan, ...others.map((one) => one.plan)]);
      return [{ root, workspace, plan, trusted: from.some(({ trust }) => trust.kind === "trusted"), from }];
    })
    .toSorted((a, b) => byCodeUnits(a.root, b.root) || byCodeUnits(a.workspace, b.workspace));
}
