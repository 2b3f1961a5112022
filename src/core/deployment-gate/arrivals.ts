import { isAgentAccount } from "../around/around.ts";
import type { Policy } from "../policy/schema.ts";
import type { Wrote } from "../requirements/halt.ts";
import { unreachable } from "../../lib/assert.ts";
import { byCodeUnits } from "../../lib/order.ts";
import type { Arrival, DeploymentFacts, JudgedThen } from "./facts.ts";

/** `exempt`: it came before this App did, and nothing of ours stands on it. */
export type Passed =
  | { readonly kind: "passed" | "exempt" }
  /** It came past the gate, or was not allowed. */
  | { readonly kind: "refused"; readonly because: string }
  /** Whether it was allowed is not known. */
  | { readonly kind: "unknown"; readonly because: string };

const shownDigits = 7;

/** Whether what a movement brought had been allowed. `because` is a sentence without its stop. */
export function passedThen({ movement, judged }: Arrival, knownSinceMs: number | null): Passed {
  const { run, merged, kind, atMs, afterSha } = movement;
  const at = `\`${afterSha.slice(0, shownDigits)}\``;
  const traces = [run, ...merged.map((one) => one.run)].some((one) => one !== null);
  const remembered = judged?.some(({ verdict }) => verdict !== null) ?? false;
  if (!traces && !remembered) {
    if (knownSinceMs === null)
      return { kind: "unknown", because: `whether ${at} came before this app is not known yet` };
    if (atMs < knownSinceMs) return { kind: "exempt" };
  }
  switch (kind) {
    case "push":
      if (run?.passed === true) return { kind: "passed" };
      return { kind: "refused", because: `${at} was pushed past the gate` };
    case "queue":
      if (run?.passed !== true) return { kind: "refused", because: `the merge group ${at} was merged past the gate` };
      return allAllowed(judged, `the merge group ${at}`);
    case "merge": {
      const past = merged.find((one) => one.run?.passed !== true);
      if (past !== undefined) return { kind: "refused", because: `#${past.number} was merged past the gate` };
      if (merged.length === 0 && run?.passed !== true) {
        return { kind: "refused", because: `${at} was merged past the gate` };
      }
      return allAllowed(judged, at);
    }
    default:
      return unreachable(kind);
  }
}

function allAllowed(judged: readonly JudgedThen[] | null, what: string): Passed {
  if (judged === null || judged.length === 0) {
    return { kind: "unknown", because: `which pull requests ${what} brought is not known` };
  }
  const refused = judged.find(({ verdict }) => verdict !== null && verdict !== "allow");
  if (refused !== undefined) {
    const { number, verdict, headSha } = refused;
    return {
      kind: "refused",
      because: `#${number} was judged ${verdict} at \`${headSha.slice(0, shownDigits)}\`, and merged`,
    };
  }
  const lost = judged.find(({ verdict }) => verdict === null);
  if (lost === undefined) return { kind: "passed" };
  const head = lost.headSha.slice(0, shownDigits);
  return { kind: "unknown", because: `what #${lost.number} was judged at \`${head}\` is not in the ledger` };
}

/** Who wrote what is to be deployed, and set the deployment off; null: not known of all of it. */
export function whoDeploys({ arrivals, startedBy }: DeploymentFacts, policies: Pick<Policy, "agents">): Wrote | null {
  const marks: string[] = [];
  let isAgent = false;
  for (const { movement, judged } of arrivals) {
    if (movement.kind === "push") {
      if (movement.actor === null) return null;
      if (!isAgentAccount(movement.actor, policies.agents)) continue;
      isAgent = true;
      marks.push(movement.actor.login);
      continue;
    }
    if (judged === null || judged.length === 0) return null;
    for (const { wrote } of judged) {
      if (wrote === null) return null;
      isAgent ||= wrote.isAgent;
      marks.push(...wrote.marks);
    }
  }
  for (const account of startedBy) {
    if (account === null) return null;
    if (!isAgentAccount(account, policies.agents)) continue;
    isAgent = true;
    marks.push(account.login);
  }
  return { isAgent, marks: [...new Set(marks)].toSorted(byCodeUnits) };
}
