import { describe, expect, test } from "vitest";
import type { ChangedFile } from "../../../src/core/change/change-set.ts";
import type { Takes } from "../../../src/core/requirements/booking.ts";
import { judge, repository } from "../evaluate/changes.ts";
import { changeOf, factsOf, file } from "../facts.ts";

const policy = repository(
  'layout: ["k8s/{environment}/{service}/**", "terraform/{environment}/**"]\ncapacity: [{ name: general, environments: [staging], memory: 32Gi }]\n',
);
const Gi = 2 ** 30;

function taken(...files: readonly ChangedFile[]): Takes {
  const { spending } = judge(factsOf({ change: changeOf(...files) }), [policy]);
  if (spending === null) throw new Error("An agent's change spends.");
  return spending.takes;
}

interface Shape {
  readonly kind?: string;
  readonly replicas?: string | null;
  readonly memory?: string | null;
  readonly name?: string;
  readonly beside?: string;
}
/** A workload in one file; null leaves a value out. */
function workload({
  kind = "Deployment",
  replicas = "2",
  memory = "1Gi",
  name = "api",
  beside = "",
}: Shape = {}): string {
  const count = replicas === null ? "" : `replicas: ${replicas}, `;
  const limits = memory === null ? "" : `, resources: { limits: { memory: ${memory} } }`;
  return `apiVersion: apps/v1\nkind: ${kind}\nmetadata: { name: ${name} }\nspec: { ${count}template: { spec: { ${beside}containers: [{ name: ${name}${limits} }] } } }\n`;
}
const path = "k8s/staging/api/api.yaml";
const changed = (before: Shape | null, after: Shape | null): ChangedFile =>
  file(path, before === null ? null : workload(before), after === null ? null : workload(after));

