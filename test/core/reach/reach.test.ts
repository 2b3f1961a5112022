import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadSyntax } from "../../../src/adapters/syntax/load.ts";
import { createMemo } from "../../../src/adapters/syntax/memo.ts";
import type { ChangedFile } from "../../../src/core/change/change-set.ts";
import { computeReach, reachLookup } from "../../../src/core/reach/compute.ts";
import type { FileReach, ReachMap } from "../../../src/core/reach/reach.ts";
import { buildViews } from "../../../src/core/views/views.ts";
import { added, between, change, context, edited, removed, symlink, text, version } from "../change/changes.ts";
import { environment, reachPolicy } from "./policies.ts";

const tools = { syntax: await loadSyntax(), memo: createMemo(10_000) };

function reach(files: ChangedFile[], policy = reachPolicy(), baseRef = "main"): ReachMap {
  const set = change(...files);
  return computeReach(set, buildViews(set, tools).views, policy, baseRef);
}
/** What the one changed file reaches: names of environments, with `?` where an end is not known. */
function environments(files: ChangedFile[], policy = reachPolicy(), baseRef = "main"): string {
  const [file, ...others] = reach(files, policy, baseRef).files;
  expect(others).toEqual([]);
  return named(file);
}
function named(file: FileReach | undefined): string {
  const found = new Set((file?.targets ?? []).map(({ environment }) => environment));
  return [...found, ...(file?.unresolved === true ? ["?"] : [])].join(" ");
}
const chains = (files: ChangedFile[]): readonly string[] =>
  reach(files).files.flatMap(({ targets }) =>
    targets.map(
      ({ environment, chain }) =>
        `${environment}: ${chain.map(({ path, line }) => `${path}:${line ?? ""}`).join(" < ")}`,
    ),
  );

const module = (label: string, source: string): string => `module "${label}" {\n  source = ${source}\n}\n`;
const calls = (...sources: string[]): string =>
  sources.map((source, index) => module(`m${index}`, `"${source}"`)).join("");
const resource = 'resource "aws_dynamodb_table" "users" {\n  billing_mode = "PROVISIONED"\n}\n';

describe("a shared module", () => {
  const roots = [
    context("terraform/production/main.tf", `# production\n${calls("../modules/shared")}`),
    context("terraform/staging/main.tf", calls("../modules/shared")),
  ];
  const database = text("terraform/modules/shared/database.tf", resource, resource.replace("}", "  ttl = 1\n}"));

  test("reaches every root that calls it, with the chain file by file", () => {
    const map = reach([database, ...roots]);
    expect(map.gaps).toEqual([]);
    expect(map.files).toEqual([
      {
        path: "terraform/modules/shared/database.tf",
        services: [],
        unresolved: false,
        targets: [
          ["production", "terraform/production/main.tf", 2],
          ["staging", "terraform/staging/main.tf", 1],
        ].map(([environment, path, line]) => ({
          environment,
          service: null,
          chain: [
            { path: "terraform/modules/shared/database.tf", line: 3, note: "aws_dynamodb_table.users" },
            { path, line, note: 'module "m0" { source = "../modules/shared" }' },
          ],
        })),
      },
    ]);
  });
  test("reaches them through any depth, a diamond and a cycle", () => {
    const depth = Array.from({ length: 30 }, (_, index) =>
      context(`modules/m${index + 1}/main.tf`, calls(`../m${index}`)),
    );
    expect(environments([edited("modules/m0/x.tf"), ...depth, context("live/main.tf", calls("../modules/m30"))])).toBe(
      "production",
    );
    const diamond = [
      context("b/main.tf", calls("../a")),
      context("c/main.tf", calls("../a")),
      context("stg/main.tf", calls("../b", "../c")),
    ];
    expect(chains([edited("a/main.tf"), ...diamond])).toEqual(["staging: a/main.tf:1 < b/main.tf:1 < stg/main.tf:1"]);
    const cycle = [
      context("b/main.tf", calls("../c")),
      context("c/main.tf", calls("../b", "../a")),
      context("prod/main.tf", calls("../b")),
    ];
    expect(environments([text("a/main.tf", "\n", "# x\n"), ...cycle])).toBe("production");
  });
  test("also when it is called in JSON, through a symlink, or its caller is one", () => {
    const json = context("prod/main.tf.json", '{"module": {"m": {"source": "../modules/shared/"}}}');
    expect(environments([edited("modules/shared/x.tf"), json])).toBe("production");
    const linked = [
      symlink("modules/shared", "../../outside/shared"),
      context("infra/prod/main.tf", calls("../modules/shared")),
    ];
    expect(environments([edited("shared/x.tf"), symlink("infra/modules/shared", "../../shared"), ...linked])).toBe(
      "production",
    );
    expect(environments([edited("common/main.tf"), symlink("live/main.tf", "../common/main.tf")])).toBe("production ?");
  });
  test("counts a call that only the base or only the head has", () => {
    const before = text("prod/main.tf", calls("../shared"), "\n");
    expect(reach([edited("shared/x.tf"), before]).files.map(named)).toEqual(["production", "production"]);
    expect(reach([removed("shared/x.tf", "\n"), before]).files.map(named)).toEqual(["production", "production"]);
  });
});

