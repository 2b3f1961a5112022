import { beforeEach, describe, expect, test } from "vitest";
import type { OpenStore } from "../../src/adapters/store/open.ts";
import type { Claim } from "../../src/app/ports.ts";
import type { DeploymentSubject } from "../../src/core/subject.ts";
import { type EngineName, type TestDatabase, testDatabase } from "./stores.ts";
import { repository, swept } from "./subjects.ts";

const leaseMs = 120_000;

/** What the deployment gate asks of a store: counts and tokens that survive, and halts that find what waits. */
export function deploymentGateContract(engine: EngineName): void {
  describe("deployment gate", () => {
    let database: TestDatabase;
    let store: OpenStore;
    beforeEach(async () => {
      database = await testDatabase(engine);
      store = await database.open();
      return () => database.destroy();
    });

    const deployment = (runId: number, repositoryId = repository.id): DeploymentSubject => ({
      kind: "deployment",
      installationId: 1,
      repository: { ...repository, id: repositoryId },
      runId,
      environment: "production",
      asks: "rule",
    });
    async function claimed(subject: DeploymentSubject): Promise<Claim> {
      await store.queue.mark([subject], 1);
      const [claim] = await store.queue.claim(1, leaseMs, 1);
      if (claim === undefined) throw new Error("Nothing was claimed.");
      return claim;
    }

    test("reports are counted for each deployment, and no more of them than the limit", async () => {
      const [one, other] = [await claimed(deployment(1)), await claimed(deployment(2))];
      const taken = [];
      for (let times = 0; times < 4; times += 1) taken.push(await store.reports.take(one, 3));
      expect(taken).toEqual([true, true, true, false]);
      expect(await store.reports.take(other, 3)).toBe(true);
      expect(await store.reports.take(other, 0)).toBe(false);
    });

    test("the count outlives the look and the process, and only the latest claim has a word", async () => {
      const claim = await claimed(deployment(1));
      expect(await store.reports.take(claim, 2)).toBe(true);
      await store.queue.postpone(claim, swept(1), 1, 1);
      const later = await claimed(deployment(1));
      expect(await store.reports.take(claim, 2)).toBe(false);
      const again = await database.open();
      expect(await again.reports.take(later, 2)).toBe(true);
      expect(await again.reports.take(later, 2)).toBe(false);
    });

    test("a token is taken once, by one of many who bring it at once, and forgotten after it has ended", async () => {
      const spent = await Promise.all(Array.from({ length: 5 }, () => store.tokens.spend("issuer a", 1_000, 1)));
      expect(spent.filter(Boolean)).toHaveLength(1);
      expect(await store.tokens.spend("issuer a", 1_000, 999)).toBe(false);
      expect(await store.tokens.spend("issuer b", 1_000, 999)).toBe(true);
      expect(await store.tokens.spend("issuer a", 3_000, 1_001)).toBe(true);
    });

    test("the oldest entry about a subject tells since when it is known", async () => {
      const sweep = { kind: "sweep_repository", installationId: 1, repository } as const;
      expect(await store.ledger.since(sweep)).toBeNull();
      for (const atMs of [5, 9]) {
        await store.queue.mark([sweep], 1);
        const [claim] = await store.queue.claim(1, leaseMs, 1);
        if (claim !== undefined) await store.queue.settle(claim, swept(atMs), null, 1);
      }
      expect(await store.ledger.since(sweep)).toBe(5);
    });

    test("a halt makes due what waits where it holds, and lets rest what was answered", async () => {
      for (const [subject, restUntilMs] of [
        [deployment(1), 9_000],
        [deployment(2), null],
        [deployment(3, 8), 9_000],
      ] as const) {
        await store.queue.settle(await claimed(subject), swept(1), restUntilMs, 1);
      }
      const scope = { kind: "repository", installationId: 1, repositoryId: repository.id } as const;
      const by = { kind: "operator", name: "night shift" } as const;
      await store.decisions.record({ id: "h", kind: "halt", by, atMs: 2, reason: "", scope, stops: "agents" });
      const due = await store.queue.claim(2, leaseMs, 10);
      expect(due.map(({ subject }) => subject)).toEqual([deployment(1)]);
    });
  });
}
