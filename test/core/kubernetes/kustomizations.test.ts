import { describe, expect, test } from "vitest";
import { parseExample, reversed } from "../../../src/core/example.ts";
import { kubernetes, type KubernetesView } from "../../../src/core/views/kubernetes.ts";
import type { Value } from "../../../src/core/views/value.ts";

const tools = { memo: <T>(_: string, compute: () => T): T => compute() };

function look(change: string) {
  return kubernetes(parseExample(change).change, tools);
}

/** Every object as `kind/name @ path: before -> after` of one value. */
function values(view: KubernetesView, ...path: readonly (string | number)[]): readonly string[] {
  return view.objects.map(({ before, after }) => {
    const object = after ?? before;
    const shown = (root: Value | undefined): string => String(root?.at(...path)?.scalar ?? "-");
    return `${object?.kind}/${object?.name} @ ${object?.path}: ${shown(before?.root)} -> ${shown(after?.root)}`;
  });
}

const memory = ["spec", "template", "spec", "containers", 0, "resources", "limits", "memory"] as const;
const deployment = (limit: string, marker = " "): string => `  apiVersion: apps/v1
  kind: Deployment
  metadata: { name: web }
  spec:
    replicas: 2
    template:
      spec:
        containers:
${marker}         - { name: web, image: "acme/web:1", resources: { limits: { memory: ${limit} } } }`;
const base = (letter = "=", limit = "512Mi"): string =>
  `${letter} base/kustomization.yaml\n  resources: [web.yaml]\n${letter} base/web.yaml\n${deployment(limit)}`;
const patch = (limit: string): string =>
  `{ apiVersion: apps/v1, kind: Deployment, metadata: { name: web }, spec: { template: { spec: { containers: [{ name: web, resources: { limits: { memory: ${limit} } } }] } } } }`;

describe("an overlay", () => {
  const patched = `${base()}
M overlays/prod/kustomization.yaml
  resources: [../../base]
+ patches: [{ path: more.yaml }]
A overlays/prod/more.yaml
  ${patch("2Gi")}`;

  test("that patches a value of its base is growth from the value of the base", () => {
    const { view, gaps } = look(patched);
    expect(gaps).toEqual([]);
    expect(values(view, ...memory)).toEqual(["Deployment/web @ overlays/prod/kustomization.yaml: 512Mi -> 2Gi"]);
  });

  test("has each value at the place that sets it", () => {
    const [web] = look(patched).view.objects;
    const placeOf = (root: Value | undefined, ...path: readonly (string | number)[]) => root?.at(...path)?.place.path;
    expect(placeOf(web?.after?.root, ...memory)).toBe("overlays/prod/more.yaml");
    expect(placeOf(web?.before?.root, ...memory)).toBe("base/web.yaml");
    expect(placeOf(web?.after?.root, "spec", "replicas")).toBe("base/web.yaml");
    expect(web?.files).toContain("overlays/prod/more.yaml");
  });

  test("keeps what it overrides where the base moves", () => {
    const moved = `= base/kustomization.yaml
  resources: [web.yaml]
M base/web.yaml
${deployment("512Mi").replace("          - {", "-         - {")}
${deployment("1Gi").split("\n").at(-1)?.replace("  ", "+ ")}
= overlays/prod/kustomization.yaml
  resources: [../../base]
  patches: [{ path: more.yaml }]
= overlays/prod/more.yaml
  ${patch("2Gi")}
= overlays/test/kustomization.yaml
  resources: [../../base]`;
    expect(values(look(moved).view, ...memory)).toEqual([
      "Deployment/web @ overlays/prod/kustomization.yaml: 2Gi -> 2Gi",
      "Deployment/web @ overlays/test/kustomization.yaml: 512Mi -> 1Gi",
    ]);
  });

  test("that goes takes its objects with it, though their base stays", () => {
    const gone = `${base()}\nD overlays/prod/kustomization.yaml\n  resources: [../../base]`;
    const { objects } = look(gone).view;
    expect(objects.filter(({ after }) => after === undefined).map(({ before }) => before?.path)).toEqual([
      "overlays/prod/kustomization.yaml",
    ]);
  });

  test("that no longer names a file deletes what is in it", () => {
    const change = `M k8s/prod/kustomization.yaml
- resources: [claim.yaml]
+ resources: []
= k8s/prod/claim.yaml
  apiVersion: v1
  kind: PersistentVolumeClaim
  metadata: { name: disk }`;
    const [claim] = look(change).view.objects;
    expect([claim?.before?.kind, claim?.after, claim?.changed]).toEqual(["PersistentVolumeClaim", undefined, true]);
  });

  test("sets replicas, image, namespace, names and annotations", () => {
    const change = `${base()}
A overlays/prod/kustomization.yaml
  resources: [../../base]
  namespace: shop
  namePrefix: prod-
  replicas: [{ name: web, count: 9 }]
  images: [{ name: acme/web, newTag: "7" }]
  commonAnnotations: { keep: "yes" }`;
    const { objects } = look(change).view;
    const web = objects.find(({ before }) => before === undefined);
    expect(web?.key).toBe("apps/Deployment/shop/prod-web");
    expect(objects.filter(({ after }) => after === undefined)).toEqual([]);
    const at = (...path: readonly (string | number)[]) => web?.after?.root.at(...path)?.scalar;
    expect(at("spec", "replicas")).toBe(9);
    expect(at("spec", "template", "spec", "containers", 0, "image")).toBe("acme/web:7");
    expect(at("metadata", "annotations", "keep")).toBe("yes");
  });

  test("of components and nested overlays is put together in their order", () => {
    const change = `${base()}
= parts/large/kustomization.yaml
  kind: Component
  patches: [{ target: { kind: Deploy.*, name: w.b }, patch: '[{ "op": "replace", "path": "/spec/replicas", "value": 5 }]' }]
= overlays/prod/kustomization.yaml
  resources: [../../base]
  components: [../../parts/large]
A overlays/prod-eu/kustomization.yaml
  resources: [../prod]
  nameSuffix: -eu`;
    expect(values(look(change).view, "spec", "replicas")).toEqual([
      "Deployment/web @ overlays/prod/kustomization.yaml: 5 -> 5",
      "Deployment/web-eu @ overlays/prod-eu/kustomization.yaml: - -> 5",
    ]);
  });
});

