import { createHash } from "node:crypto";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createMemo } from "../src/adapters/syntax/memo.ts";
import { loadSyntax } from "../src/adapters/syntax/load.ts";
import { changeSet, type Tree, type TreeEntry } from "../src/core/change/build.ts";
import { evaluateBy } from "../src/core/evaluate/from-sources.ts";
import type { Evaluation } from "../src/core/evaluate/evaluation.ts";
import type { Account, Facts } from "../src/core/facts.ts";
import { readPolicies, type PolicySource } from "../src/core/policy/reading.ts";
import { contextPaths } from "../src/core/reach/context.ts";
import { renderMarkdown } from "../src/core/report/markdown.ts";
import { renderVerdictJson } from "../src/core/report/verdict-json.ts";
import { rules } from "../src/core/rules/index.ts";
import { type Incident, loadIncidents } from "../src/sim/incidents.ts";
import { differences } from "../src/core/change/build.ts";
import { commit, factsOf, person, pullRequest } from "./core/facts.ts";

const tools = { syntax: await loadSyntax(), memo: createMemo(1_000) };
const { base, incidents } = loadIncidents();
const nowMs = Date.UTC(2026, 1, 11, 10, 42, 7);

const agents: Readonly<Record<Incident["agent"], Account>> = {
  claude: { id: 209825114, login: "claude[bot]", type: "Bot" },
  copilot: { id: 198982749, login: "Copilot", type: "Bot" },
  codex: person(51, "person-a"),
};

function treeOf(files: ReadonlyMap<string, string>): {
  readonly tree: Tree;
  readonly texts: ReadonlyMap<string, string>;
} {
  const texts = new Map<string, string>();
  const tree = new Map<string, TreeEntry>();
  for (const [path, text] of files) {
    const sha = createHash("sha1")
      .update(`blob ${Buffer.byteLength(text)}\0${text}`)
      .digest("hex");
    texts.set(sha, text);
    tree.set(path, { mode: "100644", sha });
  }
  return { tree, texts };
}

function evaluationOf(incident: Incident): Evaluation {
  const head = new Map([...base, ...incident.files]);
  for (const path of incident.removed) head.delete(path);
  const [before, after] = [treeOf(base), treeOf(head)];
  const at = `acme/infra@${"5".repeat(40)}:.github/sallyport.yml`;
  const policies: PolicySource[] = [
    { scope: "repository", at, content: { kind: "text", text: base.get(".github/sallyport.yml") ?? "" } },
  ];
  const paths = differences(before.tree, after.tree).map(({ path }) => path);
  const context = contextPaths(after.tree, paths, readPolicies(policies, rules).policy);
  const change = changeSet(before.tree, after.tree, context.paths, ({ sha }) => ({
    kind: "text",
    text: before.texts.get(sha) ?? after.texts.get(sha) ?? "",
  }));
  const author = agents[incident.agent];
  const signature = {
    name: author.login,
    email: `${author.id}+${author.login}@users.noreply.github.com`,
    account: author,
  };
  const facts: Facts = factsOf({
    change,
    gaps: context.gaps,
    commits: [
      commit({
        author: signature,
        committer: signature,
        message: `${incident.title}\n\nCo-authored-by: person-a <51+person-a@users.noreply.github.com>\n`,
      }),
    ],
    pullRequest: pullRequest({
      title: incident.title,
      body: incident.body,
      author,
      lastPusher: author,
      headRef: incident.agent === "codex" ? "codex/pool" : `${incident.agent}/change`,
    }),
  });
  return evaluateBy(facts, policies, tools, nowMs, "0.0.0-test");
}

describe.each(incidents.map((incident) => [incident.id, incident] as const))("%s", (_, incident) => {
  const evaluation = evaluationOf(incident);

  test("is decided as it should have been", () => {
    const open = evaluation.findings.filter(({ level }) => level !== "observe").map(({ rule }) => rule);
    expect([evaluation.verdict, [...new Set(open)].toSorted()]).toEqual([
      incident.expected.verdict,
      incident.expected.rules.toSorted(),
    ]);
  });

  test("leaves no gap: everything that decides it could be read", () => {
    expect(evaluation.gaps).toEqual([]);
  });

  test("is reported as the golden file says", async () => {
    await expect(renderMarkdown(evaluation, "https://github.com")).toMatchFileSnapshot(
      join(incident.folder, "report.md"),
    );
    await expect(renderVerdictJson(evaluation)).toMatchFileSnapshot(join(incident.folder, "verdict.json"));
  });
});
