import { describe, expect, test } from "vitest";
import { assessRisk } from "../../../src/core/evaluate/assess-risk.ts";
import { strictDefault } from "../../../src/core/policy/merge.ts";
import type { ChangedFile, Gap } from "../../../src/core/change/change-set.ts";
import type { Facts } from "../../../src/core/facts.ts";
import { changeOf, claude, commit, factsOf, file, person, pullRequest, review, writers } from "../facts.ts";
import { byPerson, deployment, judge, nowMs, organisation, repository, unread } from "./changes.ts";

const [a, b, c, d] = [person(1), person(2), person(3), person(4)];
const approvedBy = (...people: readonly (typeof a)[]): Pick<Facts, "reviews" | "people"> => ({
  reviews: people.map((one) => review(one)),
  people: writers(a, b, c, d),
});
const staging = file("k8s/staging/a.yaml", deployment("a"), deployment("a", { image: "a:2" }));
const production = file("k8s/production/a.yaml", deployment("a"), deployment("a", { image: "a:2" }));
const eager = file("k8s/staging/a.yaml", deployment("a"), deployment("a", { failures: "1" }));
const readme = file("README.md", "one\n", "two\n");
const gap: Gap = {
  id: "history-cut-off",
  level: "hold",
  path: null,
  side: "head",
  line: null,
  reason: "what stands in the tree",
  remedy: "Look again.",
};

describe("an agent's change", () => {
  test("of documentation holds for one person, and one more where nobody knows who started the agent", () => {
    const { verdict, risk, requirements } = judge(factsOf({ change: changeOf(readme) }));
    expect([verdict, risk.tier, requirements.map(({ need }) => need)]).toEqual(["hold", "low", [2]]);
  });

  test("asks one fewer where GitHub attests who started it, who is not counted", () => {
    const facts = factsOf({
      change: changeOf(readme),
      ...approvedBy(a, b),
      pullRequest: pullRequest({ workStartedBy: [a] }),
    });
    const { verdict, requirements } = judge(facts);
    expect([verdict, requirements[0]?.need, requirements[0]?.counted]).toEqual(["allow", 1, ["person-2"]]);
  });

  test("is allowed when as many have approved as the risk asks, and held one before", () => {
    const facts = (...people: readonly (typeof a)[]) =>
      factsOf({ change: changeOf(production), ...approvedBy(...people) });
    expect(judge(facts(a, b)).verdict).toBe("hold");
    const { verdict, next, findings } = judge(facts(a, b, c));
    expect([verdict, next.action]).toEqual(["allow", "merge"]);
    expect(findings.map(({ rule, level }) => [rule, level])).toEqual([["reaches-production", "review"]]);
  });

  test("that breaks a bound is blocked however many approve it", () => {
    const { verdict, next, findings } = judge(factsOf({ change: changeOf(eager), ...approvedBy(a, b, c, d) }));
    expect([verdict, next.actor, next.action]).toEqual(["block", "agent", "push"]);
    expect(findings[0]?.rule).toBe("k8s-liveness-too-eager");
  });

  test("is held by an objection whatever the approvals, until it is dismissed", () => {
    const objection = review(d, { state: "CHANGES_REQUESTED" });
    const given = approvedBy(a, b, c);
    const facts = factsOf({ change: changeOf(production), ...given, reviews: [...given.reviews, objection] });
    expect(judge(facts).verdict).toBe("hold");
    const dismissal = { by: a, was: "CHANGES_REQUESTED" as const };
    const dismissed = { ...objection, state: "DISMISSED" as const, dismissal };
    expect(judge({ ...facts, reviews: [...given.reviews, dismissed] }).verdict).toBe("allow");
  });

  test("with missing evidence counts as high risk, and people accept it", () => {
    const facts = factsOf({ change: changeOf(readme), gaps: [gap] });
    expect(judge(facts).risk.tier).toBe("high");
    expect(judge({ ...facts, ...approvedBy(a, b) }).verdict).toBe("hold");
    expect(judge({ ...facts, ...approvedBy(a, b, c) }).verdict).toBe("allow");
  });

  test("with a gap that blocks is blocked whatever the approvals", () => {
    const facts = factsOf({ change: changeOf(readme), gaps: [{ ...gap, level: "block" }], ...approvedBy(a, b, c) });
    const { verdict, next } = judge(facts);
    expect([verdict, next.do]).toEqual(["block", gap.remedy]);
  });

  test("with one gap at both levels has the worse, in either order", () => {
    for (const gaps of [
      [gap, { ...gap, level: "block" as const }],
      [{ ...gap, level: "block" as const }, gap],
    ])
      expect(judge(factsOf({ gaps })).gaps).toEqual([{ ...gap, level: "block", overridden: null }]);
  });

  test("with a commit that belongs to no account has a gap, which a person's change has not", () => {
    const nobody = { name: "x", email: "x@example.invalid", account: null };
    const commits = [commit(), commit({ author: nobody })];
    expect(judge(factsOf({ change: changeOf(readme), commits })).gaps).toHaveLength(1);
    expect(
      judge(byPerson(a, { change: changeOf(readme), commits: [commit({ author: nobody, committer: nobody })] })).gaps,
    ).toEqual([]);
  });
});

