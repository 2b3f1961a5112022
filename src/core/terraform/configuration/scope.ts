import type { HclStep, HclUnknown, HclValue } from "../../hcl.ts";

/** Ends the evaluation of what is hostile or absurd: then values stay undecided. */
export interface Budget {
  /** Operations that are left. */
  steps: number;
  depth: number;
  /** Something was left undecided for want of steps, or since it was nested too deeply. */
  isExceeded: boolean;
}

/** Where names lead: what an expression may refer to, beside the names that it binds itself. */
export interface Scope {
  readonly budget: Budget;
  /** `each`, `count` and names bound by `for`. */
  readonly bound: ReadonlyMap<string, HclValue>;
  /** Null for a name that leads nowhere. `steps` are those that it took. */
  readonly resolve: (
    name: string,
    steps: readonly HclStep[],
  ) => { readonly value: HclValue; readonly steps: number } | null;
  /** What stands behind an undecided value that is a resource or module call, and its attributes. */
  readonly attribute: (of: HclUnknown, name: string) => HclValue | null;
  /** Text of a file of the repository, by the path as the configuration writes it; null where it is not known. */
  readonly file: (path: string) => string | null;
  /** Tells apart what files at or below a path hold on the two sides; empty where none of them is changed. Null: any path. */
  readonly changedBelow: (path: string | null) => string;
  /** `evaluate`, for those whom it calls. */
  readonly evaluate: (value: HclValue, scope: Scope) => HclValue;
  /** A template that is not written in the configuration. */
  readonly parseTemplate: (text: string) => HclValue;
}
