import { z } from "zod";
import { planDemands } from "../schema.ts";
import { stricter } from "./join.ts";
import { key } from "./key.ts";

export const declaredPlan = key(z.enum(planDemands), {
  join: stricter(planDemands),
  type: planDemands.join(" or "),
  says: "Whether an agent must declare a plan. One that is declared is always compared with the change.",
});
