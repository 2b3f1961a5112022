import { beforeEach, describe, expect, test } from "vitest";
import type { DeliveryLog, FailedAttempt } from "../../src/app/ports.ts";
import { redelivery } from "../../src/app/redeliver.ts";
import { START_MS, testClock, testLog } from "./world.ts";

const hourMs = 3_600_000;
const signal = new AbortController().signal;

let scene: ReturnType<typeof listening>;
beforeEach(() => {
  scene = listening();
});

/** GitHub's list of failed attempts, newest first, and what has arrived all the same. */
function listening() {
  const [clock, log] = [testClock(START_MS), testLog()];
  const failed: FailedAttempt[] = [];
  const arrived = new Set<string>();
  const asked: number[] = [];
  const since: number[] = [];
  const refusing = { next: null as Error | null };
  const deliveries: DeliveryLog = {
    failures: async function* (sinceMs) {
      since.push(sinceMs - clock.now());
      if (refusing.next !== null) throw refusing.next;
      yield* failed.filter(({ atMs }) => atMs >= sinceMs).toSorted((a, b) => b.id - a.id);
    },
    redeliver: async (id) => {
      if (refusing.next !== null) throw refusing.next;
      asked.push(id);
    },
  };
  const queue = { received: async (ids: readonly string[]) => new Set(ids.filter((id) => arrived.has(id))) };
  const fail = (id: number, guid: string): number => failed.push({ id, guid, atMs: clock.now() });
  return { clock, log, fail, arrived, asked, since, refusing, round: redelivery({ deliveries, queue, clock, log }) };
}

describe("deliveries that failed", () => {
  test("are asked for once a round each, the oldest first, by their newest attempt", async () => {
    for (const [id, guid] of [
      [1, "a"],
      [2, "b"],
      [3, "a"],
    ] as const)
      scene.fail(id, guid);
    expect(await scene.round(signal)).toBe(2);
    expect(scene.asked).toEqual([2, 3]);
  });

  test("are left alone where they have arrived all the same", async () => {
    scene.fail(1, "a");
    scene.fail(2, "b");
    scene.arrived.add("a");
    await scene.round(signal);
    expect(scene.asked).toEqual([2]);
  });

  test("are not asked for for ever", async () => {
    for (let id = 1; id <= 4; id += 1) scene.fail(id, "a");
    expect(await scene.round(signal)).toBe(1);
    scene.fail(5, "a");
    expect(await scene.round(signal)).toBe(0);
    expect(scene.log.lines).toContain("deliveries failed time and again and are left to the sweep");
  });

  test("are looked for in all that GitHub keeps at first, and then since the round before", async () => {
    await scene.round(signal);
    scene.clock.advance(2 * hourMs);
    await scene.round(signal);
    expect(scene.since).toEqual([-72 * hourMs, -3 * hourMs]);
  });

  test("are looked for as far back again after a round that failed, while listing or while asking", async () => {
    scene.refusing.next = new Error("502");
    await expect(scene.round(signal)).rejects.toThrow("502");
    scene.refusing.next = null;
    scene.fail(1, "a");
    expect(await scene.round(signal)).toBe(1);
    expect(scene.since).toEqual([-72 * hourMs, -72 * hourMs]);
  });

  test("are found after a clock that ran backwards", async () => {
    await scene.round(signal);
    scene.clock.advance(-5 * hourMs);
    scene.fail(1, "a");
    scene.clock.advance(5 * hourMs + 1);
    scene.fail(2, "b");
    scene.clock.advance(-5 * hourMs);
    await scene.round(signal);
    expect(scene.asked).toEqual([1, 2]);
  });
});
