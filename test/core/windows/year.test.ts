import { describe, expect, it } from "vitest";
import { stateOf, type Window } from "../../../src/core/windows/window.ts";
import { readMoment, readSchedule } from "../../../src/core/windows/read.ts";

const [minuteMs, hourMs] = [60_000, 3_600_000];
const startMs = Date.UTC(2026, 0, 1);
const hours = 365 * 24;

/** What the clock of a zone reads, asked of Intl in another form than the product asks it. */
interface Reading {
  readonly weekday: string;
  readonly minute: number;
  /** Comparable as text: `2026-10-25T02:30`. */
  readonly text: string;
}
const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

function readerOf(zone: string): (ms: number) => Reading {
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" });
  const known = new Map<number, Reading>();
  return (ms) => {
    const reading = known.get(ms) ?? readingOf(format.format(ms).replace(" ", "T"));
    known.set(ms, reading);
    return reading;
  };
}

function readingOf(text: string): Reading {
  const weekday = weekdays[new Date(`${text.slice(0, 10)}T00:00:00Z`).getUTCDay()] ?? "";
  return { weekday, minute: Number(text.slice(11, 13)) * 60 + Number(text.slice(14, 16)), text };
}

/** Hours of the year within which the clock of the zone is changed. */
function transitions(read: (ms: number) => Reading): readonly number[] {
  return Array.from({ length: hours }, (_, hour) => startMs + hour * hourMs).filter((ms) => {
    const [before, after] = [read(ms), read(ms + hourMs)];
    return (after.minute - before.minute + 1440) % 1440 !== 60;
  });
}

/** Every hour of the year, and every minute from a day before each change of the clock to a day after it. */
function moments(read: (ms: number) => Reading): readonly number[] {
  const hourly = Array.from({ length: hours }, (_, hour) => startMs + hour * hourMs);
  const around = transitions(read).flatMap((ms) =>
    Array.from({ length: 48 * 60 }, (_, minute) => ms - 24 * hourMs + minute * minuteMs),
  );
  return [...new Set([...hourly, ...around])].toSorted((a, b) => a - b);
}

/**
 * Whether the window is open by readings alone: it opens when the clock first reads the start (or more), and closes when it has read
 * the end (or more) and will not read less again.
 */
type Oracle = (ms: number) => boolean;

function weeklyOracle(
  read: (ms: number) => Reading,
  { days, fromMinute, toMinute }: Window & { kind: "weekly" },
): Oracle {
  const opens = (day: string): boolean => days.includes(weekdays.indexOf(day));
  const yesterday = (day: string): string => weekdays[(weekdays.indexOf(day) + 6) % 7] ?? "";
  const shows = ({ weekday, minute }: Reading): boolean =>
    toMinute > fromMinute
      ? opens(weekday) && minute >= fromMinute && minute < toMinute
      : (opens(weekday) && minute >= fromMinute) || (opens(yesterday(weekday)) && minute < toMinute);
  /** No clock is put back by more than this. */
  const reachMs = 3 * hourMs;
  return (ms) => {
    if (shows(read(ms))) return true;
    // The clock does not show the window now: it is open all the same where the clock was put back, or is yet to be, into the window.
    const [before, after] = [read(ms - reachMs), read(ms + reachMs)];
    const isSteady = (after.minute - before.minute + 1440) % 1440 === (2 * reachMs) / minuteMs;
    if (isSteady) return false;
    const minutes = (from: number, to: number): readonly number[] =>
      Array.from({ length: (to - from) / minuteMs }, (_, index) => from + index * minuteMs);
    const { text } = read(ms);
    const earlier = minutes(ms - reachMs, ms).some((one) => shows(read(one)) && read(one).text > text);
    const later = minutes(ms, ms + reachMs).some((one) => shows(read(one)) && read(one).text < text);
    return earlier || later;
  };
}

const zones = ["Europe/Berlin", "America/Santiago", "Australia/Lord_Howe", "Asia/Kolkata"] as const;
const schedules = [
  "weekdays 17:00-08:00",
  "daily 02:00-03:00",
  "daily 02:15-02:45",
  "sun 00:00-24:00",
  "sat,sun 23:30-00:30",
  "sun 01:45-03:15",
];

function weekly(text: string, zone: string): Window & { kind: "weekly" } {
  const schedule = readSchedule(`${text} ${zone}`);
  if ("message" in schedule) throw new Error(schedule.message);
  return { kind: "weekly", ...schedule, zone };
}

/** Whether it is open at each moment, asked again only when the answer is said to change, as the service does. */
function walked(window: Window, all: readonly number[]): readonly boolean[] {
  let state = stateOf(window, startMs - 48 * hourMs);
  return all.map((ms) => {
    if (state.changesAtMs !== null && ms >= state.changesAtMs) state = stateOf(window, ms);
    return state.open;
  });
}

describe.each(zones)(
  "a year of freezes in %s, hour by hour, and minute by minute where the clock is changed",
  (zone) => {
    const read = readerOf(zone);
    const all = moments(read);

    it("has as many changes of the clock as the zone", () => {
      expect(transitions(read)).toHaveLength(zone === "Asia/Kolkata" ? 0 : 2);
      expect(all.length).toBe(zone === "Asia/Kolkata" ? hours : hours + 2 * (48 * 60 - 48));
    });

    it.each(schedules)("%s is open when the readings of the clock say so", (schedule) => {
      const window = weekly(schedule, zone);
      const oracle = weeklyOracle(read, window);
      const open = walked(window, all);
      const different = all.filter((ms, index) => open[index] !== oracle(ms));
      expect(different.map((ms) => `${new Date(ms).toISOString()} ${read(ms).text}`)).toEqual([]);
    });

    it("a freeze from one moment to another is open when the readings of the clock say so", () => {
      const moment = (text: string): { wallMs: number; zone: string } => {
        const stated = readMoment(text);
        if ("message" in stated) throw new Error(stated.message);
        return { wallMs: stated.wallMs, zone };
      };
      const [from, to] = ["2026-03-29T02:10", "2026-10-25T02:30"];
      const window: Window = { kind: "once", from: moment(from), to: moment(to) };
      const opened = all.findIndex((ms) => read(ms).text >= from);
      const closed = all.findLastIndex((ms) => read(ms).text < to);
      const open = walked(window, all);
      const different = all.filter((ms, index) => open[index] !== (index >= opened && index <= closed));
      expect(different.map((ms) => `${new Date(ms).toISOString()} ${read(ms).text}`)).toEqual([]);
    });
  },
);
