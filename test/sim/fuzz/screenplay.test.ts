// What the fuzzer writes: the same for the same seed, long enough, and of every kind.
import { expect, test } from "vitest";
import { randomFrom } from "../../../src/sim/fuzz/random.ts";
import { phases } from "../../../src/sim/fuzz/phases.ts";
import { screenplay } from "../../../src/sim/fuzz/screenplay.ts";

const seeds = Array.from({ length: 200 }, (_, index) => `kinds/${index}`);

test("the same seed writes the same screenplay, and another seed another one", () => {
  expect(screenplay("a", 30)).toEqual(screenplay("a", 30));
  expect(screenplay("a", 30).steps).not.toEqual(screenplay("b", 30).steps);
});

test("a screenplay has as many events as were asked for", () => {
  for (const seed of seeds) {
    expect(screenplay(seed, 30).steps.length).toBeGreaterThanOrEqual(30);
    expect(phases(seed, 30).phases.flat().length).toBeGreaterThanOrEqual(30);
  }
});

test("among them is everything that people, agents, GitHub, the network and the machine do", () => {
  const acts = new Set(seeds.flatMap((seed) => screenplay(seed, 30).steps.map(({ act }) => act)));
  expect([...acts].toSorted()).toEqual([
    "advance",
    "approve",
    "arm",
    "close",
    "comment",
    "delete_branch",
    "delete_comment",
    "dequeue",
    "describe",
    "disarm",
    "dismiss",
    "double",
    "draft",
    "drop",
    "edit_comment",
    "enqueue",
    "fail",
    "force_push",
    "forge",
    "halt",
    "heal",
    "hold",
    "join",
    "kill",
    "label",
    "leave",
    "merge",
    "open",
    "permit",
    "push",
    "ready",
    "redeliver",
    "release",
    "reopen",
    "request_changes",
    "rerun",
    "resume",
    "retarget",
    "run",
    "server",
    "set_organisation_policy",
    "set_policy",
    "stack",
    "start_agent",
    "status",
    "unstack",
    "update_branch",
  ]);
});

test("choices are within their bounds, and follow their weights", () => {
  const random = randomFrom("weights");
  const drawn = Array.from({ length: 10_000 }, () => random.weighted({ often: 9, seldom: 1, never: 0 }));
  const often = drawn.filter((one) => one === "often").length;
  expect(drawn).not.toContain("never");
  expect(often).toBeGreaterThan(8_800);
  expect(often).toBeLessThan(9_200);
  expect(random.shuffled([1, 2, 3, 4]).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4]);
  expect(() => random.pick([])).toThrow(RangeError);
});
