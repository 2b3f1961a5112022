import { describe, expect, test } from "vitest";
import type { Evaluation } from "../../../src/core/evaluate/evaluation.ts";
import type { Account, Facts } from "../../../src/core/facts.ts";
import { policiesAfter } from "../../../src/core/policy/proposed.ts";
import type { PolicySource } from "../../../src/core/policy/reading.ts";
import { renderCheckRun } from "../../../src/core/report/check-run.ts";
import { writeReport } from "../../../src/core/report/markdown.ts";
import { changeOf, factsOf, file, person, review, writers } from "../facts.ts";
import { byPerson, judge, organisation, repository } from "./changes.ts";

const [a, b, c, d] = [person(1), person(2), person(3), person(4)];
const path = ".github/sallyport.yml";
const texts = {
  tight: "limits: { files: 10 }\ninvariants: { guardrails-are-untouched: observe }\n",
  loose: "limits: { files: 40 }\ninvariants: { guardrails-are-untouched: observe }\n",
  broken: "limits:\n  fils: 10\n",
};
const edit = (before: string, after: string | null) =>
  file(path, `version: 1\n${before}`, after === null ? null : `version: 1\n${after}`);

/** Facts of a change where `a`, `b` and `c` are administrators, `d` may write, and these have approved. */
const approvedBy = (...approvers: readonly Account[]): Partial<Facts> => ({
  reviews: approvers.map((one) => review(one)),
  people: [...[a, b, c].map((account) => ({ account, permission: "admin" as const })), ...writers(d)],
  administrators: [a, b, c],
});
const byA = (before: string, after: string | null, given: Partial<Facts> = {}) =>
  byPerson(a, { change: changeOf(edit(before, after)), ...given });
const asked = ({ requirements }: Evaluation) => requirements.find(({ id }) => id === "approvals:policy");

describe("a person's change of the policy", () => {
  const verdictWith = (...approvers: readonly Account[]) =>
    judge(byA(texts.tight, texts.loose, approvedBy(...approvers)), [repository(texts.tight)]).verdict;

  test("needs two administrators who did not open it, and nobody else's approval stands in for theirs", () => {
    expect([verdictWith(), verdictWith(b), verdictWith(b, d), verdictWith(a, b)]).toEqual(Array(4).fill("hold"));
    expect(verdictWith(b, c)).toBe("allow");
  });

  test.each([
    ["one where there is one other", [a, b], 1, "1 of 1"],
    ["two where they could not be listed", null, 2, "1 of 2"],
    ["one where there is no other, and says the way out", [a], 1, "nobody else is an administrator"],
    ["two of many", [a, b, c, d], 2, "1 of 2"],
  ])("asks for %s", (_, administrators, need, now) => {
    const approved = approvedBy(...(administrators?.length === 1 ? [] : [b]));
    const evaluation = judge(byA(texts.tight, texts.loose, { ...approved, administrators }), [repository(texts.tight)]);
    expect(asked(evaluation)).toMatchObject({ need, now: expect.stringContaining(now) as string });
  });

  test("needs those whom the policy in force names, whatever its own edit says", () => {
    const named = 'override: { by: ["@acme/sre", "@Person-3"], count: 2 }\n';
    const own = 'override: { by: ["@person-2"], count: 1 }\n';
    const teams = [{ team: "@acme/sre", members: [d.id] }];
    const facts = (...approvers: readonly Account[]) => byA(named, own, { ...approvedBy(...approvers), teams });
    const held = judge(facts(b, c), [repository(named)]);
    expect([held.verdict, asked(held)?.counted]).toEqual(["hold", ["person-3"]]);
    expect(asked(held)?.excluded).toContainEqual({
      login: "person-2",
      because: "is not named in `override.by`",
      countsFromMs: null,
    });
    expect(judge(facts(c, d), [repository(named)]).verdict).toBe("allow");
    const unread = [{ team: "@acme/sre", members: null }];
    expect(judge({ ...facts(c, d), teams: unread }, [repository(named)]).verdict).toBe("hold");
  });

  test("is held by a request for changes", () => {
    const given = approvedBy(b, c);
    const reviews = [...(given.reviews ?? []), review(d, { state: "CHANGES_REQUESTED" })];
    const facts = byA(texts.tight, texts.loose, { ...given, reviews });
    expect(judge(facts, [repository(texts.tight)]).verdict).toBe("hold");
  });

  test("is no way around what else the change does where the gate is for everyone", () => {
    const everyone = "gate: everyone\n";
    const alone = byA(everyone, `${everyone}limits: { files: 5 }\n`, approvedBy(b, c));
    expect(judge(alone, [repository(everyone)]).verdict).toBe("allow");
    const beside = { ...alone, change: changeOf(...alone.change.files, file("README.md", "one\n", "two\n")) };
    expect(judge(beside, [repository(everyone)]).verdict).toBe("block");
  });

  test("asks nobody for a file that is no policy in force", () => {
    const elsewhere = byPerson(a, {
      change: changeOf(file("sallyport.yml", "version: 1\n", "version: 1\nmode: observe\n")),
    });
    expect(judge(elsewhere).policyChange).toBeNull();
    expect(asked(judge(elsewhere))).toBeUndefined();
  });
});

