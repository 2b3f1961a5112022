import type { Place } from "../change/change-set.ts";

/** What explains one row of a plan: places of the change at hand, or nothing of it. */
export type Attribution = { readonly explainedBy: readonly Place[] } | "nothing";

/** By address. An address that is missing was not looked for an explanation of. */
export type Attributions = ReadonlyMap<string, Attribution>;
