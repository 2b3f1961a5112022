// The player itself: a scenario that does not hold must fail, and tell what a reader needs.
import { expect, test } from "vitest";
import { example } from "../../../scripts/scenario-docs.ts";
import { play } from "../../../src/sim/scenario/play.ts";
import { readScenarios } from "../../../src/sim/scenario/read.ts";
import { tellFailure } from "../../../src/sim/scenario/tell.ts";

async function toldOf(text: string): Promise<string> {
  const read = readScenarios("x.yml", text);
  if (!read.ok) return read.mistakes.join("\n");
  const [scenario] = read.scenarios;
  if (scenario === undefined) return "no scenario";
  const outcome = await play(scenario);
  return outcome.kind === "failed" ? tellFailure("x.yml", scenario, outcome) : "held";
}

const head = "name: n\naccounts: { person-a: write, person-b: write }\nfiles: { README.md: a }\nsteps:\n";
const opened = "  - open: words\n    by: person-a\n    files: { README.md: b }\n";

test("the example of the documentation holds", async () => {
  expect(await toldOf(example)).toBe("held");
});

test("a failing expectation tells the step, both sides, the check run with its JSON, and the ledger", async () => {
  const told = await toldOf(`${head}${opened}  - expect: { verdict: block, counted: [person-b] }\n`);
  expect(told).toContain('x.yml:8: "n" fails at step 2');
  expect(told).toContain("verdict\n    expected: block\n    found:    allow");
  expect(told).toContain("counted\n    expected: [person-b]\n    found:    []");
  expect(told).toContain("The check run sallyport (success) says: Allow");
  expect(told).toContain('"schema": "sallyport.verdict/1"');
  expect(told).toContain('"kind":"evaluated"');
});

test.each([
  ["a merge that must be refused and is not", "  - merge: person-b\n    refused: is failing\n", "and let it happen"],
  ["a merge that is refused and must not be", "  - close: person-a\n  - merge: person-b\n", "GitHub refused it"],
  ["somebody whom nobody knows", "  - approve: person-x\n", "Nobody is called person-x"],
  [
    "an edit of a text that is not there",
    "  - push: words\n    by: person-a\n    edit: { README.md: { z: y } }\n",
    "stands there 0 times",
  ],
  ["a merge group where there is no queue", "  - expect: { group: true }\n", "No merge group has been made"],
  ["a queue that a base does not have", "  - enqueue: person-a\n", "cannot be added to a merge queue"],
  ["a stack of what is not upon each other", "  - stack: [words, words]\n    by: person-a\n", "is not the head of"],
  ["a stack that is none", "  - unstack: person-a\n", "is in no stack"],
  ["a status of no deployment", "  - deployment_status: success\n", "No deployment has been created yet"],
  ["a start of a server that runs", "  - server: start\n", "running already"],
])("%s fails the scenario", async (_, steps, told) => {
  expect(await toldOf(head + opened + steps)).toContain(told);
});

const queued = head.replace("steps:", "gates: [{ merge_queue: { at_least: 2 } }]\nsteps:");

test("a queue waits for as many as it is told, and for no longer than five minutes", async () => {
  const waits = "  - enqueue: person-a\n  - expect: { queued: true, merged: false }\n";
  const lands = "  - advance: 5m\n  - expect: { group: true, verdict: allow, queued: false, merged: true }\n";
  expect(await toldOf(queued + opened + waits + lands)).toBe("held");
  expect(await toldOf(queued + opened + waits + lands.replace("5m", "4m"))).toContain("No merge group has been made");
});

test("without its store a server hears no webhook and writes nothing, and later it looks again", async () => {
  const down = `  - store: down\n${opened}  - expect: { verdict: absent, answered: 503, writes: 0 }\n`;
  const push = "  - push: words\n    by: person-a\n    files: { README.md: c }\n";
  const up = `  - store: up\n${push}  - expect: { verdict: allow, answered: 202 }\n`;
  expect(await toldOf(head + down + up)).toBe("held");
});

test("a deployment has a name, the commit that it is told, and statuses", async () => {
  const steps =
    "  - deploy: staging\n    by: person-a\n    workflow: .github/workflows/deploy.yml\n    at: main\n  - deployment_status: success\n    of: staging\n  - deploy: staging\n    app: deployer\n    as: second\n  - deployment_status: failure\n    by: person-b\n  - expect: allow\n";
  expect(await toldOf(head + opened + steps)).toBe("held");
});

test("two plays of one scenario tell the same", async () => {
  const text = `${head}${opened}  - expect: block\n`;
  expect(await toldOf(text)).toBe(await toldOf(text));
});
