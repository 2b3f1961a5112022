import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readMoment, readSchedule, type StatedMoment } from "../../../src/core/windows/read.ts";
import { wallClock } from "../../../src/core/windows/wall-clock.ts";
import { neverOpens, stateOf, type Window } from "../../../src/core/windows/window.ts";

function weekly(schedule: string, otherwise = "UTC"): Window {
  const read = readSchedule(schedule);
  if ("message" in read) throw new Error(read.message);
  return { kind: "weekly", ...read, zone: read.zone ?? otherwise };
}

function once(from: string, to: string, zone: string): Window {
  const [start, end] = [readMoment(from), readMoment(to)];
  if ("message" in start || "message" in end) throw new Error("no moment");
  const there = ({ wallMs, zone: named }: StatedMoment) => ({ wallMs, zone: named ?? zone });
  return { kind: "once", from: there(start), to: there(end) };
}

/** The openings and closings after a moment, in UTC. */
function changes(window: Window, after: string, number: number): readonly string[] {
  let ms = Date.parse(after);
  return Array.from({ length: number }, () => {
    const { changesAtMs } = stateOf(window, ms);
    if (changesAtMs === null) return "never";
    ms = changesAtMs;
    return `${stateOf(window, ms).open ? "opens" : "closes"} ${new Date(ms).toISOString().slice(0, 16)}`;
  });
}

