import type { Framework } from "../model.ts";

/** Readers of frameworks, the most particular first: the first that claims a path reads it. */
export const frameworks: readonly Framework[] = [];
