import { describe, expect, test } from "vitest";
import type { Account, Facts } from "../../../src/core/facts.ts";
import { strictDefault } from "../../../src/core/policy/merge.ts";
import type { Policy } from "../../../src/core/policy/schema.ts";
import type { Provenance } from "../../../src/core/provenance/provenance.ts";
import { type Grounds, opinions } from "../../../src/core/requirements/eligibility.ts";
import { claude, commit, factsOf, headSha, person, pullRequest, report, review, writers } from "../facts.ts";

const agent: Provenance = { author: "agent", agents: ["claude"], signals: [], invokers: [], invokerKnown: false };
const strict = strictDefault();
const policy: Policy = { ...strict, agents: { ...strict.agents, machines: ["release-bot"] } };
const shown = { findings: [], gaps: [], patch: "the patch", plan: null };
const ask = (
  facts: Partial<Facts>,
  provenance = agent,
  by = policy,
  size: Pick<Grounds, "tier" | "lines"> = { tier: "low", lines: 0 },
) =>
  opinions({
    facts: factsOf({ publications: [report()], ...facts }),
    provenance,
    policy: by,
    shown,
    nowMs: 0,
    ...size,
  });
const logins = (accounts: readonly Account[]): readonly string[] => accounts.map((account) => account.login);
const [a, b] = [person(1), person(2)];

test("a person with write permission who had no part in the change approves", () => {
  expect(logins(ask({ reviews: [review(a)], people: writers(a) }).approvers)).toEqual(["person-1"]);
});

test.each<[string, Partial<Facts>, string]>([
  ["without a known permission", { reviews: [review(a)] }, "has no write permission"],
  [
    "with read permission only",
    { reviews: [review(a)], people: [{ account: a, permission: "read" }] },
    "has no write permission",
  ],
  [
    "of an older head",
    { reviews: [review(a, { commitSha: "c".repeat(40) })], people: writers(a) },
    "approved an older head, ccccccc",
  ],
  ["of a commit that is gone", { reviews: [review(a, { commitSha: null })], people: writers(a) }, "is gone"],
  ["of the opener", { reviews: [review(a)], people: writers(a), pullRequest: pullRequest({ author: a }) }, "opened"],
  [
    "of the last pusher",
    { reviews: [review(a)], people: writers(a), pullRequest: pullRequest({ lastPusher: a }) },
    "pushed last",
  ],
  [
    "of a committer",
    {
      reviews: [review(a)],
      people: writers(a),
      commits: [commit({ committer: { name: "p", email: "p@example.invalid", account: a } })],
    },
    "contributed to commit aaaaaaa",
  ],
  [
    "of a co-author by id, in any case and with any name",
    {
      reviews: [review(a)],
      people: writers(a),
      commits: [commit({ message: "x\n\nCO-AUTHORED-BY: x <1+old-login@users.noreply.github.com>\n" })],
    },
    "contributed to commit",
  ],
  [
    "of a co-author by login",
    {
      reviews: [review(a)],
      people: writers(a),
      commits: [commit({ message: "x\n\nCo-authored-by: x <Person-1@users.noreply.github.com>\nmore" })],
    },
    "contributed to commit",
  ],
  ...[
    "x <1+person-1@users.noreply.github.com> (paired)",
    "1+person-1@users.noreply.github.com",
    "x [1+person-1@users.noreply.github.com](mailto:1+person-1@users.noreply.github.com)",
    "y <y@example.invalid>, x <1+person-1@users.noreply.github.com>",
  ].map((written): [string, Partial<Facts>, string] => [
    `of a co-author written as ${written}`,
    {
      reviews: [review(a)],
      people: writers(a),
      commits: [commit({ message: `x\n\nCo-authored-by: ${written}\n` })],
    },
    "contributed to commit",
  ]),
  ["of an agent", { reviews: [review(claude)], people: writers(claude) }, "is an app"],
  [
    "of an agent's account of type User",
    { reviews: [review({ id: 81847, login: "claude", type: "User" })], people: writers(person(81847, "claude")) },
    "is an agent or a machine account",
  ],
  [
    "of a machine that the policy names",
    { reviews: [review(person(9, "release-bot"))], people: writers(person(9, "release-bot")) },
    "is an agent or a machine account",
  ],
])("an approval %s does not count, and the report says why", (_, facts, because) => {
  const { approvers, excluded } = ask(facts);
  expect(approvers).toEqual([]);
  expect(excluded).toHaveLength(1);
  expect(excluded[0]?.because).toContain(because);
});

