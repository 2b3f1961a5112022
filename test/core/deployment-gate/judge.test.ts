import { describe, expect, test } from "vitest";
import { answerOf } from "../../../src/core/deployment-gate/answer.ts";
import type { DeploymentFacts } from "../../../src/core/deployment-gate/facts.ts";
import { agent, arrival, factsOf, halt, judge, judged, nowMs, person, sha } from "./facts.ts";

const verdictOf = (over: Partial<DeploymentFacts>, policy = ""): string => judge(factsOf(over), policy).verdict;
const run = (passed: boolean) => ({ id: 5, passed });
const merged = (passed: boolean | null) => [
  { number: 1, headSha: sha("c"), run: passed === null ? null : run(passed) },
];

test("what was merged through the gate onto a guarded branch may be deployed", () => {
  expect(judge(factsOf())).toMatchObject({ verdict: "allow", gaps: [], merged: [1], nextLookMs: null });
  expect(verdictOf({ arrivals: [] })).toBe("allow");
});

describe("the branch", () => {
  test("that no rule of ours guards stops it, and so does none at all", () => {
    expect(verdictOf({ branch: null })).toBe("block");
    expect(verdictOf({ branch: { name: "main", isDefault: true, required: false } })).toBe("block");
  });
  test("of which the rules are not known needs people", () => {
    expect(verdictOf({ branch: { name: "main", isDefault: true, required: null } })).toBe("hold");
  });
});

describe("what was merged", () => {
  test.each([
    ["past the gate", arrival({ merged: merged(false) }), "block"],
    ["without a run of ours", arrival({ merged: merged(null) }), "block"],
    ["although it was judged block", arrival({}, [judged(1, { verdict: "block" })]), "block"],
    ["while it waited", arrival({}, [judged(1, { verdict: "wait" })]), "block"],
    ["with one that was not allowed", arrival({}, [judged(1), judged(2, { verdict: "hold" })]), "block"],
    ["and is not in the ledger", arrival({}, [judged(1, { verdict: null })]), "hold"],
    ["and nobody knows what it was", arrival({ merged: [], run: run(true) }, null), "hold"],
    ["past the gate, and nobody knows what it was", arrival({ merged: [] }, null), "block"],
    ["by a queue that was let pass", arrival({ kind: "queue", merged: [], run: run(true) }), "allow"],
    ["by a queue that was not", arrival({ kind: "queue", merged: [], run: run(false) }), "block"],
    ["by a queue that nobody judged", arrival({ kind: "queue", merged: [] }, null), "block"],
    [
      "by a queue of which the ledger knows nothing",
      arrival({ kind: "queue", merged: [], run: run(true) }, null),
      "hold",
    ],
    ["by a push of a green commit", arrival({ kind: "push", merged: [], run: run(true) }, []), "allow"],
    ["by a push", arrival({ kind: "push", merged: [] }, []), "block"],
  ] as const)("%s", (_, one, verdict) => {
    expect(verdictOf({ arrivals: [arrival(), one] })).toBe(verdict);
  });

  const before = { atMs: nowMs - 2 * 86_400_000 };
  test("before this app came is not asked for, as long as nothing of ours stands on it", () => {
    expect(verdictOf({ arrivals: [arrival({ ...before, kind: "push", merged: [] }, [])] })).toBe("allow");
    expect(verdictOf({ arrivals: [arrival({ ...before, merged: merged(null) }, null)] })).toBe("allow");
    expect(verdictOf({ arrivals: [arrival({ ...before, merged: merged(false) }, null)] })).toBe("block");
    expect(
      verdictOf({ arrivals: [arrival({ ...before, merged: merged(null) }, [judged(1, { verdict: "block" })])] }),
    ).toBe("block");
  });
  test("while it is not known when this app came is not taken for earlier", () => {
    const pushed = [arrival({ kind: "push", merged: [] }, [])];
    expect(verdictOf({ arrivals: pushed, knownSinceMs: null })).toBe("hold");
  });
});

test("nothing live to compare with, an environment without a name in the policy and a policy that cannot be read need people", () => {
  expect(judge(factsOf({ live: null })).gaps).toMatchObject([{ id: "nothing-live" }]);
  const { subject } = factsOf();
  expect(judge(factsOf({ subject: { ...subject, environment: "moon" } })).gaps).toMatchObject([
    { id: "unnamed-environment" },
  ]);
  expect(judge(factsOf(), "unheard_of: 1\n")).toMatchObject({ verdict: "hold", gaps: [{ id: "policy-unreadable:1" }] });
});

