import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { loadSyntax } from "../../../src/adapters/syntax/load.ts";
import type { ChangeSet, FileVersion } from "../../../src/core/change/change-set.ts";
import { matcher } from "../../../src/core/iam/aws/compare.ts";
import { judge } from "../../../src/core/iam/aws/judge.ts";
import { buildViews } from "../../../src/core/views/views.ts";
import { sha256 } from "../../../src/lib/digest.ts";

const tools = { syntax: await loadSyntax(), memo: <T>(_: string, compute: () => T): T => compute() };

/** Statements stand in a policy of their own; a text is the whole file. */
const side = z.union([z.array(z.unknown()), z.string()]);
const pair = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/u),
  path: z.string().optional(),
  before: side,
  after: side,
  newly: z.array(z.string()),
  unproved: z.literal(true).optional(),
  sure: z.boolean().optional(),
  back: z.literal("widens").optional(),
});
const file = z.strictObject({ pairs: z.array(pair) });
type Pair = z.output<typeof pair>;
type Written = z.output<typeof side>;

const folder = new URL("../../corpus/iam/", import.meta.url);
const pairs = readdirSync(folder).flatMap(
  (name) => file.parse(parse(readFileSync(new URL(name, folder), "utf8"))).pairs,
);

function versionOf(written: Written): FileVersion | null {
  const text =
    typeof written === "string" ? written : JSON.stringify({ Version: "2012-10-17", Statement: written }, null, 2);
  return text === "" ? null : { mode: "100644", sha: sha256(text), content: { kind: "text", text } };
}

function changeOf(one: Pair, from: Written, to: Written): ChangeSet {
  const path = one.path ?? (typeof one.after === "string" ? "infra/main.tf" : "policies/api.json");
  const [before, after] = [versionOf(from), versionOf(to)];
  const status = before === null ? "added" : after === null ? "removed" : "modified";
  return { files: [{ path, status, before, after }] };
}

function judged(change: ChangeSet) {
  const { views, gaps } = buildViews(change, tools);
  const all = views.iam.holders.map((holder) => judge(holder, views.iam.actions));
  const widenings = all.flatMap((one) => one.widenings);
  return {
    gaps,
    actions: [...new Set(widenings.flatMap(({ grant, instead }) => grant?.actions ?? [instead ?? ""]))],
    sure: widenings.some(({ dangers }) => dangers.some((danger) => danger.sure)),
    unproved: all.flatMap((one) => one.unproved.map(({ what }) => what)),
  };
}

describe("pairs of permissions", () => {
  test("are at least 150, a third of them no widening, each with an id of its own", () => {
    expect(new Set(pairs.map(({ id }) => id)).size).toBe(pairs.length);
    expect(pairs.length).toBeGreaterThanOrEqual(150);
    const still = pairs.filter(({ newly, unproved }) => newly.length === 0 && unproved === undefined);
    expect(still.length).toBeGreaterThanOrEqual(50);
  });

  test.each(pairs.map((one) => [one.id, one] as const))("%s", (_, one) => {
    const { gaps, actions, sure, unproved } = judged(changeOf(one, one.before, one.after));
    expect(gaps).toEqual([]);
    expect(unproved.length > 0).toBe(one.unproved ?? false);
    const expected = one.newly.map((pattern) => pattern.toLowerCase());
    expect(actions.filter((action) => !expected.some((pattern) => matcher(pattern)(action)))).toEqual([]);
    expect(expected.filter((pattern) => !actions.some(matcher(pattern)))).toEqual([]);
    expect(sure).toBe(one.sure ?? sure);
  });

  const oneWay = pairs.filter(({ newly, back }) => newly.length > 0 && back === undefined);
  test.each(oneWay.map((one) => [one.id, one] as const))("%s: backwards it is nothing", (_, one) => {
    expect(judged(changeOf(one, one.after, one.before))).toMatchObject({ actions: [], unproved: [] });
  });
});
