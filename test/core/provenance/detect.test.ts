import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CommitFacts, Facts, PullRequestFacts, Signature } from "../../../src/core/facts.ts";
import { agents } from "../../../src/core/provenance/agents.ts";
import { detect, provenanceGaps } from "../../../src/core/provenance/detect.ts";
import { neverApproves } from "../../../src/core/provenance/invokers.ts";
import { claudeApp, commit, facts, github, lists, noLists, personA, personB, renovate, signed } from "./facts.ts";

const unmapped = (name: string, email: string): Signature => ({ name, email, account: null });
const byMessage = (message: string): Facts => facts({ commits: [commit({ message })] });
const byAuthor = (name: string, email: string): Facts =>
  facts({ commits: [commit({ author: unmapped(name, email) })] });
const byPull = (pullRequest: Partial<PullRequestFacts>): Facts => facts({ pullRequest });
const copilot = { id: 198982749, login: "Copilot", type: "Bot" } as const;

/** One trace for each way in which an agent of the catalogue shows itself. */
const traces: readonly (readonly [agent: string, trace: string, Facts])[] = [
  ["copilot-cloud-agent", "opener by id", byPull({ author: copilot })],
  ["copilot-cloud-agent", "work started", byPull({ workStartedBy: [personB] })],
  ["copilot-cloud-agent", "session link", byMessage("x\n\nAgent-Logs-Url: https://github.com/o/r/sessions/1")],
  ["copilot-cloud-agent", "branch", byPull({ headRef: "copilot/fix-it" })],
  ["copilot-cloud-agent", "description", byPull({ body: "<!-- START COPILOT CODING AGENT TIPS -->" })],
  [
    "copilot-cli",
    "co-author",
    byMessage("x\n\nCo-authored-by: Copilot App <223556219+Copilot@users.noreply.github.com>"),
  ],
  ["copilot-cli", "session", byMessage("x\n\nCopilot-Session: 32c349b4")],
  ["claude-agent-hq", "author", byAuthor("anthropic-code-agent[bot]", "242468646+Claude@users.noreply.github.com")],
  ["codex-agent-hq", "author", byAuthor("openai-code-agent[bot]", "242516109+Codex@users.noreply.github.com")],
  ["claude-code-web", "author", byAuthor("Claude", "noreply@anthropic.com")],
  [
    "claude-code-web",
    "key",
    facts({ commits: [commit({ signatureKey: "SHA256:32dP45eSMmVSt/G/CGvcxl/P+MO3Nwj9xeTh/GSA2wc" })] }),
  ],
  ["claude-code", "co-author", byMessage("x\n\nCo-Authored-By: Claude Opus 4.8 (1M context) <noreply@anthropic.com>")],
  ["claude-code", "co-author without a mailbox", byMessage("x\n\nCo-authored-by: Claude")],
  [
    "claude-code",
    "co-author under a person's mailbox",
    byMessage("x\n\nCo-authored-by: Claude Sonnet 4.6 <p+claude-code@acme.example>"),
  ],
  ["claude-code", "footer", byMessage("x\n\n🤖 Generated with [Claude Code](https://claude.com/claude-code)")],
  [
    "claude-code",
    "session",
    byMessage("x\n\nClaude-Session: https://claude.ai/code/session_1\n\nSigned-off-by: P <p@acme.example>"),
  ],
  ["claude-code-action", "opener", byPull({ author: claudeApp })],
  ["claude-code-action", "workflow token", byAuthor("claude[bot]", "41898282+claude[bot]@users.noreply.github.com")],
  ["codex", "label", byPull({ labels: ["Codex"] })],
  ["codex", "branch", byPull({ headRef: "codex/fix-copy" })],
  ["codex", "task link", byPull({ body: "https://chatgpt.com/codex/tasks/task_e_1" })],
  ["codex", "co-author", byMessage("x\n\nCo-authored-by: Codex <noreply@openai.com>")],
  ["codex", "assisted by, with a mailbox", byMessage("x\n\nAssisted-by: OpenAI Codex <noreply@openai.com>")],
  ["cursor", "author", byAuthor("Cursor Agent", "cursoragent@cursor.com")],
  ["cursor", "made with", byMessage("x\n\nMade-with: Cursor")],
  ["cursor", "description", byPull({ body: "<!-- CURSOR_AGENT_PR_BODY_BEGIN -->" })],
  ["devin", "opener", byPull({ author: { id: 158243242, login: "renamed[bot]", type: "Bot" } })],
  ["devin", "session link", byPull({ body: "Link to Devin run: https://app.devin.ai/sessions/0" })],
  [
    "jules",
    "description",
    byPull({ body: "*PR created automatically by Jules for task [1](https://jules.google.com/task/1)*" }),
  ],
  ["jules", "task number", byPull({ headRef: "add-learn-cmd-14791786536596206223" })],
  [
    "openhands",
    "co-author without brackets",
    byMessage("x\n\nCo-authored-by: OpenHands-GPT-5 openhands@all-hands.dev"),
  ],
  ["aider", "author", byAuthor("Person A (aider)", "a@acme.example")],
  ["gemini", "user account", byPull({ author: { id: 224641728, login: "gemini-cli-robot", type: "User" } })],
  ["kiro", "author", byAuthor("Kiro Agent", "244629292+kiro-agent@users.noreply.github.com")],
  [
    "factory-droid",
    "mailbox without an id",
    byAuthor("factory-droid[bot]", "factory-droid[bot]@users.noreply.github.com"),
  ],
  ["seer", "an older slug of the same id", byAuthor("s", "157164994+sentry-autofix[bot]@users.noreply.github.com")],
  [
    "warp-oz",
    "co-author in markdown",
    byMessage("x\n\nCo-Authored-By: Oz [oz-agent@warp.dev](mailto:oz-agent@warp.dev)"),
  ],
  ["charlie", "co-author", byMessage("x\n\nCo-authored-by: CharlieHelps <charlie@charlielabs.ai>")],
  ["lovable", "edit", byMessage("x\n\nX-Lovable-Edit-ID: edt-1")],
  ["opencode", "model", byMessage("x\n\nOpenCode-Model: a/b")],
  ["amp", "thread", byMessage("x\n\nAmp-Thread-ID: https://ampcode.com/threads/T-1")],
  ["replit", "author", byMessage("x\n\nReplit-Commit-Author: Agent")],
  ["entire", "checkpoint", byMessage("x\n\nEntire-Agent: Claude Code")],
  ["gh-aw", "description", byPull({ body: "<!-- gh-aw-workflow-id: triage -->" })],
  ["blackbox", "author", byAuthor("BLACKBOX Agent", "agent@blackbox.ai")],
  ["pi", "author", byAuthor("Person A (via Pi Coding Agent)", "a@acme.example")],
  ["unnamed-tool", "the kernel's trailer", byMessage("x\n\nAssisted-by: Tool X:model-1[1m] sparse")],
  ["openhands", "merge of its branch", byMessage("Merge pull request #1 from acme/openhands-workspace-f5a61qs6")],
  ["codex", "revert that repeats a trailer", byMessage('Revert "x"\n\nCo-authored-by: Codex <noreply@openai.com>')],
  [
    "helper-of-acme[bot]",
    "a bot that no list names, as opener",
    byPull({ author: { id: 3, login: "helper-of-acme[bot]", type: "Bot" } }),
  ],
  [
    "helper-of-acme[bot]",
    "a bot that no list names, as pusher",
    byPull({ lastPusher: { id: 3, login: "helper-of-acme[bot]", type: "Bot" } }),
  ],
  [
    "helper-of-acme[bot]",
    "a bot that no list names, as author",
    byAuthor("h", "3+helper-of-acme[bot]@users.noreply.github.com"),
  ],
  [
    "helper-of-acme[bot]",
    "a bot that no list names, as co-author",
    byMessage("x\n\nCo-authored-by: h <3+helper-of-acme[bot]@users.noreply.github.com>"),
  ],
  [
    "coderabbitai[bot]",
    "a reviewing bot that pushes",
    byPull({ lastPusher: { id: 136622811, login: "coderabbitai[bot]", type: "Bot" } }),
  ],
  ["github-actions[bot]", "a workflow", byAuthor("Alice", "41898282+alice@users.noreply.github.com")],
];

