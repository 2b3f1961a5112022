import { expect, test } from "vitest";
import {
  aroundOf,
  type BranchFacts,
  type BranchPolicy,
  isGatedBy,
  type Movement,
} from "../../../src/core/around/around.ts";
import { effective } from "../policy/read.ts";
import { strictDefault } from "../../../src/core/policy/merge.ts";
import { claude, person } from "../facts.ts";

const green = { id: 5, passed: true };
const red = { id: 6, passed: false };

function movement(overrides: Partial<Movement> = {}): Movement {
  const [beforeSha, afterSha] = ["1".repeat(40), "2".repeat(40)];
  return { id: 9, kind: "push", atMs: 0, actor: person(1), beforeSha, afterSha, run: null, merged: [], ...overrides };
}

function ways(overrides: Partial<Movement>, facts: Partial<BranchFacts> = {}): readonly string[] {
  const found = aroundOf({ movements: [movement(overrides)], required: true, policies: [listed({})], ...facts });
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
    ways({ actor: person(7, "our-agent") }, { required: false, policies: [listed({ also: ["Our-Agent"] })] }),
  ).toHaveLength(1);
});

test("where it is not known whether it is required, a push is told", () => {
  expect(ways({}, { required: null })).toHaveLength(1);
});

test("automation that the policy names pushes where nothing is required, under its own id alone", () => {
  const policies = [listed({ automation: ["renovate[bot]"] })];
  const renovate = (id: number) => ({ id, login: "renovate[bot]", type: "Bot" }) as const;
  expect(ways({ actor: renovate(29_139_614) }, { required: false, policies })).toEqual([]);
  expect(ways({ actor: renovate(1) }, { required: false, policies })).toHaveLength(1);
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

test("a push that makes its author automation, or takes it off the list of agents, is still an agent's", () => {
  const before = listed({ also: ["our-agent"] });
  const after = listed({ automation: ["our-agent"] });
  const actor = person(7, "our-agent");
  expect(ways({ actor }, { required: false, policies: [after, before] })).toHaveLength(1);
  expect(ways({ actor }, { required: false, policies: [after] })).toEqual([]);
});

test("a gate is wanted where merging reaches staging or production, and the policy enforces", () => {
  const policy = effective({
    own: "version: 1\nenvironments:\n  production: { branches: [release/*] }\n  lab: { tier: development, branches: [lab] }\nlayout: ['{environment}/**']\n",
  });
  const gated = ["release/1", "production", "lab", "develop", "topic"].filter((branch) => isGatedBy(branch, policy));
  expect(gated).toEqual(["release/1", "production"]);
  expect(isGatedBy("production", { ...policy, mode: "observe" })).toBe(false);
});

function listed(lists: Partial<BranchPolicy["agents"]>): BranchPolicy {
  const { halt } = strictDefault();
  return {
    agents: { also: [], automation: [], machines: [], ...lists },
    alarms: { issues: [], on: [] },
    halt,
    mode: "enforce",
  };
}
