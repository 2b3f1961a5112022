import { beforeEach, describe, expect, test } from "vitest";
import { type OpenStore, openStore } from "../../src/adapters/store/open.ts";
import { RetryLater } from "../../src/app/ports.ts";
import type { Reconciler } from "../../src/app/reconcile.ts";
import type { Entry } from "../../src/core/ledger/entry.ts";
import { pullRequest, repository, sha } from "../contracts/subjects.ts";
import {
  limits,
  loopOn,
  open,
  standsOn,
  type TestClock,
  type TestLog,
  testClock,
  testLog,
  testWorld,
  type World,
} from "./world.ts";

const START_MS = 1_795_000_000_000;

let store: OpenStore;
let world: World;
let clock: TestClock;
let log: TestLog;
let loop: Reconciler;

beforeEach(async () => {
  store = await openStore({ kind: "sqlite", path: ":memory:" }, { blobCacheBytes: 0 });
  world = testWorld();
  clock = testClock(START_MS);
  log = testLog();
  loop = loopOn(store, world, clock, { log });
  return () => store.close();
});

async function marked(...numbers: readonly number[]): Promise<void> {
  await store.queue.mark(numbers.map(pullRequest), clock.now());
}

/** Entries about a pull request, oldest first. */
async function entries(number: number): Promise<readonly Entry[]> {
  return (await store.ledger.bySubject(pullRequest(number), 100)).map(({ entry }) => entry).toReversed();
}

function failing(error: Error): () => Promise<void> {
  return () => Promise.reject(error);
}

describe("a look", () => {
  test("publishes the verdict, keeps its outline, and comes back when the resync is due", async () => {
    world.pulls.set(1, open(sha("a"), "allow"));
    await marked(1);
    expect(await loop.runDue()).toBe(1);
    expect(world.runs.get(`${sha("a")} sallyport`)).toEqual({ says: "allow", reference: "pull/7/1@1" });
    expect(await entries(1)).toMatchObject([
      { kind: "evaluated", atMs: START_MS, headSha: sha("a"), verdict: "allow", wrote: true },
    ]);
    clock.advance(limits.resyncMs - 1);
    expect(await loop.runDue()).toBe(0);
    clock.advance(1);
    expect(await loop.runDue()).toBe(1);
    expect(log.lines).toEqual([]);
  });

  test("that finds its verdict standing writes nothing", async () => {
    world.pulls.set(1, open(sha("a"), "allow"));
    await marked(1);
    await loop.runDue();
    await marked(1);
    await loop.runDue();
    expect(world.writes).toEqual(["a allow"]);
    expect(await entries(1)).toMatchObject([{ wrote: true }, { wrote: false }]);
  });

  test("comes back when the evaluation asks for it, and never at once", async () => {
    world.pulls.set(1, { ...open(sha("a"), "wait"), nextLookMs: START_MS + 60_000 });
    await marked(1);
    await loop.runDue();
    clock.advance(59_999);
    expect(await loop.runDue()).toBe(0);
    clock.advance(1);
    expect(await loop.runDue()).toBe(1);
    expect(await loop.runDue()).toBe(0);
    clock.advance(1_000);
    expect(await loop.runDue()).toBe(1);
  });

  test("is repeated when a mark came in the middle of it", async () => {
    world.pulls.set(1, open(sha("a"), "allow"));
    await marked(1);
    world.at.publish = async () => {
      world.at.publish = async () => undefined;
      world.pulls.set(1, open(sha("a"), "block"));
      await marked(1);
    };
    expect(await loop.runDue()).toBe(2);
    expect(world.writes).toEqual(["a allow", "a block"]);
  });
});

