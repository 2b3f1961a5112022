import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Evaluation } from "../../../src/core/evaluate/evaluation.ts";
import { verdicts } from "../../../src/core/evaluate/verdict.ts";
import type { Facts } from "../../../src/core/facts.ts";
import { entrySchema, evaluatedEntry, publishedReport } from "../../../src/core/ledger/entry.ts";
import { strictDefault } from "../../../src/core/policy/merge.ts";
import { readPlan } from "../../../src/core/plan/read.ts";
import { agentBlock, agentBlockMax } from "../../../src/core/report/agent-block.ts";
import { writeReport } from "../../../src/core/report/markdown.ts";
import { verdictDocument } from "../../../src/core/report/verdict-json.ts";
import { verdictSchema } from "../../../src/core/report/verdict-schema.ts";
import outsideDeclaredPlan from "../../../src/core/rules/plan/outside-declared-plan.ts";
import { buildViews } from "../../../src/core/views/views.ts";
import { contextOf } from "../example-context.ts";
import { changeOf, factsOf, file, person, pullRequest, review, writers } from "../facts.ts";
import { byPerson, deployment, judge, judgeAsTold, nowMs, organisation, repository, toldOf, tools } from "./changes.ts";

const [invoker, b, c] = [person(1), person(2), person(3)];
const required = repository("declared_plan: required\n");
const block = (yaml: string) => `\`\`\`sallyport-plan\n${yaml}\n\`\`\`\n`;
const row = ({ requirements }: Evaluation) => requirements.find(({ kind }) => kind === "declared_plan");

/** An agent's change that has everything it needs, with the description as given. */
function described(body: string, overrides: Partial<Facts> = {}): Facts {
  return factsOf({
    change: changeOf(file("README.md", "one\n", "two\n")),
    reviews: [review(b, { submittedAtMs: nowMs }), review(c, { submittedAtMs: nowMs })],
    people: writers(invoker, b, c),
    pullRequest: pullRequest({ workStartedBy: [invoker], body }),
    ...overrides,
  });
}

describe("where a plan is required", () => {
  test("an agent's change without one holds, and the agent is told to declare it", () => {
    const { verdict, next, plan, requirements } = judge(described("Words."), [required]);
    expect([verdict, next.actor, next.action]).toEqual(["hold", "agent", "declare"]);
    expect(requirements.filter(({ state }) => state.kind !== "met")).toMatchObject([
      { kind: "declared_plan", now: "none is declared" },
    ]);
    expect(plan.template).toContain('paths: ["README.md"]');
  });

  test("the plan of the report to begin with is a plan that the change lies within", () => {
    const { plan } = judge(described(""), [required]);
    const after = judge(described(plan.template ?? ""), [required]);
    expect([after.verdict, after.findings, row(after)?.state.kind, after.plan.template]).toEqual([
      "allow",
      [],
      "met",
      null,
    ]);
  });

  test("one that cannot be read is none", () => {
    const evaluation = judge(described(block("paths: 1")), [required]);
    expect([evaluation.verdict, row(evaluation)?.now]).toEqual(["hold", "it cannot be read"]);
    expect(evaluation.plan.template).not.toBeNull();
  });

  test("a change without marks of an agent needs none", () => {
    const evaluation = judge(byPerson(), [required]);
    expect([row(evaluation), evaluation.plan]).toEqual([
      undefined,
      { declared: { kind: "none" }, before: null, template: null },
    ]);
  });

  test("a file that is further up or down makes it so, and none takes it back", () => {
    const asks = (own: string, above: string) =>
      row(judge(described(""), [repository(`declared_plan: ${own}\n`), organisation(`declared_plan: ${above}\n`)]));
    expect([asks("optional", "required"), asks("required", "optional")]).toMatchObject([{}, {}]);
    expect(asks("optional", "optional")).toBeUndefined();
  });
});

