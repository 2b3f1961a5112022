import { z } from "zod";
import { type Rational, whole } from "../../../lib/quantity.ts";
import { type Budget, spenders, type SumBudget } from "../schema.ts";
import { combined, intersection, largerNumber, smaller, smallerNumber } from "./join.ts";
import { group, key, type Key } from "./key.ts";
import { budgetCount, budgetMemory, budgetWindow } from "./values.ts";

const over = intersection<Budget["per"][number]>();

/** Counted over more at once is stricter: what only one file tells apart is not told apart. */
const tighterBudget = combined<Budget>("the smaller count, over all that either file counts together", (a, b) => ({
  max: smallerNumber.combine(a.max, b.max),
  per: over.combine(a.per, b.per),
}));

const tighterSum = combined<SumBudget>(
  "the smaller sum, within the longer time, over all that either file adds up together",
  (a, b) => ({
    max: smaller.combine(a.max, b.max),
    withinMs: largerNumber.combine(a.withinMs, b.withinMs),
    per: over.combine(a.per, b.per),
  }),
);

/** `per` is filled in as the file is read: joined with another file it must mean what it means alone. */
function perOr(per: Budget["per"]): z.ZodDefault<z.ZodArray<z.ZodEnum<{ [S in (typeof spenders)[number]]: S }>>> {
  return z.array(z.enum(spenders)).default([...per]);
}

function budget(says: string, per: Budget["per"]): Key<Budget> {
  return key(z.strictObject({ max: budgetCount, per: perOr(per) }), {
    join: tighterBudget,
    type: "{ max, per }",
    says,
    otherwise: `no bound; without \`per\`: \`[${per.join(", ")}]\``,
  });
}

const aDayMs = 86_400_000;

function sum(says: string, max: z.ZodType<Rational>): Key<SumBudget> {
  const form = z
    .strictObject({ max, within: budgetWindow.default(aDayMs), per: perOr(["agent"]) })
    .transform(({ within, ...rest }): SumBudget => ({ ...rest, withinMs: within }));
  return key(form, {
    join: tighterSum,
    type: "{ max, within, per }",
    says,
    otherwise: "no bound; without `within`: `24h`, without `per`: `[agent]`",
  });
}

const things = budgetCount.transform(whole);

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
  open_per_shared_module: key(budgetCount, {
    join: smallerNumber,
    type: "count",
    says: "Pull requests that may be green and change one and the same Terraform module, chart or Kustomize folder which several environments or callers use, or nobody knows who.",
    otherwise: "no bound",
  }),
  added_memory: sum(
    "Memory limits, times replicas, that changes which stand green, or were merged within the time, may add together. What shrinks elsewhere is not set against it.",
    budgetMemory,
  ),
  added_replicas: sum(
    "Replicas (an autoscaler's maximum) that changes which stand green, or were merged within the time, may add together.",
    things,
  ),
  deletes: sum(
    "Resources and objects that changes which stand green, or were merged within the time, may delete together.",
    things,
  ),
  pushes_per_finding: key(budgetCount, {
    join: smallerNumber,
    type: "count",
    says: "Heads of one pull request on which the same finding may be reported; from so many on a person is asked.",
    otherwise: "no bound",
  }),
});