test("what a kustomization takes from its own folder is deployed from its file", () => {
  const change = `= k8s/kustomization.yaml\n  resources: [prod]\n= k8s/prod/kustomization.yaml\n  resources: [web.yaml]\n  replicas: [{ name: web, count: 3 }]\nA k8s/prod/web.yaml\n${deployment("1Gi")}`;
  expect(values(look(change).view, "spec", "replicas")).toContain("Deployment/web @ k8s/prod/web.yaml: - -> 3");
});

test("a base that something deploys by its folder stands for itself beside its overlays", () => {
  const application =
    "= argo/web.yaml\n  apiVersion: argoproj.io/v1alpha1\n  kind: Application\n  metadata: { name: web }\n  spec: { source: { path: base/ } }";
  const change = `${base("A")}\nA overlays/test/kustomization.yaml\n  resources: [../../base]`;
  const paths = (text: string) =>
    look(text).view.objects.flatMap(({ after }) => (after?.kind === "Deployment" ? [after.path] : []));
  expect(paths(change)).toEqual(["overlays/test/kustomization.yaml"]);
  expect(paths(`${application}\n${change}`)).toEqual(["base/web.yaml", "overlays/test/kustomization.yaml"]);
});

test("generated configuration is an object with its values", () => {
  const change = `A k8s/kustomization.yaml
  configMapGenerator: [{ name: web, literals: [POOL=40], envs: [web.env] }]
A k8s/web.env
  # comment
  WORKERS=8`;
  const [web] = look(change).view.objects;
  expect(web?.key).toBe("/ConfigMap//web");
  expect(["POOL", "WORKERS"].map((key) => web?.after?.root.at("data", key)?.scalar)).toEqual(["40", "8"]);
});

test("a folder that goes over from a kustomization to plain manifests deletes nothing", () => {
  const change = `D k8s/prod/kustomization.yaml\n  resources: [web.yaml]\n= k8s/prod/web.yaml\n${deployment("1Gi")}`;
  expect(values(look(change).view, ...memory)).toEqual(["Deployment/web @ k8s/prod/web.yaml: 1Gi -> 1Gi"]);
});

