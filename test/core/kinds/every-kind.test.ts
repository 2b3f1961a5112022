import { describe, expect, test } from "vitest";
import { loadSyntax } from "../../../src/adapters/syntax/load.ts";
import { createMemo } from "../../../src/adapters/syntax/memo.ts";
import type { ChangedFile } from "../../../src/core/change/change-set.ts";
import type { KindEvidence } from "../../../src/core/kinds/evidence.ts";
import { computeKinds } from "../../../src/core/kinds/kinds.ts";
import { type Kind, kinds } from "../../../src/core/policy/schema.ts";
import { resources } from "../../../src/core/terraform/resources.ts";
import { kubernetes } from "../../../src/core/views/kubernetes.ts";
import { terraform } from "../../../src/core/views/terraform.ts";
import { values } from "../../../src/core/views/values.ts";
import { change, text } from "../change/changes.ts";

const tools = { syntax: await loadSyntax(), memo: createMemo(10_000) };
function evidence(...files: ChangedFile[]): readonly KindEvidence[] {
  const set = change(...files);
  const views = {
    kubernetes: kubernetes(set, tools).view,
    terraform: terraform(set, tools).view,
    resources: resources(set, tools).view,
    values: values(set, tools).view,
  };
  return computeKinds(set, views, {});
}

/** A line before, the line after, and what the evidence says; null for a line that is not there. */
interface Case {
  readonly in: string;
  readonly was: string | null;
  readonly is: string | null;
  readonly says: string;
}
const deployment = "k8s/api.yaml";
const [chart, kustomization, main] = ["charts/api/values.yaml", "k8s/base/kustomization.yaml", "infra/main.tf"];

/** The places that lines stand in. `%` is the line. */
const around: Readonly<Record<string, string>> = {
  [deployment]:
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: api, labels: { app: api, team: shop } }\nspec:\n  %\n",
  "k8s/claim.yaml":
    "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: api, labels: { app: api, team: shop } }\nspec:\n  %\n",
  "k8s/other.yaml": "%\nmetadata: { name: x, labels: { app: api, team: shop } }\nspec: { a: 1 }\n",
  "k8s/release.yaml":
    "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: { name: api, labels: { app: api, team: shop } }\nspec:\n  values:\n    %\n",
  [chart]: "nameOverride: api\nfullnameOverride: shop\n%\n",
  [kustomization]: "namespace: api\nnamePrefix: shop-\n%\n",
  [main]: "%\n",
};

