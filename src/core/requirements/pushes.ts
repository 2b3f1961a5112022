import { byCodeUnits } from "../../lib/order.ts";
import type { Facts } from "../facts.ts";
import type { Policy } from "../policy/schema.ts";
import type { Provenance } from "../provenance/provenance.ts";
import type { Ask } from "./approvals.ts";

/** The requirement of approvals that calls a person. */
export const calledForPushes = "approvals:pushes";

/**
 * Calls a person where reports on as many heads as the policy has pushes for one finding showed the same one, this head's among them.
 * It stays asked once the finding is gone: trying until a rule is silent is no way around the person. Nothing for changes without marks
 * of an agent. `open`: ids of what would be shown now.
 */
export function pushesPerFinding(
  open: readonly string[],
  { head, publications }: Facts,
  provenance: Provenance,
  policy: Policy,
): readonly Ask[] {
  const max = policy.budgets.pushesPerFinding;
  if (max === null || provenance.author !== "agent") return [];
  const headsOf = new Map<string, Set<string>>();
  const reports = [...publications, { headSha: head.sha, findings: open }];
  for (const { headSha, findings } of reports)
    for (const id of findings) headsOf.set(id, (headsOf.get(id) ?? new Set()).add(headSha));
  const [worst] = [...headsOf]
    .map(([id, { size }]) => ({ id, size }))
    .toSorted((a, b) => b.size - a.size || byCodeUnits(a.id, b.id));
  if (worst === undefined || worst.size < max) return [];
  return [{ id: "pushes", count: 1, from: [], because: `${worst.id} on ${worst.size} heads` }];
}
