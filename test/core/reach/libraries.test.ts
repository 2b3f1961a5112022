import { describe, expect, test } from "vitest";
import { context, edited, text } from "../change/changes.ts";
import { reachPolicy } from "./policies.ts";
import { environments } from "./reached.ts";

const policy = reachPolicy({ libraries: ["modules/**", "charts/common/**"] });
const call = (source: string) => `module "m" {\n  source = ${source}\n}\n`;
const resource = edited("modules/db/main.tf");

describe("a library", () => {
  test("is deployed nowhere by itself", () => {
    const manifest = text(
      "modules/k8s/s.yaml",
      "apiVersion: v1\nkind: Service\n",
      "apiVersion: v1\nkind: Service\nx: 1\n",
    );
    for (const file of [resource, manifest]) {
      expect(environments([file])).toBe("?");
      expect(environments([file], policy)).toBe("");
    }
    const chart = [edited("charts/common/values.yaml"), context("charts/common/Chart.yaml", "name: common\n")];
    expect(environments(chart, policy)).toBe("");
    expect(environments([edited("modules/x.jsonnet")], policy)).toBe("");
  });
  test("reaches what reads it in this repository", () => {
    expect(environments([resource, context("prod/main.tf", call('"../modules/db"'))], policy)).toBe("production");
    const kustomization = [
      edited("modules/base/s.yaml"),
      context("modules/base/kustomization.yaml", "resources: [s.yaml]\n"),
      context("overlays/prod/kustomization.yaml", "bases: [../../modules/base]\n"),
    ];
    expect(environments(kustomization, policy)).toBe("production");
  });
  test("may be production through a root that nobody names, and through an edge that nobody can follow", () => {
    expect(environments([resource, context("infra/main.tf", call('"../modules/db"'))], policy)).toBe("?");
    expect(environments([resource, context("prod/main.tf", call("var.source"))], policy)).toBe("?");
  });
  test("is what its pattern says exactly", () => {
    expect(environments([edited("Modules/db/main.tf")], policy)).toBe("?");
    expect(environments([edited("live/modules/db/main.tf")], policy)).toBe("production");
    expect(environments([edited("infra/main.tf")], policy)).toBe("?");
  });
  test("has the environments that its own paths name", () => {
    expect(environments([edited("modules/prod/main.tf")], policy)).toBe("production");
  });
});
