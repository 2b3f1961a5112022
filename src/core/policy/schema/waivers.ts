import { z } from "zod";
import { dayNumber } from "../../../lib/calendar.ts";
import type { Waiver } from "../schema.ts";
import { intersection } from "./join.ts";
import { list, part } from "./key.ts";
import { owner, pattern, text } from "./values.ts";

const dayMs = 86_400_000;

/** The last moment of a calendar day in UTC, excluded, in milliseconds since the epoch; null where the calendar has no such day. */
export function endOfDayMs(day: string): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  const number = match === null ? null : dayNumber(Number(match[1]), Number(match[2]), Number(match[3]));
  return number === null ? null : (number + 1) * dayMs;
}

const day = z.string().transform((written, context) => {
  const untilMs = endOfDayMs(written);
  if (untilMs !== null) return { until: written, untilMs };
  context.addIssue({ code: "custom", message: "", params: { expected: "a calendar day, such as 2026-12-31" } });
  return z.NEVER;
});

export const waivers = list(
  {
    rule: part(text, { type: "rule id", says: "The rule whose findings are accepted." }),
    paths: part(z.array(pattern).min(1, "needs at least one entry"), {
      type: "list of patterns",
      says: "Where they are accepted; matched exactly as written.",
    }),
    reason: part(text, { type: "text", says: "Why, for whoever reads it next." }),
    until: part(day, { type: "day", says: "The last day, in UTC, on which the waiver holds." }),
    by: part(owner, { type: "team or person", says: "Who answers for it." }),
  },
  {
    become: (elements) =>
      elements.map(({ rule, paths, reason, until, by }): Waiver => ({ rule, paths, reason, ...until, by })),
    join: intersection<Waiver>(),
    type: "list of { rule, paths, reason, until, by }",
    says: "Findings that are accepted for a while.",
  },
);
