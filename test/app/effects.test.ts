import { beforeEach, describe, expect, test } from "vitest";
import type { OpenStore } from "../../src/adapters/store/open.ts";
import { RetryLater } from "../../src/app/ports.ts";
import type { Reconciler } from "../../src/app/reconcile.ts";
import type { Writers } from "../../src/core/facts.ts";
import type { PolicyEffects } from "../../src/core/policy/effects.ts";
import type { PolicyChange } from "../../src/core/policy/proposed.ts";
import type { PolicySource } from "../../src/core/policy/reading.ts";
import { changeOf, file } from "../core/facts.ts";
import { pullRequest, sha } from "../contracts/subjects.ts";
import {
  entriesOf,
  freshLoop,
  limits,
  loopOn,
  open,
  person,
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
/** What each publication of the first pull request said of its effects. */
let said: string[];
/** Pull requests whose facts were asked for, for the sake of the first one. */
let asked: number[];

const path = ".github/sallyport.yml";
const edits = changeOf(file(path, "version: 1\n", "version: 1\ntimezone: UTC\n"));
const unedited: PolicySource = {
  scope: "repository",
  at: `acme/shop@${sha("0")}:${path}`,
  content: { kind: "text", text: "version: 1\n" },
  former: null,
};
const changes: PolicyChange = {
  paths: [path],
  alone: true,
  onlyPlans: false,
  mistakes: [],
  outdated: [],
  loosens: [],
  effects: { kind: "untold", because: "nobody looked" },
};
let change: PolicyChange;
let author: "agent" | "unmarked";
let fromFork: boolean;
let writers: Writers;

/** The first pull request changes the policy, and by the changed policy every other one is blocked. */
beforeEach(async () => {
  ({ store, world, clock, log, loop } = await freshLoop());
  [said, asked, change, author, fromFork, writers] = [[], [], changes, "unmarked", false, null];
  const { facts, evaluator, publisher } = world.ports;
  Object.assign(world.ports, {
    facts: {
      collect: async (...given: Parameters<typeof facts.collect>) => {
        const collected = await facts.collect(...given);
        return collected.kind === "facts" && given[0].number === 1
          ? {
              ...collected,
              facts: { ...collected.facts, change: edits, writers, head: { ...collected.facts.head, fromFork } },
            }
          : collected;
      },
    },
    effects: {
      collectBoth: async (
        ...[subject, instead, signal]: Parameters<World["ports"]["effects"]["collectBoth"]>
      ): ReturnType<World["ports"]["effects"]["collectBoth"]> => {
        asked.push(subject.number);
        const collected = await facts.collect(subject, signal);
        if (collected.kind === "gone") return null;
        const present = { facts: collected.facts, policies: [unedited] };
        const policies = instead(present);
        return policies === null ? null : { present, changed: { ...present, policies } };
      },
    },
    evaluator: {
      evaluate: async (...[known, policies, nowMs]: Parameters<typeof evaluator.evaluate>) => {
        const evaluation = await evaluator.evaluate(known, policies, nowMs);
        const isChanged = policies.some(({ content }) => content.kind === "text" && content.text.includes("timezone"));
        if (isChanged) return { ...evaluation, verdict: "block" as const };
        return known.subject.number === 1
          ? { ...evaluation, policyChange: change, provenance: { ...evaluation.provenance, author } }
          : evaluation;
      },
    },
    publisher: {
      ...publisher,
      publish: async (...given: Parameters<typeof publisher.publish>) => {
        const { statement } = given[0];
        if (statement.kind === "evaluated" && statement.evaluation.policyChange !== null)
          said.push(wordsOf(statement.evaluation.policyChange.effects));
        return await publisher.publish(...given);
      },
    },
  });
  loop = loopOn(store, world, clock, { log });
  world.pulls.set(1, open(sha("a"), "hold"));
  return () => store.close();
});

function wordsOf(effects: PolicyEffects): string {
  if (effects.kind === "untold") return effects.because;
  const { effects: told, judged, untold, older, olderAtLeast } = effects;
  const changed = told.map(({ number, before, after }) => `#${number} ${before.verdict} -> ${after.verdict}`);
  return `${[...changed, `${judged} judged`, `${untold} untold`].join(", ")}, ${older}${olderAtLeast ? "+" : ""} older`;
}

async function look(): Promise<void> {
  await store.queue.mark([pullRequest(1)], clock.now());
  expect(await loop.runDue()).toBe(1);
}

describe("a change of the policy", () => {
  const finding = "that is being found out";

  test("is published first, and then with what it would do to others", async () => {
    world.pulls.set(2, open(sha("b"), "allow"));
    await look();
    expect(said).toEqual([finding, "#2 allow -> block, 1 judged, 0 untold, 0 older"]);
    expect(asked).toEqual([2]);
    expect(standsOn(world, "a")).toBe("hold");
    expect(log.lines).toEqual([]);
  });

  test("is not published twice where its verdict stands; what was told lately is told again without asking", async () => {
    world.pulls.set(2, open(sha("b"), "allow"));
    await look();
    await look();
    expect([said.slice(2), asked]).toEqual([["#2 allow -> block, 1 judged, 0 untold, 0 older"], [2]]);
    clock.advance(limits.resyncMs);
    world.pulls.set(2, open(sha("b"), "hold"));
    await look();
    expect(said.slice(3)).toEqual(["#2 hold -> block, 1 judged, 0 untold, 0 older"]);
  });

  test("says at once that its verdict has changed", async () => {
    await look();
    clock.advance(limits.resyncMs);
    world.pulls.set(1, open(sha("a"), "allow"));
    await look();
    expect(said.slice(2)).toEqual([finding, "0 judged, 0 untold, 0 older"]);
  });

  test("leaves out what is closed meanwhile, and counts what could not be judged", async () => {
    for (const number of [2, 3]) world.pulls.set(number, open(sha(String(number)), "allow"));
    const lister = { ...world.ports.lister };
    world.ports.lister.page = async (...given) => ({
      ...(await lister.page(...given)),
      items: [2, 3, 4].map(pullRequest),
    });
    const effects = { ...world.ports.effects };
    world.ports.effects.collectBoth = async (...given) => {
      if (given[0].number === 3) throw new Error("GitHub answered 502.");
      return await effects.collectBoth(...given);
    };
    await look();
    expect(said.at(-1)).toContain("#2 allow -> block, 1 judged, 1 untold");
    expect(log.lines).toEqual(["a pull request could not be judged by a changed policy"]);
  });

  test("looks at the newest thirty and counts the rest", async () => {
    const lister = { ...world.ports.lister };
    const items = Array.from({ length: 41 }, (_, index) => pullRequest(index + 1));
    world.ports.lister.page = async (...given) => ({ ...(await lister.page(...given)), items, next: "2" });
    await look();
    expect(asked).toEqual(items.slice(1, 31).map(({ number }) => number));
    expect(said.at(-1)).toBe("0 judged, 0 untold, 10+ older");
  });

  test("tells what it knows when GitHub's limit is used up", async () => {
    const items = Array.from({ length: 5 }, (_, index) => pullRequest(index + 1));
    for (const { number } of items.slice(1)) world.pulls.set(number, open(sha(String(number)), "allow"));
    const lister = { ...world.ports.lister };
    world.ports.lister.page = async (...given) => ({ ...(await lister.page(...given)), items, next: null });
    const effects = { ...world.ports.effects };
    world.ports.effects.collectBoth = async (...given) => {
      if (given[0].number === 5) throw new RetryLater("GitHub asked for a pause.", clock.now() + 60_000);
      return await effects.collectBoth(...given);
    };
    await look();
    expect(said.at(-1)).toContain("3 judged, 1 untold");
    expect(standsOn(world, "a")).toBe("hold");
  });

  test.each([
    ["the list cannot be read", () => Promise.reject(new Error("GitHub answered 502."))],
    ["GitHub never answers", () => new Promise<never>(() => undefined)],
  ])("keeps its verdict where %s, and says in a sentence that it could not be told", async (_, page) => {
    world.ports.lister.page = page;
    loop = loopOn(store, world, clock, { log, tuned: { ...limits, effectsMs: 1 } });
    await look();
    expect(said).toEqual([finding, "that could not be found out in time"]);
    expect(standsOn(world, "a")).toBe("hold");
    expect(await entriesOf(store, 1)).toMatchObject([{ kind: "evaluated", verdict: "hold" }]);
  });

  test("keeps the report that stands where the second one cannot be sent", async () => {
    let sent = 0;
    world.at.publish = async () => {
      sent += 1;
      if (sent === 2) throw new Error("GitHub answered 502.");
    };
    await look();
    expect(standsOn(world, "a")).toBe("hold");
    expect(await entriesOf(store, 1)).toMatchObject([{ kind: "evaluated", wrote: true }]);
    expect(log.lines).toEqual(["a report is left without what a change of the policy would do"]);
  });

  test.each([
    ["an agent made it", () => (author = "agent"), "it is refused as it is"],
    [
      "it breaks the policy",
      () => (change = { ...changes, mistakes: [{ path, line: 1, what: "unknown key" }] }),
      "the policy could not be used after it",
    ],
    [
      "its branch has moved on",
      () => (change = { ...changes, outdated: [path] }),
      "its branch has another version of the policy by now",
    ],
    [
      "somebody who may not write here made it in a fork",
      () => ([fromFork, writers] = [true, [{ account: { ...person, id: 12 }, permission: "write" }]]),
      "it comes from a fork of somebody who is not known to write here",
    ],
    [
      "it comes from a fork and nobody knows who may write",
      () => (fromFork = true),
      "it comes from a fork of somebody who is not known to write here",
    ],
  ])("asks nobody where %s", async (_, given, because) => {
    given();
    world.pulls.set(2, open(sha("b"), "allow"));
    await look();
    expect([said, asked]).toEqual([[because], []]);
  });

  test.each(["write", "admin"] as const)("is told where somebody who may %s made it in a fork", async (permission) => {
    [fromFork, writers] = [true, [{ account: person, permission }]];
    await look();
    expect(said).toEqual([finding, "0 judged, 0 untold, 0 older"]);
  });
});
