import type { z } from "zod";
import type { Place } from "./change/change-set.ts";
import type { Edit } from "./change/edit.ts";
import type { Advised } from "./dependencies/advised.ts";
import type { Scanned } from "./evidence/scanned.ts";
import type { KindEvidence } from "./kinds/evidence.ts";
import type { FormerValues } from "./past/growth.ts";
import type { InvariantId } from "./invariants.ts";
import type { Plan } from "./plan/plan.ts";
import type { Policy } from "./policy/schema.ts";
import type { FileReach } from "./reach/reach.ts";
import type { BroughtSecret } from "./secrets/brought-secret.ts";
import type { Need, Views } from "./views/views.ts";

export type { Edit };

export type Severity = "low" | "medium" | "high" | "critical";
export type Confidence = "low" | "medium" | "high";

/** A value that may be shown: numbers, quantities, booleans, enumerations. Free text of an author goes through `message` only. */
export type Shown = string | number | boolean | null;

/** A small table of the report, as `Bound | Before | After | Allowed`. Cells are plain text; renderers escape them. */
export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The largest value that passes without anybody asked, and with approvals; null where there is none. */
export interface Passing {
  readonly clean: Shown;
  readonly withApprovals: Shown;
  readonly because: string;
  /** The bound is a lower one: these are the least values. */
  readonly atLeast?: true;
}

/** What a rule saw: the place and the sentence, and whatever makes it checkable. Rules never mint a level or a verdict. */
export interface Sighting {
  readonly at: Place;
  /** Names the value found, the bound and the arithmetic. Text of authors in it stands between backticks and is escaped by renderers. */
  readonly message: string;
  /** What it is about, stable over pushes (`Deployment/search/search#search.memory`); the path where absent. Part of the finding's id. */
  readonly about?: string;
  /** The bound that was crossed only asks for people: the finding counts as `review` even where its invariant blocks. */
  readonly asks?: true;
  /** The policy says in so many words that this blocks, or what is seen leaves no doubt: the finding counts as `block` even where its invariant asks people. */
  readonly blocks?: true;
  /** Every path that the finding is about, where it is more than that of `at`: a waiver lifts it only if it covers all of them. */
  readonly paths?: readonly string[];
  readonly object?: string;
  readonly pointer?: string;
  readonly before?: Shown;
  readonly after?: Shown;
  /** The arithmetic: every bound that was looked at, row by row. */
  readonly bounds?: Table;
  /** How a figure came about; folded in the report. */
  readonly workings?: Table;
  /** The policy keys that set the bounds. */
  readonly boundsFrom?: readonly { readonly key: string; readonly value: string }[];
  readonly passes?: Passing;
  /** A change of the head that clears the finding. The engine applies it and reports the verdict after it. */
  readonly fix?: readonly Edit[];
  /** Takes the place of the rule's general remedy where the rule can be more exact. */
  readonly remedy?: string;
}

/** The rule looked and could not tell. It becomes a Gap, never silence. */
export interface Undecided {
  readonly at: Place;
  /** What is not decided, as a noun clause: "what `var.size` is". */
  readonly undecided: string;
  /** Its head cannot be read by anybody, and that is all: said once of a file, with what the other rules would have looked for. */
  readonly unread?: true;
  readonly about?: string;
  /** Takes the place of the general remedy, which is to write the value out. */
  readonly remedy?: string;
}

export type Observation = Sighting | Undecided;

/**
 * Vocabulary of the policy that rules share, read-only. `limitsAt` are the limits in force for a path: the policy's own joined
 * with those of every environment that the path reaches. `plan` is what the author declares (null: nothing that can be read), and
 * `kinds` what the change is found to do. `formerly` is what the base branch held in so long a time. Everything else that a rule needs is in its options.
 */
export interface Context {
  readonly policy: Pick<
    Policy,
    "limits" | "capacity" | "environments" | "forbidden" | "allowlist" | "services" | "layout" | "areas" | "stateful"
  >;
  readonly limitsAt: (path: string) => Policy["limits"];
  readonly reach: (path: string) => FileReach;
  readonly plan: Plan | null;
  /** Each kind with the first place in each file that shows it. */
  readonly kinds: readonly KindEvidence[];
  readonly formerly: (withinMs: number) => FormerValues;
  /** What other scanners found that is of the change. */
  readonly scanned: readonly Scanned[];
  /** Vulnerabilities that GitHub knows of the versions that come with the change. */
  readonly advised: readonly Advised[];
  /** Secrets that come with the change, wherever they stand. */
  readonly secrets: readonly BroughtSecret[];
}

/**
 * `change` is in the notation of `example.ts`. `policy` is YAML of a policy file that the example is judged under, `plan` that of a
 * plan which its author declares, `terraformPlan` that of one that Terraform made at the head (CONTRIBUTING.md has the notation). `reverse`
 * says what the same change backwards must do: silence, unless stated. Silent examples are named after the reason why they are near misses.
 */
export type Example<Options> =
  | string
  | {
      readonly change: string;
      readonly options?: Partial<Options>;
      readonly policy?: string;
      readonly plan?: string;
      readonly terraformPlan?: string;
      readonly reverse?: "reports";
    };

interface Spec<Id extends string, N extends Need, O extends z.ZodObject> {
  readonly id: Id;
  readonly invariant: InvariantId;
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** Three sentences for people: what is wrong, why it matters, what to do. */
  readonly summary: string;
  readonly why: string;
  readonly remedy: string;
  readonly needs: N;
  readonly options: O;
  /** Blocks whatever the policy says of its invariant (a forbidden path). */
  readonly always?: "block";
  /** `people`: no other change would do what this one is for (it reaches production); only an acceptance clears the finding. */
  readonly clearedBy?: "people";
  /**
   * Id of a rule, or ids of several, whose finding about the same thing says more. Where that one stands and weighs at least as much, this one's is left
   * out. Only the evaluation knows: a rule that kept silent by itself could be silenced by a file that makes the other speak.
   */
  readonly yieldsTo?: string | readonly string[];
  detect(evidence: Views[N], options: z.output<O>, context: Context): Iterable<Observation>;
  readonly examples: Readonly<Record<string, Example<z.input<O>>>>;
}

/** A rule as the engine sees it: what it needs and what its options look like stay inside. */
export interface Rule<Id extends string = string> {
  readonly id: Id;
  readonly invariant: InvariantId;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly summary: string;
  readonly why: string;
  readonly remedy: string;
  readonly needs: Need;
  readonly always: "block" | null;
  readonly clearedBy: "author" | "people";
  readonly yieldsTo: readonly string[];
  readonly options: z.ZodObject;
  readonly examples: Readonly<Record<string, Example<Readonly<Record<string, unknown>>>>>;
  /** Throws where the options do not fit the rule's schema (the policy parser refuses them first) or where `detect` throws. */
  observe(views: Views, options: unknown, context: Context): readonly Observation[];
}

/** The one way to write a rule: id, promise, words, evidence, detection and examples in one object. See CONTRIBUTING.md. */
export function defineRule<const Id extends string, N extends Need, O extends z.ZodObject>(
  spec: Spec<Id, N, O>,
): Rule<Id> {
  const { id, invariant, severity, confidence, summary, why, remedy, needs, options, examples } = spec;
  return {
    id,
    invariant,
    severity,
    confidence,
    summary,
    why,
    remedy,
    needs,
    options,
    examples,
    always: spec.always ?? null,
    clearedBy: spec.clearedBy ?? "author",
    yieldsTo: [spec.yieldsTo ?? []].flat(),
    observe: (views, given, context) => [...spec.detect(views[needs], options.parse(given), context)],
  };
}
