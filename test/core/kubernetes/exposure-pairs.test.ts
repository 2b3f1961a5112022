import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { loadSyntax } from "../../../src/adapters/syntax/load.ts";
import type { ChangedFile, ChangeSet, FileVersion } from "../../../src/core/change/change-set.ts";
import { reformatted, reversed } from "../../../src/core/example.ts";
import type { Observation } from "../../../src/core/rule.ts";
import { rules } from "../../../src/core/rules/index.ts";
import { buildViews } from "../../../src/core/views/views.ts";
import { sha256 } from "../../../src/lib/digest.ts";
import { contextOf, policyOf } from "../example-context.ts";

const tools = { syntax: await loadSyntax(), memo: <T>(_: string, compute: () => T): T => compute() };

/** Objects, one after another, or the values of a chart; null where there is no file. */
const side = z.union([z.array(z.record(z.string(), z.unknown())), z.record(z.string(), z.unknown())]);
const told = z.record(z.string(), z.enum(["blocks", "asks", "undecided"])).default({});
const pair = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)+$/u),
  path: z.string().default("k8s/a.yaml"),
  around: z.record(z.string(), side).default({}),
  before: side.nullable(),
  after: side.nullable(),
  reported: told,
  backwards: told,
});
type Pair = z.output<typeof pair>;

const folder = new URL("../../corpus/exposure/", import.meta.url);
const pairs = readdirSync(folder)
  .toSorted()
  .flatMap((name) => z.array(pair).parse(parse(readFileSync(new URL(name, folder), "utf8"))));
const judging = rules.filter(({ id }) => pairs.some(({ reported }) => id in reported));

function version(written: Pair["before"]): FileVersion | null {
  if (written === null || (Array.isArray(written) && written.length === 0)) return null;
  const text = [written]
    .flat()
    .map((one) => stringify(one))
    .join("---\n");
  return { mode: "100644", sha: sha256(text).slice(0, 40), content: { kind: "text", text } };
}

function changeOf({ path, around, before: from, after: to }: Pair): ChangeSet {
  const files: ChangedFile[] = Object.entries(around).map(([name, written]) => {
    const stands = version(written);
    return { path: name, status: "unchanged", before: stands, after: stands };
  });
  const [before, after] = [version(from), version(to)];
  files.push({
    path,
    status: before === null ? "added" : after === null ? "removed" : "modified",
    before,
    after,
  });
  return { files: files.toSorted((a, b) => (a.path < b.path ? -1 : 1)) };
}

function worst(observations: readonly Observation[]): "blocks" | "asks" | "undecided" {
  if (observations.some((one) => "message" in one && one.asks !== true)) return "blocks";
  return observations.some((one) => "message" in one) ? "asks" : "undecided";
}

/** What each rule says at worst, and the gaps. */
function seen(change: ChangeSet): Readonly<Record<string, string>> {
  const policy = policyOf(undefined);
  const { views, gaps } = buildViews(change, tools);
  const context = contextOf(policy, change, views);
  const found = judging.flatMap((rule): [string, string][] => {
    const observations = rule.observe(views, policy.rules[rule.id]?.options ?? {}, context);
    return observations.length === 0 ? [] : [[rule.id, worst(observations)]];
  });
  return Object.fromEntries([...found, ...gaps.map(({ id }): [string, string] => [id, "gap"])]);
}

describe("pairs of what reaches and may do what", () => {
  test("are at least 60, a third of which let nobody do or reach anything more", () => {
    expect(new Set(pairs.map(({ id }) => id)).size).toBe(pairs.length);
    expect(pairs.length).toBeGreaterThanOrEqual(60);
    const silent = pairs.filter(({ reported }) => Object.keys(reported).length === 0);
    expect(silent.length * 3).toBeGreaterThanOrEqual(pairs.length);
  });

  test.each(pairs.map((one) => [one.id, one] as const))("%s", (_, one) => {
    const change = changeOf(one);
    expect(seen(change)).toEqual(one.reported);
    expect(seen(reversed(change)), "backwards").toEqual(one.backwards);
    expect(seen(reformatted(change)), "reformatted").toEqual({});
  });
});
