import { describe, expect, test } from "vitest";
import { between, context, edited, text, version } from "../change/changes.ts";
import { reachPolicy } from "./policies.ts";
import { chains, environments, gapsOf } from "./reached.ts";

const address = "https://github.com/acme/shop.git";
const source = (path: string, more = "") => `repoURL: ${address}\n    path: ${path}\n${more}`;
const application = (name: string, from: string, destination = "namespace: api") =>
  `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: ${name}
spec:
  source:
    ${from}
  destination:
    ${destination}
`;
const set = (generators: string, path: string, destination: string) =>
  `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata:
  name: all
spec:
  generators:
${generators.replace(/^/gmu, "    ")}
  template:
    metadata:
      name: '{{name}}'
    spec:
      source:
        repoURL: ${address}
        path: '${path}'
      destination:
        namespace: '${destination}'
`;
const chart = context("charts/api/Chart.yaml", "name: api\n");
const template = edited("charts/api/templates/d.yaml");

describe("an Application", () => {
  test("deploys a chart to where its destination says, with the line of its path", () => {
    const app = context("argo/api.yaml", application("api", source("charts/api"), "namespace: api-prod"));
    expect(chains([template, chart, app])).toEqual([
      "production: charts/api/templates/d.yaml:1 < charts/api/Chart.yaml: < argo/api.yaml:8",
    ]);
  });
  test.each([
    ["its name", application("api-prod", source("charts/api"))],
    ["the name of the cluster", application("api", source("charts/api"), "name: prod-eu-west-1")],
    ["its address", application("api", source("charts/api"), "server: https://live.k8s.example:6443")],
  ])("is told by %s", (_, body) => {
    expect(environments([template, chart, context("argo/api.yaml", body)])).toBe("production");
  });
  test("in a circle of those that deploy each other hides none that names no environment", () => {
    const root = ["root", "all"].map((name) => context(`argo/${name}.yaml`, application(name, source("argo"))));
    const api = context("argo/api.yaml", application("api", source("charts/api")));
    const staging = context("argo/s.yaml", application("api-stg", source("charts/api")));
    expect(environments([template, chart, api, staging, ...root])).toBe("staging ?");
    expect(environments([template, chart, staging, ...root])).toBe("staging");
  });
  test("that names no environment may be production", () => {
    const app = context("argo/api.yaml", application("api", source("charts/api")));
    expect(environments([template, chart, app])).toBe("?");
    expect(
      environments([template, chart, app, context("argo/s.yaml", application("api-stg", source("charts/api")))]),
    ).toBe("staging ?");
  });
  test("deploys the files of a plain folder, below it where it says so, and a kustomization as that says", () => {
    const app = (more = "") => context("argo/api.yaml", application("api-prod", source("k8s/api", more)));
    const manifest = (path: string) =>
      text(path, "apiVersion: v1\nkind: Service\n", "apiVersion: v1\nkind: Service\nx: 1\n");
    expect(environments([manifest("k8s/api/s.yaml"), app()])).toBe("production");
    expect(environments([manifest("k8s/api/sub/s.yaml"), app()])).toBe("?");
    expect(environments([manifest("k8s/api/sub/s.yaml"), app("    directory: {recurse: true}\n")])).toBe("production");
    const kustomization = context("k8s/api/kustomization.yaml", "resources: [used.yaml]\n");
    expect(environments([manifest("k8s/api/used.yaml"), app(), kustomization])).toBe("production");
    expect(environments([manifest("k8s/api/unused.yaml"), app(), kustomization])).toBe("?");
  });
  test("reads values files beside the chart, from the root and from another source", () => {
    const files = (from: string) => context("argo/api.yaml", application("api-prod", from));
    const helm = (path: string) => source("charts/api", `    helm:\n      valueFiles: [${path}]\n`);
    expect(environments([edited("charts/api/extra.yaml"), chart, files(helm("extra.yaml"))])).toBe("production");
    expect(environments([edited("config/api.yaml"), chart, files(helm("../../config/api.yaml"))])).toBe("production");
    expect(environments([edited("config/api.yaml"), chart, files(helm("/config/api.yaml"))])).toBe("production");
    const several = `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: api-prod}
spec:
  sources:
    - repoURL: https://charts.example
      chart: api
      helm: {valueFiles: [$values/config/api.yaml]}
    - repoURL: ${address}
      ref: values
`;
    expect(environments([edited("config/api.yaml"), context("argo/api.yaml", several)])).toBe("production");
  });
  test("of another revision deploys nothing of this merge; one of another repository is asked about where it may be this one", () => {
    const app = (from: string) => [
      template,
      chart,
      context("argo/s.yaml", application("api-stg", source("charts/api"))),
      context("argo/p.yaml", application("api-prod", from)),
    ];
    expect(environments(app(source("charts/api", "    targetRevision: main\n")))).toBe("production staging");
    expect(environments(app(source("charts/api", "    targetRevision: v1.2.3\n")))).toBe("staging");
    const other = "repoURL: https://git.example/ops/mirror\n    path: charts/api\n";
    expect(environments(app(other))).toBe("production staging ?");
    expect(gapsOf(app(other))).toEqual(["unresolved-edge:argo/p.yaml:8"]);
    const modules = [{ source: "https://git.example/ops/mirror", repository: "acme/mirror" }];
    expect(environments(app(other), reachPolicy({ modules }))).toBe("staging");
  });
  test("that changes reaches where it deploys to, before and after", () => {
    const [before, after] = ["stg", "prod"].map((name) => application(`api-${name}`, source("charts/api")));
    expect(environments([text("argo/api.yaml", before ?? "", after ?? ""), chart])).toBe("production staging");
  });
  test("may be deployed by another one", () => {
    const child = text(
      "apps/api.yaml",
      application("api", source("charts/api")),
      application("api", source("charts/web")),
    );
    const parent = context("root.yaml", application("root-prod", source("apps")));
    expect(environments([child, parent])).toBe("production");
    expect(
      environments([template, chart, context("apps/api.yaml", application("api", source("charts/api"))), parent]),
    ).toBe("production");
  });
});

