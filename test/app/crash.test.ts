import { beforeEach, describe, expect, test } from "vitest";
import type { OpenStore } from "../../src/adapters/store/open.ts";
import { ownRunMark } from "../../src/app/own-run.ts";
import type { Entry } from "../../src/core/ledger/entry.ts";
import { engines, type TestDatabase, testDatabase } from "../contracts/stores.ts";
import { delivery, repository, sha } from "../contracts/subjects.ts";
import {
  entriesOf,
  limits,
  loopOn,
  open,
  START_MS,
  standsOn,
  type TestClock,
  testClock,
  testWorld,
  type World,
} from "./world.ts";

/** A step at which one instance stays until it is let go, or for ever. */
interface Stop {
  readonly reached: Promise<void>;
  letGo(): void;
}

describe.each(engines)("two instances on %s", (engine) => {
  let database: TestDatabase;
  let here: OpenStore;
  let there: OpenStore;
  let world: World;
  let clock: TestClock;
  beforeEach(async () => {
    database = await testDatabase(engine);
    [here, there] = [await database.open(), await database.open()];
    world = testWorld();
    clock = testClock(START_MS);
    world.pulls.set(1, open(sha("a"), "allow"));
    return () => database.destroy();
  });

  /** The next look stops at the step; those after it pass. */
  function stopAt(step: "collect" | "evaluate" | "publish" | "answer"): Stop {
    const reached = Promise.withResolvers<void>();
    const going = Promise.withResolvers<void>();
    world.at[step] = () => {
      world.at[step] = async () => undefined;
      reached.resolve();
      return going.promise;
    };
    return { reached: reached.promise, letGo: going.resolve };
  }
  const entries = (): Promise<readonly Entry[]> => entriesOf(there, 1);

  test("after a crash that followed the mark, the other one looks", async () => {
    await here.queue.receive([delivery("d", 1)], clock.now());
    expect(await loopOn(there, world, clock).runDue()).toBe(1);
    expect(standsOn(world, "a")).toBe("allow");
  });

  test("after a crash that followed the claim, the other one looks when the lease has ended", async () => {
    await here.queue.receive([delivery("d", 1)], clock.now());
    await here.queue.claim(clock.now(), limits.leaseMs, 1);
    const other = loopOn(there, world, clock);
    expect(await other.runDue()).toBe(0);
    await database.endLeases();
    expect(await other.runDue()).toBe(1);
    expect(standsOn(world, "a")).toBe("allow");
  });

  test.each(["collect", "evaluate", "publish"] as const)(
    "after a crash at %s, the other one publishes",
    async (step) => {
      await here.queue.receive([delivery("d", 1)], clock.now());
      const stop = stopAt(step);
      void loopOn(here, world, clock).runDue();
      await stop.reached;
      await database.endLeases();
      expect(await loopOn(there, world, clock).runDue()).toBe(1);
      expect(world.writes).toEqual(["a allow"]);
      expect(await entries()).toMatchObject([{ kind: "evaluated", wrote: true }]);
    },
  );

  test("after a crash between publishing and settling, the other one finds the verdict standing and records it", async () => {
    await here.queue.receive([delivery("d", 1)], clock.now());
    const stop = stopAt("answer");
    void loopOn(here, world, clock).runDue();
    await stop.reached;
    await database.endLeases();
    expect(await loopOn(there, world, clock).runDue()).toBe(1);
    expect(world.writes).toEqual(["a allow"]);
    expect(await entries()).toMatchObject([{ kind: "evaluated", verdict: "allow", wrote: false }]);
  });

  test("an instance that was paused publishes late, settles nothing, and its subject is looked at again", async () => {
    await here.queue.receive([delivery("d", 1)], clock.now());
    const stop = stopAt("publish");
    const paused = loopOn(here, world, clock).runDue();
    await stop.reached;
    await database.endLeases();
    world.pulls.set(1, open(sha("a"), "block"));
    await there.queue.receive([delivery("e", 1)], clock.now());
    await loopOn(there, world, clock).runDue();
    stop.letGo();
    await paused;
    await loopOn(there, world, clock).runDue();
    expect(world.writes).toEqual(["a block", "a allow", "a block"]);
    expect(standsOn(world, "a")).toBe("block");
  });

  test("an instance that was paused does not leave a head to which the pull request has returned", async () => {
    await here.queue.receive([delivery("d", 1)], clock.now());
    await loopOn(here, world, clock).runDue();
    world.pulls.set(1, open(sha("b"), "allow"));
    await here.queue.receive([delivery("e", 1)], clock.now());
    const stop = stopAt("collect");
    const paused = loopOn(here, world, clock).runDue();
    await stop.reached;
    await database.endLeases();
    world.pulls.set(1, open(sha("a"), "block"));
    await there.queue.receive([delivery("f", 1)], clock.now());
    await loopOn(there, world, clock).runDue();
    stop.letGo();
    await paused;
    await loopOn(there, world, clock).runDue();
    expect(world.writes).toEqual(["a allow", "a block"]);
  });

  test("siblings on one head wait for each other, so that the milder verdict cannot come last", async () => {
    world.pulls.set(2, open(sha("a"), "allow"));
    await here.queue.receive([delivery("d", 1, 2)], clock.now());
    await loopOn(here, world, clock).runDue();
    await here.queue.receive([delivery("e", 1)], clock.now());
    const stop = stopAt("publish");
    const first = loopOn(here, world, clock).runDue();
    await stop.reached;
    world.pulls.set(2, open(sha("a"), "block"));
    await there.queue.receive([delivery("f", 2)], clock.now());
    const second = loopOn(there, world, clock).runDue();
    for (let turn = 0; turn < 50; turn++) await there.queue.depth(clock.now()); // gives the second every occasion to publish first
    stop.letGo();
    await Promise.all([first, second]);
    expect(standsOn(world, "a")).toBe("block");
  });

  test("a request of a crashed instance that GitHub takes late is undone by its own echo", async () => {
    await here.queue.receive([delivery("d", 1)], clock.now());
    const [crashed] = await here.queue.claim(clock.now(), limits.leaseMs, 1);
    await database.endLeases();
    world.pulls.set(1, open(sha("a"), "block"));
    const other = loopOn(there, world, clock);
    await other.runDue();
    expect(standsOn(world, "a")).toBe("block");
    const late = { says: "allow", reference: `pull/7/1@${crashed?.lease}` };
    world.runs.set(`${sha("a")} sallyport`, late);
    const mark = ownRunMark(late.reference, { installationId: 1, repository });
    await there.queue.receive([{ id: "echo", event: "check_run", marks: mark === null ? [] : [mark] }], clock.now());
    expect(await other.runDue()).toBe(1);
    expect(standsOn(world, "a")).toBe("block");
  });

  test("a subject that crashes whoever looks at it loses its green before it is looked at again", async () => {
    await here.queue.receive([delivery("d", 1)], clock.now());
    await loopOn(here, world, clock).runDue();
    await here.queue.receive([delivery("e", 1)], clock.now());
    for (let crash = 0; crash < limits.withdrawAfterAttempts; crash++) {
      await here.queue.claim(clock.now(), limits.leaseMs, 1);
      await database.endLeases();
    }
    const stop = stopAt("collect");
    void loopOn(there, world, clock).runDue();
    await stop.reached;
    expect(standsOn(world, "a")).toBe("not evaluated: hold");
  });

  test("a green is withdrawn again where its withdrawal crashed between the record and GitHub", async () => {
    await here.queue.receive([delivery("d", 1)], clock.now());
    await loopOn(here, world, clock).runDue();
    await here.queue.receive([delivery("e", 1)], clock.now());
    for (let crash = 0; crash < limits.withdrawAfterAttempts; crash++) {
      await here.queue.claim(clock.now(), limits.leaseMs, 1);
      await database.endLeases();
    }
    const crashed = stopAt("publish");
    void loopOn(here, world, clock).runDue();
    await crashed.reached;
    expect(standsOn(world, "a")).toBe("allow");
    await database.endLeases();
    const stop = stopAt("collect");
    void loopOn(there, world, clock).runDue();
    await stop.reached;
    expect(standsOn(world, "a")).toBe("not evaluated: hold");
  });

  test("side by side look at every subject once", async () => {
    const numbers = Array.from({ length: 40 }, (_, index) => index + 1);
    for (const number of numbers) world.pulls.set(number, open(number.toString(16).padStart(40, "0"), "allow"));
    await here.queue.receive([delivery("d", ...numbers)], clock.now());
    const looks = await Promise.all([loopOn(here, world, clock).runDue(), loopOn(there, world, clock).runDue()]);
    expect(looks[0]! + looks[1]!).toBe(40);
    expect(world.runs.size).toBe(40);
  });
});