describe("what cannot be put together", () => {
  const elsewhere = (revision: string, mark: string): string =>
    `${mark} resources: ["https://github.com/acme/base//web?ref=${revision}"]`;

  test("leaves patches of what is elsewhere as they are written", () => {
    const change = `M k8s/kustomization.yaml
${elsewhere("v1", " ")}
+ replicas: [{ name: web, count: 30 }]`;
    const { view, gaps } = look(change);
    expect(view.objects.map(({ after }) => [after?.kind, after?.patch])).toEqual([["ReplicaCount", true]]);
    expect(gaps).toEqual([]);
  });

  test("is a gap where another revision of it is taken", () => {
    const change = `M k8s/kustomization.yaml\n${elsewhere("v1", "-")}\n${elsewhere("v2", "+")}`;
    expect(look(change).gaps.map(({ id, level, line }) => [id, level, line])).toEqual([
      ["outside:k8s/kustomization.yaml", "hold", 1],
    ]);
  });

  test.each([
    ["is no longer taken in", `M k8s/kustomization.yaml\n${elsewhere("v1", "-")}\n+ resources: []`],
    ["goes with its kustomization", `D k8s/kustomization.yaml\n${elsewhere("v1", " ")}`],
  ])("is a gap where what is elsewhere %s", (_, change) => {
    expect(look(change).gaps.map(({ id, level, side }) => [id, level, side])).toEqual([
      ["outside:k8s/kustomization.yaml", "hold", "base"],
    ]);
  });

  test("is one gap where another kustomization takes it in", () => {
    const change = `D k8s/a/kustomization.yaml\n${elsewhere("v1", " ")}\nM k8s/b/kustomization.yaml\n  namespace: web\n${elsewhere("v1", "+")}`;
    expect(look(change).gaps.map(({ id }) => id)).toEqual(["outside:k8s/b/kustomization.yaml"]);
  });

  test.each([
    ["a patch that fits nothing", "patches: [{ path: p.yaml }]", patch("1Gi").replace("name: web", "name: other")],
    [
      "an operation that does not apply",
      "patches: [{ path: p.yaml, target: { kind: Deployment } }]",
      '[{ op: remove, path: "/spec/x" }]',
    ],
    ["a patch that is not there", "patches: [{ path: q.yaml }]", "a: 1"],
    ["a transformer of a plugin", "transformers: [p.yaml]", "a: 1"],
    [
      "a directive that is not known",
      "patches: [{ path: p.yaml }]",
      patch("1Gi").replace("spec: {", "$retainKeys: [a], spec: {"),
    ],
  ])("%s: a gap, and what is written is shown raw", (_, key, text) => {
    const change = `${base()}\nM k8s/kustomization.yaml\n  resources: [../base]\n+ ${key}\nA k8s/p.yaml\n  ${text}`;
    const { view, gaps } = look(change);
    expect(gaps.map(({ id, level }) => `${level} ${id}`)).toContain("hold kustomization:k8s/kustomization.yaml");
    expect(view.objects.some(({ after }) => after?.path === "base/web.yaml")).toBe(true);
  });

  test.each([
    ["its folder", "k8s/prod/kustomization.yaml", "web.yaml", "k8s/prod/web.yaml"],
    ["an overlay", "overlays/prod/kustomization.yaml", "../../k8s/web.yaml", "k8s/web.yaml"],
  ])("a manifest of %s that breaks blocks as any other does", (_, kustomization, named, path) => {
    const change = `= ${kustomization}\n  resources: [${named}]\nM ${path}\n${deployment("1Gi")}\n+ x: [`;
    expect(look(change).gaps.map(({ id, level }) => `${level} ${id}`)).toEqual([`block unreadable:${path}`]);
  });

  test("a kustomization that takes itself in", () => {
    const change =
      "A a/kustomization.yaml\n  resources: [../b]\nA b/kustomization.yaml\n  resources: [../a]\nA c/kustomization.yaml\n  resources: [../a]";
    expect(look(change).view.objects).toEqual([]);
  });
});

test("the same change backwards has the same objects, the other way round", () => {
  const { change } = parseExample(`${base()}\nM o/kustomization.yaml\n  resources: [../base]\n+ namespace: shop`);
  const keys = (view: KubernetesView, side: "before" | "after") => view.objects.map((object) => object[side]?.key);
  const [there, back] = [kubernetes(change, tools).view, kubernetes(reversed(change), tools).view];
  expect(new Set(keys(there, "before"))).toEqual(new Set(keys(back, "after")));
});
