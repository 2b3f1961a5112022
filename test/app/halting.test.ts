import { beforeEach, describe, expect, test } from "vitest";
import type { OpenStore } from "../../src/adapters/store/open.ts";
import { haltProgress } from "../../src/app/halting.ts";
import type { Reconciler } from "../../src/app/reconcile.ts";
import type { Halt } from "../../src/core/decisions/decision.ts";
import type { MergeGroupSubject } from "../../src/core/subject.ts";
import { pullRequest, repository, sha } from "../contracts/subjects.ts";
import { entriesOf, factsOf, freshLoop, limits, open, standsOn, type TestClock, type World } from "./world.ts";

let store: OpenStore;
let world: World;
let clock: TestClock;
let loop: Reconciler;

beforeEach(async () => {
  ({ store, world, clock, loop } = await freshLoop());
  return () => store.close();
});

function halting(overrides: Partial<Halt> = {}): Halt {
  return {
    id: "halt/1",
    kind: "halt",
    by: { kind: "operator", name: "night shift" },
    atMs: clock.now(),
    reason: "",
    scope: { kind: "repository", installationId: 1, repositoryId: repository.id },
    stops: "everyone",
    ...overrides,
  };
}

/** Records a halt, and lets judging find it from now on. */
async function halt(given = halting()): Promise<void> {
  await store.decisions.record(given);
  for (const pull of world.pulls.values()) pull.verdict = "block";
}

const digits = ["a", "b", "c", "d"];

/** Pull requests 1, 2, ... that stand green, each looked at a second after the one before. */
async function green(count: number): Promise<void> {
  for (const [index, digit] of digits.slice(0, count).entries()) {
    world.pulls.set(index + 1, open(sha(digit), "allow"));
    await store.queue.mark([pullRequest(index + 1)], clock.now());
    await loop.runDue();
    clock.advance(1_000);
  }
  world.writes.length = 0;
}

/** Everything that is due, and what is due a moment after. */
async function settle(): Promise<void> {
  await loop.runDue();
  clock.advance(limits.firstRetryMs);
  await loop.runDue();
}

