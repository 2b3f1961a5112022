import { dayNumber } from "../../lib/calendar.ts";

const dayMs = 86_400_000;

/**
 * What the clock on the wall of a zone reads, as the milliseconds that would have passed since 1970-01-01T00:00 if it had never been
 * set. Throws a RangeError for a zone that is not known; see `isZone`.
 */
export type WallClock = (ms: number) => number;

/** Whether the time-zone data of this platform knows the zone. */
export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    // The one way that Intl tells an unknown zone is to throw.
    return false;
  }
}

/** The zones that the platform knows by name, for suggestions. */
export function zoneNames(): readonly string[] {
  return ["UTC", ...Intl.supportedValuesOf("timeZone")];
}

export function wallClock(zone: string): WallClock {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    calendar: "gregory",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  return (ms) => {
    const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
    const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? Number.NaN;
    const day = dayNumber(part("year"), part("month"), part("day"));
    const seconds = (part("hour") * 60 + part("minute")) * 60 + part("second");
    if (day === null || Number.isNaN(seconds)) throw new Error(`Cannot read the clock of ${zone} at ${ms} ms`);
    return day * dayMs + seconds * 1000 + (((ms % 1000) + 1000) % 1000);
  };
}

/**
 * When the clock reads `wallMs`: the moments of its first and its last such reading. Where the clock is put back over it they differ;
 * where it is put forward over it both are the moment of the change, at which the clock reads more for the first time. A zone is
 * taken to change its clock at most once within two days.
 */
export function readingsOf(wallMs: number, clock: WallClock): { readonly firstMs: number; readonly lastMs: number } {
  const aheadAt = (ms: number): number => clock(ms) - ms;
  const [before, after] = [aheadAt(wallMs - dayMs), aheadAt(wallMs + dayMs)];
  const moments = [wallMs - before, wallMs - after].filter((ms) => clock(ms) === wallMs);
  if (moments.length > 0) return { firstMs: Math.min(...moments), lastMs: Math.max(...moments) };
  const changeMs = firstWith(after, wallMs - after, wallMs - before, clock);
  return { firstMs: changeMs, lastMs: changeMs };
}

/** The first moment after `fromMs`, and at most `toMs`, from which the clock is ahead of UTC by `offsetMs`. */
function firstWith(offsetMs: number, fromMs: number, toMs: number, clock: WallClock): number {
  let [low, high] = [fromMs, toMs];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (clock(middle) - middle === offsetMs) high = middle;
    else low = middle;
  }
  return high;
}
