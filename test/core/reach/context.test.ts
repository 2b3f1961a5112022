import { describe, expect, test } from "vitest";
import type { Tree, TreeEntry } from "../../../src/core/change/build.ts";
import { contextPaths } from "../../../src/core/reach/context.ts";
import { reachPolicy } from "./policies.ts";

/** A tree of paths; those that end in `@` are symlinks. */
function tree(...paths: string[]): Tree {
  return new Map(
    paths.map((path): [string, TreeEntry] => {
      const isLink = path.endsWith("@");
      return [isLink ? path.slice(0, -1) : path, { mode: isLink ? "120000" : "100644", sha: "1" }];
    }),
  );
}
const capacity = [
  {
    name: "pool",
    environments: ["staging"],
    memory: null,
    count: "limits" as const,
    headroom: { numerator: 0n, denominator: 1n },
  },
];

describe("context of Terraform", () => {
  const head = tree(
    "src/app.ts",
    "prod/main.tf",
    "prod/prod.tfvars",
    "prod/x.json",
    "modules/a/main.tf.json",
    "modules/a/tpl/x.sh",
    "docs/a.md",
    "src/link@",
  );
  test("is all Terraform and every symlink, for a change inside a module", () => {
    const all = ["modules/a/main.tf.json", "prod/main.tf", "prod/prod.tfvars", "src/link"];
    expect(contextPaths(head, ["modules/a/tpl/x.sh"], reachPolicy())).toEqual({ paths: all, gaps: [] });
    expect(contextPaths(head, ["modules/new/main.tf"], reachPolicy()).paths).toEqual(all);
    expect(contextPaths(head, ["modules/a/main.tf.json"], reachPolicy()).paths).not.toContain("modules/a/main.tf.json");
  });
  test("is nothing for a change elsewhere, unless a symlink may lead into a module", () => {
    expect(contextPaths(head, ["src/app.ts"], reachPolicy()).paths).toEqual([]);
    expect(contextPaths(tree("lib/a.sh", "prod/main.tf", "prod/a.sh@"), ["lib/a.sh"], reachPolicy()).paths).toEqual([
      "prod/a.sh",
      "prod/main.tf",
    ]);
  });
});

test("context of Kubernetes is the pool that the change draws on, and its neighbours", () => {
  const head = tree(
    "k8s/staging/api/d.yaml",
    "k8s/staging/web/d.yml",
    "k8s/prod/api/d.yaml",
    "k8s/prod/api/hpa.yaml",
    "k8s/prod/web/d.yaml",
    "x.json",
  );
  const policy = reachPolicy({ layout: ["k8s/{environment}/**"], capacity });
  expect(contextPaths(head, ["k8s/staging/api/d.yaml"], policy).paths).toEqual(["k8s/staging/web/d.yml"]);
  expect(contextPaths(head, ["k8s/prod/api/d.yaml"], policy).paths).toEqual(["k8s/prod/api/hpa.yaml"]);
  expect(contextPaths(head, ["x.json"], policy).paths).toEqual([]);
});

test("context of charts and Kustomize folders is the file that makes them one, around a change of any kind", () => {
  const head = tree("api/Chart.yaml", "api/templates/run.sh", "web/Chart.yaml", "k8s/kustomization.yml", "src/app.ts");
  const around = (path: string) => contextPaths(head, [path], reachPolicy()).paths;
  expect(["api/templates/run.sh", "k8s/base/app.env", "src/app.ts"].map(around)).toEqual([
    ["api/Chart.yaml"],
    ["k8s/kustomization.yml"],
    [],
  ]);
});

test("guardrails that are symlinks are context of every change, and other symlinks are not", () => {
  const head = tree("AGENTS.md@", ".claude@", "CLAUDE.md", "docs/link@", "docs/a.md");
  expect(contextPaths(head, ["docs/a.md"], reachPolicy()).paths).toEqual([".claude", "AGENTS.md"]);
});

test("over the limit there is a gap, and the limit is read", () => {
  const head = tree(...Array.from({ length: 5_001 }, (_, index) => `m/${index}.tf`));
  const { paths, gaps } = contextPaths(head, ["m/x.tf"], reachPolicy());
  expect([paths.length, gaps.map(({ id, level }) => [id, level])]).toEqual([5_000, [["context-over-limit", "hold"]]]);
});
