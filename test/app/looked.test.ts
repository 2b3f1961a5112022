import { beforeEach, expect, test } from "vitest";
import { lookedAt } from "../../src/app/looked.ts";
import { pullRequest, sha } from "../contracts/subjects.ts";
import { freshLoop, limits, open, START_MS } from "./world.ts";

let scene: Awaited<ReturnType<typeof freshLoop>>;
beforeEach(async () => {
  scene = await freshLoop();
  return () => scene.store.close();
});
const looked = (name = "acme/shop") =>
  lookedAt(name, { ...scene.store, lister: scene.world.ports.lister }, new AbortController().signal);

test("every open pull request is told with its last judgement, one that nobody named as never judged", async () => {
  const { store, world, loop } = scene;
  for (const [number, digit] of [
    [1, "a"],
    [2, "b"],
    [3, "c"],
  ] as const)
    world.pulls.set(number, open(sha(digit), "hold"));
  await store.queue.mark([pullRequest(1), pullRequest(3)], START_MS);
  await loop.runDue();
  expect(await looked("ACME/Shop")).toMatchObject([
    { number: 1, last: { atMs: START_MS, headSha: sha("a"), verdict: "hold" }, isFailing: false },
    { number: 2, last: null, isFailing: false },
    { number: 3, last: { atMs: START_MS } },
  ]);
  expect(await looked("acme/other")).toBeNull();
});

test("a judgement that could not be renewed is told as such, with the moment of the last one", async () => {
  const { store, world, loop, clock } = scene;
  world.pulls.set(1, open(sha("a"), "allow"));
  await store.queue.mark([pullRequest(1)], START_MS);
  await loop.runDue();
  world.at.collect = () => Promise.reject(new Error("502"));
  clock.advance(limits.resyncMs);
  await loop.runDue();
  expect(await looked()).toMatchObject([{ number: 1, last: { atMs: START_MS }, isFailing: true }]);
});

test("a clock that was set back delays no pull request that an event names, and none beyond its resync", async () => {
  const { store, world, loop, clock } = scene;
  const pull = open(sha("a"), "hold");
  world.pulls.set(1, pull);
  await store.queue.mark([pullRequest(1)], START_MS);
  await loop.runDue();
  clock.advance(-7_200_000);
  pull.verdict = "block";
  await store.queue.mark([pullRequest(1)], clock.now());
  expect(await loop.runDue()).toBe(1);
  expect(await looked()).toMatchObject([{ last: { atMs: START_MS - 7_200_000, verdict: "block" } }]);
  pull.verdict = "hold";
  clock.advance(limits.resyncMs);
  expect(await loop.runDue()).toBe(1);
  expect(await looked()).toMatchObject([{ last: { verdict: "hold" } }]);
});
