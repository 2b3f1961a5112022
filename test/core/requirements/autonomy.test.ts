import { describe, expect, test } from "vitest";
import type { Account, CommitFacts, Facts, PullRequestFacts } from "../../../src/core/facts.ts";
import type { Evaluation, Requirement } from "../../../src/core/evaluate/evaluation.ts";
import { byPerson, deployment, judge, judgeAsTold, nowMs, organisation, repository } from "../evaluate/changes.ts";
import { changeOf, claude, commit, factsOf, file, person, pullRequest, review, writers } from "../facts.ts";

const [a, b, c] = [person(1), person(2), person(3)];
const copilot: Account = { id: 198982749, login: "Copilot", type: "Bot" };
const layout = 'layout: ["k8s/{environment}/{service}/**"]\napprovals: { by_risk: 0, reading: { at: [] } }\n';
const calm = "invariants: { production-is-unchanged: review }\n";

function policy(agents: string, rest = ""): string {
  return `${layout}${calm}${rest}agents:\n  ${agents}\n`;
}
const free = policy('autonomy: { "claude[bot]": { development: sandbox, staging: sandbox, production: execute } }');

function manifest(environment: string, service = "search", image = "a:2") {
  return file(`k8s/${environment}/${service}/deployment.yaml`, deployment(service), deployment(service, { image }));
}
const readme = file("README.md", "a\n", "b\n");
const source = file("src/index.ts", "a\n", "b\n");

/** A change that GitHub attests to be of one agent alone. */
function attested(given: Partial<Facts> = {}, opened: Partial<PullRequestFacts> = {}): Facts {
  return factsOf({
    change: changeOf(manifest("development")),
    commits: [commit({ verified: true })],
    pullRequest: pullRequest({ headRef: "change", ...opened }),
    people: writers(a, b, c),
    ...given,
  });
}

const rowOf = (evaluation: Evaluation): Requirement | undefined =>
  evaluation.requirements.find(({ kind }) => kind === "autonomy");
function told(facts: Facts, text = free, atMs = nowMs): string {
  return rowOf(judgeAsTold(facts, [repository(text)], atMs))?.now ?? "nothing";
}

describe("without a word about autonomy", () => {
  test("agents are judged as ever, and the report has no row of it", () => {
    expect(judgeAsTold(attested(), [repository(layout)])).toMatchObject({ verdict: "allow", requirements: [] });
  });

  test("no file lets people's changes be asked for anything by it", () => {
    const observed = policy('autonomy: { default: { "*": observe } }');
    expect(told({ ...byPerson(), change: changeOf(source) }, observed)).toBe("nothing");
  });
});

describe("observe", () => {
  const observing = policy('autonomy: { default: { "*": observe } }');

  test("lets documentation through, once people have approved it", () => {
    const facts = attested({ change: changeOf(readme) });
    expect(judgeAsTold(facts, [repository(observing)])).toMatchObject({ verdict: "hold" });
    // One more than one: who started the agent is not known here.
    const reviewed = { ...facts, reviews: [review(a), review(b)] };
    expect(judge(reviewed, [repository(observing)])).toMatchObject({ verdict: "allow" });
  });

  test("blocks everything else, whoever approves, and tells the agent what to take out", () => {
    const facts = attested({ change: changeOf(readme, source), reviews: [review(a), review(b)] });
    const evaluation = judge(facts, [repository(observing)]);
    expect(evaluation).toMatchObject({ verdict: "block", next: { actor: "agent", action: "push" } });
    expect(rowOf(evaluation)?.state).toEqual({ kind: "failed" });
    expect(rowOf(evaluation)?.from).toContain("agents.autonomy");
    expect(rowOf(evaluation)?.now).toBe(
      "`claude-code-action` has `observe`: `agents.autonomy.default` says so; `src/index.ts` is no documentation",
    );
  });

  test("takes a document that is a link, or that can be run, for something else", () => {
    for (const mode of ["120000", "160000", "100755"] as const) {
      const after = readme.after === null ? null : { ...readme.after, mode };
      expect(told(attested({ change: changeOf({ ...readme, after }) }), observing)).toContain("is no documentation");
    }
  });

  test("blocks where it is not known what changes", () => {
    const gap = { id: "unreadable-folder:k8s", level: "hold", path: null, side: "head", line: null } as const;
    const gaps = [{ ...gap, reason: "a folder", remedy: "Try again." }];
    expect(told(attested({ change: changeOf(readme), gaps }), observing)).toContain("what changes is not known");
  });
});

