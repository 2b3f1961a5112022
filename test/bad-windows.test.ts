// Windows that cannot be meant are refused with the reason, wherever they stand; odd hours and odd clocks are taken as they come.
import { describe, expect, test } from "vitest";
import type { Facts } from "../src/core/facts.ts";
import { type PolicySource, readPolicies } from "../src/core/policy/reading.ts";
import { rules } from "../src/core/rules/index.ts";
import { deployment, judge, repository } from "./core/evaluate/changes.ts";
import { changeOf, factsOf, file, person, review, writers } from "./core/facts.ts";

const said = (scope: PolicySource["scope"], text: string): readonly string[] =>
  readPolicies([{ scope, at: "f.yml", content: { kind: "text", text }, former: null }], rules).errors;

/** Each as a schedule, with what is said of it. */
const schedules: readonly (readonly [schedule: string, reason: string])[] = [
  ["daily 17:00-17:00", "closes as it opens, and so never is open; leave the times out for the whole day"],
  ["weekdays 25:00-26:00", "has a time that no day has; write times from 00:00 to 24:00"],
  ["weekdays 8:00-17:00", "is no schedule; write days, times and a zone"],
  ["17:00-08:00", '"17:00-08:00" is no day'],
  ["weekdays 17:00-08:00 CEST", '"CEST" is no time zone'],
  ["weekdays 17:00-08:00 Mars/Olympus", '"Mars/Olympus" is no time zone'],
  ["weekdays 17:00-08:00 Europe/Berlyn", '"Europe/Berlyn" is no time zone; did you mean "Europe/Berlin"?'],
  ["fortnightly 17:00-08:00", '"fortnightly" is no day'],
  ["mon,,tue 17:00-08:00", '"" is no day'],
  ["", '"" is no schedule'],
  ["weekdays 17:00-08:00 UTC UTC", "is no schedule"],
];
const places: readonly (readonly [PolicySource["scope"], (schedule: string) => string])[] = [
  ["repository", (schedule) => `version: 1\nfreezes: [{ name: a, schedule: ${JSON.stringify(schedule)} }]\n`],
  ["organisation", (schedule) => `version: 1\nfreezes: [{ name: a, schedule: ${JSON.stringify(schedule)} }]\n`],
  [
    "operations",
    (schedule) => `[{ type: a, schedule: ${JSON.stringify(schedule)}, services: [a], action: do_not_touch }]\n`,
  ],
];
const everywhere = schedules.flatMap(([schedule, reason]) =>
  places.map(([scope, text]) => [schedule, scope, reason, text(schedule)] as const),
);

describe("a schedule that cannot be meant is refused with its place", () => {
  test.each(everywhere)("%j of %s: %s", (_, scope, reason, text) => {
    const errors = said(scope, text);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(reason);
    expect(errors[0]).toMatch(/^Cannot read policy f\.yml:[12]:\d+: /u);
  });
});

describe("a freeze that cannot be meant is refused with its place", () => {
  test.each([
    ["from: 2027-01-04T08:00, to: 2026-12-18T17:00", "is over before it begins"],
    ["from: 2026-12-18T17:00, to: 2026-12-18T17:00", "is over before it begins"],
    // The clock is put forward from 02:00 to 03:00: nothing lies between.
    ["from: 2026-03-29T02:10 Europe/Berlin, to: 2026-03-29T02:50 Europe/Berlin", "is over before it begins"],
    // The same reading, but an hour earlier on the clock of Berlin.
    ["from: 2026-12-18T17:00 UTC, to: 2026-12-18T17:30 Europe/Berlin", "is over before it begins"],
    ["from: 2026-12-18T17:00 Nowhere/Land, to: 2026-12-19T17:00", '"Nowhere/Land" is no time zone'],
    ["from: 2026-02-30T17:00, to: 2026-12-19T17:00", '"2026-02-30T17:00" is no moment'],
    ["from: 2026-12-18, to: 2026-12-19T17:00", '"2026-12-18" is no moment'],
    ["schedule: weekends, from: 2026-12-18T17:00", "has both a schedule and a start or an end"],
    ["environments: [production]", "never opens and closes"],
  ])("{ %s }: %s", (keys, reason) => {
    const errors = said("repository", `version: 1\nfreezes: [{ name: a, ${keys} }]\n`);
    expect(errors).toEqual([expect.stringContaining(reason)]);
    expect(errors[0]).toMatch(/^Cannot read policy f\.yml:2:\d+: /u);
  });

  test("as is a policy in a zone that there is not", () => {
    expect(said("repository", "version: 1\ntimezone: Mars/Olympus\n")).toEqual([
      expect.stringContaining("f.yml:2:11: expected a time zone, such as Europe/Berlin"),
    ]);
  });
});

describe("what odd hours make of a window is taken as it comes", () => {
  test.each([
    "weekdays 22:00-06:00 Europe/Berlin",
    "daily 02:15-02:45 Europe/Berlin",
    "sun 00:00-24:00 Australia/Lord_Howe",
    "sat 23:30-00:30 America/Santiago",
  ])("%s is a schedule, whatever the clock does on the night when it is changed", (schedule) => {
    for (const [scope, text] of places) expect(said(scope, text(schedule))).toEqual([]);
  });
});

describe("a clock that is set back", () => {
  const people = [1, 2, 3].map((id) => person(id));
  const facts: Facts = factsOf({
    change: changeOf(file("k8s/staging/api/a.yaml", deployment("a"), deployment("a", { image: "a:2" }))),
    reviews: people.map((one) => review(one)),
    people: writers(...people),
  });
  const freeze = 'freezes: [{ name: a, schedule: "daily 14:00-16:00 UTC" }]\n';
  const policy = [repository(`layout: ["k8s/{environment}/{service}/**"]\n${freeze}`)];
  const at = (time: string) => judge(facts, policy, Date.parse(`2026-03-02T${time}Z`));

  test("finds every verdict as it was at that time, and the same moment to look again", () => {
    const [before, during] = [at("13:59:59.999"), at("14:00:00.000")];
    expect([before.verdict, during.verdict]).toEqual(["allow", "block"]);
    expect([before.nextLookMs, during.nextLookMs].map((ms) => new Date(ms ?? 0).toISOString())).toEqual([
      "2026-03-02T14:00:00.000Z",
      "2026-03-02T16:00:00.000Z",
    ]);
    expect(at("13:59:59.999")).toEqual(before);
    expect(at("16:00:00.000").verdict).toBe("allow");
    expect(at("15:59:59.999")).toMatchObject({ verdict: "block", nextLookMs: during.nextLookMs });
  });
});