describe("an end that no name tells", () => {
  test("a module that nobody calls, and a root without a name, may be production", () => {
    expect(environments([edited("modules/lonely/main.tf")])).toBe("?");
    expect(environments([edited("modules/a/main.tf"), context("infra/main.tf", calls("../modules/a"))])).toBe("?");
    const both = [context("infra/main.tf", calls("../modules/a")), context("stg/main.tf", calls("../modules/a"))];
    expect(environments([edited("modules/a/main.tf"), ...both])).toBe("staging ?");
    const ways = [
      context("modules/b/main.tf", calls("../a")),
      context("modules/c/main.tf", calls("../a")),
      context("infra/main.tf", `${module("staging", '"../modules/b"')}${module("other", '"../modules/c"')}`),
    ];
    expect(environments([edited("modules/a/main.tf"), ...ways])).toBe("staging ?");
    const circle = [context("modules/a/main.tf", calls("../b")), context("modules/b/main.tf", calls("../a"))];
    expect(environments([edited("modules/a/other.tf"), ...circle])).toBe("?");
  });
  test("is told by variable files, workspaces, labels and arguments", () => {
    const main = edited("infra/main.tf");
    const files = [context("infra/env/prod.tfvars"), context("infra/staging.tfvars")];
    expect(environments([text("infra/main.tf", "\n", resource), ...files])).toBe("production staging");
    const backend = 'terraform {\n  cloud {\n    workspaces {\n      name = "shop-prod"\n    }\n  }\n}\n';
    expect(environments([text("infra/main.tf", "\n", backend)])).toBe("production");
    expect(environments([edited("app/x.tf"), context("infra/main.tf", module("staging", '"../app"'))])).toBe("staging");
    const argument = 'module "app" {\n  source = "../app"\n  environment = "Production"\n}\n';
    expect(environments([edited("app/x.tf"), context("infra/main.tf", argument)])).toBe("production");
    expect(environments([main])).toBe("?");
  });
  test("an environment's own variable file reaches that environment only", () => {
    const root = [context("infra/main.tf", resource), context("infra/prod.tfvars")];
    expect(environments([edited("infra/staging.tfvars"), ...root])).toBe("staging");
    expect(environments([edited("infra/common.tfvars"), ...root])).toBe("production");
  });
  test("samples are no consumers, and deploy nothing themselves", () => {
    expect(environments([edited("main.tf"), context("examples/production/main.tf", calls("../.."))])).toBe("?");
    expect(environments([edited("examples/full/main.tf")])).toBe("");
  });
});

