import { describe, expect, test } from "vitest";
import type { ChangedFile } from "../../../src/core/change/change-set.ts";
import { added, between, context, edited, removed, text, version } from "../change/changes.ts";
import { environment, reachPolicy } from "./policies.ts";
import { environments, named, reach } from "./reached.ts";

describe("what a cluster gets", () => {
  const object = (apiVersion: string, kind: string) =>
    `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: x\n`;
  const service = object("v1", "Service");
  const manifest = (path: string) => text(path, service, `${service}  labels: {}\n`);

  test("may be production where nothing tells: a manifest, added, edited or removed", () => {
    for (const file of [manifest("k8s/api.yaml"), added("k8s/api.yaml", service), removed("k8s/api.yaml", service)])
      expect(environments([file])).toBe("?");
    expect(environments([text("api.json", "{}", '{"apiVersion": "v1", "kind": "Service"}')])).toBe("?");
  });
  test("also a manifest that nobody can read, whatever stands there now", () => {
    const unread = version("100644", { kind: "unread", reason: "too large" });
    const texts = [`${service}  a: [`, `${service}  a: {{ .Values.a }}\n  {{- end }}\n`];
    for (const after of texts) expect(environments([text("k8s/api.yaml", service, after)])).toBe("?");
    expect(environments([between("deploy/api.yaml", unread, null)])).toBe("?");
  });
  test("is told by the layout, by a name and by the branch", () => {
    const layout = reachPolicy({
      layout: ["clusters/{environment}/**"],
      environments: { production: environment("production", "production", { aliases: ["blue"] }) },
    });
    expect(environments([manifest("clusters/blue/api.yaml")], layout)).toBe("production");
    expect(environments([manifest("clusters/green/api.yaml")], layout)).toBe("?");
    expect(environments([manifest("k8s/staging/api.yaml")])).toBe("staging");
    expect(environments([manifest("k8s/api.yaml")], reachPolicy(), "staging")).toBe("staging");
  });
  test("is nothing below samples and tests, unless the layout says so", () => {
    for (const folder of ["examples", "docs", "tests/fixtures", "config/samples"])
      expect(environments([manifest(`${folder}/api.yaml`)])).toBe("");
    const layout = reachPolicy({ layout: ["examples/{environment}/**"] });
    expect(environments([manifest("examples/prod/api.yaml")], layout)).toBe("production");
  });
  test.each([
    ["skaffold/v4beta11", "Config", ""],
    ["kind.x-k8s.io/v1alpha4", "Cluster", ""],
    ["k3d.io/v1alpha5", "Simple", ""],
    ["scaffolder.backstage.io/v1beta3", "Template", ""],
    ["chainsaw.kyverno.io/v1alpha1", "Test", ""],
    ["kyverno.io/v1", "ClusterPolicy", "?"],
    ["kustomize.toolkit.fluxcd.io/v1", "Kustomization", "?"],
    ["argoproj.io/v1alpha1", "Application", "?"],
    ["v1", "Config", "?"],
    ["notbackstage.io/v1", "Component", "?"],
  ])("objects of %s %s: %j", (apiVersion, kind, expected) => {
    const tool = object(apiVersion, kind);
    expect(environments([added("deploy.yaml", tool)])).toBe(expected);
    expect(environments([added("deploy.yaml", `${tool}---\n${service}`)])).toBe("?");
  });

  describe("from a chart", () => {
    const chart = context("charts/api/Chart.yaml", "apiVersion: v2\nname: api\n");
    test.each([
      ["charts/api/templates/_helpers.tpl", "?"],
      ["charts/api/values.yaml", "?"],
      ["charts/api/files/run.sh", "?"],
      ["charts/api/Chart.lock", "?"],
      ["charts/api/values-prod.yaml", "production"],
      ["charts/api/README.md", ""],
      ["charts/api/templates/tests/connection.yaml", ""],
      ["charts/api/ci/kind-values.yaml", ""],
      ["charts/web/templates/_helpers.tpl", ""],
    ])("%s: %j", (path, expected) => expect(environments([edited(path), chart])).toBe(expected));
    test("that begins or ends with this change", () => {
      const files = (of: (path: string) => ChangedFile) => [of("api/Chart.yaml"), of("api/templates/run.sh")];
      for (const of of [added, removed]) expect(reach(files(of)).files.map(named)).toEqual(["?", "?"]);
    });
    test("at the root of a repository is what Helm reads by itself, no source code", () => {
      const root = context("Chart.yaml", "name: api\n");
      const ends = ["templates/x.tpl", "values.schema.json", "charts/db.tgz", "src/app.ts", "tsconfig.json"].map(
        (path) => environments([edited(path), root]),
      );
      expect(ends).toEqual(["?", "?", "?", "", ""]);
    });
    test("is also its values elsewhere, by their conventional names", () => {
      const paths = [
        "helm/values.yaml",
        "api.values.yml",
        "values-blue.yaml",
        "helmfile.d/helmfile.yaml",
        "x/eval.yaml",
      ];
      expect(paths.map((path) => environments([edited(path)]))).toEqual(["?", "?", "?", "?", ""]);
    });
  });

  describe("from a Kustomize folder", () => {
    const names = (body: string) => context("k8s/base/kustomization.yaml", body);
    const file = edited("k8s/base/config/app.properties");
    test("is what the folder names", () => {
      expect(environments([file, names("configMapGenerator:\n  - files: [config/app.properties]\n")])).toBe("?");
      expect(environments([file, names("resources: [api.yaml]\n")])).toBe("");
      expect(environments([edited("k8s/other/app.properties"), names("- app.properties\n")])).toBe("");
      expect(environments([edited("k8s/base/Kustomization")])).toBe("?");
      expect(environments([edited("k8s/overlays/prod/kustomization.yml")])).toBe("production");
    });
    test("is everything where nobody can tell what it names, or did until now", () => {
      expect(environments([file, names('files: ["config/\\x61pp.properties"]\n')])).toBe("?");
      const unread = version("100644", { kind: "unread", reason: "too large" });
      expect(environments([file, between("k8s/base/kustomization.yaml", unread, unread)])).toBe("?");
      const dropped = text("k8s/base/kustomization.yaml", "files: [config/app.properties]\n", "files: []\n");
      expect(reach([file, dropped]).files.map(named)).toEqual(["?", "?"]);
    });
  });
});
