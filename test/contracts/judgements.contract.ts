import { beforeEach, describe, expect, test } from "vitest";
import type { OpenStore } from "../../src/adapters/store/open.ts";
import type { Claim, Judgement, Target } from "../../src/app/ports.ts";
import type { Verdict } from "../../src/core/evaluate/verdict.ts";
import { type EngineName, type TestDatabase, testDatabase } from "./stores.ts";
import { pullRequest, swept, target } from "./subjects.ts";

const LEASE_MS = 600_000;

/** What every keeper of judgements promises: the latest one of each subject on each target, written only under a lease that holds. */
export function judgementsContract(engine: EngineName): void {
  describe("judgements", () => {
    let database: TestDatabase;
    let store: OpenStore;
    beforeEach(async () => {
      database = await testDatabase(engine);
      store = await database.open();
      return () => database.destroy();
    });
    async function claimOf(number: number): Promise<Claim> {
      await store.queue.mark([pullRequest(number)], 0);
      const [claim] = await store.queue.claim(0, LEASE_MS, 1);
      return claim!;
    }
    function judged(number: number, verdict: Verdict | null, on: Target): Omit<Judgement, "lease"> {
      return { subject: pullRequest(number), target: on, verdict, mode: "enforce", wrote: null, isArmed: false };
    }

    test("a judgement comes back as it was recorded, under the lease of the claim", async () => {
      const claim = await claimOf(1);
      expect(await store.judgements.record(claim, judged(1, "block", target("a")))).toBe(true);
      const expected = [{ ...judged(1, "block", target("a")), lease: claim.lease }];
      expect(await store.judgements.at(target("a"))).toEqual(expected);
      expect(await store.judgements.of(pullRequest(1))).toEqual(expected);
    });

    test("those of an installation are listed together, with who wrote them", async () => {
      const wrote = { isAgent: true, marks: ["claude-code"] };
      await store.judgements.record(await claimOf(1), { ...judged(1, "allow", target("a")), wrote });
      await store.judgements.record(await claimOf(2), judged(2, null, target("b")));
      const found = await store.judgements.ofInstallation(1);
      expect(new Map(found.map((one) => [one.subject.number, one.wrote]))).toEqual(
        new Map([
          [1, wrote],
          [2, null],
        ]),
      );
      expect(await store.judgements.ofInstallation(2)).toEqual([]);
    });

    test("the latest one counts, also where nothing could be evaluated", async () => {
      const claim = await claimOf(1);
      await store.judgements.record(claim, judged(1, "allow", target("a")));
      await store.judgements.record(claim, judged(1, null, target("a")));
      expect((await store.judgements.at(target("a"))).map(({ verdict }) => verdict)).toEqual([null]);
    });

    test("subjects on one target are listed together, other heads and names are not", async () => {
      const [first, second] = [await claimOf(1), await claimOf(2)];
      await store.judgements.record(second, judged(2, "allow", target("a")));
      await store.judgements.record(first, judged(1, "wait", target("a")));
      await store.judgements.record(first, judged(1, "hold", target("b")));
      await store.judgements.record(first, judged(1, "block", target("a", "sallyport: release")));
      const here = await store.judgements.at(target("a"));
      expect(here.map(({ subject, verdict }) => [subject.number, verdict])).toEqual([
        [1, "wait"],
        [2, "allow"],
      ]);
      expect(await store.judgements.of(pullRequest(1))).toHaveLength(3);
    });

    test("a claim whose lease is over records nothing", async () => {
      const claim = await claimOf(1);
      await database.endLeases();
      expect(await store.judgements.record(claim, judged(1, "allow", target("a")))).toBe(false);
      expect(await store.judgements.at(target("a"))).toEqual([]);
    });

    test("an outdated claim neither overwrites nor retires what a later one recorded", async () => {
      const late = await claimOf(1);
      await database.endLeases();
      const next = await claimOf(1);
      await store.judgements.record(next, judged(1, "block", target("a")));
      expect(await store.judgements.record(late, judged(1, "allow", target("a")))).toBe(false);
      await store.judgements.retire(late, pullRequest(1), target("a"));
      expect((await store.judgements.at(target("a"))).map(({ verdict }) => verdict)).toEqual(["block"]);
    });

    test("a settled claim records nothing", async () => {
      const claim = await claimOf(1);
      await store.queue.settle(claim, swept(1), null, 1);
      expect(await store.judgements.record(claim, judged(1, "allow", target("a")))).toBe(false);
    });

    test("retiring takes one subject off one target", async () => {
      const [first, second] = [await claimOf(1), await claimOf(2)];
      await store.judgements.record(first, judged(1, "allow", target("a")));
      await store.judgements.record(first, judged(1, "allow", target("b")));
      await store.judgements.record(second, judged(2, "allow", target("a")));
      await store.judgements.retire(first, pullRequest(1), target("a"));
      expect((await store.judgements.at(target("a"))).map(({ subject }) => subject.number)).toEqual([2]);
      expect(await store.judgements.at(target("b"))).toHaveLength(1);
    });
  });
}
