import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ChangedFile } from "../../../src/core/change/change-set.ts";
import { verdicts } from "../../../src/core/evaluate/verdict.ts";
import { type FormerState, type KnownPast, type Past, contentKey } from "../../../src/core/past/past.ts";
import { byPerson, judge, nowMs, repository } from "../evaluate/changes.ts";
import { baseSha, changeOf, file } from "../facts.ts";

const day = 86_400_000;
const path = "services/orders/.env";
const policy = repository(
  "layout: ['services/{service}/**']\nlimits: { values: [{ keys: ['**.DB_POOL'], growth: { factor: 2, within: 30d } }] }\n",
);
const pool = (value: number | string): string => `DB_POOL=${value}\n`;

type Files = Readonly<Record<string, string | null>>;

/** A branch that held these, a day each, the last one now. */
function pastOf(...held: readonly Files[]): KnownPast {
  const contents: Record<string, KnownPast["contents"][string]> = {};
  const paths = [...new Set(held.flatMap((files) => Object.keys(files)))];
  const entryOf = (text: string | null | undefined) => {
    if (text == null) return null;
    const entry = { mode: "100644", sha: `blob ${text}` } as const;
    contents[contentKey(entry)] = { kind: "text", text };
    return entry;
  };
  const states = held.map(
    (files, index): FormerState => ({
      sha: index === held.length - 1 ? baseSha : `${index}`.padStart(40, "0"),
      sinceMs: nowMs - (held.length - index) * day,
      untilMs: index === held.length - 1 ? null : nowMs - (held.length - index - 1) * day,
      entries: Object.fromEntries(paths.map((at) => [at, entryOf(files[at])])),
    }),
  );
  return { kind: "known", states: states.toReversed(), end: null, growthPaths: paths, contents };
}

function judged(past: Past, ...files: readonly ChangedFile[]) {
  const { findings, gaps, verdict, nextLookMs } = judge(byPerson(undefined, { change: changeOf(...files), past }), [
    policy,
  ]);
  return {
    findings: findings.flatMap(({ rule, message }) => (rule === "config-value-out-of-bounds" ? [message] : [])),
    gaps: gaps.map(({ reason }) => reason),
    verdict,
    nextLookMs,
  };
}
/** What the pool was, day by day until now, and what it is to be. */
function grows(
  held: readonly (number | string)[],
  to: number | string,
  change: (past: KnownPast) => Past = (past) => past,
) {
  const past = change(pastOf(...held.map((value) => ({ [path]: pool(value) }))));
  return judged(past, file(path, pool(held.at(-1) ?? ""), pool(to)));
}
const silent = { findings: [], gaps: [] };

