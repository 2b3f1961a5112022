import { describe, expect, test } from "vitest";
import { parseExample } from "../../../src/core/example.ts";
import { guardedHunk, guardedIn, namesGuardedKind } from "../../../src/core/kubernetes/guarded.ts";
import { kubernetes } from "../../../src/core/views/kubernetes.ts";
import { workloads } from "../../../src/core/views/workloads.ts";

const tools = { memo: <T>(_: string, compute: () => T): T => compute() };

function look(change: string) {
  return kubernetes(parseExample(change).change, tools);
}

const gaps = (change: string): readonly string[] =>
  look(change).gaps.map(({ id, level, line }) => `${level} ${id}:${line ?? ""}`);

const pod = "  apiVersion: v1\n  kind: Pod\n  metadata: { name: a }";

describe("a manifest that nobody can read is named with its line", () => {
  test.each([
    ["a tab", "+ \tspec: {}", "block unreadable:a.yaml:4"],
    ["a key that stands twice", "+ kind: Service", "block unreadable:a.yaml:4"],
    ["a list that does not end", "+ spec: [", "block unreadable:a.yaml:5"],
    ["an alias of nothing", "+ spec: *none", "block unreadable:a.yaml:4"],
  ])("%s", (_, line, expected) => {
    expect(gaps(`M a.yaml\n${pod}\n${line}`)).toEqual([expected]);
  });

  test("a bundle that outgrows the reader asks people, one that was small blocks", () => {
    const definition = (lines: number): string =>
      Array.from({ length: lines }, () => `  # ${"x".repeat(98)}`).join("\n");
    const grown = (lines: number): string =>
      `M crds.yaml\n${pod}\n${definition(lines)}\n${Array.from({ length: 12_000 - lines }, () => `+ # ${"y".repeat(98)}`).join("\n")}`;
    expect(gaps(grown(9_000))).toEqual(["hold unreadable:crds.yaml:1"]);
    expect(gaps(grown(100))).toEqual(["block unreadable:crds.yaml:1"]);
    expect(gaps(`M crds.yaml\n${pod}\n${definition(12_000)}\n+ x: 1`)).toEqual(["hold unreadable:crds.yaml:1"]);
  });
});

describe("values that stand for no quantity are undecided where they are judged", () => {
  const limitOf = (memory: string) => {
    const change = `A a.yaml\n${pod}\n  spec: { containers: [{ name: a, resources: { limits: { memory: ${memory} } } }] }`;
    const [workload] = workloads(look(change).view.objects, () => ({ targets: [] }));
    return workload?.after?.containers[0]?.memoryLimit.kind;
  };
  test.each([
    ['"ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]"', "undecided"],
    ["-1", "undecided"],
    [".nan", "undecided"],
    ["1Gb", "undecided"],
    ["true", "undecided"],
    ["100u", "exact"],
    ["1e3", "exact"],
    ['"0.5Gi"', "exact"],
    ["0", "absent"],
    ["null", "absent"],
  ])("%s is %s", (written, kind) => {
    expect(limitOf(written)).toBe(kind);
  });
});

test("encrypted and unknown kinds are objects like any other", () => {
  const change = `D a.yaml
  apiVersion: bitnami.com/v1alpha1
  kind: SealedSecret
  metadata: { name: a, namespace: shop }
  spec: { encryptedData: { key: AgB } }
D b.yaml
  apiVersion: v1
  kind: Secret
  metadata: { name: b }
  data: { key: "ENC[AES256_GCM,data:x]" }
  sops: { version: 3.8.1 }
A c.yaml
  apiVersion: acme.example/v9
  kind: Whatever
  metadata: { generateName: job- }`;
  const { view } = look(change);
  expect(view.objects.map(({ key, after }) => `${key}${after === undefined ? " is gone" : ""}`)).toEqual([
    "/Secret//b is gone",
    "acme.example/Whatever//job-",
    "bitnami.com/SealedSecret/shop/a is gone",
  ]);
});

