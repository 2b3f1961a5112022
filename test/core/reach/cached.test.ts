import { expect, test } from "vitest";
import { loadSyntax } from "../../../src/adapters/syntax/load.ts";
import { createMemo } from "../../../src/adapters/syntax/memo.ts";
import type { ChangedFile } from "../../../src/core/change/change-set.ts";
import { computeReach } from "../../../src/core/reach/compute.ts";
import { buildViews } from "../../../src/core/views/views.ts";
import { change, context, text } from "../change/changes.ts";
import { reachPolicy } from "./policies.ts";

const syntax = await loadSyntax();

test("what a reader made of a blob is kept: the next evaluation reads what is new", () => {
  const kept = createMemo(1_000);
  let computed: string[] = [];
  const memo = <T>(key: string, compute: () => T): T =>
    kept(key, () => {
      computed.push(key);
      return compute();
    });
  const evaluate = (...files: ChangedFile[]): readonly string[] => {
    computed = [];
    const set = change(...files);
    const { views } = buildViews(set, { syntax, memo });
    computeReach(set, views, reachPolicy(), { owner: "acme", name: "shop", baseRef: "main" }, memo);
    return computed;
  };
  const around = [
    context("base/kustomization.yaml", "resources: [s.yaml]\n"),
    context("prod/kustomization.yaml", "bases: [../base]\n"),
    context("charts/api/Chart.yaml", "name: api\n"),
    context("argo/a.yaml", "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec: {source: {path: charts/api}}\n"),
    context(".github/workflows/x.yml", "on: push\njobs: {}\n"),
    context("infra/main.tf", "locals {}\n"),
  ];
  const file = (after: string) =>
    text("base/s.yaml", "kind: A\napiVersion: v1\n", `kind: A\napiVersion: v1\nx: ${after}\n`);
  expect(evaluate(file("1"), ...around).length).toBeGreaterThan(around.length);
  expect(evaluate(file("1"), ...around)).toEqual([]);
  const again = evaluate(file("2"), ...around);
  expect(again.length).toBeGreaterThan(0);
  expect(again.filter((key) => !key.includes("x: 2"))).toEqual([]);
});
