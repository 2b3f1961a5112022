import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { z } from "zod";
import {
  creates,
  doesNothing,
  destroys,
  isUnknown,
  reads,
  replaces,
  updates,
} from "../../../src/core/terraform-plan/actions.ts";
import type { PlannedChange } from "../../../src/core/terraform-plan/plan.ts";
import { readTerraformPlan } from "../../../src/core/terraform-plan/read.ts";

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

test("plans of Terraform 1.11 are read", () => {
  const files = place === undefined ? [] : readdirSync(`${place}/own`);
  for (const file of files) {
    expect({ file, ok: readTerraformPlan(readFileSync(`${place}/own/${file}`, "utf8")).ok }).toEqual({
      file,
      ok: true,
    });
  }
});
