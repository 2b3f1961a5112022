import { beforeEach, describe, expect, test } from "vitest";
import type { OpenStore } from "../../src/adapters/store/open.ts";
import type { Strike } from "../../src/core/breakers/breakers.ts";
import { type EngineName, type TestDatabase, testDatabase } from "./stores.ts";

function strike(id: string, overrides: Partial<Strike> = {}): Strike {
  return { id, installationId: 1, agent: "devin", breaker: "blocks_per_hour", atMs: 100, ...overrides };
}

/** What every keeper of strikes promises: each counts once, whoever notes it again. */
export function strikesContract(engine: EngineName): void {
  describe("strikes", () => {
    let database: TestDatabase;
    let store: OpenStore;
    beforeEach(async () => {
      database = await testDatabase(engine);
      store = await database.open();
      return () => database.destroy();
    });
    const devin = { installationId: 1, agents: ["devin"], sinceMs: 0 };

    test("what is noted again stays as it was noted first, for whoever opens the store later", async () => {
      expect(await store.strikes.note([strike("b"), strike("a"), strike("a")], devin)).toEqual([
        strike("a"),
        strike("b"),
      ]);
      const reopened = await database.open();
      expect(await reopened.strikes.note([strike("a", { atMs: 900 })], devin)).toEqual([strike("a"), strike("b")]);
    });

    test("those of other agents, of other installations and of earlier are not told", async () => {
      const others = [
        strike("a", { agent: "codex" }),
        strike("b", { installationId: 2 }),
        strike("c", { atMs: 50 }),
        strike("d", { breaker: "guardrail_edit", atMs: 51 }),
      ];
      expect(await store.strikes.note(others, { ...devin, sinceMs: 50 })).toEqual([others[3]]);
      expect(await store.strikes.note([], { ...devin, agents: [] })).toEqual([]);
    });

    test("of two that note at the same moment, one at least is told of both", async () => {
      const told = await Promise.all(["a", "b"].map((id) => store.strikes.note([strike(id)], devin)));
      expect(Math.max(...told.map(({ length }) => length))).toBe(2);
    });
  });
}