describe("a window", () => {
  it("is open at its start and closed at its end", () => {
    const window = weekly("weekdays 14:00-16:00 UTC");
    const at = (time: string) => stateOf(window, Date.parse(`2026-03-02T${time}Z`));
    expect(at("13:59:59.999")).toEqual({ open: false, changesAtMs: Date.parse("2026-03-02T14:00Z") });
    expect(at("14:00")).toEqual({ open: true, changesAtMs: Date.parse("2026-03-02T16:00Z") });
    expect(at("15:59:59.999").open).toBe(true);
    expect(at("16:00")).toEqual({ open: false, changesAtMs: Date.parse("2026-03-03T14:00Z") });
  });

  it("names the days on which it opens: a night that begins on Friday ends on Saturday, and none begins there", () => {
    expect(changes(weekly("weekdays 17:00-08:00"), "2026-03-05T12:00Z", 6)).toEqual([
      "opens 2026-03-05T17:00",
      "closes 2026-03-06T08:00",
      "opens 2026-03-06T17:00",
      "closes 2026-03-07T08:00",
      "opens 2026-03-09T17:00",
      "closes 2026-03-10T08:00",
    ]);
  });

  it("without times is open for whole days, which run into each other", () => {
    expect(changes(weekly("weekends"), "2026-03-05T12:00Z", 3)).toEqual([
      "opens 2026-03-07T00:00",
      "closes 2026-03-09T00:00",
      "opens 2026-03-14T00:00",
    ]);
    expect(changes(weekly("mon,wed"), "2026-03-05T12:00Z", 4)).toEqual([
      "opens 2026-03-09T00:00",
      "closes 2026-03-10T00:00",
      "opens 2026-03-11T00:00",
      "closes 2026-03-12T00:00",
    ]);
    expect(changes(weekly("weekends 00:00-24:00"), "2026-03-05T12:00Z", 2)).toEqual(
      changes(weekly("weekends"), "2026-03-05T12:00Z", 2),
    );
  });

  it("of every hour of every day never closes", () => {
    expect(stateOf(weekly("daily"), Date.parse("2026-03-05T12:00Z"))).toEqual({ open: true, changesAtMs: null });
  });

  it("keeps the clock of its zone when that is put forward or back", () => {
    expect(changes(weekly("sun 01:00-05:00", "Europe/Berlin"), "2026-03-20T00:00Z", 4)).toEqual([
      "opens 2026-03-22T00:00",
      "closes 2026-03-22T04:00",
      "opens 2026-03-29T00:00",
      "closes 2026-03-29T03:00",
    ]);
    expect(changes(weekly("sun 01:00-05:00", "Europe/Berlin"), "2026-10-20T00:00Z", 2)).toEqual([
      "opens 2026-10-24T23:00",
      "closes 2026-10-25T04:00",
    ]);
  });

  it("that begins or ends at 02:30 does so at 03:00 on the night that has no 02:30", () => {
    const from = changes(weekly("daily 02:30-06:00", "Europe/Berlin"), "2026-03-28T12:00Z", 2);
    expect(from).toEqual(["opens 2026-03-29T01:00", "closes 2026-03-29T04:00"]);
    const to = changes(weekly("daily 23:00-02:30", "Europe/Berlin"), "2026-03-28T12:00Z", 2);
    expect(to).toEqual(["opens 2026-03-28T22:00", "closes 2026-03-29T01:00"]);
  });

  it("that begins at 02:30 does so at the first of two, and ends at the second", () => {
    const from = changes(weekly("daily 02:30-06:00", "Europe/Berlin"), "2026-10-24T12:00Z", 2);
    expect(from).toEqual(["opens 2026-10-25T00:30", "closes 2026-10-25T05:00"]);
    const to = changes(weekly("daily 23:00-02:30", "Europe/Berlin"), "2026-10-24T12:00Z", 2);
    expect(to).toEqual(["opens 2026-10-24T21:00", "closes 2026-10-25T01:30"]);
    const inside = changes(weekly("daily 02:15-02:45", "Europe/Berlin"), "2026-10-24T12:00Z", 2);
    expect(inside).toEqual(["opens 2026-10-25T00:15", "closes 2026-10-25T01:45"]);
  });

  it("whose whole time the clock skips does not open that night", () => {
    expect(changes(weekly("sun 02:15-02:45", "Europe/Berlin"), "2026-03-23T12:00Z", 2)).toEqual([
      "opens 2026-04-05T00:15",
      "closes 2026-04-05T00:45",
    ]);
  });

  it("ends at midnight also where midnight is skipped, comes twice, or the whole day is left out", () => {
    // Havana skips from 00:00 to 01:00, and passes 00:00 to 01:00 twice; Apia had no 30 December 2011.
    expect(changes(weekly("sat", "America/Havana"), "2026-03-05T12:00Z", 2).at(-1)).toBe("closes 2026-03-08T05:00");
    expect(changes(weekly("sat", "America/Havana"), "2026-10-29T12:00Z", 2).at(-1)).toBe("closes 2026-11-01T05:00");
    expect(changes(weekly("thu,fri", "Pacific/Apia"), "2011-12-27T12:00Z", 2)).toEqual([
      "opens 2011-12-29T10:00",
      "closes 2011-12-30T10:00",
    ]);
  });

  it("that opens once opens once, each end on the clock of its zone", () => {
    const window = once("2026-10-24T17:00", "2026-10-26T08:00", "Europe/Berlin");
    expect(changes(window, "2026-03-05T12:00Z", 3)).toEqual([
      "opens 2026-10-24T15:00",
      "closes 2026-10-26T07:00",
      "never",
    ]);
    const two = once("2026-10-24T17:00 America/New_York", "2026-10-26T08:00 UTC", "Europe/Berlin");
    expect(changes(two, "2026-03-05T12:00Z", 2)).toEqual(["opens 2026-10-24T21:00", "closes 2026-10-26T08:00"]);
  });

  it("never opens where it ends before it begins, at once, or in what the clock skips", () => {
    expect(neverOpens(once("2026-12-18T17:00", "2026-12-18T16:59", "UTC"))).toBe(true);
    expect(neverOpens(once("2026-12-18T17:00", "2026-12-18T17:00", "UTC"))).toBe(true);
    expect(neverOpens(once("2026-12-18T17:00", "2026-12-18T17:01", "UTC"))).toBe(false);
    expect(neverOpens(once("2026-03-29T02:10", "2026-03-29T02:50", "Europe/Berlin"))).toBe(true);
    expect(neverOpens(once("2026-10-25T02:30", "2026-10-25T02:30", "Europe/Berlin"))).toBe(false);
  });
});

