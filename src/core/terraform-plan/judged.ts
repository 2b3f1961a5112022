import type { Place } from "../change/change-set.ts";
import type { StateMark } from "../evidence/evidence.ts";
import type { Outcome } from "./actions.ts";
import type { AttributedPlan, Attribution } from "./attribution.ts";
import type { PlannedChange, TerraformPlan } from "./plan.ts";

/** What rules see of the Terraform plans that were brought for a change. */
export interface TerraformPlansView {
  readonly plans: readonly JudgedPlan[];
}

/** A plan beside what the repository and our own memory say of its root. */
export interface JudgedPlan extends AttributedPlan {
  /** Names the root and the workspace in sentences: "`terraform/production`, workspace `eu`". */
  readonly name: string;
  /** Names them in ids. */
  readonly about: string;
  /** Where what is about the plan as a whole is told. */
  readonly home: Place;
  /** Everything that happens to managed resources, sorted by address. */
  readonly rows: readonly JudgedRow[];
  readonly declared: Declared;
  /** Each plan that was brought of it, the earliest first: `plan` is what all of them come to. */
  readonly sources: readonly PlanSource[];
  /** What was accepted of this root and workspace before, the latest last. */
  readonly remembered: readonly RememberedPlan[];
  /** True: its root has changed on the base since the change began, and nothing shows that the plan was made after that. */
  readonly isBehind: boolean;
}

export interface PlanSource {
  readonly plan: TerraformPlan;
  /** What its maker said of the state. */
  readonly state: StateMark;
  readonly trusted: boolean;
  /** Null: it was given on the command line, however old it is. */
  readonly receivedAtMs: number | null;
}

export interface JudgedRow {
  readonly change: PlannedChange;
  readonly outcome: Outcome;
  readonly attribution: Attribution;
  /** The block that makes it; `home`, where no block does. */
  readonly at: Place;
  /** As rules on the source name the same block, `terraform/production/main.tf aws_db_instance.main`. */
  readonly about: string;
}

/** What the configuration makes and names. Null where no file of the root was read on that side. */
export interface Declared {
  /** Addresses of managed resources at the base, as `Resource.address`. */
  readonly managedAtBase: readonly string[] | null;
  /** Addresses without instances of all resources that the head names, modules that were not read aside. */
  readonly namedAtHead: readonly string[] | null;
  /** Addresses of calls of modules that were not read: what they make is in neither list. */
  readonly unreadAtBase: readonly string[];
  readonly unreadAtHead: readonly string[];
}

/** What is kept of a plan that was not found wanting, for those that come after it. No value, and no name of a resource. */
export interface RememberedPlan {
  readonly root: string;
  readonly workspace: string;
  /** As many managed resources are there at least, applied or not. */
  readonly managed: number;
  /** Digest of the lineage of its state. */
  readonly lineage: string | null;
  readonly serial: number | null;
  readonly backend: string | null;
}
