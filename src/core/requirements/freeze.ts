import type { Gap } from "../change/change-set.ts";
import type { Requirement } from "../evaluate/evaluation.ts";
import { environmentsOf } from "../evaluate/scope.ts";
import type { Facts } from "../facts.ts";
import type { PolicyChange } from "../policy/proposed.ts";
import type { Freeze, Policy } from "../policy/schema.ts";
import type { Provenance } from "../provenance/provenance.ts";
import type { ReachMap } from "../reach/reach.ts";
import { whoWrote } from "./halt.ts";
import { outside } from "./outside.ts";

/** What freezes rest on. */
export interface Grounds {
  readonly facts: Facts;
  readonly reach: ReachMap;
  readonly provenance: Provenance;
  readonly policyChange: PolicyChange | null;
  readonly policy: Policy;
  readonly nowMs: number;
}

/**
 * That no freeze is open which this change falls under: one requirement for each that has not passed for good, failed while it is open.
 * Where it is not known who wrote it, an agent may have. A freeze for everyone stops the others too, except for people's change of the
 * policy and of nothing else: else a freeze that was written wrong could not be taken back before it ends.
 */
export function freezes({ facts, reach, provenance, policyChange, policy, nowMs }: Grounds): readonly Requirement[] {
  const byAgent = whoWrote(provenance, facts.gaps)?.isAgent ?? true;
  const mends = !byAgent && policyChange?.alone === true;
  const reached = hidesFiles(facts.gaps)
    ? Object.keys(policy.environments)
    : reach.files.flatMap((file) => environmentsOf(file, policy));
  return policy.freezes.flatMap((freeze, index) => {
    const concerned = freeze.appliesTo === "everyone" ? !mends : byAgent;
    const stopped = concerned ? stoppedBy(freeze, reached) : null;
    if (stopped === null) return [];
    const told = {
      id: freezeId(index),
      kind: "freeze",
      what: `the freeze \`${freeze.name.replaceAll("`", "'")}\``,
      window: freeze.window,
      open: "open",
      opens: "opens",
      because: `it stops ${stopped}${freeze.appliesTo === "agents" ? ", by agents" : ""}`,
    } as const;
    return outside(told, policy.timezone, nowMs);
  });
}

/** Of the freeze at that place in the policy. */
export function freezeId(index: number): string {
  return `freeze:${index + 1}`;
}

/** Whether files may have changed that are not known, so that nothing tells what the change reaches. */
export function hidesFiles(gaps: readonly Gap[]): boolean {
  return gaps.some(({ id }) => id === "not-evaluated" || id.startsWith("unreadable-folder:"));
}

/** Which changes it stops, this one among them; null where it does not stop this one. */
function stoppedBy({ environments }: Freeze, reached: readonly string[]): string | null {
  if (environments.length === 0) return "every change";
  const frozen = environments.filter((name) => reached.includes(name));
  return frozen.length === 0 ? null : `changes that reach ${frozen.map((name) => `\`${name}\``).join(", ")}`;
}
