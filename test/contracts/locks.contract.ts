import { beforeEach, describe, expect, test } from "vitest";
import type { OpenStore } from "../../src/adapters/store/open.ts";
import { type EngineName, type TestDatabase, testDatabase } from "./stores.ts";

const LEASE_MS = 600_000;
const patient = new AbortController().signal;

/** What every lock promises: one holder a key among all programs, and none for ever. */
export function locksContract(engine: EngineName): void {
  describe("locks", () => {
    let database: TestDatabase;
    let here: OpenStore;
    let there: OpenStore;
    beforeEach(async () => {
      database = await testDatabase(engine);
      here = await database.open();
      there = await database.open();
      return () => database.destroy();
    });

    test("two programs never hold one key at once", async () => {
      let holders = 0;
      let most = 0;
      const hold = async (): Promise<void> => {
        holders++;
        most = Math.max(most, holders);
        await here.queue.depth(0); // gives the others every occasion to get in
        holders--;
      };
      await Promise.all(
        Array.from({ length: 12 }, (_, index) =>
          (index % 2 === 0 ? here : there).locks.withLock("key", LEASE_MS, patient, hold),
        ),
      );
      expect(most).toBe(1);
    });

    test("different keys do not wait for each other", async () => {
      const inner = await here.locks.withLock("one", LEASE_MS, patient, () =>
        there.locks.withLock("two", LEASE_MS, patient, async () => "both held"),
      );
      expect(inner).toBe("both held");
    });

    test("waiting ends when the signal says so, and the work does not run", async () => {
      const giveUp = new AbortController();
      let ran = false;
      await here.locks.withLock("key", LEASE_MS, patient, async () => {
        const waiting = there.locks.withLock("key", LEASE_MS, giveUp.signal, async () => {
          ran = true;
        });
        giveUp.abort(new Error("no longer needed"));
        await expect(waiting).rejects.toThrow(/no longer needed|aborted/);
      });
      expect(ran).toBe(false);
    });

    test("the lock is free again after the work, also after work that failed", async () => {
      const failing = here.locks.withLock("key", LEASE_MS, patient, async () => {
        throw new Error("the work failed");
      });
      await expect(failing).rejects.toThrow("the work failed");
      expect(await there.locks.withLock("key", LEASE_MS, patient, async () => "held")).toBe("held");
    });

    test("a holder that vanished loses the lock with its lease, and cannot release the next one's", async () => {
      const vanished = Promise.withResolvers<void>();
      const entered = Promise.withResolvers<void>();
      const old = here.locks.withLock("key", LEASE_MS, patient, async () => {
        entered.resolve();
        await vanished.promise;
      });
      await entered.promise;
      await database.endLeases();
      await there.locks.withLock("key", LEASE_MS, patient, async () => {
        vanished.resolve();
        await old;
        const stillHeld = here.locks.withLock(
          "key",
          LEASE_MS,
          AbortSignal.abort(new Error("held by another")),
          async () => "got in",
        );
        await expect(stillHeld).rejects.toThrow("held by another");
        const rows = await database.connect().db.selectFrom("locks").select("key").execute();
        expect(rows).toEqual([{ key: "key" }]);
      });
    });
  });
}
