import { beforeEach, describe, expect, test } from "vitest";
import type { OpenStore } from "../../src/adapters/store/open.ts";
import { reportsLimit } from "../../src/app/look-deployment.ts";
import type { CollectedDeployment } from "../../src/app/ports.ts";
import type { Reconciler } from "../../src/app/reconcile.ts";
import type { CollectedDeploymentFacts } from "../../src/core/deployment-gate/facts.ts";
import { readPolicies } from "../../src/core/policy/reading.ts";
import { rules } from "../../src/core/rules/index.ts";
import type { DeploymentSubject } from "../../src/core/subject.ts";
import { repository, sha, swept } from "../contracts/subjects.ts";
import { person } from "../core/deployment-gate/facts.ts";
import { freshLoop, limits, START_MS, type TestClock, type World } from "./world.ts";

let store: OpenStore;
let world: World;
let clock: TestClock;
let loop: Reconciler;

beforeEach(async () => {
  ({ store, world, clock, loop } = await freshLoop());
  return () => store.close();
});

const deployment: DeploymentSubject = {
  kind: "deployment",
  installationId: 1,
  repository,
  runId: 88,
  environment: "production",
  asks: "rule",
};
const reading = readPolicies([], rules);

function waiting(over: Partial<CollectedDeploymentFacts> = {}): CollectedDeployment {
  const facts: CollectedDeploymentFacts = {
    subject: deployment,
    headSha: sha("b"),
    startedBy: [person],
    branch: { name: "main", isDefault: true, required: true },
    live: { sha: sha("a"), deploymentId: 9 },
    movements: [],
    baking: null,
    gaps: [],
    ...over,
  };
  return { kind: "waiting", facts, reading };
}
const missing = (reason: string): CollectedDeployment =>
  waiting({ gaps: [{ id: reason, level: "hold", path: null, side: "base", line: null, reason, remedy: "Ask." }] });

async function look(subject: DeploymentSubject = deployment): Promise<void> {
  await store.queue.mark([subject], clock.now());
  await loop.runDue();
}
const answers = (): readonly string[] => world.told.map((told) => told.slice(0, told.indexOf(":")));
const looks = async () => (await store.ledger.bySubject(deployment, 20)).map(({ entry }) => entry);
const halt = { id: "h", kind: "halt", by: { kind: "operator", name: "a" }, reason: "now", stops: "everyone" } as const;
const halted = (atMs = START_MS) =>
  store.decisions.record({ ...halt, atMs, scope: { kind: "installation", installationId: 1 } });

