// Who set an agent to work, for every agent of the catalogue: what reveals it, and how far that can be trusted.
import { describe, expect, test } from "vitest";
import type { Account, CommitFacts, PullRequestFacts } from "../../../src/core/facts.ts";
import { agents } from "../../../src/core/provenance/agents.ts";
import { callsAgent } from "../../../src/core/provenance/calls.ts";
import { actionsId } from "../../../src/core/provenance/catalogue.ts";
import { invokerKey } from "../../../src/core/provenance/provenance.ts";
import { detect } from "../../../src/core/provenance/detect.ts";
import { commit, facts, noLists, personA, personB, signed } from "./facts.ts";

const personC: Account = { id: 1003, login: "person-c", type: "User" };
const renovate: Account = { id: 29139614, login: "renovate[bot]", type: "Bot" };
const actions: Account = { id: actionsId, login: "github-actions[bot]", type: "Bot" };
const bot = (id: number, login: string): Account => ({ id, login, type: "Bot" });
const claude = bot(209825114, "claude[bot]");
const beside = "x\n\nCo-authored-by: Person B <1002+person-b@users.noreply.github.com>";

interface Row {
  readonly agent: string;
  readonly shows: string;
  readonly pullRequest?: Partial<PullRequestFacts>;
  readonly commits?: readonly CommitFacts[];
  readonly invokers: readonly string[];
  readonly known: boolean;
}

/** Opened and written by the agent's own account. */
function byApp(
  agent: string,
  account: Account,
  shows: string,
  more: Partial<PullRequestFacts>,
  ...told: string[]
): Row {
  const pullRequest = { author: account, lastPusher: account, ...more };
  const known = told.some((one) => one.endsWith("attested"));
  return { agent, shows, pullRequest, commits: [commit({ author: signed(account) })], invokers: told, known };
}

/** Opened and written by the agent's own account, with the person who asked beside it in the commit. */
function besidePerson(agent: string, account: Account): Row {
  const commits = [commit({ author: signed(account), message: beside })];
  const pullRequest = { author: account, lastPusher: account };
  return {
    agent,
    shows: "co-author of its commit",
    pullRequest,
    commits,
    invokers: ["person-b claimed"],
    known: false,
  };
}

/** Opened by a person in whose name it works; only a text tells that it did. */
function underPerson(agent: string, trace: string): Row {
  const commits = [commit({ message: `x\n\n${trace}` })];
  return { agent, shows: "opener", commits, invokers: ["person-a attested"], known: true };
}

