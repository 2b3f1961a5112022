import { notAsked, type Requirement } from "../evaluate/evaluation.ts";
import { environmentsOf } from "../evaluate/scope.ts";
import type { PolicyChange } from "../policy/proposed.ts";
import type { Freeze, Policy } from "../policy/schema.ts";
import type { Provenance } from "../provenance/provenance.ts";
import type { ReachMap } from "../reach/reach.ts";
import { moment } from "../report/moments.ts";
import { stateOf } from "../windows/window.ts";

/**
 * That no freeze is open which this change falls under: one requirement for each that has not passed for good, failed while it is open.
 * Whoever wrote it, a freeze for everyone stops it; the policy's own change by people alone is the exception, else a freeze that was
 * written wrong could not be taken back before it ends.
 */
export function freezes(
  reach: ReachMap,
  provenance: Provenance,
  policyChange: PolicyChange | null,
  policy: Policy,
  nowMs: number,
): readonly Requirement[] {
  const mends = provenance.author !== "agent" && policyChange?.alone === true;
  return policy.freezes.flatMap((freeze, index) => {
    const concerned = freeze.appliesTo === "everyone" ? !mends : provenance.author === "agent";
    const stopped = concerned ? stoppedBy(freeze, reach, policy) : null;
    return stopped === null ? [] : answer(freeze, stopped, index, policy, nowMs);
  });
}

/** Which changes it stops, this one among them; null where it does not stop this one. */
function stoppedBy({ environments }: Freeze, reach: ReachMap, policy: Policy): string | null {
  if (environments.length === 0) return "every change";
  const reached = new Set(reach.files.flatMap((file) => environmentsOf(file, policy)));
  const frozen = environments.filter((name) => reached.has(name));
  return frozen.length === 0 ? null : `changes that reach ${frozen.map((name) => `\`${name}\``).join(", ")}`;
}

function answer(
  freeze: Freeze,
  stopped: string,
  index: number,
  { timezone }: Policy,
  nowMs: number,
): readonly Requirement[] {
  const { open, changesAtMs } = stateOf(freeze.window, nowMs);
  if (!open && changesAtMs === null) return [];
  const whose = freeze.appliesTo === "agents" ? `${stopped}, by agents` : stopped;
  const until = changesAtMs === null ? "it has no end" : `open until ${moment(changesAtMs, timezone)}`;
  const now = open || changesAtMs === null ? until : `opens ${moment(changesAtMs, timezone)}`;
  return [
    {
      id: `freeze:${index + 1}`,
      kind: "freeze",
      what: `Outside the freeze \`${freeze.name}\``,
      from: "nobody: approvals and overrides do not lift it",
      now: `${now}; it stops ${whose}`,
      actor: "time",
      state: { kind: open ? "failed" : "met" },
      need: null,
      have: null,
      counted: [],
      excluded: [],
      ...notAsked,
      laterMs: changesAtMs,
    },
  ];
}
