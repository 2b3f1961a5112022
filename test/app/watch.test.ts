import { beforeEach, expect, test } from "vitest";
import type { CollectedBranch } from "../../src/app/ports.ts";
import type { Movement } from "../../src/core/around/around.ts";
import type { BranchSubject } from "../../src/core/subject.ts";
import { repository, sha } from "../contracts/subjects.ts";
import { freshLoop, limits, loopOn, START_MS } from "./world.ts";

const main: BranchSubject = { kind: "branch", installationId: 1, repository, branch: "main" };
const push: Movement = {
  id: 12,
  kind: "push",
  actor: { id: 3, login: "person-a", type: "User" },
  beforeSha: sha("1"),
  afterSha: sha("2"),
  run: null,
  merged: [],
};

let scene: Awaited<ReturnType<typeof watching>>;
beforeEach(async () => {
  scene = await watching();
});

async function watching() {
  const { store, world, clock, log } = await freshLoop();
  const asked: (number | null)[] = [];
  const answer: { next: CollectedBranch | Error } = { next: { kind: "unwatched" } };
  const collect = async (_: BranchSubject, seenId: number | null): Promise<CollectedBranch> => {
    asked.push(seenId);
    if (answer.next instanceof Error) throw answer.next;
    return answer.next;
  };
  const loop = loopOn(store, { ...world, ports: { ...world.ports, branches: { collect } } }, clock, { log });
  const look = async (): Promise<number> => {
    await store.queue.mark([main], clock.now());
    return loop.runDue();
  };
  const entries = async () => (await store.ledger.bySubject(main, 10)).map(({ entry }) => entry);
  return { asked, answer, look, entries, log, clock, loop };
}

function moved(
  movements: readonly Movement[],
  seenId: number,
  rest: Partial<{ complete: boolean; upToDate: boolean }> = {},
) {
  const agents = { also: [], automation: [], machines: [] };
  const facts = { movements, required: true, agents };
  return { kind: "branch", facts, seenId, complete: true, upToDate: true, ...rest } as const;
}

test("what went around the gate is recorded by ids, and logged", async () => {
  scene.answer.next = moved([push], 12);
  await scene.look();
  expect(await scene.entries()).toEqual([
    {
      kind: "around",
      atMs: START_MS,
      repositoryId: repository.id,
      seenId: 12,
      complete: true,
      ways: [
        {
          way: "push",
          activityId: 12,
          actorId: 3,
          byAgent: false,
          beforeSha: sha("1"),
          afterSha: sha("2"),
          number: null,
          headSha: null,
          runId: null,
          required: true,
        },
      ],
    },
  ]);
  expect(scene.log.lines).toEqual(["a change went around the gate"]);
});

test("each look goes on where the last one that ended well stopped, whatever failed in between", async () => {
  scene.answer.next = moved([], 12);
  await scene.look();
  scene.answer.next = new Error("502");
  await scene.look();
  scene.answer.next = { kind: "unwatched" };
  await scene.look();
  await scene.look();
  expect(scene.asked).toEqual([null, 12, 12, 12]);
});

test("a branch that GitHub's record has not caught up with is looked at again, another one rests", async () => {
  scene.answer.next = moved([], 12, { upToDate: false });
  await scene.look();
  scene.answer.next = moved([], 13);
  scene.clock.advance(limits.resyncMs);
  expect(await scene.loop.runDue()).toBe(1);
  scene.clock.advance(10 * limits.resyncMs);
  expect(await scene.loop.runDue()).toBe(0);
});

test("what may have been missed is said", async () => {
  scene.answer.next = moved([], 12, { complete: false });
  await scene.look();
  expect(scene.log.lines).toEqual(["a branch has moved too often to tell all that went around the gate"]);
  expect(await scene.entries()).toMatchObject([{ complete: false }]);
});
