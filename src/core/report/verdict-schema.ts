import { z } from "zod";
import { riskTiers } from "../evaluate/risk.ts";
import { verdicts } from "../evaluate/verdict.ts";
import { invariantIds } from "../invariants.ts";
import { planParts } from "../plan/plan.ts";
import { terraformPlanSchema } from "./terraform-plan-entry.ts";

const verdict = z.enum(verdicts);
const shown = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const position = z.strictObject({ line: z.int().positive(), column: z.int().positive().nullable() });
const actor = z.enum(["agent", "people", "time", "operator", "nobody"]);
const action = z.enum([
  "push",
  "approve",
  "disarm",
  "resume",
  "declare",
  "name_ticket",
  "wait",
  "merge",
  "repair_policy",
]);
const moment = z.iso.datetime();

const place = z
  .strictObject({
    path: z.string(),
    side: z.enum(["base", "head"]),
    start: position,
    end: position.nullable(),
    object: z.string().nullable().describe("what it is about, as `Deployment/search`"),
    pointer: z.string().nullable().describe("JSON pointer into the document, where there is one"),
  })
  .describe("lines and columns count from 1; what was removed has a place in the base only");

const overridden = z
  .strictObject({ by: z.array(z.string()), reasons: z.array(z.string()), glass_until: moment.nullable() })
  .nullable()
  .describe("who lifted it by command; glass_until: they broke the glass, and it ends then");
const override = z
  .strictObject({ command: z.string(), by: z.string(), count: z.int(), have: z.int() })
  .nullable()
  .describe("how people lift it; from an agent, or from anybody with a part in the change, it has no effect");

const finding = z.strictObject({
  id: z.string().describe("stable over pushes"),
  rule: z.string(),
  invariant: z.enum(invariantIds),
  level: z.enum(["block", "review", "observe"]),
  severity: z.enum(["low", "medium", "high", "critical"]),
  confidence: z.enum(["low", "medium", "high"]),
  message: z.string(),
  why: z.string(),
  remedy: z.string(),
  place,
  before: shown,
  after: shown,
  bounds: z
    .strictObject({ columns: z.array(z.string()), rows: z.array(z.array(z.string())) })
    .nullable()
    .describe("every bound that was looked at, with the arithmetic"),
  bounds_from: z.array(z.strictObject({ key: z.string(), value: z.string() })),
  passes: z
    .strictObject({
      bound: z.enum(["at most", "at least"]),
      clean: shown,
      with_approvals: shown,
      because: z.string(),
    })
    .nullable()
    .describe("the value up to which, or from which, it passes with nobody asked, and with approvals"),
  fix: z
    .strictObject({
      applies_to: z.string().describe("the head SHA that the patch is made for"),
      patch: z.string().nullable().describe("unified diff; null where it is too long for a report"),
      evaluated: z.strictObject({ verdict, clears: z.array(z.string()), adds: z.array(z.string()) }),
    })
    .nullable(),
  cleared_by: z.array(z.enum(["agent", "author", "people"])),
  reviewers: z.array(z.string()),
  waived: z.strictObject({ reason: z.string(), by: z.string(), until: z.string() }).nullable(),
  overridden,
  override,
});

const gap = z.strictObject({
  id: z.string(),
  level: z.enum(["hold", "block"]),
  path: z.string().nullable(),
  line: z.int().positive().nullable(),
  reason: z.string(),
  remedy: z.string(),
  overridden,
  override,
});

const requirement = z.strictObject({
  id: z.string(),
  kind: z.enum([
    "approvals",
    "auto_merge",
    "autonomy",
    "bake",
    "budget",
    "declared_plan",
    "findings",
    "freeze",
    "gaps",
    "halt",
    "operation",
    "own_identity",
    "policy",
    "policy_change",
    "restore",
    "ticket",
  ]),
  what: z.string(),
  from: z.string(),
  now: z.string(),
  actor: z.enum(["agent", "people", "time", "operator"]),
  state: z.enum(["met", "waiting", "missing", "failed"]),
  until: moment
    .nullable()
    .describe(
      "when it is met by itself; of a freeze or an operation, when it next opens or ends; of a restore, when its proof is too old",
    ),
  need: z.int().nullable(),
  have: z.int().nullable(),
  counted: z.array(z.string()),
  excluded: z.array(z.strictObject({ login: z.string(), because: z.string(), counts_from: moment.nullable() })),
});

const mode = z.enum(["enforce", "observe"]);
const count = z.int().nonnegative();

