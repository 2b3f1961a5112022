import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { z } from "zod";
import {
  creates,
  doesNothing,
  destroys,
  imports,
  isUnknown,
  moves,
  reads,
  replaces,
  updates,
} from "../../../src/core/terraform-plan/actions.ts";
import type { PlannedChange, TerraformPlan } from "../../../src/core/terraform-plan/plan.ts";
import { readTerraformPlan } from "../../../src/core/terraform-plan/read.ts";
import { countsOf } from "../../../src/core/terraform-plan/review.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const place = ["../shared/data", "../../shared/data"]
  .map((folder) => `${root}/${folder}/terraform-plans`)
  .find((path) => existsSync(path));
if (place === undefined) console.info("shared/data/terraform-plans is absent: real plans are not read");

const amount = z.number().nullable();
const line = z.object({
  file: z.string(),
  create: amount,
  update: amount,
  delete: amount,
  replace: amount,
  noop: amount,
  read: amount,
  other: z.record(z.string(), z.number()).nullable(),
  n_changes: amount,
  drift: amount,
});
const manifest =
  place === undefined
    ? []
    : readFileSync(`${place}/public/manifest.jsonl`, "utf8")
        .trim()
        .split("\n")
        .map((text) => line.parse(JSON.parse(text)));

/** What is published as a plan, and is none: a fragment of one, without a version. */
const noPlans = ["bridgecrewio+checkov/tests__terraform__parser__resources__plan_vpc_endpoint__tfplan.json"];

function kindOf(change: PlannedChange): string {
  if (isUnknown(change)) return "other";
  if (replaces(change)) return "replace";
  if (destroys(change)) return "delete";
  if (creates(change)) return "create";
  if (updates(change)) return "update";
  if (reads(change)) return "read";
  return doesNothing(change) ? "noop" : "other";
}

function counted(changes: readonly PlannedChange[]): Readonly<Record<string, number>> {
  const table: Record<string, number> = { create: 0, update: 0, delete: 0, replace: 0, noop: 0, read: 0, other: 0 };
  for (const change of changes) table[kindOf(change)] = (table[kindOf(change)] ?? 0) + 1;
  return table;
}

test("every public plan is read, with the actions that its manifest counts", () => {
  const read = manifest.map((given) => ({
    given,
    reading: readTerraformPlan(readFileSync(`${place}/public/${given.file}`, "utf8")),
  }));
  expect(read.filter(({ reading }) => !reading.ok).map(({ given }) => given.file)).toEqual(
    place === undefined ? [] : noPlans,
  );
  const totals: Record<string, number> = {};
  for (const { given, reading } of read) {
    if (!reading.ok) continue;
    const { create, update, delete: deleted, replace, noop, read: refreshed, other, n_changes: all, drift } = given;
    const table = counted(reading.value.changes);
    const unknown = Object.entries(other ?? {}).reduce(
      (sum, [name, times]) => (name.startsWith("other:") ? sum + times : sum),
      0,
    );
    expect({
      file: given.file,
      ...table,
      all: reading.value.changes.length,
      drift: reading.value.drift.length,
    }).toEqual({
      file: given.file,
      create,
      update,
      delete: deleted,
      replace,
      noop,
      read: refreshed,
      other: unknown,
      all,
      drift,
    });
    for (const [name, times] of Object.entries(table)) totals[name] = (totals[name] ?? 0) + times;
  }
  console.info("actions of public plans", totals);
});

/** What the plans of Terraform 1.11 come to, by their names. */
const own: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "01-create.json": { create: 3 },
  "02-update.json": { update: 1, nothing: 2 },
  "03-replace.json": { replace: 2, nothing: 1 },
  "04-delete.json": { delete: 2, nothing: 1 },
  "04b-destroy-all.json": { delete: 3 },
  "05-prevent-destroy-errored.json": { replace: 2, nothing: 1 },
  "06-moved-removed-import.json": { forget: 2, update: 1, move: 1 },
  "07-noop.json": { nothing: 3 },
  "08-create-before-destroy.json": { replace: 2, nothing: 1 },
  "09-replace-requested.json": { replace: 3 },
};

test("plans of Terraform 1.11 come to what their names say", () => {
  const found = ownPlans().map(([file, plan]) => {
    const counts = countsOf({ root: "", workspace: "", trusted: true, plan, attributions: new Map() });
    return [file, Object.fromEntries(Object.entries(counts).filter(([, number]) => number > 0))] as const;
  });
  expect(Object.fromEntries(found)).toEqual(place === undefined ? {} : own);
});

test("of plans of Terraform 1.11 one failed, one began with nothing, and one has an import, a move and order of creation", () => {
  const having = (holds: (plan: TerraformPlan) => boolean) =>
    ownPlans().flatMap(([file, plan]) => (holds(plan) ? [file] : []));
  const expected = (files: readonly string[]) => (place === undefined ? [] : files);
  expect(having(({ errored, complete }) => errored === true && complete === false)).toEqual(
    expected(["05-prevent-destroy-errored.json"]),
  );
  expect(having(({ priorState }) => priorState === null)).toEqual(expected(["01-create.json"]));
  expect(having(({ changes }) => changes.some(imports) && changes.some(moves))).toEqual(
    expected(["06-moved-removed-import.json"]),
  );
  expect(
    having(({ changes }) => changes.every(({ actions }) => actions[0] !== "delete") && changes.some(replaces)),
  ).toEqual(expected(["08-create-before-destroy.json"]));
});

function ownPlans(): readonly (readonly [file: string, plan: TerraformPlan])[] {
  const files = place === undefined ? [] : readdirSync(`${place}/own`);
  return files.map((file) => {
    const reading = readTerraformPlan(readFileSync(`${place}/own/${file}`, "utf8"));
    if (!reading.ok) throw new Error(`${file}: ${reading.reason}`);
    return [file, reading.value] as const;
  });
}
