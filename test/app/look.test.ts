import { beforeEach, describe, expect, test } from "vitest";
import type { OpenStore } from "../../src/adapters/store/open.ts";
import { RetryLater } from "../../src/app/ports.ts";
import type { Reconciler } from "../../src/app/reconcile.ts";
import type { Entry } from "../../src/core/ledger/entry.ts";
import { pullRequest, sha } from "../contracts/subjects.ts";
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

  test("keeps what its report said and when GitHub had it, once for as long as it says the same", async () => {
    world.pulls.set(1, open(sha("a"), "allow"));
    world.at.answer = async () => clock.advance(700);
    const reports = async () =>
      (await store.ledger.publications(pullRequest(1), 10)).map((one) => [
        one.headSha.charAt(0),
        one.publishedAtMs - START_MS,
      ]);
    await marked(1);
    await loop.runDue();
    await marked(1);
    await loop.runDue();
    expect(await reports()).toEqual([["a", 700]]);
    world.pulls.set(1, open(sha("b"), "allow"));
    await marked(1);
    await loop.runDue();
    expect(await reports()).toEqual([
      ["a", 700],
      ["b", 2_800],
    ]);
  });

  test("judges by the reports that were published before", async () => {
    world.pulls.set(1, open(sha("a"), "allow"));
    const known: number[] = [];
    const { evaluator } = world.ports;
    const watching = {
      ...world.ports,
      evaluator: {
        evaluate: (...given: Parameters<typeof evaluator.evaluate>) => {
          known.push(given[0].publications.length);
          return evaluator.evaluate(...given);
        },
      },
    };
    loop = loopOn(store, { ...world, ports: watching }, clock, { log });
    await marked(1);
    await loop.runDue();
    await marked(1);
    await loop.runDue();
    expect(known).toEqual([0, 1]);
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

describe("what no verdict waits for", () => {
  let begun: string[];

  /** A held change whose auto-merge is to be switched off, whose glass is broken, and that misses its label. */
  function watched(): void {
    begun = [];
    const { evaluator } = world.ports;
    const glass = {
      decisionId: "d",
      login: "person-a",
      accountId: 11,
      atMs: 0,
      untilMs: 1,
      lifts: [],
      reportTo: ["acme/ops"],
    };
    Object.assign(world.ports, {
      evaluator: {
        evaluate: async (...given: Parameters<typeof evaluator.evaluate>) => ({
          ...(await evaluator.evaluate(...given)),
          brokenGlass: [glass],
          signposts: { label: "risk: low", reviewers: [] },
        }),
      },
      enforcer: { enforce: async () => (begun.push("enforcer"), []) },
      alarms: { ...world.ports.alarms, raise: async () => begun.push("alarm") },
      signposts: { change: async () => void begun.push("signposts") },
    });
    loop = loopOn(store, world, clock, { log });
    world.pulls.set(1, open(sha("a"), "hold"));
  }

  test("is done in the time that the look does not need", async () => {
    watched();
    await marked(1);
    await loop.runDue();
    expect(begun).toEqual(["enforcer", "alarm", "signposts"]);
    expect(log.lines).toEqual([]);
  });

  test("is not begun in the time in which the look must end, and is tried again", async () => {
    watched();
    world.at.answer = async () => clock.advance(limits.leaseMs - limits.publishMs);
    await marked(1);
    await loop.runDue();
    expect(begun).toEqual([]);
    expect(await entries(1)).toMatchObject([{ kind: "evaluated", verdict: "hold", enforced: null }]);
    expect(log.lines).toHaveLength(3);
    world.at.answer = async () => {};
    clock.advance(limits.longestRetryMs);
    await loop.runDue();
    expect(begun).toEqual(["enforcer", "alarm", "signposts"]);
  });
});
