import { beforeEach, expect, test } from "vitest";
import { AlarmRefused, type Alarms } from "../../src/app/alarms.ts";
import { type CollectedBranch, type LookedBefore, RetryLater } from "../../src/app/ports.ts";
import { alarmKey } from "../../src/core/alarms/alarm.ts";
import type { Movement } from "../../src/core/around/around.ts";
import type { Policy } from "../../src/core/policy/schema.ts";
import type { BranchSubject } from "../../src/core/subject.ts";
import { repository, sha } from "../contracts/subjects.ts";
import { postureOf } from "../core/posture/postures.ts";
import { strictDefault } from "../../src/core/policy/merge.ts";
import { freshLoop, limits, loopOn, START_MS } from "./world.ts";

const main: BranchSubject = { kind: "branch", installationId: 1, repository, branch: "main" };
const push: Movement = {
  id: 12,
  kind: "push",
  atMs: START_MS - 5_000,
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
  const collect = async (_: BranchSubject, { seenId }: LookedBefore): Promise<CollectedBranch> => {
    asked.push(seenId);
    if (answer.next instanceof Error) throw answer.next;
    return answer.next;
  };
  const told: string[] = [];
  const failing = new Map<string, Error>();
  const alarms: Alarms = {
    raise: async (_, alarm, place) => {
      const at = place.kind === "issue" ? place.repository : `#${place.number}`;
      told.push(`${alarmKey(alarm)} ${at}`);
      const failure = failing.get(at);
      if (failure !== undefined) throw failure;
      return told.length;
    },
    lift: async (_, { repository: at, number }) => {
      told.push(`lift ${at} ${number}`);
      const failure = failing.get("lift");
      if (failure !== undefined) throw failure;
    },
  };
  const loop = loopOn(store, { ...world, ports: { ...world.ports, branches: { collect }, alarms } }, clock, { log });
  const look = async (): Promise<number> => {
    await store.queue.mark([main], clock.now());
    return loop.runDue();
  };
  const entries = async () => (await store.ledger.bySubject(main, 10)).map(({ entry }) => entry);
  return { asked, answer, look, entries, log, clock, loop, told, failing };
}

const silent: Policy["alarms"] = { issues: [], on: [] };
const loud: Policy["alarms"] = {
  issues: ["acme/incidents"],
  on: ["bypass_merge", "direct_push", "gate_not_required"],
};

function moved(
  movements: readonly Movement[],
  seenId: number,
  {
    alarms = silent,
    halt = strictDefault().halt,
    posture = postureOf(),
    ...rest
  }: Partial<Pick<Branch, "complete" | "upToDate" | "posture">> & {
    readonly alarms?: Policy["alarms"];
    readonly halt?: Policy["halt"];
  } = {},
): Branch {
  const policies = [{ ...strictDefault(), alarms, halt }];
  const facts = { movements, required: true, policies };
  return { kind: "branch", facts, posture, seenId, complete: true, upToDate: true, ...rest };
}
type Branch = Extract<CollectedBranch, { readonly kind: "branch" }>;

const way = {
  way: "push",
  activityId: 12,
  atMs: START_MS - 5_000,
  actorId: 3,
  byAgent: false,
  beforeSha: sha("1"),
  afterSha: sha("2"),
  number: null,
  headSha: null,
  runId: null,
  required: true,
} as const;

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
      guarded: true,
      ways: [way],
      alarms: [],
    },
  ]);
  expect(scene.log.lines).toEqual(["a change went around the gate"]);
});

