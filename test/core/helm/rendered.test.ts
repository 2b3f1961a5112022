import { describe, expect, test } from "vitest";
import type { ChangeSet } from "../../../src/core/change/change-set.ts";
import { parseExample } from "../../../src/core/example.ts";
import type { RenderedChart, Rendering } from "../../../src/core/helm/rendering.ts";
import { kubernetes, type KubernetesView } from "../../../src/core/views/kubernetes.ts";
import { sha256 } from "../../../src/lib/digest.ts";

const tools = { memo: <T>(_: string, compute: () => T): T => compute() };

function manifests(text: string): Rendering {
  return { kind: "manifests", text, digest: sha256(text) };
}

function deployment(replicas: number, memory: string): string {
  return `---
# Source: web/templates/app.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: ${replicas}
  template:
    spec:
      containers:
        - name: web
          resources: { limits: { memory: ${memory} } }
---
# Source: web/templates/hpa.yaml
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: web
spec:
  maxReplicas: 9
`;
}

const own = { chart: "charts/web", path: "charts/web/values.yaml", files: [] };
const production = {
  chart: "charts/web",
  path: "charts/web/values-production.yaml",
  files: ["charts/web/values-production.yaml"],
};

const template = `= charts/web/Chart.yaml
  name: web
= charts/web/values.yaml
  replicas: 1
M charts/web/templates/app.yaml
  apiVersion: apps/v1
  kind: Deployment
  metadata:
    name: {{ .Chart.Name }}
  spec:
    template:
      spec:
        containers:
          - name: web
            resources:
              limits:
-               memory: {{ .Values.memory }}
+               memory: 8Gi
    replicas: {{ .Values.replicas }}`;

function view(
  text: string,
  rendered: readonly RenderedChart[] | undefined,
): { readonly view: KubernetesView; readonly gaps: readonly string[] } {
  const { change } = parseExample(text);
  const given: ChangeSet = rendered === undefined ? change : { ...change, rendered };
  const { view: built, gaps } = kubernetes(given, tools);
  return { view: built, gaps: gaps.map(({ id, reason }) => `${id}: ${reason}`) };
}

describe("a chart that was rendered", () => {
  const rendered = [{ ...own, before: manifests(deployment(1, "1Gi")), after: manifests(deployment(1, "8Gi")) }];

  test("leaves no gap where its templates change: its objects are compared instead", () => {
    expect(view(template, undefined).gaps).toHaveLength(1);
    const { view: built, gaps } = view(template, rendered);
    expect(gaps).toEqual([]);
    expect(built.unreadChanged).toEqual([]);
    const [scaler, deployed] = built.objects.toSorted((a, b) => (a.key < b.key ? 1 : -1));
    expect(deployed).toMatchObject({ changed: true, after: { kind: "Deployment", name: "web", patch: false } });
    expect(scaler).toMatchObject({ changed: false, after: { kind: "HorizontalPodAutoscaler" } });
  });

  test("has its objects in the values file that it is deployed with, and their values at the lines of the template", () => {
    const { view: built } = view(template, rendered);
    const deployed = built.objects.find(({ after }) => after?.kind === "Deployment")?.after;
    expect(deployed?.path).toBe("charts/web/values.yaml");
    const container = deployed?.root.at("spec", "template", "spec", "containers")?.items()[0];
    expect(container?.at("resources", "limits", "memory")?.place).toMatchObject({
      path: "charts/web/templates/app.yaml",
      side: "head",
      line: 12,
    });
    expect(deployed?.root.at("spec", "replicas")?.place.line).toBe(13);
  });

  test("shows once what several sets of values have in common", () => {
    const same = { before: manifests(deployment(1, "1Gi")), after: manifests(deployment(1, "8Gi")) };
    const { view: built } = view(template, [
      { ...own, ...same },
      { ...production, ...same },
    ]);
    expect(built.objects.filter(({ changed }) => changed).map(({ after }) => after?.path)).toEqual([own.path]);
  });

  test("shows apart what a set of values makes different", () => {
    const { view: built } = view(template, [
      { ...own, before: manifests(deployment(1, "1Gi")), after: manifests(deployment(1, "8Gi")) },
      { ...production, before: manifests(deployment(5, "1Gi")), after: manifests(deployment(5, "8Gi")) },
    ]);
    expect(built.objects.filter(({ changed }) => changed).map(({ after }) => after?.path)).toEqual([
      production.path,
      own.path,
    ]);
  });

  test("shows no object of values beside what was rendered of them, and points at the value that changed", () => {
    const { view: built } = view(
      "= charts/web/Chart.yaml\n  name: web\nM charts/web/values.yaml\n  x: 1\n- replicaCount: 1\n+ replicaCount: 40",
      [{ ...own, before: manifests(deployment(1, "1Gi")), after: manifests(deployment(40, "1Gi")) }],
    );
    expect(built.objects.map(({ after }) => after?.patch)).toEqual([false, false]);
    const deployed = built.objects.find(({ after }) => after?.kind === "Deployment");
    expect(deployed?.after?.root.at("spec", "replicas")?.place).toMatchObject({ path: own.path, line: 2 });
  });

  test("is nothing new where both sides are the same", () => {
    const text: Rendering = { kind: "manifests", text: "", digest: "d" };
    const { view: built, gaps } = view(template, [{ ...own, before: text, after: text }]);
    expect(built.objects).toEqual([]);
    expect(gaps).toEqual([]);
  });

  test("comes whole where the chart is new", () => {
    const { view: built } = view(template, [{ ...own, before: null, after: manifests(deployment(1, "1Gi")) }]);
    expect(built.objects.map(({ before, changed }) => [before, changed])).toEqual([
      [undefined, true],
      [undefined, true],
    ]);
  });
});

describe("a chart that was not rendered keeps the gap of its templates, which says why", () => {
  test.each([
    ["one set of values failed", { kind: "failed", because: "two runs gave different manifests" } as const],
    ["the manifests cannot be read", manifests("---\na: [\n")],
  ])("%s", (_, after) => {
    const good = { before: manifests(deployment(1, "1Gi")), after: manifests(deployment(1, "8Gi")) };
    const { view: built, gaps } = view(template, [
      { ...own, ...good },
      { ...production, before: manifests(deployment(1, "1Gi")), after },
    ]);
    const because = after.kind === "failed" ? after.because : "what Helm made of the chart cannot be read";
    expect(gaps).toEqual([
      `template:charts/web/templates/app.yaml: what \`charts/web/templates/app.yaml\` sets: ${because}`,
    ]);
    expect(built.objects).toEqual([]);
  });
});