describe("a green run does not travel", () => {
  test("a new head takes it off the old one, and a force-push back is judged again", async () => {
    world.pulls.set(1, open(sha("a"), "allow"));
    await marked(1);
    await loop.runDue();
    world.pulls.set(1, open(sha("b"), "hold"));
    await marked(1);
    await loop.runDue();
    world.pulls.set(1, open(sha("a"), "block"));
    await marked(1);
    await loop.runDue();
    expect(world.writes).toEqual(["a allow", "a superseded", "b hold", "b superseded", "a block"]);
  });

  test("closing supersedes it, and the subject rests for good", async () => {
    world.pulls.set(1, open(sha("a"), "allow"));
    await marked(1);
    await loop.runDue();
    world.pulls.set(1, { ...open(sha("a"), "allow"), state: "closed" });
    await marked(1);
    await loop.runDue();
    expect(standsOn(world, "a")).toBe("superseded");
    expect((await entries(1)).at(-1)).toMatchObject({ kind: "gone", because: "closed", withdrawnFrom: [sha("a")] });
    clock.advance(limits.resyncMs * 10);
    expect(await loop.runDue()).toBe(0);
  });

  test("closing supersedes it also where the store does not know of it", async () => {
    world.pulls.set(1, { ...open(sha("a"), "allow"), state: "closed" });
    world.runs.set(`${sha("a")} sallyport`, { says: "allow", reference: "pull/7/1@9" });
    await marked(1);
    await loop.runDue();
    expect(standsOn(world, "a")).toBe("superseded");
  });

  test("merging leaves it on the merged head and takes it off a head from before", async () => {
    world.pulls.set(1, open(sha("a"), "allow"));
    await marked(1);
    await loop.runDue();
    world.pulls.set(1, { ...open(sha("b"), "allow"), state: "merged" });
    world.runs.set(`${sha("b")} sallyport`, { says: "allow", reference: "pull/7/1@9" });
    await marked(1);
    await loop.runDue();
    expect(standsOn(world, "a")).toBe("superseded");
    expect(standsOn(world, "b")).toBe("allow");
  });

  test("what could not be superseded is come back for", async () => {
    world.pulls.set(1, open(sha("a"), "allow"));
    await marked(1);
    await loop.runDue();
    world.pulls.delete(1);
    world.at.publish = failing(new Error("502"));
    await marked(1);
    await loop.runDue();
    expect(standsOn(world, "a")).toBe("allow");
    world.at.publish = async () => undefined;
    clock.advance(limits.firstRetryMs);
    await loop.runDue();
    expect(standsOn(world, "a")).toBe("superseded");
    expect(await store.judgements.of(pullRequest(1))).toEqual([]);
  });
});

describe("pull requests that share head and base", () => {
  test("show the worst verdict of all, whoever was looked at last", async () => {
    world.pulls.set(1, open(sha("a"), "block"));
    world.pulls.set(2, open(sha("a"), "allow"));
    await marked(1);
    await loop.runDue();
    await marked(2);
    await loop.runDue();
    expect(standsOn(world, "a")).toBe("block");
    expect((await entries(2)).at(-1)).toMatchObject({ verdict: "allow", shared: "block" });
  });

  test("hold while one of them was never looked at, which no webhook has to ask for", async () => {
    world.pulls.set(1, open(sha("a"), "allow"));
    world.pulls.set(2, open(sha("a"), "allow"));
    await marked(1);
    expect(await loop.runDue()).toBe(2);
    expect(world.writes).toEqual(["a hold", "a allow"]);
  });

  test("are looked at again when one of them leaves", async () => {
    world.pulls.set(1, open(sha("a"), "allow"));
    world.pulls.set(2, open(sha("a"), "block"));
    await marked(1, 2);
    await loop.runDue();
    expect(standsOn(world, "a")).toBe("block");
    world.pulls.set(2, { ...open(sha("a"), "block"), state: "closed" });
    await marked(2);
    await loop.runDue();
    expect(world.writes.slice(-2)).toEqual(["a block", "a allow"]);
  });

  test("are left alone by one that leaves and never counted", async () => {
    world.pulls.set(1, open(sha("a"), "allow"));
    world.pulls.set(2, { ...open(sha("a"), "block"), state: "closed" });
    await marked(1);
    await loop.runDue();
    await marked(2);
    expect(await loop.runDue()).toBe(1);
    expect(world.writes).toEqual(["a allow"]);
  });

  test("that GitHub does not list to one another do not keep each other busy", async () => {
    world.pulls.set(1, open(sha("a"), "allow"));
    world.pulls.set(2, open(sha("a"), "allow"));
    world.listsSiblings = false;
    await marked(1, 2);
    expect(await loop.runDue()).toBe(2);
  });
});

