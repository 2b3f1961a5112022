import type { HclValue } from "../../../hcl.ts";

/** A function of values; null where they do not decide its result. */
export type Function = (args: readonly HclValue[]) => HclValue | null;

export type Functions = readonly (readonly [string, Function])[];
