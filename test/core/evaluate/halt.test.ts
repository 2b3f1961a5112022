import { describe, expect, test } from "vitest";
import type { Halt } from "../../../src/core/decisions/decision.ts";
import { unevaluated } from "../../../src/core/evaluate/unevaluated.ts";
import type { Facts } from "../../../src/core/facts.ts";
import { renderCheckRun } from "../../../src/core/report/check-run.ts";
import { changeOf, factsOf, file, person, review, writers } from "../facts.ts";
import { byPerson, judge, repository } from "./changes.ts";

const here = { kind: "repository", installationId: 1, repositoryId: 10 } as const;
const installation = { kind: "installation", installationId: 1 } as const;
const used = { sources: [], standIns: [], digest: "sha256:00", mode: "enforce" } as const;

function halt(overrides: Partial<Halt> = {}): Halt {
  return {
    id: "comment/10/1",
    kind: "halt",
    by: { kind: "account", id: 5, login: "person-e" },
    atMs: Date.UTC(2026, 2, 2, 9, 14),
    reason: "replicas explode",
    scope: here,
    stops: "agents",
    ...overrides,
  };
}

const approved: Partial<Facts> = {
  change: changeOf(file("README.md", "one\n", "two\n")),
  reviews: [review(person(2)), review(person(3))],
  people: writers(person(2), person(3)),
};

function judged(halts: readonly Halt[], overrides: Partial<Facts> = {}, mode: "enforce" | "observe" = "enforce") {
  const facts = factsOf({ ...approved, decided: { overrides: [], halts }, ...overrides });
  return judge(facts, [repository(`timezone: Europe/Berlin\nmode: ${mode}\n`)]);
}

const { commits, pullRequest } = byPerson();
const unmarked = { commits, pullRequest };

describe("a halt", () => {
  test("blocks an agent's change that is approved, and says who, when, why and how it is lifted", () => {
    expect(judged([]).verdict).toBe("allow");
    const { verdict, requirements, next } = judged([halt()]);
    expect(verdict).toBe("block");
    expect(requirements[0]).toMatchObject({
      id: "halt:comment/10/1",
      what: "The halt of all agents in this repository is lifted",
      from: "an administrator of the repository with `/sallyport resume REASON`, or whoever runs Sallyport with `sallyport resume`",
      now: "halted by `person-e` on Mon 2 Mar 2026, 09:14 UTC (10:14 Europe/Berlin): `replicas explode`",
      state: { kind: "failed" },
    });
    expect(next).toMatchObject({ actor: "people", action: "resume" });
  });

  test.each([
    [halt(), "the repository with `/sallyport resume REASON`"],
    [halt({ scope: installation }), "`/sallyport resume organisation REASON`"],
    [
      halt({ scope: { kind: "agent", installationId: 1, agent: "claude-code-action" } }),
      "`/sallyport resume agent claude-code-action REASON`",
    ],
  ])("names the command that lifts it, and not one that lifts another (%#)", (given, command) => {
    expect(judged([given]).requirements[0]?.from).toContain(command);
  });

  test.each([
    ["the whole installation", halt({ scope: installation })],
    ["the agent by its key", halt({ scope: { kind: "agent", installationId: 1, agent: "claude-code-action" } })],
    ["the agent by its login", halt({ scope: { kind: "agent", installationId: 1, agent: "Claude[bot]" } })],
    ["everyone", halt({ stops: "everyone" })],
  ])("of %s blocks it", (_, given) => {
    expect(judged([given]).verdict).toBe("block");
  });

  test.each([
    ["another repository", halt({ scope: { ...here, repositoryId: 11 } })],
    ["another installation", halt({ scope: { ...installation, installationId: 2 } })],
    ["another agent", halt({ scope: { kind: "agent", installationId: 1, agent: "devin" } })],
  ])("of %s leaves it alone", (_, given) => {
    expect(judged([given]).verdict).toBe("allow");
  });

  test("of agents leaves a change without marks alone; one of everyone does not", () => {
    expect(judged([halt()], unmarked).verdict).toBe("allow");
    expect(judged([halt({ stops: "everyone" })], unmarked).verdict).toBe("block");
  });

  test.each(["unreadable-commits", "unreadable-timeline", "unknown-opener"])(
    "of agents stops a change of which it is not known who wrote it: %s",
    (id) => {
      const gap = { id, level: "hold", path: null, side: "head", line: null, reason: "r", remedy: "r" } as const;
      const agent = halt({ scope: { kind: "agent", installationId: 1, agent: "devin" } });
      expect(judged([halt()], { ...unmarked, gaps: [gap] }).verdict).toBe("block");
      expect(judged([agent], { ...unmarked, gaps: [gap] }).verdict).toBe("block");
    },
  );

  test("fails the check where the policy only observes, and everything else is still only observed without it", () => {
    const shared = { verdict: "block", because: [] } as const;
    expect(renderCheckRun(judged([], {}, "observe"), shared, "https://github.com").conclusion).toBe("success");
    const run = renderCheckRun(judged([halt()], {}, "observe"), shared, "https://github.com");
    expect(run.conclusion).toBe("failure");
    expect(run.title).toBe("Block: halted by person-e on Mon 2 Mar 2026, 09:14 UTC (10:14 Europe/Berlin): r…");
  });

  test("stops what could not be evaluated, also where the policy only observes", () => {
    const facts = factsOf({ decided: { overrides: [], halts: [halt()] } });
    const given = unevaluated(facts, { ...used, mode: "observe" }, "out of time", 0, {
      version: "0.0.0",
      zoneData: "2026a",
    });
    expect(given).toMatchObject({ verdict: "block", policy: { mode: "enforce" } });
  });

  test("has a reason that nothing in it can leave", () => {
    const reason = "see `x` @acme/everyone [link](https://example.com) <img src=x> | row";
    expect(judged([halt({ reason })]).requirements[0]?.now.split("`")).toHaveLength(5);
    const { summary } = renderCheckRun(
      judged([halt({ reason })]),
      { verdict: "block", because: [] },
      "https://github.com",
    );
    expect(summary).not.toMatch(/(?<!`[^`]*)@acme/u);
    expect(summary).not.toContain("<img");
  });

  test("by who runs Sallyport is answered by them", () => {
    const { next } = judged([halt({ by: { kind: "operator", name: "night shift" }, scope: installation })]);
    expect(next.actor).toBe("operator");
    expect(next.do).toContain("`night shift`, who runs Sallyport,");
  });
});