describe("propose", () => {
  test("asks people even where the environment asks nobody", () => {
    const text = policy('autonomy: { default: { "*": propose } }');
    const evaluation = judgeAsTold(attested(), [repository(text)]);
    expect(evaluation.verdict).toBe("hold");
    expect(evaluation.requirements).toContainEqual(expect.objectContaining({ id: "approvals:risk:elevated", need: 2 }));
  });

  test("is what agents have that no row names, where a file says anything at all", () => {
    const text = policy("autonomy: { codex: { development: observe } }");
    expect(told(attested(), text)).toBe(
      "`claude-code-action` has `propose` in `development`: `agents.autonomy.default` says so",
    );
  });
});

describe("sandbox", () => {
  test("asks for what the environment asks, nobody here, and leaves auto-merge armed by the agent", () => {
    const evaluation = judgeAsTold(attested({}, { autoMergeArmedBy: claude }), [repository(free)]);
    expect(evaluation.verdict).toBe("allow");
    expect(evaluation.requirements).toContainEqual(
      expect.objectContaining({ id: "auto-merge", state: { kind: "met" } }),
    );
  });

  test("does not leave it armed by an account that GitHub does not show, nor on a forbidden path", () => {
    expect(judgeAsTold(attested({}, { autoMergeArmedBy: "unknown" }), [repository(free)]).verdict).toBe("hold");
    const forbidden = `${free}auto_merge: { forbid: ["k8s/**"] }\n`;
    expect(judgeAsTold(attested({}, { autoMergeArmedBy: claude }), [repository(forbidden)]).verdict).toBe("hold");
  });

  test("keeps the people whom the environment asks for", () => {
    const strict = `${free}environments: { development: { approvals: 2 } }\n`;
    expect(judgeAsTold(attested(), [repository(strict)])).toMatchObject({ verdict: "hold" });
  });
});

describe("the least of all that is reached counts", () => {
  const mixed = policy('autonomy: { "claude[bot]": { development: sandbox, staging: observe } }');

  test("over environments", () => {
    expect(told(attested({ change: changeOf(manifest("development"), manifest("staging")) }), mixed)).toContain(
      "has `observe` in `staging`",
    );
    expect(told(attested({ change: changeOf(manifest("development")) }), mixed)).toContain("has `sandbox`");
  });

  test("and what reaches no environment is under `*`, documentation beside it aside", () => {
    expect(told(attested({ change: changeOf(manifest("development"), source) }), mixed)).toContain("has `propose`:");
    expect(told(attested({ change: changeOf(manifest("development"), readme) }), mixed)).toContain("has `sandbox`");
  });

  test("and what reaches nobody knows where reaches production", () => {
    const lonely = file("terraform/modules/lonely/main.tf", "locals {\n  a = 1\n}\n", "locals {\n  a = 2\n}\n");
    const text = policy('autonomy: { "claude[bot]": { "*": sandbox, production: observe } }');
    expect(told(attested({ change: changeOf(lonely) }), text)).toContain("has `observe` in `production`");
  });

  test("and `sandbox` never holds in production, whichever file declared it", () => {
    const above = organisation(
      `${layout}environments: { blue: { tier: production, branches: [blue] } }\noverridable: [agents.autonomy]\n`,
    );
    const own = repository('agents: { autonomy: { default: { "*": sandbox, production: propose } } }\n');
    const evaluation = judgeAsTold(attested({ change: changeOf(manifest("blue")) }), [above, own]);
    expect(rowOf(evaluation)?.now).toContain("has `propose` in `blue`");
  });
});