describe("a change that breaks the policy", () => {
  const breaks = byA(texts.tight, texts.broken, approvedBy(b, c));
  const evaluation = judge(breaks, [repository(texts.tight)]);

  test("is blocked whoever wrote and approved it, with line, column and remedy", () => {
    expect([evaluation.verdict, evaluation.next.actor]).toEqual(["block", "people"]);
    expect(evaluation.gaps).toMatchObject([{ level: "block", path, side: "head", line: 3 }]);
    expect(evaluation.gaps[0]?.reason).toContain(`${path}:3:3: unknown key`);
  });

  test("has a note at that line", () => {
    const run = renderCheckRun(evaluation, { verdict: evaluation.verdict, because: [] }, "https://github.com");
    expect(run.annotations).toContainEqual(expect.objectContaining({ path, startLine: 3, level: "failure" }));
  });

  test("is blocked when it can be read no longer", () => {
    const folder: Facts = byPerson(a, {
      change: changeOf({
        ...edit(texts.tight, texts.loose),
        after: { mode: "120000", sha: "f".repeat(40), content: { kind: "symlink", target: "elsewhere.yml" } },
      }),
      ...approvedBy(b, c),
    });
    expect(judge(folder, [repository(texts.tight)])).toMatchObject({
      verdict: "block",
      gaps: [{ id: "policy-after-merge:1", line: null, path }, { id: `unreadable:${path}` }],
    });
  });

  test("is blocked when the mistake is a name that leads nowhere once the files are joined", () => {
    const gated = "gate: { blue: everyone }\n";
    const layout = "environments: { blue: { branches: [blue] } }\n";
    const facts = byA(layout + gated, gated, approvedBy(b, c));
    expect(judge(facts, [repository(layout + gated)])).toMatchObject({ verdict: "block", gaps: [{ line: 2, path }] });
  });

  test("holds when its branch has another version by now, until people accept that or it is updated", () => {
    const moved = (...approvers: readonly Account[]) =>
      judge(byA(texts.tight, texts.loose, approvedBy(...approvers)), [repository("limits: { files: 9 }\n")]);
    expect(moved().gaps.map(({ id, level }) => [id, level])).toEqual([[`policy-moved:${path}`, "hold"]]);
    expect([moved(b).verdict, moved(b, c).verdict]).toEqual(["hold", "allow"]);
  });
});

describe("a policy that cannot be read", () => {
  const repair = (...approvers: readonly Account[]) => byA(texts.broken, texts.tight, approvedBy(...approvers));

  test.each([
    ["alone", [repository(texts.broken)]],
    ["below an organisation whose gate is for everyone", [organisation("gate: everyone\n"), repository(texts.broken)]],
  ] satisfies readonly (readonly [string, readonly PolicySource[]])[])(
    "is repaired by a person with the approvals of those who decide about it: %s",
    (_, sources) => {
      expect([judge(repair(), sources).verdict, judge(repair(b, d), sources).verdict]).toEqual(["hold", "hold"]);
      const repaired = judge(repair(b, c), sources);
      expect([repaired.verdict, repaired.policyChange?.loosens]).toEqual(["allow", null]);
    },
  );

  test("is not repaired by another broken one", () => {
    const still = byA(texts.broken, "limits:\n  fles: 10\n", approvedBy(b, c));
    expect(judge(still, [repository(texts.broken)]).verdict).toBe("block");
  });

  test("is not repaired by an agent", () => {
    const facts = factsOf({ change: changeOf(edit(texts.broken, texts.tight)), ...approvedBy(a, b, c) });
    expect(judge(facts, [repository(texts.broken)]).verdict).toBe("block");
  });
});