test("a mark of an agent counts whatever its case", () => {
  const plain = byPerson(a, { change: changeOf(readme) });
  const branch = { ...plain, pullRequest: { ...plain.pullRequest, headRef: "Claude/x" } };
  expect([judge(plain).verdict, judge(branch).verdict]).toEqual(["allow", "hold"]);
});

test("what is written in place of a mailbox belongs to nobody either", () => {
  const nobody = { name: "x", email: "localhost", account: null };
  expect(judge(factsOf({ commits: [commit({ author: nobody })] })).gaps).toHaveLength(1);
});

test.each([
  ["that nobody is known by", "person <person@example.invalid>", 1],
  ["of GitHub's private form", "person <1+person-1@users.noreply.github.com>", 0],
  ["of an agent", "Claude <noreply@anthropic.com>", 0],
  ["that GitHub maps on another commit", "person <Known@example.invalid>", 0],
])("an agent's commit with a co-author's mailbox %s", (_, named, gaps) => {
  const known = { name: "x", email: "known@example.invalid", account: a };
  const commits = [commit({ message: `x\n\nCo-authored-by: ${named}\n` }), commit({ author: known })];
  expect(judge(factsOf({ change: changeOf(readme), commits })).gaps).toHaveLength(gaps);
});

test("an update merge that is nothing but that has no author who could be missing", () => {
  const commits = [
    commit(),
    commit({ sha: "d".repeat(40), author: { name: "x", email: "x@example.invalid", account: null } }),
  ];
  const facts = factsOf({ change: changeOf(readme), commits });
  expect(judge(facts).gaps).toHaveLength(1);
  expect(judge({ ...facts, updateMerges: ["d".repeat(40)] }).gaps).toEqual([]);
});

