import { dayNumber } from "../../lib/calendar.ts";
import { nearest } from "../policy/suggest.ts";
import { isZone, zoneNames } from "./wall-clock.ts";

/** A recurring window as it is written; `zone` is null where it names none. Otherwise as `Window`. */
export interface Schedule {
  readonly days: readonly number[];
  readonly fromMinute: number;
  readonly toMinute: number;
  readonly zone: string | null;
}

/** A moment on the clock of a zone as it is written; `zone` is null where it names none. */
export interface StatedMoment {
  readonly wallMs: number;
  readonly zone: string | null;
}

/** Why a text is none, and what to write instead. */
export interface Misread {
  readonly message: string;
  readonly remedy: string | null;
}

const weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const sets: Readonly<Record<string, readonly number[]>> = {
  daily: [0, 1, 2, 3, 4, 5, 6],
  weekdays: [1, 2, 3, 4, 5],
  weekends: [0, 6],
};
const form = /^(\S+)(?: (\d{2}):(\d{2})-(\d{2}):(\d{2}))?(?: ([A-Za-z]\S*))?$/;
const dayMinutes = 1_440;

/** Reads `weekdays 17:00-08:00`, `mon,wed 14:00-16:00 UTC`, `weekends`: the days on which it opens, the times, the zone. */
export function readSchedule(text: string): Schedule | Misread {
  const match = form.exec(text);
  const written = match?.[1];
  if (match === null || written === undefined) {
    return { message: `"${text}" is no schedule`, remedy: 'write days, times and a zone: "weekdays 17:00-08:00 UTC"' };
  }
  const days = Object.hasOwn(sets, written) ? sets[written] : undefined;
  const named = days ?? written.split(",").map((day) => weekdays.indexOf(day));
  if (named.includes(-1)) return unknownDay(written);
  const zone = match[6] ?? null;
  if (zone !== null && !isZone(zone)) return unknownZone(zone);
  const [fromMinute, toMinute] =
    match[2] === undefined
      ? [0, dayMinutes]
      : [minuteOf(match[2], match[3], dayMinutes - 1), minuteOf(match[4], match[5], dayMinutes)];
  if (fromMinute === null || toMinute === null) {
    return { message: `"${text}" has a time that no day has`, remedy: "write times from 00:00 to 24:00" };
  }
  if (fromMinute === toMinute) {
    return {
      message: `"${text}" closes as it opens, and so never is open`,
      remedy: "leave the times out for the whole day",
    };
  }
  return { days: [...new Set(named)].toSorted((a, b) => a - b), fromMinute, toMinute, zone };
}

/** Reads `2026-12-18T17:00`, with a zone behind it or without. */
export function readMoment(text: string): StatedMoment | Misread {
  const match = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?: ([A-Za-z]\S*))?$/.exec(text);
  const day = match === null ? null : dayNumber(Number(match[1]), Number(match[2]), Number(match[3]));
  const minute = match === null ? null : minuteOf(match[4], match[5], dayMinutes - 1);
  // Before 1970 there was no policy, and the clocks of zones were not set in whole minutes.
  if (match === null || day === null || day < 0 || minute === null) {
    return { message: `"${text}" is no moment`, remedy: "write a day and a time, such as 2026-12-18T17:00" };
  }
  const zone = match[6] ?? null;
  if (zone !== null && !isZone(zone)) return unknownZone(zone);
  return { wallMs: (day * dayMinutes + minute) * 60_000, zone };
}

function minuteOf(hours: string | undefined, minutes: string | undefined, max: number): number | null {
  const minute = Number(hours) * 60 + Number(minutes);
  return Number(minutes) < 60 && minute <= max ? minute : null;
}

function unknownDay(written: string): Misread {
  const known = [...Object.keys(sets), ...weekdays];
  const unknown = written.split(",").find((day) => !weekdays.includes(day)) ?? written;
  const close = Object.hasOwn(sets, unknown) ? null : nearest(unknown, known);
  return {
    message: `"${unknown}" is no day`,
    remedy:
      close === null ? `name ${Object.keys(sets).join(", ")}, or days such as mon,wed` : `did you mean "${close}"?`,
  };
}

function unknownZone(zone: string): Misread {
  const close = nearest(zone, zoneNames());
  return {
    message: `"${zone}" is no time zone`,
    remedy: close === null ? "name one such as Europe/Berlin" : `did you mean "${close}"?`,
  };
}