describe("an Application in a template of Helm", () => {
  const app = (path: string) =>
    context(
      "charts/apps/templates/a.yaml",
      application("{{ .Values.name }}", source(path), "namespace: {{ .Values.ns }}"),
    );
  const holder = [context("charts/apps/Chart.yaml", "name: apps\n"), context("charts/apps/values-prod.yaml")];
  test("is followed to the chart that renders it", () => {
    expect(chains([template, chart, app("charts/api"), ...holder])).toEqual([
      "production: charts/api/templates/d.yaml:1 < charts/api/Chart.yaml: < charts/apps/templates/a.yaml:8 < charts/apps/Chart.yaml: < charts/apps/values-prod.yaml:",
    ]);
  });
  test("whose path is an expression is a gap for what it may deploy", () => {
    const staging = context("argo/s.yaml", application("api-stg", source("charts/api")));
    const open = (path: string) => [template, chart, staging, app(path), ...holder];
    expect(environments(open("charts/{{ .Values.name }}"))).toBe("production staging ?");
    expect(gapsOf(open("charts/{{ .Values.name }}"))).toEqual(["unresolved-edge:charts/apps/templates/a.yaml:8"]);
    expect(environments(open("other/{{ .Values.name }}"))).toBe("staging");
    expect(environments(open('{{ .Values.path | default "charts/api" }}'))).toBe("production staging");
  });
  test("whose path may be anything is one only where nobody else is known", () => {
    expect(gapsOf([template, chart, app("{{ .Values.path }}"), ...holder])).toEqual([
      "unresolved-edge:charts/apps/templates/a.yaml:8",
    ]);
    const layout = reachPolicy({ layout: ["charts/**/{environment}.yaml", "{environment}/**"] });
    expect(
      gapsOf(
        [
          edited("staging/charts/api/x.yaml"),
          context("staging/charts/api/Chart.yaml"),
          app("{{ .Values.path }}"),
          ...holder,
        ],
        layout,
      ),
    ).toEqual([]);
  });
});