// Clocks that change by half an hour or by two, at midnight, in both hemispheres, more than twice a year, and never.
const zones = [
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "America/Havana",
  "America/St_Johns",
  "America/Santiago",
  "Australia/Lord_Howe",
  "Antarctica/Troll",
  "Africa/Cairo",
  "Africa/Casablanca",
  "Asia/Kathmandu",
  "Pacific/Chatham",
];
const minute = fc.integer({ min: 0, max: 1439 });
const anyWindow = fc
  .record({
    days: fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 7 }),
    fromMinute: minute,
    toMinute: minute,
    zone: fc.constantFrom(...zones),
  })
  .filter(({ fromMinute, toMinute }) => fromMinute !== toMinute)
  .map((schedule): Window & { kind: "weekly" } => ({ kind: "weekly", ...schedule }));
const anyMoment = fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2032, 0, 1) });

describe("for every zone, schedule and moment", () => {
  it("the next change is one, and there is none before it", () => {
    fc.assert(
      fc.property(
        anyWindow,
        anyMoment,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 5 }),
        (window, ms, shares) => {
          const { open, changesAtMs } = stateOf(window, ms);
          if (changesAtMs === null) return;
          expect(changesAtMs).toBeGreaterThan(ms);
          expect(stateOf(window, changesAtMs).open).toBe(!open);
          for (const share of [...shares, 1]) {
            const between = ms + Math.floor((changesAtMs - 1 - ms) * share);
            expect(stateOf(window, between)).toEqual({ open, changesAtMs });
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it("a window with any pause in its week changes within two weeks and two days", () => {
    fc.assert(
      fc.property(anyWindow, anyMoment, (window, ms) => {
        const { changesAtMs } = stateOf(window, ms);
        expect(changesAtMs).not.toBeNull();
        expect((changesAtMs ?? 0) - ms).toBeLessThan(16 * 86_400_000);
      }),
      { numRuns: 300 },
    );
  });

  it("the window is open when the clock on the wall says so, on days around which the clock is not changed", () => {
    const dayOf = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    const read = (ms: number, zone: string): { day: number; minute: number } => {
      const text = new Date(ms).toLocaleString("en-GB", {
        timeZone: zone,
        weekday: "short",
        hour: "2-digit",
        minute: "2-digit",
      });
      const [weekday = "", time = ""] = text.split(/,? /);
      const [hours = 0, minutes = 0] = time.split(":").map(Number);
      return { day: dayOf.indexOf(weekday), minute: hours * 60 + minutes };
    };
    fc.assert(
      fc.property(anyWindow, anyMoment, (window, ms) => {
        const { days, fromMinute, toMinute, zone } = window;
        const clock = wallClock(zone);
        const ahead = [-48, 48].map((hours) => clock(ms + hours * 3_600_000) - (ms + hours * 3_600_000));
        fc.pre(ahead[0] === ahead[1] && clock(ms) - ms === ahead[0]);
        const now = read(ms, zone);
        const opened = (day: number): boolean => days.includes((day + 7) % 7);
        const expected =
          toMinute > fromMinute
            ? opened(now.day) && now.minute >= fromMinute && now.minute < toMinute
            : (opened(now.day) && now.minute >= fromMinute) || (opened(now.day - 1) && now.minute < toMinute);
        expect(stateOf(window, ms).open).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });
});

describe("a year, quarter of an hour by quarter of an hour", () => {
  const quarterMs = 900_000;
  const dayMs = 86_400_000;

  /**
   * Open from when the clock has ever read the start, until it never again will read less than the end: told by going through the year
   * forwards and backwards, with nothing looked up.
   */
  function openQuarters(
    { days, fromMinute, toMinute, zone }: Window & { kind: "weekly" },
    quarters: readonly number[],
  ) {
    const clock = wallClock(zone);
    const walls = quarters.map(clock);
    const highest: number[] = [];
    for (const wall of walls) highest.push(Math.max(wall, highest.at(-1) ?? wall));
    const lowest: number[] = [];
    for (const wall of walls.toReversed()) lowest.push(Math.min(wall, lowest.at(-1) ?? wall));
    lowest.reverse();
    return quarters.map((_, index) => {
      const [high, low] = [highest[index] ?? 0, lowest[index] ?? 0];
      return [-2, -1, 0, 1].some((offset) => {
        const day = Math.floor(high / dayMs) + offset;
        const opens = day * dayMs + fromMinute * 60_000;
        const closes = (toMinute > fromMinute ? day : day + 1) * dayMs + toMinute * 60_000;
        return days.includes((day + 4) % 7) && high >= opens && low < closes;
      });
    });
  }

  it.each([
    "weekdays 17:00-08:00 Europe/Berlin",
    "daily 01:30-02:15 America/New_York",
    "sun,wed 23:45-01:45 Australia/Lord_Howe",
  ])("%s is open when a clock that nobody calculates with says so", (schedule) => {
    const window = weekly(schedule);
    if (window.kind !== "weekly") throw new Error("A schedule is weekly");
    const startMs = Date.UTC(2026, 0, 1);
    const quarters = Array.from({ length: 365 * 96 }, (_, index) => startMs + index * quarterMs);
    let state = stateOf(window, startMs);
    const walked = quarters.map((ms) => {
      if (state.changesAtMs !== null && ms >= state.changesAtMs) state = stateOf(window, ms);
      return state.open;
    });
    const expected = openQuarters(window, quarters);
    const different = quarters.filter((_, index) => walked[index] !== expected[index]);
    expect(different.map((ms) => new Date(ms).toISOString())).toEqual([]);
    expect(new Set(walked)).toEqual(new Set([true, false]));
  });
});

describe("a schedule", () => {
  it.each([
    ["weekdays 17:00-08:00", { days: [1, 2, 3, 4, 5], fromMinute: 1020, toMinute: 480, zone: null }],
    ["weekdays 14:00-16:00 UTC", { days: [1, 2, 3, 4, 5], fromMinute: 840, toMinute: 960, zone: "UTC" }],
    ["daily", { days: [0, 1, 2, 3, 4, 5, 6], fromMinute: 0, toMinute: 1440, zone: null }],
    ["wed,mon,wed", { days: [1, 3], fromMinute: 0, toMinute: 1440, zone: null }],
    ["weekends Europe/Berlin", { days: [0, 6], fromMinute: 0, toMinute: 1440, zone: "Europe/Berlin" }],
  ])("reads %s", (text, expected) => {
    expect(readSchedule(text)).toEqual(expected);
  });

  it.each([
    ["weekday 17:00-08:00", '"weekday" is no day', 'did you mean "weekdays"?'],
    ["mon,tues", '"tues" is no day', 'did you mean "tue"?'],
    ["mon,weekends", '"weekends" is no day', "name daily, weekdays, weekends, or days such as mon,wed"],
    ["constructor", '"constructor" is no day', "name daily, weekdays, weekends, or days such as mon,wed"],
    ["daily 17:00-25:00", '"daily 17:00-25:00" has a time that no day has', "write times from 00:00 to 24:00"],
    ["daily 24:00-08:00", '"daily 24:00-08:00" has a time that no day has', "write times from 00:00 to 24:00"],
    ["daily 17:60-18:00", '"daily 17:60-18:00" has a time that no day has', "write times from 00:00 to 24:00"],
    [
      "daily 17:00-17:00",
      '"daily 17:00-17:00" closes as it opens, and so never is open',
      "leave the times out for the whole day",
    ],
    ["daily 17:00-18:00 Europe/Berlyn", '"Europe/Berlyn" is no time zone', 'did you mean "Europe/Berlin"?'],
    ["daily 5pm", '"daily 5pm" is no schedule', 'write days, times and a zone: "weekdays 17:00-08:00 UTC"'],
    ["", '"" is no schedule', 'write days, times and a zone: "weekdays 17:00-08:00 UTC"'],
  ])("is not %s", (text, message, remedy) => {
    expect(readSchedule(text)).toEqual({ message, remedy });
  });
});

describe("a moment", () => {
  it("is read with its zone", () => {
    expect(readMoment("1970-01-02T00:01")).toEqual({ wallMs: 86_460_000, zone: null });
    expect(readMoment("1970-01-02T00:01 Asia/Tokyo")).toEqual({ wallMs: 86_460_000, zone: "Asia/Tokyo" });
  });

  it.each(["2026-02-29T10:00", "2026-13-01T10:00", "2026-01-01T24:00", "1969-12-31T23:00", "2026-01-01", "tomorrow"])(
    "is not %s",
    (text) => {
      expect(readMoment(text)).toEqual({
        message: `"${text}" is no moment`,
        remedy: "write a day and a time, such as 2026-12-18T17:00",
      });
    },
  );
});
