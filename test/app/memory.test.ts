import { beforeEach, describe, expect, test } from "vitest";
import type { OpenStore } from "../../src/adapters/store/open.ts";
import type { Reconciler } from "../../src/app/reconcile.ts";
import { yetToCome } from "../../src/core/decisions/decision.ts";
import { pullRequest, sha } from "../contracts/subjects.ts";
import { freshLoop, limits, loopOn, open, type TestClock, type TestLog, type World } from "./world.ts";

let store: OpenStore;
let world: World;
let clock: TestClock;
let log: TestLog;
let loop: Reconciler;

beforeEach(async () => {
  ({ store, world, clock, log, loop } = await freshLoop());
  return () => store.close();
});

async function look(number: number): Promise<void> {
  await store.queue.mark([pullRequest(number)], clock.now());
  await loop.runDue();
}

const halts = () => store.decisions.halts(1);

describe("a store without history", () => {
  test("is halted for everyone before anything is judged, where GitHub shows runs of ours that it does not know", async () => {
    world.remains.found.push(pullRequest(2));
    world.pulls.set(1, open(sha("a"), "allow"));
    world.at.collect = async () => {
      expect(await halts()).toMatchObject([{ id: "store-lost/1", stops: "everyone", scope: { kind: "installation" } }]);
    };
    await look(1);
    expect(log.lines.filter((line) => line.startsWith("a look failed"))).toEqual([]);
    expect(await halts()).toHaveLength(1);
  });

  test("is a first installation where there are none", async () => {
    world.pulls.set(1, open(sha("a"), "allow"));
    await look(1);
    expect(await halts()).toEqual([]);
    expect(world.writes).toEqual(["a allow"]);
  });

  test("judges nothing while GitHub does not tell", async () => {
    const { find } = world.remains;
    world.remains.find = () => {
      throw new Error("502");
    };
    world.pulls.set(1, open(sha("a"), "allow"));
    await look(1);
    expect(world.writes).toEqual([]);
    world.remains.find = find;
    clock.advance(limits.longestRetryMs);
    await loop.runDue();
    expect(world.writes).toEqual(["a allow"]);
  });

  test.each([
    ["the installation", { kind: "sweep_installation", installationId: 1 } as const],
    ["a pull request that a run of ours stands on", pullRequest(2)],
  ])("does not take a failed look at %s for history", async (_, failing) => {
    const { find } = world.remains;
    world.remains.find = () => {
      throw new Error("502");
    };
    await store.queue.mark([failing], clock.now());
    await loop.runDue();
    world.remains.find = find;
    world.remains.found.push(pullRequest(2));
    clock.advance(limits.longestRetryMs);
    await look(1);
    expect(await halts()).toMatchObject([{ id: "store-lost/1" }]);
  });

  test("is not halted for runs that it made itself, by the same process or by one before it", async () => {
    world.pulls.set(1, open(sha("a"), "allow"));
    await look(1);
    world.remains.found.push(pullRequest(1));
    await look(1);
    loop = loopOn(store, world, clock);
    await look(1);
    expect(await halts()).toEqual([]);
  });

  test("stays resumed once a person has resumed", async () => {
    world.remains.found.push(pullRequest(2));
    await look(1);
    const by = { kind: "operator", name: "night shift" } as const;
    const resume = { kind: "resume", id: "r", by, atMs: clock.now(), reason: "checked", installationId: 1 } as const;
    await store.decisions.record({ ...resume, halts: ["store-lost/1"] });
    loop = loopOn(store, world, clock);
    await look(1);
    expect(await halts()).toEqual([]);
  });
});

test("an installation anew, while a halt of the one before holds, starts halted", async () => {
  world.pulls.set(2, open(sha("b"), "allow"));
  await look(2);
  const scope = { kind: "installation", installationId: 1 } as const;
  const by = { kind: "operator", name: "night shift" } as const;
  await store.decisions.record({ kind: "halt", id: "h", by, atMs: clock.now(), reason: "", scope, stops: "agents" });
  world.remains.found.push({ ...pullRequest(2), installationId: 9 });
  world.pulls.set(3, open(sha("c"), "allow"));
  await store.queue.mark([{ ...pullRequest(3), installationId: 9 }], clock.now());
  await loop.runDue();
  expect(await store.decisions.halts(9)).toMatchObject([
    { id: "store-lost/9", stops: "everyone", reason: expect.stringContaining("installed anew") as string },
  ]);
});

test("a store in which a sweep of the installation has ended is believed without asking", async () => {
  await store.queue.mark([{ kind: "sweep_installation", installationId: 1 }], clock.now());
  await loop.runDue();
  world.remains.found.push(pullRequest(2));
  loop = loopOn(store, world, clock);
  await look(1);
  expect(await halts()).toEqual([]);
});

describe("what halts everywhere", () => {
  const everywhere = {
    kind: "halt",
    id: "operator/1",
    by: { kind: "operator", name: "night shift" },
    atMs: 1,
    reason: "replicas explode",
    scope: { kind: "installation", installationId: yetToCome },
    stops: "everyone",
  } as const;

  test("holds in an installation that comes later, before anything of it is judged, and is lifted there as well", async () => {
    await store.decisions.record(everywhere);
    world.pulls.set(1, open(sha("a"), "allow"));
    world.at.collect = async () => {
      expect(await halts()).toMatchObject([{ id: "operator/1/1", scope: { kind: "installation", installationId: 1 } }]);
    };
    await look(1);
    expect(log.lines.filter((line) => line.startsWith("a look failed"))).toEqual([]);
    const by = { kind: "operator", name: "day shift" } as const;
    const resume = { kind: "resume", id: "operator/2", by, atMs: 2, reason: "over", installationId: 1 } as const;
    await store.decisions.record({ ...resume, halts: ["operator/1/1"] });
    const again = loopOn(store, world, clock, { log });
    world.at.collect = async () => undefined;
    await store.queue.mark([pullRequest(1)], clock.now());
    await again.runDue();
    expect(await halts()).toEqual([]);
  });

  test("does not come to hold in an installation that was swept before", async () => {
    await store.queue.mark([{ kind: "sweep_installation", installationId: 1 }], clock.now());
    await loop.runDue();
    await store.decisions.record(everywhere);
    world.pulls.set(1, open(sha("a"), "allow"));
    await store.queue.mark([pullRequest(1)], clock.now());
    await loopOn(store, world, clock, { log }).runDue();
    expect(await halts()).toEqual([]);
  });
});