describe("a look that fails", () => {
  test("is tried again after longer and longer pauses, and a look that goes well forgets them", async () => {
    world.pulls.set(1, open(sha("a"), "allow"));
    await marked(1);
    world.at.collect = failing(new Error("502"));
    const pauses: number[] = [];
    for (let tries = 0; tries < 9; tries++) {
      expect(await loop.runDue()).toBe(1);
      const entry = (await entries(1)).at(-1);
      if (entry?.kind !== "failed") throw new Error("the look should have failed");
      pauses.push(entry.retryMs - clock.now());
      clock.advance(entry.retryMs - clock.now());
    }
    expect(pauses).toEqual([5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 320_000, 600_000, 600_000]);
    world.at.collect = async () => undefined;
    await loop.runDue();
    expect(standsOn(world, "a")).toBe("allow");
    world.at.collect = failing(new Error("502"));
    await marked(1);
    await loop.runDue();
    expect((await entries(1)).at(-1)).toMatchObject({ step: "collect", attempts: 1 });
  });

  test("waits for as long as the port says", async () => {
    world.pulls.set(1, open(sha("a"), "allow"));
    world.at.collect = failing(new RetryLater("The rate limit is used up.", START_MS + 900_000));
    await marked(1);
    await loop.runDue();
    clock.advance(899_999);
    expect(await loop.runDue()).toBe(0);
    clock.advance(1);
    expect(await loop.runDue()).toBe(1);
  });

  test.each(["collect", "evaluate"] as const)(
    "time and again at %s withdraws the green that nobody can vouch for",
    async (step) => {
      world.pulls.set(1, open(sha("a"), "allow"));
      await marked(1);
      await loop.runDue();
      world.at[step] = failing(new Error("out of order"));
      await marked(1);
      for (let tries = 1; tries < limits.withdrawAfterAttempts; tries++) {
        await loop.runDue();
        expect(standsOn(world, "a")).toBe("allow");
        clock.advance(limits.longestRetryMs);
      }
      await loop.runDue();
      expect(standsOn(world, "a")).toBe("not evaluated: hold");
      expect((await entries(1)).at(-1)).toMatchObject({ kind: "failed", step, attempts: 3, withdrawnFrom: [sha("a")] });
      world.at[step] = async () => undefined;
      clock.advance(limits.longestRetryMs);
      await loop.runDue();
      expect(standsOn(world, "a")).toBe("allow");
    },
  );

  test("for a sibling turns the shared run to hold", async () => {
    world.pulls.set(1, open(sha("a"), "allow"));
    world.pulls.set(2, open(sha("a"), "allow"));
    await marked(1, 2);
    await loop.runDue();
    expect(standsOn(world, "a")).toBe("allow");
    world.at.collect = async ({ number }) => {
      if (number === 2) throw new Error("502");
    };
    await marked(2);
    for (let tries = 1; tries < limits.withdrawAfterAttempts; tries++) {
      await loop.runDue();
      clock.advance(limits.longestRetryMs);
    }
    await loop.runDue();
    expect(standsOn(world, "a")).toBe("not evaluated: hold");
    await marked(1);
    await loop.runDue();
    expect((await entries(1)).at(-1)).toMatchObject({ verdict: "allow", shared: "hold" });
    expect(standsOn(world, "a")).toBe("hold");
  });

  test("because a step hangs ends with its time", async () => {
    const hasty = { ...limits, collectMs: 5 };
    loop = loopOn(store, world, clock, { log, tuned: hasty });
    world.pulls.set(1, open(sha("a"), "allow"));
    world.at.collect = () => new Promise(() => undefined);
    await marked(1);
    expect(await loop.runDue()).toBe(1);
    expect(await entries(1)).toMatchObject([{ kind: "failed", step: "collect" }]);
  });
});

describe("nothing is sent", () => {
  test("when less of the lease is left than publishing may take", async () => {
    world.pulls.set(1, open(sha("a"), "allow"));
    world.at.evaluate = async () => {
      world.at.evaluate = async () => undefined;
      clock.advance(limits.leaseMs - limits.publishMs + 1);
    };
    await marked(1);
    await loop.runDue();
    expect(world.writes).toEqual([]);
    expect(await entries(1)).toMatchObject([{ kind: "failed", step: "publish" }]);
    clock.advance(limits.firstRetryMs);
    await loop.runDue();
    expect(standsOn(world, "a")).toBe("allow");
  });
});

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
    world.at.collect = async () => {
      looking++;
      most = Math.max(most, looking);
      await store.queue.depth(0); // gives others every occasion to begin
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
