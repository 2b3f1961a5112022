import { describe, expect, test } from "vitest";
import type { ChangeSet } from "../../../src/core/change/change-set.ts";
import { parseExample } from "../../../src/core/example.ts";
import { renderedObjects } from "../../../src/core/helm/rendered.ts";
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

const own = { chart: "charts/web", path: "charts/web/values.yaml", files: [], templates: new Map<string, string>() };
const production = {
  chart: "charts/web",
  path: "charts/web/values-production.yaml",
  files: ["charts/web/values-production.yaml"],
  templates: new Map<string, string>(),
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

  test("has its values at the lines of a template that stays, where another template changed them", () => {
    const { view: built } = view("= charts/web/Chart.yaml\n  name: web\nM charts/web/templates/_size.tpl\n- 1\n+ 40", [
      {
        ...own,
        before: manifests(deployment(1, "1Gi")),
        after: manifests(deployment(40, "1Gi")),
        templates: new Map([
          ["charts/web/templates/app.yaml", 'kind: Deployment\nspec:\n  replicas: {{ include "size" . }}'],
        ]),
      },
    ]);
    const deployed = built.objects.find(({ after }) => after?.kind === "Deployment");
    expect(deployed?.after?.root.at("spec", "replicas")?.place).toMatchObject({
      path: "charts/web/templates/app.yaml",
      line: 3,
    });
  });

  test.each([
    ["by its alias", "charts/web/charts/base", "  - name: base\n    alias: store\n    version: 1.0.0"],
    ["from a folder beside it", "charts/base", "  - name: base\n    alias: store\n    repository: file://../base"],
  ])("has the objects of a chart that it takes %s at that chart's templates", (_, at, dependency) => {
    const listed = dependency.replaceAll(/^/gmu, "  ");
    const { view: built } = view(
      `= charts/web/Chart.yaml\n  name: web\n  dependencies:\n${listed}\n= ${at}/Chart.yaml\n  name: base\nM ${at}/templates/app.yaml\n  spec:\n-   replicas: 1\n+   replicas: 40`,
      [
        {
          ...own,
          before: manifests(deployment(1, "1Gi").replaceAll("web/templates", "web/charts/store/templates")),
          after: manifests(deployment(40, "1Gi").replaceAll("web/templates", "web/charts/store/templates")),
        },
      ],
    );
    const deployed = built.objects.find(({ after }) => after?.kind === "Deployment");
    expect(deployed?.after?.root.at("spec", "replicas")?.place).toMatchObject({
      path: `${at}/templates/app.yaml`,
      line: 2,
    });
  });

  test("needs no rendering of its own values alone, if it never had one and others set what it requires", () => {
    const failed: Rendering = { kind: "failed", because: "a value must be given" };
    const good = { before: manifests(deployment(1, "1Gi")), after: manifests(deployment(1, "8Gi")) };
    const { view: built, gaps } = view(template, [
      { ...own, before: failed, after: failed },
      { ...production, ...good },
    ]);
    expect(gaps).toEqual([]);
    expect(built.objects.filter(({ changed }) => changed).map(({ after }) => after?.path)).toEqual([production.path]);
  });

  test("does not come from what is only there for readers", () => {
    const { change } = parseExample(`${template}\nM charts/web/README.md\n- a\n+ b`);
    const { before, after } = renderedObjects({ ...change, rendered }, tools.memo);
    const from = [...before, ...after].flatMap((one) => one.from);
    expect([...new Set(from)]).toEqual(["charts/web/templates/app.yaml"]);
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
    [
      "one set of values failed",
      { kind: "failed", because: "two runs gave different manifests" } as const,
      "two runs gave different manifests",
    ],
    [
      "a manifest cannot be read",
      manifests("---\n# Source: web/templates/app.yaml\na: 1\na: 2\n"),
      "what Helm made of `web/templates/app.yaml` cannot be read: the key `a` stands twice in one map",
    ],
  ])("%s", (_, after, because) => {
    const good = { before: manifests(deployment(1, "1Gi")), after: manifests(deployment(1, "8Gi")) };
    const { view: built, gaps } = view(template, [
      { ...own, ...good },
      { ...production, before: manifests(deployment(1, "1Gi")), after },
    ]);
    expect(gaps).toEqual([
      `template:charts/web/templates/app.yaml: what \`charts/web/templates/app.yaml\` sets: ${because}`,
    ]);
    expect(built.objects).toEqual([]);
  });

  test("another chart, of which it is a part, was not rendered", () => {
    const text =
      "= charts/all/Chart.yaml\n  name: all\n  dependencies:\n    - name: web\n      repository: file://../web\n" +
      template;
    const good = { before: manifests(deployment(1, "1Gi")), after: manifests(deployment(1, "8Gi")) };
    const failed: Rendering = { kind: "failed", because: "a value must be given" };
    const all = {
      chart: "charts/all",
      path: "charts/all/values.yaml",
      files: [],
      templates: new Map<string, string>(),
    };
    expect(
      view(text, [
        { ...own, ...good },
        { ...all, before: failed, after: failed },
      ]).gaps,
    ).toEqual([
      "template:charts/web/templates/app.yaml: what `charts/web/templates/app.yaml` sets: a value must be given",
    ]);
  });

  test("its own values alone do no longer make it", () => {
    const good = { before: manifests(deployment(1, "1Gi")), after: manifests(deployment(1, "8Gi")) };
    const failed: Rendering = { kind: "failed", because: "a value must be given" };
    const { gaps } = view(template, [
      { ...own, before: good.before, after: failed },
      { ...production, ...good },
    ]);
    expect(gaps).toHaveLength(1);
    expect(view(template, [{ ...own, before: failed, after: failed }]).gaps).toHaveLength(1);
  });
});
