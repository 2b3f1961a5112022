import { beforeEach, describe, expect, test } from "vitest";
import type { OpenStore } from "../../src/adapters/store/open.ts";
import { type Spending, windowMs } from "../../src/core/requirements/booking.ts";
import { whole } from "../../src/lib/quantity.ts";
import type { MergeGroupSubject } from "../../src/core/subject.ts";
import { engines, type TestDatabase, testDatabase } from "../contracts/stores.ts";
import { delivery, pullRequest, repository, sha } from "../contracts/subjects.ts";
import { factsOf, limits, loopOn, open, START_MS, type TestClock, testClock, testWorld, type World } from "./world.ts";

function spending(number: number, max = 2): Spending {
  return {
    agents: ["claude"],
    services: [],
    reachesUnknown: false,
    openedAtMs: number,
    budgets: {
      changesPerHour: { max, per: ["agent", "repository"] },
      openPullRequests: null,
      servicesAtATime: null,
      openPerSharedModule: null,
      addedMemory: null,
      addedReplicas: null,
      deletes: null,
      pushesPerFinding: null,
    },
    takes: { baseRef: "main", modules: [], addedMemory: 0, addedReplicas: 0, deletes: 0, pools: {} },
    rooms: [],
    words: { given: [], from: "an administrator", need: 1, glass: null, reportTo: [] },
  };
}

const headOf = (number: number): string => number.toString(16).padStart(40, "0");

