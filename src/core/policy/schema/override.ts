import { z } from "zod";
import { everyList, largerNumber, smallerNumber, union } from "./join.ts";
import { group, key } from "./key.ts";
import { duration, overriders, positiveNumber } from "./values.ts";

/** `owner/name`. */
export const repositoryName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9-]*\/[A-Za-z0-9._-]+$/, "is no repository, such as acme/incidents");

const breakGlass = group("Who may lift what was reported in an emergency, and for how long.", {
  by: key(
    overriders.transform((list) => [list]),
    {
      join: everyList(),
      type: 'list of administrators, "@org/team" or "@person"',
      says: "Who may lift by command what was reported, in an emergency; where several files name lists, they must be in each of them. Where the organisation's file names nobody, nobody may.",
      otherwise: "nobody",
    },
  ),
  count: key(positiveNumber, { join: largerNumber, type: "count", says: "How many of them." }),
  for: key(duration, {
    join: smallerNumber,
    type: "duration",
    says: "For how long it holds once the command was given.",
    otherwise: "`4h`",
  }),
  report_to: key(
    repositoryName.transform((one): readonly string[] => [one]),
    {
      join: union<string>(),
      type: "owner/repository",
      says: "Where it is reported each time. Every report of the pull request shows it as well.",
    },
  ),
});

export const override = group("Who decides about the gate itself.", {
  by: key(
    overriders.transform((list) => [list]),
    {
      join: everyList(),
      type: 'list of administrators, "@org/team" or "@person"',
      says: "Who must approve a change of the policy, and who may lift by command what was reported; where several files name lists, they must be in each of them.",
    },
  ),
  count: key(positiveNumber, {
    join: largerNumber,
    type: "count",
    says: "How many of them; of administrators only as many as there are beside who opened it, where those are fewer, and never none.",
  }),
  break_glass: breakGlass,
});
