import { expect, test } from "vitest";
import type { Delivery, WorkQueue } from "../../src/app/ports.ts";
import { receiver } from "../../src/app/receive.ts";
import { delivery } from "../contracts/subjects.ts";
import { testClock, testLog } from "./world.ts";

interface Write {
  readonly ids: readonly string[];
  readonly nowMs: number;
  finish(): void;
  fail(error: Error): void;
}

/** A queue whose transactions end when the test says so. */
function slowQueue() {
  const writes: Write[] = [];
  const begun: (() => void)[] = [];
  const receive = (deliveries: readonly Delivery[], nowMs: number): Promise<void> =>
    new Promise((resolve, reject) => {
      writes.push({ ids: deliveries.map(({ id }) => id), nowMs, finish: resolve, fail: reject });
      begun.shift()?.();
    });
  const nextWrite = (): Promise<void> => new Promise((resolve) => begun.push(resolve));
  const queue: Pick<WorkQueue, "receive"> = { receive };
  return { queue, writes, nextWrite };
}

function receiving(deliveriesPerTransaction = 100) {
  const { queue, writes, nextWrite } = slowQueue();
  const log = testLog();
  return {
    receive: receiver({ queue, clock: testClock(5), log }, { deliveriesPerTransaction }),
    writes,
    nextWrite,
    log,
  };
}

test("whatever arrives while one transaction is written travels in the next", async () => {
  const { receive, writes, nextWrite } = receiving();
  const first = nextWrite();
  const a = receive(delivery("a", 1));
  await first;
  const others = [receive(delivery("b", 1)), receive(delivery("c", 2))];
  expect(writes.map(({ ids }) => ids)).toEqual([["a"]]);
  const second = nextWrite();
  writes[0]?.finish();
  await a;
  await second;
  expect(writes.map(({ ids, nowMs }) => [ids, nowMs])).toEqual([
    [["a"], 5],
    [["b", "c"], 5],
  ]);
  writes[1]?.finish();
  await Promise.all(others);
});

test("nobody is answered before the delivery is durable", async () => {
  const { receive, writes, nextWrite } = receiving();
  const begun = nextWrite();
  let answered = false;
  const a = receive(delivery("a", 1)).then(() => {
    answered = true;
  });
  await begun;
  await Promise.resolve();
  expect(answered).toBe(false);
  writes[0]?.finish();
  await a;
  expect(answered).toBe(true);
});

test("a transaction carries no more than its limit", async () => {
  const { receive, writes, nextWrite } = receiving(2);
  const [first, second] = [nextWrite(), nextWrite()];
  const all = ["a", "b", "c"].map((id) => receive(delivery(id, 1)));
  await first;
  writes[0]?.finish();
  await second;
  writes[1]?.finish();
  await Promise.all(all);
  expect(writes.map(({ ids }) => ids)).toEqual([["a", "b"], ["c"]]);
});

test("a delivery that cannot be written is refused alone", async () => {
  const { receive, writes, nextWrite, log } = receiving();
  const [together, good, bad] = [nextWrite(), nextWrite(), nextWrite()];
  const a = receive(delivery("good", 1));
  const b = receive(delivery("bad", 1));
  await together;
  writes[0]?.fail(new Error("refused"));
  await good;
  writes[1]?.finish();
  await a;
  await bad;
  writes[2]?.fail(new Error("refused alone"));
  await expect(b).rejects.toThrow("refused alone");
  expect(writes.map(({ ids }) => ids)).toEqual([["good", "bad"], ["good"], ["bad"]]);
  expect(log.lines).toHaveLength(1);
});

test("a delivery is refused when the store cannot be written, and the next one is tried", async () => {
  const { receive, writes, nextWrite } = receiving();
  const [first, second] = [nextWrite(), nextWrite()];
  const a = receive(delivery("a", 1));
  await first;
  writes[0]?.fail(new Error("disk full"));
  await expect(a).rejects.toThrow("disk full");
  const b = receive(delivery("b", 1));
  await second;
  writes[1]?.finish();
  await b;
});
