import { describe, expect, test } from "vitest";
import type { Gap } from "../../../src/core/change/change-set.ts";
import { parseExample, reversed } from "../../../src/core/example.ts";
import { kubernetes, type KubernetesView } from "../../../src/core/views/kubernetes.ts";

const tools = { memo: <T>(_: string, compute: () => T): T => compute() };

function view(change: string): { readonly view: KubernetesView; readonly gaps: readonly Gap[] } {
  return kubernetes(parseExample(change).change, tools);
}

function gaps(change: string): readonly string[] {
  return view(change).gaps.map(({ id, level, line }) => `${level} ${id}:${line ?? ""}`);
}

/** Every object as `path before -> path after`. */
function pairs(change: string): readonly string[] {
  return view(change).view.objects.map(
    ({ key, before, after }) => `${key} ${before?.path ?? "-"} -> ${after?.path ?? "-"}`,
  );
}

const pod = (name: string, extra = ""): string =>
  `  apiVersion: v1\n  kind: Pod\n  metadata: { name: ${name}${extra} }`;

describe("what is an object", () => {
  test("documents of one file, items of lists, and JSON", () => {
    const change = [
      "A a.yaml",
      pod("one"),
      "  ---",
      "  apiVersion: v1",
      "  kind: List",
      "  items:",
      "    - { apiVersion: apps/v1, kind: Deployment, metadata: { name: two, namespace: shop } }",
      "A b.json",
      '  { "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "three" } }',
    ].join("\n");
    expect(pairs(change)).toEqual([
      "/ConfigMap//three - -> b.json",
      "/Pod//one - -> a.yaml",
      "apps/Deployment/shop/two - -> a.yaml",
    ]);
  });

  test("items of a typed list, which need not repeat their type", () => {
    const list =
      "A a.yaml\n  apiVersion: apps/v1\n  kind: DeploymentList\n  items:\n    - metadata: { name: a }\n    - { kind: StatefulSet, metadata: { name: b } }";
    expect(pairs(list)).toEqual(["apps/Deployment//a - -> a.yaml", "apps/StatefulSet//b - -> a.yaml"]);
  });

  test("the words may be hidden behind escapes, anchors and merges", () => {
    expect(pairs('A a.yaml\n  "\\x61piVersion": v1\n  "\\u006bind": Pod\n  metadata: { name: hidden }')).toHaveLength(
      1,
    );
    expect(
      pairs("A a.yaml\n  x: &k { apiVersion: v1, kind: Pod }\n  <<: *k\n  metadata: { name: hidden }"),
    ).toHaveLength(1);
  });

  test.each([
    ["configuration of a program", "A config.yaml\n  replicas: 3"],
    ["text that only speaks of kinds", "A a.yaml\n  text: 'apiVersion: v1, kind: Pod'"],
    ["another kind of file", `A a.md\n${pod("one")}`],
    ["an empty file", "A a.yaml"],
  ])("%s: no object and no gap", (_, change) => {
    expect(view(change)).toEqual({ view: { objects: [], unreadChanged: [], unreadContext: [] }, gaps: [] });
  });
});

describe("which object is which", () => {
  test("the overlays of two environments stay apart, though their objects have one name", () => {
    const change = ["M k8s/production/a.yaml", pod("api"), "+ x: 1", "M k8s/staging/a.yaml", pod("api"), "+ x: 1"].join(
      "\n",
    );
    expect(pairs(change)).toEqual([
      "/Pod//api k8s/production/a.yaml -> k8s/production/a.yaml",
      "/Pod//api k8s/staging/a.yaml -> k8s/staging/a.yaml",
    ]);
  });

  test("an object that moves within its environment is paired there", () => {
    const move = (from: string, to: string): string => [`D ${from}`, pod("api"), `A ${to}`, pod("api")].join("\n");
    const change = `${move("k8s/production/a.yaml", "k8s/production/api/pod.yaml")}\n${move("k8s/staging/a.yaml", "k8s/staging/api/pod.yaml")}`;
    expect(pairs(change)).toEqual([
      "/Pod//api k8s/production/a.yaml -> k8s/production/api/pod.yaml",
      "/Pod//api k8s/staging/a.yaml -> k8s/staging/api/pod.yaml",
    ]);
  });

  test("another namespace, group or kind is another object", () => {
    const change = [
      "M a.yaml",
      "  apiVersion: v1",
      "  kind: Pod",
      "- metadata: { name: api, namespace: a }",
      "+ metadata: { name: api, namespace: b }",
    ].join("\n");
    expect(pairs(change)).toEqual(["/Pod/a/api a.yaml -> -", "/Pod/b/api - -> a.yaml"]);
  });

  test("objects of context files are no part of the change", () => {
    const change = ["M a.yaml", pod("a"), "+ x: 1", "= b.yaml", pod("b")].join("\n");
    expect(view(change).view.objects.map(({ changed }) => changed)).toEqual([true, false]);
  });
});

