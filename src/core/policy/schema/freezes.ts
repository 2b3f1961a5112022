import { z } from "zod";
import { type Misread, readMoment, readSchedule, type Schedule, type StatedMoment } from "../../windows/read.ts";
import { gateScopes, operationActions } from "../schema.ts";
import { union } from "./join.ts";
import { list, part } from "./key.ts";
import { name, text } from "./values.ts";

function timeOf<T extends object>(read: (written: string) => T | Misread): z.ZodType<T> {
  return z.string().transform((written, context): T => {
    const result = read(written);
    if (!("message" in result)) return result;
    context.addIssue({ code: "custom", message: result.message, params: { remedy: result.remedy } });
    return z.NEVER;
  });
}
const schedule = timeOf<Schedule>(readSchedule);
const moment = timeOf<StatedMoment>(readMoment);

/** A freeze as one file states it: with a schedule, or with a start and an end; `disagreements` refuses everything else. */
export interface StatedFreeze {
  readonly name: string;
  readonly schedule: Schedule | null;
  readonly from: StatedMoment | null;
  readonly to: StatedMoment | null;
  readonly environments: readonly string[];
  readonly applies_to: (typeof gateScopes)[number];
  readonly except: readonly "restore"[];
}

const zoned = "in the zone that it names, else in the `timezone` of its file, else in that of the policy";

export const freezes = list(
  {
    name: part(text, { type: "text", says: "What reports call it." }),
    schedule: part(schedule.optional(), {
      type: 'schedule, such as "weekdays 17:00-08:00"',
      says: `When it opens and closes again and again: \`daily\`, \`weekdays\`, \`weekends\` or days such as \`mon,wed\`, on which it opens; times, without them the whole day; ${zoned}. A time that the clock skips is the moment of the change; of a time that comes twice, a start is the first and an end the second.`,
    }),
    from: part(moment.optional(), {
      type: "moment, such as 2026-12-18T17:00",
      says: `When it opens, once; ${zoned}.`,
    }),
    to: part(moment.optional(), {
      type: "moment, such as 2027-01-04T08:00",
      says: "When it has closed again, to the minute.",
    }),
    environments: part(z.array(name).min(1, "needs at least one entry").optional(), {
      type: "list of environments",
      otherwise: "everything",
      says: "The environments that no change may reach while it is open.",
    }),
    applies_to: part(z.enum(gateScopes).default("agents"), {
      type: gateScopes.join(" or "),
      otherwise: "`agents`",
      says: "Whether it stops the changes of agents, or also those of people and automation.",
    }),
    except: part(z.array(z.literal("restore")).default([]), {
      type: "list of restore",
      otherwise: "nothing",
      says: "What may be merged all the same: a proven restore, where `restore.skips` has `freezes` too.",
    }),
  },
  {
    become: (elements) =>
      elements.map(
        (one): StatedFreeze => ({
          name: one.name,
          schedule: one.schedule ?? null,
          from: one.from ?? null,
          to: one.to ?? null,
          environments: one.environments ?? [],
          applies_to: one.applies_to,
          except: [...new Set(one.except)],
        }),
      ),
    join: union<StatedFreeze>(),
    type: "list of { name, schedule or from and to, environments, applies_to, except }",
    says: "Windows in which changes are not merged. No approval and no override lifts one; two of the same name in two files both hold.",
  },
);

/** A planned operation as one file states it. */
export interface StatedOperation {
  readonly type: string;
  readonly schedule: Schedule;
  readonly services: readonly string[];
  readonly expected_cpu: string | null;
  readonly action: (typeof operationActions)[number];
}

export const operations = list(
  {
    type: part(text, { type: "text", says: "What is planned: `load_test`." }),
    schedule: part(schedule, {
      type: 'schedule, such as "weekdays 14:00-16:00 UTC"',
      says: "When it takes place; see `freezes[].schedule`.",
    }),
    services: part(z.array(name).min(1, "needs at least one entry"), {
      type: "list of services",
      says: "The services that it concerns.",
    }),
    expected_cpu: part(text.optional(), { type: "text", says: "What is expected of them meanwhile, for the reader." }),
    action: part(z.enum(operationActions), {
      type: operationActions.join(" or "),
      says: "What agents leave alone meanwhile: replicas, resources and the existence of these services (`do_not_scale`), or all of them (`do_not_touch`).",
    }),
  },
  {
    become: (elements) =>
      elements.map(
        (one): StatedOperation => ({
          type: one.type,
          schedule: one.schedule,
          services: one.services,
          expected_cpu: one.expected_cpu ?? null,
          action: one.action,
        }),
      ),
    join: union<StatedOperation>(),
    type: "list of { type, schedule, services, expected_cpu, action }",
    says: "Planned operations that agents must leave alone. No approval and no override lifts one.",
  },
);
