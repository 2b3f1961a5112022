import { expect, test } from "vitest";
import type { AlarmRecord } from "../../../src/core/alarms/alarm.ts";
import { alarmsOf } from "../../../src/core/alarms/plan.ts";
import type { Around } from "../../../src/core/around/around.ts";
import { strictDefault } from "../../../src/core/policy/merge.ts";
import type { Policy } from "../../../src/core/policy/schema.ts";
import type { Posture } from "../../../src/core/posture/posture.ts";
import { postureOf, requiring } from "../posture/postures.ts";
import { merge, push } from "./ways.ts";

const main = { repository: { id: 1, owner: "acme", name: "shop" }, branch: "main" };
const every: Policy["alarms"]["on"] = ["bypass_merge", "direct_push", "gate_not_required"];

interface Given {
  readonly ways: readonly Around[];
  readonly alarms: readonly Policy["alarms"][];
  readonly posture: Posture;
  readonly known: readonly AlarmRecord[];
}

function plan(given: Partial<Given>) {
  const { ways = [], alarms = [{ issues: [], on: every }], posture = postureOf(), known = [] } = given;
  const agents = { also: [], automation: [], machines: [] };
  const facts = {
    movements: [],
    required: true,
    policies: alarms.map((one) => ({ ...strictDefault(), agents, alarms: one })),
  };
  return alarmsOf(main, { facts, posture, ways }, known);
}

function due(given: Partial<Given>): readonly string[] {
  return plan(given).due.map(
    ({ alarm, place, named }) =>
      `${alarm.kind} ${place.kind === "issue" ? place.repository : `#${place.number}`}${named ? "" : ", named no more"}`,
  );
}

const incidents = [{ issues: ["acme/incidents"], on: every }];
const unrequired = postureOf({ requiring: [] });

test("where a repository is named, every way around the gate becomes an issue there and no comment", () => {
  expect(due({ ways: [merge, push], alarms: incidents })).toEqual([
    "bypass_merge acme/incidents",
    "direct_push acme/incidents",
  ]);
});

test("where none is named, a merge is told on its pull request, and what has none stays in the ledger", () => {
  expect(due({ ways: [merge, push], posture: unrequired })).toEqual(["bypass_merge #7"]);
  expect(due({ ways: [{ ...merge, number: null }] })).toEqual([]);
});

test("only the kinds that are asked for are told", () => {
  const on = ["direct_push"] as const;
  expect(due({ ways: [merge, push], alarms: [{ issues: ["acme/incidents"], on }], posture: unrequired })).toEqual([
    "direct_push acme/incidents",
  ]);
});

test("places and kinds of every policy hold: what a push takes out is still told", () => {
  const nothing = { issues: [], on: [] };
  expect(due({ ways: [push], alarms: [nothing, ...incidents] })).toEqual(["direct_push acme/incidents"]);
  expect(
    due({
      ways: [push],
      alarms: [
        { issues: ["acme/b"], on: [] },
        { issues: ["acme/a"], on: every },
      ],
    }),
  ).toEqual(["direct_push acme/a", "direct_push acme/b"]);
});

test.each([
  ["not required", { requiring: [] }],
  ["required from anybody", { requiring: [requiring({ pinnedTo: null })] }],
  ["required from another app", { requiring: [requiring({ pinnedTo: 1 })] }],
])("a check that is %s is told", (_, posture) => {
  expect(due({ alarms: incidents, posture: postureOf(posture) })).toEqual(["gate_not_required acme/incidents"]);
});

test.each([
  ["required and pinned", {}],
  ["pinned, and somebody may bypass it", { requiring: [requiring({ bypass: null })] }],
  ["not known", { requiring: [], unread: ["the rulesets could not be read"] }],
])("a check that is %s raises no alarm", (_, posture) => {
  expect(due({ alarms: incidents, posture: postureOf(posture) })).toEqual([]);
});

const told: AlarmRecord = { kind: "gate_not_required", way: null, issues: "acme/incidents", raised: 3 };

test("a state that was told stands while it lasts and while it is not known, and is over when it is", () => {
  const unread = postureOf({ requiring: [], unread: ["the rulesets could not be read"] });
  for (const posture of [unrequired, unread]) {
    expect(plan({ alarms: incidents, posture, known: [told] })).toEqual({ due: [], standing: [told], over: [] });
  }
  expect(plan({ alarms: incidents, known: [told] })).toEqual({ due: [], standing: [], over: [told] });
});

test("a state that could not be told is due again only while it lasts", () => {
  const known = [{ ...told, raised: null }];
  expect(due({ alarms: incidents, posture: unrequired, known })).toEqual(["gate_not_required acme/incidents"]);
  expect(plan({ alarms: incidents, known })).toEqual({ due: [], standing: [], over: [] });
});

test("a happening that could not be told is due where it was to be told and where it would be now", () => {
  const record = { kind: "bypass_merge", way: merge, issues: "acme/incidents", raised: null } as const;
  expect(due({ alarms: incidents, known: [record] })).toEqual(["bypass_merge acme/incidents"]);
  expect(due({ known: [record] })).toEqual(["bypass_merge #7", "bypass_merge acme/incidents, named no more"]);
  expect(due({ alarms: [{ issues: [], on: [] }], known: [{ ...record, issues: null }] })).toEqual([
    "bypass_merge #7, named no more",
  ]);
});
