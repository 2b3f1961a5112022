import { beforeEach, describe, expect, test } from "vitest";
import type { OpenStore } from "../../src/adapters/store/open.ts";
import type { Reconciler } from "../../src/app/reconcile.ts";
import type { Entry } from "../../src/core/ledger/entry.ts";
import { pullRequest, repository, sha } from "../contracts/subjects.ts";
import {
  entriesOf,
  freshLoop,
  limits,
  loopOn,
  open,
  START_MS,
  standsOn,
  type TestClock,
  type TestLog,
  type World,
} from "./world.ts";

let store: OpenStore;
let world: World;
let clock: TestClock;
let log: TestLog;
let loop: Reconciler;

beforeEach(async () => {
  ({ store, world, clock, log, loop } = await freshLoop());
  return () => store.close();
});

async function marked(...numbers: readonly number[]): Promise<void> {
  await store.queue.mark(numbers.map(pullRequest), clock.now());
}

function entries(number: number): Promise<readonly Entry[]> {
  return entriesOf(store, number);
}

describe("a sweep", () => {
  test("of a repository marks every open pull request, page by page, and rests", async () => {
    for (const number of [1, 2, 3, 4, 5]) world.pulls.set(number, open(sha(String(number)), "allow"));
    const sweep = { kind: "sweep_repository", installationId: 1, repository } as const;
    await store.queue.mark([sweep], clock.now());
    expect(await loop.runDue()).toBe(6);
    expect(world.writes.toSorted()).toEqual(["1 allow", "2 allow", "3 allow", "4 allow", "5 allow"]);
    expect((await store.ledger.bySubject(sweep, 10)).map(({ entry }) => entry)).toEqual([
      { kind: "swept", atMs: START_MS, marked: 5 },
    ]);
  });

  test("of an installation sweeps its repositories, and comes back to find what no webhook named", async () => {
    const sweep = { kind: "sweep_installation", installationId: 1 } as const;
    await store.queue.mark([sweep], clock.now());
    expect(await loop.runDue()).toBe(2);
    world.pulls.set(1, open(sha("a"), "allow"));
    clock.advance(limits.sweepMs);
    expect(await loop.runDue()).toBe(3);
    expect(standsOn(world, "a")).toBe("allow");
  });

  test("that fails half way starts again", async () => {
    for (const number of [1, 2, 3]) world.pulls.set(number, open(sha(String(number)), "allow"));
    let pages = 0;
    world.at.page = async () => {
      pages++;
      if (pages === 2) throw new Error("502");
    };
    await store.queue.mark([{ kind: "sweep_repository", installationId: 1, repository }], clock.now());
    await loop.runDue();
    clock.advance(limits.firstRetryMs);
    await loop.runDue();
    expect([...world.runs.keys()]).toHaveLength(3);
  });
});

describe("the loop", () => {
  test("works in the background as soon as it is woken, and stops when its looks have ended", async () => {
    const patient = { ...limits, pollMs: 2_000_000_000 };
    loop = loopOn(store, world, clock, { log, tuned: patient });
    world.pulls.set(1, open(sha("a"), "allow"));
    const published = Promise.withResolvers<void>();
    world.at.publish = async () => {
      published.resolve();
    };
    loop.start();
    await marked(1);
    loop.wake();
    await published.promise;
    await loop.stop();
    expect(await entries(1)).toMatchObject([{ kind: "evaluated", verdict: "allow" }]);
  });

  test("breaks off what has not been sent when it stops, and leaves it due", async () => {
    world.pulls.set(1, open(sha("a"), "allow"));
    const collecting = Promise.withResolvers<void>();
    world.at.collect = () => {
      collecting.resolve();
      return new Promise(() => undefined);
    };
    await marked(1);
    loop.start();
    await collecting.promise;
    await loop.stop();
    expect(world.writes).toEqual([]);
    world.at.collect = async () => undefined;
    await loopOn(store, world, clock).runDue();
    expect(standsOn(world, "a")).toBe("allow");
  });

  test("looks at no more subjects at once than it may", async () => {
    let [looking, most] = [0, 0];
    world.at.collect = async ({ number }) => {
      looking++;
      most = Math.max(most, looking);
      // Looks of different lengths, so that one ends while others go on.
      for (let turn = 0; turn < number * 3; turn++) await store.queue.depth(0);
      looking--;
    };
    const numbers = Array.from({ length: 12 }, (_, index) => index + 1);
    for (const number of numbers) world.pulls.set(number, open(number.toString(16).padStart(40, "0"), "allow"));
    await marked(...numbers);
    expect(await loopOn(store, world, clock, { tuned: { ...limits, concurrency: 3 } }).runDue()).toBe(12);
    expect(most).toBe(3);
  });

  test("forgets deliveries that GitHub no longer sends again", async () => {
    await store.queue.receive([{ id: "old", event: "ping", marks: [] }], START_MS - 8 * 86_400_000);
    await store.queue.receive([{ id: "new", event: "ping", marks: [] }], START_MS - 86_400_000);
    loop.start();
    await loop.stop();
    expect(await store.queue.forgetDeliveries(START_MS)).toBe(1);
  });

  test("refuses a lease that a slow look would outlive", () => {
    expect(() => loopOn(store, world, clock, { tuned: { ...limits, leaseMs: 80_000 } })).toThrow(
      "A lease of 80000 ms is too short",
    );
  });
});
