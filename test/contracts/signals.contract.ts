import { beforeEach, describe, expect, test } from "vitest";
import type { OpenStore } from "../../src/adapters/store/open.ts";
import type { Signal } from "../../src/core/rollback/signal.ts";
import { type EngineName, type TestDatabase, testDatabase } from "./stores.ts";
import { repository } from "./subjects.ts";

const about = { kind: "aftermath", installationId: 1, repository } as const;

function signal(id: string, overrides: Partial<Signal> = {}): { signal: Signal; repository: typeof repository } {
  const whole: Signal = {
    id,
    installationId: 1,
    repositoryId: repository.id,
    environment: "production",
    service: null,
    sha: null,
    deploymentId: null,
    reading: { kind: "error_rate", before: "1", after: "7" },
    atMs: 100,
    repositories: 1,
    ...overrides,
  };
  return { signal: whole, repository };
}

/** What every keeper of signals promises: a request counts once, and what it says is there, told and due all at once. */
export function signalsContract(engine: EngineName): void {
  describe("signals", () => {
    let database: TestDatabase;
    let store: OpenStore;
    beforeEach(async () => {
      database = await testDatabase(engine);
      store = await database.open();
      return () => database.destroy();
    });
    const request = (id: string, nowMs = 200) => ({
      id,
      nowMs,
      forgetBeforeMs: nowMs - 1_000,
      dropBeforeMs: nowMs - 10_000,
    });

    test("what is taken is there for whoever opens the store later, the earliest first, and since a moment", async () => {
      await store.signals.take(request("r1"), [signal("b", { atMs: 90 }), signal("a")]);
      const reopened = await database.open();
      expect((await reopened.signals.of(repository.id, 0)).map(({ id }) => id)).toEqual(["b", "a"]);
      expect(await reopened.signals.of(repository.id, 91)).toEqual([signal("a").signal]);
      expect(await reopened.signals.of(8, 0)).toEqual([]);
    });

    test("a request that comes again is refused and writes nothing", async () => {
      expect(await store.signals.take(request("r1"), [signal("a")])).toBe(true);
      expect(await store.signals.take(request("r1"), [signal("b")])).toBe(false);
      expect((await store.signals.of(repository.id, 0)).map(({ id }) => id)).toEqual(["a"]);
    });

    test("of two that bring the same request at once, one is refused", async () => {
      const taken = await Promise.all([1, 2].map(() => store.signals.take(request("r1"), [signal("a")])));
      expect(taken.filter(Boolean)).toHaveLength(1);
    });

    test("a signal that is told again by another request is one, and is in the ledger once", async () => {
      await store.signals.take(request("r1"), [signal("a")]);
      await store.signals.take(request("r2"), [signal("a", { atMs: 900 })]);
      expect(await store.signals.of(repository.id, 0)).toEqual([signal("a").signal]);
      expect((await store.ledger.bySubject(about, 10)).map(({ entry }) => entry)).toEqual([
        {
          kind: "signalled",
          atMs: 200,
          signalId: "a",
          environment: "production",
          reading: { kind: "error_rate", before: "1", after: "7" },
          sinceMs: 100,
        },
      ]);
    });

    test("its repository is due with it: what followed its merges, and its open pull requests", async () => {
      await store.signals.take(request("r1"), [signal("a")]);
      const claims = await store.queue.claim(200, 1_000, 10);
      expect(claims.map(({ subject }) => subject.kind).toSorted()).toEqual(["aftermath", "sweep_repository"]);
    });

    test("requests of long ago are forgotten, and what they said stays", async () => {
      await store.signals.take(request("r1", 200), [signal("a")]);
      await store.signals.take(request("r2", 5_000), []);
      expect(await store.signals.take(request("r1", 5_000), [])).toBe(true);
      expect(await store.signals.of(repository.id, 0)).toHaveLength(1);
    });

    test("signals that nothing asks for any more are dropped with the next request, of every repository, and stay in the ledger", async () => {
      const other = { ...repository, id: 8, name: "other" };
      await store.signals.take(request("r1", 200), [
        signal("old", { atMs: 99 }),
        signal("at the edge", { atMs: 100 }),
        { ...signal("elsewhere", { atMs: 99, repositoryId: other.id }), repository: other },
      ]);
      expect(await store.signals.take(request("r1", 10_100), [])).toBe(true);
      expect((await store.signals.of(repository.id, 0)).map(({ id }) => id)).toEqual(["at the edge"]);
      expect(await store.signals.of(other.id, 0)).toEqual([]);
      expect(await store.ledger.bySubject(about, 10)).toHaveLength(2);
    });

    test("a request that is refused drops nothing", async () => {
      await store.signals.take(request("r1", 200), [signal("old", { atMs: 99 })]);
      expect(await store.signals.take({ ...request("r1", 900), dropBeforeMs: 100 }, [])).toBe(false);
      expect(await store.signals.of(repository.id, 0)).toHaveLength(1);
    });
  });
}
