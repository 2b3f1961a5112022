import { describe, expect, test } from "vitest";
import { parseExample } from "../../../src/core/example.ts";
import { formatQuantity } from "../../../src/lib/quantity.ts";
import { kubernetes } from "../../../src/core/views/kubernetes.ts";
import { holders, podMemory, roomOf, tidy, workloadMemory } from "../../../src/core/views/memory.ts";
import { type Workload, workloads } from "../../../src/core/views/workloads.ts";
import { memoryPools } from "../../../src/core/views/pools.ts";
import { parseQuantity, whole, zero } from "../../../src/lib/quantity.ts";

const tools = { memo: <T>(_: string, compute: () => T): T => compute() };
const nowhere = () => ({ targets: [] });

function after(change: string): readonly Workload[] {
  const { view } = kubernetes(parseExample(change).change, tools);
  return workloads(view.objects, nowhere).flatMap((workload) => workload.after ?? []);
}

/** One workload of this kind whose pod is written in the flow style. */
function workload(kind: string, spec: string): Workload | undefined {
  return after(`A a.yaml\n  apiVersion: apps/v1\n  kind: ${kind}\n  metadata: { name: a }\n  spec: ${spec}`)[0];
}

function sum(of: Workload | undefined): string {
  if (of === undefined) return "no workload";
  const { known, open } = workloadMemory(of);
  return `${formatQuantity(known)}${open === null ? "" : " at least"}`;
}

const container = (name: string, memory: string, extra = ""): string =>
  `{ name: ${name}${extra}, resources: { limits: { memory: ${memory} } } }`;
const pod = (...containers: readonly string[]): string => `{ spec: { containers: [${containers.join(", ")}] } }`;

describe("the memory of all pods", () => {
  test.each([
    ["Deployment", `{ replicas: 3, template: ${pod(container("a", "1Gi"))} }`, "3Gi"],
    ["StatefulSet", `{ template: ${pod(container("a", "1Gi"), container("b", "512Mi"))} }`, "1536Mi"],
    ["Rollout", `{ replicas: "2", template: ${pod(container("a", "1Gi"))} }`, "2Gi"],
    ["Job", `{ parallelism: 5, template: ${pod(container("a", "1Gi"))} }`, "5Gi"],
    ["CronJob", `{ jobTemplate: { spec: { parallelism: 2, template: ${pod(container("a", "1Gi"))} } } }`, "2Gi"],
    ["Pod", `{ containers: [${container("a", "1Gi")}] }`, "1Gi"],
    ["DaemonSet", `{ template: ${pod(container("a", "1Gi"))} }`, "1Gi at least"],
    ["Deployment", `{ replicas: "\${N}", template: ${pod(container("a", "1Gi"))} }`, "1Gi at least"],
    ["Deployment", `{ replicas: 2, template: ${pod(container("a", "1Gi"), "{ name: b }")} }`, "2Gi at least"],
    ["Deployment", `{ replicas: 2, template: ${pod(container("a", '"${M}"'))} }`, "0 at least"],
    ["Deployment", `{ replicas: 0, template: ${pod("{ name: b }")} }`, "0"],
    ["Deployment", `{ replicas: 2, template: ${pod(container("a", "1073741824"))} }`, "2Gi"],
    ["Deployment", `{ replicas: 2, template: ${pod(container("a", "0"))} }`, "0 at least"],
    ["Deployment", `{ replicas: 2, template: ${pod(container("a", "-1Gi"))} }`, "0 at least"],
    ["Deployment", `{ replicas: 2, template: "\${TEMPLATE}" }`, "0 at least"],
    ["Deployment", `{ replicas: 2, template: { spec: { containers: "\${CONTAINERS}" } } }`, "0 at least"],
    ["Deployment", `{ replicas: 2, template: ${pod('{ name: a, resources: "${SIZE}" }')} }`, "0 at least"],
    ["LimitRange", `{ limits: [{ type: Container, default: { memory: 1Gi } }] }`, "0"],
  ])("%s %s", (kind, spec, expected) => {
    expect(sum(workload(kind, spec))).toBe(expected);
  });

  test("init containers run before the others, sidecars beside all", () => {
    const starting = [container("side", "1Gi", ", restartPolicy: Always"), container("init", "4Gi")].join(", ");
    const spec = (main: string): string => `{ initContainers: [${starting}], containers: [${container("a", main)}] }`;
    expect(sum(workload("Pod", spec("2Gi")))).toBe("5Gi");
    expect(sum(workload("Pod", spec("6Gi")))).toBe("7Gi");
  });

  test("a limit of the pod as a whole stands before those of its containers", () => {
    expect(sum(workload("Pod", `{ resources: { limits: { memory: 1Gi } }, containers: [{ name: a }] }`))).toBe("1Gi");
  });
});

