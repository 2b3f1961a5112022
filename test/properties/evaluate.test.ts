import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson } from "../../src/lib/canonical-json.ts";
import type { ChangedFile, Gap } from "../../src/core/change/change-set.ts";
import { verdicts, type Verdict } from "../../src/core/evaluate/verdict.ts";
import type { Account, CommitFacts, Facts, ReviewFacts } from "../../src/core/facts.ts";
import { byPerson, deployment, judge, organisation, repository } from "../core/evaluate/changes.ts";
import { changeOf, claude, commit, factsOf, file, headSha, person, writers } from "../core/facts.ts";

const runs = { numRuns: 60 };
const severity = (verdict: Verdict): number => verdicts.indexOf(verdict);
const author = person(50);
const people = [1, 2, 3, 4].map((id) => person(id));

/** Paths that reach different things, each with a change that is well or breaks a bound. */
const paths = [
  "README.md",
  "src/a.ts",
  "k8s/staging/a.yaml",
  "k8s/production/a.yaml",
  "k8s/live/b.yaml",
  "k8s/blue/a.yaml",
  ".github/workflows/deploy.yml",
] as const;
function changed(path: string, wrong: boolean): ChangedFile {
  if (!path.startsWith("k8s/")) return file(path, "one: 1\n", "one: 2\n");
  const name = path.replaceAll(/[/.]/gu, "-");
  return file(
    path,
    deployment(name),
    deployment(name, wrong ? { image: "a:2", failures: "1", replicas: "40" } : { image: "a:2" }),
  );
}
const files = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...paths), fc.boolean()), {
    selector: ([path]) => path,
    minLength: 1,
    maxLength: 4,
  })
  .map((some) => some.map(([path, wrong]) => changed(path, wrong)).sort((a, b) => (a.path < b.path ? -1 : 1)));
const gaps = fc
  .uniqueArray(
    fc.record({
      id: fc.constantFrom("one", "two", "three"),
      level: fc.constantFrom("hold" as const, "block" as const),
    }),
    { selector: ({ id }) => id, maxLength: 2 },
  )
  .map((some) => some.map(gapOf));
function gapOf({ id, level }: Pick<Gap, "id" | "level">): Gap {
  return { id, level, path: null, side: "head", line: null, reason: id, remedy: id };
}
const reviews = fc
  .array(
    fc.record({
      account: fc.constantFrom(...people),
      state: fc.constantFrom<ReviewFacts["state"]>(
        "APPROVED",
        "APPROVED",
        "CHANGES_REQUESTED",
        "COMMENTED",
        "DISMISSED",
      ),
      commitSha: fc.constantFrom(headSha, headSha, headSha, "c".repeat(40)),
      dismissal: fc.record({
        by: fc.constantFrom(...people, author, null),
        was: fc.constantFrom("APPROVED" as const, "CHANGES_REQUESTED" as const),
      }),
    }),
    { maxLength: 5 },
  )
  .map((some) =>
    some.map(
      (one, index): ReviewFacts => ({
        ...one,
        id: index + 1,
        submittedAtMs: index,
        dismissal: one.state === "DISMISSED" ? one.dismissal : null,
      }),
    ),
  );
const facts: fc.Arbitrary<Facts> = fc
  .record({ agent: fc.boolean(), files, gaps, reviews, team: fc.subarray(people.map(({ id }) => id)) })
  .map(({ agent, files: some, team, ...rest }) => {
    const own = {
      change: changeOf(...some),
      people: writers(...people),
      teams: [{ team: "@acme/a", members: team }],
      ...rest,
    };
    return agent ? factsOf(own) : byPerson(author, own);
  });

