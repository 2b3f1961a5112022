/**
 * The number of a calendar day, 0 being 1970-01-01; null where the calendar has no such day. Gregorian throughout. Days are counted in
 * years that begin in March, so that a leap day is a year's last.
 */
export function dayNumber(year: number, month: number, date: number): number | null {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  if (date < 1 || date > (lengths[month - 1] ?? 0)) return null;
  const marchYear = month <= 2 ? year - 1 : year;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + date - 1;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  const epoch = 719_468;
  return marchYear * 365 + leapDays + dayOfYear - epoch;
}

/** 0 for Sunday to 6 for Saturday; `day` as `dayNumber` counts. */
export function weekdayOf(day: number): number {
  return (((day + 4) % 7) + 7) % 7;
}
