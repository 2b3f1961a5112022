import { z } from "zod";
import { type InvariantId, invariants as sentences } from "../../invariants.ts";
import type { Treatment } from "../schema.ts";
import { first } from "./join.ts";
import { forward, group, type Key, key, map } from "./key.ts";
import { treatment, treatmentJoin } from "./values.ts";

const treatmentType = 'block, review, observe, off or { review: ["@org/team"] }';

function promise(id: InvariantId): Key<Treatment> {
  return key(treatment, { join: treatmentJoin, type: treatmentType, says: `${sentences[id]}.` });
}

export const invariants = group("What follows when a promise is broken.", {
  "values-stay-in-bounds": promise("values-stay-in-bounds"),
  "production-is-unchanged": promise("production-is-unchanged"),
  "nothing-stateful-is-deleted": promise("nothing-stateful-is-deleted"),
  "permissions-do-not-increase": promise("permissions-do-not-increase"),
  "network-does-not-widen": promise("network-does-not-widen"),
  "authentication-is-unchanged": promise("authentication-is-unchanged"),
  "no-secrets": promise("no-secrets"),
  "guardrails-are-untouched": promise("guardrails-are-untouched"),
  "migrations-are-safe": promise("migrations-are-safe"),
  "supply-chain-is-intact": promise("supply-chain-is-intact"),
  "blast-radius-is-bounded": promise("blast-radius-is-bounded"),
  "within-declared-plan": promise("within-declared-plan"),
  "scanners-find-nothing-new": promise("scanners-find-nothing-new"),
  "outside-allowlist-needs-opt-in": promise("outside-allowlist-needs-opt-in"),
});

const rule = group("A rule.", {
  level: key(treatment, {
    join: treatmentJoin,
    type: treatmentType,
    otherwise: "its invariant's",
    says: "What follows when the rule finds something, in place of its invariant's level.",
  }),
  options: key(z.record(z.string(), z.unknown()), {
    join: first(),
    type: "the rule's own options",
    otherwise: "the rule's own",
    says: "The rule's own options; its page lists them.",
  }),
});

/** `review`, as people write it, is `{ level: review }`; so is `{ review: ["@acme/identity"] }`. */
const anyRule = {
  ...rule,
  schema: z.unknown().transform((value, context): z.output<typeof rule.schema> => {
    const short = typeof value === "string" || (typeof value === "object" && value !== null && "review" in value);
    const read = short ? treatment.transform((level) => ({ level })).safeParse(value) : rule.schema.safeParse(value);
    if (read.success) return read.data;
    forward(context, read.error.issues);
    return z.NEVER;
  }),
};

export const rules = map(anyRule, {
  names: z.string(),
  type: "mapping from rule id to level, or { level, options }",
  says: "Single rules: their level and their own options.",
});