const rows: readonly Row[] = [
  byApp(
    "copilot-cloud-agent",
    bot(198982749, "Copilot"),
    "work started",
    { workStartedBy: [personB] },
    "person-b attested",
  ),
  byApp(
    "copilot-cloud-agent",
    bot(198982749, "Copilot"),
    "work started twice",
    { workStartedBy: [personB, personC] },
    "person-b attested",
    "person-c attested",
  ),
  byApp("copilot-cloud-agent", bot(198982749, "Copilot"), "work started by an account that is gone", {
    workStartedBy: [null],
  }),
  byApp(
    "copilot-cloud-agent",
    bot(198982749, "Copilot"),
    "assigned at opening",
    { assigneesAtOpening: [bot(198982749, "Copilot"), personB] },
    "person-b claimed",
  ),
  underPerson("copilot-cli", "Co-authored-by: Copilot <223556219+Copilot@users.noreply.github.com>"),
  byApp("claude-agent-hq", bot(242468646, "Claude"), "work started", { workStartedBy: [personB] }, "person-b attested"),
  byApp("codex-agent-hq", bot(242516109, "Codex"), "work started", { workStartedBy: [personB] }, "person-b attested"),
  underPerson("claude-code-web", "https://claude.ai/code/session_1"),
  underPerson("claude-code", "Co-authored-by: Claude <noreply@anthropic.com>"),
  besidePerson("claude-code-action", claude),
  byApp(
    "claude-code-action",
    claude,
    "called in a comment",
    { prompts: [{ by: personB, how: "called" }] },
    "person-b claimed",
  ),
  byApp(
    "claude-code-action",
    claude,
    "a run beside its app",
    { workflowActs: [{ as: claude, runBy: [personB] }] },
    "person-b claimed",
  ),
  byApp("claude-code-action", claude, "several runs beside its app", {
    workflowActs: [{ as: claude, runBy: [personB, personC] }],
  }),
  underPerson("codex", "https://chatgpt.com/codex/tasks/task_1"),
  besidePerson("cursor", bot(206951365, "cursor[bot]")),
  byApp(
    "cursor",
    bot(206951365, "cursor[bot]"),
    "assigned to it",
    { prompts: [{ by: personB, how: "assigned" }] },
    "person-b claimed",
  ),
  besidePerson("devin", bot(158243242, "devin-ai-integration[bot]")),
  byApp(
    "devin",
    bot(158243242, "devin-ai-integration[bot]"),
    "line of the description",
    { body: "Requested by: @person-b" },
    "person-b claimed",
  ),
  byApp(
    "jules",
    bot(161369871, "google-labs-jules[bot]"),
    "line of the description",
    { body: "task [1](https://jules.google.com/task/1) started by @person-b*" },
    "person-b claimed",
  ),
  besidePerson("openhands", { id: 9, login: "openhands-agent", type: "User" }),
  underPerson("aider", "Co-authored-by: aider (gpt) <aider@aider.chat>"),
  byApp(
    "gemini",
    bot(218312386, "gemini-cli[bot]"),
    "a run beside its app",
    { workflowActs: [{ as: bot(218312386, "gemini-cli[bot]"), runBy: [personB] }] },
    "person-b claimed",
  ),
  besidePerson("amazon-q", bot(208079219, "amazon-q-developer[bot]")),
  besidePerson("kiro", { id: 244629292, login: "kiro-agent", type: "User" }),
  besidePerson("factory-droid", bot(138933559, "factory-droid[bot]")),
  besidePerson("codegen", bot(131295404, "codegen-sh[bot]")),
  besidePerson("sweep", bot(128439645, "sweep-ai[bot]")),
  besidePerson("seer", bot(157164994, "seer-by-sentry[bot]")),
  besidePerson("roomote", bot(219738659, "roomote[bot]")),
  besidePerson("warp-oz", bot(243557089, "oz-by-warp[bot]")),
  besidePerson("charlie", bot(198680274, "charliecreates[bot]")),
  besidePerson("ellipsis", bot(65095814, "ellipsis-dev[bot]")),
  besidePerson("lovable", bot(159125892, "lovable-dev[bot]")),
  besidePerson("opencode", bot(219766164, "opencode-agent[bot]")),
  underPerson("amp", "Amp-Thread-ID: https://ampcode.com/threads/T-1"),
  underPerson("replit", "Replit-Commit-Author: Agent"),
  underPerson("entire", "Entire-Session: 1"),
  byApp(
    "gh-aw",
    actions,
    "the run's actor",
    { body: "<!-- gh-aw-workflow-id: triage -->", workflowActs: [{ as: actions, runBy: [personB] }] },
    "person-b attested",
  ),
  byApp("gh-aw", actions, "runs of several people", {
    body: "<!-- gh-aw-workflow-id: triage -->",
    workflowActs: [{ as: actions, runBy: [personB, personC] }],
  }),
  byApp("gh-aw", actions, "a program's run", {
    body: "<!-- gh-aw-workflow-id: triage -->",
    workflowActs: [{ as: actions, runBy: [renovate] }],
  }),
  byApp("gh-aw", actions, "runs that cannot be read", {
    body: "<!-- gh-aw-workflow-id: triage -->",
    workflowActs: [{ as: actions, runBy: null }],
  }),
  besidePerson("codeflash", bot(148906541, "codeflash-ai[bot]")),
  besidePerson("cline", bot(276134852, "cline-cloud[bot]")),
  besidePerson("aikido-autofix", bot(119856028, "aikido-autofix[bot]")),
  underPerson("blackbox", "Co-authored-by: Blackbox <agent@blackbox.ai>"),
  besidePerson("mentat", { id: 160964065, login: "MentatBot", type: "User" }),
  besidePerson("strands", { id: 217235299, login: "strands-agent", type: "User" }),
  underPerson("pi", "Generated-By: pi 1.0"),
  underPerson("unnamed-tool", "Assisted-by: Tool:model-1"),
];