test.each(traces)("%s is recognised by: %s", (agent, _trace, given) => {
  const found = detect(given, noLists);
  expect(found.author).toBe("agent");
  expect(found.agents).toContain(agent);
});

test.each([
  ["the word in prose", byMessage("Add support for claude-opus-4 and cursor pagination")],
  ["a person called Devin", byAuthor("Devin Human", "devin@example.com")],
  ["a person called Claude", byMessage("x\n\nCo-authored-by: Claude Dupont <claude@example.com>")],
  ["an employee of a vendor", byAuthor("Person", "person@warp.dev")],
  ["a branch word without the slash", byPull({ headRef: "cursor-extension" })],
  ["a merge of such a branch", byMessage("Merge pull request #14 from acme/factory-ben-patch-2")],
  [
    "a suggestion of a reviewing bot that a person accepted",
    byMessage("x\n\nCo-authored-by: Copilot <175728472+Copilot@users.noreply.github.com>"),
  ],
  ["a person's Assisted-by", byMessage("x\n\nAssisted-by: Person B <person-b@acme.example>")],
  ["a summary of a reviewing bot", byPull({ body: "<!-- CURSOR_SUMMARY -->" })],
  ["a quoted trailer", byMessage("x\n\n> Co-authored-by: Codex <noreply@openai.com>")],
  ["a merge button", facts({ commits: [commit({ committer: github, verified: true })] })],
])("%s is no mark", (_reason, given) => {
  expect(detect(given, noLists).author).toBe("unmarked");
});