describe("more than every other agent has", () => {
  const signature = (account: Account | null, email: string) => ({ name: "x", email, account });
  const of = (account: Account) => signature(account, `${account.id}+${account.login}@users.noreply.github.com`);
  const human = of(person(51));

  test("is for the agent that GitHub attests as opener, last pusher and author of every commit", () => {
    expect(told(attested())).toContain("has `sandbox`");
    const web = { name: "GitHub", email: "noreply@github.com", account: null };
    expect(told(attested({ commits: [commit({ verified: true, committer: web })] }))).toContain("has `sandbox`");
  });

  const ways: readonly (readonly [string, Partial<Facts>, Partial<PullRequestFacts>])[] = [
    ["a person who opened it", {}, { author: person(51) }],
    ["a person who pushed last", {}, { lastPusher: person(51) }],
    ["a push of which GitHub does not say whose it was", {}, { lastPusher: null }],
    ["another agent that pushed last", {}, { lastPusher: copilot }],
    ["no commits", { commits: [] }, {}],
    ["a commit that nobody signed", { commits: [commit({ verified: true }), commit({ sha: "1".repeat(40) })] }, {}],
    ["a person's commit", { commits: [commit({ verified: true, author: human, committer: human })] }, {}],
    [
      "the agent's mailbox on a commit that a person signed",
      { commits: [commit({ verified: true, committer: human })] },
      {},
    ],
    ["a commit of nobody", { commits: [commit({ verified: true, author: signature(null, "x@example.invalid") })] }, {}],
    ["Copilot's commit", { commits: [commit({ verified: true, author: of(copilot), committer: of(copilot) })] }, {}],
    ["a trailer of another agent", { commits: [commit({ verified: true, message: "x\n\nMade-with: Cursor\n" })] }, {}],
    ["a label of another agent", {}, { labels: ["codex"] }],
    ["a branch of another agent", {}, { headRef: "devin/1-x" }],
    ["the account of another id under its login", {}, { author: { ...claude, id: 7 } }],
    [
      "a workflow that commits as it",
      { commits: [commit({ verified: true, author: of({ id: 41898282, login: "claude[bot]", type: "Bot" }) })] },
      { author: { id: 41898282, login: "github-actions[bot]", type: "Bot" } },
    ],
    [
      "commits that could not be read",
      {
        gaps: [
          { id: "unreadable-commits", level: "hold", path: null, side: "head", line: null, reason: "x", remedy: "y" },
        ],
      },
      {},
    ],
  ];
  test.each(ways)("is not for %s", (_, facts, opened) => {
    expect(told(attested(facts, opened))).toContain("has `propose`");
  });

  test("is not lent to the one mark that names an agent with more", () => {
    const lent = policy("autonomy: { copilot-cloud-agent: { development: sandbox } }");
    const facts = byPerson(person(51), {
      change: changeOf(manifest("development")),
      commits: [commit({ author: of(copilot), committer: human, verified: true })],
    });
    expect(told(facts, lent)).toBe(
      "`copilot-cloud-agent` has `propose` in `development`: `agents.autonomy.copilot-cloud-agent` says `sandbox`, which is for changes of it alone: GitHub does not attest that the opener, the last pusher and every commit are it",
    );
  });

  test("survives marks that its own work carries, unless a row names those", () => {
    const own: Partial<Facts> = {
      commits: [commit({ verified: true, message: "x\n\nCo-Authored-By: Claude <noreply@anthropic.com>\n" })],
    };
    expect(told(attested(own, { headRef: "claude/change" }))).toContain("has `sandbox`");
    const named = `${free.trimEnd().replace(/ \}$/u, "")}, claude-code: { "*": propose } }\n`;
    expect(told(attested(own), named)).toContain("`claude-code` has `propose`");
  });

  test("survives GitHub's word that Copilot started, which comes with the agents of other vendors that it runs", () => {
    const hosted: Account = { id: 242468646, login: "anthropic-code-agent[bot]", type: "Bot" };
    const commits = [commit({ verified: true, author: of(hosted), committer: of(hosted) })];
    const opened = { author: hosted, lastPusher: hosted, workStartedBy: [person(51)], headRef: "copilot/change" };
    const text = policy('autonomy: { "anthropic-code-agent[bot]": { development: sandbox } }');
    expect(told(attested({ commits }, opened), text)).toContain("`claude-agent-hq` has `sandbox`");
    expect(told(attested({ commits }, { ...opened, labels: ["codex"] }), text)).toContain("`codex` has `propose`");
  });

  test("survives an update merge that is nothing but that", () => {
    const merge: CommitFacts = commit({ sha: "2".repeat(40), author: human, committer: human, verified: false });
    const commits = [commit({ verified: true }), merge];
    expect(told(attested({ commits, updateMerges: [merge.sha] }))).toContain("has `sandbox`");
    expect(told(attested({ commits }))).toContain("has `propose`");
  });

  test("is not needed where a row takes away: any mark is enough for that", () => {
    const text = policy('autonomy: { default: { "*": propose }, codex: { "*": observe } }');
    expect(told(attested({}, { labels: ["codex"] }), text)).toContain("`codex` has `observe`");
  });

  test("is what a row of several names that mean it says least", () => {
    const text = policy(
      'autonomy: { "claude[bot]": { development: sandbox }, claude-code-action: { development: observe } }',
    );
    expect(told(attested(), text)).toContain("`agents.autonomy.claude-code-action` says so");
  });

  test("is had by an account of your own that the policy names", () => {
    const own: Account = { id: 77, login: "acme-deployer[bot]", type: "Bot" };
    const facts = attested(
      { commits: [commit({ verified: true, author: of(own), committer: of(own) })] },
      { author: own, lastPusher: own },
    );
    const text = policy('also: ["acme-deployer[bot]"]\n  autonomy: { "ACME-deployer[bot]": { development: sandbox } }');
    expect(told(facts, text)).toContain("`acme-deployer[bot]` has `sandbox`");
  });
});

