// The tables of types and attributes: what they say must be able to hold.
import { describe, expect, test } from "vitest";
import { engines } from "../../../src/core/terraform/data/engines.ts";
import { guardians, guardTables, moduleGuards } from "../../../src/core/terraform/data/guards.ts";
import { azureFeatures } from "../../../src/core/terraform/data/guards-azure.ts";
import { replacing } from "../../../src/core/terraform/data/replacing.ts";
import { families } from "../../../src/core/terraform/data/stateful-types.ts";
import { guardsIn, guardsOf, judge, valuesOf } from "../../../src/core/terraform/guarding.ts";
import { replacingPaths } from "../../../src/core/terraform/replacements.ts";
import { tierOf } from "../../../src/core/terraform/stateful.ts";

const types = families.flatMap((family) => family.types);

describe("types that hold something", () => {
  test("each is in one tier, once, and its family is sorted and names its source", () => {
    expect(types).toEqual([...new Set(types)]);
    expect(families.map((family) => family.types)).toEqual(
      families.map((family) => family.types.toSorted((a, b) => (a < b ? -1 : 1))),
    );
    expect(families.filter(({ source }) => source === "")).toEqual([]);
  });

  test("the clouds, Kubernetes and others are all there", () => {
    const providers = ["aws_", "google_", "azurerm_", "kubernetes_", "mongodbatlas_", "cloudflare_"];
    expect(providers.filter((provider) => !types.some((type) => type.startsWith(provider)))).toEqual([]);
  });

  test.each([
    ["aws_db_instance", "A"],
    ["aws_fsx_openzfs_volume", "A"],
    ["aws_eks_cluster", "B"],
    ["aws_db_subnet_group", null],
    ["aws_s3_bucket_policy", null],
    ["constructor", null],
  ] as const)("%s is %s", (type, tier) => {
    expect(tierOf(type, {})).toBe(tier);
  });

  test("a policy adds types and raises tiers, and lowers none", () => {
    const stated = { acme_ledger: "A", acme_cache: "B", aws_eks_cluster: "A", aws_db_instance: "B" } as const;
    expect(Object.keys(stated).map((type) => tierOf(type, stated))).toEqual(["A", "B", "A", "A"]);
    expect(tierOf("toString", stated)).toBeNull();
  });
});

describe("guarded attributes", () => {
  const tables = [...guardTables, moduleGuards, azureFeatures];
  const guards = tables.flatMap((table) => guardsIn(table).map((guard) => ({ table, guard })));

  test("a default is one of the values that the attribute can have", () => {
    const impossible = guards.filter(({ guard: { trend, absent, without } }) => {
      if (trend.kind === "number") return typeof absent !== "number" || typeof without !== "number";
      if (trend.kind !== "order") return absent !== null || without !== null;
      const values = trend.worstFirst.flatMap(valuesOf);
      return !values.includes(String(absent)) || !values.includes(String(without));
    });
    expect(impossible).toEqual([]);
  });

  test("every table names its source and guards something", () => {
    expect(tables.filter((table) => table.source === "" || guardsIn(table).length === 0)).toEqual([]);
  });

  test("writing the default out is no worse, and leaving it out again neither", () => {
    const worse = guards.filter(({ guard }) => {
      const value = guard.absent ?? "x";
      const written = [{ kind: "value", value, line: 1 }] as const;
      const left = [{ kind: "absent", line: 1 }] as const;
      return (
        guard.absent !== null &&
        (judge(guard, written, left) !== "no worse" || judge(guard, left, written) !== "no worse")
      );
    });
    expect(worse).toEqual([]);
  });

  test("what is guarded everywhere is guarded in types of no table too", () => {
    expect(guardsOf("acme_ledger").map(({ path }) => path)).toContain("lifecycle.prevent_destroy");
    expect(guardsOf("aws_db_instance").filter(({ path }) => path === "deletion_protection")).toHaveLength(1);
  });

  test("a guardian that has to be looked at says by which attribute, and that one is guarded", () => {
    const astray = Object.entries(guardians).filter(
      ([type, { by }]) => by !== null && !guardsOf(type).some(({ path }) => path === by),
    );
    expect(astray).toEqual([]);
  });
});

test("what cannot be changed in place is stated of types that hold data", () => {
  const holds = (type: string): boolean =>
    type.endsWith("*") ? types.some((one) => one.startsWith(type.slice(0, -1))) : tierOf(type, {}) === "A";
  expect(replacing.flatMap((table) => table.types).filter((type) => !holds(type))).toEqual([]);
  expect(replacing.filter(({ source }) => source === "")).toEqual([]);
  expect(replacingPaths("acme_ledger").map(({ path }) => path)).toContain("name");
});

test("engines are those of types that hold data", () => {
  expect(engines.flatMap((engine) => engine.types).filter((type) => tierOf(type, {}) !== "A")).toEqual([]);
});