test.each([
  ["by id", { login: "renamed", id: 1 }],
  ["by login where no id is known", { login: "PERSON-1", id: null }],
])("whoever started the agent does not approve, found %s", (_, invoker) => {
  const provenance: Provenance = { ...agent, invokers: [{ ...invoker, trust: "claimed", evidence: "co-author" }] };
  expect(ask({ reviews: [review(a)], people: writers(a) }, provenance).excluded).toEqual([
    { login: "person-1", because: "started the agent", countsFromMs: null },
  ]);
});

test("a later request for changes replaces an approval and stands against the change", () => {
  const reviews = [review(a), review(a, { state: "CHANGES_REQUESTED" })];
  const { approvers, objectors } = ask({ reviews, people: writers(a) });
  expect([logins(approvers), objectors.map(({ account }) => account.login)]).toEqual([[], ["person-1"]]);
});

test("a comment after an approval takes nothing back", () => {
  const reviews = [review(a), review(a, { state: "COMMENTED" })];
  expect(logins(ask({ reviews, people: writers(a) }).approvers)).toEqual(["person-1"]);
});

describe("a dismissal", () => {
  const dismissed = (by: Account | null, was: "APPROVED" | "CHANGES_REQUESTED" = "CHANGES_REQUESTED") =>
    review(b, { state: "DISMISSED", dismissal: { by, was } });
  const c = person(3);
  const facts = (...reviews: Facts["reviews"]) => ({ reviews, people: writers(a, b, c) });
  const standing = (given: Partial<Facts>, provenance = agent) =>
    ask(given, provenance).objectors.map(({ dismissal }) => dismissal);

  test("of an approval revives neither an older approval nor an older objection", () => {
    const { approvers, objectors } = ask(facts(review(b), dismissed(a, "APPROVED")));
    expect([approvers, objectors]).toEqual([[], []]);
    expect(standing(facts(review(b, { state: "CHANGES_REQUESTED" }), dismissed(a, "APPROVED")))).toEqual([]);
  });

  test("of a request for changes by somebody who could approve, or by its own author, lifts it and revives no approval", () => {
    for (const by of [a, b]) {
      const { approvers, objectors } = ask(facts(review(b), dismissed(by)));
      expect([approvers, objectors]).toEqual([[], []]);
    }
  });

  test.each<[string, Account | null, Partial<Facts>, string]>([
    ["the opener", a, { pullRequest: pullRequest({ author: a }) }, "person-1 dismissed it and opened the pull request"],
    ["the last pusher", a, { pullRequest: pullRequest({ lastPusher: a }) }, "pushed last"],
    [
      "a contributor",
      a,
      { commits: [commit({ author: { name: "a", email: "a@example.invalid", account: a } })] },
      "contributed to commit",
    ],
    ["a reader", a, { people: writers(b, c) }, "has no write permission"],
    ["an app", claude, {}, "is an app"],
    ["an account that is gone", null, {}, "who dismissed it is gone"],
  ])("by %s leaves it standing, and the report says why", (_, by, more, because) => {
    expect(standing({ ...facts(dismissed(by)), ...more })).toEqual([expect.stringContaining(because)]);
  });

  test("by whoever started the agent leaves it standing", () => {
    const started: Provenance = { ...agent, invokers: [{ login: a.login, id: a.id, trust: "claimed", evidence: "" }] };
    expect(standing(facts(dismissed(a)), started)).toEqual(["person-1 dismissed it and started the agent"]);
  });

  test("by somebody outside of the teams whose approvals count here leaves it standing", () => {
    const from: Policy = { ...policy, approvals: { ...policy.approvals, from: [["@acme/sre"]] } };
    const of = (members: readonly number[]) =>
      ask({ ...facts(dismissed(a)), teams: [{ team: "@acme/sre", members }] }, agent, from).objectors.length;
    expect([of([]), of([a.id])]).toEqual([1, 0]);
  });

  test("that GitHub's timeline does not tell of lifts nothing", () => {
    expect(standing(facts(review(b, { state: "DISMISSED" })))).toEqual(["GitHub does not say who dismissed it"]);
  });
});