describe("a change without marks of an agent", () => {
  test("needs one other person where the policy has people look, and else nobody", () => {
    const { verdict, requirements } = judge(byPerson(a, { change: changeOf(production, readme) }));
    expect(requirements.map(({ need }) => need)).toEqual([1]);
    expect(verdict).toBe("hold");
    expect(judge(byPerson(a, { change: changeOf(staging, readme) })).verdict).toBe("allow");
  });

  test("needs one other person where it would block an agent", () => {
    const facts = byPerson(a, { change: changeOf(eager) });
    expect([judge(facts).verdict, judge(facts).findings[0]?.level]).toEqual(["hold", "review"]);
    expect(judge({ ...facts, ...approvedBy(a) }).verdict).toBe("hold");
    expect(judge({ ...facts, ...approvedBy(b) }).verdict).toBe("allow");
  });

  test("needs one other person for missing evidence", () => {
    const facts = byPerson(a, { change: changeOf(readme), gaps: [gap] });
    expect([judge(facts).verdict, judge({ ...facts, ...approvedBy(b) }).verdict]).toEqual(["hold", "allow"]);
  });

  test("is judged in full as soon as it reaches one environment whose gate is for everyone", () => {
    const gate = repository("gate: { '*': agents, production: everyone }");
    expect(judge(byPerson(a, { change: changeOf(staging) }), [gate]).verdict).toBe("allow");
    const { requirements } = judge(byPerson(a, { change: changeOf(staging, production) }), [gate]);
    expect(requirements.map(({ id, need }) => [id, need])).toContainEqual(["approvals:risk:high", 2]);
  });

  test("is judged in full as soon as one file lies outside of the environments whose gate is milder", () => {
    const policy = repository('gate: { "*": everyone, production: agents }\nrules: { reaches-production: off }');
    const of = (...files: readonly ChangedFile[]) =>
      judge(byPerson(person(51), { change: changeOf(...files) }), [policy]);
    expect([of(production).verdict, of(readme).verdict, of(production, readme).verdict]).toEqual([
      "allow",
      "hold",
      "hold",
    ]);
  });

  test("is judged in full where it reaches nothing and the gate is for everyone", () => {
    expect(judge(byPerson(a, { change: changeOf(readme) }), [repository("gate: everyone")]).verdict).toBe("hold");
  });

  test("that may reach production, for all that is known, meets production's gate", () => {
    const module = file("modules/lonely/main.tf", "locals {\n  x = 1\n}\n", "locals {\n  x = 2\n}\n");
    const gate = repository("gate: { '*': agents, production: everyone }");
    expect(judge(byPerson(a, { change: changeOf(module) }), [gate]).requirements[0]?.need).toBe(2);
  });

  test("by automation is judged like it only with the id of that automation on every commit", () => {
    const renovate = { id: 29139614, login: "renovate[bot]", type: "Bot" } as const;
    const signature = {
      name: "renovate[bot]",
      email: "29139614+renovate[bot]@users.noreply.github.com",
      account: renovate,
    };
    const verified = commit({
      author: signature,
      committer: { name: "GitHub", email: "noreply@github.com", account: null },
      verified: true,
    });
    const facts = factsOf({
      change: changeOf(readme),
      commits: [verified],
      pullRequest: pullRequest({ author: renovate, lastPusher: renovate, headRef: "renovate/all" }),
    });
    const named = [repository('agents: { automation: ["renovate[bot]"] }')];
    expect(judge(facts, named).verdict).toBe("allow");
    expect(judge(facts).verdict).toBe("hold");
    expect(judge({ ...facts, commits: [verified, commit()] }, named).verdict).toBe("hold");
  });
});

