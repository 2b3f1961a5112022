import { describe, expect, test } from "vitest";
import type { Tree, TreeEntry } from "../../../src/core/change/build.ts";
import type { Content } from "../../../src/core/change/change-set.ts";
import { contextPaths, contextRead } from "../../../src/core/reach/context.ts";
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
    cpu: null,
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
    expect(contextPaths(head, ["modules/a/tpl/x.sh"], reachPolicy())).toMatchObject({
      paths: all,
      candidates: [],
      parts: [],
      gaps: [],
    });
    expect(contextPaths(head, ["modules/new/main.tf"], reachPolicy()).paths).toEqual(all);
    expect(contextPaths(head, ["modules/a/main.tf.json"], reachPolicy()).paths).not.toContain("modules/a/main.tf.json");
  });
  test("is the same for a file that a configuration may read, wherever it lies", () => {
    const all = ["modules/a/main.tf.json", "prod/main.tf", "prod/prod.tfvars", "src/link"];
    for (const path of ["config/peers.json", "peers.yaml", "config/policy.tftpl"])
      expect(contextPaths(head, [path], reachPolicy()).paths).toEqual(all);
    expect(contextPaths(tree("src/app.ts"), ["config/peers.json"], reachPolicy()).paths).toEqual([]);
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

describe("context of what deploys", () => {
  const head = tree(
    ".github/workflows/deploy.yml",
    "api/Chart.yaml",
    "api/values-prod.yaml",
    "api/templates/run.sh",
    "argo/apps.yaml",
    "config/cluster.json",
    "k8s/kustomization.yml",
    "src/app.ts",
    "data/big.json",
  );
  const contextOf = (...changed: string[]) => contextPaths(head, changed, reachPolicy());
  const named = [".github/workflows/deploy.yml", "api/Chart.yaml", "api/values-prod.yaml", "k8s/kustomization.yml"];
  test("is what puts together and deploys by its name, for any change but documentation", () => {
    expect(contextOf("src/app.ts")).toMatchObject({ paths: named, candidates: [], gaps: [] });
    expect(contextOf("README.md").paths).toEqual([]);
  });
  test("is any YAML that may declare an Application, where one could deploy the change", () => {
    const candidates = ["argo/apps.yaml", "config/cluster.json"];
    for (const path of ["api/templates/run.sh", "k8s/app.yaml", "k8s/app.env"])
      expect(contextOf(path)).toMatchObject({ paths: named, candidates });
    expect(contextOf(".github/workflows/other.yml").candidates).toEqual([]);
  });
  test("is of libraries only what puts together: what they hold deploys nothing", () => {
    const policy = { ...reachPolicy(), libraries: ["argo/**", "lib/**"] };
    expect(contextPaths(head, ["lib/app.yaml"], policy)).toMatchObject({
      paths: named,
      candidates: ["config/cluster.json"],
    });
  });
  test("keeps what kustomizations take in that the change touches, on either side, be it in a library", () => {
    const texts: Readonly<Record<string, string>> = {
      "apps/prod/kustomization.yaml": "resources: [../../base]\npatches: [{ path: fewer.json }]\n",
      "apps/test/kustomization.yaml": "resources: [other.yaml]\n",
      "apps/test/other.yaml": "kind: Pod\n",
      "base/kustomization.yaml": "resources: [deployment.yaml]\n",
      "base/deployment.yaml": "kind: Deployment\n",
      "base/claim.yaml": "kind: PersistentVolumeClaim\n",
      "apps/prod/fewer.json": "[]",
      "lib/web/service.yaml": "kind: Service\n",
    };
    const all = tree(...Object.keys(texts));
    const byEntry = new Map([...all].map(([path, entry]) => [entry, texts[path] ?? ""]));
    const former = "resources: [deployment.yaml, claim.yaml, ../lib/web/service.yaml]\n";
    const stood: TreeEntry = { mode: "100644", sha: "f".repeat(40) };
    const read = (changed: readonly string[], base = all) =>
      contextRead(
        contextPaths(all, changed, { ...reachPolicy(), libraries: ["lib/**"] }),
        { base, head: all },
        (entry) => ({ kind: "text", text: entry === stood ? former : (byEntry.get(entry) ?? "") }),
      ).filter((path) => !path.endsWith("kustomization.yaml"));
    expect(read(["apps/prod/kustomization.yaml"])).toEqual(["base/deployment.yaml", "apps/prod/fewer.json"]);
    expect(read(["base/kustomization.yaml"], new Map([...all, ["base/kustomization.yaml", stood]]))).toEqual([
      "base/claim.yaml",
      "base/deployment.yaml",
      "apps/prod/fewer.json",
      "lib/web/service.yaml",
    ]);
  });
  test("keeps of the candidates what its text makes one, and what cannot be read", () => {
    const read = (texts: Readonly<Record<string, Content>>) => {
      const shas = tree(...Object.keys(texts));
      const byEntry = new Map([...shas].map(([path, entry]) => [entry, texts[path]]));
      const context = { paths: ["x"], candidates: Object.keys(texts), parts: [], changed: [], gaps: [] };
      return contextRead(context, { base: shas, head: shas }, (entry) => byEntry.get(entry) ?? { kind: "binary" });
    };
    const text = (content: string): Content => ({ kind: "text", text: content });
    const application = text("apiVersion: argoproj.io/v1alpha1\nkind: Application\n");
    const set = text(
      "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nspec:\n  generators:\n    - git:\n        files:\n",
    );
    const flux = text("apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n");
    const unread: Content = { kind: "unread", reason: "larger than 1 MiB" };
    expect(read({ "a.yaml": application, "b.yaml": text("kind: Pod\n"), "c.yaml": flux, "d.yaml": unread })).toEqual([
      "x",
      "a.yaml",
      "c.yaml",
      "d.yaml",
    ]);
    expect(read({ "a.yaml": application, "config.json": text("{}") })).toEqual(["x", "a.yaml"]);
    expect(read({ "a.yaml": set, "config.json": text("{}"), "config.yaml": text("x: 1\n") })).toEqual([
      "x",
      "config.json",
      "config.yaml",
      "a.yaml",
    ]);
  });
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
