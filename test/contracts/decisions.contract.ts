import { beforeEach, describe, expect, test } from "vitest";
import type { OpenStore } from "../../src/adapters/store/open.ts";
import type { Halt, Override, Resume } from "../../src/core/decisions/decision.ts";
import { subjectId } from "../../src/core/subject.ts";
import { type EngineName, type TestDatabase, testDatabase } from "./stores.ts";
import type { Claim } from "../../src/app/ports.ts";
import type { Verdict } from "../../src/core/evaluate/verdict.ts";
import { pullRequest, sha, swept, target } from "./subjects.ts";

const by = { kind: "account", id: 11, login: "person-a" } as const;

function overriding(number: number, comment: number): Override {
  return {
    kind: "override",
    id: `comment/7/${comment}`,
    by,
    atMs: comment,
    reason: "the pool is empty at night",
    subjectId: subjectId(pullRequest(number)),
    headSha: sha("a"),
    baseRef: "main",
    names: ["k8s-replicas-over-limit"],
    breakGlass: false,
  };
}

function halting(installationId: number, comment: number): Halt {
  const scope = { kind: "repository", installationId, repositoryId: 7 } as const;
  return { kind: "halt", id: `comment/7/${comment}`, by, atMs: comment, reason: "", scope, stops: "agents" };
}

function resuming(installationId: number, comment: number, ...halts: readonly Halt[]): Resume {
  const lifted = halts.map(({ id }) => id);
  return {
    kind: "resume",
    id: `comment/7/${comment}`,
    by,
    atMs: comment,
    reason: "over",
    installationId,
    halts: lifted,
  };
}

const toldOf = { atMs: 6, commentId: 5, accountId: 11, command: "override", refused: null } as const;

