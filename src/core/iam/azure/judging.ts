import type { Role, Term } from "../grants/grant.ts";
import type { Judging } from "../grants/observations.ts";
import { isVaultRole } from "./naming.ts";
import { coversRole } from "./roles.ts";
import type { AzureLevel } from "./scopes.ts";
import { scopeInWords, weightOf } from "./weights.ts";

export const azureJudging: Judging<AzureLevel> = {
  order: {
    role: (wide, narrow) =>
      isVaultRole(wide) && isVaultRole(narrow) ? coversPermissions(wide, narrow) : coversRole(wide, narrow),
    member: () => false,
    condition: (wide: Term | null) => wide === null,
  },
  weigh: weightOf,
  named: scopeInWords,
  isAnybody: () => false,
};

/** `all` of a sort is each of it. */
function coversPermissions(wide: Role, narrow: Role): boolean {
  if (wide.permissions === null || narrow.permissions === null) return false;
  const held = new Set(wide.permissions);
  return narrow.permissions.every(
    (one) => held.has(one) || (held.has(`${one.split(" ")[0] ?? ""} all`) && !one.endsWith(" purge")),
  );
}
