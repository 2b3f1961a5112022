import { z } from "zod";
import type { PlanMarks } from "../plan/plan.ts";

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const entries = z.array(digest).nullable();

/** A declared plan as the ledger keeps it: digests of the whole and of its entries, which are their author's words. */
export const planSchema = z.strictObject({
  digest,
  paths: entries,
  environments: entries,
  services: entries,
  kinds: entries,
});

export function keptPlan({ digest: whole, ...parts }: PlanMarks): z.infer<typeof planSchema> {
  const list = (given: readonly string[] | null) => (given === null ? null : [...given]);
  return {
    digest: whole,
    paths: list(parts.paths),
    environments: list(parts.environments),
    services: list(parts.services),
    kinds: list(parts.kinds),
  };
}