test("each look goes on where the last one that ended well stopped, whatever failed in between", async () => {
  scene.answer.next = moved([], 12);
  await scene.look();
  scene.answer.next = new Error("502");
  for (let failures = 0; failures < 12; failures += 1) await scene.look();
  scene.answer.next = { kind: "unwatched" };
  await scene.look();
  await scene.look();
  expect(new Set(scene.asked.slice(1))).toEqual(new Set([12]));
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

test("an alarm is raised where the policy says, and the ledger keeps the number of its issue", async () => {
  scene.answer.next = moved([push], 12, { alarms: loud });
  await scene.look();
  expect(scene.told).toEqual([`direct_push/${repository.id}/12/none acme/incidents`]);
  const raised = { kind: "direct_push", way, issues: "acme/incidents", raised: 1 };
  expect(await scene.entries()).toMatchObject([{ alarms: [raised] }]);
  scene.answer.next = moved([], 12, { alarms: loud });
  await scene.look();
  expect(scene.told).toHaveLength(1);
});

test("an alarm that fails is said at once, kept, and tried again after a time that grows, until it is raised", async () => {
  scene.failing.set("acme/incidents", new AlarmRefused("403"));
  scene.answer.next = moved([push], 12, { alarms: loud });
  await scene.look();
  expect(scene.log.lines).toContain("an alarm could not be raised; it is tried again");
  expect(await scene.entries()).toMatchObject([{ seenId: 12, ways: [way], alarms: [{ way, raised: null }] }]);
  scene.answer.next = moved([], 12, { alarms: loud });
  scene.clock.advance(limits.firstRetryMs - 1);
  expect(await scene.loop.runDue()).toBe(0);
  scene.clock.advance(1);
  expect(await scene.loop.runDue()).toBe(1);
  scene.clock.advance(limits.firstRetryMs);
  expect(await scene.loop.runDue()).toBe(0);
  scene.failing.clear();
  scene.clock.advance(limits.firstRetryMs);
  expect(await scene.loop.runDue()).toBe(1);
  expect((await scene.entries())[0]).toMatchObject({ ways: [], alarms: [{ way, raised: 3 }] });
  scene.clock.advance(limits.longestRetryMs);
  expect(await scene.loop.runDue()).toBe(0);
});

test("a used up limit is waited for, and nothing more is sent before it is over", async () => {
  scene.failing.set("acme/incidents", new RetryLater("limit", START_MS + 60_000));
  scene.answer.next = moved([push, { ...push, id: 13 }], 13, { alarms: loud });
  await scene.look();
  expect(scene.told).toHaveLength(1);
  expect((await scene.entries())[0]).toMatchObject({ alarms: [{ raised: null }, { raised: null }] });
  scene.clock.advance(59_999);
  expect(await scene.loop.runDue()).toBe(0);
  scene.clock.advance(1);
  expect(await scene.loop.runDue()).toBe(1);
});

test("one place that fails keeps no other from being told", async () => {
  scene.failing.set("acme/broken", new Error("502"));
  scene.answer.next = moved([push], 12, { alarms: { ...loud, issues: ["acme/broken", "acme/incidents"] } });
  await scene.look();
  expect((await scene.entries())[0]).toMatchObject({
    alarms: [
      { issues: "acme/broken", raised: null },
      { issues: "acme/incidents", raised: 2 },
    ],
  });
});

test("a place that refuses and that the policy names no more is given up, one that fails is not", async () => {
  scene.failing.set("acme/incidents", new Error("502"));
  scene.answer.next = moved([push], 12, { alarms: loud });
  await scene.look();
  scene.answer.next = moved([], 12, { alarms: { ...loud, issues: ["acme/other"] } });
  await scene.look();
  const pending = { issues: "acme/incidents", raised: null };
  expect((await scene.entries())[0]).toMatchObject({ alarms: [{ issues: "acme/other", raised: 2 }, pending] });
  scene.failing.set("acme/incidents", new AlarmRefused("404"));
  await scene.look();
  expect(scene.log.lines).toContain("an alarm was refused where no policy names the place any more");
  expect((await scene.entries())[0]).toMatchObject({ alarms: [{ issues: "acme/other" }] });
});

test("a state is told once while it lasts, lifted when it is over, and told again when it comes back", async () => {
  const open = { alarms: loud, posture: postureOf({ requiring: [] }) };
  const raise = `gate_not_required/${repository.id}/main acme/incidents`;
  scene.answer.next = moved([], 12, open);
  await scene.look();
  await scene.look();
  scene.answer.next = moved([], 12, { ...open, posture: postureOf({ requiring: [], unread: ["the rules"] }) });
  await scene.look();
  scene.answer.next = { kind: "unwatched" };
  await scene.look();
  expect(scene.told).toEqual([raise]);
  scene.failing.set("lift", new Error("502"));
  scene.answer.next = moved([], 12, { alarms: loud });
  await scene.look();
  scene.failing.clear();
  await scene.look();
  await scene.look();
  expect(scene.told).toEqual([raise, "lift acme/incidents 1", "lift acme/incidents 1"]);
  scene.answer.next = moved([], 12, open);
  await scene.look();
  expect(scene.told.at(-1)).toBe(raise);
});
