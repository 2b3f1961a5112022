import { describe, expect, test } from "vitest";
import { context, edited, text } from "../change/changes.ts";
import { reachPolicy } from "./policies.ts";
import { chains, environments } from "./reached.ts";

const chart = (folder: string, dependencies = "") =>
  context(`${folder}/Chart.yaml`, `name: ${folder}\n${dependencies}`);
const depends = (repository: string) => `dependencies:\n  - name: lib\n    repository: ${repository}\n`;
const values = ["production", "staging"].map((name) => context(`charts/api/values-${name}.yaml`));

describe("a chart", () => {
  test("reaches every environment that it has values for", () => {
    expect(chains([edited("charts/api/templates/d.yaml"), chart("charts/api"), ...values])).toEqual([
      "production: charts/api/templates/d.yaml:1 < charts/api/Chart.yaml: < charts/api/values-production.yaml:",
      "staging: charts/api/templates/d.yaml:1 < charts/api/Chart.yaml: < charts/api/values-staging.yaml:",
    ]);
    expect(environments([edited("charts/api/values.yaml"), chart("charts/api"), ...values])).toBe("production staging");
  });
  test.each([
    ["charts/api/values-staging.yaml", "staging"],
    ["charts/api/values/staging.yaml", "staging"],
    ["charts/api/tags/staging/web", "staging"],
    ["charts/api/staging", "staging"],
    ["charts/api/templates/staging/d.yaml", "production staging"],
    ["charts/api/ci/staging-values.yaml", "staging"],
  ])("values of one environment reach that one only: %s", (path, expected) => {
    expect(
      environments([edited(path), chart("charts/api"), ...values])
        .split(" ")
        .sort()
        .join(" "),
    ).toBe(expected);
  });
  test("that has values for everything but production may be production", () => {
    const some = ["development", "staging"].map((name) => context(`charts/api/values-${name}.yaml`));
    expect(environments([edited("charts/api/templates/d.yaml"), chart("charts/api"), ...some])).toBe(
      "development staging ?",
    );
    const root = [
      edited("infra/main.tf"),
      context("infra/x.tf", 'resource "a" "b" {}\n'),
      context("infra/staging.tfvars"),
    ];
    expect(environments(root)).toBe("staging ?");
    const workspace = context(
      "infra/cloud.tf",
      'terraform {\n  cloud {\n    workspaces {\n      name = "api-staging"\n    }\n  }\n}\n',
    );
    expect(environments([...root, workspace])).toBe("staging");
  });
  test("is not told by what one of its templates is about", () => {
    const about = edited("charts/api/templates/notify-test.yaml");
    expect(environments([about, chart("charts/api")])).toBe("development ?");
    expect(environments([edited("charts/api-prod/templates/notify-test.yaml"), chart("charts/api-prod")])).toBe(
      "development production",
    );
    const layout = reachPolicy({ layout: ["charts/api/templates/notify-{environment}.yaml"] });
    expect(environments([about, chart("charts/api")], layout)).toBe("development");
  });
  test("takes those that it depends on with it, and those in its folder of charts", () => {
    const parent = chart("charts/api", depends("file://../../lib/common"));
    expect(environments([edited("lib/common/templates/x.tpl"), chart("lib/common"), parent, ...values])).toBe(
      "production staging",
    );
    expect(
      environments([edited("charts/api/charts/db/values.yaml"), chart("charts/api/charts/db"), parent, ...values]),
    ).toBe("production staging");
    const first = [chart("charts/api"), context("charts/api/requirements.yaml", depends("file://../../lib/common"))];
    expect(environments([edited("lib/common/values.yaml"), chart("lib/common"), ...first, ...values])).toBe(
      "production staging",
    );
    expect(
      environments([
        edited("lib/common/values.yaml"),
        chart("lib/common"),
        chart("charts/api", depends("https://charts.example")),
      ]),
    ).toBe("?");
  });
  test("counts a dependency that only the base or only the head has", () => {
    const both = (before: string, after: string) => [
      edited("lib/common/values.yaml"),
      chart("lib/common"),
      text("charts/api/Chart.yaml", `name: a\n${before}`, `name: a\n${after}`),
      ...values,
    ];
    const own = depends("file://../../lib/common");
    for (const files of [both(own, ""), both("", own)])
      expect(chains(files).some((chain) => chain.startsWith("production: lib/common"))).toBe(true);
  });
  test("that nobody deploys may be production, and its documentation and tests are not deployed", () => {
    expect(environments([edited("charts/api/templates/d.yaml"), chart("charts/api")])).toBe("?");
    expect(environments([edited("charts/api/README.md"), chart("charts/api"), ...values])).toBe("");
    expect(environments([edited("charts/api/templates/tests/t.yaml"), chart("charts/api")])).toBe("");
  });
  test("of one environment has its name in the layout", () => {
    const layout = reachPolicy({ layout: ["charts/{service}/values-{environment}.yaml"] });
    expect(environments([edited("charts/api/values-prod.yaml"), chart("charts/api")], layout)).toBe("production");
  });
});