/** Each kind, in each language that can say it. `path` stands for a file whose path tells. */
const table: Readonly<Record<Kind, readonly Case[]>> = {
  scale: [
    { in: deployment, was: "replicas: 3", is: "replicas: 17", says: "replicas 3 → 17 of Deployment/api" },
    {
      in: "k8s/other.yaml",
      was: null,
      is: "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler",
      says: "HorizontalPodAutoscaler/x added",
    },
    { in: chart, was: "replicaCount: 3", is: "replicaCount: 17", says: "`replicaCount` 3 → 17" },
    { in: chart, was: "api: { replicas: 3 }", is: "api: { replicas: 17 }", says: "`api.replicas` 3 → 17" },
    {
      in: chart,
      was: "autoscaling: { maxReplicas: 5 }",
      is: "autoscaling: { maxReplicas: 50 }",
      says: "`autoscaling.maxReplicas` 5 → 50",
    },
    {
      in: "k8s/release.yaml",
      was: "replicaCount: 3",
      is: "replicaCount: 17",
      says: "replicaCount 3 → 17 of HelmRelease/api",
    },
    {
      in: kustomization,
      was: "replicas: [{ name: api, count: 3 }]",
      is: "replicas: [{ name: api, count: 17 }]",
      says: "ReplicaCount/api changed",
    },
    {
      in: main,
      was: 'resource "aws_ecs_service" "x" {\n  desired_count = 3\n}',
      is: 'resource "aws_ecs_service" "x" {\n  desired_count = 17\n}',
      says: "desired_count of aws_ecs_service.x",
    },
    {
      in: main,
      was: 'resource "helm_release" "x" {\n  set {\n    name  = "replicaCount"\n    value = 3\n  }\n}',
      is: 'resource "helm_release" "x" {\n  set {\n    name  = "replicaCount"\n    value = 17\n  }\n}',
      says: "`replicaCount` of helm_release.x",
    },
    {
      in: main,
      was: 'variable "size" {\n  default = 3\n}\nresource "aws_ecs_service" "x" {\n  desired_count = var.size\n}',
      is: 'variable "size" {\n  default = 17\n}\nresource "aws_ecs_service" "x" {\n  desired_count = var.size\n}',
      says: "variable.size sets a value of aws_ecs_service.x",
    },
  ],
  image: [
    {
      in: deployment,
      was: "template: { spec: { containers: [{ name: a, image: a:1 }] } }",
      is: "template: { spec: { containers: [{ name: a, image: a:2 }] } }",
      says: "image (text) → (text) of Deployment/api",
    },
    { in: chart, was: "image: { tag: v1 }", is: "image: { tag: v2 }", says: "`image.tag` (text) → (text)" },
    { in: chart, was: "image: acme/api:1", is: "image: acme/api:2", says: "`image` (text) → (text)" },
    {
      in: kustomization,
      was: "images: [{ name: api, newTag: v1 }]",
      is: "images: [{ name: api, newTag: v2 }]",
      says: "newTag` (text) → (text)",
    },
    {
      in: kustomization,
      was: "images: [{ name: api, digest: a }]",
      is: "images: [{ name: api, digest: b }]",
      says: "digest` (text) → (text)",
    },
    {
      in: main,
      was: 'resource "google_cloud_run_service" "x" {\n  image = "a:1"\n}',
      is: 'resource "google_cloud_run_service" "x" {\n  image = "a:2"\n}',
      says: "image of google_cloud_run_service.x",
    },
  ],
  config: [
    {
      in: deployment,
      was: "template: { spec: { containers: [{ name: a, env: [{ name: B, value: c }] }] } }",
      is: "template: { spec: { containers: [{ name: a, env: [{ name: B, value: d }] }] } }",
      says: "a configuration file",
    },
    { in: chart, was: "logLevel: info", is: "logLevel: debug", says: "a configuration file" },
    {
      in: main,
      was: 'variable "a" {\n  default = 1\n}',
      is: 'variable "a" {\n  default = 2\n}',
      says: "variable.a changed",
    },
  ],
  resources: [
    {
      in: deployment,
      was: "template: { spec: { containers: [{ name: a, resources: { limits: { memory: 1Gi } } }] } }",
      is: "template: { spec: { containers: [{ name: a, resources: { limits: { memory: 2Gi } } }] } }",
      says: "memory 1Gi → 2Gi of Deployment/api",
    },
    {
      in: chart,
      was: "resources: { limits: { memory: 1Gi } }",
      is: "resources: { limits: { memory: 2Gi } }",
      says: "`resources.limits.memory` 1Gi → 2Gi",
    },
    {
      in: main,
      was: 'resource "aws_db_instance" "x" {\n  instance_class = "a"\n}',
      is: 'resource "aws_db_instance" "x" {\n  instance_class = "b"\n}',
      says: "instance_class of aws_db_instance.x",
    },
  ],
  probes: [
    {
      in: deployment,
      was: "template: { spec: { containers: [{ name: a, livenessProbe: { failureThreshold: 3 } }] } }",
      is: "template: { spec: { containers: [{ name: a, livenessProbe: { failureThreshold: 1 } }] } }",
      says: "failureThreshold 3 → 1 of Deployment/api",
    },
    {
      in: chart,
      was: "livenessProbe: { failureThreshold: 3 }",
      is: "livenessProbe: { failureThreshold: 1 }",
      says: "`livenessProbe.failureThreshold` 3 → 1",
    },
    {
      in: main,
      was: 'resource "kubernetes_deployment" "x" {\n  liveness_probe {\n    failure_threshold = 3\n  }\n}',
      is: 'resource "kubernetes_deployment" "x" {\n  liveness_probe {\n    failure_threshold = 1\n  }\n}',
      says: "failure_threshold of kubernetes_deployment.x",
    },
  ],
  ingress: [
    { in: "k8s/other.yaml", was: null, is: "apiVersion: networking.k8s.io/v1\nkind: Ingress", says: "Ingress/x added" },
    {
      in: chart,
      was: "ingress: { enabled: false }",
      is: "ingress: { enabled: true }",
      says: "`ingress.enabled` false → true",
    },
    {
      in: main,
      was: 'resource "aws_lb_listener" "x" {\n  port = 80\n}',
      is: 'resource "aws_lb_listener" "x" {\n  port = 81\n}',
      says: "resource type `aws_lb_listener`",
    },
  ],
  network: [
    {
      in: deployment,
      was: "template: { spec: { a: 1 } }",
      is: "template: { spec: { a: 1, hostNetwork: true } }",
      says: "hostNetwork none → true",
    },
    { in: "k8s/other.yaml", was: null, is: "apiVersion: v1\nkind: Service", says: "Service/x added" },
    {
      in: chart,
      was: "service: { type: ClusterIP }",
      is: "service: { type: LoadBalancer }",
      says: "`service.type` (text) → (text)",
    },
    {
      in: chart,
      was: "networkPolicy: { enabled: true }",
      is: "networkPolicy: { enabled: false }",
      says: "`networkPolicy.enabled` true → false",
    },
    {
      in: main,
      was: 'resource "aws_instance" "x" {\n  security_groups = ["a"]\n}',
      is: 'resource "aws_instance" "x" {\n  security_groups = ["b"]\n}',
      says: "security_groups of aws_instance.x",
    },
  ],
  iam: [
    {
      in: deployment,
      was: "template: { spec: { serviceAccountName: a } }",
      is: "template: { spec: { serviceAccountName: b } }",
      says: "serviceAccountName (text) → (text)",
    },
    {
      in: chart,
      was: "serviceAccount: { create: true }",
      is: "serviceAccount: { create: false }",
      says: "`serviceAccount.create` true → false",
    },
    {
      in: main,
      was: 'resource "aws_iam_role" "x" {\n  a = 1\n}',
      is: 'resource "aws_iam_role" "x" {\n  a = 2\n}',
      says: "resource type `aws_iam_role`",
    },
  ],
  auth: [
    {
      in: "k8s/other.yaml",
      was: null,
      is: "apiVersion: security.istio.io/v1\nkind: RequestAuthentication",
      says: "RequestAuthentication/x added",
    },
    { in: chart, was: "oidc: { enabled: true }", is: "oidc: { enabled: false }", says: "`oidc.enabled` true → false" },
    {
      in: main,
      was: 'resource "aws_api_gateway_method" "x" {\n  authorization = "AWS_IAM"\n}',
      is: 'resource "aws_api_gateway_method" "x" {\n  authorization = "NONE"\n}',
      says: "authorization of aws_api_gateway_method.x",
    },
  ],
  secrets: [
    { in: "k8s/other.yaml", was: null, is: "apiVersion: v1\nkind: Secret", says: "Secret/x added" },
    {
      in: chart,
      was: "auth: { existingSecret: a }",
      is: "auth: { existingSecret: b }",
      says: "`auth.existingSecret` (text) → (text)",
    },
    {
      in: main,
      was: 'resource "aws_db_instance" "x" {\n  password = "a"\n}',
      is: 'resource "aws_db_instance" "x" {\n  password = "b"\n}',
      says: "password of aws_db_instance.x",
    },
  ],
  database: [
    {
      in: "k8s/other.yaml",
      was: null,
      is: "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster",
      says: "Cluster/x added",
    },
    {
      in: chart,
      was: "postgresql: { primary: { a: 1 } }",
      is: "postgresql: { primary: { a: 2 } }",
      says: "`postgresql.primary.a` 1 → 2",
    },
    {
      in: main,
      was: 'resource "aws_db_instance" "x" {\n  a = 1\n}',
      is: 'resource "aws_db_instance" "x" {\n  a = 2\n}',
      says: "resource type `aws_db_instance`",
    },
  ],
  migration: [
    { in: "db/migrate/20260101_users.rb", was: "a", is: "b", says: "a migration" },
    {
      in: chart,
      was: "migrations: { enabled: false }",
      is: "migrations: { enabled: true }",
      says: "`migrations.enabled` false → true",
    },
  ],
  delete: [
    { in: "k8s/other.yaml", was: "apiVersion: v1\nkind: ConfigMap", is: null, says: "ConfigMap/x is gone" },
    {
      in: chart,
      was: "redis: { enabled: true }",
      is: "redis: { enabled: false }",
      says: "`redis.enabled` true → false",
    },
    { in: main, was: 'resource "aws_s3_bucket" "x" {}', is: "", says: "aws_s3_bucket.x is gone" },
  ],
  replace: [
    {
      in: "k8s/claim.yaml",
      was: "serviceName: a",
      is: "serviceName: b",
      says: "serviceName (text) → (text) of StatefulSet/api",
    },
    {
      in: deployment,
      was: "selector: { matchLabels: { app: a } }",
      is: "selector: { matchLabels: { app: b } }",
      says: "app (text) → (text) of Deployment/api",
    },
    {
      in: main,
      was: 'resource "aws_db_instance" "x" {\n  identifier = "a"\n}',
      is: 'resource "aws_db_instance" "x" {\n  identifier = "b"\n}',
      says: "identifier of aws_db_instance.x cannot be changed in place",
    },
    {
      in: main,
      was: 'resource "aws_s3_bucket" "a" {}',
      is: 'resource "aws_s3_bucket" "b" {}',
      says: "aws_s3_bucket.b takes the place of aws_s3_bucket.a",
    },
    {
      in: main,
      was: 'resource "aws_instance" "x" {\n  a = 1\n}',
      is: 'resource "aws_instance" "x" {\n  a = 1\n  lifecycle {\n    replace_triggered_by = [null_resource.a]\n  }\n}',
      says: "replace_triggered_by of aws_instance.x",
    },
  ],
  dependencies: [
    { in: "web/package.json", was: "{}", is: '{ "name": "a" }', says: "a manifest of dependencies" },
    { in: "charts/api/Chart.yaml", was: "version: 1", is: "version: 2", says: "a manifest of dependencies" },
    {
      in: kustomization,
      was: 'resources: ["github.com/acme/base?ref=v1"]',
      is: 'resources: ["github.com/acme/base?ref=v2"]',
      says: "(text) → (text)",
    },
    {
      in: main,
      was: 'terraform {\n  required_providers {\n    aws = { version = "5" }\n  }\n}',
      is: 'terraform {\n  required_providers {\n    aws = { version = "6" }\n  }\n}',
      says: "required providers changed",
    },
    {
      in: main,
      was: 'module "x" {\n  source  = "acme/x/aws"\n  version = "1"\n}',
      is: 'module "x" {\n  source  = "acme/x/aws"\n  version = "2"\n}',
      says: "version of module.x changed",
    },
    {
      in: main,
      was: 'resource "helm_release" "x" {\n  version = "1"\n}',
      is: 'resource "helm_release" "x" {\n  version = "2"\n}',
      says: "version of helm_release.x",
    },
  ],
  workflow: [{ in: ".github/workflows/ci.yml", was: "on: push", is: "on: pull_request", says: "a workflow" }],
  guardrail: [
    { in: ".github/CODEOWNERS", was: "* @acme/a", is: "* @acme/b", says: "code ownership" },
    {
      in: "k8s/other.yaml",
      was: null,
      is: "apiVersion: kyverno.io/v1\nkind: ClusterPolicy",
      says: "ClusterPolicy/x added",
    },
    {
      in: main,
      was: 'resource "github_branch_protection" "x" {\n  a = 1\n}',
      is: 'resource "github_branch_protection" "x" {\n  a = 2\n}',
      says: "resource type `github_branch_protection`",
    },
  ],
  billing: [
    { in: chart, was: "billing: { plan: 1 }", is: "billing: { plan: 2 }", says: "`billing.plan` 1 → 2" },
    {
      in: main,
      was: 'resource "aws_budgets_budget" "x" {\n  a = 1\n}',
      is: 'resource "aws_budgets_budget" "x" {\n  a = 2\n}',
      says: "resource type `aws_budgets_budget`",
    },
  ],
  docs: [{ in: "README.md", was: "a", is: "b", says: "documentation" }],
  code: [{ in: "src/app.ts", was: "a", is: "b", says: "source code" }],
};