describe("how many people are asked", () => {
  const mild = repository("environments: { staging: { approvals: 0 } }");

  test("is what the environment says, where all that changes lies in it", () => {
    expect(judge(factsOf({ change: changeOf(staging) }), [mild]).verdict).toBe("allow");
  });

  test("is not lowered by a file of a mild environment beside others", () => {
    const code = file("src/a.ts", "a\n", "b\n");
    const needed = (...files: readonly ChangedFile[]) =>
      judge(factsOf({ change: changeOf(...files) }), [mild]).requirements[0]?.need;
    expect([needed(code), needed(staging, code), needed(staging, production)]).toEqual([2, 2, 3]);
  });

  test("is at least one where something must be accepted, even where the environment asks nobody", () => {
    const facts = factsOf({ change: changeOf(staging), gaps: [gap] });
    expect(judge(facts, [mild]).requirements.map(({ need }) => need)).toEqual([2]);
  });

  test("holds for every list of a level that names people, and for each area, at once", () => {
    const policy = repository(`
invariants: { production-is-unchanged: { review: ["@acme/sre"] } }
areas: { images: { kinds: [image], approvals: { count: 1, from: ["@acme/dba"] } } }`);
    const facts = factsOf({ change: changeOf(production), ...approvedBy(a, b, c) });
    const missing = (teams: Facts["teams"]) =>
      judge({ ...facts, teams }, [policy]).requirements.flatMap(({ id, state }) => (state.kind === "met" ? [] : [id]));
    expect(missing([])).toEqual(["approvals:area:images", "approvals:finding:@acme/sre"]);
    expect(
      missing([
        { team: "@acme/sre", members: null },
        { team: "@acme/dba", members: [a.id] },
      ]),
    ).toEqual(["approvals:finding:@acme/sre"]);
    expect(
      missing([
        { team: "@acme/SRE", members: [b.id] },
        { team: "@acme/dba", members: [a.id] },
      ]),
    ).toEqual([]);
  });

  test("is met by owners where the policy asks for them: one of every path that has any, and as many as the risk asks", () => {
    const owners = [repository("approvals: { from: [owners], by_risk: 1 }")];
    const text = "/k8s/ @acme/sre\n/docs/ @Person-2\n";
    const docs = file("docs/a.md", "a\n", "b\n");
    const asked = (facts: Partial<Facts>) => {
      const [first] = judge(
        factsOf({
          change: changeOf(docs, staging),
          codeOwners: { kind: "text", text },
          teams: [{ team: "@acme/sre", members: [a.id] }],
          pullRequest: pullRequest({ workStartedBy: [d] }),
          ...facts,
        }),
        owners,
      ).requirements;
      return [first?.state.kind, first?.now];
    };
    expect(asked(approvedBy(a))).toEqual(["missing", "1 of 1, and nobody who owns `docs/a.md`"]);
    expect(asked(approvedBy(a, b))).toEqual(["met", "1 of 1"]);
    expect(asked(approvedBy(c))[0]).toBe("missing");
    expect(asked({ ...approvedBy(c), change: changeOf(readme) })).toEqual(["met", "1 of 1"]);
    expect(asked({ ...approvedBy(a, b), teams: [{ team: "@acme/sre", members: null }] })[0]).toBe("missing");
    expect(asked({ ...approvedBy(a, b), codeOwners: { kind: "unread", reason: "too large" } })[0]).toBe("missing");
    expect(asked({ ...approvedBy(a, b), codeOwners: { kind: "text", text: `${text}!x @acme/sre\n` } })[0]).toBe(
      "missing",
    );
    expect(asked({ ...approvedBy(c), codeOwners: { kind: "absent" } })).toEqual(["met", "1 of 1"]);
  });

  test("cannot be met where fewer people are left in the teams that are asked, and the report says so", () => {
    const policy = repository('approvals: { by_risk: 2, from: ["@acme/all"] }');
    const now = (members: readonly number[] | null, started = a) => {
      const teams = [{ team: "@acme/all", members }];
      const facts = factsOf({
        change: changeOf(readme),
        teams,
        pullRequest: pullRequest({ workStartedBy: [started] }),
      });
      return judge(facts, [policy]).requirements[0]?.now;
    };
    expect(now([a.id, b.id])).toContain("0 of 2, and only 1 of 2 eligible: it cannot be met");
    expect(now([a.id, b.id, c.id])).toBe("0 of 2");
    expect(now(null)).toBe("0 of 2");
  });

  test("is met by different people for different requirements where the policy says so", () => {
    const distinct = (flag: boolean) =>
      repository(`
approvals: { distinct_teams: ${flag}, by_risk: 1 }
areas: { images: { kinds: [image], approvals: { count: 1, from: ["@acme/dba"] } } }`);
    const teams = [{ team: "@acme/dba", members: [a.id] }];
    const started = pullRequest({ workStartedBy: [d] });
    const states = (flag: boolean, ...people: readonly (typeof a)[]) =>
      judge(factsOf({ change: changeOf(staging), ...approvedBy(...people), teams, pullRequest: started }), [
        distinct(flag),
      ]).requirements.map(({ state }) => state.kind);
    expect(states(false, a)).toEqual(["met", "met"]);
    expect(states(true, a)).toContain("missing");
    expect(states(true, a, b)).toEqual(["met", "met"]);
    expect(states(true, b, c)).toEqual(["met", "missing"]);
  });

  test("counts only people of the lists that the policy names for all approvals", () => {
    const policy = repository('approvals: { from: ["@acme/all"] }');
    const teams = [{ team: "@acme/all", members: [a.id] }];
    const { requirements } = judge(factsOf({ change: changeOf(readme), ...approvedBy(a, b), teams }), [policy]);
    expect([requirements[0]?.counted, requirements[0]?.state.kind]).toEqual([["person-1"], "missing"]);
  });
});

