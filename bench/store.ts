import { join } from "node:path";
import { openStore, type OpenStore } from "../src/adapters/store/open.ts";
import type { Delivery, Log } from "../src/app/ports.ts";
import { receiver } from "../src/app/receive.ts";
import type { PullRequestSubject } from "../src/core/subject.ts";
import type { Row } from "./measure.ts";

const clock = { now: () => Date.now(), monotonicMs: () => performance.now() };
const silent: Log = { info: () => {}, warn: () => {}, error: () => {} };
const deliveries = 10_000;
/** How many senders wait for their answer at once. */
const concurrent = 200;
const subjects = 500;
const leaseMs = 60_000;

/** Webhooks through the group commit into a SQLite file, and then the looks they ask for, one by one. */
export async function storeRows(folder: string): Promise<readonly Row[]> {
  const store = await openStore({ kind: "sqlite", path: join(folder, "store.db") }, { blobCacheBytes: 1_000_000 });
  try {
    return [await receiveRow(store), await lookRow(store)];
  } finally {
    await store.close();
  }
}

async function receiveRow({ queue }: OpenStore): Promise<Row> {
  const receive = receiver({ queue, clock, log: silent }, { deliveriesPerTransaction: 500 });
  const times: number[] = [];
  let next = 0;
  const sender = async (): Promise<void> => {
    while (next < deliveries) {
      const number = next++;
      const beginMs = performance.now();
      await receive(deliveryOf(number));
      times.push(performance.now() - beginMs);
    }
  };
  const startMs = performance.now();
  await Promise.all(Array.from({ length: concurrent }, sender));
  const perSecond = Math.round((deliveries / (performance.now() - startMs)) * 1_000);
  return { name: "receive a webhook (SQLite)", times, note: `${perSecond} a second, ${concurrent} waiting at once` };
}

async function lookRow({ queue }: OpenStore): Promise<Row> {
  const times: number[] = [];
  while (times.length < subjects) {
    const beginMs = performance.now();
    const [claim] = await queue.claim(clock.now(), leaseMs, 1);
    if (claim === undefined) break;
    await queue.settle(claim, { kind: "swept", atMs: clock.now(), marked: 0 }, null, clock.now());
    times.push(performance.now() - beginMs);
  }
  return { name: "claim and settle a look (SQLite)", times, note: "" };
}

function deliveryOf(number: number): Delivery {
  return { id: `delivery-${number}`, event: "pull_request", marks: [{ kind: "changed", subject: subject(number) }] };
}

function subject(number: number): PullRequestSubject {
  const repository = { id: 7, owner: "acme", name: "shop" };
  return { kind: "pull_request", installationId: 1, repository, number: number % subjects };
}
