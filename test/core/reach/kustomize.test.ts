import { describe, expect, test } from "vitest";
import { added, context, edited, removed, symlink, text } from "../change/changes.ts";
import { reachPolicy } from "./policies.ts";
import { chains, environments, gapsOf } from "./reached.ts";

const list = (key: string, ...entries: string[]): string =>
  `${key}:\n${entries.map((entry) => `  - ${entry}\n`).join("")}`;
const kustomization = (folder: string, body: string) => context(`${folder}/kustomization.yaml`, body);
const base = kustomization("base", list("resources", "deployment.yaml"));
const production = kustomization("overlays/prod", `namePrefix: p-\n${list("resources", "../../base")}`);
const staging = kustomization("overlays/staging", list("resources", "../../base"));

describe("a kustomization", () => {
  test("takes what it names to every overlay that is built on it, with file and line of each step", () => {
    expect(chains([edited("base/deployment.yaml"), base, production, staging])).toEqual([
      "production: base/deployment.yaml:1 < base/kustomization.yaml:2 < overlays/prod/kustomization.yaml:3",
      "staging: base/deployment.yaml:1 < base/kustomization.yaml:2 < overlays/staging/kustomization.yaml:2",
    ]);
  });
  test("takes its own change there as well, and an overlay's change nowhere else", () => {
    const own = text("base/kustomization.yaml", list("resources", "a.yaml"), list("resources", "b.yaml"));
    expect(environments([own, production, staging])).toBe("production staging");
    const overlay = text("overlays/staging/kustomization.yaml", list("resources", "../../base"), "nameSuffix: x\n");
    expect(environments([overlay, base, production])).toBe("staging");
  });
  test.each([
    ["resources", list("resources", "../../shared/x.yaml")],
    ["bases", list("bases", "../../shared")],
    ["components", list("components", "../../shared/")],
    ["a patch", "patches:\n  - target: {kind: Deployment}\n    path: ../../shared/x.yaml\n"],
    ["a strategic patch", list("patchesStrategicMerge", "../../shared/x.yaml")],
    ["a JSON patch", "patchesJson6902:\n  - path: ../../shared/x.yaml\n"],
    ["a replacement", "replacements:\n  - path: ../../shared/x.yaml\n"],
    ["a transformer", list("transformers", "../../shared/x.yaml")],
    ["a generator", list("generators", "../../shared/x.yaml")],
    ["a config map", "configMapGenerator:\n  - name: a\n    files: [app.yaml=../../shared/x.yaml]\n"],
    ["a secret of variables", "secretGenerator:\n  - name: a\n    envs: [../../shared/x.yaml]\n"],
    [
      "values of a chart",
      "helmCharts:\n  - name: a\n    repo: https://charts.example\n    valuesFile: ../../shared/x.yaml\n",
    ],
    ["a chart beside it", "helmGlobals:\n  chartHome: ../..\nhelmCharts:\n  - name: shared\n"],
  ])("reads what it names: %s", (_, body) => {
    const isFolder = !body.includes("x.yaml");
    const shared = isFolder ? [kustomization("shared", list("resources", "x.yaml"))] : [];
    const around = [...shared, kustomization("overlays/prod", body)];
    const chart = body.includes("chartHome") ? [context("shared/Chart.yaml", "name: shared\n")] : [];
    expect(environments([edited("shared/x.yaml"), ...around, ...chart])).toBe("production");
    expect(environments([edited("shared/y.yaml"), ...around])).toBe("");
  });
  test("counts an edge that only the base or only the head has", () => {
    const cut = text("overlays/prod/kustomization.yaml", list("resources", "../../base"), "resources: []\n");
    expect(chains([edited("base/deployment.yaml"), base, cut, staging])).toContain(
      "production: base/deployment.yaml:1 < base/kustomization.yaml:2 < overlays/prod/kustomization.yaml:2",
    );
    const gone = removed("overlays/prod/kustomization.yaml", list("resources", "../../base"));
    expect(chains([edited("base/deployment.yaml"), base, gone, staging]).length).toBe(3);
    const fresh = added("overlays/prod/kustomization.yaml", list("resources", "../../base"));
    expect(chains([edited("base/deployment.yaml"), base, fresh, staging]).length).toBe(3);
  });
  test("that names no environment, and is read by nobody that does, may be production", () => {
    expect(environments([edited("base/deployment.yaml"), base])).toBe("?");
    expect(
      environments([edited("base/deployment.yaml"), base, staging, kustomization("other", list("bases", "../base"))]),
    ).toBe("staging ?");
  });
  test("is followed through symlinks", () => {
    const link = symlink("overlays/prod/shared.yaml", "../../base/deployment.yaml");
    const reads = kustomization("overlays/prod", list("resources", "shared.yaml"));
    expect(environments([edited("base/deployment.yaml"), base, staging, link, reads])).toBe("production staging");
    const folder = [symlink("overlays/prod", "../live"), kustomization("live", list("resources", "../base"))];
    expect(environments([edited("base/deployment.yaml"), base, staging, ...folder])).toBe("production staging");
    const file = symlink("overlays/prod/kustomization.yaml", "../../lists/all.yaml");
    const target = context("lists/all.yaml", list("resources", "../../base"));
    expect(environments([edited("base/deployment.yaml"), base, staging, file, target])).toBe("production staging");
  });
  test("is not told by what one of its files is about", () => {
    const folder = context("overlays/blue/kustomization.yaml", "resources: [load-test.yaml]\n");
    expect(environments([edited("overlays/blue/load-test.yaml"), folder])).toBe("development ?");
  });
  test("in a circle hides nothing", () => {
    const circle = [
      kustomization("base", list("resources", "deployment.yaml", "../ring")),
      kustomization("ring", list("resources", "../base")),
    ];
    expect(environments([edited("base/deployment.yaml"), ...circle, staging])).toBe("staging");
    expect(environments([edited("base/deployment.yaml"), ...circle, staging, production])).toBe("production staging");
    expect(environments([edited("base/deployment.yaml"), ...circle])).toBe("?");
  });
  test("of samples deploys nothing", () => {
    expect(
      environments([
        edited("base/deployment.yaml"),
        base,
        staging,
        kustomization("examples/all", list("bases", "../../base")),
      ]),
    ).toBe("staging");
  });
});

