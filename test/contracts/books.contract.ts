import { beforeEach, describe, expect, test } from "vitest";
import type { OpenStore } from "../../src/adapters/store/open.ts";
import type { Claim } from "../../src/app/ports.ts";
import { longestWindowMs } from "../../src/core/policy/schema.ts";
import type { Booking } from "../../src/core/requirements/booking.ts";
import { type EngineName, type TestDatabase, testDatabase } from "./stores.ts";
import { pullRequest } from "./subjects.ts";

const leaseMs = 120_000;

function booking(number: number, overrides: Partial<Booking> = {}): Booking {
  return {
    subject: pullRequest(number),
    agents: ["claude", "octo-helper"],
    services: ["api"],
    reachesUnknown: true,
    takes: {
      baseRef: "main",
      modules: ["modules/db"],
      addedMemory: 2 ** 40,
      addedReplicas: null,
      deletes: 0,
      pools: { general: 5, spot: null },
    },
    openedAtMs: 1_795_000_000_000,
    readySinceMs: 1_795_000_000_001,
    holds: true,
    mergedAtMs: null,
    ...overrides,
  };
}

/** What every keeper of the books promises: places are given one at a time, and only by whoever has the word. */
export function booksContract(engine: EngineName): void {
  describe("books", () => {
    let database: TestDatabase;
    let store: OpenStore;
    beforeEach(async () => {
      database = await testDatabase(engine);
      store = await database.open();
      return () => database.destroy();
    });

    async function claimed(...numbers: readonly number[]): Promise<readonly Claim[]> {
      await store.queue.mark(numbers.map(pullRequest), 1);
      return await store.queue.claim(1, leaseMs, numbers.length);
    }
    async function claimedOne(number: number): Promise<Claim> {
      const [claim] = await claimed(number);
      if (claim === undefined) throw new Error("Nothing was claimed.");
      return claim;
    }
    async function book(claim: Claim, given: Booking, at = store): Promise<boolean> {
      return (await at.books.enter(claim, given.subject, 0, () => ({ booking: given }))) !== null;
    }
    /** A later claim of the same pull request, after which the earlier one has no word any more. */
    async function claimedAgain(number: number): Promise<Claim> {
      await database.endLeases();
      return await claimedOne(number);
    }

    test("what is booked is there as it was, and a second booking takes its place", async () => {
      const claim = await claimedOne(1);
      await book(claim, booking(1));
      expect(await store.books.of(1, 0)).toEqual([booking(1)]);
      const other = booking(1, { agents: [], services: [], reachesUnknown: false, readySinceMs: null, holds: false });
      await book(claim, other);
      expect(await store.books.of(1, 0)).toEqual([other]);
      expect(await store.books.of(2, 0)).toEqual([]);
    });

    test("a decision against booking writes nothing, and its result is handed on", async () => {
      const claim = await claimedOne(1);
      const result = await store.books.enter(claim, pullRequest(1), 0, (books) => ({
        booking: null,
        seen: books.length,
      }));
      expect(result).toEqual({ booking: null, seen: 0 });
      expect(await store.books.of(1, 0)).toEqual([]);
    });

    test("two instances that give out places at once give each of them once", async () => {
      const there = await database.open();
      const numbers = Array.from({ length: 20 }, (_, index) => index + 1);
      const claims = await claimed(...numbers);
      await Promise.all(
        claims.map((claim, index) => {
          const { books } = index % 2 === 0 ? store : there;
          const { subject } = claim;
          if (subject.kind !== "pull_request") throw new Error("Nothing else was marked.");
          return books.enter(claim, subject, 0, (all) => {
            const free = all.filter(({ holds }) => holds).length < 5;
            return { booking: booking(subject.number, { holds: free }) };
          });
        }),
      );
      const after = await store.books.of(1, 0);
      expect(after).toHaveLength(20);
      expect(after.filter(({ holds }) => holds)).toHaveLength(5);
    });

    test("whoever has lost the lease writes nothing", async () => {
      const claim = await claimedOne(1);
      await database.endLeases();
      expect(await book(claim, booking(1))).toBe(false);
      expect(await store.books.of(1, 0)).toEqual([]);
    });

    test("a place is given up with or without the turn, once", async () => {
      const claim = await claimedOne(1);
      await book(claim, booking(1));
      expect(await store.books.release(claim, pullRequest(1), true)).toBe(true);
      expect(await store.books.of(1, 0)).toEqual([booking(1, { holds: false })]);
      expect(await store.books.release(claim, pullRequest(1), true)).toBe(false);
      expect(await store.books.release(claim, pullRequest(1), false)).toBe(true);
      expect(await store.books.of(1, 0)).toEqual([booking(1, { holds: false, readySinceMs: null })]);
      expect(await store.books.release(claim, pullRequest(1), false)).toBe(false);
    });

    test("a merge is booked once, is kept for a day longer than it may count, and is not struck out", async () => {
      const [first, second] = await claimed(1, 2);
      if (first === undefined || second === undefined) throw new Error("Nothing was claimed.");
      await book(first, booking(1));
      await book(second, booking(2));
      expect(await store.books.merged(first, pullRequest(1), 5)).toBe(true);
      expect(await store.books.merged(first, pullRequest(1), 6)).toBe(false);
      expect(await store.books.strike(first, pullRequest(1))).toBe(false);
      expect(await store.books.release(first, pullRequest(1), false)).toBe(false);
      const merged = booking(1, { holds: false, readySinceMs: null, mergedAtMs: 5 });
      expect(await store.books.of(1, 0)).toEqual([merged, booking(2)]);
      const keptMs = longestWindowMs + 86_400_000;
      await store.books.merged(second, pullRequest(2), 5 + keptMs);
      expect(await store.books.of(1, 0)).toHaveLength(2);
      await store.books.merged(second, pullRequest(3), 6 + keptMs);
      expect(await store.books.of(1, 0)).toMatchObject([{ subject: pullRequest(2) }]);
    });

    test("merges are read as far back as they count, and what is open always", async () => {
      const [first, second, third] = await claimed(1, 2, 3);
      if (first === undefined || second === undefined || third === undefined) throw new Error("Nothing was claimed.");
      await book(first, booking(1));
      await book(second, booking(2));
      await book(third, booking(3));
      await store.books.merged(first, pullRequest(1), 5);
      await store.books.merged(second, pullRequest(2), 6);
      const numbers = (books: readonly Booking[]) => books.map(({ subject }) => subject.number);
      expect(numbers(await store.books.of(1, 6))).toEqual([2, 3]);
      expect(numbers(await store.books.of(1, 7))).toEqual([3]);
      const seen = await store.books.enter(third, pullRequest(3), 6, (books) => ({ booking: null, books }));
      expect(numbers(seen?.books ?? [])).toEqual([2, 3]);
    });

    test("what was booked before sums were kept is there without them", async () => {
      const claim = await claimedOne(1);
      await book(claim, booking(1, { takes: null }));
      expect(await store.books.of(1, 0)).toEqual([booking(1, { takes: null })]);
    });

    test("an open one is struck out once", async () => {
      const claim = await claimedOne(1);
      await book(claim, booking(1));
      expect(await store.books.strike(claim, pullRequest(1))).toBe(true);
      expect(await store.books.of(1, 0)).toEqual([]);
      expect(await store.books.strike(claim, pullRequest(1))).toBe(false);
    });

    test("what a later look has booked an earlier one neither gives up nor strikes out nor takes for merged", async () => {
      const earlier = await claimedOne(1);
      const later = await claimedAgain(1);
      await book(later, booking(1));
      expect(await store.books.release(earlier, pullRequest(1), false)).toBe(false);
      expect(await store.books.strike(earlier, pullRequest(1))).toBe(false);
      expect(await store.books.merged(earlier, pullRequest(1), 5)).toBe(false);
      expect(await store.books.of(1, 0)).toEqual([booking(1)]);
    });
  });
}