describe("memory and replicas that a change adds", () => {
  test.each<[string, Shape | null, Shape | null, number | null, number | null]>([
    ["more replicas", { replicas: "2" }, { replicas: "5" }, 3 * Gi, 3],
    ["a larger limit", { memory: "1Gi" }, { memory: "3Gi" }, 4 * Gi, 0],
    ["a larger limit for fewer replicas", { replicas: "4" }, { replicas: "2", memory: "3Gi" }, 2 * Gi, 0],
    ["fewer replicas", { replicas: "5" }, { replicas: "2" }, 0, 0],
    ["the same amount in another unit", { memory: "1Gi" }, { memory: "1024Mi" }, 0, 0],
    ["a new workload", null, {}, 2 * Gi, 2],
    ["a workload that is gone", {}, null, 0, 0],
    ["an expression in place of the replicas", {}, { replicas: '"${N}"' }, null, null],
    ["the same expression as before", { replicas: '"${N}"' }, { replicas: '"${N}"', beside: " " }, 0, 0],
    ["a number in place of an expression", { replicas: '"${N}"' }, { replicas: "3" }, 3 * Gi, 3],
    [
      "a larger limit for nobody knows how many",
      { replicas: '"${N}"' },
      { replicas: '"${N}"', memory: "2Gi" },
      null,
      0,
    ],
    ["a limit that is gone", {}, { memory: null }, null, 0],
    ["a limit in place of none", { memory: null }, { memory: "3Gi" }, 0, 0],
    ["more replicas without a limit", { memory: null }, { memory: null, replicas: "3" }, null, 1],
    ["fewer replicas without a limit", { memory: null, replicas: "3" }, { memory: null }, 0, 0],
    ["an expression in place of the limit", {}, { memory: '"${M}"' }, null, 0],
    ["a workload on every node", null, { kind: "DaemonSet", replicas: null }, null, null],
    ["a smaller one on every node", { kind: "DaemonSet", memory: "2Gi" }, { kind: "DaemonSet" }, 0, 0],
    ["a larger one on every node", { kind: "DaemonSet" }, { kind: "DaemonSet", memory: "2Gi" }, null, 0],
    [
      "an init container that takes more than the pod",
      {},
      { beside: "initContainers: [{ name: prepare, resources: { limits: { memory: 2Gi } } }], " },
      2 * Gi,
      0,
    ],
    [
      "a container beside, without a limit, that was there",
      { beside: "initContainers: [{ name: prepare }], " },
      { beside: "initContainers: [{ name: prepare }], ", memory: "2Gi" },
      2 * Gi,
      0,
    ],
    ["a new container without a limit", {}, { beside: "initContainers: [{ name: prepare }], " }, null, 0],
    ["more of it than a number holds", null, { memory: "16Ei" }, null, 2],
    ["no replicas of what has no limit", null, { replicas: "0", memory: null }, 0, 0],
  ])("%s", (_, before, after, addedMemory, addedReplicas) => {
    expect(taken(changed(before, after))).toMatchObject({ addedMemory, addedReplicas });
  });

  test("what one workload gives back is not set against what another takes, but a node pool holds both", () => {
    const one = changed({ replicas: "5" }, { replicas: "2" });
    const other = file("k8s/staging/web/web.yaml", workload({ name: "web" }), workload({ name: "web", replicas: "4" }));
    expect(taken(one, other)).toMatchObject({ addedMemory: 2 * Gi, addedReplicas: 2, pools: { general: 0 } });
  });

  test("a file that moves within its environment takes nothing, and into another one it is new there and gone here", () => {
    const from = file(path, workload(), null);
    const beside = file("k8s/staging/api/app.yaml", null, workload());
    const elsewhere = file("k8s/production/api/api.yaml", null, workload());
    const nothing = { addedMemory: 0, addedReplicas: 0, deletes: 0 };
    expect(taken(from, beside)).toMatchObject(nothing);
    expect(taken(from, elsewhere)).toMatchObject({ addedMemory: 2 * Gi, addedReplicas: 2, deletes: 1 });
  });

  const scaler = (max: number, name = "api") =>
    `apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: ${name} }\nspec: { maxReplicas: ${max}, scaleTargetRef: { kind: Deployment, name: ${name} } }\n`;
  test("an autoscaler's maximum is what counts", () => {
    const deployed = file(path, workload(), workload());
    const grown = file("k8s/staging/api/scale.yaml", scaler(4), scaler(9));
    expect(taken(deployed, grown)).toMatchObject({ addedMemory: 5 * Gi, addedReplicas: 5 });
    const added = file("k8s/staging/api/scale.yaml", null, scaler(9));
    expect(taken(deployed, added)).toMatchObject({ addedMemory: 7 * Gi, addedReplicas: 7 });
  });

  test("an autoscaler of what was not read with it adds replicas, and nobody knows how much memory", () => {
    const alone = (before: number, after: number) =>
      taken(file("k8s/staging/api/scale.yaml", scaler(before), scaler(after)));
    expect(alone(4, 9)).toMatchObject({ addedMemory: null, addedReplicas: 5 });
    expect(alone(9, 4)).toMatchObject({ addedMemory: 0, addedReplicas: 0 });
  });

  test("a kustomization that makes more of what was not read with it counts like an autoscaler", () => {
    const counted = (count: number) => `replicas: [{ name: api, count: ${count} }]\n`;
    const changedCount = file("k8s/staging/kustomization.yaml", counted(3), counted(8));
    expect(taken(changedCount)).toMatchObject({ addedMemory: null, addedReplicas: 5 });
  });

  test("a patch that makes more pods adds memory that is not known, and one that makes fewer adds none", () => {
    const kustomization = "patches: [{ path: patch.yaml }]\n";
    const patched = (before: number, after: number) =>
      taken(
        file("k8s/staging/kustomization.yaml", kustomization, kustomization),
        file(
          "k8s/staging/patch.yaml",
          `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: api }\nspec: { replicas: ${before} }\n`,
          `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: api }\nspec: { replicas: ${after} }\n`,
        ),
      );
    expect(patched(3, 8)).toMatchObject({ addedMemory: null, addedReplicas: 5 });
    expect(patched(8, 3)).toMatchObject({ addedMemory: 0, addedReplicas: 0 });
  });

  test("a larger default for containers without a limit adds memory that is not known", () => {
    const limits = (memory: string) =>
      `apiVersion: v1\nkind: LimitRange\nmetadata: { name: limits }\nspec: { limits: [{ type: Container, default: { memory: ${memory} } }] }\n`;
    const given = (before: string, after: string) =>
      taken(file("k8s/staging/api/limits.yaml", limits(before), limits(after))).addedMemory;
    expect(given("1Gi", "2Gi")).toBeNull();
    expect(given("2Gi", "1Gi")).toBe(0);
  });

  test("a manifest that cannot be read adds and deletes nobody knows how much", () => {
    expect(taken(file(path, workload(), "kind: Deployment\napiVersion: apps/v1\n\t- {"))).toMatchObject({
      addedMemory: null,
      addedReplicas: null,
      deletes: null,
      pools: { general: null },
    });
  });

  test("files of a change that GitHub does not list may hold anything", () => {
    const gap = {
      id: "unreadable-folder:k8s",
      level: "hold",
      path: "k8s",
      side: "head",
      line: null,
      reason: "what changed in `k8s`",
      remedy: "",
    } as const;
    const { spending } = judge(factsOf({ change: changeOf(file("a.md", "a", "b")), gaps: [gap] }), [policy]);
    expect(spending?.takes).toMatchObject({ addedMemory: null, addedReplicas: null, deletes: null });
  });
});

