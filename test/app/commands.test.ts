import { beforeEach, describe, expect, test } from "vitest";
import type { OpenStore } from "../../src/adapters/store/open.ts";
import type { Decisions } from "../../src/app/ports.ts";
import type { Reconciler } from "../../src/app/reconcile.ts";
import type { CommandComment } from "../../src/core/decisions/command-comment.ts";
import { pullRequest, sha } from "../contracts/subjects.ts";
import {
  entriesOf,
  freshLoop,
  limits,
  loopOn,
  open,
  START_MS,
  standsOn,
  type TestClock,
  type TestLog,
  type World,
} from "./world.ts";

let store: OpenStore;
let world: World;
let clock: TestClock;
let log: TestLog;
let loop: Reconciler;

beforeEach(async () => {
  ({ store, world, clock, log, loop } = await freshLoop());
  return () => store.close();
});

function command(id: number, firstLine: string, overrides: Partial<CommandComment> = {}): CommandComment {
  const account = { id: 11, login: "person-a", type: "User" } as const;
  const written = { viaApp: null, unedited: true, createdAtMs: START_MS - 1_000 };
  return { id, account, firstLine, ...written, reacted: false, replied: false, ...overrides };
}

function commanded(number: number, ...commands: readonly CommandComment[]): void {
  world.pulls.set(number, { ...open(sha("a"), "hold"), commands });
}

async function look(number = 1): Promise<void> {
  await store.queue.mark([pullRequest(number)], clock.now());
  await loop.runDue();
}

const halts = async (number = 1) => (await store.decisions.holding(pullRequest(number))).halts;
const kinds = async (number = 1) => (await entriesOf(store, number)).map(({ kind }) => kind);

describe("a command", () => {
  test("is recorded before the pull request is judged, and answered", async () => {
    commanded(1, command(5, "/sallyport halt it loops"));
    let known = 0;
    world.at.evaluate = async () => {
      known = (await halts()).length;
    };
    await look();
    expect(known).toBe(1);
    expect(world.answers).toEqual([expect.stringMatching(/^5: \*\*Halted:/u), "5 done"]);
    expect(await entriesOf(store, 1)).toMatchObject([
      { kind: "command", commentId: 5, accountId: 11, command: "halt", refused: null },
      { kind: "evaluated" },
    ]);
  });

  test("is judged and answered once, however often it is read", async () => {
    commanded(1, command(5, "/sallyport recheck"));
    await look();
    world.at.permission = () => Promise.reject(new Error("nobody asks again"));
    await look();
    expect(world.answers).toEqual(["5 done"]);
    expect(await kinds()).toEqual(["command", "evaluated", "evaluated"]);
  });

  test("is taken after those before it, so that what was halted and lifted stays lifted", async () => {
    world.at.permission = async () => "admin";
    const later = { createdAtMs: START_MS };
    commanded(1, command(5, "/sallyport halt"), command(6, "/sallyport resume it was nothing", later));
    await look();
    expect(await halts()).toEqual([]);
    expect(world.answers.filter((answer) => answer.endsWith("done"))).toEqual(["5 done", "6 done"]);
  });

  test("that stops or lets go others has them looked at", async () => {
    world.pulls.set(2, open(sha("b"), "allow"));
    await look(2);
    commanded(1, command(5, "/sallyport halt everyone"));
    await look();
    expect(await kinds(2)).toEqual(["evaluated", "halted", "evaluated"]);
  });

  test("that stops others has them marked even if the program ends as it is recorded", async () => {
    world.pulls.set(2, open(sha("b"), "allow"));
    await look(2);
    commanded(1, command(5, "/sallyport halt everyone"));
    const { decisions } = store;
    const dying: Decisions = {
      ...decisions,
      record: async (...given) => {
        await decisions.record(...given);
        throw new Error("the program ends here");
      },
    };
    await store.queue.mark([pullRequest(1)], clock.now());
    await loopOn({ ...store, decisions: dying }, world, clock, { log }).runDue();
    expect(await halts()).toHaveLength(1);
    expect((await kinds(2)).slice(0, 2)).toEqual(["evaluated", "halted"]);
  });
});

describe("an answer that fails", () => {
  beforeEach(() => {
    world.at.answerCommand = () => Promise.reject(new Error("GitHub takes no comments"));
    commanded(1, command(5, "/sallyport explain"));
  });

  test("keeps neither the decision nor the verdict, and is told to the operator", async () => {
    await look();
    expect(standsOn(world, "a")).toBe("hold");
    expect(await kinds()).toEqual(["command", "evaluated"]);
    expect(log.lines).toEqual(["a command is recorded and could not be answered; the next look tries again"]);
  });

  test("is given by the next look", async () => {
    await look();
    world.at.answerCommand = async () => undefined;
    clock.advance(limits.resyncMs);
    await loop.runDue();
    expect(world.answers).toEqual([expect.stringMatching(/^5: /u), "5 done"]);
    expect(await kinds()).toEqual(["command", "evaluated", "evaluated"]);
  });

  test("is not said twice where its words stand", async () => {
    let calls = 0;
    world.at.answerCommand = async () => {
      calls += 1;
      if (calls === 2) throw new Error("GitHub takes no reactions");
    };
    await look();
    await look();
    expect(world.answers).toEqual([expect.stringMatching(/^5: /u), "5 done"]);
  });

  test("of one command does not keep the others from theirs", async () => {
    let calls = 0;
    world.at.answerCommand = async () => {
      calls += 1;
      if (calls === 1) throw new Error("GitHub takes no comments");
    };
    commanded(1, command(5, "/sallyport recheck"), command(6, "/sallyport recheck"));
    await look();
    expect(world.answers).toEqual(["6 done"]);
  });
});

test("where it cannot be read what somebody may do, nothing is published that their command might forbid", async () => {
  commanded(1, command(5, "/sallyport halt"));
  world.at.permission = () => Promise.reject(new Error("GitHub is down"));
  await look();
  expect(world.runs.size).toBe(0);
  expect(await kinds()).toEqual(["failed"]);
  world.at.permission = async () => "write";
  clock.advance(limits.firstRetryMs);
  await loop.runDue();
  expect(await halts()).toHaveLength(1);
});

test("a program's command costs no question about it, and gets no words", async () => {
  world.at.permission = () => Promise.reject(new Error("nobody asks"));
  commanded(1, command(5, "/sallyport halt", { viaApp: "some-app" }));
  await look();
  expect(world.answers).toEqual(["5 refused"]);
  expect(await entriesOf(store, 1)).toMatchObject([
    { kind: "command", refused: "through_an_app" },
    { kind: "evaluated" },
  ]);
});