const policyChange = z
  .strictObject({
    paths: z.array(z.string()),
    loosens_known: z.boolean().describe("false: one of the two policies cannot be read"),
    effects: z
      .strictObject({ judged: count, untold: count, older: count, older_at_least: z.boolean() })
      .nullable()
      .describe("how many other open pull requests were judged by the policy after it"),
    effects_untold: z.string().nullable().describe("why they were not"),
  })
  .nullable()
  .describe("what the change does to the policy; null where it edits none");

const entries = z.array(z.string()).nullable();
const plan = z
  .strictObject({
    state: z.enum(["none", "declared", "unreadable"]),
    digest: z.string().nullable(),
    paths: entries,
    environments: entries,
    services: entries,
    kinds: entries,
    mistakes: z.array(z.string()).describe("why it cannot be read"),
    before: z
      .strictObject({
        digest: z.string(),
        added: z.array(z.strictObject({ part: z.enum(planParts), entry: z.string() })),
        unbounded: z.array(z.enum(planParts)),
        gone: count,
      })
      .nullable()
      .describe("what differs from the plan that an earlier report showed"),
    template: z.string().nullable().describe("a plan of what the change does, where one is missing"),
  })
  .nullable()
  .describe("what the author declares that the change is about; a list that is null bounds nothing");

/**
 * `sallyport.verdict/1`: one verdict as data, for agents and scripts. It must suffice alone: what is wrong, where, what passes,
 * a patch, and who acts next.
 */
export const verdictSchema = z.strictObject({
  schema: z.literal("sallyport.verdict/1"),
  subject: z.strictObject({
    kind: z.literal("pull_request"),
    repository: z.string(),
    number: z.int().nonnegative(),
    base_ref: z.string(),
    base_sha: z.string(),
    head_sha: z.string(),
  }),
  stale_when: z.string(),
  evaluated_at: moment.optional().describe("absent in check runs, which say the same as long as nothing changes"),
  version: z.string(),
  policy: z.strictObject({
    sources: z.array(z.string()).describe("the files in force"),
    digest: z.string(),
    stand_ins: z
      .array(z.strictObject({ file: z.string(), by: z.string().nullable(), because: z.string().nullable() }))
      .describe("files that cannot be read, and the earlier version in force; null: the strict default stands in"),
  }),
  mode: mode.describe("observe: the verdict is shown and has no effect"),
  verdict,
  risk: z.strictObject({ tier: z.enum(riskTiers), because: z.array(z.string()) }),
  provenance: z.strictObject({
    author: z.enum(["agent", "automation", "unmarked"]),
    agents: z.array(z.string()),
    invokers: z.array(z.string()),
    invoker_known: z.boolean(),
  }),
  reaches: z.array(
    z.strictObject({ environment: z.string(), service: z.string().nullable(), chain: z.array(z.string()) }),
  ),
  next: z.strictObject({
    actor,
    action,
    do: z.string(),
    at: moment.nullable(),
    after_that: z.array(z.strictObject({ actor, action, do: z.string() })),
  }),
  plan,
  terraform_plans: z
    .array(terraformPlanSchema)
    .optional()
    .describe("plans of Terraform that were brought for this head; absent where none was"),
  findings: z.array(finding).describe("the worst first"),
  gaps: z.array(gap),
  requirements: z.array(requirement),
  policy_change: policyChange,
  loosened: z
    .array(z.strictObject({ key: z.string(), before: z.string(), after: z.string() }))
    .describe("keys of the policy that would ask less"),
  would_change: z
    .array(
      z.strictObject({
        number: z.int().nonnegative(),
        before: z.strictObject({ verdict, mode }),
        after: z.strictObject({ verdict, mode }),
      }),
    )
    .describe("other open pull requests that the changed policy would decide otherwise"),
  no_effect: z.array(z.string()),
  verify: z.strictObject({ command: z.string(), does_not_know: z.array(z.string()) }),
  ask: z.strictObject({ who: z.array(z.string()), when: z.string() }),
  omitted: z.strictObject({
    findings: z.int().nonnegative(),
    gaps: z.int().nonnegative(),
    reaches: z.int().nonnegative(),
    requirements: z.int().nonnegative(),
    patches: z.int().nonnegative(),
    loosened: z.int().nonnegative(),
    would_change: z.int().nonnegative(),
    plan: z.int().nonnegative(),
    terraform_plans: z.int().nonnegative().optional(),
  }),
});

export type VerdictDocument = z.infer<typeof verdictSchema>;

/** The schema as JSON Schema (draft 2020-12), for docs/schema. */
export function verdictJsonSchema(): unknown {
  return {
    title: "sallyport.verdict/1",
    ...z.toJSONSchema(verdictSchema, { target: "draft-2020-12" }),
  };
}