/** What every keeper of decisions promises: each is recorded once, and holds until another one lifts it. */
export function decisionsContract(engine: EngineName): void {
  describe("decisions", () => {
    let database: TestDatabase;
    let store: OpenStore;
    beforeEach(async () => {
      database = await testDatabase(engine);
      store = await database.open();
      return () => database.destroy();
    });

    test("a decision is recorded once: the second one of its id changes nothing", async () => {
      expect(await store.decisions.record(overriding(1, 5))).toBe(true);
      expect(await store.decisions.record({ ...overriding(1, 5), names: ["something-else"] })).toBe(false);
      expect(await store.decisions.holding(pullRequest(1))).toEqual({ overrides: [overriding(1, 5)], halts: [] });
    });

    test("an override holds for its own pull request alone", async () => {
      await store.decisions.record(overriding(1, 5));
      expect(await store.decisions.holding(pullRequest(2))).toEqual({ overrides: [], halts: [] });
    });

    test("a halt holds for its installation, across a restart, until it is lifted by name", async () => {
      const [first, second] = [halting(1, 5), halting(1, 6)];
      for (const halt of [second, first, halting(2, 7)]) await store.decisions.record(halt);
      const reopened = await database.open();
      expect((await reopened.decisions.holding(pullRequest(3))).halts).toEqual([first, second]);
      await store.decisions.record(resuming(1, 8, first));
      expect((await store.decisions.holding(pullRequest(3))).halts).toEqual([second]);
    });

    test("a halt marks what stands green where it holds, a look that is under way included", async () => {
      const nowMs = Date.UTC(2026, 2, 2);
      const judge = async (number: number, verdict: Verdict, digit: string): Promise<Claim> => {
        await store.queue.mark([pullRequest(number)], nowMs);
        const [claim] = await store.queue.claim(nowMs, 600_000, 1);
        await store.judgements.record(claim!, {
          subject: pullRequest(number),
          target: target(digit),
          verdict,
          mode: "enforce",
          wrote: null,
          isArmed: false,
        });
        return claim!;
      };
      await store.queue.settle(await judge(1, "allow", "a"), swept(1), nowMs + 1_000, nowMs);
      await store.queue.settle(await judge(2, "hold", "b"), swept(1), nowMs + 1_000, nowMs);
      await store.queue.settle(await judge(3, "allow", "c"), swept(1), nowMs + 2_000, nowMs);
      await store.queue.settle(await judge(5, "allow", "e"), swept(1), null, nowMs);
      const underWay = await judge(4, "allow", "d");
      await store.decisions.record(halting(1, nowMs));
      const due = await store.queue.claim(nowMs, 600_000, 10);
      expect(due.map(({ subject }) => (subject.kind === "pull_request" ? subject.number : 0))).toEqual([3, 1, 5]);
      await store.queue.settle(underWay, swept(1), null, nowMs);
      expect(await store.queue.claim(nowMs, 600_000, 10)).toHaveLength(1);
    });

    test("what GitHub would merge by itself is taken back first, and an order that was held up stays as it was", async () => {
      const nowMs = Date.UTC(2026, 2, 2);
      const judge = async (number: number, isArmed: boolean, nextLookMs: number): Promise<void> => {
        await store.queue.mark([pullRequest(number)], nowMs);
        const [claim] = await store.queue.claim(nowMs, 600_000, 1);
        const judged = { verdict: "allow", mode: "enforce", wrote: null } as const;
        await store.judgements.record(claim!, {
          subject: pullRequest(number),
          target: target(String(number)),
          ...judged,
          isArmed,
        });
        await store.queue.settle(claim!, swept(1), nextLookMs, nowMs);
      };
      await judge(1, false, nowMs + 2_000);
      await judge(2, true, nowMs + 1_000);
      await judge(3, false, nowMs + 3_000);
      await store.queue.mark([pullRequest(9)], 0);
      await store.decisions.record(halting(1, nowMs));
      const order = async (): Promise<readonly Claim[]> => await store.queue.claim(nowMs + 60_000, 600_000, 10);
      const numbers = (claims: readonly Claim[]): readonly number[] =>
        claims.map(({ subject }) => (subject.kind === "pull_request" ? subject.number : 0));
      const first = await order();
      expect(numbers(first)).toEqual([2, 3, 1, 9]);
      for (const claim of first.toReversed()) await store.queue.postpone(claim, swept(1), nowMs + 60_000, nowMs);
      expect(numbers(await order())).toEqual([2, 3, 1, 9]);
    });

    test("lifting a halt marks all that is judged in the installation, and nothing twice as late", async () => {
      await store.queue.mark([pullRequest(1)], 100);
      const [claim] = await store.queue.claim(100, 600_000, 1);
      const judgement = {
        subject: pullRequest(1),
        target: target("a"),
        verdict: "block",
        mode: "enforce",
        wrote: null,
        isArmed: false,
      } as const;
      await store.judgements.record(claim!, judgement);
      await store.queue.settle(claim!, swept(1), 5_000, 100);
      await store.decisions.record(resuming(1, 200, halting(1, 5)));
      expect(await store.queue.claim(200, 600_000, 10)).toHaveLength(1);
    });

    test("halts that somebody lifted are told with the moment, and none that stands", async () => {
      const [first, second] = [halting(1, 5), halting(1, 6)];
      for (const one of [first, second, halting(2, 7), resuming(1, 8, first)]) await store.decisions.record(one);
      expect(await store.decisions.lifted(1)).toEqual([{ halt: first, liftedMs: 8 }]);
      expect(await store.decisions.lifted(2)).toEqual([]);
    });

    test("halts of an installation are listed without a pull request", async () => {
      await store.decisions.record(halting(1, 5));
      expect(await store.decisions.halts(1)).toEqual([halting(1, 5)]);
      expect(await store.decisions.halts(2)).toEqual([]);
    });

    test("which ids are recorded can be asked, and nothing is asked of none", async () => {
      await store.decisions.record(overriding(1, 5));
      const recorded = await store.decisions.recorded(["comment/7/5", "comment/7/6"]);
      expect(recorded).toEqual(new Map([["comment/7/5", overriding(1, 5)]]));
      expect(await store.decisions.recorded([])).toEqual(new Map());
    });

    test("the ledger is told of a decision once, with it", async () => {
      const told = { subject: pullRequest(1), lease: 3, entry: { kind: "command", ...toldOf } } as const;
      await store.decisions.record(overriding(1, 5), told);
      await store.decisions.record(overriding(1, 5), told);
      const entries = await store.ledger.bySubject(pullRequest(1), 10);
      const { subject, lease, entry } = told;
      expect(entries).toMatchObject([{ subjectId: subjectId(subject), lease, entry }]);
      expect(entries).toHaveLength(1);
    });
  });
}