describe("a base elsewhere", () => {
  const overlay = (address: string) => [base, staging, kustomization("overlays/prod", list("resources", address))];
  test.each([
    ["of this repository", "https://github.com/acme/shop//base", "production staging", []],
    ["of this repository by its branch", "github.com/acme/shop//base?ref=main", "production staging", []],
    ["of this repository at a tag", "github.com/acme/shop//base?ref=v1", "staging", []],
    [
      "of nobody knows whom",
      "git@git.example:ops/mirror.git//base",
      "production staging ?",
      ["unresolved-edge:overlays/prod/kustomization.yaml:2"],
    ],
    ["of nobody knows whom, in another folder", "git@git.example:ops/mirror.git//other", "staging", []],
    ["of nobody knows whom, at a tag", "git@git.example:ops/mirror.git//base?ref=v1", "staging", []],
  ])("%s", (_, address, expected, gaps) => {
    expect(environments([edited("base/deployment.yaml"), ...overlay(address)])).toBe(expected);
    expect(gapsOf([edited("base/deployment.yaml"), ...overlay(address)])).toEqual(gaps);
  });
  test("is what the organisation says it is", () => {
    const known = (repository: string) =>
      reachPolicy({ modules: [{ source: "git@git.example:ops/mirror", repository }] });
    const files = [edited("base/deployment.yaml"), ...overlay("git@git.example:ops/mirror.git//base")];
    expect(environments(files, known("acme/other"))).toBe("staging");
    expect(environments(files, known("acme/shop"))).toBe("production staging");
  });
});

test("a kustomization that cannot be read is a gap where it may name what changed, and nowhere else", () => {
  const broken = (body: string) => [
    edited("base/deployment.yaml"),
    base,
    staging,
    kustomization("overlays/prod", body),
  ];
  expect(gapsOf(broken("resources: [../../base\n"))).toEqual(["unresolved-reader:overlays/prod/kustomization.yaml"]);
  expect(environments(broken("resources: [../../base\n"))).toBe("staging ?");
  expect(gapsOf(broken("resources: [../../other\n"))).toEqual([]);
});
