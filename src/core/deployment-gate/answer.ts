import type { DeploymentEvaluation } from "../evaluate/deployment.ts";
import { unreachable } from "../../lib/assert.ts";

/** What GitHub is told of a deployment: for good, or that it waits. */
export type Answer = "approved" | "rejected" | "waits";

/**
 * What a judgement comes to. Neither approval nor rejection can be withdrawn, so only `allow` approves, and only what time and people cannot
 * mend rejects. A policy that observes approves whatever was found; where a halt holds none observes.
 */
export function answerOf({ verdict, policy }: DeploymentEvaluation): Answer {
  if (policy.mode === "observe") return "approved";
  switch (verdict) {
    case "allow":
      return "approved";
    case "wait":
    case "hold":
      return "waits";
    case "block":
      return "rejected";
    default:
      return unreachable(verdict);
  }
}
