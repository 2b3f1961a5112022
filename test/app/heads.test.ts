import { beforeEach, describe, expect, test } from "vitest";
import type { OpenStore } from "../../src/adapters/store/open.ts";
import type { Reconciler } from "../../src/app/reconcile.ts";
import type { Entry } from "../../src/core/ledger/entry.ts";
import { pullRequest, sha } from "../contracts/subjects.ts";
import { entriesOf, freshLoop, limits, open, standsOn, type TestClock, type World } from "./world.ts";

let store: OpenStore;
let world: World;
let clock: TestClock;
let loop: Reconciler;

beforeEach(async () => {
  ({ store, world, clock, loop } = await freshLoop());
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