describe("what cannot be read", () => {
  test("a manifest that breaks blocks, at the line where it breaks", () => {
    expect(gaps(["M a.yaml", pod("api"), "+ x: [", "+ y: 1"].join("\n"))).toEqual(["block unreadable:a.yaml:5"]);
    expect(gaps(["M a.yaml", pod("api"), "+ kind: Pod"].join("\n"))).toEqual(["block unreadable:a.yaml:4"]);
  });

  test("a manifest that breaks and loses its words blocks too", () => {
    expect(
      gaps(["M a.yaml", "- apiVersion: v1", "- kind: Pod", "- metadata: { name: api }", "+ x: ["].join("\n")),
    ).toEqual(["block unreadable:a.yaml:2"]);
  });

  test.each([
    ["a symbolic link", "-> ../elsewhere.yaml"],
    ["a submodule", "(submodule)"],
    ["a binary", "(binary)"],
    ["a file that is not read", "(unread)"],
  ])("a manifest that becomes %s blocks", (_, form) => {
    expect(gaps(`M a.yaml ${form}\n- apiVersion: v1\n- kind: Pod\n- metadata: { name: api }`)).toEqual([
      "block unreadable:a.yaml:",
    ]);
  });

  test("words that are spelled out as escapes hide nothing where the rest cannot be read", () => {
    expect(gaps('A a.yaml\n  "\\x61piVersion": v1\n  "\\u006bind": Pod\n  x: [')).toEqual(["hold unreadable:a.yaml:4"]);
    expect(gaps('A a.yaml\n  text: "\\u00e9: x"\n  x: [')).toEqual([]);
  });

  test("what was never readable holds", () => {
    expect(gaps(["A a.yaml", pod("api"), "  x: ["].join("\n"))).toEqual(["hold unreadable:a.yaml:5"]);
    expect(gaps(["M a.yaml", pod("api"), "  x: [", "+ y: 1"].join("\n"))).toEqual(["hold unreadable:a.yaml:5"]);
    expect(gaps("A a.yaml (unread)")).toEqual(["hold unreadable:a.yaml:"]);
    expect(gaps("A a.yaml (binary)")).toEqual(["hold unreadable:a.yaml:"]);
    expect(gaps("D a.yaml (unread)")).toEqual(["hold unreadable:a.yaml:"]);
    expect(gaps("A k8s/prod/a.yaml -> ../base/a.yaml")).toEqual(["hold unreadable:k8s/prod/a.yaml:"]);
  });

  test("a broken manifest that is repaired leaves no gap, and its objects count as new", () => {
    const { change } = parseExample(["M a.yaml", pod("api"), "+ x: ["].join("\n"));
    const repaired = kubernetes(reversed(change), tools);
    expect(repaired.gaps).toEqual([]);
    expect(repaired.view.objects.map(({ before, after }) => [before, after?.name])).toEqual([[undefined, "api"]]);
  });

  test("none of a broken file's objects counts as removed", () => {
    expect(pairs(["M a.yaml", pod("api"), "+ x: ["].join("\n"))).toEqual([]);
  });

  test("what is surely no manifest holds nothing up", () => {
    expect(
      gaps(
        "A a.json (unread)\nA docs/a.yaml\n  text: [\nM pnpm-lock.yaml (unread)\n  a: 1\nA docs/link.yaml -> b.yaml",
      ),
    ).toEqual([]);
  });

  test("a context file that cannot be read is handed on to the rules that sum", () => {
    const { view: seen, gaps: none } = view(["= a.yaml", pod("api"), "  x: ["].join("\n"));
    expect(none).toEqual([]);
    expect(seen.unreadContext.map(({ path }) => path)).toEqual(["a.yaml"]);
  });
});

describe("Helm templates", () => {
  const template = (line: string): string =>
    [
      "M chart/templates/a.yaml",
      "  apiVersion: apps/v1",
      "  kind: Deployment",
      "  metadata:",
      "    name: {{ .Release.Name }}",
      line,
    ].join("\n");

  test("a changed line with a guarded key holds", () => {
    expect(gaps(template("+   replicas: {{ .Values.replicas }}"))).toEqual(["hold template:chart/templates/a.yaml:5"]);
    expect(gaps(template("-   memory: 1Gi"))).toEqual(["hold template:chart/templates/a.yaml:5"]);
  });

  test.each(["+   labels: {{ .Values.labels }}", "+   # replicas: 3"])("any other line does not: %s", (line) => {
    expect(gaps(template(line))).toEqual([]);
  });

  test("a template of kinds that hold no such keys does not, unless its kind is an expression too", () => {
    const role = (kind: string): string =>
      ["A c/templates/a.yaml", "  apiVersion: v1", `  kind: ${kind}`, "  x: {{ y }}", "  resources: [pods]"].join("\n");
    expect(gaps(role("ClusterRole"))).toEqual([]);
    expect(gaps(role("{{ .Values.kind }}"))).toEqual(["hold template:c/templates/a.yaml:1"]);
    expect(gaps(`${role("ClusterRole")}\n  ---\n  kind: Job`)).toEqual(["hold template:c/templates/a.yaml:1"]);
  });

  test("a template that goes leaves no gap", () => {
    expect(gaps("D chart/templates/a.yaml\n  apiVersion: v1\n  kind: Pod\n  metadata: {{ x }}\n  replicas: 3")).toEqual(
      [],
    );
  });

  test("a manifest that becomes a template blocks, whatever was changed", () => {
    expect(gaps(["M a.yaml", pod("api"), "+ labels: {{ .Values.labels }}"].join("\n"))).toEqual([
      "block template:a.yaml:",
    ]);
  });

  test("braces within quotes are text, and the manifest is read", () => {
    expect(pairs(["A a.yaml", pod("api"), '  x: "{{ $labels.pod }}"'].join("\n"))).toHaveLength(1);
  });
});
