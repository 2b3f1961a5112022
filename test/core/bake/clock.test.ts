import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Baked, bakeClock } from "../../../src/core/bake/clock.ts";
import type { Version } from "../../../src/core/bake/versions.ts";
import type { Happening } from "../../../src/core/deployments/evidence.ts";

const hourMs = 3_600_000;
const forMs = 24 * hourMs;
const expiresMs = 14 * 24 * hourMs;

/** Commits by what they have where the change bakes: `a...` what was there before, `b...` the change, `c...` what came after it. */
const versions: Readonly<Record<string, Version>> = {
  a: { same: false, digest: "before" },
  b: { same: true, digest: "the change" },
  c: { same: false, digest: "after" },
};
const versionOf = (sha: string): Version | null => versions[sha.slice(0, 1)] ?? null;

const live = (sha: string, hour: number, id = hour): Happening => {
  const atMs = hour * hourMs;
  return { kind: "went_live", atMs, provedMs: atMs, sha, id, proved: true, by: "run 1" };
};
const claimed = (sha: string, hour: number): Happening => ({ ...live(sha, hour), proved: false, by: null });
const failed = (sha: string, hour: number): Happening => ({ ...claimed(sha, hour), kind: "failed" });
const ended = (sha: string, hour: number, id: number): Happening => ({ ...claimed(sha, hour), kind: "ended", id });

function clock(happenings: readonly Happening[], nowHour: number): Baked {
  const isOlder = (sha: string, than: string): boolean => Number(sha.slice(1)) < Number(than.slice(1));
  const clockwork = { happenings, versionOf, before: "before", isOlder, forMs, expiresMs };
  return bakeClock(clockwork, nowHour * hourMs).baked;
}

describe("the clock of a bake", () => {
  it("starts with the first success that is proved, and is over after the time", () => {
    expect(clock([live("b1", 1)], 24)).toMatchObject({ kind: "running", readyMs: 25 * hourMs });
    expect(clock([live("b1", 1)], 25)).toMatchObject({ kind: "complete", expiresMs: hourMs + expiresMs });
  });

  it("does not start with what nobody proves", () => {
    expect(clock([claimed("b1", 1)], 100)).toEqual({ kind: "never" });
  });

  it("goes on with a later deployment that has the change, and not with one that nobody proves", () => {
    const next = [live("b1", 1), live("b2", 10), ended("b1", 10, 1)];
    expect(clock(next, 25)).toMatchObject({ kind: "complete", since: { id: 1 } });
    expect(clock([live("b1", 1), claimed("b2", 10), ended("b1", 10, 1)], 25)).toMatchObject({ because: "ended" });
  });

  it("adds no stays", () => {
    const stays = [live("b1", 1), live("c2", 20), live("b3", 21), live("c4", 40), live("b5", 41)];
    expect(clock(stays, 64)).toMatchObject({ kind: "running", since: { id: 41 } });
    expect(clock(stays, 65)).toMatchObject({ kind: "complete" });
  });

  it("starts over after a failure, also of another version, and only with a new success", () => {
    for (const sha of ["b1", "c2", "gone"])
      expect(clock([live("b1", 1), failed(sha, 24)], 100)).toMatchObject({ kind: "undone", because: "failed" });
    expect(clock([live("b1", 1), failed("b1", 24), live("b2", 30)], 53)).toMatchObject({ kind: "running" });
  });

  it("is taken back by a rollback, by a failure of the change, and by what is not known, also when it was over", () => {
    const taken = [live("a2", 30), live("gone", 30), failed("b1", 30), failed("gone", 30)];
    for (const one of taken) expect(clock([live("b1", 1), one], 100)).toMatchObject({ kind: "undone" });
    expect(clock([live("a0", 0), live("b2", 1), live("c1", 30)], 100)).toMatchObject({ because: "rolled_back" });
  });

  it("is not taken back by a later version when it was over, nor by the failure or the end of that", () => {
    for (const one of [live("c2", 30), failed("c2", 30), ended("b1", 30, 1)])
      expect(clock([live("b1", 1), one], 100)).toMatchObject({ kind: "complete" });
  });

  it("forgets a proof that has expired, also of what is live, and a new success starts anew", () => {
    const expired = 1 + 14 * 24;
    expect(clock([live("b1", 1)], expired)).toMatchObject({ kind: "undone", because: "expired" });
    expect(clock([live("b1", 1), live("b2", expired + 1)], expired + 24)).toMatchObject({ kind: "running" });
    expect(clock([live("b1", 1), live("b2", 100)], expired)).toMatchObject({ kind: "complete" });
  });

  it("does not start before the job is proved to be over, though it went live a moment before", () => {
    const early = { ...live("b1", 1), provedMs: 2 * hourMs };
    expect(clock([early], 25)).toMatchObject({ kind: "running", readyMs: 26 * hourMs });
  });
});