describe("autoscalers", () => {
  const deployment = (path: string): string =>
    `A ${path}\n  apiVersion: apps/v1\n  kind: Deployment\n  metadata: { name: a }\n  spec: { replicas: 2 }`;
  const scaler = (path: string, max: string, kind = "Deployment"): string =>
    `A ${path}\n  apiVersion: autoscaling/v2\n  kind: HorizontalPodAutoscaler\n  metadata: { name: a }\n  spec: { maxReplicas: ${max}, scaleTargetRef: { kind: ${kind}, name: a } }`;
  const counts = (change: string): readonly string[] =>
    after(change).map(({ object, count }) => `${object.path} ${count.kind === "exact" ? count.pods : count.kind}`);

  test("the maximum counts, wherever in the environment it is written", () => {
    const change = [
      deployment("k8s/production/a/deployment.yaml"),
      deployment("k8s/staging/a/deployment.yaml"),
      scaler("k8s/production/scaling/hpa.yaml", "40"),
    ].join("\n");
    expect(counts(change)).toEqual(["k8s/production/a/deployment.yaml 40", "k8s/staging/a/deployment.yaml 2"]);
  });

  test("of another kind it is for somebody else", () => {
    expect(counts(`${deployment("a.yaml")}\n${scaler("hpa.yaml", "40", "StatefulSet")}`)).toEqual(["a.yaml 2"]);
  });

  test("of KEDA are for a Deployment where they name no kind", () => {
    const keda = `A keda.yaml\n  apiVersion: keda.sh/v1alpha1\n  kind: ScaledObject\n  metadata: { name: a }\n  spec: { maxReplicaCount: 30, scaleTargetRef: { name: a } }`;
    expect(counts(`${deployment("a.yaml")}\n${keda}`)).toEqual(["a.yaml 30"]);
  });

  test("a maximum that is an expression is not the number of replicas", () => {
    expect(counts(`${deployment("a.yaml")}\n${scaler("hpa.yaml", '"${MAX}"')}`)).toEqual(["a.yaml undecided"]);
  });
});

test("a kind that is named like something every object has is no workload", () => {
  expect(workload("constructor", "{ replicas: 3 }")).toBeUndefined();
});

test("what comes to stand twice in a file counts once for what stood before, and twice after", () => {
  const twice = `M k8s/a.yaml
  apiVersion: v1
  kind: Pod
  metadata: { name: a }
  spec: { containers: [${container("a", "1Gi")}] }
+ ---
+ apiVersion: v1
+ kind: Pod
+ metadata: { name: a }
+ spec: { containers: [${container("a", "4Gi")}] }`;
  const { view } = kubernetes(parseExample(twice).change, tools);
  const reach = () => ({ targets: [{ environment: "staging", service: null, chain: [] }], unresolved: false });
  const pool = {
    name: "p",
    environments: ["staging"],
    memory: whole(1),
    cpu: null,
    count: "limits" as const,
    headroom: zero,
  };
  const [found] = memoryPools([pool], workloads(view.objects, reach), [], reach, () => false);
  expect(found === undefined ? [] : [found.before, found.after].map(formatQuantity)).toEqual(["1Gi", "5Gi"]);
});