test("an environment is found by its names in the policy, in whatever case", () => {
  const { subject } = factsOf();
  const named = (environment: string, policy = ""): readonly string[] =>
    judge(factsOf({ subject: { ...subject, environment } }), policy).gaps.map(({ id }) => id);
  for (const name of ["production", "PRODUCTION", "Prod", "live"]) expect(named(name)).toEqual([]);
  const policy = "environments: { production: { deployments: [prod-eu] } }\n";
  expect(named("Prod-EU", policy)).toEqual([]);
  expect(named("prod-us", policy)).toEqual(["unnamed-environment"]);
});

describe("a freeze", () => {
  const policy = (keys: string): string =>
    `freezes: [{ name: a, from: 2026-03-02T08:00, to: 2026-03-02T10:00, ${keys} }]\n`;
  test("that is open is waited for until it ends", () => {
    const frozen = judge(factsOf(), policy("applies_to: everyone, environments: [production]"));
    expect(frozen).toMatchObject({ verdict: "wait", nextLookMs: Date.UTC(2026, 2, 2, 10) });
    expect(answerOf(frozen)).toBe("waits");
  });
  test("of another environment, or of agents where none had a hand in it, is none", () => {
    expect(verdictOf({}, policy("applies_to: everyone, environments: [staging]"))).toBe("allow");
    expect(verdictOf({}, policy("applies_to: agents"))).toBe("allow");
  });
  test.each([
    ["wrote one of them", { arrivals: [arrival({}, [judged(1, { wrote: { isAgent: true, marks: ["claude"] } })])] }],
    ["may have written one of them", { arrivals: [arrival({}, [judged(1, { wrote: null })])] }],
    ["set it off", { startedBy: [agent] }],
    ["may have set it off", { startedBy: [null] }],
  ])("of agents holds where an agent %s", (_, over) => {
    expect(verdictOf(over, policy("applies_to: agents"))).toBe("wait");
  });
});

describe("a halt", () => {
  test("of everyone rejects it, whatever else is missing and whatever the mode", () => {
    const observing = judge(factsOf({ halts: [halt()], live: null }), "mode: observe\n");
    expect(answerOf(observing)).toBe("rejected");
    expect(observing.policy.mode).toBe("enforce");
  });
  test("of agents stops what an agent wrote, may have written or set off, and nothing else", () => {
    const halts = [halt({ stops: "agents" })];
    expect(verdictOf({ halts })).toBe("allow");
    expect(verdictOf({ halts, startedBy: [agent] })).toBe("block");
    expect(verdictOf({ halts, arrivals: [arrival({}, [judged(1, { wrote: null })])] })).toBe("block");
  });
  test("of one agent stops what bears its mark", () => {
    const halts = [halt({ scope: { kind: "agent", installationId: 1, agent: "claude" }, stops: "agents" })];
    const by = (mark: string) => [arrival({}, [judged(1, { wrote: { isAgent: true, marks: [mark] } })])];
    expect(verdictOf({ halts, arrivals: by("claude") })).toBe("block");
    expect(verdictOf({ halts, arrivals: by("devin") })).toBe("allow");
  });
  test("of another repository does not reach here", () => {
    const scope = { kind: "repository", installationId: 1, repositoryId: 8 } as const;
    expect(verdictOf({ halts: [halt({ scope })] })).toBe("allow");
  });
});

test("a policy that observes approves, and what is missing only keeps an enforcing one from it", () => {
  const facts = factsOf({ branch: null });
  expect(answerOf(judge(facts, "mode: observe\n"))).toBe("approved");
  expect(answerOf(judge(facts))).toBe("rejected");
  expect(answerOf(judge(factsOf({ live: null })))).toBe("waits");
  expect(answerOf(judge(factsOf()))).toBe("approved");
});

test("a bake at the deployment needs something to be compared with", () => {
  const policy = "environments: { production: { bake: { in: staging, for: 24h, at: deployment } }, staging: {} }\n";
  expect(verdictOf({}, policy)).toBe("hold");
  const nothing = { environments: [], branches: [], paths: [], versions: [], tips: [], arrivals: [], contents: {} };
  expect(verdictOf({ baking: { differing: [], record: nothing } }, policy)).toBe("allow");
  const entry = { mode: "100644", sha: sha("e") } as const;
  const differing = [{ path: "a", live: null, head: entry }];
  expect(verdictOf({ baking: { differing, record: nothing } }, policy)).toBe("hold");
  const known = { kind: "known", environment: "staging", deployments: [], runs: [], sinceMs: null } as const;
  expect(verdictOf({ baking: { differing, record: { ...nothing, environments: [known] } } }, policy)).toBe("wait");
});

test("what counts as a person's is a person's, by the policy", () => {
  expect(verdictOf({ halts: [halt({ stops: "agents" })], startedBy: [person] }, "agents: { also: [person-a] }\n")).toBe(
    "block",
  );
});
