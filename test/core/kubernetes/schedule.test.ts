import { expect, test } from "vitest";
import { runsPerYear } from "../../../src/core/kubernetes/schedule.ts";

test.each([
  ["* * * * *", 525_600],
  ["*/5 * * * *", 105_120],
  ["0 * * * *", 8760],
  ["@hourly", 8760],
  ["0 3 * * *", 365],
  ["0,30 9-17 * * 1-5", (18 * 365 * 5) / 7],
  ["0 9 * * MON-FRI", (365 * 5) / 7],
  ["0 0 1 1 *", 365 / 31 / 12],
  ["0 0 * * 7", 365 / 7],
  ["0 0 1 * 0", 365 * (1 / 31 + 1 / 7)],
  ["10/20 * * * *", 26_280],
])("%s starts a job %d times a year", (schedule, runs) => {
  expect(runsPerYear(schedule)).toBeCloseTo(runs, 6);
});

test.each([
  "",
  "* * * *",
  "61 * * * *",
  "*/0 * * * *",
  "5-1 * * * *",
  "@reboot",
  "${CRON}",
  "H * * * *",
  "* * * * * *",
])("'%s' cannot be read", (schedule) => {
  expect(runsPerYear(schedule)).toBeNull();
});