describe("execute", () => {
  const entry = "{ name: roll out, environments: [production], kinds: [image], services: [search] }";
  const text = policy(
    `autonomy: { "claude[bot]": { "*": propose, staging: execute, production: execute } }\n  pre_approved: [${entry}]`,
  );
  const image = attested({ change: changeOf(manifest("production")) }, { autoMergeArmedBy: claude });

  test("takes two people where all of the change is pre-approved, and merges by itself then", () => {
    const evaluation = judgeAsTold(image, [repository(text)]);
    expect(rowOf(evaluation)?.now).toBe(
      "`claude-code-action` has `execute` in `production`: `agents.autonomy.claude[bot]` says so; within `roll out`, which takes 2 people",
    );
    expect(evaluation.verdict).toBe("hold");
    expect(judge({ ...image, reviews: [review(a), review(b)] }, [repository(text)]).verdict).toBe("hold");
    // One more than two: who started the agent is not known here.
    const all = [review(a), review(b), review(c)];
    expect(judge({ ...image, reviews: all }, [repository(text)]).verdict).toBe("allow");
  });

  const flow = (env: string) =>
    deployment("search").replace(
      /( +)image: a:1.*\n/u,
      (_, pad: string) => `${pad}image: a:2\n${pad}env: [{ name: A, value: ${env} }]\n`,
    );
  const oneLine = (image: string, env: string) =>
    deployment("search").replace(
      / {8}- name: search\n[\s\S]*/u,
      `        - { name: search, image: ${image}, env: [{ name: A, value: "${env}" }] }\n`,
    );
  const outside: readonly (readonly [string, Partial<Facts>, string])[] = [
    ["another service", { change: changeOf(manifest("production", "payment")) }, "reaches the service `payment`"],
    ["another environment", { change: changeOf(manifest("staging")) }, "reaches `staging`"],
    [
      "a setting on the very line of the image",
      { change: changeOf(file("k8s/production/search/deployment.yaml", oneLine("a:1", "1"), oneLine("a:2", "2"))) },
      "changes more than that",
    ],
    [
      "another kind",
      {
        change: changeOf(
          file(
            "k8s/production/search/deployment.yaml",
            deployment("search"),
            deployment("search", { image: "a:2", replicas: "3" }),
          ),
        ),
      },
      "is of the kind `scale`",
    ],
    [
      "a setting beside the image",
      { change: changeOf(file("k8s/production/search/deployment.yaml", deployment("search"), flow("1"))) },
      "changes more than that",
    ],
    [
      "a line that is no part of an object",
      {
        change: changeOf(
          file(
            "k8s/production/search/deployment.yaml",
            deployment("search"),
            `# x\n${deployment("search", { image: "a:2" })}`,
          ),
        ),
      },
      "changes more than that",
    ],
    [
      "documentation beside it",
      { change: changeOf(manifest("production"), readme) },
      "`README.md` reaches no environment of it",
    ],
    [
      "a gap",
      { gaps: [{ id: "x", level: "hold", path: null, side: "head", line: null, reason: "x", remedy: "y" }] },
      "a gap is never pre-approved",
    ],
    [
      "an open finding",
      {
        change: changeOf(
          file(
            "k8s/production/search/deployment.yaml",
            deployment("search"),
            deployment("search", { image: "a:2", failures: "1" }),
          ),
        ),
      },
      "an open finding is never pre-approved: `k8s-liveness-too-eager`",
    ],
  ];
  test.each(outside)("falls back to propose for %s", (_, facts, because) => {
    const evaluation = judgeAsTold({ ...image, ...facts }, [repository(text)]);
    expect(rowOf(evaluation)?.now).toContain("it falls back to `propose`:");
    expect(rowOf(evaluation)?.now).toContain(because);
    expect(evaluation.requirements).toContainEqual(
      expect.objectContaining({ id: "auto-merge", state: { kind: "missing" } }),
    );
  });

  test("falls back where nothing is pre-approved, and where a bake is asked for that nothing proves", () => {
    expect(told(image, text.replace(entry, ""))).toContain("nothing is pre-approved");
    expect(told(image, text.replace("services:", "bake: 24h, services:"))).toContain("it asks for a bake");
  });

  test("is not had by a change that nobody attests", () => {
    expect(told({ ...image, commits: [commit()] }, text)).toContain("has `propose`");
  });
});

