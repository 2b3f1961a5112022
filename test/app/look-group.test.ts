import { beforeEach, describe, expect, test } from "vitest";
import type { OpenStore } from "../../src/adapters/store/open.ts";
import { ownRunMark } from "../../src/app/own-run.ts";
import type { Reconciler } from "../../src/app/reconcile.ts";
import type { Verdict } from "../../src/core/evaluate/verdict.ts";
import type { MergeGroupSubject } from "../../src/core/subject.ts";
import { pullRequest, repository, sha } from "../contracts/subjects.ts";
import { factsOf, freshLoop, limits, open, standsOn, type TestClock, type World } from "./world.ts";

let store: OpenStore;
let world: World;
let clock: TestClock;
let loop: Reconciler;

beforeEach(async () => {
  ({ store, world, clock, loop } = await freshLoop());
  return () => store.close();
});

const group: MergeGroupSubject = {
  kind: "merge_group",
  installationId: 1,
  repository,
  headRef: "gh-readonly-queue/main/pr-2-0",
  headSha: sha("c"),
  baseRef: "main",
  baseSha: sha("0"),
  baseIsDefault: true,
};

/** Pull requests 1, 2, ... of these verdicts, all of them in the group. */
function members(...verdicts: readonly Verdict[]): void {
  const pulls = verdicts.map((verdict, index) => [index + 1, open(sha("a"), verdict)] as const);
  for (const [number, pull] of pulls) world.pulls.set(number, pull);
  world.group = {
    kind: "members",
    members: pulls.map(([number, pull]) => ({ facts: factsOf(pullRequest(number), pull), policies: [] })),
  };
}

async function look(): Promise<void> {
  await store.queue.mark([group], clock.now());
  await loop.runDue();
}

const entries = async () => (await store.ledger.bySubject(group, 10)).map(({ entry }) => entry);

describe("a merge group", () => {
  test("passes when every member is allowed, and the ledger says what each was judged", async () => {
    members("allow", "allow");
    await look();
    expect(world.writes).toEqual(["c group passes"]);
    expect(await entries()).toMatchObject([
      {
        kind: "merge_group",
        passes: true,
        members: [
          { number: 1, verdict: "allow" },
          { number: 2, verdict: "allow" },
        ],
      },
    ]);
  });

  test.each(["wait", "hold", "block"] as const)(
    "fails when one member is %s: a queue must not stand still",
    async (verdict) => {
      members("allow", verdict);
      await look();
      expect(world.writes).toEqual(["c group fails"]);
      expect(await entries()).toMatchObject([{ passes: false }]);
    },
  );

  test("fails without members", async () => {
    members();
    await look();
    expect(world.writes).toEqual(["c group fails"]);
  });

  test("that cannot be evaluated is tried again, and fails before its queue gives up", async () => {
    members("allow");
    world.at.group = () => Promise.reject(new Error("502"));
    await look();
    expect(world.writes).toEqual([]);
    for (let tries = 0; tries < limits.groupAttempts; tries++) {
      clock.advance(limits.longestRetryMs);
      await loop.runDue();
    }
    expect(world.writes).toEqual(["c group fails"]);
    expect((await entries())[0]).toMatchObject({ kind: "merge_group", passes: false, members: [] });
  });

  test("is looked at again while it waits, and taken back when a member is no longer allowed", async () => {
    members("allow");
    await look();
    members("hold");
    clock.advance(limits.groupResyncMs);
    await loop.runDue();
    expect(world.writes).toEqual(["c group passes", "c group fails"]);
  });

  test("is looked at again at the moment a member's verdict changes by itself, as when a freeze begins", async () => {
    const opensMs = clock.now() + 20_000;
    members("allow", "allow");
    for (const [, pull] of world.pulls) pull.nextLookMs = opensMs;
    await look();
    members("allow", "block");
    clock.advance(20_000);
    await loop.runDue();
    expect(world.writes).toEqual(["c group passes", "c group fails"]);
  });

  test("that its queue gave up leaves no green behind; one that was merged stays as it is, and both rest", async () => {
    members("allow");
    await look();
    world.group = { kind: "gone", because: "merged" };
    await look();
    expect(standsOn(world, "c")).toBe("group passes");
    world.group = { kind: "gone", because: "deleted" };
    await look();
    expect(standsOn(world, "c")).toBe("superseded");
    expect((await entries())[0]).toMatchObject({ kind: "gone", because: "deleted", withdrawnFrom: [group.headSha] });
    clock.advance(limits.resyncMs * 10);
    expect(await loop.runDue()).toBe(0);
  });

  test("has runs whose echo is a reason for nothing", () => {
    expect(ownRunMark(`group/${repository.id}/${group.headSha}@3`, { installationId: 1, repository })).toBeNull();
  });
});
