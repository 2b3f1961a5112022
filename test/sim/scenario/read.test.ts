// Mistakes in a file of scenarios are told with their place, and never played over.
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { example } from "../../../scripts/scenario-docs.ts";
import { scenarioJsonSchema } from "../../../src/sim/scenario/json-schema.ts";
import { readScenarios } from "../../../src/sim/scenario/read.ts";

function mistakesOf(steps: string, head = ""): readonly string[] {
  const read = readScenarios("x.yml", `name: n\naccounts: { person-a: write }\n${head}steps:\n${steps}`);
  return read.ok ? [] : read.mistakes;
}

test.each([
  ["an unknown key", "", "shwos: [B1]\n", 'x.yml:3:1: unknown key "shwos"; did you mean "shows"?'],
  ["an unknown step", "  - opne: a\n", "", 'x.yml:4:5: unknown step "opne"; did you mean "open"?'],
  [
    "an unknown particular",
    "  - merge: a\n    refussed: b\n",
    "",
    'x.yml:5:5: unknown key "refussed"; did you mean "refused"?',
  ],
  [
    "an unknown expectation",
    "  - expect: { verdict: hold, finding: [] }\n",
    "",
    'x.yml:4:30: unknown key "finding"; did you mean "findings"?',
  ],
  ["a missing particular", "  - open: a\n", "", "x.yml:4:5: `by` is missing; add it"],
  [
    "a word that is none",
    "  - expect: { verdict: hodl }\n",
    "",
    'x.yml:4:24: expected one of allow, wait, hold, block, absent, superseded, found "hodl"; did you mean "hold"?',
  ],
  ["no duration", "  - advance: soon\n", "", "x.yml:4:14: expected a duration such as 90s, 30m, 12h or 14d"],
  ["a deployment by nobody", "  - deploy: staging\n", "", "x.yml:4:5: give one of `by` and `app`"],
  [
    "a workflow that an App starts",
    "  - deploy: staging\n    app: a\n    workflow: w\n",
    "",
    "x.yml:4:5: somebody starts a workflow: add `by`",
  ],
  ["no steps", "  []\n", "", "x.yml:4:3:"],
])("%s is a mistake", (_, steps, head, told) => {
  const mistakes = mistakesOf(steps === "" ? "  - expect: allow\n" : steps, head);
  expect(mistakes).toHaveLength(1);
  expect(mistakes[0]).toContain(told);
});

test("every mistake of a file is told, in the order of the lines", () => {
  const mistakes = mistakesOf("  - merge: a\n    x: 1\n  - advance: 3\n  - y: 2\n");
  expect(mistakes.map((mistake) => /x\.yml:\d+/u.exec(mistake)?.[0])).toEqual(["x.yml:5", "x.yml:6", "x.yml:7"]);
});

test("several scenarios stand in one file, each with the line it begins at", () => {
  const one = "- name: n\n  accounts: {}\n  steps:\n    - expect: absent\n";
  const read = readScenarios("x.yml", one + one);
  expect(read.ok && read.scenarios.map(({ line }) => line)).toEqual([1, 5]);
});

test("the example of the documentation fits the published schema, and an unknown key does not", () => {
  const published = readFileSync(new URL("../../../docs/schema/sallyport.scenario-1.json", import.meta.url), "utf8");
  expect(published).toBe(`${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`);
  const validate = new Ajv2020({ strict: false }).compile(scenarioJsonSchema());
  expect(readScenarios("example.yml", example).ok).toBe(true);
  expect(validate(parse(example))).toBe(true);
  expect(validate(parse(`${example}unknown: 1\n`))).toBe(false);
});

test("an empty file is told what belongs there", () => {
  const read = readScenarios("x.yml", "# nothing\n");
  expect(read).toEqual({
    ok: false,
    mistakes: [expect.stringContaining("x.yml:1:1: nothing stands in it; write a scenario")],
  });
});
