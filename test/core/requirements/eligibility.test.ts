import { expect, test } from "vitest";
import type { Account, Facts } from "../../../src/core/facts.ts";
import { strictDefault } from "../../../src/core/policy/merge.ts";
import type { Policy } from "../../../src/core/policy/schema.ts";
import type { Provenance } from "../../../src/core/provenance/provenance.ts";
import { opinions } from "../../../src/core/requirements/eligibility.ts";
import { claude, commit, factsOf, headSha, person, pullRequest, report, review, writers } from "../facts.ts";

const agent: Provenance = { author: "agent", agents: ["claude"], signals: [], invokers: [], invokerKnown: false };
const strict = strictDefault();
const policy: Policy = { ...strict, agents: { ...strict.agents, machines: ["release-bot"] } };
const shown = { findings: [], gaps: [], patch: "the patch" };
const ask = (facts: Partial<Facts>, provenance = agent) =>
  opinions({ facts: factsOf({ publications: [report()], ...facts }), provenance, policy, shown });
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
    { login: "person-1", because: "started the agent" },
  ]);
});

test("a later request for changes replaces an approval and stands against the change", () => {
  const reviews = [review(a), review(a, { state: "CHANGES_REQUESTED" })];
  const { approvers, objectors } = ask({ reviews, people: writers(a) });
  expect([logins(approvers), logins(objectors)]).toEqual([[], ["person-1"]]);
});

test("a comment after an approval takes nothing back", () => {
  const reviews = [review(a), review(a, { state: "COMMENTED" })];
  expect(logins(ask({ reviews, people: writers(a) }).approvers)).toEqual(["person-1"]);
});

test("a dismissal revives neither an older approval nor an older objection", () => {
  const revived = ask({ reviews: [review(a), review(a, { state: "DISMISSED" })], people: writers(a) });
  expect([revived.approvers, revived.objectors]).toEqual([[], []]);
  const objection = [review(b, { state: "CHANGES_REQUESTED" }), review(b, { state: "DISMISSED" })];
  expect(ask({ reviews: objection, people: writers(b) }).objectors).toEqual([]);
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
  expect(logins(ask(facts, started).objectors)).toEqual(["person-1"]);
});

test("an objection of somebody without write permission, or of an app, holds nothing up", () => {
  const reviews = [review(a, { state: "CHANGES_REQUESTED" }), review(claude, { state: "CHANGES_REQUESTED" })];
  expect(ask({ reviews, people: writers(claude) }).objectors).toEqual([]);
});

test("a review whose account is gone is nobody's word", () => {
  expect(ask({ reviews: [review(null)] })).toEqual({ approvers: [], excluded: [], objectors: [] });
});