describe("risk", () => {
  const tierOf = (...files: readonly ChangedFile[]) => judge(factsOf({ change: changeOf(...files) })).risk.tier;

  test("is low only for documentation", () => {
    expect(tierOf(readme)).toBe("low");
    const others = ["src/a.ts", "src/migrations/a.ts", "package.json", "Dockerfile", "app.json", "bin/tool"];
    expect(others.map((path) => tierOf(file(path, "1\n", "2\n")))).toEqual(others.map(() => "elevated"));
  });

  test("is elevated below production and high in it", () => {
    expect([tierOf(staging), tierOf(production), tierOf(staging, production)]).toEqual(["elevated", "high", "high"]);
  });

  test("takes an environment that the policy does not know for production", () => {
    const target = { environment: "moon", service: null, chain: [] };
    const reach = { files: [{ path: "a", targets: [target], services: [], unresolved: false }], gaps: [] };
    expect(assessRisk(reach, [], [], [], [], [], strictDefault())).toEqual({
      tier: "high",
      because: ["environment moon"],
    });
  });

  test("is high for a file that nobody is known to use, whatever environments there are", () => {
    const reach = { files: [{ path: "a", targets: [], services: [], unresolved: true }], gaps: [] };
    expect(assessRisk(reach, [], [], [], [], [], { ...strictDefault(), environments: {} }).tier).toBe("high");
  });

  test("is at least what the policy states for a service and for an area", () => {
    const policy = repository(
      "services: { payment: { risk: critical } }\nareas: { docs: { kinds: [docs], risk: high } }",
    );
    const of = (path: string) => judge(factsOf({ change: changeOf(file(path, "1\n", "2\n")) }), [policy]).risk;
    expect(of("services/payment/a.ts")).toEqual({ tier: "critical", because: ["service payment"] });
    expect(of("README.md")).toEqual({ tier: "high", because: ["area docs"] });
  });

  const table = 'resource "aws_dynamodb_table" "users" {\n  name = "users"\n}\n';
  const bucket = 'resource "aws_s3_bucket" "logs" {\n  bucket = "logs"\n}\n';
  test.each<[string, ChangedFile]>([
    ["a database", file("terraform/production/a.tf", table, null)],
    ["a bucket, of which a module in no known use may hold the only one", file("modules/logs/a.tf", bucket, "")],
    [
      "a claim to a volume",
      file("k8s/production/a.yaml", "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: a }\n", null),
    ],
  ])("is critical where %s is deleted, and says what is gone", (_, gone) => {
    const { risk } = judge(factsOf({ change: changeOf(gone) }));
    expect(risk.tier).toBe("critical");
    expect(risk.because.join()).toMatch(/^data may go: \S+ is gone$/u);
  });

  test.each<[string, readonly ChangedFile[]]>([
    [
      "moved to another file",
      [file("terraform/production/a.tf", table, null), file("terraform/production/b.tf", null, table)],
    ],
    [
      "moved to another address",
      [
        file(
          "terraform/production/a.tf",
          table,
          `${table.replace("users", "people")}moved {\n  from = aws_dynamodb_table.users\n  to   = aws_dynamodb_table.people\n}\n`,
        ),
      ],
    ],
    ["created", [file("terraform/production/a.tf", null, table)]],
    ["in an example that nothing deploys", [file("examples/a/main.tf", table, null)]],
    [
      "only a policy beside the bucket",
      [file("terraform/production/a.tf", bucket.replace("bucket", "bucket_policy"), null)],
    ],
    ["a workload without data", [file("k8s/production/a.yaml", deployment("a"), null)]],
  ])("is not critical where what is gone is %s", (_, files) => {
    expect(tierOf(...files)).not.toBe("critical");
  });

  test("is high for a finding that blocks, unless it is waived", () => {
    expect(tierOf(eager)).toBe("high");
    const waived = repository(`waivers:
  - { rule: k8s-liveness-too-eager, paths: ["k8s/staging/**"], reason: known, until: 2026-12-31, by: "@acme/sre" }`);
    expect(judge(factsOf({ change: changeOf(eager) }), [waived]).risk.tier).toBe("elevated");
  });
});

describe("an environment that only the repository names", () => {
  const change = changeOf(file("k8s/blue/a.yaml", deployment("a"), deployment("a", { image: "a:2" })));
  const named = repository('layout: ["k8s/{environment}/**"]\nenvironments: { staging: { aliases: [blue] } }');
  const tierBy = (text: string): string => judge(factsOf({ change }), [organisation(text), named]).risk.tier;

  test("does not take it from production for an organisation that knows nothing of it", () => {
    expect(tierBy("gate: {}")).toBe("high");
  });

  test("does, where the organisation lets repositories say how they are laid out", () => {
    expect([tierBy("overridable: [layout]"), tierBy("overridable: [environments]")]).toEqual(["elevated", "elevated"]);
  });

  test("does without an organisation's policy", () => {
    expect(judge(factsOf({ change }), [named]).risk.tier).toBe("elevated");
  });
});