describe("an edge that cannot be followed", () => {
  test.each([
    ["an expression that names the module", module("m", '"../modules/${var.a}/shared"'), true],
    ["a bare variable", module("m", "var.source"), true],
    ["an expression that names another", module("m", '"../${var.a}/other"'), false],
    [
      "the same folder of an unpinned repository",
      calls("git::https://example.com/acme/infra.git//modules/shared"),
      true,
    ],
    ["the same folder at a pin", calls("git::https://example.com/acme/infra.git//modules/shared?ref=v1"), false],
    ["a module of a registry", calls("terraform-aws-modules/vpc/aws"), false],
  ])("%s", (_, source, isGap) => {
    const consumer = context("stg/main.tf", calls("../modules/shared"));
    const map = reach([edited("modules/shared/x.tf"), consumer, context("prod/main.tf", source)]);
    expect(map.files.map(named)).toEqual([isGap ? "staging ?" : "staging"]);
    expect(map.gaps.map(({ id, level, line }) => [id, level, line])).toEqual(
      isGap ? [[`unresolved-call:prod/main.tf:${source.includes('"m"') ? "m" : "m0"}`, "hold", 1]] : [],
    );
  });
  test("an unread caller counts where it may name the module", () => {
    const broken = (body: string) => [
      edited("modules/shared/x.tf"),
      context("stg/main.tf", calls("../modules/shared")),
      context("prod/main.tf", body),
    ];
    expect(reach(broken('module "m" {{ source = "../modules/shared" }')).gaps.map(({ id }) => id)).toEqual([
      "unresolved-caller:prod/main.tf",
    ]);
    expect(reach(broken('module "m" {{ source = "../modules/other" }')).gaps).toEqual([]);
  });
});

describe("files beside Terraform", () => {
  const root = (body: string) => context("prod/main.tf", body);
  test("what a module reads is part of it", () => {
    const reads =
      'resource "x" "y" {\n  a = templatefile("${path.module}/tpl/init.sh", {})\n  b = file("../shared/policy.txt")\n}\n';
    for (const path of ["prod/tpl/init.sh", "shared/policy.txt"])
      expect(environments([edited(path), root(reads)])).toBe("production");
    const set = 'resource "x" "y" {\n  for_each = fileset(path.module, "*.sql")\n}\n';
    expect(environments([edited("prod/x.sql"), root(set)])).toBe("production");
    const archive = 'data "archive_file" "f" {\n  source_dir = "${path.module}/../lambda/src"\n}\n';
    expect(environments([edited("lambda/src/a/index.py"), root(archive)])).toBe("production");
  });
  test("what it does not read is not, and documentation never is", () => {
    const around = [context("infra/main.tf", resource)];
    expect(environments([edited("infra/app/index.ts"), ...around])).toBe("");
    expect(
      environments([edited("infra/README.md"), context("infra/main.tf", "locals {\n  a = file(var.b)\n}\n")]),
    ).toBe("");
  });
});

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