describe("an agent that is new in a repository", () => {
  const day = 86_400_000;
  const text = policy("new: { autonomy: observe, for: 14d }");
  const here = (agent: string, days: number): Partial<Facts> => ({
    appearances: [{ agent, sinceMs: nowMs - days * day }],
  });

  test("may do no more than new agents may, from its first report on for as long as the policy says", () => {
    const evaluation = judgeAsTold(attested(here("claude-code-action", 13)), [repository(text)]);
    expect(evaluation).toMatchObject({ verdict: "block", nextLookMs: nowMs + day });
    expect(rowOf(evaluation)?.now).toMatch(/has `observe`: it is new here until .* \(`agents\.new`\)/u);
    expect(told(attested(here("claude-code-action", 14)), text)).toBe("nothing");
  });

  test("is new for as long as nothing of ours tells since when it has been here", () => {
    expect(told(attested(), text)).toContain("no report in this repository has had a mark of it");
    expect(told(attested(here("codex", 100)), text)).toContain("has `observe`");
  });

  test("takes the autonomy of an older one away where both left a mark", () => {
    const facts = attested(here("claude-code-action", 100), { labels: ["codex"] });
    expect(told(facts, text)).toContain("`codex` has `observe`");
  });

  test("never has more than its row says", () => {
    const both = policy('new: { autonomy: propose, for: 14d }\n  autonomy: { default: { "*": observe } }');
    expect(told(attested(), both)).toContain("`agents.autonomy.default` says so");
  });

  test("is here since the report that is the first with its mark; from a fork only what GitHub attests is", () => {
    const [forked, head] = [true, false].map((fromFork) => ({ sha: "a".repeat(40), fromFork }));
    const facts = attested({}, { labels: ["codex"] });
    const appeared = (given: Partial<Facts>) => judgeAsTold({ ...facts, ...given }, [repository(text)]).appeared;
    expect(appeared({ head: head! }).toSorted()).toEqual(["claude-code-action", "codex"]);
    expect(appeared({ head: forked! })).toEqual(["claude-code-action"]);
    expect(appeared(here("claude-code-action", 1))).toEqual(["codex"]);
  });
});

test("a change of which it cannot be read who wrote it may be that of an agent that nobody knows", () => {
  const gap = { id: "unreadable-timeline", level: "hold", path: null, side: "head", line: null } as const;
  const hidden = byPerson(person(51), { change: changeOf(source), gaps: [{ ...gap, reason: "x", remedy: "y" }] });
  const text = policy('autonomy: { default: { "*": observe }, codex: { "*": propose } }');
  expect(told(hidden, text)).toContain("`an agent that is not known` has `observe`");
  expect(told({ ...hidden, gaps: [] }, text)).toBe("nothing");
});

describe("names in the row", () => {
  test("do not end the code that they stand in", () => {
    const evil = file("k8s/production/search/a`b.yaml", "a: 1\n", "a: 2\n");
    const text = policy('autonomy: { default: { "*": observe } }');
    expect(told(attested({ change: changeOf(evil) }), text)).toContain("`k8s/production/search/a'b.yaml` is no");
  });
});
