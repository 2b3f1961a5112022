import type { Place } from "../change/change-set.ts";
import type { TerraformPlan } from "./plan.ts";

/** What explains one row of a plan: places of the change at hand, or nothing of it. */
export type Attribution = { readonly explainedBy: readonly Place[] } | "nothing";

/** By address. An address that is missing was not looked for an explanation of. */
export type Attributions = ReadonlyMap<string, Attribution>;

/** A plan of one workspace of one root, with what the change at hand explains of it. */
export interface AttributedPlan {
  /** Folder of the root configuration; empty: the repository's own. */
  readonly root: string;
  /** Empty where none is said. */
  readonly workspace: string;
  /** A workflow that the policy names made it. One that is not trusted can only speak against a change. */
  readonly trusted: boolean;
  readonly plan: TerraformPlan;
  readonly attributions: Attributions;
}