describe("a policy that cannot be read", () => {
  const broken = repository("mode: sometimes");

  test("blocks agents, with file, line and column, whatever the approvals", () => {
    const { verdict, requirements, next } = judge(factsOf({ change: changeOf(readme), ...approvedBy(a, b, c) }), [
      broken,
    ]);
    expect([verdict, next.action]).toEqual(["block", "repair_policy"]);
    expect(requirements[0]?.now).toContain("acme/infra@5555555:.github/sallyport.yml:2:7:");
  });

  test("asks one other person of a person", () => {
    const facts = byPerson(a, { change: changeOf(readme) });
    expect(judge(facts, [broken]).verdict).toBe("hold");
    expect(judge({ ...facts, ...approvedBy(b) }, [broken]).verdict).toBe("allow");
  });

  test("leaves what the other files ask in force", () => {
    const everyone = repository("gate: everyone");
    const facts = byPerson(a, { change: changeOf(readme), ...approvedBy(b) });
    expect(judge(facts, [unread(organisation("")), everyone]).verdict).toBe("block");
    expect(judge(facts, [everyone, broken]).verdict).toBe("block");
  });

  test("is no chance for the files below to loosen: not even the mode is taken from them", () => {
    const lax = "mode: observe\napprovals: { by_risk: 0 }\nagents: { automation: ['x[bot]'] }";
    const { policy } = judge(factsOf(), [unread(organisation("")), repository(lax)]);
    expect(policy).toMatchObject({ digest: judge(factsOf()).policy.digest, mode: "enforce" });
  });

  test("is enforced, also below an organisation that only observes: whether the file enforces is not known", () => {
    expect(judge(factsOf(), [organisation("mode: observe"), broken]).policy.mode).toBe("enforce");
    expect(judge(factsOf(), [organisation("mode: observe"), unread(broken)]).policy.mode).toBe("enforce");
    expect(judge(factsOf(), [organisation("mode: observe")]).policy.mode).toBe("observe");
  });

  test("that names an environment which is not there is told, and what the organisation asks holds", () => {
    const dangling = repository("gate: { moon: everyone }");
    const { verdict, requirements } = judge(byPerson(a), [organisation("gate: everyone"), dangling]);
    expect(verdict).toBe("block");
    expect(requirements[0]?.now).toContain('unknown environment "moon"');
  });
});

describe("the clock", () => {
  const waiver = (until: string) =>
    `  - { rule: k8s-liveness-too-eager, paths: ["k8s/staging/**"], reason: known, until: ${until}, by: "@acme/sre" }`;
  const policy = [repository(`waivers:\n${waiver("2026-12-31")}\n${waiver("2026-06-30")}`)];
  const facts = factsOf({ change: changeOf(eager), ...approvedBy(a, b) });
  const endMs = Date.UTC(2027, 0, 1);

  test("ends a waiver at exactly its moment", () => {
    expect([judge(facts, policy, endMs - 1).verdict, judge(facts, policy, endMs).verdict]).toEqual(["allow", "block"]);
  });

  test("is looked at again when the next waiver ends, and never again after the last", () => {
    const nextOf = (atMs: number) => judge(facts, policy, atMs).nextLookMs;
    expect(nextOf(nowMs)).toBe(Date.UTC(2026, 6, 1));
    expect(nextOf(Date.UTC(2026, 6, 1))).toBe(endMs);
    expect(nextOf(endMs)).toBeNull();
  });
});

describe("a fix", () => {
  test("is reported with the verdict after it, without approvals of a head that it replaces", () => {
    const facts = factsOf({ change: changeOf(eager), ...approvedBy(a, b, c) });
    expect(judge(facts).findings[0]?.fix?.after).toMatchObject({ verdict: "hold", adds: [] });
    expect(judge(facts, [repository("approvals: { by_risk: 0 }")]).findings[0]?.fix?.after.verdict).toBe("allow");
  });

  test("is tried for the twenty worst findings: every one costs a judgement of the whole change", () => {
    const files = Array.from({ length: 22 }, (_, i) =>
      file(`k8s/staging/${i}.yaml`, deployment(`a${i}`), deployment(`a${i}`, { failures: "1" })),
    );
    const { findings } = judge(factsOf({ change: changeOf(...files) }));
    expect(findings.filter(({ fix }) => fix !== null)).toHaveLength(20);
    expect(findings.filter(({ rule }) => rule === "k8s-liveness-too-eager")).toHaveLength(22);
  });
});

