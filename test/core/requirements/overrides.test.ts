import { describe, expect, test } from "vitest";
import type { Gap } from "../../../src/core/change/change-set.ts";
import type { Override } from "../../../src/core/decisions/decision.ts";
import type { Evaluation } from "../../../src/core/evaluate/evaluation.ts";
import type { Facts } from "../../../src/core/facts.ts";
import { title } from "../../../src/core/report/words.ts";
import { writeReport } from "../../../src/core/report/markdown.ts";
import { evaluatedEntry, publishedReport } from "../../../src/core/ledger/entry.ts";
import { commandName } from "../../../src/core/requirements/overrides.ts";
import { byPerson, deployment, judgeAsTold, nowMs, repository, toldOf } from "../evaluate/changes.ts";
import { changeOf, claude, commit, factsOf, file, headSha, person, pullRequest, review, writers } from "../facts.ts";

const [a, b, c, onCall] = [person(1), person(2), person(3), person(4)];
const rule = "k8s-liveness-too-eager";
const hourMs = 3_600_000;
const asked = 'override: { by: ["@acme/sre"], count: 2 }\n';
const nobody = "approvals: { by_risk: 0 }\n";
const glass =
  'override: { by: ["@acme/sre"], count: 2, break_glass: { by: ["@acme/oncall"], for: 4h, report_to: acme/incidents } }\n';

/** An agent's change with one finding that blocks, in staging, where no approvals are asked. */
const blocked = (overrides: Partial<Facts> = {}): Facts =>
  factsOf({
    change: changeOf(file("k8s/staging/a.yaml", deployment("a"), deployment("a", { failures: "1" }))),
    people: writers(a, b, c, onCall),
    teams: [
      { team: "@acme/sre", members: [a.id, b.id] },
      { team: "@acme/oncall", members: [onCall.id] },
    ],
    ...overrides,
  });

let given = 0;
function override(by: number, overrides: Partial<Override> = {}): Override {
  given += 1;
  return {
    id: `comment/10/${given}`,
    kind: "override",
    by: { kind: "account", id: by, login: `person-${by}` },
    atMs: nowMs - hourMs,
    reason: "it is known",
    subjectId: "pull/10/7",
    headSha,
    baseRef: "main",
    names: [rule],
    breakGlass: false,
    ...overrides,
  };
}

/** What facts come to once they had been reported and these overrides were given. */
function decided(facts: Facts, overrides: readonly Override[], policy = asked + nobody, atMs = nowMs): Evaluation {
  const policies = [repository(policy)];
  const told = facts.publications.length > 0 ? facts : toldOf(facts, judgeAsTold(facts, policies, atMs));
  return judgeAsTold({ ...told, decided: { overrides, halts: [] } }, policies, atMs);
}

const both = (overrides: Partial<Override> = {}) => [override(a.id, overrides), override(b.id, overrides)];