describe("settings of what nobody sees", () => {
  const inValues = (before: string | null, after: string | null) =>
    taken(file("charts/api/values.yaml", before, after));
  test.each<[string, string | null, string | null, number | null, number | null]>([
    ["more replicas", "replicaCount: 2\n", "replicaCount: 9\n", null, null],
    ["fewer replicas", "replicaCount: 9\n", "replicaCount: 2\n", 0, 0],
    ["replicas in place of the default", "a: 1\n", "a: 1\nreplicaCount: 2\n", null, null],
    ["the default in place of replicas", "a: 1\nreplicaCount: 2\n", "a: 1\n", null, null],
    ["more memory", "resources: { limits: { memory: 1Gi } }\n", "resources: { limits: { memory: 2Gi } }\n", null, 0],
    ["less memory", "resources: { limits: { memory: 2Gi } }\n", "resources: { limits: { memory: 1Gi } }\n", 0, 0],
    ["as much in another unit", "limits: { memory: 1Gi }\n", "limits: { memory: 1024Mi }\n", 0, 0],
    ["memory that is an expression", "limits: { memory: 1Gi }\n", 'limits: { memory: "${M}" }\n', null, 0],
    ["more processors", "resources: { limits: { cpu: 1 } }\n", "resources: { limits: { cpu: 9 } }\n", 0, 0],
    ["an autoscaler", "autoscaling: { enabled: false }\n", "autoscaling: { enabled: true }\n", null, null],
    ["no autoscaler", "autoscaling: { enabled: true }\n", "autoscaling: { enabled: false }\n", 0, 0],
    ["when it scales", "autoscaling: { targetCPU: 50 }\n", "autoscaling: { targetCPU: 80 }\n", 0, 0],
    ["something else", "greeting: 1\n", "greeting: 9\n", 0, 0],
    ["another order", "replicaCount: 2\na: 1\n", "a: 1\nreplicaCount: 2\n", 0, 0],
  ])("of a chart: %s", (_, before, after, addedMemory, addedReplicas) => {
    expect(inValues(before, after)).toMatchObject({ addedMemory, addedReplicas });
  });

  test.each<[string, string, string, number | null, number | null]>([
    ["replicas", "replicas: 3", "replicas: 9", null, null],
    ["memory", "memory: 1Gi", "memory: 2Gi", null, null],
    ["neither", "greeting: 3", "greeting: 9", 0, 0],
  ])("of a template: %s", (_, before, after, addedMemory, addedReplicas) => {
    const template = (line: string) =>
      `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ .Release.Name }}\nspec:\n  ${line}\n`;
    const chart = file("charts/api/templates/api.yaml", template(before), template(after));
    expect(taken(chart)).toMatchObject({ addedMemory, addedReplicas });
  });

  const terraform = (before: string | null, after: string | null) =>
    taken(file("terraform/staging/main.tf", before, after));
  const service = (body: string) => `resource "aws_ecs_service" "api" {\n  ${body}\n}\n`;
  test.each<[string, string | null, string | null, number | null, number | null]>([
    ["more tasks", service("desired_count = 2"), service("desired_count = 9"), null, null],
    ["fewer tasks", service("desired_count = 9"), service("desired_count = 2"), 0, 0],
    ["tasks by an expression", service("desired_count = 2"), service("desired_count = var.n"), null, null],
    ["the same expression", service("desired_count = var.n"), service('desired_count = var.n\n  name = "x"'), 0, 0],
    ["more memory", service("memory = 512"), service("memory = 1024"), null, 0],
    ["another size, in a nested block", service("a {\n memory = 512\n }"), service("a {\n memory = 900\n }"), null, 0],
    ["another machine", service('instance_type = "a"'), service('instance_type = "b"'), null, 0],
    ["a new service", null, service("desired_count = 2"), null, null],
    ["a service that is gone", service("desired_count = 2"), "", 0, 0],
    ["another order", service("memory = 1\n  count = 2"), service("count = 2\n  memory = 1"), 0, 0],
    ["an output", 'output "memory" {\n  value = 1\n}\n', 'output "memory" {\n  value = 2\n}\n', 0, 0],
  ])("of a resource: %s", (_, before, after, addedMemory, addedReplicas) => {
    expect(terraform(before, after)).toMatchObject({ addedMemory, addedReplicas });
  });
});

