import { canonicalJson } from "../../lib/canonical-json.ts";
import { sha256 } from "../../lib/digest.ts";
import type { Finding } from "../evaluate/evaluation.ts";
import { creates, destroys, forgets } from "./actions.ts";
import type { JudgedPlan, RememberedPlan, TerraformPlansView } from "./judged.ts";

/** Rules whose findings say that a plan is not of the state that it should be of. */
const stateRules: readonly string[] = [
  "tfplan-state-missing",
  "tfplan-state-foreign",
  "tfplan-configuration-differs",
  "tfplan-creation-unexplained",
  "tfplan-deletion-unexplained",
];

type Judged = Pick<Finding, "rule" | "waived" | "overridden"> & { readonly about: string };

/**
 * What later plans are compared with: of whole plans of trusted workflows, where nothing says that their state is another one, or people have
 * accepted that it is. What was found wanting is not remembered, else the same plan would pass when it is looked at once more.
 */
export function acceptedOf(
  { plans }: TerraformPlansView,
  findings: readonly Judged[],
  before: readonly RememberedPlan[],
): readonly RememberedPlan[] {
  return plans.flatMap((one) => {
    const doubted = findings.some(
      ({ rule, about, waived, overridden }) =>
        about === one.about && waived === null && overridden === null && stateRules.includes(rule),
    );
    // One that is not trusted could say that there is less than there is.
    if (
      !one.sources.every(({ trusted }) => trusted) ||
      one.plan.errored !== false ||
      one.plan.complete !== true ||
      doubted
    )
      return [];
    const kept = keptOf(one);
    const last = before.findLast(({ root, workspace }) => root === one.root && workspace === one.workspace);
    return last !== undefined && canonicalJson(last) === canonicalJson(kept) ? [] : [kept];
  });
}

function keptOf({ root, workspace, plan, sources }: JudgedPlan): RememberedPlan {
  const there = plan.priorState?.managed.length ?? 0;
  const managed = plan.changes.filter(({ mode, deposed }) => mode === "managed" && deposed === null);
  const leaving = managed.filter((change) => (destroys(change) || forgets(change)) && !creates(change)).length;
  const state = sources.at(-1)?.state;
  return {
    root,
    workspace,
    // Whether it is applied nobody says: what is there in either case.
    managed: Math.max(0, there - leaving),
    lineage: state?.lineage === null || state === undefined ? null : lineageDigest(state.lineage),
    serial: state?.serial ?? null,
    backend: state?.backend ?? null,
  };
}

/** It is written by whoever sends a plan, and could be any text. */
export function lineageDigest(lineage: string): string {
  return sha256(lineage).slice(0, 32);
}
