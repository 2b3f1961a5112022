import { describe, expect, test } from "vitest";
import type { ChangedFile } from "../../../src/core/change/change-set.ts";
import { judge, repository } from "../evaluate/changes.ts";
import { changeOf, factsOf, file } from "../facts.ts";

function shared(...files: readonly ChangedFile[]): readonly string[] | undefined {
  const policy = repository('layout: ["k8s/{environment}/{service}/**"]\n');
  return judge(factsOf({ change: changeOf(...files) }), [policy]).spending?.takes.modules;
}

const context = (path: string, text: string): ChangedFile => file(path, text, text);
const changed = (path: string): ChangedFile => file(path, "locals { a = 1 }\n", "locals { a = 2 }\n");
const call = (source: string, name = "it"): string => `module "${name}" { source = "${source}" }\n`;
const module = changed("modules/db/main.tf");

describe("a shared module", () => {
  test("is one that two environments call", () => {
    const [staging, production] = ["staging", "production"].map((name) =>
      context(`terraform/${name}/main.tf`, call("../../modules/db")),
    );
    if (staging === undefined || production === undefined) throw new Error("There are two.");
    expect(shared(module, staging, production)).toEqual(["modules/db"]);
    expect(shared(module, staging)).toEqual([]);
  });

  test("is one that two roots of one environment call, also through another module", () => {
    const roots = ["api", "web"].map((name) =>
      context(`live/production/${name}/main.tf`, call("../../../modules/app")),
    );
    const through = context("modules/app/main.tf", call("../db"));
    expect(shared(module, through, ...roots)).toEqual(["modules/db"]);
    expect(shared(module, through, ...roots.slice(1))).toEqual([]);
  });

  test("is not the root, and not what only a sample calls beside its one caller", () => {
    const root = file("terraform/production/main.tf", call("../../modules/db", "a"), call("../../modules/db", "b"));
    const sample = context("examples/all/main.tf", call("../../modules/db"));
    expect(shared(root)).toEqual([]);
    expect(shared(module, context("terraform/production/main.tf", call("../../modules/db")), sample)).toEqual([]);
  });

  test("is one of which nobody knows who calls it", () => {
    expect(shared(module)).toEqual(["modules/db"]);
    expect(shared(changed("main.tf"))).toEqual([""]);
  });

  test("is a root that serves several environments by their variables", () => {
    const variables = ["staging", "production"].map((name) => context(`infra/${name}.tfvars`, "a = 1\n"));
    expect(shared(changed("infra/main.tf"), ...variables)).toEqual(["infra"]);
    expect(
      shared(context("infra/main.tf", ""), ...variables.slice(1), file("infra/staging.tfvars", "", "a = 2\n")),
    ).toEqual([]);
  });

  test("is changed by a file that it reads", () => {
    const reads = context("modules/db/main.tf", 'locals { a = file("${path.module}/start.sh") }\n');
    expect(shared(file("modules/db/start.sh", "a\n", "b\n"), reads)).toEqual(["modules/db"]);
    expect(shared(file("modules/db/README.md", "a\n", "b\n"), reads)).toEqual([]);
  });
});

describe("a shared chart or Kustomize folder", () => {
  const object = (name: string): string => `apiVersion: v1\nkind: Service\nmetadata: { name: ${name} }\n`;

  test("is one of which no environment is told", () => {
    const base = context("k8s/base/kustomization.yaml", "resources: [a.yaml]\n");
    expect(shared(file("k8s/base/a.yaml", object("a"), object("b")), base)).toEqual(["k8s/base"]);
    const chart = context("charts/api/Chart.yaml", "name: api\n");
    expect(shared(file("charts/api/templates/a.yaml", object("a"), object("b")), chart)).toEqual(["charts/api"]);
    expect(shared(file("charts/api/README.md", "a\n", "b\n"), chart)).toEqual([]);
  });

  test("is not an overlay of one environment, nor what an environment has for itself in a chart", () => {
    const overlay = context("k8s/production/api/kustomization.yaml", "resources: [a.yaml]\n");
    expect(shared(file("k8s/production/api/a.yaml", object("a"), object("b")), overlay)).toEqual([]);
    const chart = context("charts/api/Chart.yaml", "name: api\n");
    expect(shared(file("charts/api/values-production.yaml", "a: 1\n", "a: 2\n"), chart)).toEqual([]);
  });
});
