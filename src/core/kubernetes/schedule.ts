const macros: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};

/** The first and last value of each field of a schedule, and the three letters by which some may be named. */
const fields = [
  { first: 0, last: 59, names: [] },
  { first: 0, last: 23, names: [] },
  { first: 1, last: 31, names: [] },
  { first: 1, last: 12, names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"] },
  { first: 0, last: 6, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] },
] as const;
type Field = (typeof fields)[number];

const daysOfYear = 365;

/**
 * How often a schedule of five fields starts a job in a year, about: months count as equally long. Null where it cannot be read.
 * https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax
 */
export function runsPerYear(schedule: string): number | null {
  const parts = (macros[schedule.trim()] ?? schedule).trim().split(/\s+/u);
  if (parts.length !== fields.length) return null;
  const counts = fields.map((field, index) => countOf(parts[index] ?? "", field));
  const [minutes, hours, monthDays, months, weekDays] = counts;
  if (minutes == null || hours == null || monthDays == null || months == null || weekDays == null) return null;
  const [byMonth, byWeek] = [parts[2]?.startsWith("*") === false, parts[4]?.startsWith("*") === false];
  const [shareOfMonth, shareOfWeek] = [monthDays / 31, weekDays / 7];
  // Where both are given, a day that fits either is a day.
  const share = byMonth && byWeek ? Math.min(1, shareOfMonth + shareOfWeek) : shareOfMonth * shareOfWeek;
  return minutes * hours * daysOfYear * (months / 12) * share;
}

/** How many values a field stands for; null where it cannot be read. */
function countOf(text: string, field: Field): number | null {
  const values = new Set<number>();
  for (const item of text.split(",")) {
    const [range = "", step = "1", ...more] = item.split("/");
    if (more.length > 0 || !/^\d{1,2}$/u.test(step) || Number(step) === 0) return null;
    const bounds = boundsOf(range, field, item.includes("/"));
    if (bounds === null) return null;
    for (let value = bounds.from; value <= bounds.to; value += Number(step)) {
      values.add(field.last === 6 && value === 7 ? 0 : value);
    }
  }
  return values.size === 0 ? null : values.size;
}

function boundsOf(
  range: string,
  field: Field,
  stepped: boolean,
): { readonly from: number; readonly to: number } | null {
  if (range === "*" || range === "?") return { from: field.first, to: field.last };
  const [first = "", last, ...more] = range.split("-");
  const from = valueOf(first, field);
  const to = last === undefined ? (stepped ? field.last : from) : valueOf(last, field);
  if (more.length > 0 || from === null || to === null || to < from) return null;
  return { from, to };
}

function valueOf(text: string, { first, last, names }: Field): number | null {
  const named = names.findIndex((name) => name === text.toLowerCase());
  if (named !== -1) return named + first;
  if (!/^\d{1,2}$/u.test(text)) return null;
  const value = Number(text);
  return value >= first && value <= (last === 6 ? 7 : last) ? value : null;
}
