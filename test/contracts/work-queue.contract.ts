import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { OpenStore } from "../../src/adapters/store/open.ts";
import type { Claim } from "../../src/app/ports.ts";
import { type EngineName, type TestDatabase, testDatabase } from "./stores.ts";
import { delivery, pullRequest, repository, swept } from "./subjects.ts";

const LEASE_MS = 600_000;

/** What every work queue promises: nothing that was marked is forgotten, and nobody settles what is not his. */
export function workQueueContract(engine: EngineName): void {
  describe("work queue", () => {
    let database: TestDatabase;
    let store: OpenStore;
    beforeEach(async () => {
      database = await testDatabase(engine);
      store = await database.open();
      return () => database.destroy();
    });
    async function claimOne(nowMs: number): Promise<Claim> {
      const claims = await store.queue.claim(nowMs, LEASE_MS, 10);
      expect(claims).toHaveLength(1);
      return claims[0]!;
    }

    test("a mark is claimed when it is due, with the subject as it was marked", async () => {
      await store.queue.mark([pullRequest(1)], 100);
      expect(await store.queue.claim(99, LEASE_MS, 10)).toEqual([]);
      expect(await claimOne(100)).toEqual({ subject: pullRequest(1), wanted: 1, lease: 1, attempts: 1 });
    });

    test("every kind of subject comes back as it went in", async () => {
      const subjects = [
        { kind: "branch", installationId: 1, repository, branch: "release/1.x" },
        pullRequest(1),
        { kind: "sweep_base", installationId: 1, repository, baseRef: "release/1.x" },
        { kind: "sweep_installation", installationId: 1 },
        { kind: "sweep_repository", installationId: 1, repository },
      ] as const;
      await store.queue.mark(subjects, 0);
      expect((await store.queue.claim(0, LEASE_MS, 10)).map(({ subject }) => subject)).toEqual(subjects);
    });

    test("the newest mark names the repository", async () => {
      const renamed = { ...pullRequest(1), repository: { ...repository, name: "store" } };
      await store.queue.mark([pullRequest(1)], 0);
      await store.queue.mark([renamed], 0);
      expect((await claimOne(0)).subject).toEqual(renamed);
    });

    test("a doubled delivery, in one batch or later, costs one look and is not ignored", async () => {
      await store.queue.receive([delivery("d", 1), delivery("d", 1)], 10);
      const first = await claimOne(10);
      expect(first.wanted).toBe(2);
      expect(await store.queue.settle(first, swept(11), 1_000, 11)).toBe(true);
      await store.queue.receive([delivery("d", 1)], 20);
      expect((await claimOne(20)).wanted).toBe(3);
    });

    test("an earlier mark moves a subject forward, a later one does not move it back", async () => {
      await store.queue.mark([pullRequest(1)], 500);
      await store.queue.mark([pullRequest(1)], 300);
      await store.queue.mark([pullRequest(1)], 900);
      expect(await store.queue.claim(299, LEASE_MS, 10)).toEqual([]);
      expect((await claimOne(300)).wanted).toBe(3);
    });

    test("a mark between claim and settle keeps the subject due", async () => {
      await store.queue.mark([pullRequest(1)], 0);
      const claim = await claimOne(0);
      await store.queue.receive([delivery("d", 1)], 5);
      expect(await store.queue.claim(5, LEASE_MS, 10)).toEqual([]);
      expect(await store.queue.settle(claim, swept(6), 5_000, 6)).toBe(true);
      expect(await claimOne(6)).toMatchObject({ wanted: 2, lease: 2, attempts: 1 });
    });

    test("a settled subject rests until its next look", async () => {
      await store.queue.mark([pullRequest(1)], 0);
      await store.queue.settle(await claimOne(0), swept(1), 5_000, 1);
      expect(await store.queue.claim(4_999, LEASE_MS, 10)).toEqual([]);
      await store.queue.settle(await claimOne(5_000), swept(5_001), null, 5_001);
      expect(await store.queue.claim(Number.MAX_SAFE_INTEGER, LEASE_MS, 10)).toEqual([]);
    });

    test("a look that lost its lease to another settles nothing and marks again", async () => {
      await store.queue.mark([pullRequest(1)], 0);
      const late = await claimOne(0);
      await database.endLeases();
      const next = await claimOne(0);
      expect(next).toMatchObject({ lease: late.lease + 1, attempts: 2 });
      expect(await store.queue.settle(late, swept(1), null, 1)).toBe(false);
      expect(await store.ledger.bySubject(late.subject, 10)).toEqual([]);
      expect(await store.queue.settle(next, swept(2), null, 2)).toBe(true);
      expect(await claimOne(2)).toMatchObject({ wanted: 2, attempts: 1 });
    });

    test("a look whose time is over settles nothing, though nobody has claimed since", async () => {
      await store.queue.mark([pullRequest(1)], 0);
      const late = await claimOne(0);
      await database.endLeases();
      expect(await store.queue.settle(late, swept(1), null, 1)).toBe(false);
      expect(await store.ledger.bySubject(late.subject, 10)).toEqual([]);
      expect(await claimOne(1)).toMatchObject({ wanted: 2, attempts: 2 });
    });

    test("a settled look cannot settle twice", async () => {
      await store.queue.mark([pullRequest(1)], 0);
      const claim = await claimOne(0);
      expect(await store.queue.settle(claim, swept(1), null, 1)).toBe(true);
      expect(await store.queue.settle(claim, swept(2), null, 2)).toBe(false);
      expect(await store.ledger.bySubject(claim.subject, 10)).toHaveLength(1);
    });

    test("a failed look is due at its retry, remembers its attempts, and settles them away", async () => {
      await store.queue.mark([pullRequest(1)], 0);
      const first = await claimOne(0);
      expect(await store.queue.postpone(first, swept(1), 700, 1)).toBe(true);
      expect(await store.queue.claim(699, LEASE_MS, 10)).toEqual([]);
      const second = await claimOne(700);
      expect(second.attempts).toBe(2);
      await store.queue.settle(second, swept(701), 800, 701);
      expect((await claimOne(800)).attempts).toBe(1);
    });

    test("a mark during a failing look makes it due at once", async () => {
      await store.queue.mark([pullRequest(1)], 0);
      const claim = await claimOne(0);
      await store.queue.mark([pullRequest(1)], 3);
      await store.queue.postpone(claim, swept(5), 70_000, 5);
      expect((await claimOne(5)).attempts).toBe(2);
    });

    test("a failed look that lost its lease postpones nothing and marks again", async () => {
      await store.queue.mark([pullRequest(1)], 0);
      const late = await claimOne(0);
      await database.endLeases();
      const next = await claimOne(0);
      expect(await store.queue.postpone(late, swept(1), 70_000, 1)).toBe(false);
      expect(await store.queue.settle(next, swept(2), null, 2)).toBe(true);
      expect((await claimOne(2)).wanted).toBe(2);
    });

    test("what has been due longest is claimed first", async () => {
      await store.queue.mark([pullRequest(3)], 30);
      await store.queue.mark([pullRequest(1)], 20);
      await store.queue.mark([pullRequest(2)], 10);
      const order = (await store.queue.claim(50, LEASE_MS, 2)).map(({ subject }) => subject);
      expect(order).toEqual([pullRequest(2), pullRequest(1)]);
      expect((await claimOne(50)).subject).toEqual(pullRequest(3));
    });

    test("what is urgent comes before what was due earlier, and keeps its turn until it was looked at", async () => {
      await store.queue.mark([pullRequest(1)], 10);
      const urgent = { id: "u", event: "issue_comment", marks: [{ kind: "urgent", subject: pullRequest(2) }] } as const;
      await store.queue.receive([urgent], 40);
      const first = await store.queue.claim(50, LEASE_MS, 1);
      expect(first.map(({ subject }) => subject)).toEqual([pullRequest(2)]);
      await store.queue.postpone(first[0]!, swept(51), 60, 51);
      const again = await store.queue.claim(60, LEASE_MS, 1);
      expect(again.map(({ subject }) => subject)).toEqual([pullRequest(2)]);
      await store.queue.settle(again[0]!, swept(61), 61, 61);
      expect((await store.queue.claim(70, LEASE_MS, 1)).map(({ subject }) => subject)).toEqual([pullRequest(1)]);
    });

    test("what becomes urgent while it is looked at is looked at again before all else", async () => {
      await store.queue.mark([pullRequest(2)], 0);
      const claim = await claimOne(0);
      await store.queue.mark([pullRequest(1)], 1);
      const urgent = { id: "u", event: "issue_comment", marks: [{ kind: "urgent", subject: pullRequest(2) }] } as const;
      await store.queue.receive([urgent], 2);
      await store.queue.settle(claim, swept(3), 900, 3);
      expect((await store.queue.claim(3, LEASE_MS, 1)).map(({ subject }) => subject)).toEqual([pullRequest(2)]);
    });

    test("an own run is a reason to look only if the subject was claimed since", async () => {
      await store.queue.mark([pullRequest(1)], 0);
      const first = await claimOne(0);
      await store.queue.settle(first, swept(1), null, 1);
      const echo = (id: string, lease: number) =>
        store.queue.receive(
          [{ id, event: "check_run", marks: [{ kind: "own_run", subject: pullRequest(1), lease }] }],
          2,
        );
      await echo("same lease", 1);
      expect(await store.queue.claim(2, LEASE_MS, 10)).toEqual([]);
      await echo("older lease", 0);
      expect((await claimOne(2)).wanted).toBe(2);
    });

    test("an own run of a subject that the store does not know is a reason to look", async () => {
      await store.queue.receive(
        [{ id: "d", event: "check_run", marks: [{ kind: "own_run", subject: pullRequest(9), lease: 40 }] }],
        2,
      );
      expect((await claimOne(2)).subject).toEqual(pullRequest(9));
    });

    test("a subject of a kind that only a newer program knows is left to it", async () => {
      const { db } = database.connect();
      const later = { id: "later/1", kind: "later", subject: "{}", wanted: 1, due_ms: 0 };
      await db.insertInto("subjects").values(later).execute();
      await store.queue.mark([pullRequest(1)], 1);
      expect((await claimOne(1)).subject).toEqual(pullRequest(1));
      const { lease } = await db
        .selectFrom("subjects")
        .select("lease")
        .where("id", "=", later.id)
        .executeTakeFirstOrThrow();
      expect(lease).toBe(0);
    });

    test("deliveries are forgotten by age, and their marks are not", async () => {
      await store.queue.receive([delivery("old", 1)], 10);
      await store.queue.receive([delivery("new", 1)], 20);
      expect(await store.queue.forgetDeliveries(20)).toBe(1);
      expect(await store.queue.forgetDeliveries(20)).toBe(0);
      expect((await claimOne(20)).wanted).toBe(2);
    });

    test("deliveries that were received are known by their ids, until they are forgotten", async () => {
      await store.queue.receive([delivery("a", 1), delivery("b")], 10);
      expect(await store.queue.received(["a", "b", "c", "a"])).toEqual(new Set(["a", "b"]));
      expect(await store.queue.received([])).toEqual(new Set());
      await store.queue.forgetDeliveries(11);
      expect(await store.queue.received(["a"])).toEqual(new Set());
    });

    test("depth counts what is due, leased or not, and says since when", async () => {
      expect(await store.queue.depth(100)).toEqual({ due: 0, oldestDueMs: null });
      await store.queue.mark([pullRequest(1)], 10);
      await store.queue.mark([pullRequest(2)], 20);
      await store.queue.mark([pullRequest(3)], 500);
      await store.queue.claim(20, LEASE_MS, 1);
      expect(await store.queue.depth(100)).toEqual({ due: 2, oldestDueMs: 10 });
    });

    test("more marks than one statement can bind are all kept", async () => {
      const numbers = Array.from({ length: 2_500 }, (_, index) => index + 1);
      await store.queue.receive([delivery("d", ...numbers)], 0);
      expect(await store.queue.claim(0, LEASE_MS, 5_000)).toHaveLength(2_500);
    });
  });

  describe("work queue, several programs", () => {
    let database: TestDatabase;
    beforeAll(async () => {
      database = await testDatabase(engine);
    });
    afterAll(() => database.destroy());

    test("claims side by side never share a subject, and miss none", async () => {
      const programs = await Promise.all([database.open(), database.open()]);
      const numbers = Array.from({ length: 300 }, (_, index) => index + 1);
      await programs[0]!.queue.receive([delivery("d", ...numbers)], 0);
      const claimAll = async ({ queue }: OpenStore): Promise<readonly Claim[]> => {
        const mine: Claim[] = [];
        for (;;) {
          const claims = await queue.claim(0, LEASE_MS, 7);
          if (claims.length === 0) return mine;
          mine.push(...claims);
        }
      };
      const shares = await Promise.all(Array.from({ length: 16 }, (_, index) => claimAll(programs[index % 2]!)));
      const claimed = shares.flat().map(({ subject }) => (subject.kind === "pull_request" ? subject.number : 0));
      expect(claimed.toSorted((a, b) => a - b)).toEqual(numbers);
    });

    test("programs that mark the same subjects in different orders do not block each other", async () => {
      const programs = await Promise.all([database.open(), database.open()]);
      const numbers = Array.from({ length: 50 }, (_, index) => index + 1_000);
      const rounds = Array.from({ length: 20 }, (_, round) => {
        const order = round % 2 === 0 ? numbers : numbers.toReversed();
        return programs[round % 2]!.queue.receive([delivery(`round ${round}`, ...order)], 5);
      });
      await Promise.all(rounds);
      const claims = await programs[0]!.queue.claim(5, LEASE_MS, 1_000);
      expect(claims).toHaveLength(50);
      expect(new Set(claims.map(({ wanted }) => wanted))).toEqual(new Set([20]));
    });
  });
}