test("an agent that runs with a workflow's token is told by the login in the mailbox, not by the account", () => {
  const account = { id: 41898282, login: "github-actions[bot]", type: "Bot" } as const;
  const author = { name: "claude[bot]", email: "41898282+claude[bot]@users.noreply.github.com", account };
  expect(detect(facts({ commits: [commit({ author })] }), noLists).agents).toEqual(["claude-code-action"]);
});

describe("trust", () => {
  test("what GitHub attests comes first, what anybody can write is claimed", () => {
    const given = facts({
      pullRequest: { author: claudeApp, labels: ["codex"] },
      commits: [
        commit({ author: signed(copilot), committer: github, verified: true }),
        commit({ author: signed(claudeApp) }),
      ],
    });
    expect(detect(given, noLists).signals.map(({ agent, kind, trust }) => [agent, kind, trust])).toEqual([
      ["claude-code-action", "opener", "attested"],
      ["copilot-cloud-agent", "commit author", "attested"],
      ["claude-code-action", "commit author", "claimed"],
      ["codex", "label", "claimed"],
    ]);
  });

  test("a person's valid signature does not vouch for the author that the commit names", () => {
    const given = facts({ commits: [commit({ author: signed(copilot), committer: signed(personA), verified: true })] });
    expect(detect(given, noLists).signals.map(({ trust }) => trust)).toEqual(["claimed"]);
  });
});

