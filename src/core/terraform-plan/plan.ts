/**
 * A Terraform or OpenTofu plan as `terraform show -json` prints it, reduced to what is judged and shown: plain data that can be stored.
 * Values that the plan marks as sensitive, and the state, are not in it; addresses and names are, as Terraform takes no sensitive value for
 * one. Everything is sorted, so the same plan gives the same bytes.
 * https://developer.hashicorp.com/terraform/internals/json-format
 */
export interface TerraformPlan {
  /** "1.2": major 0 or 1. */
  readonly formatVersion: string;
  readonly terraformVersion: string | null;
  /** When it was made, by the clock of the machine that made it; null: not said, or no moment. */
  readonly timestampMs: number | null;
  /** False: applying it does not reach what the configuration asks for (targets, deferrals). Null: not said (before Terraform 1.8). */
  readonly complete: boolean | null;
  /** True: planning failed on the way, and this is the part that came before. */
  readonly errored: boolean | null;
  readonly applyable: boolean | null;
  /** All resources of the plan, also those that nothing happens to; sorted by address, then by deposed key. */
  readonly changes: readonly PlannedChange[];
  /** What was found changed outside of Terraform since the last run: `before` is the state, `after` what is really there. */
  readonly drift: readonly PlannedChange[];
  /** What could not be planned yet. `reason` explains only: Terraform may add words. */
  readonly deferred: readonly { readonly reason: string | null; readonly change: PlannedChange }[];
  /** Calls of providers that are no resources: they have effects, and no before and after. */
  readonly invocations: readonly ActionInvocation[];
  /** Outputs of the root module. */
  readonly outputs: readonly OutputChange[];
  /** Null: the plan names no state, as Terraform does where the state is empty. */
  readonly priorState: PriorState | null;
  readonly configuration: PlanConfiguration | null;
  readonly checks: readonly PlannedCheck[];
  readonly variables: readonly { readonly name: string; readonly value: PlannedValue }[];
}

/**
 * What happens to one resource. Only `actions` decide; `reason` is Terraform's explanation for people, and may grow new words.
 */
export interface PlannedChange {
  /** `module.db["a"].aws_db_instance.main[0]`: agrees with the parts below, else the plan is refused. */
  readonly address: string;
  /** The address that it had before, where a `moved` block or a command took it to this one. */
  readonly previousAddress: string | null;
  /** Address of the module instance, `module.db["a"]`; empty in the root. */
  readonly module: string;
  /** `ephemeral`: read anew at each run, and kept in no state. `unknown`: a mode that this version does not know. */
  readonly mode: "managed" | "data" | "ephemeral" | "unknown";
  readonly type: string;
  readonly name: string;
  readonly index: string | number | null;
  /** "registry.terraform.io/hashicorp/aws". */
  readonly provider: string | null;
  /** Key of a leftover of an earlier replacement, which this row is about in place of the current object. */
  readonly deposed: string | null;
  /** As the plan says them, in order. What they come to: `actions.ts`. */
  readonly actions: readonly string[];
  readonly reason: string | null;
  /** The attributes that cannot be changed in place. Empty for a replacement: it was tainted, asked for, or triggered. */
  readonly replacePaths: readonly AttributePath[];
  /** The object that exists already and is taken into the state. */
  readonly importing: { readonly id: PlannedValue } | null;
  /** Terraform wrote configuration for an import that has none. */
  readonly generatesConfiguration: boolean;
  /** What differs between before and after, in the order of names and positions. All that was there for a deletion, all that is set for a creation. */
  readonly attributes: readonly AttributeChange[];
  /** Differences beyond those that are listed. More than 0: a rule that found nothing has not seen all. */
  readonly unlisted: number;
}

/** Names and positions. A document in a string (`jsonencode`) is gone into as if it were nested. */
export type AttributePath = readonly (string | number)[];

/**
 * One difference. An element of a list or a set that vanishes has its own row, with its position before; one that is new or changed has its
 * position after. A list whose elements only changed places is one row.
 */
export interface AttributeChange {
  readonly path: AttributePath;
  readonly before: PlannedValue;
  readonly after: PlannedValue;
  /** It is one of the attributes for which the resource is replaced, or within one. */
  readonly forcesReplacement: boolean;
}

/** A value as far as it may be shown and needs to be compared. A text that is a JSON document is what it says. Two values of a row differ, also where both are `sensitive`. */
export type PlannedValue =
  /** Absent or null, which are the same to Terraform. */
  | { readonly kind: "none" }
  /** A number that a double does not hold exactly is a text with its digits. */
  | { readonly kind: "literal"; readonly value: string | number | boolean }
  | { readonly kind: "list"; readonly items: readonly PlannedValue[] }
  | { readonly kind: "object"; readonly entries: readonly { readonly key: string; readonly value: PlannedValue }[] }
  /** A text or a collection too large to keep: SHA-256 and length in characters, of the text or of the collection as JSON. */
  | { readonly kind: "digest"; readonly sha256: string; readonly length: number }
  /** Known only after it is applied. */
  | { readonly kind: "unknown" }
  /** Not to be shown. Nothing of it is kept. */
  | { readonly kind: "sensitive" };

export interface ActionInvocation {
  readonly address: string;
  readonly type: string;
  readonly name: string;
  readonly provider: string | null;
  /** `lifecycle`: with a change of a resource. `invoke`: asked for on the command line. */
  readonly trigger: "lifecycle" | "invoke" | "unknown";
  /** The resource whose change calls it. */
  readonly triggeredBy: string | null;
  readonly event: string | null;
  readonly deferred: boolean;
}

export interface OutputChange {
  readonly name: string;
  readonly actions: readonly string[];
  readonly before: PlannedValue;
  readonly after: PlannedValue;
}

/** What Terraform knew of before it planned. */
export interface PriorState {
  /** Addresses of managed resources, sorted. */
  readonly managed: readonly string[];
}

/** The configuration that was planned, without its values. Module calls are named without their instances: `module.db.aws_db_instance.main`. */
export interface PlanConfiguration {
  readonly resources: readonly ConfiguredResource[];
  readonly calls: readonly ConfiguredCall[];
  readonly providers: readonly ConfiguredProvider[];
  /** Names of the variables of the root. */
  readonly variables: readonly string[];
}
export interface ConfiguredResource {
  readonly address: string;
  /** `module.db`; empty in the root. */
  readonly module: string;
  readonly mode: PlannedChange["mode"];
  readonly type: string;
  readonly name: string;
  readonly repeatedBy: "count" | "for_each" | null;
  readonly inputs: readonly Input[];
}
export interface ConfiguredCall {
  /** `module.net.module.db`. */
  readonly address: string;
  readonly source: string | null;
  readonly version: string | null;
  readonly repeatedBy: "count" | "for_each" | null;
  readonly inputs: readonly Input[];
}
export interface ConfiguredProvider {
  /** `aws.west`, or `module.db:aws`. */
  readonly key: string;
  readonly name: string;
  /** "registry.terraform.io/hashicorp/aws". */
  readonly source: string | null;
  readonly version: string | null;
  readonly inputs: readonly Input[];
}
/** An argument, and what it refers to as written in its module: `var.size`, `local.tags`, `aws_vpc.main.id`. `count` and `for_each` are arguments. */
export interface Input {
  readonly name: string;
  readonly references: readonly string[];
}

export interface PlannedCheck {
  readonly address: string;
  readonly status: "pass" | "fail" | "error" | "unknown";
  readonly problems: readonly string[];
}
