import { z } from "zod";
import { acts } from "./acts.ts";
import { scenarioHead } from "./setting.ts";

/** The schema of scenario files as JSON Schema (draft 2020-12), for docs/schema and for editors. */
export function scenarioJsonSchema(): object {
  const step = z.union(Object.values(acts));
  const scenario = scenarioHead.extend({ steps: z.array(step).min(1) });
  const file = z.union([scenario, z.array(scenario)]);
  return {
    title: "sallyport.scenario/1",
    ...z.toJSONSchema(file, { target: "draft-2020-12", io: "input", reused: "ref" }),
  };
}
