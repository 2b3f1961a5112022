const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The parts of a moment in a zone. `Intl` takes milliseconds; its parts are put together here, so that no locale decides how. */
function partsOf(ms: number, zone: string): (name: Intl.DateTimeFormatPartTypes) => string {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hourCycle: "h23",
    weekday: "short",
    day: "2-digit",
    month: "2-digit",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, value]));
  return (name) => parts.get(name) ?? "";
}

/** "Tue 10 Feb 2026, 09:14 UTC (10:14 Europe/Berlin)": an absolute moment, never how long it is from now. */
export function moment(ms: number, timezone: string): string {
  const utc = partsOf(ms, "UTC");
  const day = `${utc("weekday")} ${Number(utc("day"))} ${months[Number(utc("month")) - 1] ?? ""} ${utc("year")}`;
  const there = partsOf(ms, timezone);
  const local = timezone === "UTC" ? "" : ` (${there("hour")}:${there("minute")} ${timezone})`;
  return `${day}, ${utc("hour")}:${utc("minute")} UTC${local}`;
}

/** Moments are shown by the minute: what begins at one is told by the next full one, at which it has begun. */
export function nextMinute(ms: number): number {
  return Math.ceil(ms / 60_000) * 60_000;
}

/** "2026-02-10T09:14:07Z". */
export function isoMoment(ms: number): string {
  const utc = partsOf(ms, "UTC");
  return `${utc("year")}-${utc("month")}-${utc("day")}T${utc("hour")}:${utc("minute")}:${utc("second")}Z`;
}
