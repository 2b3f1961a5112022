/** The parts of a moment in a zone. `Intl` takes milliseconds; its parts are put together here, so that no locale decides the order. */
function parts(ms: number, zone: string): ReadonlyMap<string, string> {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hourCycle: "h23",
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  return new Map(format.formatToParts(ms).map(({ type, value }) => [type, value]));
}

/** "Tue 10 Feb 2026, 09:14 UTC (10:14 Europe/Berlin)": an absolute moment, never how long it is from now. */
export function moment(ms: number, timezone: string): string {
  const utc = parts(ms, "UTC");
  const there = parts(ms, timezone);
  const at = (map: ReadonlyMap<string, string>, name: string) => map.get(name) ?? "";
  const day = `${at(utc, "weekday")} ${at(utc, "day")} ${at(utc, "month")} ${at(utc, "year")}`;
  const local = timezone === "UTC" ? "" : ` (${at(there, "hour")}:${at(there, "minute")} ${timezone})`;
  return `${day}, ${at(utc, "hour")}:${at(utc, "minute")} UTC${local}`;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec"];

/** "2026-02-10T09:14:07Z". */
export function isoMoment(ms: number): string {
  const utc = parts(ms, "UTC");
  const at = (name: string) => (utc.get(name) ?? "").padStart(2, "0");
  const month = months.findIndex((name) => name.slice(0, 3) === utc.get("month")?.slice(0, 3)) + 1;
  return `${at("year")}-${String(month).padStart(2, "0")}-${at("day")}T${at("hour")}:${at("minute")}:${at("second")}Z`;
}
