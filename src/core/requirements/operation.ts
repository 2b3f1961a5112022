import { unreachable } from "../../lib/assert.ts";
import { type KindEvidence, notAsked, type Requirement } from "../evaluate/evaluation.ts";
import type { Scope } from "../evaluate/scope.ts";
import type { Facts } from "../facts.ts";
import { sameName } from "../policy/patterns.ts";
import type { Operation, Policy } from "../policy/schema.ts";
import type { FileReach, ReachMap } from "../reach/reach.ts";
import { moment } from "../report/moments.ts";
import { stateOf } from "../windows/window.ts";
import { hidesFiles } from "./freeze.ts";

/** What counts as scaling: to take a workload away is to scale it to nothing. */
const scaling: ReadonlySet<string> = new Set(["delete", "replace", "resources", "scale"]);

/** What planned operations rest on. */
export interface Grounds {
  readonly facts: Facts;
  readonly reach: ReachMap;
  readonly kinds: readonly KindEvidence[];
  readonly scope: Scope;
  readonly policy: Policy;
  readonly nowMs: number;
}

/**
 * That no planned operation takes place which this change would disturb: one requirement for each that concerns it, failed while it
 * takes place. What reaches an environment, but no service that can be told, may reach any.
 */
export function operations({ facts, reach, kinds, scope, policy, nowMs }: Grounds): readonly Requirement[] {
  if (scope !== "full") return [];
  const hidden = hidesFiles(facts.gaps) ? "not all that changes is known" : null;
  return policy.operations.flatMap((operation, index) => {
    const disturbed = disturbance(operation, reach, kinds) ?? hidden;
    return disturbed === null ? [] : answer(operation, disturbed, index, policy, nowMs);
  });
}

/** The first place that disturbs it, as a clause; null where nothing does. */
function disturbance({ action, services }: Operation, reach: ReachMap, kinds: readonly KindEvidence[]): string | null {
  const concerned = new Set(reach.files.filter((file) => mayReach(file, services)).map(({ path }) => path));
  switch (action) {
    case "do_not_scale": {
      const first = kinds.find(({ kind, path }) => scaling.has(kind) && concerned.has(path));
      return first === undefined ? null : `${first.because}, \`${first.path}\``;
    }
    case "do_not_touch": {
      const [first] = concerned;
      return first === undefined ? null : `\`${first}\` changes`;
    }
    default:
      return unreachable(action);
  }
}

function mayReach(file: FileReach, services: readonly string[]): boolean {
  const named = [...file.services, ...file.targets.flatMap(({ service }) => service ?? [])];
  const untold = file.targets.some(({ service }) => service === null) && named.length === 0;
  return file.unresolved || untold || named.some((service) => services.some((one) => sameName(one, service)));
}

function answer(
  { type, window, services, expectedCpu, action }: Operation,
  disturbed: string,
  index: number,
  { timezone }: Policy,
  nowMs: number,
): readonly Requirement[] {
  const { open, changesAtMs } = stateOf(window, nowMs);
  if (!open && changesAtMs === null) return [];
  const until = changesAtMs === null ? "under way without an end" : `under way until ${moment(changesAtMs, timezone)}`;
  const now = open || changesAtMs === null ? until : `begins ${moment(changesAtMs, timezone)}`;
  const load = expectedCpu === null ? "" : `, expected CPU ${expectedCpu}`;
  return [
    {
      id: `operation:${index + 1}`,
      kind: "operation",
      what: `Outside the planned \`${type}\` of ${services.map((name) => `\`${name}\``).join(", ")} (\`${action}\`)`,
      from: "nobody: approvals and overrides do not lift it",
      now: `${now}${load}; ${disturbed}`,
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