describe("a halt", () => {
  test("turns red what stands green before anything is judged anew, what was looked at last first", async () => {
    await green(3);
    await halt();
    await settle();
    expect(world.writes.slice(0, 3)).toEqual(["c halted", "b halted", "a halted"]);
    expect(world.writes.slice(3).toSorted()).toEqual(["a block", "b block", "c block"]);
    const kinds = (await entriesOf(store, 3)).map(({ kind }) => kind);
    expect(kinds).toEqual(["evaluated", "halted", "evaluated"]);
  });

  test("is answered before what has been due for long", async () => {
    await green(1);
    world.pulls.set(4, open(sha("d"), "hold"));
    await store.queue.mark([pullRequest(4)], clock.now() - 3_600_000);
    await halt();
    await loop.runDue();
    expect(world.writes[0]).toBe("a halted");
  });

  test("withdraws nothing that it does not stop, and nothing that stands red", async () => {
    await green(1);
    world.pulls.set(2, open(sha("b"), "hold"));
    await store.queue.mark([pullRequest(2)], clock.now());
    await loop.runDue();
    world.writes.length = 0;
    await store.decisions.record(halting({ stops: "agents" }));
    await store.decisions.record(
      halting({ id: "halt/2", scope: { kind: "repository", installationId: 1, repositoryId: 8 } }),
    );
    await settle();
    expect(world.writes).toEqual([]);
  });

  test("that comes while a pull request is judged keeps its green from being sent", async () => {
    world.pulls.set(1, open(sha("a"), "allow"));
    await store.queue.mark([pullRequest(1)], clock.now());
    world.at.evaluate = async () => {
      world.at.evaluate = async () => undefined;
      await store.decisions.record(halting());
    };
    await loop.runDue();
    expect(world.writes).toEqual([]);
    await halt();
    await settle();
    expect(world.writes).not.toContain("a allow");
    expect(standsOn(world, "a")).toBe("block");
  });

  test("that comes while a green is on its way to GitHub finds it and withdraws it at once", async () => {
    world.pulls.set(1, open(sha("a"), "allow"));
    await store.queue.mark([pullRequest(1)], clock.now());
    world.at.publish = async () => {
      world.at.publish = async () => undefined;
      await halt();
    };
    await loop.runDue();
    expect(world.writes).toEqual(["a allow", "a halted", "a block"]);
  });

  test("is tried again where GitHub refuses the withdrawal, and counts it as green until then", async () => {
    await green(1);
    world.at.publish = () => Promise.reject(new Error("502"));
    await halt();
    await loop.runDue();
    expect(await haltProgress(1, store)).toMatchObject([{ stopped: 1, green: 1 }]);
    world.at.publish = async () => undefined;
    clock.advance(limits.firstRetryMs);
    await loop.runDue();
    expect(world.writes).toEqual(["a halted", "a block"]);
    expect(await haltProgress(1, store)).toMatchObject([{ stopped: 1, green: 0 }]);
  });

  test("is enforced on what only observes and cannot be judged either", async () => {
    await store.queue.mark([pullRequest(1)], clock.now());
    const [claim] = await store.queue.claim(clock.now(), limits.leaseMs, 1);
    const target = { repository, headSha: sha("a"), checkName: "sallyport" };
    const judgement = {
      subject: pullRequest(1),
      target,
      verdict: "hold",
      mode: "observe",
      wrote: null,
      isArmed: false,
    } as const;
    await store.judgements.record(claim!, judgement);
    await store.queue.settle(claim!, { kind: "swept", atMs: clock.now(), marked: 0 }, null, clock.now());
    await halt();
    let refusals = limits.withdrawAfterAttempts;
    world.at.publish = async () => {
      refusals -= 1;
      if (refusals >= 0) throw new Error("502");
    };
    for (let attempt = 0; attempt < limits.withdrawAfterAttempts; attempt += 1) {
      await loop.runDue();
      clock.advance(limits.longestRetryMs);
    }
    expect(world.writes).toEqual(["a not evaluated: hold"]);
    const [withdrawn] = await store.judgements.of(pullRequest(1));
    expect(withdrawn).toMatchObject({ verdict: null, mode: "enforce" });
  });

  test("that comes while a merge group is judged keeps it from passing", async () => {
    const group: MergeGroupSubject = {
      kind: "merge_group",
      installationId: 1,
      repository,
      headRef: "gh-readonly-queue/main/pr-1-0",
      headSha: sha("e"),
      baseRef: "main",
      baseSha: sha("0"),
      baseIsDefault: true,
    };
    await green(1);
    const pull = world.pulls.get(1)!;
    world.group = { kind: "members", members: [{ facts: factsOf(pullRequest(1), pull), policies: [] }] };
    await store.queue.mark([group], clock.now());
    world.at.evaluate = async () => {
      world.at.evaluate = async () => undefined;
      await store.decisions.record(halting());
      world.at.group = async () => {
        pull.verdict = "block";
      };
    };
    await settle();
    expect(world.writes).not.toContain("e group passes");
    expect(standsOn(world, "e")).toBe("group fails");
  });

  test("lifted, has everything judged anew", async () => {
    await green(1);
    await halt();
    await settle();
    world.pulls.get(1)!.verdict = "allow";
    clock.advance(1_000);
    await store.decisions.record({
      id: "resume/1",
      kind: "resume",
      by: { kind: "operator", name: "night shift" },
      atMs: clock.now(),
      reason: "over",
      installationId: 1,
      halts: ["halt/1"],
    });
    await loop.runDue();
    expect(standsOn(world, "a")).toBe("allow");
    expect(await haltProgress(1, store)).toEqual([]);
  });
});
