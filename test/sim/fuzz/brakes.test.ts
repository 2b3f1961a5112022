// Which halts hold, by the steps alone.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Brakes } from "../../../src/sim/fuzz/brakes.ts";
import { step } from "../../../src/sim/fuzz/plot.ts";
import { shop } from "../../../src/sim/fuzz/shop.ts";
import { type Act, type Particulars, type Step } from "../../../src/sim/scenario/acts.ts";
import { actOnGitHub } from "../../../src/sim/scenario/perform.ts";
import { setStage, type Stage } from "../../../src/sim/scenario/stage.ts";

let stage: Stage;
let brakes: Brakes;
beforeEach(async () => {
  stage = await setStage(shop("brakes"));
  brakes = new Brakes(stage);
  opened("agents", "Copilot");
  opened("others", "claude[bot]");
  opened("peoples", "person-a");
});
afterEach(async () => await stage.github.stop());

function opened(open: string, by: string): void {
  actOnGitHub({ act: "open", given: { open, by, files: { [`${open}.md`]: "1\n" } }, line: 0 }, stage);
}

const said = (comment: string, by: string, more: Partial<Particulars<"comment">> = {}): Step =>
  step("comment", { comment, by, on: "agents", ...more });
const operator = (given: Partial<Particulars<"halt">> = {}): Step =>
  step("halt", { halt: "repository", reason: "", token: "right", ...given });

/** Names of pull requests that something stops. */
const stopped = (): readonly string[] =>
  [...stage.pulls].filter(([, { state }]) => brakes.against(state).length > 0).map(([name]) => name);
const lift = <A extends Act>(act: A, given: Particulars<A>, calm = true): void => brakes.lift(step(act, given), calm);

describe("a halt stops", () => {
  test.each([
    ["agents, where an operator says so", operator(), ["agents", "others"]],
    ["everyone, where an operator says so", operator({ everyone: true }), ["agents", "others", "peoples"]],
    ["one agent", operator({ halt: "agent", agent: "claude[bot]" }), ["others"]],
    ["agents, where who writes says so", said("/sallyport halt", "person-a"), ["agents", "others"]],
    ["everyone, by a comment", said("/sallyport halt everyone", "person-a"), ["agents", "others", "peoples"]],
  ])("%s", (_, halt, expected) => {
    brakes.pull(halt);
    expect(stopped()).toEqual(expected);
  });
});

describe("nothing stops for", () => {
  test.each([
    ["an agent's words", said("/sallyport halt", "Copilot")],
    ["a machine's words", said("/sallyport halt", "release-robot")],
    ["the words of who only reads", said("/sallyport halt", "reader")],
    ["words that an app wrote", said("/sallyport halt", "person-a", { through: "coding-helper" })],
    ["an order that bore no token", operator({ refused: 401 })],
    ["an order that comes at some later look", operator({ during: "after collect" })],
  ])("%s", (_, halt) => {
    brakes.pull(halt);
    expect(stopped()).toEqual([]);
  });
});

describe("what was halted by a comment", () => {
  beforeEach(() => brakes.pull(said("/sallyport halt", "person-a")));

  test("is lifted by an administrator's", () => {
    brakes.lift(said("/sallyport resume it is over", "person-d"), true);
    expect(stopped()).toEqual([]);
  });

  test("is lifted by nobody else's", () => {
    brakes.lift(said("/sallyport resume it is over", "person-a"), true);
    brakes.lift(said("/sallyport resume it is over", "person-d", { through: "coding-helper" }), true);
    brakes.lift(said("/sallyport resume organisation it is over", "person-d"), true);
    expect(stopped()).toEqual(["agents", "others"]);
  });

  test("may have been lifted by anybody's, where nobody knows when it was read", () => {
    brakes.lift(said("/sallyport resume it is over", "person-a"), false);
    expect(stopped()).toEqual([]);
  });
});

test("what an operator halted in the repository alone, its administrator lifts", () => {
  brakes.pull(operator());
  brakes.lift(said("/sallyport resume it is over", "person-d"), true);
  expect(stopped()).toEqual([]);
});

test("what an operator halted everywhere, no comment lifts, and an operator does", () => {
  brakes.pull(operator({ halt: "everywhere" }));
  brakes.lift(said("/sallyport resume it is over", "person-d"), true);
  lift("resume", { resume: "everything", reason: "over", token: "wrong", refused: 401 });
  expect(stopped()).toEqual(["agents", "others"]);
  lift("resume", { resume: "everything", reason: "over", token: "right" });
  expect(stopped()).toEqual([]);
});

test("a lost store stops everyone where it had published something, and takes older halts with it", () => {
  brakes.pull(operator());
  lift("server", { server: "lose store" });
  expect(stopped()).toEqual([]);
  const [pull] = stage.pulls.values();
  if (pull === undefined) throw new Error("Nothing was opened.");
  stage.app.checkRun(stage.repository, pull.headSha, { name: "sallyport", status: "completed", conclusion: "success" });
  lift("server", { server: "lose store" });
  expect(stopped()).toEqual(["agents", "others", "peoples"]);
});
