import { describe, expect, it } from "vitest";
import { effectivePolicy } from "../../../src/core/policy/merge.ts";
import { policyErrorText } from "../../../src/core/policy/parse.ts";
import { document, effective, mistakes, rules } from "./read.ts";

const zonesOf = (texts: Parameters<typeof effective>[0]) =>
  Object.fromEntries(
    effective(texts).freezes.map(({ name, window }) => [
      name,
      window.kind === "weekly" ? window.zone : [window.from.zone, window.to.zone],
    ]),
  );
const freeze = (keys: string) => `version: 1\nfreezes:\n  - { name: a, ${keys} }\n`;

describe("a freeze", () => {
  it.each([
    ["environments: [production]", '3:5: the freeze "a" never opens and closes; add `schedule`, or `from` and `to`'],
    ["from: 2026-12-18T17:00", '3:5: the freeze "a" never opens and closes; add `to`'],
    ["to: 2026-12-18T17:00", '3:5: the freeze "a" never opens and closes; add `from`'],
    [
      "schedule: daily 17:00-08:00, to: 2026-12-18T17:00",
      '3:16: the freeze "a" has both a schedule and a start or an end; make two freezes of it',
    ],
    [
      "from: 2027-01-04T08:00, to: 2026-12-18T17:00",
      '3:44: the freeze "a" is over before it begins, and so never is open; let it end after `from`',
    ],
    [
      "from: 2026-12-18T17:00 UTC, to: 2026-12-18T17:30 Europe/Berlin",
      '3:48: the freeze "a" is over before it begins, and so never is open; let it end after `from`',
    ],
    [
      "schedule: daily 17:00-17:00",
      '3:26: "daily 17:00-17:00" closes as it opens, and so never is open; leave the times out for the whole day',
    ],
    [
      "schedule: weekdays 17:00-08:00 Europe/Berlyn",
      '3:26: "Europe/Berlyn" is no time zone; did you mean "Europe/Berlin"?',
    ],
    ["schedule: weekend", '3:26: "weekend" is no day; did you mean "weekends"?'],
    [
      "from: 2026-02-29T17:00, to: 2027-01-04T08:00",
      '3:22: "2026-02-29T17:00" is no moment; write a day and a time, such as 2026-12-18T17:00',
    ],
    ["schedule: daily, environments: []", "3:47: needs at least one entry"],
    [
      "schedule: daily, applies_to: agent",
      '3:45: expected one of agents, everyone, found "agent"; did you mean "agents"?',
    ],
  ])("that cannot be meant is refused with its place: { %s }", (keys, mistake) => {
    expect(mistakes(freeze(keys))).toEqual([mistake]);
  });

  it("needs a name that no other one in the file has", () => {
    const text = "version: 1\nfreezes:\n  - { name: a, schedule: daily }\n  - { name: a, schedule: weekends }\n";
    expect(mistakes(text)).toEqual(['4:13: the freeze "a" stands twice; give each freeze its own name']);
  });

  it("names environments that there are", () => {
    const own = document(freeze("schedule: daily, environments: [staging, productoin]"));
    const result = effectivePolicy({ organisation: null, defaultBranch: own, baseBranch: null, operations: [] }, rules);
    expect(result.ok ? [] : result.errors.map(policyErrorText)).toEqual([
      expect.stringContaining(':3:57: unknown environment "productoin"; did you mean "production"?'),
    ]);
  });

  it("stops agents everywhere, unless it says otherwise", () => {
    expect(effective({ own: freeze("schedule: daily") }).freezes).toMatchObject([
      { environments: [], appliesTo: "agents" },
    ]);
  });

  it("holds beside one of the same name in another file, so that the tighter wins", () => {
    const { freezes } = effective({
      organisation: freeze("schedule: weekdays 17:00-08:00, environments: [production]"),
      own: freeze("schedule: weekdays 23:00-01:00, applies_to: everyone"),
    });
    expect(freezes.map(({ name, appliesTo }) => [name, appliesTo])).toEqual([
      ["a", "agents"],
      ["a", "everyone"],
    ]);
  });

  it("is in the zone that it names, else in its file's, else in the policy's", () => {
    const organisation = `version: 1\ntimezone: Asia/Tokyo\noverridable: [timezone]\nfreezes: [{ name: theirs, schedule: daily }]\n`;
    const rest = "freezes: [{ name: named, schedule: daily America/New_York }, { name: own, schedule: daily }]\n";
    expect(zonesOf({ organisation, own: `version: 1\n${rest}` })).toEqual({
      theirs: "Asia/Tokyo",
      named: "America/New_York",
      own: "Asia/Tokyo",
    });
    expect(zonesOf({ organisation, own: `version: 1\ntimezone: Europe/Berlin\n${rest}` })).toEqual({
      theirs: "Asia/Tokyo",
      named: "America/New_York",
      own: "Europe/Berlin",
    });
    const closed = organisation.replace("overridable: [timezone]\n", "");
    expect(zonesOf({ organisation: closed, own: `version: 1\ntimezone: Europe/Berlin\n${rest}` })).toMatchObject({
      theirs: "Asia/Tokyo",
      own: "Europe/Berlin",
    });
    const silent = organisation.replace("timezone: Asia/Tokyo\n", "");
    expect(zonesOf({ organisation: silent, own: "version: 1\ntimezone: Europe/Berlin\n" })).toEqual({ theirs: "UTC" });
    const once = freeze("from: 2026-12-18T17:00, to: 2027-01-04T08:00 Asia/Tokyo");
    expect(zonesOf({ own: once })).toEqual({ a: ["UTC", "Asia/Tokyo"] });
  });
});

describe("a planned operation", () => {
  const operation = (keys: string) => `version: 1\noperations:\n  - { type: load_test, ${keys} }\n`;
  it.each([
    [
      "schedule: daily 14:00-16:00, services: [api], action: dont_scale",
      '3:78: expected one of do_not_scale, do_not_touch, found "dont_scale"; did you mean "do_not_scale"?',
    ],
    ["services: [api], action: do_not_scale", "3:5: `schedule` is missing; add it"],
    ["schedule: daily, action: do_not_scale", "3:5: `services` is missing; add it"],
    ["schedule: daily, services: [], action: do_not_scale", "3:51: needs at least one entry"],
    ["schedule: dayly, services: [api], action: do_not_scale", '3:34: "dayly" is no day; did you mean "daily"?'],
  ])("that cannot be meant is refused with its place: { %s }", (keys, mistake) => {
    expect(mistakes(operation(keys))).toEqual([mistake]);
  });
});
