import { beforeEach, describe, expect, test } from "vitest";
import type { OpenStore } from "../../src/adapters/store/open.ts";
import type { Halt, Override, Resume } from "../../src/core/decisions/decision.ts";
import { subjectId } from "../../src/core/subject.ts";
import { type EngineName, type TestDatabase, testDatabase } from "./stores.ts";
import { pullRequest, sha } from "./subjects.ts";

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

    test("which ids are recorded can be asked, and nothing is asked of none", async () => {
      await store.decisions.record(overriding(1, 5));
      expect(await store.decisions.recorded(["comment/7/5", "comment/7/6"])).toEqual(new Set(["comment/7/5"]));
      expect(await store.decisions.recorded([])).toEqual(new Set());
    });
  });
}
