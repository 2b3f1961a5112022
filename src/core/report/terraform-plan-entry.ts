import { z } from "zod";
import { shorten } from "../../lib/text.ts";
import { isoMoment } from "../moments.ts";
import type { AttributedPlan } from "../terraform-plan/attribution.ts";
import { countsOf, explanation, type ReviewRow, reviewRows } from "../terraform-plan/review.ts";
import { pathText, valueText } from "./terraform-plan-words.ts";

const outcomes = ["unknown", "delete", "replace", "forget", "update", "create", "import", "move", "read"] as const;
const place = z.strictObject({ path: z.string(), side: z.enum(["base", "head"]), line: z.int().positive() });
const row = z.strictObject({
  outcome: z.enum(outcomes),
  resources: z.array(z.string()).describe("addresses; the same happens to all of them for the same cause"),
  more_resources: z.int().nonnegative(),
  stateful: z.boolean().describe("it holds data that goes with it"),
  reason: z.string().nullable().describe("Terraform's own; it decides nothing"),
  explained_by: z.array(place).nullable().describe("empty: nothing of this change explains it; null: nobody looked"),
  differs: z.array(
    z.strictObject({
      attribute: z.string(),
      concern: z.enum(["forces", "removed", "lowered", "changed", "later"]),
      before: z.string(),
      after: z.string(),
    }),
  ),
  more_differences: z.int().nonnegative(),
});

/** One plan in `sallyport.verdict/1`: what a person is to read of it. The rest is counted. */
export const terraformPlanSchema = z.strictObject({
  root: z.string(),
  workspace: z.string(),
  trusted: z.boolean().describe("a workflow that the policy names made it; else it can only speak against the change"),
  made_at: z.iso.datetime().nullable(),
  complete: z.boolean().nullable(),
  errored: z.boolean().nullable(),
  counts: z.record(z.enum([...outcomes, "nothing"]), z.int().nonnegative()),
  rows: z.array(row).describe("what is destroyed, lost or unexplained, the gravest first"),
  more_rows: z.int().nonnegative(),
});
type Entry = z.infer<typeof terraformPlanSchema>;

const rowsShown = 50;
const resourcesShown = 10;
const differencesShown = 8;
const placesShown = 5;
const textMax = 200;

/** The plan as an entry, with at most `rowsMax` of its grave rows. */
export function terraformPlanEntry(attributed: AttributedPlan, rowsMax = rowsShown): Entry {
  const { root, workspace, trusted, plan } = attributed;
  const grave = reviewRows(attributed).filter((each) => each.grave);
  return {
    root,
    workspace,
    trusted,
    made_at: plan.timestampMs === null ? null : isoMoment(plan.timestampMs),
    complete: plan.complete,
    errored: plan.errored,
    counts: countsOf(attributed),
    rows: grave.slice(0, rowsMax).flatMap(rowEntry),
    more_rows: Math.max(0, grave.length - rowsMax),
  };
}

function rowEntry(given: ReviewRow): Entry["rows"] {
  const { outcome, resources, stateful, reason, attribution, attributes, unlisted } = given;
  if (outcome === "nothing") return [];
  const explained = attribution === "nothing" ? [] : explanation(given);
  return [
    {
      outcome,
      resources: resources.slice(0, resourcesShown).map(({ address }) => shorten(address, textMax)),
      more_resources: Math.max(0, resources.length - resourcesShown),
      stateful,
      reason: reason === null ? null : shorten(reason, textMax),
      explained_by: explained?.slice(0, placesShown).map(({ path, side, line }) => ({ path, side, line })) ?? null,
      differs: attributes.slice(0, differencesShown).map(({ path, concern, before, after }) => ({
        attribute: shorten(pathText(path), textMax),
        concern,
        before: shorten(valueText(before), textMax),
        after: shorten(valueText(after), textMax),
      })),
      more_differences: Math.max(0, attributes.length - differencesShown) + unlisted,
    },
  ];
}