describe.each(engines)("budgets on %s", (engine) => {
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
    return () => database.destroy();
  });

  /** Agents' pull requests 1, 2, ... of which each would be green by itself. */
  function ready(count: number, max?: number): readonly number[] {
    const numbers = Array.from({ length: count }, (_, index) => index + 1);
    for (const number of numbers)
      world.pulls.set(number, { ...open(headOf(number), "allow"), spending: spending(number, max) });
    return numbers;
  }
  const look = async (...numbers: readonly number[]): Promise<void> => {
    await here.queue.receive([delivery(`d${clock.now()}`, ...numbers)], clock.now());
    await loopOn(here, world, clock).runDue();
    clock.advance(1_000);
    await loopOn(here, world, clock).runDue();
  };
  const says = (number: number): string | undefined => world.runs.get(`${headOf(number)} sallyport`)?.says;
  const green = (): readonly number[] => [...world.pulls.keys()].filter((number) => says(number) === "allow");
  const pull = (number: number) => {
    const found = world.pulls.get(number);
    if (found === undefined) throw new Error(`There is no pull request ${number}.`);
    return found;
  };

  test("of twenty that are judged at the same moment by two instances as many are green as there are places", async () => {
    const numbers = ready(20, 5);
    await here.queue.receive([delivery("d", ...numbers)], clock.now());
    const all = Promise.withResolvers<void>();
    let judged = 0;
    world.at.evaluate = async () => {
      judged += 1;
      if (judged === 2 * limits.concurrency) all.resolve();
      await all.promise;
    };
    await Promise.all([loopOn(here, world, clock).runDue(), loopOn(there, world, clock).runDue()]);
    expect(green()).toHaveLength(5);
    expect(numbers.filter((number) => says(number) === "wait")).toHaveLength(15);
  });

  test("of twenty that are judged at the same moment by two instances no more are green than add up to the bound, and they can all be merged", async () => {
    const numbers = ready(20);
    for (const number of numbers) {
      const alone = spending(number);
      pull(number).spending = {
        ...alone,
        takes: { ...alone.takes, addedReplicas: 3 },
        budgets: {
          ...alone.budgets,
          changesPerHour: null,
          addedReplicas: { max: whole(10), withinMs: 24 * windowMs, per: ["agent"] },
        },
      };
    }
    await here.queue.receive([delivery("d", ...numbers)], clock.now());
    const all = Promise.withResolvers<void>();
    let judged = 0;
    world.at.evaluate = async () => {
      judged += 1;
      if (judged === 2 * limits.concurrency) all.resolve();
      await all.promise;
    };
    await Promise.all([loopOn(here, world, clock).runDue(), loopOn(there, world, clock).runDue()]);
    const first = green();
    expect(first).toHaveLength(3);
    for (const number of first) pull(number).state = "merged";
    await here.queue.receive([delivery("m", ...first)], clock.now());
    await loopOn(here, world, clock).runDue();
    await loopOn(there, world, clock).runDue();
    expect(green().filter((number) => !first.includes(number))).toEqual([]);
    clock.advance(24 * windowMs);
    await loopOn(here, world, clock).runDue();
    await loopOn(there, world, clock).runDue();
    expect(green().filter((number) => !first.includes(number))).toHaveLength(3);
  });

  test("a place that is lost is free once GitHub shows that it is not green, and not before", async () => {
    ready(3);
    await look(1);
    await look(2);
    await look(3);
    expect(green()).toEqual([1, 2]);
    pull(1).verdict = "hold";
    let whileSending: readonly boolean[] = [];
    world.at.publish = async () => {
      world.at.publish = async () => undefined;
      whileSending = (await there.books.of(1, 0)).map(({ holds }) => holds);
    };
    await look(1);
    expect(whileSending).toEqual([true, true, false]);
    expect(green()).toEqual([2, 3]);
  });

  test("a crash between taking a place and publishing leaves the place taken, by the one that publishes next", async () => {
    ready(3);
    const reached = Promise.withResolvers<void>();
    world.at.publish = () => {
      world.at.publish = async () => undefined;
      reached.resolve();
      return new Promise(() => undefined);
    };
    await here.queue.receive([delivery("d", 1)], clock.now());
    void loopOn(here, world, clock).runDue();
    await reached.promise;
    await there.queue.receive([delivery("e", 2, 3)], clock.now());
    await loopOn(there, world, clock).runDue();
    expect(green()).toHaveLength(1);
    await database.endLeases();
    await loopOn(there, world, clock).runDue();
    expect(green()).toHaveLength(2);
    expect(says(1)).toBe("allow");
  });

  test("an instance that was paused while it judged takes no place", async () => {
    ready(1);
    const reached = Promise.withResolvers<void>();
    const going = Promise.withResolvers<void>();
    world.at.evaluate = () => {
      world.at.evaluate = async () => undefined;
      reached.resolve();
      return going.promise;
    };
    await here.queue.receive([delivery("d", 1)], clock.now());
    const paused = loopOn(here, world, clock).runDue();
    await reached.promise;
    await database.endLeases();
    const [claim] = await there.queue.claim(clock.now(), limits.leaseMs, 1);
    going.resolve();
    await paused;
    expect(claim).toBeDefined();
    expect(await there.books.of(1, 0)).toEqual([]);
    expect(world.writes).toEqual([]);
  });

  test("what cannot be judged time and again loses place and turn, and those behind it move up", async () => {
    ready(3, 1);
    await look(1);
    await look(2);
    await look(3);
    expect(green()).toEqual([1]);
    world.at.collect = async ({ number }) => {
      if (number < 3) throw new Error("GitHub answers 502.");
    };
    await here.queue.receive([delivery("f", 1, 2)], clock.now());
    for (let attempt = 0; attempt <= limits.withdrawAfterAttempts; attempt++) {
      await loopOn(here, world, clock).runDue();
      clock.advance(limits.firstRetryMs * 2 ** attempt);
    }
    await loopOn(here, world, clock).runDue();
    expect(says(1)).toBe("not evaluated: hold");
    expect(green()).toEqual([3]);
  });

  test("a waiting one that is no longer ready lets the next one pass", async () => {
    ready(3);
    await look(1);
    await look(2);
    await look(3);
    world.pulls.set(4, { ...open(headOf(4), "allow"), spending: spending(4) });
    await look(4);
    pull(3).verdict = "hold";
    pull(1).state = "closed";
    await look(3);
    await look(1);
    expect(green()).toEqual([2, 4]);
  });

  test("a merge that was seen late counts from when it was seen", async () => {
    ready(2, 1);
    await look(1);
    await look(2);
    pull(1).state = "merged";
    const seenMs = START_MS + limits.resyncMs;
    clock.advance(seenMs - clock.now());
    await loopOn(here, world, clock).runDue();
    clock.advance(windowMs - 1_000);
    await loopOn(here, world, clock).runDue();
    expect(says(2)).toBe("wait");
    clock.advance(1_000);
    await loopOn(here, world, clock).runDue();
    expect(says(2)).toBe("allow");
  });

  test("a merge group fails where a member has no place, and counts its own members", async () => {
    const numbers = ready(3);
    const group: MergeGroupSubject = {
      kind: "merge_group",
      installationId: 1,
      repository,
      headRef: "gh-readonly-queue/main/pr-3-0",
      headSha: sha("c"),
      baseRef: "main",
      baseSha: sha("0"),
      baseIsDefault: true,
    };
    const queue = async (...members: readonly number[]): Promise<string | undefined> => {
      world.group = {
        kind: "members",
        members: members.map((number) => ({ facts: factsOf(pullRequest(number), pull(number)), policies: [] })),
      };
      await here.queue.mark([group], clock.now());
      await loopOn(here, world, clock).runDue();
      clock.advance(1_000);
      return world.runs.get(`${sha("c")} sallyport`)?.says;
    };
    expect(await queue(...numbers)).toBe("group fails");
    await look(1);
    await look(2);
    expect(await queue(1, 2)).toBe("group passes");
    expect(await queue(1, 3)).toBe("group fails");
    expect(await here.books.of(1, 0)).toHaveLength(2);
  });
});