const level = fc.constantFrom<unknown>("off", "observe", "review", "block", { review: ["@acme/a"] });
const some = (model: Readonly<Record<string, fc.Arbitrary<unknown>>>) => fc.record(model, { requiredKeys: [] });
const byRisk = fc.oneof(fc.nat(2), some({ low: fc.nat(2), elevated: fc.nat(2), high: fc.nat(2), critical: fc.nat(2) }));
const environment = some({
  tier: fc.constantFrom("development", "staging", "production"),
  aliases: fc.subarray(["live", "blue", "prod", "stage"]),
  branches: fc.subarray(["main", "release"]),
  approvals: byRisk,
  limits: some({ replicas: fc.constantFrom(1, 50), files: fc.constantFrom(1, 5) }),
  together_with_staging: fc.constantFrom("off", "review", "block"),
  forbids: fc.subarray(["scale", "config", "resources"]),
});
const policyText = some({
  gate: fc.oneof(
    fc.constantFrom<unknown>("agents", "everyone"),
    some({ "*": fc.constantFrom("agents", "everyone"), production: fc.constantFrom("agents", "everyone") }),
  ),
  agents: some({ also: fc.subarray(["person-50"]), machines: fc.subarray(["person-1", "person-2"]) }),
  environments: some({ production: environment, staging: environment, green: environment, zero: environment }),
  services: some({ a: some({ risk: fc.constantFrom("low", "high", "critical") }) }),
  forbidden: fc.subarray(["src/**", "k8s/live/**"]),
  areas: some({
    images: fc.record({
      kinds: fc.constant(["image"]),
      approvals: fc.record({ count: fc.nat(2), from: fc.constant(["@acme/a"]) }),
      ticket: fc.constantFrom("CHG-[0-9]{6}", "[A-Z]{3}-1"),
    }),
  }),
  approvals: some({ by_risk: byRisk, from: fc.constantFrom(["people"], ["@acme/a"]), distinct_teams: fc.boolean() }),
  invariants: some({
    "values-stay-in-bounds": level,
    "production-is-unchanged": level,
    "guardrails-are-untouched": level,
    "blast-radius-is-bounded": level,
  }),
  rules: some({ "k8s-liveness-too-eager": level, "reaches-production": level }),
  limits: some({
    files: fc.constantFrom(1, 3),
    kubernetes: some({ replicas: fc.constantFrom(10, 100), liveness_failure_threshold: fc.nat(3) }),
  }),
  waivers: fc.subarray([
    { rule: "k8s-liveness-too-eager", paths: ["k8s/**"], reason: "x", until: "2026-12-31", by: "@acme/a" },
    { rule: "reaches-production", paths: ["k8s/live/**"], reason: "x", until: "2026-12-31", by: "@acme/a" },
  ]),
}).map((stated) =>
  Object.entries({ layout: ["k8s/{environment}/**"], ...stated })
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    .join(""),
);

/** By how much the verdict gets worse, the same policy in both; one with a mistake would block either way and show nothing. */
function worse(before: Facts, after: Facts, text: string): number {
  const policy = [repository(text)];
  const [was, is] = [judge(before, policy), judge(after, policy)];
  fc.pre(was.requirements.every(({ kind }) => kind !== "policy"));
  return severity(is.verdict) - severity(was.verdict);
}
const latest = (given: Facts): number => given.reviews.length + 1;
const approval = (account: Account, given: Facts): ReviewFacts => ({
  id: latest(given),
  account,
  state: "APPROVED",
  commitSha: headSha,
  submittedAtMs: latest(given),
  dismissal: null,
});

