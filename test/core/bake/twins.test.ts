import { describe, expect, it } from "vitest";
import { boundPaths } from "../../../src/core/bake/twins.ts";
import { effective } from "../policy/read.ts";

const policy = effective({
  own: `
version: 1
layout: ["k8s/{environment}/{service}/**"]
environments:
  staging: { aliases: [stage] }
  production: { aliases: [prod], branches: [release], bake: { in: staging, for: 24h } }
`,
});

function twins(path: string, base = "main"): readonly string[] | null {
  return boundPaths([path], policy, base)[0]?.twins ?? null;
}

describe("paths that bind at merge", () => {
  it.each([
    ["k8s/production/api/values.yaml", "k8s/staging/api/values.yaml"],
    ["k8s/prod/api/values.yaml", "k8s/stage/api/values.yaml"],
    ["charts/api/values-production.yaml", "charts/api/values-staging.yaml"],
    ["terraform/prod.tfvars", "terraform/staging.tfvars"],
    ["K8S/PRODUCTION/api/values.yaml", "K8S/staging/api/values.yaml"],
  ])("are those that name the environment, and their twin names the other: %s", (path, twin) => {
    expect(twins(path)).toContain(twin);
  });

  it("have twins that name the other environment alone", () => {
    const found = twins("k8s/production/api/prod.yaml") ?? [];
    expect(found).toContain("k8s/staging/api/staging.yaml");
    expect(found).not.toContain("k8s/staging/api/prod.yaml");
  });

  it("are those that are merged into its branch, under their own name", () => {
    expect(twins("apps/api/values.yaml", "release")).toEqual(["apps/api/values.yaml"]);
  });

  it("have no twin where they name both environments", () => {
    expect(twins("k8s/production/api/staging/values.yaml")).toEqual([]);
  });

  it("are no others: what reaches it through a module, a chart or nothing bakes when it is deployed", () => {
    for (const path of ["terraform/modules/db/main.tf", "src/api.ts", "k8s/staging/api/values.yaml", "README.md"])
      expect(twins(path)).toBeNull();
  });

  it("are none where no environment asks for a bake", () => {
    expect(boundPaths(["k8s/production/api/values.yaml"], effective({ own: "version: 1\n" }), "main")).toEqual([]);
  });
});