const rank: Readonly<Record<Baked["kind"], number>> = { complete: 0, running: 1, undone: 2, never: 2 };
const happening = fc
  .tuple(
    fc.constantFrom("live", "claimed", "failed", "ended"),
    fc.constantFrom("a", "b", "c", "x"),
    fc.nat({ max: 400 }),
    fc.nat({ max: 9 }),
  )
  .map(([what, version, hour, number]): Happening => {
    const sha = `${version}${number}`;
    if (what === "live") return live(sha, hour, number);
    if (what === "claimed") return { ...claimed(sha, hour), id: number };
    return what === "failed" ? failed(sha, hour) : ended(sha, hour, number);
  });
const story = fc.array(happening, { maxLength: 14 }).map((all) => all.toSorted((x, y) => x.atMs - y.atMs));

describe("property of the clock", () => {
  it("is never made milder by a proof that is taken away", () => {
    fc.assert(
      fc.property(story, fc.nat({ max: 13 }), fc.nat({ max: 800 }), (happenings, index, nowHour) => {
        const one = happenings[index];
        if (one === undefined || !one.proved || versionOf(one.sha)?.same !== true) return;
        const less = happenings.with(index, { ...one, proved: false, by: null });
        const [before, after] = [clock(happenings, nowHour), clock(less, nowHour)];
        expect(rank[after.kind]).toBeGreaterThanOrEqual(rank[before.kind]);
        const readyMs = (baked: Baked): number => (baked.kind === "running" ? baked.readyMs : 0);
        expect(after.kind !== "running" || readyMs(after) >= readyMs(before)).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });

  it("is over only where one stay of the change was long enough", () => {
    fc.assert(
      fc.property(story, fc.nat({ max: 800 }), (happenings, nowHour) => {
        const baked = clock(happenings, nowHour);
        if (baked.kind !== "complete") return;
        const since = baked.since.atMs;
        const proof = happenings.find(
          (one) => one.proved && one.provedMs === since && versionOf(one.sha)?.same === true,
        );
        expect(proof).toBeDefined();
        const meanwhile = happenings.filter((one) => one.atMs > since && one.atMs < since + forMs);
        expect(meanwhile.filter((one) => one.kind === "failed")).toEqual([]);
        expect(meanwhile.filter((one) => one.kind === "went_live" && versionOf(one.sha)?.same !== true)).toEqual([]);
        expect(nowHour * hourMs).toBeGreaterThanOrEqual(since + forMs);
      }),
      { numRuns: 5_000 },
    );
  });

  it("never starts before the first proof", () => {
    fc.assert(
      fc.property(story, fc.nat({ max: 800 }), (happenings, nowHour) => {
        const baked = clock(happenings, nowHour);
        if (baked.kind !== "complete" && baked.kind !== "running") return;
        const first = happenings.find((one) => one.proved && versionOf(one.sha)?.same === true);
        expect(baked.since.atMs).toBeGreaterThanOrEqual(first?.provedMs ?? Infinity);
      }),
    );
  });
});
