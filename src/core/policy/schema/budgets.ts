import { z } from "zod";
import { type Budget, spenders } from "../schema.ts";
import { combined, intersection, smallerNumber } from "./join.ts";
import { group, key, type Key, later } from "./key.ts";
import { positiveNumber, wholeNumber } from "./values.ts";

/** Counted over more at once is stricter: what only one file tells apart is not told apart. */
const tighterBudget = combined<Budget>("the smaller count, over all that either file counts together", (a, b) => ({
  max: smallerNumber.combine(a.max, b.max),
  per: intersection<Budget["per"][number]>().combine(a.per, b.per),
}));

/** `per` is filled in as the file is read: joined with another file it must mean what it means alone. */
function budget(says: string, per: Budget["per"]): Key<Budget> {
  const form = z.strictObject({ max: positiveNumber, per: z.array(z.enum(spenders)).default([...per]) });
  return key(form, {
    join: tighterBudget,
    type: "{ max, per }",
    says,
    otherwise: `no bound; without \`per\`: \`[${per.join(", ")}]\``,
  });
}

export const budgets = group("Bounds over time and over open pull requests of agents. Beyond them a change waits.", {
  changes_per_hour: budget("Changes that may be merged within an hour; each that stands green counts as one.", [
    "agent",
    "repository",
  ]),
  open_pull_requests: budget("Open pull requests of which any may be green.", ["agent"]),
  services_at_a_time: budget(
    "Services that changes which stand green, or were merged within an hour, may reach together.",
    ["agent"],
  ),
  open_per_shared_module: later(wholeNumber, {
    joinName: "the smaller value",
    type: "count",
    says: "Open pull requests that change one shared module.",
  }),
  pushes_per_finding: key(positiveNumber, {
    join: smallerNumber,
    type: "count",
    says: "Heads of one pull request on which the same finding may be reported; from so many on a person is asked.",
    otherwise: "no bound",
  }),
});