describe("an override", () => {
  test("lifts what a report showed once as many people as the policy asks have given it; it is still shown", () => {
    expect(decided(blocked(), []).verdict).toBe("block");
    const evaluation = decided(blocked(), both());
    expect(evaluation.verdict).toBe("allow");
    expect(evaluation.findings).toMatchObject([
      { level: "block", overridden: { by: ["person-1", "person-2"], reasons: ["it is known"], glassUntilMs: null } },
    ]);
    expect(evaluation.invariants).toContainEqual(
      expect.objectContaining({ invariant: "values-stay-in-bounds", result: "overridden" }),
    );
    expect(title(evaluation)).toBe("Allow: 1 finding or gap overridden by person-1, person-2");
  });

  test("names a finding by its id as well as by its rule", () => {
    const id = decided(blocked(), []).findings[0]?.id ?? "";
    expect(decided(blocked(), both({ names: ["other", id] })).verdict).toBe("allow");
    expect(decided(blocked(), both({ names: ["other"] })).verdict).toBe("block");
  });

  test("lifts one thing alone where an author chose names that share a short id", () => {
    const policy = `${asked}${nobody}forbidden: ["legal/**"]\n`;
    const facts = blocked({
      change: changeOf(file("legal/2917.md", "a\n", "b\n"), file("legal/5625.md", "a\n", "b\n")),
    });
    const findings = decided(facts, [], policy).findings.map(({ id, level }) => ({ id, level }));
    expect(findings).toMatchObject([{ level: "block" }, { level: "block" }]);
    const [first, second] = findings.map(({ id }) => id);
    expect([first?.slice(0, 29), first === second]).toEqual([second?.slice(0, 29), false]);
    const lifted = decided(facts, both({ names: [first ?? ""] }), policy);
    expect([lifted.verdict, lifted.findings.map(({ overridden }) => overridden !== null)]).toEqual([
      "block",
      [true, false],
    ]);
  });

  test.each<[string, Partial<Override>, string]>([
    ["on another head", { headSha: "c".repeat(40) }, "named another head, ccccccc"],
    ["for another base", { baseRef: "release" }, "decided it for another base"],
    ["about another pull request", { subjectId: "pull/10/8" }, "decided about another pull request"],
    ["given before the report", { atMs: 1 }, "decided before it was reported"],
    ["of whoever runs Sallyport", { by: { kind: "operator", name: "root" } }, "is no account of GitHub"],
    ["of an account that is not known here", { by: { kind: "account", id: 99, login: "x" } }, "no write permission"],
    [
      "of somebody whom the policy does not name",
      { by: { kind: "account", id: 3, login: "person-3" } },
      "`override.by`",
    ],
  ])("lifts nothing %s", (_, second, because) => {
    const facts = blocked();
    const late = toldOf(facts, judgeAsTold(facts, [repository(asked + nobody)]));
    const published = late.publications.map((one) => ({ ...one, publishedAtMs: nowMs - 2 * hourMs }));
    const evaluation = decided({ ...late, publications: published }, [override(a.id), override(b.id, second)]);
    expect([evaluation.verdict, evaluation.overriding[0]?.counted]).toEqual(["block", ["person-1"]]);
    expect(evaluation.overriding[0]?.excluded.map((one) => one.because).join()).toContain(because);
  });

  test.each<[string, Partial<Facts>, string]>([
    ["may only read", { people: [...writers(a), { account: b, permission: "read" }] }, "has no write permission"],
    ["is not known to be allowed anything", { people: writers(a) }, "has no write permission"],
    ["opened it", { pullRequest: pullRequest({ author: b }) }, "started the agent"],
    ["pushed last", { pullRequest: pullRequest({ lastPusher: b }) }, "pushed last"],
    ["may have pushed last", { pullRequest: pullRequest({ lastPusher: null }) }, "may have pushed last"],
    ["started the agent", { pullRequest: pullRequest({ workStartedBy: [b] }) }, "started the agent"],
    [
      "wrote a part of it",
      { commits: [commit(), commit({ author: { name: "b", email: "b@example.invalid", account: b } })] },
      "contributed to commit",
    ],
    ["is in no team that could be read", { teams: [{ team: "@acme/sre", members: null }] }, "`override.by`"],
  ])("does not count of a person who %s", (_, overrides, because) => {
    const evaluation = decided(blocked(overrides), both());
    expect(evaluation.verdict).toBe("block");
    const excluded = evaluation.overriding[0]?.excluded.find(({ login }) => login === "person-2");
    expect(excluded?.because).toContain(because);
  });

  test("counts once for each person, whatever they write", () => {
    expect(decided(blocked(), [override(a.id), override(a.id)]).verdict).toBe("block");
  });

  test("of an agent, an app or a machine counts for nothing", () => {
    const teams = [{ team: "@acme/sre", members: [a.id, claude.id] }];
    const byClaude = override(claude.id, { by: { kind: "account", id: claude.id, login: claude.login } });
    const bot = decided(blocked({ teams, people: writers(a, claude) }), [override(a.id), byClaude]);
    expect(bot.verdict).toBe("block");
    const machine = `${asked}${nobody}agents: { machines: [person-2] }\n`;
    expect(decided(blocked(), both(), machine).verdict).toBe("block");
  });

  test("is about what the report before it showed, and nothing that came under the same rule afterwards", () => {
    const told = toldOf(blocked(), judgeAsTold(blocked(), [repository(asked + nobody)]));
    const more = changeOf(
      ...told.change.files,
      file("k8s/staging/b.yaml", deployment("b"), deployment("b", { failures: "1" })),
    );
    const evaluation = decided({ ...told, change: more }, both());
    expect(evaluation.verdict).toBe("block");
    expect(evaluation.findings.map(({ place, overridden }) => [place.path, overridden !== null])).toEqual([
      ["k8s/staging/a.yaml", true],
      ["k8s/staging/b.yaml", false],
    ]);
  });

  test("lifts a gap of either level by its id, and not by the rule in it", () => {
    for (const level of ["hold", "block"] as const) {
      const gap: Gap = { id: "undecided:x:y", level, path: null, side: "head", line: null, reason: "x", remedy: "y" };
      const facts = factsOf({ gaps: [gap], people: writers(a, b), teams: blocked().teams });
      expect(decided(facts, both({ names: ["undecided:x:y"] })).verdict).toBe("allow");
      expect(decided(facts, both({ names: ["x"] })).verdict).toBe(level);
    }
  });

  test("lifts a forbidden path: it is a finding, however absolute", () => {
    const policy = `${asked}${nobody}forbidden: ["secrets/**"]\n`;
    const facts = blocked({ change: changeOf(file("secrets/a", "1\n", "2\n")) });
    expect([
      decided(facts, [], policy).verdict,
      decided(facts, both({ names: ["forbidden-path-touched"] }), policy).verdict,
    ]).toEqual(["block", "allow"]);
  });

  test("leaves the risk as it was, and with it the approvals that it asks for", () => {
    const [before, after] = [decided(blocked(), [], asked), decided(blocked(), both(), asked)];
    expect(after.risk).toEqual(before.risk);
    expect(after.verdict).toBe("hold");
    expect(after.requirements).toEqual(before.requirements);
  });

  test("leaves an approval valid that saw the finding which it lifts", () => {
    const facts = blocked({ people: writers(a, b, c), reviews: [review(c, { submittedAtMs: nowMs })] });
    const one = `${asked}approvals: { by_risk: 1, reading: { at: [] } }\n`;
    const evaluation = decided({ ...facts, pullRequest: pullRequest({ workStartedBy: [person(9)] }) }, both(), one);
    expect([evaluation.verdict, evaluation.requirements[0]?.counted]).toEqual(["allow", ["person-3"]]);
  });

  test("lifts no objection", () => {
    const facts = blocked({ reviews: [review(c, { state: "CHANGES_REQUESTED" })] });
    expect(decided(facts, both()).verdict).toBe("hold");
  });

  test("lifts no auto-merge that an agent armed", () => {
    expect(decided(blocked({ pullRequest: pullRequest({ autoMergeArmedBy: claude }) }), both()).verdict).toBe("hold");
  });

  test("lifts neither a policy that cannot be read, nor a refused change of it, nor what stands in for either", () => {
    const broken = "limits:\n  fils: 10\n";
    const names = ["policy-unreadable:1", "policy:1", rule];
    expect(decided(blocked(), both({ names }), broken).verdict).toBe("block");
    const people = [a, b].map((account) => ({ account, permission: "admin" as const }));
    const byC = byPerson(c, { people, change: changeOf(file("README.md", "1\n", "2\n")) });
    expect(decided(byC, both({ names }), broken)).toMatchObject({ verdict: "hold", overriding: [] });
    const edits = blocked({
      change: changeOf(file(".github/sallyport.yml", `version: 1\n${asked}`, "version: 1\n")),
    });
    const lifted = decided(edits, both({ names: ["guardrail-edited", "policy-change"] }));
    expect([lifted.verdict, lifted.findings.every(({ overridden }) => overridden !== null)]).toEqual(["block", true]);
  });

  test("lifts no gap behind which an objection may be", () => {
    const gap: Gap = {
      id: "unreadable-reviews",
      level: "hold",
      path: null,
      side: "head",
      line: null,
      reason: "x",
      remedy: "y",
    };
    const facts = blocked({ gaps: [gap] });
    expect(decided(facts, both({ names: [rule, gap.id] }))).toMatchObject({ verdict: "hold" });
  });

  test("does not lift what people accept by approving", () => {
    const policy = `${asked}${nobody}rules: { ${rule}: { review: ["@acme/identity"] } }\n`;
    const evaluation = decided(blocked(), both(), policy);
    expect([evaluation.verdict, evaluation.overriding]).toEqual(["hold", []]);
  });

  test("needs administrators where the policy names nobody: two, or the one there is", () => {
    const administrators = [a, b].map((account) => ({ account, permission: "admin" as const }));
    const facts = (listed: Facts["administrators"]) =>
      blocked({ people: [...administrators, ...writers(c)], administrators: listed });
    const verdictBy = (listed: Facts["administrators"], ...overrides: readonly Override[]) =>
      decided(facts(listed), overrides, nobody).verdict;
    expect(verdictBy([a, b], ...both())).toBe("allow");
    expect(verdictBy([a, b], override(a.id), override(c.id))).toBe("block");
    expect([verdictBy([a], override(a.id)), verdictBy(null, override(a.id))]).toEqual(["allow", "block"]);
  });

  test("is of no use to the patch that is offered: it would be another head", () => {
    const wrong = (name: string) =>
      file(`k8s/staging/${name}.yaml`, deployment(name), deployment(name, { failures: "1" }));
    const evaluation = decided(blocked({ change: changeOf(wrong("a"), wrong("b")) }), both());
    expect([evaluation.verdict, evaluation.findings[0]?.fix?.after.verdict]).toEqual(["allow", "block"]);
  });
});

