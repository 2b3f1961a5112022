import { z } from "zod";
import { planDemands } from "../schema.ts";
import { stricter } from "./join.ts";
import { key, later } from "./key.ts";
import { text } from "./values.ts";

export const declaredPlan = key(z.enum(planDemands), {
  join: stricter(planDemands),
  type: planDemands.join(" or "),
  says: "Whether an agent must declare a plan. One that is declared is always compared with the change.",
});

const source = z.array(text);
export const evidence = later(
  z.strictObject({
    plans: z.strictObject({ required: z.array(text).optional(), from: source }).optional(),
    findings: z.strictObject({ from: source }).optional(),
  }),
  {
    joinName: "union of what is required, intersection of who is trusted",
    type: "{ plans: { required, from }, findings: { from } }",
    says: "Workflows whose evidence counts, and evidence that is required.",
  },
);
