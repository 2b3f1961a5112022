import type { Statement } from "./schema/root.ts";

/**
 * Gives each window that names no zone the one that the statement is in, if it is in any: a file further down that states another zone
 * must not move the windows of the files above.
 */
export function withZones(statement: Statement): Statement {
  const { timezone, freezes, operations } = statement;
  if (timezone === undefined) return statement;
  const here = <T extends { readonly zone: string | null }>(time: T): T => ({ ...time, zone: time.zone ?? timezone });
  return {
    ...statement,
    ...(freezes === undefined
      ? {}
      : {
          freezes: freezes.map(({ schedule, from, to, ...rest }) => ({
            ...rest,
            schedule: schedule === null ? null : here(schedule),
            from: from === null ? null : here(from),
            to: to === null ? null : here(to),
          })),
        }),
    ...(operations === undefined
      ? {}
      : { operations: operations.map(({ schedule, ...rest }) => ({ ...rest, schedule: here(schedule) })) }),
  };
}