describe("an update merge", () => {
  const merge = commit({
    sha: headSha,
    parents: ["1".repeat(40), "2".repeat(40)],
    committer: { name: "a", email: "", account: a },
  });
  const first = commit({ sha: "1".repeat(40) });
  const facts = {
    reviews: [review(a), review(b, { commitSha: first.sha })],
    people: writers(a, b),
    commits: [first, merge],
    publications: [report(), report({ headSha: first.sha })],
  };

  test("that is nothing but a merge contributes nobody, any other does", () => {
    expect(logins(ask({ ...facts, updateMerges: [headSha] }).approvers)).toEqual(["person-1", "person-2"]);
    expect(logins(ask(facts).approvers)).toEqual(["person-2"]);
  });

  test("that is nothing but a merge is no push where every push voids approvals", () => {
    const onPush: Policy = { ...policy, approvals: { ...policy.approvals, invalidateOn: "push" } };
    expect(logins(ask({ ...facts, updateMerges: [headSha] }, agent, onPush).approvers)).toEqual([
      "person-1",
      "person-2",
    ]);
    expect(ask(facts, agent, onPush).excluded.find(({ login }) => login === "person-2")?.because).toContain(
      "every push voids approvals",
    );
  });
});

test("while GitHub does not say who pushed last nobody is known not to have", () => {
  const facts = { reviews: [review(a)], people: writers(a), pullRequest: pullRequest({ lastPusher: null }) };
  expect(ask(facts).excluded).toMatchObject([{ because: "may have pushed last: GitHub does not say who did" }]);
});

test("a mailbox is somebody's where GitHub maps it to them on another commit", () => {
  const signature = { name: "a", email: "a@example.invalid", account: a };
  const merge = commit({ sha: "d".repeat(40), author: signature });
  const trailer = commit({ message: "x\n\nCo-authored-by: a <A@example.invalid>\n" });
  const facts = { reviews: [review(a)], people: writers(a), updateMerges: [merge.sha] };
  expect(logins(ask({ ...facts, commits: [merge] }).approvers)).toEqual(["person-1"]);
  expect(logins(ask({ ...facts, commits: [merge, trailer] }).approvers)).toEqual([]);
});

describe("at a risk that asks for reading", () => {
  const minuteMs = 60_000;
  const at = (minutes: number) => ({
    reviews: [review(a, { submittedAtMs: minutes * minuteMs })],
    people: writers(a),
    publications: [report({ publishedAtMs: 0 })],
  });
  const high = (facts: Partial<Facts>, lines = 0) => ask(facts, agent, policy, { tier: "high", lines });

  test("an approval counts once the time has passed that reading takes, and says from when", () => {
    expect(high(at(2)).approvers).toHaveLength(1);
    expect(high(at(1.9)).excluded).toEqual([
      { login: "person-1", because: "approved faster than it can be read", countsFromMs: 2 * minuteMs },
    ]);
    expect(high(at(4), 150).excluded[0]?.countsFromMs).toBe(5 * minuteMs);
    expect(high(at(10), 100_000).approvers).toHaveLength(1);
  });

  test("an approval from before the report was not of that report", () => {
    expect(high({ ...at(2), publications: [] }).excluded[0]?.because).toBe("approved before the report was published");
  });

  test("at a lower risk it may be as fast as it likes", () => {
    expect(ask(at(0.1)).approvers).toHaveLength(1);
  });

  test("it is told to the ledger what was read, only where it counts", () => {
    expect(high(at(2)).readings).toEqual([
      { accountId: 1, subjectId: "pull/10/7", submittedAtMs: 2 * minuteMs, sinceMs: 0, needMs: 2 * minuteMs },
    ]);
    expect(high(at(1)).readings).toEqual([]);
  });
});

test("the time of submission decides what is latest, not the order of the list", () => {
  const older = review(a, { state: "CHANGES_REQUESTED", submittedAtMs: 1 });
  const newer = review(a, { submittedAtMs: 2, commitSha: headSha });
  expect(logins(ask({ reviews: [newer, older], people: writers(a) }).approvers)).toEqual(["person-1"]);
});

test("an objection of the opener, of a contributor or of whoever started the agent stands", () => {
  const objection = review(a, { state: "CHANGES_REQUESTED" });
  const mine = commit({ author: { name: "a", email: "a@example.invalid", account: a } });
  const started: Provenance = { ...agent, invokers: [{ login: a.login, id: a.id, trust: "attested", evidence: "" }] };
  const facts = { reviews: [objection], people: writers(a), commits: [mine], pullRequest: pullRequest({ author: a }) };
  expect(ask(facts, started).objectors).toEqual([{ account: a, dismissal: null }]);
});

test("an objection of somebody without write permission, or of an app, holds nothing up", () => {
  const reviews = [review(a, { state: "CHANGES_REQUESTED" }), review(claude, { state: "CHANGES_REQUESTED" })];
  expect(ask({ reviews, people: writers(claude) }).objectors).toEqual([]);
});

test("a review whose account is gone is nobody's word", () => {
  expect(ask({ reviews: [review(null)] })).toEqual({ approvers: [], excluded: [], objectors: [], readings: [] });
});