describe("automation", () => {
  const own = commit({ author: signed(renovate), committer: github, verified: true });
  const pullRequest = {
    author: renovate,
    lastPusher: renovate,
    body: "Release notes: Generated with [Claude Code](x)",
  };
  const policy = lists({ automation: ["Renovate[bot]"] });

  test("is what the policy names, where opener, pusher and every commit carry its id", () => {
    expect(detect(facts({ pullRequest, commits: [own, own] }), policy).author).toBe("automation");
  });

  test.each([
    ["the policy does not name it", facts({ pullRequest, commits: [own] }), noLists],
    ["a person pushed last", facts({ pullRequest: { ...pullRequest, lastPusher: personA }, commits: [own] }), policy],
    [
      "nobody knows who pushed last",
      facts({ pullRequest: { ...pullRequest, lastPusher: null }, commits: [own] }),
      policy,
    ],
    ["a person committed", facts({ pullRequest, commits: [own, commit()] }), policy],
    ["a commit is not verified", facts({ pullRequest, commits: [{ ...own, verified: false }] }), policy],
    ["there is no commit", facts({ pullRequest, commits: [] }), policy],
    [
      "a commit carries an agent's mark",
      facts({ pullRequest, commits: [{ ...own, message: "x\n\nMade-with: Cursor" }] }),
      policy,
    ],
    [
      "the login has another id",
      facts({ pullRequest: { ...pullRequest, author: { ...renovate, id: 5 } }, commits: [own] }),
      policy,
    ],
    [
      "the policy also calls it an agent",
      facts({ pullRequest, commits: [own] }),
      lists({ automation: ["renovate[bot]"], also: ["renovate[bot]"] }),
    ],
  ])("is judged as an agent where %s", (_reason, given, wanted) => {
    expect(detect(given, wanted).author).toBe("agent");
  });

  test("is never GitHub Actions, whose id any workflow has", () => {
    const actions = { id: 41898282, login: "github-actions[bot]", type: "Bot" } as const;
    const given = facts({
      pullRequest: { author: actions, lastPusher: actions },
      commits: [commit({ author: signed(actions), committer: github, verified: true })],
    });
    expect(detect(given, lists({ automation: ["github-actions[bot]"] })).author).toBe("agent");
  });
});

describe("invokers", () => {
  test("the opener who is a person is known", () => {
    const { invokers, invokerKnown } = detect(byPull({ headRef: "codex/x" }), noLists);
    expect({ invokers: invokers.map(({ login, trust }) => [login, trust]), invokerKnown }).toEqual({
      invokers: [["person-a", "attested"]],
      invokerKnown: true,
    });
  });

  test.each([
    ["who started Copilot", { author: copilot, workStartedBy: [personB] }, "attested"],
    ["who was assigned when it was opened", { author: copilot, assigneesAtOpening: [personB] }, "claimed"],
    [
      "whom Devin names",
      { author: { id: 158243242, login: "devin-ai-integration[bot]", type: "Bot" }, body: "Requested by: @person-b" },
      "claimed",
    ],
    [
      "whom Jules names",
      { author: { id: 161369871, login: "google-labs-jules[bot]", type: "Bot" }, body: "task started by @person-b*" },
      "claimed",
    ],
  ] as const)("is %s", (_reason, pullRequest, trust) => {
    const found = detect(facts({ pullRequest, commits: [commit({ author: signed(copilot) })] }), noLists);
    expect(found.invokers.map((invoker) => [invoker.login, invoker.trust])).toContainEqual(["person-b", trust]);
    expect(found.invokerKnown).toBe(trust === "attested");
  });

  test("the co-author of an agent's commit is one, by login where the mailbox tells", () => {
    const message = [
      "x",
      "",
      "Co-authored-by: Person B <1002+person-b@users.noreply.github.com>",
      "Co-authored-by: Claude <noreply@anthropic.com>",
      "Co-authored-by: Pat <pat@acme.example>",
      "Co-authored-by: r <29139614+renovate[bot]@users.noreply.github.com>",
    ].join("\n");
    const given = facts({
      pullRequest: { author: claudeApp },
      commits: [commit({ author: signed(claudeApp), message })],
    });
    const { invokers } = detect(given, noLists);
    // A name is not a login; it is shown so that a person can tell, and matches nobody by accident.
    expect(invokers.map(({ login, id }) => [login, id])).toEqual([
      ["Pat", null],
      ["person-b", 1002],
    ]);
  });
});