describe("an ApplicationSet", () => {
  const overlays = ["prod", "staging"].map((name) =>
    context(`apps/${name}/kustomization.yaml`, "resources: [../../base]\n"),
  );
  const base = [context("base/kustomization.yaml", "resources: [d.yaml]\n"), edited("base/d.yaml")];
  test("fills its template from a list", () => {
    const list =
      "- list:\n    elements:\n      - {env: prod, dir: charts/api}\n      - {env: staging, dir: charts/web}\n";
    const app = context("argo/set.yaml", set(list, "{{dir}}", "api-{{ .env }}"));
    expect(environments([template, chart, app])).toBe("production");
    expect(environments([edited("charts/web/values.yaml"), context("charts/web/Chart.yaml"), app])).toBe("staging");
  });
  test("fills it from folders", () => {
    const git = `- git:\n    repoURL: ${address}\n    directories:\n      - path: envs/*\n      - path: envs/staging\n        exclude: true\n`;
    const app = context("argo/set.yaml", set(git, "{{path}}", "api-{{path.basename}}"));
    const manifest = (path: string) =>
      text(path, "apiVersion: v1\nkind: Service\n", "apiVersion: v1\nkind: Service\nx: 1\n");
    const policy = reachPolicy({
      environments: Object.fromEntries(
        Object.entries(reachPolicy().environments).map(([name, one]) => [
          name,
          { ...one, aliases: [...one.aliases, `${name}-eu`] },
        ]),
      ),
    });
    expect(environments([manifest("envs/production-eu/d.yaml"), app], policy)).toBe("production");
    expect(environments([manifest("other/d.yaml"), app], policy)).toBe("?");
    expect(
      chains([
        ...base,
        ...overlays,
        context("argo/set.yaml", set(git.replaceAll("envs", "apps"), "{{path}}", "{{path.basename}}")),
      ]),
    ).toContain("production: base/d.yaml:1 < base/kustomization.yaml:1 < apps/prod/kustomization.yaml:1");
  });
  test("fills it from files", () => {
    const git = `- git:\n    repoURL: ${address}\n    files:\n      - path: clusters/*/config.json\n`;
    const app = context("argo/set.yaml", set(git, "{{ .chart }}", "{{ .cluster.env }}"));
    const files = [
      context("clusters/a/config.json", '{"chart": "charts/api", "cluster": {"env": "prod"}}'),
      context("clusters/b/config.json", '{"chart": "charts/web", "cluster": {"env": "staging"}}'),
    ];
    expect(environments([template, chart, app, ...files])).toBe("production");
    expect(environments([template, chart, app])).toBe("?");
  });
  test("fills it from a matrix of both", () => {
    const matrix = `- matrix:\n    generators:\n      - git:\n          repoURL: ${address}\n          directories: [{path: charts/*}]\n      - list:\n          elements: [{env: prod}, {env: staging}]\n`;
    const app = context("argo/set.yaml", set(matrix, "{{path}}", "{{path.basename}}-{{env}}"));
    expect(environments([template, chart, app])).toBe("production staging");
  });
  test("whose parameters are known where it runs is a gap for what it may deploy", () => {
    const app = context("argo/set.yaml", set("- clusters: {}\n", "charts/{{name}}", "api"));
    expect(environments([template, chart, app])).toBe("?");
    expect(gapsOf([template, chart, app])).toEqual(["unresolved-edge:argo/set.yaml:15"]);
  });
});

describe("a template with a folder and something else in it", () => {
  const git = `- git:\n    repoURL: ${address}\n    directories: [{path: charts/*}]\n`;
  test("is one edge for the folders that the glob names, and for no folder below them", () => {
    const app = context("argo/set.yaml", set(git, "{{path}}", "prod"));
    expect(environments([template, chart, app])).toBe("production");
    const below = context("charts/group/api/Chart.yaml", "name: api\n");
    expect(environments([edited("charts/group/api/values.yaml"), below, app])).toBe("?");
  });
  test("is a question where the rest of its path is not known", () => {
    const app = context("argo/set.yaml", set(git, "{{path}}/{{cluster}}", "prod"));
    const below = context("charts/group/api/Chart.yaml", "name: api\n");
    expect(gapsOf([edited("charts/group/api/values.yaml"), below, app])).toEqual(["unresolved-edge:argo/set.yaml:17"]);
  });
});

test("a file too large to be read may declare what deploys a chart, unless a package manager writes it", () => {
  const large = version("100644", { kind: "unread", reason: "larger than 1 MiB" });
  const values = edited("charts/api/values.yaml");
  const gaps = (path: string) => gapsOf([values, chart, between(path, large, large)]);
  expect(gaps("argo/apps.yaml")).toEqual(["unresolved-reader:argo/apps.yaml"]);
  expect(gaps("pnpm-lock.yaml")).toEqual([]);
  expect(gaps("web/package-lock.json")).toEqual([]);
});
