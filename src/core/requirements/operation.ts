import { unreachable } from "../../lib/assert.ts";
import type { Requirement } from "../evaluate/evaluation.ts";
import type { KindEvidence } from "../kinds/evidence.ts";
import type { Scope } from "../evaluate/scope.ts";
import type { Facts } from "../facts.ts";
import { sameName } from "../policy/patterns.ts";
import type { Operation, Policy } from "../policy/schema.ts";
import type { FileReach, ReachMap } from "../reach/reach.ts";
import { hidesFiles } from "./freeze.ts";
import { outside } from "./outside.ts";

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
    if (disturbed === null) return [];
    const { type, services, expectedCpu, action, window } = operation;
    const told = {
      id: `operation:${index + 1}`,
      kind: "operation",
      what: `the planned \`${type.replaceAll("`", "'")}\` of ${services.map((name) => `\`${name}\``).join(", ")} (\`${action}\`)`,
      window,
      open: "under way",
      opens: "begins",
      because: `${expectedCpu === null ? "" : `expected CPU ${expectedCpu}; `}${disturbed}`,
    } as const;
    return outside(told, policy.timezone, nowMs);
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
