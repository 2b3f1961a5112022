import { expect, test } from "vitest";
import { aroundOf, type BranchFacts, type Movement } from "../../../src/core/around/around.ts";
import { claude, person } from "../facts.ts";

const green = { id: 5, passed: true };
const red = { id: 6, passed: false };

function movement(overrides: Partial<Movement> = {}): Movement {
  const [beforeSha, afterSha] = ["1".repeat(40), "2".repeat(40)];
  return { id: 9, kind: "push", actor: person(1), beforeSha, afterSha, run: null, merged: [], ...overrides };
}

function ways(overrides: Partial<Movement>, facts: Partial<BranchFacts> = {}): readonly string[] {
  const agents = { also: [], automation: [], machines: [] };
  const found = aroundOf({ movements: [movement(overrides)], required: true, agents, ...facts });
  return found.map(
    ({ way, number, runId, byAgent }) => `${way} ${number} run ${runId}${byAgent ? " by an agent" : ""}`,
  );
}

test("a push past a required check is told, whoever pushed", () => {
  expect(ways({})).toEqual(["push null run null"]);
  expect(ways({ run: red })).toEqual(["push null run 6"]);
  expect(ways({ actor: claude })).toEqual(["push null run null by an agent"]);
});

test("a push of what the check has let pass is the way that GitHub allows", () => {
  expect(ways({ run: green })).toEqual([]);
});

test("where nothing requires the check, people push as they like and agents are told of", () => {
  expect(ways({}, { required: false })).toEqual([]);
  expect(ways({ actor: claude }, { required: false })).toHaveLength(1);
  expect(ways({ actor: null }, { required: false })).toHaveLength(1);
  expect(
    ways({ actor: person(7, "our-agent") }, { required: false, agents: listed({ also: ["Our-Agent"] }) }),
  ).toHaveLength(1);
});

test("where it is not known whether it is required, a push is told", () => {
  expect(ways({}, { required: null })).toHaveLength(1);
});

test("automation that the policy names pushes where nothing is required, under its own id alone", () => {
  const automation = listed({ automation: ["renovate[bot]"] });
  const renovate = (id: number) => ({ id, login: "renovate[bot]", type: "Bot" }) as const;
  expect(ways({ actor: renovate(29_139_614) }, { required: false, agents: automation })).toEqual([]);
  expect(ways({ actor: renovate(1) }, { required: false, agents: automation })).toHaveLength(1);
  expect(ways({ actor: renovate(29_139_614) }, { required: false })).toHaveLength(1);
});

test("a merge on a head whose check was not green is told with its pull request, required or not", () => {
  const headSha = "3".repeat(40);
  const merged = [
    { number: 1, headSha, run: red },
    { number: 2, headSha, run: null },
    { number: 3, headSha, run: green },
  ];
  expect(ways({ kind: "merge", merged })).toEqual(["merge 1 run 6", "merge 2 run null"]);
  expect(ways({ kind: "merge", merged: merged.slice(2) })).toEqual([]);
  expect(ways({ kind: "merge", merged: merged.slice(0, 1) }, { required: false })).toHaveLength(1);
});

test("a merge that cannot be traced to a pull request is told unless what it made is green", () => {
  expect(ways({ kind: "merge" })).toEqual(["merge null run null"]);
  expect(ways({ kind: "merge", run: green })).toEqual([]);
});

test("a merge of the queue is judged by the run on what the queue made", () => {
  expect(ways({ kind: "queue", run: red })).toEqual(["merge null run 6"]);
  expect(ways({ kind: "queue", run: green })).toEqual([]);
});

function listed(lists: Partial<BranchFacts["agents"]>): BranchFacts["agents"] {
  return { also: [], automation: [], machines: [], ...lists };
}
