import { beforeEach, describe, expect, test } from "vitest";
import type { OpenStore } from "../../src/adapters/store/open.ts";
import type { Entry } from "../../src/core/ledger/entry.ts";
import { type EngineName, testDatabase } from "./stores.ts";
import { pullRequest, sha } from "./subjects.ts";

const LEASE_MS = 600_000;

/** What every ledger promises: entries come back as they were appended, newest first, and only with a look that ended. */
export function ledgerContract(engine: EngineName): void {
  describe("ledger", () => {
    let store: OpenStore;
    beforeEach(async () => {
      const database = await testDatabase(engine);
      store = await database.open();
      return () => database.destroy();
    });
    async function lookEndsWith(number: number, entry: Entry): Promise<void> {
      await store.queue.mark([pullRequest(number)], 0);
      const [claim] = await store.queue.claim(0, LEASE_MS, 1);
      expect(await store.queue.settle(claim!, entry, null, 1)).toBe(true);
    }

    const declared = { digest: "0".repeat(64), paths: ["1".repeat(64)], environments: null, services: [], kinds: null };
    const evaluated: Entry = {
      kind: "evaluated",
      atMs: 1_795_178_026_418,
      repositoryId: 7,
      headSha: sha("a"),
      baseRef: "main",
      baseSha: sha("b"),
      mergeBaseSha: sha("c"),
      policyDigest: "sha256:0011",
      mode: "enforce",
      version: "0.1.0",
      zoneData: "2026a",
      verdict: "hold",
      shared: "block",
      risk: "high",
      findings: [
        {
          id: "k8s-liveness-too-eager:00aa11",
          rule: "k8s-liveness-too-eager",
          level: "block",
          waived: false,
          overridden: "override",
        },
      ],
      gaps: [{ id: "unreadable:k8s/api.yaml", level: "hold", overridden: "broken_glass" }],
      budgets: [{ id: "budget:added_memory/agent/devin", excess: "1073741824", overridden: "override" }],
      brokenGlass: [{ decisionId: "comment/10/1", accountId: 1, untilMs: 5, lifts: ["unreadable:k8s/api.yaml"] }],
      report: {
        baseRef: "main",
        agents: ["devin"],
        invokers: ["id:1001"],
        bakes: [],
        patch: "00ff",
        plan: declared,
        publishedAtMs: 1_795_178_026_900,
      },
      readings: [{ accountId: 1, submittedAtMs: 3, sinceMs: 2, needMs: 1 }],
      runId: 9_007_199_254_740_991,
      wrote: true,
      appeared: ["codex"],
      terraformPlans: [],
      accountable: ["claude-code"],
      enforced: ["disarmed"],
    };
    const gone: Entry = { kind: "gone", atMs: 2, because: "closed", withdrawnFrom: [sha("a")] };

    test("entries of a subject come back whole, newest first", async () => {
      await lookEndsWith(1, evaluated);
      await lookEndsWith(1, gone);
      const read = await store.ledger.bySubject(pullRequest(1), 10);
      expect(read.map(({ entry, lease, subjectId }) => ({ entry, lease, subjectId }))).toEqual([
        { entry: gone, lease: 2, subjectId: "pull/7/1" },
        { entry: evaluated, lease: 1, subjectId: "pull/7/1" },
      ]);
      expect(read[0]!.id).toBeGreaterThan(read[1]!.id);
      expect(await store.ledger.bySubject(pullRequest(1), 1)).toHaveLength(1);
    });

    test("the reports of a subject come back oldest first, without the entries that tell of none", async () => {
      const report = (publishedAtMs: number) => ({
        baseRef: "main",
        agents: ["devin"],
        invokers: ["id:1001"],
        bakes: [],
        patch: null,
        plan: declared,
        publishedAtMs,
      });
      const observed = { id: "x:1", rule: "x", level: "observe" as const, waived: false, overridden: null };
      const waived = { id: "x:2", rule: "x", level: "block" as const, waived: true, overridden: null };
      await lookEndsWith(1, { ...evaluated, findings: [...evaluated.findings, observed, waived], report: report(3) });
      await lookEndsWith(1, { ...evaluated, report: null });
      await lookEndsWith(1, gone);
      await lookEndsWith(2, evaluated);
      await lookEndsWith(1, { ...evaluated, headSha: sha("d"), findings: [], report: report(5) });
      const shown = {
        baseRef: "main",
        agents: ["devin"],
        invokers: ["id:1001"],
        bakes: [],
        patch: null,
        plan: declared,
        gaps: ["unreadable:k8s/api.yaml"],
        budgets: [{ id: "budget:added_memory/agent/devin", excess: "1073741824" }],
      };
      const older = { ...shown, headSha: sha("a"), findings: ["k8s-liveness-too-eager:00aa11"], publishedAtMs: 3 };
      const newer = { ...shown, headSha: sha("d"), findings: [], publishedAtMs: 5 };
      expect(await store.ledger.publications(pullRequest(1), 10)).toEqual([older, newer]);
      expect(await store.ledger.publications(pullRequest(1), 1)).toEqual([newer]);
    });

    test("what was accepted of plans is told of one repository, the latest last, and of too many the latest", async () => {
      const plan = { root: "terraform", workspace: "eu", managed: 4, lineage: "0a1b", serial: 9, backend: null };
      const later = { ...plan, managed: 5, serial: 10 };
      await lookEndsWith(1, { ...evaluated, terraformPlans: [plan] });
      await lookEndsWith(2, { ...evaluated, terraformPlans: [] });
      await lookEndsWith(2, { ...evaluated, terraformPlans: [later] });
      await lookEndsWith(1, { ...evaluated, repositoryId: 8, terraformPlans: [plan] });
      expect(await store.ledger.plansAccepted(7, 10)).toEqual([plan, later]);
      expect(await store.ledger.plansAccepted(7, 1)).toEqual([later]);
      expect(await store.ledger.plansAccepted(9, 10)).toEqual([]);
    });

    test("agents have been in a repository since the first report with a mark of them, in that repository alone", async () => {
      await lookEndsWith(1, { ...evaluated, atMs: 20, appeared: ["codex", "devin"] });
      await lookEndsWith(2, { ...evaluated, atMs: 30, appeared: ["codex"] });
      await lookEndsWith(2, { ...evaluated, atMs: 40, appeared: ["jules"] });
      await lookEndsWith(1, { ...evaluated, atMs: 10, repositoryId: 8, appeared: ["codex"] });
      await lookEndsWith(1, { ...evaluated, atMs: 5, appeared: [] });
      const [codex, devin] = ["codex", "devin"].map((agent) => ({ agent, sinceMs: 20 }));
      expect(await store.ledger.appearances(7, 10)).toEqual([codex, devin, { agent: "jules", sinceMs: 40 }]);
      expect(await store.ledger.appearances(7, 1)).toEqual([codex, devin]);
      expect(await store.ledger.appearances(9, 10)).toEqual([]);
    });

    test("entries of other subjects stay out", async () => {
      await lookEndsWith(1, evaluated);
      expect(await store.ledger.bySubject(pullRequest(2), 10)).toEqual([]);
    });
  });
}