describe("where a plan is optional", () => {
  test("none is asked for, and nothing is said to lie within it", () => {
    const evaluation = judge(described("Words."));
    expect([evaluation.verdict, row(evaluation)]).toEqual(["allow", undefined]);
    expect(evaluation.invariants.find(({ invariant }) => invariant === "within-declared-plan")?.result).toBe(
      "not_examined",
    );
    expect(verdictDocument(evaluation).plan).toBeNull();
  });

  test("one that is declared is compared, and one that cannot be read is a gap for anybody's change", () => {
    const invariant = (body: string) =>
      judge(described(body)).invariants.find((one) => one.invariant === "within-declared-plan")?.result;
    expect([invariant(block("paths: [README.md]")), invariant(block("paths: [docs]"))]).toEqual(["pass", "accepted"]);
    const broken = pullRequest({ author: person(51), lastPusher: person(51), headRef: "change", body: block("x") });
    const { verdict, gaps } = judge(byPerson(person(51), { pullRequest: broken }));
    expect([verdict, gaps.map(({ id, level }) => [id, level])]).toEqual(["hold", [["plan-unreadable", "hold"]]]);
  });
});

const bodies = fc.oneof(
  fc.constantFrom("paths: [", "paths: []", "services: [a]").map(block),
  fc
    .record({
      paths: fc.subarray(["**", "README.md", "k8s/**", "nothing"], { minLength: 1 }),
      environments: fc.subarray(["staging", "production"]),
      kinds: fc.subarray(["docs", "scale", "config", "code"]),
    })
    .map(({ paths, environments, kinds }) =>
      block(
        [
          `paths: ${JSON.stringify(paths)}`,
          ...(environments.length === 0 ? [] : [`environments: ${JSON.stringify(environments)}`]),
          ...(kinds.length === 0 ? [] : [`kinds: ${JSON.stringify(kinds)}`]),
        ].join("\n"),
      ),
    ),
);

test("no plan makes a verdict milder, lowers the risk or takes a finding or a requirement away", () => {
  const files = fc.subarray([
    file("README.md", "one\n", "two\n"),
    file("k8s/staging/a.yaml", deployment("a"), deployment("a", { replicas: "3" })),
    file("k8s/production/b.yaml", deployment("b"), deployment("b", { failures: "1" })),
    file("secrets/a", "1\n", "2\n"),
  ]);
  const policy = repository("forbidden: [secrets/**]\n");
  fc.assert(
    fc.property(files, bodies, fc.boolean(), fc.subarray([b, c]), (some, body, agent, approvers) => {
      const own = { change: changeOf(...some), people: writers(invoker, b, c) };
      const reviews = approvers.map((one) => review(one, { submittedAtMs: nowMs }));
      const by = (text: string): Facts => {
        const facts = agent ? factsOf(own) : byPerson(person(51), own);
        return { ...facts, reviews, pullRequest: { ...facts.pullRequest, body: text } };
      };
      const [without, declared] = [judge(by(""), [policy]), judge(by(body), [policy])];
      expect(verdicts.indexOf(declared.verdict)).toBeGreaterThanOrEqual(verdicts.indexOf(without.verdict));
      const ids = (evaluation: Evaluation) => evaluation.findings.map(({ id }) => id);
      expect(ids(declared)).toEqual(expect.arrayContaining([...ids(without)]));
      const needs = (evaluation: Evaluation) => evaluation.requirements.reduce((sum, { need }) => sum + (need ?? 0), 0);
      expect(needs(declared)).toBeGreaterThanOrEqual(needs(without));
    }),
    { numRuns: 150 },
  );
});

test("the plan to begin with can be read, and takes in what it was written for, whatever the paths are", () => {
  const segment = fc.oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 40 }).map((text) => text.replaceAll("/", "x")),
    fc.constantFrom("*", "**", "?", "{a,b}", "!a", "`", "\n", "k8s", "production", "..", "[x]", "x".repeat(400)),
  );
  const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join("/"));
  fc.assert(
    fc.property(fc.uniqueArray(path, { minLength: 1, maxLength: 40 }), (paths) => {
      const change = changeOf(...paths.toSorted().map((one) => file(one, "1\n", "2\n")));
      const { plan } = judge(described("", { change, reviews: [] }), [required]);
      expect(readPlan(plan.template ?? "").kind).toBe("declared");
      const after = judge(described(plan.template ?? "", { change, reviews: [] }), [required]);
      expect(after.findings.filter(({ rule }) => rule === "outside-declared-plan")).toEqual([]);
    }),
    { numRuns: 150 },
  );
});