describe("what a change deletes", () => {
  const terraform = (before: string | null, after: string | null) =>
    taken(file("terraform/staging/main.tf", before, after)).deletes;
  const topic = (body = "") => `resource "aws_sns_topic" "a" {\n${body}\n}\n`;
  test.each<[string, string | null, string | null, number | null]>([
    ["a resource", topic(), "", 1],
    [
      "nothing, where it is renamed with a moved block",
      topic(),
      'resource "aws_sns_topic" "b" {}\nmoved {\n  from = aws_sns_topic.a\n  to = aws_sns_topic.b\n}\n',
      0,
    ],
    ["a resource that stands for several", topic("count = 4"), "", 4],
    ["a resource that stands for nobody knows how many", topic("count = var.n"), "", null],
    ["instances", topic("count = 4"), topic("count = 1"), 3],
    ["nothing, where there are more instances", topic("count = 1"), topic("count = 4"), 0],
    ["the one instance that there was", topic(), topic("count = 0"), 1],
    ["nobody knows how many of one", topic(), topic("count = var.n"), null],
    ["nothing, where the same expression says how many", topic("count = var.n"), topic('count = var.n\nname = "x"'), 0],
    ["the keys that are gone", topic("for_each = { a = 1, b = 2, c = 3 }"), topic("for_each = { a = 1, d = 4 }"), 2],
    ["what had no key", topic(), topic("for_each = { a = 1 }"), 1],
    ["nobody knows what of a module", 'module "a" { source = "./a" }\n', "", null],
    ["nothing, where a variable goes", 'variable "a" {}\n', "", 0],
    [
      "a part of something that holds data",
      'resource "aws_dynamodb_table" "a" {\n replica {\n region_name = "x"\n }\n}\n',
      'resource "aws_dynamodb_table" "a" {}\n',
      1,
    ],
  ])("%s", (_, before, after, deletes) => {
    expect(terraform(before, after)).toBe(deletes);
  });

  test("every object of a manifest", () => {
    expect(taken(file(path, `${workload()}---\n${workload({ name: "b" })}`, workload())).deletes).toBe(1);
    expect(taken(file(path, `${workload()}---\n${workload({ name: "b" })}`, null)).deletes).toBe(2);
  });
});