test("an agent's change of the policy is blocked, whatever the policy says of guardrails and whoever approves", () => {
  const facts = factsOf({ change: changeOf(edit(texts.loose, texts.tight)), ...approvedBy(a, b, c) });
  const { verdict, findings, requirements, next } = judge(facts, [repository(texts.loose)]);
  expect([verdict, findings.map(({ level }) => level)]).toEqual(["block", ["observe"]]);
  expect(requirements).toContainEqual(
    expect.objectContaining({ kind: "policy_change", state: { kind: "failed" }, now: `\`${path}\` would change` }),
  );
  expect(next).toMatchObject({ actor: "agent", action: "push" });
});

describe("the report on a change of the policy", () => {
  const summary = (before: string, after: string | null, sources = [repository(before)]) =>
    writeReport(judge(byA(before, after), sources), "https://github.com").summary;

  test("says what it loosens, as the file writes it", () => {
    expect(summary(texts.tight, texts.loose)).toContain("| limits.files | 10 | 40 |");
    expect(summary("limits: { files: 10 }\n", null)).toContain("| limits.files | 10 | not stated |");
  });

  test("names the key that was edited, not those that follow from it", () => {
    const { policyChange } = judge(byA("approvals: { by_risk: 3 }\n", "approvals: { by_risk: 2 }\n"), [
      repository("approvals: { by_risk: 3 }\n"),
    ]);
    expect(policyChange?.loosens).toEqual([{ key: "approvals.by_risk", before: "3", after: "2" }]);
  });

  test("says when it loosens nothing, and when that cannot be told", () => {
    expect(summary(texts.loose, texts.tight)).toContain("It loosens nothing");
    expect(summary(texts.broken, texts.tight)).toContain("**What it loosens cannot be told**");
    expect(summary(texts.tight, texts.loose)).toContain(
      "otherwise is not told: other open pull requests are not looked at here",
    );
  });
});

describe("the organisation's file", () => {
  const before = "version: 1\nenvironments: { blue: { branches: [blue] } }\n";
  const inForce = (text: string): PolicySource => ({ ...organisation(""), content: { kind: "text", text } });
  const ofOrganisation = (after: string, given: Partial<Facts> = {}) =>
    byPerson(a, {
      subject: {
        kind: "pull_request",
        installationId: 1,
        repository: { id: 11, owner: "acme", name: ".github" },
        number: 3,
      },
      change: changeOf(file("sallyport.yml", before, after)),
      ...approvedBy(b, c),
      ...given,
    });

  test("is a policy in the owner's .github repository, on its default branch alone", () => {
    const opened = ofOrganisation(`${before}overridable: [limits.files]\n`);
    const evaluation = judge(opened, [inForce(before)]);
    expect(evaluation.policyChange).toMatchObject({ paths: ["sallyport.yml"], loosens: [{ key: "overridable" }] });
    const elsewhere = { ...opened, base: { ...opened.base, ref: "next", isDefault: false } };
    expect(judge(elsewhere, [inForce(before)]).policyChange).toBeNull();
  });

  test("is not merged when it breaks the file of the repository that it is in", () => {
    const { verdict, gaps } = judge(ofOrganisation("version: 1\n"), [
      inForce(before),
      repository("gate: { blue: everyone }\n"),
    ]);
    expect([verdict, gaps]).toMatchObject(["block", [{ path: null, line: null, level: "block" }]]);
    expect(gaps[0]?.reason).toContain('unknown environment "blue"');
  });
});

describe("the policies after a change", () => {
  const [onDefault, onBase] = [
    repository(texts.tight),
    { ...repository(texts.tight), at: `x@${"7".repeat(40)}:${path}` },
  ];
  const inText = (sources: readonly PolicySource[] | null) =>
    sources?.map(({ content }) => (content.kind === "text" && content.text.includes(texts.loose) ? "after" : "before"));
  const other = (ref: string, isDefault: boolean) => ({
    facts: { base: { ref, sha: "8".repeat(40), isDefault } },
    policies: isDefault ? [organisation(""), onDefault] : [organisation(""), onDefault, onBase],
  });
  const facts = byA(texts.tight, texts.loose);

  test("hold on every branch where it lands on the default one, which the others only tighten", () => {
    expect(inText(policiesAfter(facts, other("main", true)))).toEqual(["before", "after"]);
    expect(inText(policiesAfter(facts, other("release", false)))).toEqual(["before", "after", "before"]);
  });

  test("hold on no branch but its own where it lands on another", () => {
    const elsewhere = { ...facts, base: { ...facts.base, ref: "release", isDefault: false } };
    expect(inText(policiesAfter(elsewhere, other("release", false)))).toEqual(["before", "before", "after"]);
    expect(policiesAfter(elsewhere, other("main", true))).toBeNull();
  });
});