test("a Rollout runs the pods of the workload that it refers to", () => {
  const rollout =
    "A r.yaml\n  apiVersion: argoproj.io/v1alpha1\n  kind: Rollout\n  metadata: { name: r }\n  spec: { replicas: 4, workloadRef: { apiVersion: apps/v1, kind: Deployment, name: a } }";
  const deployment = `A a.yaml\n  apiVersion: apps/v1\n  kind: Deployment\n  metadata: { name: a }\n  spec: { replicas: 0, template: ${pod(container("a", "1Gi"))} }`;
  expect(after(`${rollout}\n${deployment}`).map((one) => `${one.object.kind} ${sum(one)}`)).toEqual([
    "Deployment 0",
    "Rollout 4Gi",
  ]);
});

test("a job for each event may run up to its maximum", () => {
  expect(
    sum(workload("ScaledJob", `{ maxReplicaCount: 6, jobTargetRef: { template: ${pod(container("a", "1Gi"))} } }`)),
  ).toBe("6Gi");
});

test("an autoscaler states the least and the most", () => {
  const deployment = `A k/a.yaml\n  apiVersion: apps/v1\n  kind: Deployment\n  metadata: { name: a }\n  spec: { template: ${pod(container("a", "1Gi"))} }`;
  const scaler =
    "A k/s.yaml\n  apiVersion: keda.sh/v1alpha1\n  kind: ScaledObject\n  metadata: { name: s }\n  spec: { minReplicaCount: 2, maxReplicaCount: 8, scaleTargetRef: { name: a } }";
  const [found] = after(`${deployment}\n${scaler}`);
  expect([found?.minimum?.scalar, sum(found)]).toEqual([2, "8Gi"]);
});

describe("patches of a kustomization", () => {
  const deployment = (extra: string, ...containers: readonly string[]): string =>
    `\n  apiVersion: apps/v1\n  kind: Deployment\n  metadata: { name: a }\n  spec: { ${extra}template: ${pod(...containers)} }`;
  const base = `= k8s/base.yaml${deployment("replicas: 2, ", container("a", "1Gi"))}`;
  const summed = (patch: string, path = "k8s/patch.yaml", resources = "base.yaml"): readonly string[] => {
    const kustomization = `= k8s/kustomization.yaml\n  resources: [${resources}]\n  patches: [{ path: ./patch.yaml }]`;
    const { view } = kubernetes(parseExample(`${base}\n${kustomization}\nA ${path}${patch}`).change, tools);
    const reach = () => ({ targets: [{ environment: "staging", service: null, chain: [] }], unresolved: false });
    const pool = {
      name: "p",
      environments: ["staging"],
      memory: whole(1),
      cpu: null,
      count: "limits" as const,
      headroom: zero,
    };
    const [found] = memoryPools([pool], workloads(view.objects, reach), [], reach, () => false);
    return found === undefined ? [] : [formatQuantity(found.after), ...found.open];
  };

  test("take the place of what they replace in full", () => {
    expect(summed(deployment("replicas: 5, ", container("a", "2Gi")))).toEqual(["10Gi"]);
    expect(summed(deployment("replicas: 5, ", container("a", "2Gi")), "k8s/other.yaml")).toEqual(["12Gi"]);
  });

  test("are applied to what they patch where that is at hand", () => {
    expect(summed(deployment("", container("a", "2Gi")))).toEqual(["4Gi"]);
    expect(summed(deployment("replicas: 5, "))).toEqual(["5Gi"]);
  });

  test("leave the sum open where they say less, and what they patch is elsewhere", () => {
    const open = (patch: string): string | undefined =>
      summed(patch, "k8s/patch.yaml", "github.com/acme/base?ref=v1")[1];
    expect(open(deployment("", container("a", "2Gi")))).toContain("the replicas of `a` are not in its patch");
    expect(open(deployment("replicas: 5, "))).toContain("what the patch of `a` adds to");
    expect(open(deployment("replicas: 5, ", "{ name: a }"))).toContain("has no memory limit");
  });

  test("of something else count for nothing", () => {
    expect(summed(deployment("minReadySeconds: 5, ", "{ name: a, env: [] }"))).toEqual(["2Gi"]);
  });

  test("count replicas for the workload of their name, but an autoscaler has the last word", () => {
    const counted = "= k8s/kustomization.yaml\n  replicas: [{ name: a, count: 7 }]";
    const scaler =
      "= k8s/hpa.yaml\n  apiVersion: autoscaling/v2\n  kind: HorizontalPodAutoscaler\n  metadata: { name: a }\n  spec: { maxReplicas: 9, scaleTargetRef: { kind: Deployment, name: a } }";
    expect(after(`${base}\n${counted}`).map(sum)).toEqual(["7Gi"]);
    expect(after(`${base}\n${counted}\n${scaler}`).map(sum)).toEqual(["9Gi"]);
  });

  test("in text that cannot be read are an expression", () => {
    const broken = 'A k8s/kustomization.yaml\n  patches: [{ target: { name: a }, patch: "spec: [" }]';
    expect(after(broken).map(({ count }) => count.kind)).toEqual(["undecided"]);
  });

  test("of JSON operations hold what they write, whichever item of a list it is", () => {
    const operations =
      "= k8s/patch.yaml\n  - { op: replace, path: /spec/replicas, value: 3 }\n  - { op: add, path: /spec/template/spec/containers/0/resources/limits/memory, value: 2Gi }";
    expect(after(operations).map(sum)).toEqual(["6Gi"]);
  });
});