describe("a template that cannot be rendered", () => {
  test.each([
    "  replicas: {{ .Values.replicas }}",
    "  {{- toYaml .Values.resources | nindent 12 }}",
    '  "helm.sh/resource-policy": keep',
    "      maxUnavailable: 1",
    "  terminationGracePeriodSeconds: 5",
    "      image: {{ .Values.image }}",
    "-     {{- with .Values.nodeSelector }}",
    "+     - key: node-role.kubernetes.io/control-plane",
    "+     resource: { name: cpu, target: { type: Utilization } }",
    "    - setWeight: 50",
    "  storageClassName: fast",
  ])("may set with `%s` what is looked at", (line) => {
    expect(guardedIn("kind: Deployment")(line)).toBe(true);
  });

  test.each([
    "  name: storage",
    "  # the steps of things",
    "  app.kubernetes.io/name: canary",
    "  namespace: prod",
    "+     {{- with .Values.tolerations }}",
    "+     nodeSelector: {{ .Values.nodeSelector | toJson }}",
    "+     {{- with .Values.image.pullSecrets }}",
    '-   resources: ["environments"]',
    "+     - resources-finalizer.argocd.argoproj.io",
    "+             resource: limits.memory",
    "+   docker builder prune --keep-storage={{ .Values.cacheSize }}",
    "-     volumeMounts:",
    "+       emptyDir: {}",
  ])("sets nothing of it with `%s`", (line) => {
    expect(guardedIn("kind: Deployment")(line)).toBe(false);
  });

  test("moves mounts only where a volume may outlive the pod", () => {
    const isGuarded = (stood: string): boolean => guardedIn(stood)("-     volumeMounts:");
    expect(
      ["persistentVolumeClaim: { claimName: db }", "{{- toYaml .Values.extraVolumes | nindent 8 }}"].map(isGuarded),
    ).toEqual([true, true]);
    expect(["configMap: { name: settings }", "emptyDir: {}"].map(isGuarded)).toEqual([false, false]);
  });

  test("compares what is new with nothing", () => {
    const lines = ["+ finalizers: [a]", "+ storageClassName: fast", "+ prune: true", "+ replicas: {{ .Values.count }}"];
    expect(lines.map(guardedIn(null))).toEqual([false, false, false, true]);
  });

  test.each([
    ["bot/job:1.2.0", "bot/job:1.10.0", false],
    ["bot/job:1.2.0", "bot/job:1.1.0", true],
    ["bot/job:1.2.0", "b0t/job:1.3.0", true],
    ["bot/job:1.2.0", "bot/job:latest", true],
    ["bot/job:1.2.0", "{{ .Values.image }}", true],
    ["bot/job:1a2b3c4", "bot/job:9f8e7d6", true],
  ])("goes from the image %s to %s: %s", (was, is, expected) => {
    const lines = [`-   image: ${was}`, `+   image: ${is}`];
    const hunk = { before: { start: 9, count: 1 }, after: { start: 9, count: 1 }, lines };
    expect(guardedHunk([hunk], "kind: Deployment") !== undefined).toBe(expected);
    expect(guardedHunk([hunk], null), "of a new file nothing is known").toBeDefined();
  });

  test.each([
    [
      "rules that only go from a role",
      "kind: ClusterRole\nverbs: [get]",
      ["-   - resources: [pods]", "-     verbs: [get]"],
      false,
    ],
    ["a verb that comes", "kind: ClusterRole\nverbs: [get]", ["-     verbs: [get]", "+     verbs: [list]"], true],
    ["names that go", "kind: Role\nresourceNames: [a]", ["-     resourceNames: [a]", "-     verbs: [get]"], true],
    ["a condition that goes", "kind: Role\n{{- if .Values.x }}", ["- {{- if .Values.x }}", "-     verbs: [get]"], true],
    ["limits that go beside a role", "kind: Role\n---\nkind: Deployment", ["-     resources: {}"], true],
    ["what a role takes up", "kind: ClusterRole\nclusterRoleSelectors:", ["-   clusterRoleSelectors:"], true],
  ])("guards %s as far as that may be more", (_, stood, lines, expected) => {
    const hunk = { before: { start: 9, count: lines.length }, after: { start: 9, count: 0 }, lines };
    expect(guardedHunk([hunk], stood) !== undefined).toBe(expected);
  });

  test("counts where its kind holds such keys", () => {
    expect(
      ["Rollout", "PodDisruptionBudget", "StorageClass", "Canary"].map((kind) => namesGuardedKind(`kind: ${kind}`)),
    ).toEqual([true, true, true, true]);
    expect(["ConfigMap", "Secret"].map((kind) => namesGuardedKind(`kind: ${kind}`))).toEqual([false, false]);
  });
});
