import { describe, expect, test } from "vitest";
import { type Explored, explore } from "./explore.ts";
import { type Protocol, protocol, stepsOf } from "./protocol.ts";
import { faultOf, keyOf, startOf, type World } from "./state.ts";

/** Hundreds of thousands of states: seconds alone, more on a machine that is busy. */
const TIMEOUT_MS = 300_000;

function explored(world: World, follows: Protocol): Explored {
  return explore(startOf(world), {
    steps: (state) => stepsOf(state, world, follows),
    fault: (state, isEnd) => faultOf(state, isEnd, world),
    key: keyOf,
  });
}

const calm = { earlyEnds: 0, crashes: 0, lostAnswers: 0, deaf: [], losesEchoes: false } as const;
const alone = [[1, 2]];
/** The second pull request turns from harmless to severe; the first, on the same head and base, stays harmless. */
const siblings = [[0], [0, 2]];

const underTheProtocol = new Map<string, Explored>();

function exploredOnce(world: World): Explored {
  const key = JSON.stringify(world);
  const known = underTheProtocol.get(key) ?? explored(world, protocol);
  underTheProtocol.set(key, known);
  return known;
}

describe("the protocol of the reconcile loop ends on the truth, whatever happens in between, with", () => {
  test.each<[string, World]>([
    ["three truths in a row", { ...calm, truths: [[1, 2, 3]] }],
    ["three truths, a lease that ends early and a crash", { ...calm, truths: [[1, 2, 3]], earlyEnds: 1, crashes: 1 }],
    ["leases that end early, and no webhooks of own runs", { ...calm, truths: alone, earlyEnds: 2, losesEchoes: true }],
    ["a request that arrives after its sender gave up", { ...calm, truths: alone, lostAnswers: 1 }],
    ["siblings, one of which turns bad", { ...calm, truths: siblings }],
    ["siblings and a lease that ends early", { ...calm, truths: siblings, earlyEnds: 1 }],
    ["siblings and a crash", { ...calm, truths: siblings, crashes: 1 }],
    ["siblings and a request that arrives after its sender gave up", { ...calm, truths: siblings, lostAnswers: 1 }],
    ["a sibling that no webhook names", { ...calm, truths: [[0], [2]], deaf: [1] }],
  ])("%s", { timeout: TIMEOUT_MS }, (_, world) => {
    const { wrong, ends } = exploredOnce(world);
    expect(wrong).toBeNull();
    expect(ends).toBeGreaterThan(0);
  });
});

describe("every part of the protocol is needed: it goes wrong", () => {
  test.each<[string, Partial<Protocol>, World]>([
    ["when a flag takes the place of the count of marks", { countsMarks: false }, { ...calm, truths: alone }],
    [
      "when settling asks for no lease",
      { fencesSettle: "no" },
      { ...calm, truths: alone, earlyEnds: 1, losesEchoes: true },
    ],
    [
      "when settling asks for the lease's number and not for its time",
      { fencesSettle: "number" },
      { ...calm, truths: siblings, earlyEnds: 1 },
    ],
    [
      "when a refused settle marks nothing",
      { marksWhenRefused: false },
      { ...calm, truths: alone, earlyEnds: 1, losesEchoes: true },
    ],
    [
      "when own runs with an older lease mark nothing",
      { marksOnOwnRun: false },
      { ...calm, truths: alone, earlyEnds: 1, crashes: 1 },
    ],
    ["when siblings publish without the lock", { locksHead: false }, { ...calm, truths: siblings }],
    [
      "when a judgement is recorded at settle instead of before sending",
      { recordsBeforeSending: false },
      { ...calm, truths: siblings },
    ],
    ["when an unjudged sibling counts for nothing", { holdsForUnjudged: false }, { ...calm, truths: [[0], [2]] }],
    ["when an unjudged sibling is not marked", { marksUnjudged: false }, { ...calm, truths: [[0], [0]], deaf: [1] }],
  ])("%s", { timeout: TIMEOUT_MS }, (_, without, world) => {
    expect(exploredOnce(world).wrong).toBeNull();
    expect(explored(world, { ...protocol, ...without }).wrong).not.toBeNull();
  });
});
