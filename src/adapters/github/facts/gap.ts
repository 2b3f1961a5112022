import type { Gap } from "../../../core/change/change-set.ts";

/** Evidence that GitHub could not give: people decide without it. `reason` completes "Cannot decide: ...". */
export function missing(id: string, reason: string, remedy: string, path: string | null = null): Gap {
  return { id, level: "hold", path, side: "head", line: null, reason, remedy };
}