function sideOf({ in: path }: Case, line: string | null): string | null {
  return line === null ? null : (around[path] ?? "%\n").replace("%", () => line);
}

const cases = kinds.flatMap((kind) => table[kind].map((one) => [kind, one.in, one.says, one] as const));

describe("each kind of the policy", () => {
  test.each(cases)("%s in %s: %s", (kind, path, says, one) => {
    const found = evidence(text(path, sideOf(one, one.was), sideOf(one, one.is))).filter((each) => each.kind === kind);
    expect(found.map((each) => [each.path, each.because])).toEqual([[path, expect.stringContaining(says)]]);
    expect(found[0]?.line).toEqual(expect.any(Number));
  });
});

/** Kinds that the path of a file tells, whatever changes in it. */
const byPath: ReadonlySet<string> = new Set([
  "docs",
  "code",
  "config",
  "dependencies",
  "guardrail",
  "migration",
  "workflow",
]);
const told = (files: readonly ChangedFile[]): readonly string[] =>
  evidence(...files).flatMap(({ kind }) => (byPath.has(kind) ? [] : [kind]));
const structured = cases.filter(
  ([kind, path, , one]) => !byPath.has(kind) && Object.hasOwn(around, path) && one.is !== null,
);

describe("another layout is of no kind", () => {
  test.each(structured)("%s in %s: %s", (_, path, __, one) => {
    const stands = sideOf(one, one.is) ?? "";
    const comment = "# as it was\n";
    expect(told([text(path, stands, `${comment}${stands}\n`)])).toEqual([]);
    const spaced = path.endsWith(".tf")
      ? stands.replaceAll(" = ", "   =   ")
      : stands.replaceAll("{ ", "{  ").replace("app: api, team: shop", "team: shop, app: api");
    expect(told([text(path, stands, spaced)])).toEqual([]);
  });

  test.each(structured.filter(([, path]) => path === chart || path === kustomization))(
    "in another order, %s in %s: %s",
    (_, path, __, one) => {
      const stands = sideOf(one, one.is) ?? "";
      const [first = "", second = "", ...rest] = stands.trimEnd().split("\n");
      expect(told([text(path, stands, `${[...rest, second, first].join("\n")}\n`)])).toEqual([]);
    },
  );
});

