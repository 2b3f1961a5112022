import { z } from "zod";
import { canonicalJson } from "../../../lib/canonical-json.ts";
import { byCodeUnits } from "../../../lib/order.ts";
import { shorten } from "../../../lib/text.ts";
import { riskTiers } from "../../evaluate/risk.ts";
import { type Demand, invalidations, kinds } from "../schema.ts";
import { ticketMistake } from "../tickets.ts";
import { combined, either, everyList, first, type Join, largerNumber, smallerNumber, stricter, union } from "./join.ts";
import { group, key, map } from "./key.ts";
import {
  approvers,
  byRisk,
  duration,
  flag,
  largerByRisk,
  name,
  pattern,
  positiveNumber,
  scalarOr,
  wholeNumber,
} from "./values.ts";

export const approvals = group("How many people approve a change, and who they are.", {
  by_risk: key(byRisk, {
    join: largerByRisk,
    type: "count, or { low, elevated, high, critical }",
    says: "Approvals at each risk, wherever an environment states none of its own.",
  }),
  from: key(
    approvers.transform((list) => [list]),
    {
      join: everyList(),
      type: 'list of people, owners or "@org/team"',
      says: "Whose approvals count; where several files name lists, an approver must be in each of them.",
    },
  ),
  request: key(flag, {
    join: either,
    type: "true or false",
    says: "Whether the teams and people whose approval is missing are asked for review on GitHub, once each; who started the agent never is.",
  }),
  distinct_teams: key(flag, {
    join: either,
    type: "true or false",
    says: "Whether different requirements must be met by different people.",
  }),
  invalidate_on: key(z.enum(invalidations), {
    join: stricter(invalidations),
    type: "change or push",
    says: "What voids an approval: a changed line, or every push (an update merge that changes nothing is none).",
  }),
  reading: group("The least time between a report and an approval of it.", {
    minimum: key(duration, {
      join: largerNumber,
      type: "duration, such as 2m",
      says: "The least time for a change of any length.",
    }),
    lines_per_minute: key(positiveNumber, {
      join: smallerNumber,
      type: "whole number from 1",
      says: "Changed lines that are read in a minute; for their sake alone nobody waits longer than ten minutes.",
    }),
    at: key(z.array(z.enum(riskTiers)), {
      join: union(),
      type: `list of ${riskTiers.join(", ")}`,
      says: "Risks at which an approval that was faster does not count.",
    }),
  }),
  when_nobody_is_left: group("The way out where fewer people are left than are asked for.", {
    by: key(z.literal("admin"), {
      join: first(),
      type: "admin",
      says: "Who stands in for those who are not there: administrators who had no part in the change.",
    }),
    after: key(duration, {
      join: largerNumber,
      type: "duration, such as 12h",
      says: "How long the report must have shown the change as it is; then as many approvals are enough as people are left, one of them an administrator's.",
    }),
  }),
});

const demandParts = z.strictObject({ count: wholeNumber, from: approvers.optional() });
const demands: z.ZodType<readonly Demand[]> = scalarOr(
  wholeNumber.transform((count): readonly Demand[] => [{ count, from: ["people"] }]),
  demandParts.transform(({ count, from }): readonly Demand[] => [
    { count, from: (from ?? ["people"]).toSorted(byCodeUnits) },
  ]),
);

/** Demands on the same people keep the larger count; demands on others stand beside each other. */
export const everyDemand: Join<readonly Demand[]> = combined("every demand holds", (a, b) => {
  const largest = new Map<string, Demand>();
  for (const demand of [...a, ...b]) {
    const who = canonicalJson(demand.from);
    const known = largest.get(who);
    if (known === undefined || known.count < demand.count) largest.set(who, demand);
  }
  return [...largest].toSorted(([x], [y]) => byCodeUnits(x, y)).map(([, demand]) => demand);
});

/** Kept as a list, since forms that several files state are all to be met. */
const ticketForm: z.ZodType<readonly string[]> = z
  .string()
  .superRefine((pattern, context) => {
    const mistake = ticketMistake(pattern);
    if (mistake !== null) context.addIssue({ code: "custom", message: `"${shorten(pattern, 40)}" ${mistake}` });
  })
  .transform((pattern) => [pattern]);
const everyForm: Join<readonly string[]> = { ...union(), name: "every form must be named" };

const area = group("An area of concern.", {
  kinds: key(z.array(z.enum(kinds)), {
    join: union(),
    type: `list of ${kinds.join(", ")}`,
    says: "Kinds of change that belong to the area, as they are computed from the diff.",
  }),
  paths: key(z.array(pattern), {
    join: union(),
    type: "list of patterns",
    says: "Paths that belong to the area, whatever the change does there.",
  }),
  risk: key(z.enum(riskTiers), {
    join: stricter(riskTiers),
    type: riskTiers.join(", "),
    says: "The least risk of a change in the area.",
  }),
  approvals: key(demands, {
    join: everyDemand,
    type: "count, or { count, from }",
    says: "Approvals that the area asks for, in addition to those by risk.",
  }),
  ticket: key(ticketForm, {
    join: everyForm,
    type: "regular expression of RE2, such as CHG-[0-9]{6}",
    says: "The form of the ticket that a change in the area must name, as a word, in its title, its description or the message of a commit.",
  }),
});

export const areas = map(area, {
  names: name,
  type: "mapping from name to area",
  says: "Areas that ask for more, by kind of change and by path.",
});
