import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { reachLookup } from "../../../src/core/reach/compute.ts";
import { added, context, edited, removed, symlink, text } from "../change/changes.ts";
import { environment, reachPolicy } from "./policies.ts";
import { chains, environments, named, reach } from "./reached.ts";

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
  test("does not reach a root that makes the same as before, unless another one calls that", () => {
    const off = 'variable "on" { default = false }\nresource "a_b" "c" {\n  count = var.on ? 1 : 0\n}\n';
    const module = text("m/main.tf", 'resource "a_b" "d" {}\n', `resource "a_b" "d" {}\n${off}`);
    expect(environments([module, context("prod/main.tf", calls("../m"))])).toBe("");
    const open = context("stg/main.tf", calls("git::https://example.com/acme/renamed.git//prod"));
    expect(environments([module, context("prod/main.tf", calls("../m")), open])).toBe("?");
    const backend = 'terraform {\n  backend "s3" {}\n}\n';
    const called = [context("live/main.tf", backend + calls("../m")), context("stg/main.tf", calls("../live"))];
    expect(environments([module, ...called])).toBe("production");
    expect(
      environments([
        module,
        context("stg/main.tf", calls("../m")),
        context("prod/main.tf", `${calls("../m").replace("}", "  on = true\n}")}`),
      ]),
    ).toBe("production");
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
    expect(environments([edited("a/main.tf"), ...cycle])).toBe("production");
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
  test("is not told by what one file of the module is about", () => {
    expect(environments([edited("infra/synthetic-test.tf")])).toBe("development ?");
    expect(environments([edited("staging/synthetic-test.tf")])).toBe("development staging");
    expect(environments([edited("infra/staging.tfvars"), context("infra/main.tf")])).toBe("staging");
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

describe("names", () => {
  const layout = reachPolicy({
    layout: ["terraform/{environment}/**", "k8s/{environment}/{service}/**", "services/{service}/**"],
    services: { search: { name: "search", owners: [], risk: null, bakeMs: null } },
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
  const lookup = reachLookup(reach([edited("modules/a/main.tf")], policy), policy, "main", []);
  expect(lookup("k8s/stg/api/d.yaml").targets).toMatchObject([{ environment: "staging", service: "api" }]);
  expect(lookup("src/app.ts").targets).toEqual([]);
  expect(lookup("modules/a/main.tf").unresolved).toBe(true);
});

test("what an unchanged file is deployed as with changed ones goes where those go", () => {
  const policy = reachPolicy({ layout: ["k8s/{environment}/{service}/**"] });
  const map = reach([edited("modules/a/main.tf"), edited("k8s/stg/api/patch.yaml")], policy);
  const made = [
    {
      before: undefined,
      after: { path: "base/api.yaml" },
      files: ["base/api.yaml", ...map.files.map(({ path }) => path)],
    },
  ];
  const lookup = reachLookup(map, policy, "main", made);
  expect(lookup("base/api.yaml")).toMatchObject({ unresolved: true, targets: [{ environment: "staging" }] });
  expect(lookup("base/other.yaml")).toMatchObject({ unresolved: false, targets: [] });
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