describe("accounts that never approve", () => {
  test.each([
    [claudeApp],
    [{ id: 81847, login: "claude", type: "User" }],
    [{ id: 199161495, login: "renamed", type: "User" }],
    [{ id: 9, login: "openhands-agent", type: "User" }],
    [{ id: 9, login: "lunary-bot", type: "User" }],
    [{ id: 9, login: "Release-Bot", type: "User" }],
    [{ id: 9, login: "acme", type: "Organization" }],
  ] as const)("%o", (account) => {
    expect(neverApproves(account, lists({ machines: ["release-bot"] }))).toBe(true);
  });

  test("a person is none of them", () => {
    expect(neverApproves(personA, lists({ machines: ["release-bot"] }))).toBe(false);
  });
});

describe("commits that resolve to no account", () => {
  test("are a gap, one for each mailbox", () => {
    const stray = commit({ author: unmapped("x", "X@acme.example") });
    const found = provenanceGaps(facts({ commits: [stray, stray, commit()] }));
    expect(found.map(({ id, level }) => [id, level])).toEqual([
      [expect.stringMatching(/^unattributed-mailbox:[0-9a-f]{12}$/), "hold"],
    ]);
  });

  test("are a gap for the committer as well", () => {
    const stray = commit({ committer: unmapped("x", "x@acme.example") });
    expect(provenanceGaps(facts({ commits: [stray] }))).toHaveLength(1);
  });

  test.each([
    ["whom GitHub maps to nobody", "Pat <pat@acme.example>", 1],
    ["without brackets", "Pat pat@acme.example", 1],
    ["whose private mailbox names the account", "Pat <1002+person-b@users.noreply.github.com>", 0],
    ["whose older private mailbox names the login", "Pat <person-b@users.noreply.github.com>", 0],
    ["whom GitHub has mapped on another commit", "Pat <1001+person-a@users.noreply.github.com>", 0],
    ["who is an agent", "Claude <noreply@anthropic.com>", 0],
  ])("are a gap for a co-author %s: %s, %i", (_, named, gaps) => {
    const message = `x\n\nCo-authored-by: ${named}`;
    expect(provenanceGaps(facts({ commits: [commit({ message })] }))).toHaveLength(gaps);
  });

  test("are none under an agent's own mailbox, which hides nobody", () => {
    const codex = unmapped("Codex", "codex@openai.com");
    expect(provenanceGaps(facts({ commits: [commit({ author: codex, committer: codex })] }))).toEqual([]);
  });

  test("are none where no account can be known at all, which a local run says itself", () => {
    const local = commit({ author: unmapped("x", "x@acme.example"), committer: unmapped("x", "x@acme.example") });
    expect(provenanceGaps(facts({ commits: [local], unknowable: ["reviews"] }))).toEqual([]);
    expect(provenanceGaps(facts({ commits: [local, commit()], unknowable: ["reviews"] }))).toHaveLength(1);
  });
});

/** Marks that anybody can add to a change. */
const addMark: fc.Arbitrary<(given: Facts) => Facts> = fc.oneof(
  fc
    .constantFrom("codex", "Codex ", "bug")
    .map((label) => (given: Facts) => withPull(given, { labels: [...given.pullRequest.labels, label] })),
  fc
    .constantFrom(
      "Made-with: Cursor",
      "Requested by: @person-b",
      "Revert it",
      "[skip ci]",
      "<!-- gh-aw-workflow-id: x -->",
      "@person-b",
    )
    .map((line) => (given: Facts) => withPull(given, { body: `${given.pullRequest.body}\n${line}` })),
  fc
    .constantFrom(
      "Co-authored-by: Codex <noreply@openai.com>",
      "Assisted-by: a:b",
      "Co-authored-by: P <p@acme.example>",
      'Revert "y"',
    )
    .map((line) => (given: Facts) => withCommits(given, (one) => ({ ...one, message: `${one.message}\n${line}` }))),
  fc
    .constantFrom(personA, personB, copilot)
    .map(
      (account) => (given: Facts) =>
        withPull(given, { assigneesAtOpening: [...given.pullRequest.assigneesAtOpening, account] }),
    ),
  fc.constantFrom(personA, renovate, claudeApp).map((account) => (given: Facts) => ({
    ...given,
    commits: [...given.commits, commit({ author: signed(account), committer: signed(account) })],
  })),
);

