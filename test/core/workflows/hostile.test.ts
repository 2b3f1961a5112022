import { describe, expect, test } from "vitest";
import { contextsIn, expressionsIn, injectedIn } from "../../../src/core/workflows/expressions.ts";
import { gatesOf } from "../../../src/core/workflows/gates.ts";
import { injectionsIn } from "../../../src/core/workflows/injections.ts";
import type { Workflow } from "../../../src/core/workflows/model.ts";
import { readWorkflowFile } from "../../../src/core/workflows/read.ts";
import { inOrder } from "../../../src/core/workflows/script-patterns.ts";
import { strictnessIn } from "../../../src/core/workflows/strictness.ts";
import { suppressionsIn } from "../../../src/core/workflows/suppressions.ts";
import { rules } from "../../../src/core/rules/index.ts";
import { contextOf, policyOf } from "../example-context.ts";
import { loadSyntax } from "../../../src/adapters/syntax/load.ts";
import { buildViews } from "../../../src/core/views/views.ts";
import { sha256 } from "../../../src/lib/digest.ts";

const memo = <T>(_: string, compute: () => T): T => compute();
const tools = { syntax: await loadSyntax(), memo };
const many = 300_000;

function read(text: string): ReturnType<typeof readWorkflowFile> {
  return readWorkflowFile(
    { path: ".github/workflows/ci.yml", side: "head", sha: sha256(text), text },
    "workflow",
    memo,
  );
}

function workflowOf(script: string): Workflow {
  const run = script.replaceAll("\n", "\n          ");
  const found = read(`on: issues\njobs:\n  a:\n    steps:\n      - run: |\n          ${run}\n`);
  if (!found.ok || found.workflow === null) throw new Error("the workflow was not read");
  return found.workflow;
}

// A pattern that looks at the same text again and again would not end within the time that a test has.
describe("long texts are read in one go", () => {
  test("names and brackets of expressions that go on and on", () => {
    expect(contextsIn(`${"a".repeat(many)}(`)).toEqual([]);
    expect(contextsIn(`${"a.".repeat(many)}b`)).toHaveLength(1);
    expect(contextsIn("[".repeat(many))).toEqual([]);
    expect(contextsIn(`a${" ".repeat(many)}b`)).toEqual(["a", "b"]);
    expect(expressionsIn("${{".repeat(many))).toHaveLength(1);
  });

  test("comparisons and functions that never end", () => {
    expect(injectedIn(`\${{ ${"a".repeat(many)} }}`)).toEqual([]);
    expect(injectedIn(`\${{ ${"contains(".repeat(many / 10)} }}`)).toEqual([]);
    expect(injectedIn(`\${{ ${"'".repeat(many + 1)} }}`)).toEqual([]);
  });

  test("patterns one behind the other", () => {
    expect(inOrder("gh api pulls/ ".repeat(many / 10), /\bgh\s+api\b/u, /pulls?\//u, /\/merge\b/u)).toBe(false);
    expect(inOrder("gh api repos/a/pulls/1/merge", /\bgh\s+api\b/u, /pulls?\//u, /\/merge\b/u)).toBe(true);
    expect(inOrder("/merge pulls/ gh api", /\bgh\s+api\b/u, /pulls?\//u, /\/merge\b/u)).toBe(false);
  });

  const lines = [
    "gh api pulls/ ",
    "git fetch head ",
    "curl ",
    "terraform ",
    "base64 -d ",
    "--skip--skip",
    "test:",
    "A_A_",
    "tee ",
    "iex ",
    "echo -a -a ",
    "<( ",
  ];
  test.each(lines)("a script of nothing but %j", (part) => {
    const line = part.repeat(Math.floor(15_000 / part.length));
    const workflow = workflowOf(Array.from({ length: 20 }, () => line).join("\n"));
    expect(injectionsIn(workflow)).toEqual([]);
    expect(
      gatesOf(workflow).length + strictnessIn(workflow).length + suppressionsIn(workflow).length,
    ).toBeGreaterThanOrEqual(0);
    const version = {
      mode: "100644",
      sha: sha256(workflow.text),
      content: { kind: "text", text: workflow.text },
    } as const;
    const change = { files: [{ path: workflow.path, status: "added", before: null, after: version } as const] };
    const { views } = buildViews(change, tools);
    const policy = policyOf(undefined);
    const context = contextOf(policy, change, views);
    const guarding = rules.filter(({ id }) => /^(?:gha|gate)-/u.test(id));
    expect(guarding.flatMap((rule) => rule.observe(views, {}, context)).every(({ at }) => at.line > 0)).toBe(true);
  });
});

describe("what nobody could judge is unreadable", () => {
  test.each([
    [
      "a line of a script that goes on and on",
      `on: push\njobs:\n  a:\n    steps:\n      - run: ${"a".repeat(20_000)}\n`,
    ],
    ["a job that is a text", "on: push\njobs: { a: make }\n"],
    ["a job that is a list", "on: push\njobs: { a: [make] }\n"],
    ["steps that are a map", "on: push\njobs: { a: { steps: { run: make } } }\n"],
    ["a step that is a text", "on: push\njobs: { a: { steps: [make] } }\n"],
    ["secrets that are a text", "on: push\njobs: { a: { uses: ./b.yml, secrets: all } }\n"],
  ])("%s", (_, text) => {
    expect(read(text).ok).toBe(false);
  });
});