describe("breaking the glass", () => {
  const policy = glass + nobody;
  const broken = (overrides: Partial<Override> = {}) => override(onCall.id, { breakGlass: true, ...overrides });
  const endMs = nowMs + 3 * hourMs;

  test("lifts for as long as the policy says, and the verdict falls back by itself", () => {
    const at = (atMs: number) => decided(blocked(), [broken()], policy, atMs);
    expect(at(nowMs)).toMatchObject({ verdict: "allow", nextLookMs: endMs });
    expect(at(endMs - 1)).toMatchObject({ verdict: "allow", nextLookMs: endMs });
    expect(at(endMs)).toMatchObject({ verdict: "block", nextLookMs: null, brokenGlass: [] });
  });

  test("stands above everything in the report, and says where it is reported", () => {
    const evaluation = decided(blocked(), [broken()], policy);
    expect(title(evaluation)).toBe("Allow: the glass is broken by person-4 until Wed 11 Feb 2026, 13:00 UTC");
    const { summary } = writeReport(evaluation, "https://github.com");
    expect(summary).toContain("> **The glass is broken** by `person-4` until Wed 11 Feb 2026, 13:00 UTC");
    expect(evaluation.brokenGlass).toMatchObject([
      {
        login: "person-4",
        accountId: 4,
        untilMs: endMs,
        lifts: [evaluation.findings[0]?.id],
        reportTo: ["acme/incidents"],
      },
    ]);
  });

  test.each<[string, string, readonly Override[]]>([
    ["where the policy names nobody", asked + nobody, [broken()]],
    ["by somebody whom the policy does not name", policy, [broken({ by: { kind: "account", id: a.id, login: "x" } })]],
    ["by one who only says so in an ordinary override", policy, [override(onCall.id)]],
    [
      "as the second of two who override",
      policy,
      [override(a.id), broken({ by: { kind: "account", id: b.id, login: "x" } })],
    ],
    ["on another head", policy, [broken({ headSha: "c".repeat(40) })]],
    ["once its time is over", policy, [broken({ atMs: nowMs - 4 * hourMs })]],
  ])("lifts nothing %s", (_, text, overrides) => {
    expect(decided(blocked(), overrides, text)).toMatchObject({ verdict: "block", brokenGlass: [] });
  });

  test("lifts nothing of who had a part in the change, also at night", () => {
    const facts = blocked({ pullRequest: pullRequest({ workStartedBy: [onCall] }) });
    expect(decided(facts, [broken()], policy).verdict).toBe("block");
  });

  test("by several people ends with the first without whom they are too few", () => {
    const two = glass.replace("for: 4h", "count: 2, for: 4h") + nobody;
    const facts = blocked({ teams: [{ team: "@acme/oncall", members: [c.id, onCall.id] }] });
    const all = [broken(), broken({ by: { kind: "account", id: c.id, login: "x" }, atMs: nowMs })];
    expect(decided(facts, all.slice(1), two).verdict).toBe("block");
    const evaluation = decided(facts, all, two);
    expect(evaluation.findings[0]?.overridden).toMatchObject({ by: ["person-3", "person-4"], glassUntilMs: endMs });
  });

  test("is told once more where enough people have overridden it for good: then nothing ends", () => {
    const evaluation = decided(blocked(), [...both(), broken()], policy);
    expect(evaluation.findings[0]?.overridden).toMatchObject({ by: ["person-1", "person-2"], glassUntilMs: null });
    expect(evaluation.brokenGlass).toEqual([]);
  });
});

