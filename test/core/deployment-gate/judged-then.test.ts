import { expect, test } from "vitest";
import { judgedThen } from "../../../src/core/deployment-gate/judged-then.ts";
import type { Entry } from "../../../src/core/ledger/entry.ts";
import type { Verdict } from "../../../src/core/evaluate/verdict.ts";
import { sha } from "./facts.ts";

function evaluated(
  verdict: Verdict,
  over: { headSha?: string; baseRef?: string | null; gaps?: readonly string[] } = {},
): Entry {
  const { headSha = sha("c"), baseRef = "main", gaps = [] } = over;
  return {
    kind: "evaluated",
    atMs: 1,
    repositoryId: 7,
    headSha,
    baseRef,
    baseSha: sha("b"),
    mergeBaseSha: sha("b"),
    policyDigest: "d",
    mode: "enforce",
    version: "0.0.0",
    zoneData: null,
    verdict,
    shared: verdict,
    risk: "low",
    findings: [],
    gaps: gaps.map((id) => ({ id, level: "hold", overridden: null })),
    budgets: [],
    brokenGlass: [],
    report: null,
    readings: [],
    appeared: [],
    terraformPlans: [],
    runId: 1,
    wrote: true,
    accountable: [],
    enforced: [],
  };
}
const at = { number: 1, headSha: sha("c"), baseRef: "main" };
const then = (...entries: readonly Entry[]) => judgedThen(at, { entries, publications: [] });
const gone: Entry = { kind: "gone", atMs: 2, because: "merged", withdrawnFrom: [] };

test("the newest verdict at that head and onto that base counts", () => {
  expect(then(gone, evaluated("allow"), evaluated("block"))).toMatchObject({ verdict: "allow" });
  expect(then(gone, evaluated("block"), evaluated("allow"))).toMatchObject({ verdict: "block" });
});

test("one at another head or onto another base says nothing, nor does one of which the base is not known", () => {
  expect(then(evaluated("allow", { headSha: sha("d") }))).toMatchObject({ verdict: null, wrote: null });
  expect(then(evaluated("allow", { baseRef: "decoy" }), evaluated("hold"))).toMatchObject({ verdict: "hold" });
  expect(then(evaluated("allow", { baseRef: null }))).toMatchObject({ verdict: null });
});

test("one that was withdrawn afterwards, by a halt or because nobody could vouch for it, lets nothing through", () => {
  const halted: Entry = { kind: "halted", atMs: 2, halts: ["h"], withdrawnFrom: [sha("c")] };
  const failed: Entry = {
    kind: "failed",
    atMs: 2,
    step: "collect",
    attempts: 9,
    retryMs: 3,
    withdrawnFrom: [sha("c")],
  };
  expect(then(halted, evaluated("allow"))).toMatchObject({ verdict: "block", wrote: null });
  expect(then(failed, evaluated("allow"))).toMatchObject({ verdict: "block" });
  expect(then({ ...failed, withdrawnFrom: [sha("d")] }, evaluated("allow"))).toMatchObject({ verdict: "allow" });
});

test("whose it was is told by all marks that its reports ever carried, and not known behind a gap", () => {
  const report = {
    headSha: sha("0"),
    baseRef: "x",
    findings: [],
    gaps: [],
    bakes: [],
    budgets: [],
    invokers: [],
    patch: null,
    plan: null,
    publishedAtMs: 1,
  };
  const publications = [
    { ...report, agents: ["claude"] },
    { ...report, agents: [] },
  ];
  const known = judgedThen(at, { entries: [evaluated("allow")], publications });
  expect(known.wrote).toEqual({ isAgent: true, marks: ["claude"] });
  expect(then(evaluated("allow", { gaps: ["unknown-opener"] })).wrote).toBeNull();
});