test("what a rule cannot decide weighs no more than what it would find", () => {
  const undecided = file("k8s/staging/a.yaml", deployment("a"), deployment("a", { failures: "${FAILURES}" }));
  const facts = factsOf({ change: changeOf(undecided) });
  const [gap, ...more] = judge(facts).gaps;
  expect(gap?.id).toBe("undecided:k8s-liveness-too-eager:k8s/staging/a.yaml Deployment/a#a.livenessProbe");
  expect(gap?.reason).toMatch(/\(rules k8s-liveness-too-eager, k8s-startup-window-shrunk\)$/u);
  expect(more, "one expression is one gap, however many rules would have to know it").toEqual([]);
  const shown = judge(facts, [repository("invariants: { values-stay-in-bounds: observe }\napprovals: { by_risk: 0 }")]);
  expect([shown.verdict, shown.gaps, [...new Set(shown.findings.map(({ level }) => level))]]).toEqual([
    "allow",
    [],
    ["observe"],
  ]);
});

test("an agent is whoever the policy says, or any bot", () => {
  const deployer = person(77, "acme-deployer");
  const facts = byPerson(deployer, { change: changeOf(readme) });
  expect(judge(facts).verdict).toBe("allow");
  expect(judge(facts, [repository('agents: { also: ["Acme-Deployer"] }')]).verdict).toBe("hold");
  expect(judge(byPerson({ ...claude, id: 5, login: "nobody-knows[bot]" }, { change: changeOf(readme) })).verdict).toBe(
    "hold",
  );
});

test.each([
  ["its folder", "", "k8s/live/a.yaml"],
  ["`layout`", 'layout: ["deploy/{environment}/**"]\n', "deploy/live/a.yaml"],
  ["a part of its name", "", "k8s/a-live.yaml"],
])("a repository cannot take a name away from an environment of its organisation, found by %s", (_, layout, path) => {
  const live = file(path, deployment("a"), deployment("a", { image: "a:2" }));
  const own = repository("environments: { zlive: { tier: development, aliases: [live] } }");
  const { reach, verdict } = judge(byPerson(a, { change: changeOf(live) }), [
    organisation(`${layout}gate: { production: everyone }`),
    own,
  ]);
  expect(reach[0]?.targets.map(({ environment }) => environment)).toEqual(["production", "zlive"]);
  expect(verdict).toBe("hold");
});

describe("a change of staging and production at once", () => {
  const both = changeOf(production, staging);
  const opened = (policy: string) =>
    judge(factsOf({ change: both }), [repository(policy)]).findings.map(({ rule, level }) => [rule, level]);

  test("is told once, by the rule that says more", () => {
    expect(opened("")).toEqual([["reaches-production-with-staging", "review"]]);
    expect(opened("environments: { production: { together_with_staging: block } }")).toEqual([
      ["reaches-production-with-staging", "block"],
    ]);
  });

  test("is told by both where the one that says more asks less, or other people", () => {
    expect(opened("rules: { reaches-production: block }")).toEqual([
      ["reaches-production", "block"],
      ["reaches-production-with-staging", "review"],
    ]);
    expect(opened('rules: { reaches-production: { review: ["@acme/sre"] } }')).toHaveLength(2);
    expect(opened("rules: { reaches-production-with-staging: 'off' }")).toEqual([["reaches-production", "review"]]);
    expect(opened("environments: { production: { together_with_staging: 'off' } }")).toHaveLength(1);
  });

  test("stays one when a repository makes production of its organisation's staging", () => {
    const above = organisation("environments: { production: { together_with_staging: block } }");
    const below = repository("environments: { staging: { tier: production } }");
    expect(judge(factsOf({ change: both }), [above, below]).verdict).toBe("block");
    expect(judge(factsOf({ change: changeOf(production) }), [above, below]).verdict).toBe("hold");
  });

  test("still reaches production where a waiver lifts that it reaches both", () => {
    const waiver =
      '{ rule: reaches-production-with-staging, paths: ["k8s/**"], reason: known, until: 2026-12-31, by: "@acme/sre" }';
    const { verdict, findings } = judge(factsOf({ change: both }), [repository(`waivers: [${waiver}]`)]);
    expect([verdict, findings.filter(({ waived }) => waived === null).map(({ rule }) => rule)]).toEqual([
      "hold",
      ["reaches-production"],
    ]);
  });
});