describe("a deployment that waits", () => {
  test("is approved once, and rests", async () => {
    world.deployment = async () => waiting();
    await look();
    expect(answers()).toEqual(["approved"]);
    expect(await looks()).toMatchObject([{ kind: "deployment", outcome: "approved", judged: { verdict: "allow" } }]);
    clock.advance(30 * 86_400_000);
    expect(await loop.runDue()).toBe(0);
  });

  test("is read anew right before it is approved, and what was read first approves nothing", async () => {
    const reads = [waiting(), waiting({ branch: null })];
    world.deployment = async () => reads.shift() ?? waiting({ branch: null });
    await look();
    expect(answers()).toEqual(["rejected"]);
  });

  test("that has ended meanwhile is told nothing", async () => {
    const reads: CollectedDeployment[] = [waiting(), { kind: "ended" }];
    world.deployment = async () => reads.shift() ?? { kind: "ended" };
    await look();
    expect(answers()).toEqual([]);
    expect(await looks()).toMatchObject([{ outcome: "ended", judged: null }]);
  });

  test("is not approved where somebody halts after it was read the last time", async () => {
    let reads = 0;
    world.deployment = async () => {
      reads += 1;
      const collected = waiting();
      // What is remembered is read after this; so the halt comes when even that is done.
      if (reads === 2) Object.defineProperty(collected, "reading", { get: lateHalt });
      return collected;
    };
    const late: Promise<boolean>[] = [];
    const lateHalt = () => {
      late.push(halted());
      return reading;
    };
    await look();
    await Promise.all(late);
    clock.advance(limits.longestRetryMs);
    await loop.runDue();
    expect(answers()).toEqual(["rejected"]);
  });

  test("is looked at at once when somebody halts", async () => {
    world.deployment = async () => missing("it");
    await look();
    await halted();
    await loop.runDue();
    expect(answers()).toEqual(["waits", "rejected"]);
  });

  test("is reported only when there is something new to say, and looked at again without an event", async () => {
    world.deployment = async () => missing("this");
    await look();
    clock.advance(limits.resyncMs);
    await loop.runDue();
    expect(answers()).toEqual(["waits"]);
    expect(await looks()).toHaveLength(2);
    world.deployment = async () => missing("that");
    clock.advance(limits.resyncMs);
    await loop.runDue();
    expect(answers()).toEqual(["waits", "waits"]);
    world.deployment = async () => waiting();
    clock.advance(limits.resyncMs);
    await loop.runDue();
    expect(answers()).toEqual(["waits", "waits", "approved"]);
  });

  test("is reported ten times at most, and approved all the same", async () => {
    let number = 0;
    world.deployment = async () => missing(`reason ${(number += 1)}`);
    for (let times = 0; times < reportsLimit + 5; times += 1) await look();
    expect(answers()).toHaveLength(reportsLimit);
    world.deployment = async () => waiting();
    await look();
    expect(answers().at(-1)).toBe("approved");
  });

  test("counts a report that was sent by a look which came to nothing", async () => {
    let number = 0;
    world.deployment = async () => missing(`reason ${(number += 1)}`);
    world.at.answer = async () => {
      throw new Error("The connection broke after GitHub had taken it.");
    };
    for (let times = 0; times < reportsLimit + 5; times += 1) {
      await look();
      clock.advance(limits.longestRetryMs);
    }
    expect(answers()).toHaveLength(reportsLimit);
  });

  test("is tried again where GitHub could not be told", async () => {
    world.deployment = async () => waiting();
    world.at.publish = async () => {
      throw new Error("502");
    };
    await look();
    expect(answers()).toEqual([]);
    world.at.publish = async () => undefined;
    clock.advance(limits.longestRetryMs);
    await loop.runDue();
    expect(answers()).toEqual(["approved"]);
  });

  test("of which GitHub takes no answer is looked at later, and not again and again", async () => {
    world.deployment = async () => waiting();
    world.takesAnswers = false;
    await look();
    clock.advance(limits.longestRetryMs);
    expect(await loop.runDue()).toBe(0);
    clock.advance(limits.resyncMs);
    world.takesAnswers = true;
    expect(await loop.runDue()).toBe(1);
    expect(answers()).toEqual(["approved", "approved"]);
    expect((await looks()).map(({ kind }) => kind)).toEqual(["deployment", "deployment"]);
  });

  test("that cannot be read is never approved", async () => {
    world.deployment = async () => {
      throw new Error("404");
    };
    await look();
    expect(answers()).toEqual([]);
    expect(await looks()).toMatchObject([{ kind: "failed", step: "collect" }]);
  });
});

test("what is remembered of the merges decides: what the ledger does not have is not approved", async () => {
  const run = { id: 5, passed: true };
  const merge = {
    id: 1,
    kind: "merge",
    atMs: START_MS + 1,
    actor: person,
    beforeSha: sha("a"),
    afterSha: sha("b"),
  } as const;
  const movements = [{ ...merge, run: null, merged: [{ number: 4, headSha: sha("c"), run }] }];
  world.deployment = async () => waiting({ movements });
  const sweep = { kind: "sweep_repository", installationId: 1, repository } as const;
  await store.queue.mark([sweep], 0);
  const [claim] = await store.queue.claim(1, 60_000, 1);
  if (claim !== undefined) await store.queue.settle(claim, swept(START_MS), null, 1);
  await look();
  expect(answers()).toEqual(["waits"]);
  expect(world.told[0]).toContain("What `#4` was judged at `ccccccc` is not in the ledger");
});

test("a job that asks itself is told nothing through GitHub, and is looked at only when it asks", async () => {
  world.deployment = async () => waiting();
  const asking = { ...deployment, asks: "job" } as const;
  await look(asking);
  expect(world.told).toEqual([]);
  const [recorded] = await store.ledger.bySubject(asking, 1);
  expect(recorded?.entry).toMatchObject({ kind: "deployment", outcome: "approved" });
  clock.advance(30 * 86_400_000);
  expect(await loop.runDue()).toBe(0);
});