describe("growth within a window", () => {
  test("is measured against the smallest value that the base held", () => {
    expect(grows([50, 90], 100)).toMatchObject(silent);
    expect(grows([50, 90], 101)).toMatchObject({
      findings: ["`DB_POOL` 90 → 101: more than 2× the 50 that the base held within 30d"],
    });
  });

  test("is silent for a value that returns to at most the multiple of what it shrank to, and for one that shrinks", () => {
    expect(grows([50, 30], 60)).toMatchObject(silent);
    expect(grows([50, 30], 61).findings).toHaveLength(1);
    expect(grows([10, 900], 800)).toMatchObject(silent);
  });

  test("is silent where only the form changes", () => {
    const manifest = (value: string) => `# pool\nDB_POOL=${value}`;
    const past = pastOf({ [path]: pool(10) }, { [path]: pool(90) });
    expect(judged(past, file(path, pool(90), manifest("90 # the pool\n")))).toMatchObject(silent);
  });

  test("counts what stood in another file of the same name, or in another manifest of the same object", () => {
    const elsewhere = "config/orders/.env";
    const moved = pastOf(
      { [elsewhere]: pool(50), [path]: null },
      { [elsewhere]: null, [path]: pool(50) },
      { [path]: pool(90) },
    );
    expect(judged(moved, file(path, pool(90), pool(120))).findings).toHaveLength(1);
    const map = (size: number) =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: orders }\ndata: { DB_POOL: "${size}" }\n`;
    const [from, to] = ["k8s/a.yaml", "k8s/b.yaml"];
    const past = pastOf({ [from]: map(50), [to]: null }, { [from]: null, [to]: map(90) });
    expect(judged(past, file(to, map(90), map(120))).findings).toHaveLength(1);
  });

  test("counts what stood before the key was taken out for a while", () => {
    const past = pastOf({ [path]: pool(50) }, { [path]: "PORT=1\n" });
    expect(judged(past, file(path, "PORT=1\n", `PORT=1\n${pool(120)}`)).findings).toHaveLength(1);
    expect(judged(past, file(path, "PORT=1\n", `PORT=1\n${pool(100)}`))).toMatchObject(silent);
  });

  test("counts what stood as the window begins, and is looked at again when the next value leaves it", () => {
    const aged = (past: KnownPast): KnownPast => ({
      ...past,
      states: past.states.map((state) => ({
        ...state,
        sinceMs: state.sinceMs - 27 * day,
        untilMs: state.untilMs === null ? null : state.untilMs - 27 * day,
      })),
    });
    const found = grows([20, 50, 90], 120, aged);
    expect(found.findings[0]).toContain("the 20 that");
    expect(found.nextLookMs).toBe(nowMs + day);
    const later = (past: KnownPast) => aged(aged(past));
    expect(grows([20, 50, 90], 120, later)).toMatchObject({ ...silent, nextLookMs: null });
  });

  test.each([
    ["was not asked for", () => ({ kind: "not_asked" }) as const],
    ["goes back less far", (past: KnownPast) => ({ ...past, end: { beforeMs: nowMs - 3 * day, because: "it ends" } })],
    [
      "is not known at all",
      (past: KnownPast) => ({ ...past, end: { beforeMs: null, because: "it ends" }, states: [] }),
    ],
    ["lacks a commit", (past: KnownPast) => lacking(past, () => ({}))],
    ["lacks a file", (past: KnownPast) => ({ ...past, growthPaths: [] })],
    ["lacks a version", (past: KnownPast) => ({ ...past, contents: {} })],
  ])("is not decided where the past %s", (_, change: (past: KnownPast) => Past) => {
    const found = grows([50, 60], 70, change);
    expect(found).toMatchObject({ findings: [], verdict: "hold" });
    expect(found.gaps).toHaveLength(1);
  });

  test("is still told against what is known of a past that is not known to its end", () => {
    const cut = (past: KnownPast) => ({ ...past, end: { beforeMs: nowMs - 3 * day, because: "it ends" } });
    expect(grows([50, 60], 101, cut).findings).toHaveLength(1);
  });

  test("is not decided against a value that nobody can compare; one without a limit is no measure", () => {
    expect(grows(["${POOL}", 60], 70).gaps).toHaveLength(1);
    expect(grows(["0", 60], 70)).toMatchObject(silent);
  });

  test("in a place that keeps no record of the branch is measured against what stands", () => {
    expect(grows([10, 60], 70, () => ({ kind: "unknowable" }))).toMatchObject(silent);
  });

  test("is never judged milder for knowing more of the past", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 5 });
    const verdictOf = (held: readonly number[], to: number) => verdicts.indexOf(grows(held, to).verdict);
    fc.assert(
      fc.property(sizes, sizes, fc.integer({ min: 1, max: 900 }), (older, newer, to) => {
        expect(verdictOf([...older, ...newer], to)).toBeGreaterThanOrEqual(verdictOf(newer, to));
      }),
      { numRuns: 60 },
    );
  });
});

function lacking(past: KnownPast, entries: () => FormerState["entries"]): KnownPast {
  return {
    ...past,
    states: past.states.map((state, index) => (index === 1 ? { ...state, entries: entries() } : state)),
  };
}
