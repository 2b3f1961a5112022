import { canonicalJson } from "../../lib/canonical-json.ts";
import { sha256 } from "../../lib/digest.ts";
import type { Policy } from "./schema.ts";

/** The digest of an effective policy, 64 hexadecimal digits: the same for files that say the same in another order or form. */
export function policyDigest(policy: Policy): string {
  return sha256(canonicalJson(policy));
}
