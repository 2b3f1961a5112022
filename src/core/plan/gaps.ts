import type { Gap } from "../change/change-set.ts";
import type { DeclaredPlan } from "./plan.ts";

/** The gap that the agent closes by itself, without a push. */
export const unreadablePlan = "plan-unreadable";

/** A plan that was meant and cannot be read: nobody knows what it would have bounded, and what approvals rest on. */
export function planGaps(declared: DeclaredPlan): readonly Gap[] {
  if (declared.kind !== "unreadable") return [];
  return [
    {
      id: unreadablePlan,
      level: "hold",
      path: null,
      side: "head",
      line: null,
      reason: `what the declared plan says: ${declared.mistakes.join("; ")}`,
      remedy: "Repair the plan in the description of the pull request.",
    },
  ];
}
