import { describe, expect, test } from "vitest";
import { context, edited, text } from "../change/changes.ts";
import { reachPolicy } from "./policies.ts";
import { environments, gapsOf } from "./reached.ts";

const flux = (path: string) =>
  `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: api}\nspec:\n  path: ${path}\n`;

const playbook = (hosts: string) => `---\n- name: Set up\n  hosts: ${hosts}\n  roles:\n    - common\n`;

describe("what a tool deploys whose configuration is not read", () => {
  test.each([
    ["Flux, by its own objects", [text("ks.yaml", flux("./a"), flux("./b"))], "Flux"],
    [
      "Flux, by the folder that it names",
      [edited("apps/api/values.yaml"), context("ks.yaml", flux("./apps/api"))],
      "Flux",
    ],
    ["Helmfile", [edited("helmfile.yaml")], "Helmfile"],
    [
      "Helmfile, by the file that it names",
      [edited("cfg/api.gotmpl"), context("helmfile.yaml", "values: [cfg/api.gotmpl]\n")],
      "Helmfile",
    ],
    [
      "Docker Compose in a swarm",
      [text("compose.yaml", "services:\n  a:\n    deploy: {}\n", "services:\n  a:\n    deploy: {replicas: 2}\n")],
      "Docker Compose",
    ],
    ["Jsonnet", [edited("lib/api.libsonnet")], "Jsonnet"],
    ["Tanka", [edited("infra/lib/api.jsonnet"), context("infra/jsonnetfile.json", "{}")], "Tanka"],
    ["CUE", [edited("api.cue")], "CUE"],
    ["Pulumi", [edited("infra/index.ts"), context("infra/Pulumi.yaml", "name: infra\n")], "Pulumi"],
    ["the CDK", [edited("infra/lib/stack.ts"), context("infra/cdk.json", "{}")], "the AWS CDK"],
    ["Ansible, by its folder", [edited("ansible/envs/blue/hosts")], "Ansible"],
    ["Ansible, by a role", [edited("roles/common/files/keys/person-a.pub")], "Ansible"],
    ["Ansible, by a playbook", [text("site.yml", playbook("web"), playbook("all"))], "Ansible"],
  ])("%s", (_, files, tool) => {
    expect(gapsOf(files)).toEqual([`deployed-by:${tool}`]);
    expect(environments(files)).toBe("?");
  });
  test("is no question where a name or the policy tells", () => {
    expect(gapsOf([edited("staging/api.jsonnet")])).toEqual([]);
    const layout = reachPolicy({ layout: ["jsonnet/{environment}/**"] });
    expect(gapsOf([edited("jsonnet/prod/api.libsonnet")], layout)).toEqual([]);
  });
  test("is no question for files beside it, for samples and for documentation", () => {
    const beside = [context("infra/Pulumi.yaml"), context("ks.yaml", flux("./apps/api"))];
    for (const path of [
      "src/index.ts",
      "src/roles/admin.ts",
      "ansible/README.md",
      "apps/web/values.yaml",
      "examples/x.jsonnet",
      "infra/README.md",
    ])
      expect(gapsOf([edited(path), ...beside])).toEqual([]);
    expect(gapsOf([edited("compose.yaml")])).toEqual([]);
  });
});
