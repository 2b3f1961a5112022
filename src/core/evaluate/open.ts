import type { Finding } from "./evaluation.ts";

/** Whether a finding decides: neither the policy nor people have lifted it. */
export function isOpen({ waived, overridden }: Pick<Finding, "waived" | "overridden">): boolean {
  return waived === null && overridden === null;
}