describe("the ledger", () => {
  const published = { shared: "allow", runId: 1, wrote: true, enforced: null, publishedAtMs: nowMs } as const;
  const nothingKnown = { publications: [], readings: [] };

  test("keeps digests of the plan, never a word of it", () => {
    const evaluation = judge(described(block("paths: [README.md, words]\nservices: [a]\nsummary: words")));
    const entry = evaluatedEntry(evaluation, published, nothingKnown);
    expect(JSON.stringify(entry)).not.toContain("words");
    expect(publishedReport(entrySchema.parse(entry))?.plan).toMatchObject({ environments: null, kinds: null });
  });

  test("tells of a report anew where only the plan is another", () => {
    const facts = described(block("paths: [README.md, docs]"));
    const shown = publishedReport(evaluatedEntry(judge(facts), published, nothingKnown));
    const known = { ...facts, publications: shown === null ? [] : [shown] };
    const narrowed = pullRequest({ workStartedBy: [invoker], body: block("paths: [README.md]") });
    const plans = [known, { ...known, pullRequest: narrowed }].map((one) =>
      publishedReport(evaluatedEntry(judgeAsTold(one), published, known)),
    );
    expect(plans.map((one) => one?.plan?.paths?.length ?? null)).toEqual([null, 1]);
  });

  test("reads entries from before plans were read as reports that showed none", () => {
    const entry = evaluatedEntry(judge(described("")), published, nothingKnown);
    const old: unknown = JSON.parse(JSON.stringify(entry).replace('"plan":null,', ""));
    expect(JSON.stringify(old)).not.toContain('"plan"');
    expect(publishedReport(entrySchema.parse(old))?.plan).toBeNull();
  });
});

test("the report names what has grown since the plan that it showed before, each time in the same words", () => {
  const facts = described(block("paths: [README.md]\nkinds: [docs]"));
  const told = toldOf(facts, judge(facts));
  const now = { ...told, pullRequest: pullRequest({ body: block('paths: ["README.md", "@acme/everyone/**"]') }) };
  const first = judge(now);
  const { summary } = writeReport(first, "https://github.com");
  expect(summary).toContain("**The plan has grown.**");
  expect(summary).toContain("new paths `@acme/everyone/**`; kinds no longer bounded. 1 entry of it is gone.");
  const again = { ...now, publications: [...now.publications, ...toldOf(now, first).publications] };
  expect(writeReport(judge(again), "https://github.com").summary).toContain(
    summary.slice(summary.indexOf("**The plan"), summary.indexOf("is gone.")),
  );
});

test("a long plan gives way in the block for agents before findings do, and what is left out is counted", () => {
  const paths = Array.from({ length: 60 }, (_, n) => `<${"x".repeat(50)}${n}>`);
  const evaluation = judge(described(block(`paths: ${JSON.stringify(paths)}\nkinds: [docs]`)));
  const json = agentBlock(evaluation);
  expect(json.length).toBeLessThan(agentBlockMax);
  const { plan, findings, omitted } = verdictSchema.parse(JSON.parse(json));
  expect([plan?.state, plan?.paths, plan?.services, omitted.plan]).toEqual(["declared", [], null, 61]);
  expect(findings.map(({ rule }) => rule)).toEqual(["outside-declared-plan"]);
  expect(verdictDocument(evaluation).plan?.paths).toHaveLength(60);
});

test("nobody is asked for a review that a plan declared later would void", () => {
  const asking = repository(
    'declared_plan: required\napprovals: { request: true, from: ["@acme/sre"], by_risk: { low: 1, elevated: 1 } }\n',
  );
  const reviewers = (body: string) => judge(described(body, { reviews: [] }), [asking]).signposts?.reviewers;
  expect(reviewers("")).toEqual([]);
  expect(reviewers(block("paths: [README.md]"))).toEqual(["@acme/sre"]);
  const { summary } = writeReport(judge(described("", { reviews: [] }), [asking]), "https://github.com");
  expect(summary).toContain("**Do not review yet**: a plan that is declared later voids approvals");
});

test("a kind whose evidence stands in a file that did not change itself is found there", () => {
  const change = changeOf(file("a", "1\n", "2\n"));
  const { views } = buildViews(change, tools);
  const plan = { paths: ["a"], environments: null, services: null, kinds: ["docs" as const] };
  const elsewhere = { kind: "database", path: "b", side: "head" as const, line: 3, because: "because" };
  const context = { ...contextOf(strictDefault(), change, views, plan), kinds: [elsewhere] };
  expect(outsideDeclaredPlan.observe(views, {}, context)).toMatchObject([{ at: { path: "b", line: 3 } }]);
});
