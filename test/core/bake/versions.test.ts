import { describe, expect, it } from "vitest";
import { loadSyntax } from "../../../src/adapters/syntax/load.ts";
import { createMemo } from "../../../src/adapters/syntax/memo.ts";
import { sought } from "../../../src/core/bake/versions.ts";
import type { ChangedFile, Content, FileVersion } from "../../../src/core/change/change-set.ts";
import type { DeploymentRecord } from "../../../src/core/deployments/deployments.ts";
import { sha256 } from "../../../src/lib/digest.ts";

const tools = { syntax: await loadSyntax(), memo: createMemo(1_000) };

function file(text: string | null): FileVersion | null {
  return text === null ? null : { mode: "100644", sha: sha256(text).slice(0, 40), content: { kind: "text", text } };
}

/** Whether staging has what production is to get, with one commit that holds `staging` at the twin's path. */
function same(path: string, before: string | null, after: string | null, staging: string | null): boolean | "nothing" {
  const twin = path.replace("production", "staging");
  const stands = file(staging);
  const changed: ChangedFile = {
    path,
    status: before === null ? "added" : after === null ? "removed" : "modified",
    before: file(before),
    after: file(after),
  };
  const contents: Record<string, Content> = stands === null ? {} : { [stands.sha]: stands.content };
  const record: DeploymentRecord = {
    environments: [],
    branches: [],
    tips: [],
    paths: [twin],
    arrivals: [],
    versions: [{ sha: "d", files: stands === null ? {} : { [twin]: { mode: stands.mode, sha: stands.sha } } }],
    contents,
  };
  const change = sought([{ file: changed, twins: [twin] }], record, tools);
  return change === null ? "nothing" : (change.at("d")?.same ?? false);
}

describe("a promotion is the same value at the same place, whatever stands around it", () => {
  it.each([
    [
      "an image's tag",
      "k8s/production/values.yaml",
      (v: string, own: string) => `replicas: ${own}\nimage: { repository: r/payment, tag: "${v}" }\n`,
    ],
    [
      "an image with its digest",
      "k8s/production/api.yaml",
      (v: string, own: string) =>
        `kind: Deployment\nspec: { replicas: ${own}, template: { spec: { containers: [{ name: api, image: "r/api:1@sha256:${v}" }] } } }\n`,
    ],
    [
      "images of Kustomize, in any order",
      "k8s/overlays/production/kustomization.yaml",
      (v: string, own: string) =>
        own === "1"
          ? `images:\n- { name: api, newTag: "${v}" }\n- { name: web, newTag: "7" }\n`
          : `images:\n- { name: web, newTag: "8" }\n- { name: api, newTag: "${v}" }\n`,
    ],
    [
      "Argo CD's targetRevision",
      "argocd/production.yaml",
      (v: string, own: string) =>
        `kind: Application\nmetadata: { name: payment-${own} }\nspec: { source: { targetRevision: "${v}" } }\n`,
    ],
    [
      "a chart's version",
      "charts/production/Chart.yaml",
      (v: string, own: string) => `name: shop-${own}\ndependencies:\n- { name: redis, version: "${v}" }\n`,
    ],
    [
      "a module's ref",
      "terraform/production/main.tf",
      (v: string, own: string) =>
        `module "db" {\n  source = "git::https://example.com/acme/modules.git?ref=v${v}"\n  size   = ${own}\n}\n`,
    ],
    [
      "a module's version",
      "terraform/production/main.tf",
      (v: string, own: string) =>
        `module "db" {\n  source  = "acme/db/aws"\n  version = "${v}"\n  size    = ${own}\n}\n`,
    ],
  ] as const)("%s", (_, path, text) => {
    expect(same(path, text("1.0", "1"), text("1.1", "1"), text("1.1", "2"))).toBe(true);
    expect(same(path, text("1.0", "1"), text("1.1", "1"), text("1.2", "2"))).toBe(false);
    expect(same(path, text("1.0", "1"), text("1.1", "1"), text("1.0", "2"))).toBe(false);
    expect(same(path, text("1.0", "1"), text("1.1", "1"), null)).toBe(false);
  });

  it("every value counts, and those at other places do not stand in", () => {
    const [before, after] = ["a: { tag: 1 }\nb: { tag: 1 }\n", "a: { tag: 1 }\nb: { tag: 2 }\n"];
    expect(same("production.yaml", before, after, "a: { tag: 2 }\nb: { tag: 1 }\n")).toBe(false);
    expect(same("production.yaml", before, "a: { tag: 2 }\nb: { tag: 2 }\n", after)).toBe(false);
  });
});

describe("a patch", () => {
  it("that adds or removes values is the same where they stand, or are gone, elsewhere", () => {
    expect(same("production.yaml", "a: 1\n", "a: 1\nb: { c: 2 }\n", "x: 9\nb: { c: 2 }\n")).toBe(true);
    expect(same("production.yaml", "a: 1\nb: 2\n", "a: 1\n", "x: 9\n")).toBe(true);
    expect(same("production.yaml", "a: 1\nb: 2\n", "a: 1\n", "x: 9\nb: 2\n")).toBe(false);
  });

  it("of a new file asks for all of it, and of a removed one that it is gone", () => {
    expect(same("production/a.yaml", null, "a: 1\nb: 2\n", "b: 2\na: 1\n")).toBe(true);
    expect(same("production/a.yaml", null, "a: 1\nb: 2\n", "a: 1\n")).toBe(false);
    expect(same("production/a.yaml", "a: 1\n", null, null)).toBe(true);
    expect(same("production/a.yaml", "a: 1\n", null, "a: 1\n")).toBe(false);
  });

  it("that cannot be told value by value asks for the same file", () => {
    for (const path of ["production/run.sh", "production/broken.yaml", "production/tagged.yaml"]) {
      const text = (v: string): string => (path.includes("tagged") ? `a: !Sub ${v}\n` : `{{ if ${v} }}\n`);
      expect(same(path, text("1"), text("2"), text("2"))).toBe(true);
      expect(same(path, text("1"), text("2"), `${text("2")}# more\n`)).toBe(false);
    }
    expect(same("production.yaml", "a: !Ref x\n", "a: !Sub x\n", "a: !Ref x\n")).toBe(false);
  });

  it("that a broken file stands for elsewhere is not the same", () => {
    expect(same("production.yaml", "a: 1\n", "a: 2\n", "a: 2\n a: [\n")).toBe(false);
  });

  it("of comments alone has nothing to run", () => {
    expect(same("production.yaml", "a: 1\n", "a: 1 # one\n", null)).toBe("nothing");
    expect(same("production/main.tf", 'a = "1"\n', '# one\na = "1"\n', null)).toBe("nothing");
  });
});