describe("the verdict", () => {
  test("is the same to the byte for the same input", () => {
    fc.assert(
      fc.property(facts, policyText, (given, text) => {
        const evaluation = judge(given, [repository(text)]);
        expect(canonicalJson(judge(structuredClone(given), [repository(text)]))).toBe(canonicalJson(evaluation));
      }),
      runs,
    );
  });

  test("does not depend on the order in which facts were listed", () => {
    fc.assert(
      fc.property(facts, policyText, (given, text) => {
        const reversed: Facts = {
          ...given,
          reviews: given.reviews.toReversed(),
          people: given.people.toReversed(),
          teams: given.teams.toReversed(),
          gaps: given.gaps.toReversed(),
        };
        expect(judge(reversed, [repository(text)])).toEqual(judge(given, [repository(text)]));
      }),
      runs,
    );
  });

  test("is never made worse by one more approval of a person, so never improved by one less", () => {
    fc.assert(
      fc.property(facts, policyText, fc.constantFrom(...people), (given, text, account) => {
        expect(
          worse({ ...given, reviews: [...given.reviews, approval(account, given)] }, given, text),
        ).toBeGreaterThanOrEqual(0);
      }),
      runs,
    );
  });

  test("is never improved by one more changed file", () => {
    fc.assert(
      fc.property(facts, policyText, fc.constantFrom(...paths), fc.boolean(), (given, text, path, wrong) => {
        fc.pre(given.change.files.every((one) => one.path !== path));
        const all = [...given.change.files, changed(path, wrong)].sort((a, b) => (a.path < b.path ? -1 : 1));
        expect(worse(given, { ...given, change: changeOf(...all) }, text)).toBeGreaterThanOrEqual(0);
      }),
      runs,
    );
  });

  test("is never improved by a finding that was not there", () => {
    fc.assert(
      fc.property(facts, policyText, fc.constantFrom(...paths), (given, text, path) => {
        const others = given.change.files.filter((one) => one.path !== path);
        const order = (all: readonly ChangedFile[]) => changeOf(...all.toSorted((a, b) => (a.path < b.path ? -1 : 1)));
        const [well, wrong] = [changed(path, false), changed(path, true)];
        expect(
          worse({ ...given, change: order([...others, well]) }, { ...given, change: order([...others, wrong]) }, text),
        ).toBeGreaterThanOrEqual(0);
      }),
      runs,
    );
  });

  test("is never improved by a gap", () => {
    fc.assert(
      fc.property(facts, policyText, fc.constantFrom("hold" as const, "block" as const), (given, text, at) => {
        expect(
          worse(given, { ...given, gaps: [...given.gaps, gapOf({ id: "new", level: at })] }, text),
        ).toBeGreaterThanOrEqual(0);
      }),
      runs,
    );
  });

  test("is never improved by a mark of an agent, wherever it is", () => {
    const marks: readonly ((given: Facts) => Facts)[] = [
      (given) => ({
        ...given,
        commits: [...given.commits, commit({ message: "x\n\nCo-authored-by: Claude <noreply@anthropic.com>\n" })],
      }),
      (given) => ({ ...given, pullRequest: { ...given.pullRequest, headRef: "claude/x" } }),
      (given) => ({ ...given, pullRequest: { ...given.pullRequest, labels: ["codex"] } }),
      (given) => ({
        ...given,
        pullRequest: { ...given.pullRequest, body: "Generated with [Claude Code](https://example.com)" },
      }),
      (given) => ({ ...given, pullRequest: { ...given.pullRequest, lastPusher: claude } }),
      (given) => ({ ...given, pullRequest: { ...given.pullRequest, author: claude } }),
    ];
    fc.assert(
      fc.property(facts, policyText, fc.constantFrom(...marks), (given, text, mark) => {
        expect(worse(given, mark(given), text)).toBeGreaterThanOrEqual(0);
      }),
      runs,
    );
  });

  test("is never improved by a commit of a stranger, of nobody, or of whoever approves", () => {
    const strangers: readonly CommitFacts[] = [person(1), person(99), null].map((account) =>
      commit({ sha: "d".repeat(40), author: { name: "x", email: "x@example.invalid", account } }),
    );
    fc.assert(
      fc.property(facts, policyText, fc.constantFrom(...strangers), (given, text, one) => {
        expect(worse(given, { ...given, commits: [...given.commits, one] }, text)).toBeGreaterThanOrEqual(0);
      }),
      runs,
    );
  });

  test("is never milder by a repository's file than by the organisation's alone", () => {
    fc.assert(
      fc.property(facts, policyText, policyText, (given, above, below) => {
        const alone = judge(given, [organisation(above)]);
        fc.pre(alone.requirements.every(({ kind }) => kind !== "policy"));
        const joined = judge(given, [organisation(above), repository(below)]);
        // A file with a mistake is told, to people as a gap: that is not what is compared here.
        fc.pre(
          ![...joined.requirements.map(({ kind }) => kind), ...joined.gaps.map(({ id }) => id)].some((id) =>
            id.startsWith("policy"),
          ),
        );
        expect(severity(joined.verdict)).toBeGreaterThanOrEqual(severity(alone.verdict));
      }),
      { numRuns: 150 },
    );
  });
});