function withPull(given: Facts, pullRequest: Partial<PullRequestFacts>): Facts {
  return { ...given, pullRequest: { ...given.pullRequest, ...pullRequest } };
}

function withCommits(given: Facts, change: (one: CommitFacts) => CommitFacts): Facts {
  return { ...given, commits: given.commits.map(change) };
}

const scrutiny = ["unmarked", "automation", "agent"];

describe("marks that a report has shown", () => {
  const report = (agents: readonly string[]) => ({
    headSha: "c".repeat(40),
    baseRef: "main",
    findings: [],
    gaps: [],
    budgets: [],
    bakes: [],
    agents,
    invokers: [],
    patch: null,
    plan: null,
    publishedAtMs: 1,
  });

  test("stay when nothing shows them any more, and are told with the head that they were seen on", () => {
    const { author, signals } = detect({ ...facts(), publications: [report(["codex"]), report(["codex"])] }, noLists);
    expect(author).toBe("agent");
    expect(signals).toEqual([
      { agent: "codex", kind: "seen before", trust: "claimed", evidence: "in the report on ccccccc" },
    ]);
  });

  test("are not told twice while they can still be seen", () => {
    const still = { ...byPull({ headRef: "codex/fix" }), publications: [report(["codex"])] };
    expect(detect(still, noLists).signals.map(({ kind }) => kind)).toEqual(["branch prefix"]);
  });

  test("are none where the report found none", () => {
    expect(detect({ ...facts(), publications: [report([])] }, noLists).author).toBe("unmarked");
  });
});

test("an added mark never lowers scrutiny", () => {
  const renovateAlone = facts({
    pullRequest: { author: renovate, lastPusher: renovate },
    commits: [commit({ author: signed(renovate), committer: github, verified: true })],
  });
  const starts = fc.constantFrom(...traces.map(([, , given]) => given), facts(), renovateAlone);
  const policy = lists({ automation: ["renovate[bot]"] });
  fc.assert(
    fc.property(starts, fc.array(addMark, { maxLength: 6 }), (start, marks) => {
      const before = detect(start, policy);
      const after = detect(
        marks.reduce((given, mark) => mark(given), start),
        policy,
      );
      expect(scrutiny.indexOf(after.author)).toBeGreaterThanOrEqual(scrutiny.indexOf(before.author));
      expect(after.agents).toEqual(expect.arrayContaining([...before.agents]));
      const excluded = after.invokers.map(({ login }) => login.toLowerCase());
      for (const { login } of before.invokers) expect(excluded).toContain(login.toLowerCase());
    }),
  );
});

test("no two agents of the catalogue claim one account, and keys are unique", () => {
  const ids = agents.flatMap((agent) => agent.ids);
  const logins = agents.flatMap((agent) => [...agent.apps.map((slug) => `${slug}[bot]`), ...agent.logins]);
  const keys = agents.map(({ key }) => key);
  for (const all of [ids, logins, keys]) expect(new Set<unknown>(all).size).toBe(all.length);
});

test("long hostile lines are read in a moment", () => {
  const body = `Co-authored-by: ${"<".repeat(50_000)}\n${"a ".repeat(40_000)}\nAssisted-by: ${" ".repeat(40_000)}x`;
  expect(detect(byPull({ body }), noLists).author).toBe("unmarked");
});