describe("who set it to work", () => {
  test.each(rows.map((row) => [`${row.agent}, ${row.shows}`, row] as const))("%s", (_, row) => {
    const { pullRequest = {}, commits = [commit()] } = row;
    const found = detect(facts({ pullRequest, commits }), noLists);
    expect(found.agents).toContain(row.agent);
    expect(found.invokers.map(({ login, trust }) => `${login} ${trust}`)).toEqual(row.invokers);
    expect(found.invokerKnown).toBe(row.known);
  });

  test("has a row for every agent", () => {
    expect(agents.map(({ key }) => key).filter((key) => !rows.some(({ agent }) => agent === key))).toEqual([]);
  });
});

describe("a workflow that had a hand in it", () => {
  const acted = (...runBy: (readonly Account[] | null)[]) =>
    detect(
      facts({
        pullRequest: {
          author: personA,
          lastPusher: actions,
          workflowActs: runBy.map((by) => ({ as: actions, runBy: by })),
        },
        commits: [commit({ author: signed(actions) })],
      }),
      noLists,
    );

  test("leaves the invoker known where each of its acts was one person's", () => {
    const { invokers, invokerKnown } = acted([personA], [personB]);
    expect(invokers.map(({ login, trust }) => `${login} ${trust}`)).toEqual(["person-a attested", "person-b attested"]);
    expect(invokerKnown).toBe(true);
  });

  test.each([
    ["cannot be told", null],
    ["was set off by one of several", [personB, personC]],
    ["was set off by a program", [renovate]],
  ] as const)("makes the invoker unknown where one of its acts %s, though a person opened it", (_, runBy) => {
    expect(acted([personA], runBy).invokerKnown).toBe(false);
  });
});

describe("whom a report has named", () => {
  const review = (account: Account) => ({
    id: 1,
    account,
    state: "APPROVED" as const,
    commitSha: null,
    submittedAtMs: 1,
    dismissal: null,
  });
  const report = (...invokers: readonly string[]) => ({
    headSha: "9f1c2ab000000000000000000000000000000000",
    baseRef: "main",
    findings: [],
    gaps: [],
    budgets: [],
    bakes: [],
    agents: ["devin"],
    invokers,
    patch: null,
    plan: null,
    publishedAtMs: 0,
  });
  const later = (reviewer: Account, ...invokers: readonly string[]) =>
    detect({ ...facts(), reviews: [review(reviewer)], publications: [report(...invokers), report()] }, noLists);

  test.each([
    ["by id", personB, invokerKey(personB)],
    ["by login", { ...personB, login: "Person-B" }, invokerKey({ id: null, login: "person-b" })],
  ])("stays, where they come up again, when nothing shows them any more: %s", (_, reviewer, key) => {
    const { invokers } = later(reviewer, key);
    expect(invokers.map(({ login, evidence }) => `${login.toLowerCase()}: ${evidence}`)).toEqual([
      "person-a: opened the pull request",
      "person-b: named in the report on 9f1c2ab",
    ]);
  });

  test("is nobody else", () => {
    expect(later(personC, invokerKey(personB)).invokers.map(({ login }) => login)).toEqual(["person-a"]);
  });

  test("is kept without their name", () => {
    expect(invokerKey(personB)).toBe("id:1002");
    expect(invokerKey({ id: null, login: "Person-B" })).toMatch(/^login:[0-9a-f]{16}$/u);
  });
});

describe("a text calls an agent", () => {
  test.each([
    ["@claude fix this", true],
    ["please, @Copilot, do it", true],
    ["> @cursoragent do it", true],
    ["`@codex` fix it", true],
    ["/oc fix it", true],
    ["first\n/q dev\n", true],
    ["Sweep: add tests", true],
    ["@codex review and fix it", true],
    ["@codex review", false],
    ["thank you, @person-a", false],
    ["mail me at person@claude.example", false],
    ["see acme/@claude", false],
    ["no agent here", false],
  ])("%j: %s", (text, calls) => {
    expect(callsAgent(text, false)).toBe(calls);
  });

  test("when it was edited, whatever it is now", () => {
    expect(callsAgent("@codex review", true)).toBe(true);
  });
});
