import { describe, expect, test } from "vitest";
import type { Evaluation, Requirement } from "../../../src/core/evaluate/evaluation.ts";
import type { Account, CommitFacts, Facts, PullRequestFacts } from "../../../src/core/facts.ts";
import { judge, judgeAsTold, repository } from "../evaluate/changes.ts";
import { changeOf, claude, commit, factsOf, file, person, pullRequest, review, writers } from "../facts.ts";

const [a, b, machine] = [person(1), person(2), person(9, "release-bot")];
const change = changeOf(file("src/index.ts", "a\n", "b\n"));
const signed = (account: Account, message = "Change something\n"): CommitFacts => {
  const signature = { name: account.login, email: `${account.login}@example.invalid`, account };
  return commit({ author: signature, committer: signature, message });
};
const trailer = "Change something\n\nCo-authored-by: Claude <noreply@anthropic.com>\n";

/** Opened and pushed by a person, with a commit that an agent left its trailer on. */
function lent(given: Partial<Facts> = {}, opened: Partial<PullRequestFacts> = {}): Facts {
  return factsOf({
    change,
    commits: [signed(a, trailer)],
    pullRequest: pullRequest({ author: a, lastPusher: a, headRef: "change", ...opened }),
    people: writers(a, b),
    ...given,
  });
}
const policy = (level: string, more = "") => [
  repository(`approvals: { by_risk: 0, reading: { at: [] } }\nagents: { own_identity: "${level}"${more} }\n`),
];
const rowOf = ({ requirements }: Evaluation): Requirement | undefined =>
  requirements.find(({ kind }) => kind === "own_identity");
const shown = (facts: Facts, more = ""): string | undefined => rowOf(judgeAsTold(facts, policy("block", more)))?.now;

describe("an agent that works with a person's account", () => {
  test("is nobody's concern where the policy does not say so, and told of where it only observes", () => {
    expect(judgeAsTold(lent(), policy("off"))).toMatchObject({ verdict: "allow", requirements: [] });
    const observed = judgeAsTold(lent(), policy("observe"));
    expect(observed.verdict).toBe("allow");
    expect(rowOf(observed)).toMatchObject({
      state: { kind: "met" },
      now: "`claude-code` works with the account of `person-1`, who pushed last, and commit aaaaaaa has its marks (co-author trailer `aaaaaaa: Co-authored-by: Claude <noreply@anthropic.com>`)",
    });
  });

  test("asks one other person at `review`, who is not the one whose account it was", () => {
    const evaluation = judgeAsTold(lent(), policy("review"));
    expect(evaluation.verdict).toBe("hold");
    const asked = evaluation.requirements.find(({ id }) => id === "approvals:own-identity");
    expect(asked).toMatchObject({ need: 1, what: "1 approval (an agent works with the account of `person-1`)" });
    expect(judge(lent({ reviews: [review(a)] }), policy("review")).verdict).toBe("hold");
    expect(judge(lent({ reviews: [review(b)] }), policy("review")).verdict).toBe("allow");
  });

  test("is refused at `block`, whoever approves, with the way out", () => {
    const evaluation = judge(lent({ reviews: [review(b)] }), policy("block"));
    expect(evaluation).toMatchObject({ verdict: "block", next: { actor: "people", action: "push" } });
    expect(evaluation.next.do).toContain("install its app");
  });
});

describe("whose account it is", () => {
  test("is told by who pushed, else by who opened", () => {
    const bare = [signed(a)];
    expect(shown(lent({ commits: bare }, { labels: ["codex"] }))).toContain(
      "`person-1`, who pushed last (label `codex`)",
    );
    expect(shown(lent({ commits: bare }, { labels: ["codex"], lastPusher: null }))).toContain("who opened it");
  });

  test("is the agent's own where it opens and pushes itself, also where a person pushes to its branch by hand", () => {
    const own = { author: claude, lastPusher: claude };
    expect(shown(lent({ commits: [commit()] }, own))).toBeUndefined();
    expect(shown(lent({ commits: [commit(), signed(a)] }, { author: claude, lastPusher: a }))).toBeUndefined();
    expect(shown(lent({ commits: [commit()] }, { author: a, lastPusher: claude }))).toBeUndefined();
  });

  test("is a person's where a marked commit of theirs comes to the pull request of another agent", () => {
    const commits = [commit(), signed(a, trailer)];
    expect(shown(lent({ commits }, { author: claude, lastPusher: a }))).toContain("`person-1`");
  });

  test("is nobody's where the policy knows the account for a machine, or where no mark tells of an agent", () => {
    const byMachine = { author: machine, lastPusher: machine };
    const facts = lent({ commits: [signed(machine, trailer)] }, byMachine);
    expect(shown(facts, ", machines: [release-bot]")).toBeUndefined();
    expect(shown(facts)).toContain("`release-bot`");
    expect(shown(lent({ commits: [signed(a)] }))).toBeUndefined();
  });

  test("is not told by an update merge, which is nobody's work", () => {
    const merge = { ...signed(a, trailer), sha: "2".repeat(40) };
    const facts = lent({ commits: [commit(), merge], updateMerges: [merge.sha] }, { author: claude, lastPusher: a });
    expect(shown(facts)).toBeUndefined();
  });
});

test("evidence that an author wrote does not end the code that it stands in", () => {
  const evil = lent({}, { headRef: "codex/a`b" });
  expect(shown({ ...evil, commits: [signed(a)] })).toContain("branch prefix `codex/a'b`");
});
