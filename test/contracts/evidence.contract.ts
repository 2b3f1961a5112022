import { beforeEach, describe, expect, test } from "vitest";
import type { OpenStore } from "../../src/adapters/store/open.ts";
import type { ReceivedEvidence } from "../../src/core/evidence/evidence.ts";
import type { PullRequestSubject } from "../../src/core/subject.ts";
import { type EngineName, type TestDatabase, testDatabase } from "./stores.ts";
import { pullRequest, repository, sha, target } from "./subjects.ts";

const source: ReceivedEvidence["source"] = {
  kind: "workflow",
  repositoryId: repository.id,
  runId: 88,
  runAttempt: 1,
  event: "pull_request",
  workflowRef: "acme/shop/.github/workflows/ci.yml@refs/pull/1/merge",
  jobWorkflowRef: "acme/ci/.github/workflows/scan.yml@refs/heads/main",
  baseRef: "main",
  actorId: 5,
};

function report(id: string, overrides: Partial<ReceivedEvidence> = {}): ReceivedEvidence {
  return {
    id,
    headSha: sha("a"),
    receivedAtMs: 100,
    source,
    root: "terraform",
    workspace: "",
    state: { lineage: null, serial: null, backend: null },
    sha256: "d".repeat(64),
    brought: { kind: "findings", report: { tools: ["Trivy"], results: [], unplaced: 0 } },
    ...overrides,
  };
}

/** What every keeper of evidence promises: it is there for its commit, as much as a commit may have, and whoever waits for it is due. */
export function evidenceContract(engine: EngineName): void {
  describe("evidence", () => {
    let database: TestDatabase;
    let store: OpenStore;
    beforeEach(async () => {
      database = await testDatabase(engine);
      store = await database.open();
      return () => database.destroy();
    });
    const limits = { most: 2, mostBytes: 10_000, forgetBeforeMs: 0 };
    const at = (alsoFor: readonly PullRequestSubject[] = []) => ({ installationId: 1, repository, alsoFor });

    test("what is taken is there for its commit and for whoever opens the store later, the earliest first", async () => {
      const second = report("b", {
        receivedAtMs: 90,
        workspace: "production",
        state: { lineage: "l", serial: 4, backend: "e" },
      });
      expect(await store.evidence.take(report("a"), at(), limits)).toBe("taken");
      expect(await store.evidence.take(second, at(), limits)).toBe("taken");
      await store.evidence.take(report("c", { headSha: sha("b") }), at(), limits);
      const reopened = await database.open();
      expect(await reopened.evidence.of(repository.id, [sha("a")])).toEqual([second, report("a")]);
      expect((await reopened.evidence.of(repository.id, [sha("a"), sha("b")])).map(({ id }) => id)).toEqual([
        "b",
        "a",
        "c",
      ]);
      expect(await reopened.evidence.of(8, [sha("a")])).toEqual([]);
      expect(await reopened.evidence.of(repository.id, [])).toEqual([]);
    });

    test("what is brought again is known, and stays as it was", async () => {
      await store.evidence.take(report("a"), at(), limits);
      expect(await store.evidence.take(report("a", { receivedAtMs: 900 }), at(), limits)).toBe("known");
      expect(await store.evidence.of(repository.id, [sha("a")])).toEqual([report("a")]);
    });

    test("beyond as many as a commit may have, what is kept is that something was refused", async () => {
      for (const id of ["a", "b"]) await store.evidence.take(report(id), at(), limits);
      for (const id of ["c", "d"])
        expect(await store.evidence.take(report(id, { receivedAtMs: 200 }), at(), limits)).toBe("too_much");
      const kept = await store.evidence.of(repository.id, [sha("a")]);
      expect(kept.map(({ brought }) => brought.kind)).toEqual(["findings", "findings", "too_much"]);
      expect(await store.evidence.take(report("e", { headSha: sha("b") }), at(), limits)).toBe("taken");
    });

    test("and so it is beyond as many bytes", async () => {
      const heavy = { kind: "unreadable", of: "plan", because: "x".repeat(10_000) } as const;
      expect(await store.evidence.take(report("a", { brought: heavy }), at(), limits)).toBe("too_much");
      expect((await store.evidence.of(repository.id, [sha("a")])).map(({ brought }) => brought)).toEqual([
        { kind: "too_much" },
      ]);
    });

    test("what is too old is forgotten", async () => {
      await store.evidence.take(report("a"), at(), limits);
      await store.evidence.take(report("b", { receivedAtMs: 200 }), at(), { ...limits, forgetBeforeMs: 101 });
      expect((await store.evidence.of(repository.id, [sha("a")])).map(({ id }) => id)).toEqual(["b"]);
    });

    test("what another version has read is not believed, and does not look as if nothing had come", async () => {
      await store.evidence.take(report("a"), at(), limits);
      const { db } = database.connect();
      const { about } = await db.selectFrom("evidence").select("about").executeTakeFirstOrThrow();
      await db
        .updateTable("evidence")
        .set({ about: about.replace(/"form":\d+/u, '"form":0') })
        .execute();
      const [kept] = await store.evidence.of(repository.id, [sha("a")]);
      expect(kept?.brought).toMatchObject({ kind: "unreadable", of: "findings" });
    });

    test("pull requests that were judged on the commit are due, and those that are named; else the whole repository", async () => {
      const due = async (): Promise<readonly string[]> => {
        const claims = await store.queue.claim(1_000, 60_000, 10);
        for (const claim of claims)
          await store.queue.settle(claim, { kind: "swept", atMs: 1_000, marked: 0 }, null, 1_000);
        return claims
          .map(({ subject }) => (subject.kind === "pull_request" ? String(subject.number) : subject.kind))
          .toSorted();
      };
      await store.queue.mark([pullRequest(1)], 0);
      const [claim] = await store.queue.claim(1, 60_000, 1);
      if (claim === undefined) throw new Error("nothing was due");
      const judged = {
        subject: pullRequest(1),
        target: target("a"),
        verdict: "hold",
        mode: "enforce",
        wrote: null,
        isArmed: false,
      } as const;
      await store.judgements.record(claim, judged);
      await store.queue.settle(claim, { kind: "swept", atMs: 1, marked: 0 }, null, 1);
      expect(await due()).toEqual([]);
      await store.evidence.take(report("a"), at([pullRequest(2)]), limits);
      expect(await due()).toEqual(["1", "2"]);
      await store.evidence.take(report("b", { headSha: sha("b") }), at(), limits);
      expect(await due()).toEqual(["sweep_repository"]);
    });
  });
}