describe("what a chart calls something means nothing elsewhere", () => {
  test.each([
    ["config/app.yaml", "ingress: { enabled: false }", "ingress: { enabled: true }", []],
    ["config/app.yaml", "auth: { ttl: 1 }", "auth: { ttl: 2 }", []],
    ["config/app.yaml", "database: { pool: 1 }", "database: { pool: 2 }", []],
    ["config/app.yaml", "replicaCount: 1", "replicaCount: 2", ["scale"]],
    ["compose.yaml", "services: { a: { image: a:1 } }", "services: { a: { image: a:2 } }", ["image"]],
    ["deploy/values-production.yaml", "replicaCount: 1", "replicaCount: 2", ["scale"]],
    ["deploy/production.values.yml", "ingress: { enabled: false }", "ingress: { enabled: true }", ["ingress"]],
  ])("%s: %s", (path, was, is, expected) => {
    expect(told([text(path, `${was}\n`, `${is}\n`)])).toEqual(expected);
  });

  test("a template of a chart tells by the keys on its changed lines", () => {
    const template = (replicas: number) =>
      `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ .Release.Name }}\nspec:\n  replicas: ${replicas}\n`;
    const path = "charts/api/templates/deployment.yaml";
    const [found] = evidence(text(path, template(3), template(17))).filter(({ kind }) => kind === "scale");
    expect(found).toMatchObject({ path, line: 6, because: "a template sets `replicas`" });
  });

  test("what an author calls a key takes no effect in the evidence", () => {
    const [found] = evidence(text(chart, "ingress: { 'a`b': 1 }\n", "ingress: { 'a`b': 2 }\n")).filter(
      ({ kind }) => kind === "ingress",
    );
    expect(found?.because).toBe("`ingress.a'b` 1 → 2");
  });
});