describe("the command that a report prints", () => {
  test("names a gap by a digest where an author's path could be read as something else", () => {
    expect(commandName("unreadable:k8s/a.yaml")).toBe("unreadable:k8s/a.yaml");
    for (const id of [
      "unreadable:a,guardrail-edited",
      "unreadable:a b",
      "unreadable:a\nb",
      `unreadable:${"a".repeat(200)}`,
    ])
      expect(commandName(id)).toMatch(/^gap:[0-9a-f]{32}$/);
  });

  test("is what lifts it", () => {
    const gap: Gap = {
      id: "unreadable:a b,c",
      level: "block",
      path: null,
      side: "head",
      line: null,
      reason: "x",
      remedy: "y",
    };
    const facts = factsOf({ gaps: [gap], people: writers(a, b), teams: blocked().teams });
    const name = decided(facts, []).overriding[0]?.name ?? "";
    expect(writeReport(decided(facts, []), "https://github.com").text).toContain(
      `/sallyport override ${headSha} ${name} REASON`,
    );
    expect(decided(facts, both({ names: [name] })).verdict).toBe("allow");
  });

  test("is not what an agent is told to do next", () => {
    const { next } = decided(blocked(), []);
    expect([next.actor, next.do]).not.toContain("override");
  });
});

test("the ledger keeps how something was lifted, and that the report showed it nevertheless", () => {
  const published = { shared: "allow", runId: 1, wrote: true, enforced: null, publishedAtMs: nowMs } as const;
  const entry = evaluatedEntry(decided(blocked(), both()), published, { publications: [], readings: [] });
  expect(entry).toMatchObject({ findings: [{ overridden: "override" }], brokenGlass: [] });
  expect(publishedReport(entry)?.findings).toHaveLength(1);
  const open = evaluatedEntry(
    decided(blocked(), [override(onCall.id, { breakGlass: true })], glass + nobody),
    published,
    { publications: [], readings: [] },
  );
  expect(open).toMatchObject({ findings: [{ overridden: "broken_glass" }], brokenGlass: [{ accountId: 4 }] });
});