test("a neighbour that cannot be read leaves the sum of its pool open", () => {
  const good = "= k8s/a.yaml\n  apiVersion: v1\n  kind: Pod\n  metadata: { name: a }\n  spec: { containers: [] }";
  const { view } = kubernetes(
    parseExample(`${good}\n= k8s/b.yaml\n  apiVersion: v1\n  kind: Pod\n  x: [`).change,
    tools,
  );
  const reach = (path: string) => ({
    targets: path.startsWith("k8s/") ? [{ environment: "staging", service: null, chain: [] }] : [],
    unresolved: false,
  });
  const pool = {
    name: "p",
    environments: ["staging"],
    memory: whole(1),
    cpu: null,
    count: "limits" as const,
    headroom: zero,
  };
  const [found] = memoryPools([pool], workloads(view.objects, reach), view.unreadContext, reach, () => false);
  expect(found?.open).toEqual([expect.stringContaining("`k8s/b.yaml` cannot be read")]);
});

describe("the room that a bound leaves", () => {
  test("is what the other containers of the pod do not take", () => {
    const of = workload("Pod", `{ containers: [${container("a", "1Gi")}, ${container("b", "256Mi")}] }`);
    const holder = of === undefined ? undefined : holders(of)[0];
    const room = of === undefined || holder === undefined ? zero : roomOf(of, holder, parseQuantity("2Gi") ?? zero);
    expect(formatQuantity(room)).toBe("1792Mi");
    expect(of === undefined ? "" : formatQuantity(podMemory(of).known)).toBe("1280Mi");
  });

  test("of an init container is not taken by what starts after it", () => {
    const of = workload(
      "Pod",
      `{ initContainers: [${container("i", "1Gi")}], containers: [${container("a", "1Gi")}, ${container("b", "1Gi")}] }`,
    );
    const rooms = of === undefined ? [] : holders(of).map((holder) => roomOf(of, holder, parseQuantity("4Gi") ?? zero));
    expect(rooms.map(formatQuantity)).toEqual(["4Gi", "3Gi", "3Gi"]);
  });

  test.each([
    ["800Mi", "768Mi"],
    ["1365Mi", "1344Mi"],
    ["3000Mi", "2944Mi"],
    ["11Gi", "11Gi"],
    ["100Mi", "96Mi"],
    ["1000M", "896Mi"],
    ["1500Ki", "1Mi"],
  ])("%s is given as %s", (bytes, expected) => {
    expect(formatQuantity(tidy(parseQuantity(bytes) ?? zero))).toBe(expected);
  });
});