describe("names", () => {
  const layout = reachPolicy({
    layout: ["terraform/{environment}/**", "k8s/{environment}/{service}/**", "services/{service}/**"],
    services: { search: { name: "search", owners: [], risk: null } },
  });
  test("of the layout, with aliases, in any case and in look-alike letters", () => {
    for (const path of ["k8s/PROD/api/x.bin", "k8s/production/api/run.ts", "k8s/ｐｒｏｄ/api/x.yaml"])
      expect(reach([edited(path)], layout).files[0]?.targets).toMatchObject([
        { environment: "production", service: "api" },
      ]);
    expect(reach([edited("terraform/modules/shared/x.txt")], layout).files[0]?.targets).toEqual([]);
  });
  test("services, also where no environment is named", () => {
    const services = (path: string) => reach([edited(path)], layout).files[0]?.services;
    expect(["services/api/main.go", "charts/Search/values.yaml", "lib/a.ts"].map(services)).toEqual([
      ["api"],
      ["search"],
      [],
    ]);
  });
  test.each([
    ["deploy/prod/app.yaml", "production"],
    ["deploy/us-east-1-prod/app.yaml", "production"],
    ["deploy/prod-eu/app.yaml", "production"],
    ["values-prod.yaml", "production"],
    ["config/appsettings.Production.json", "production"],
    [".env.production", "production"],
    ["Dockerfile.prod", "production"],
    ["values.prod.enc.yaml", "production"],
    ["k8s.prod.example.com/cluster.json", "production"],
    ["values-prod-eu-west-1.json", "production"],
    ["deploy/api-live-westeurope/app.json", "production"],
    ["policies/require-production-label.yaml", ""],
    ["policies/ensure-production-matches-dev.json", "development"],
    ["config/dev.settings.json", "development"],
    ["docker-compose.stg.yml", "staging"],
    ["deploy/pre-prod/app.yaml", "staging"],
    ["src/live/index.ts", ""],
    ["config/live-reload.json", ""],
    ["tests/production/app.yaml", ""],
    ["k8s/production/tests/app.yaml", "production"],
    ["environments/test/app.yaml", "development"],
    ["test/app.yaml", ""],
    ["services/api/test/app.yaml", ""],
    ["docs/production/setup.md", ""],
    ["webpack.prod.js", ""],
    ["package.json", ""],
    ["src/product/prod.ts", ""],
  ])("by convention: %s reaches %j", (path, expected) => expect(environments([edited(path)])).toBe(expected));

  test("of an environment that is two words, between dots", () => {
    const policy = reachPolicy({ environments: { "blue-green": environment("blue-green", "production") } });
    expect(environments([edited("values.blue-green.enc.json")], policy)).toBe("blue-green");
    expect(environments([edited("blue.green.json")], policy)).toBe("");
  });

  test("the branch that it is merged into", () => {
    expect(environments([edited("src/app.ts")], reachPolicy(), "production")).toBe("production");
    expect(environments([edited("README.md")], reachPolicy(), "production")).toBe("");
    expect(environments([edited("infra/main.tf")], reachPolicy(), "staging")).toBe("staging");
  });
});

test("an application without Terraform and Kubernetes reaches nothing", () => {
  const paths = [
    "src/app.ts",
    "package.json",
    "package-lock.json",
    "README.md",
    ".github/workflows/ci.yml",
    "config/routes.rb",
    "db/schema.rb",
    "docker-compose.yaml",
    "config/values.rb",
  ];
  for (const file of reach(paths.map((path) => edited(path))).files)
    expect([file.path, named(file)]).toEqual([file.path, ""]);
});

test("files that do not change are looked up by their names", () => {
  const policy = reachPolicy({ layout: ["k8s/{environment}/{service}/**"] });
  const lookup = reachLookup(reach([edited("modules/a/main.tf")], policy), policy, "main");
  expect(lookup("k8s/stg/api/d.yaml").targets).toMatchObject([{ environment: "staging", service: "api" }]);
  expect(lookup("src/app.ts").targets).toEqual([]);
  expect(lookup("modules/a/main.tf").unresolved).toBe(true);
});

test("an added symlink is walked like what it names", () => {
  const link = { ...symlink("prod/modules", "../shared"), status: "added" as const, before: null };
  expect(environments([link, context("prod/main.tf", calls("./modules"))])).toBe("production");
  expect(environments([added("k8s/production/x", "../y")])).toBe("");
});

describe("any tree of modules", () => {
  const edges = fc.array(fc.tuple(fc.nat({ max: 7 }), fc.nat({ max: 7 })), { maxLength: 20 });
  test("a module reaches production exactly if calls lead from production to it; the order of files is no matter", () => {
    fc.assert(
      fc.property(edges, fc.nat({ max: 7 }), (pairs, at) => {
        const bodies = Array.from({ length: 8 }, (_, index) =>
          pairs.flatMap(([from, to]) => (from === index ? [`../m${to}`] : [])),
        );
        const files = bodies.map((sources, index) => context(`x/m${index}/main.tf`, calls(...sources)));
        const prod = context("x/prod/main.tf", calls("../m0"));
        const reached = new Set([0]);
        for (const index of reached) for (const [from, to] of pairs) if (from === index) reached.add(to);
        const map = reach([edited(`x/m${at}/other.tf`), prod, ...files]);
        expect(map.files[0]?.targets.some(({ environment }) => environment === "production")).toBe(reached.has(at));
        for (const { chain } of map.files[0]?.targets ?? []) expect(chain.length).toBeLessThanOrEqual(9 + 1);
      }),
    );
  });
});
