import { z } from "zod";
import { isZone } from "../../windows/wall-clock.ts";
import { modes, statefulTiers } from "../schema.ts";
import { agents } from "./agents.ts";
import { alarms } from "./alarms.ts";
import { approvals, areas } from "./approvals.ts";
import { autoMerge } from "./auto-merge.ts";
import { budgets } from "./budgets.ts";
import { environments, gate, layout, libraries, services } from "./environments.ts";
import { evidence } from "./evidence.ts";
import { halt } from "./halt.ts";
import { byName, everyList, first, stricter, union } from "./join.ts";
import { freezes, operations } from "./freezes.ts";
import { group, key } from "./key.ts";
import { invariants, rules } from "./levels.ts";
import { capacity, limits } from "./limits.ts";
import { images, modules, overridable, profiles } from "./organisation.ts";
import { restore } from "./restore.ts";
import { rollback } from "./rollback.ts";
import { declaredPlan } from "./time.ts";
import { override } from "./override.ts";
import { pattern, resourceType } from "./values.ts";
import { waivers } from "./waivers.ts";

const timezone = z.string().superRefine((zone, context) => {
  if (!isZone(zone)) {
    context.addIssue({ code: "custom", message: "", params: { expected: "a time zone, such as Europe/Berlin" } });
  }
});

/** The whole policy file. The order is that of the documentation. */
export const root = group("The policy file.", {
  version: key(z.literal(1), { join: first(), type: "1", says: "The version of this format." }),
  timezone: key(timezone, {
    join: first(),
    type: "time zone, such as Europe/Berlin",
    says: "The zone that reports show moments in, beside UTC, and that of every schedule and freeze that names none.",
  }),
  mode: key(z.enum(modes), {
    join: stricter(modes),
    type: modes.join(" or "),
    says: "Whether verdicts are enforced, or only said.",
  }),
  gate,
  agents,
  layout,
  libraries,
  environments,
  services,
  forbidden: key(z.array(pattern), {
    join: union(),
    type: "list of patterns",
    says: "Paths that agents may not touch, whatever the content.",
  }),
  areas,
  stateful: key(z.record(resourceType, z.enum(statefulTiers)), {
    join: byName(stricter(statefulTiers)),
    type: "mapping from resource type or kind to A or B",
    says: "Terraform types, and kinds of Kubernetes objects as `Kind.group`, that hold data, beside those that are known. A: what is gone is gone; B: it can be built again, with an outage.",
  }),
  approvals,
  auto_merge: autoMerge,
  invariants,
  rules,
  allowlist: key(
    z.array(pattern).transform((list) => [list]),
    {
      join: everyList(),
      type: "list of patterns",
      says: "Paths that agents may change without opt-in; a path must be in the list of every file that has one.",
    },
  ),
  declared_plan: declaredPlan,
  evidence,
  limits,
  budgets,
  capacity,
  freezes,
  operations,
  restore,
  waivers,
  override,
  rollback,
  halt,
  alarms,
  overridable,
  profiles,
  modules,
  images,
});

/** What a policy file states, each value exact; what it leaves out is undefined. */
export type Statement = z.output<typeof root.schema>;
