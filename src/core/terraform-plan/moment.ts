import { dayNumber } from "../../lib/calendar.ts";

const pattern =
  /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)T(?<hour>[01]\d|2[0-3]):(?<minute>[0-5]\d):(?<second>[0-5]\d)(?:\.\d{1,9})?(?:Z|(?<sign>[+-])(?<offHour>\d\d):(?<offMinute>\d\d))$/u;

/** Milliseconds since 1970 of an RFC 3339 moment, cut to whole seconds; null where it is none. */
export function momentOf(text: string | null): number | null {
  const parts = pattern.exec(text ?? "")?.groups;
  if (parts === undefined) return null;
  const number = (name: string) => Number(parts[name] ?? "0");
  const day = dayNumber(number("year"), number("month"), number("day"));
  if (day === null) return null;
  const offset = (parts["sign"] === "-" ? -1 : 1) * (number("offHour") * 60 + number("offMinute"));
  return (day * 86_400 + number("hour") * 3_600 + (number("minute") - offset) * 60 + number("second")) * 1_000;
}
