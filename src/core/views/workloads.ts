import { compare, parseQuantity, type Rational, zero } from "../../lib/quantity.ts";
import type { FileReach } from "../reach/reach.ts";
import type { KubernetesObject, ObjectChange } from "./kubernetes.ts";
import { nearness, pairByIdentity } from "./pairing.ts";
import { isTarget, maxima, minima, scalersOf, statedBy } from "./scalers.ts";
import { reached, type Value } from "./value.ts";

export { reached };

/** A quantity as a manifest states it: nothing, an exact one, or text that stands for one. */
export type Amount =
  | { readonly kind: "absent" }
  | { readonly kind: "exact"; readonly value: Rational; readonly at: Value; readonly written: string }
  | { readonly kind: "undecided"; readonly at: Value };

/** How many pods there can be at once. `at` is the value that says so, undefined where Kubernetes' default of 1 does. */
export type Count =
  | { readonly kind: "exact"; readonly pods: number; readonly at: Value | undefined; readonly autoscaled: boolean }
  | { readonly kind: "undecided"; readonly at: Value }
  /** One pod on each node that fits: no manifest says how many nodes there are. */
  | { readonly kind: "per-node" };

/** `init` containers end before the pod serves; a `sidecar` (an init container that restarts always) runs beside the main ones. */
export interface Container {
  readonly name: string;
  readonly role: "main" | "init" | "sidecar";
  readonly root: Value;
  readonly memoryLimit: Amount;
  readonly memoryRequest: Amount;
  readonly cpuLimit: Amount;
  readonly cpuRequest: Amount;
}

/** An object that runs pods. */
export interface Workload {
  readonly object: KubernetesObject;
  readonly containers: readonly Container[];
  /** A limit for the pod as a whole, which stands before those of its containers. */
  readonly podMemoryLimit: Amount;
  readonly podCpuLimit: Amount;
  readonly count: Count;
  /** The least that an autoscaler keeps; undefined where none does, or none says. */
  readonly minimum: Value | undefined;
}

export interface WorkloadChange {
  readonly before: Workload | undefined;
  readonly after: Workload | undefined;
}

interface Shape {
  readonly pod: readonly string[];
  readonly count: readonly string[] | "one" | "per-node" | "none";
}

const template = ["spec", "template", "spec"];
const scaled: Shape = { pod: template, count: ["spec", "replicas"] };
const job = ["spec", "jobTemplate"];

/** Kubernetes API reference, "Workload Resources"; Rollout is Argo Rollouts' Deployment, DeploymentConfig OpenShift's. */
const shapes: Readonly<Record<string, Shape>> = {
  Deployment: scaled,
  StatefulSet: scaled,
  ReplicaSet: scaled,
  ReplicationController: scaled,
  Rollout: scaled,
  DeploymentConfig: scaled,
  DaemonSet: { pod: template, count: "per-node" },
  Job: { pod: template, count: ["spec", "parallelism"] },
  CronJob: { pod: [...job, ...template], count: [...job, "spec", "parallelism"] },
  // KEDA's: a job for each event, up to a maximum.
  ScaledJob: { pod: ["spec", "jobTargetRef", ...template.slice(1)], count: ["spec", "maxReplicaCount"] },
  Pod: { pod: ["spec"], count: "one" },
  // Runs nothing by itself, but gives every container of its namespace that states no limit the one that stands here.
  LimitRange: { pod: ["spec"], count: "none" },
};

function shapeOf({ kind }: KubernetesObject): Shape | undefined {
  return Object.hasOwn(shapes, kind) ? shapes[kind] : undefined;
}

/** The path of what a workload says of its pods, which ends in `spec`; null for objects that run none. */
export function podPath(object: KubernetesObject): readonly string[] | null {
  return object.kind === "LimitRange" ? null : (shapeOf(object)?.pod ?? null);
}

/** The path of the value that says how many pods an object may run or ask for; null for other kinds. */
export function countPath(object: KubernetesObject): readonly string[] | null {
  if (Object.hasOwn(maxima, object.kind)) return maxima[object.kind] ?? null;
  const count = shapeOf(object)?.count;
  return count === undefined || typeof count === "string" ? null : count;
}

/**
 * The workloads before and after, with what scales them. A workload that comes to an environment which it did not reach before
 * is new there, even where one of the same name has gone elsewhere.
 */
export function workloads(
  objects: readonly ObjectChange[],
  reach: (path: string) => Pick<FileReach, "targets">,
): readonly WorkloadChange[] {
  const befores = read(objects.flatMap(({ before }) => before ?? []));
  const afters = read(objects.flatMap(({ after }) => after ?? []));
  return renamespaced(objects).flatMap((change) => {
    const before = change.before === undefined ? undefined : befores.get(change.before);
    const after = change.after === undefined ? undefined : afters.get(change.after);
    if (before === undefined && after === undefined) return [];
    if (isArrival(change, reach))
      return [
        { before, after: undefined },
        { before: undefined, after },
      ];
    return [{ before, after }];
  });
}

/** An object that goes from one namespace to another is a new one to the cluster; for what it takes, it is the one that was. */
function renamespaced(objects: readonly ObjectChange[]): readonly Pick<ObjectChange, "before" | "after">[] {
  const keyed = (object: KubernetesObject | undefined) => {
    if (object === undefined || shapeOf(object) === undefined) return [];
    return [{ key: `${object.apiVersion} ${object.kind} ${object.name}`, path: object.path, object }];
  };
  const gone = objects.flatMap(({ before, after }) => (after === undefined ? keyed(before) : []));
  const fresh = objects.flatMap(({ before, after }) => (before === undefined ? keyed(after) : []));
  const moved = pairByIdentity(gone, fresh).flatMap(({ before, after }) =>
    before === undefined || after === undefined ? [] : [{ before: before.object, after: after.object }],
  );
  const partners = new Map(moved.map((pair) => [pair.after, pair.before]));
  const taken = new Set(moved.map(({ before }) => before));
  return objects
    .filter(({ before, after }) => after !== undefined || before === undefined || !taken.has(before))
    .map(({ before, after }) => ({ before: before ?? (after === undefined ? undefined : partners.get(after)), after }));
}

type Standing = { readonly path: string };

/** Whether the head puts something into an environment that it did not reach from where it stood before. */
export function isArrival(
  { before, after }: { readonly before: Standing | undefined; readonly after: Standing | undefined },
  reach: (path: string) => Pick<FileReach, "targets">,
): boolean {
  if (before === undefined || after === undefined || before.path === after.path) return false;
  const known = new Set(reach(before.path).targets.map(({ environment }) => environment));
  return reach(after.path).targets.some(({ environment }) => !known.has(environment));
}

function read(objects: readonly KubernetesObject[]): ReadonlyMap<KubernetesObject, Workload> {
  const running = objects.filter((object) => shapeOf(object) !== undefined);
  const scalers = scalersOf(objects, running);
  return new Map(
    running.map((object) => {
      const scaler = scalers.get(object);
      const templated = templateOf(object, running);
      const workload = workloadOf(object, scaler === undefined ? undefined : statedBy(scaler, maxima));
      const minimum = scaler === undefined ? undefined : statedBy(scaler, minima);
      return [object, { ...workload, minimum, ...(templated === undefined ? {} : podOf(templated)) }];
    }),
  );
}

/** The workload whose pods a Rollout of Argo runs in its place. https://argo-rollouts.readthedocs.io/en/stable/migrating/ */
function templateOf(object: KubernetesObject, running: readonly KubernetesObject[]): KubernetesObject | undefined {
  const reference = object.kind === "Rollout" ? object.root.at("spec", "workloadRef") : undefined;
  if (reference === undefined) return undefined;
  const [kind, name] = [reference.at("kind")?.scalar, reference.at("name")?.scalar];
  return running
    .filter((one) => one.kind === kind && one.name === name && one.namespace === object.namespace)
    .toSorted((a, b) => nearness(b.path, object.path) - nearness(a.path, object.path))[0];
}

function podOf(object: KubernetesObject): Pick<Workload, "containers" | "podMemoryLimit" | "podCpuLimit"> {
  const { containers, podMemoryLimit, podCpuLimit } = workloadOf(object, undefined);
  return { containers, podMemoryLimit, podCpuLimit };
}

/** Changes of what says how many pods there are for a workload that was not read with it: it stands in another folder, or nowhere. */
export function scalersAlone(objects: readonly ObjectChange[]): readonly ObjectChange[] {
  const running = objects.flatMap(({ after }) => (after !== undefined && shapeOf(after) !== undefined ? [after] : []));
  return objects.filter(
    ({ after }) =>
      after !== undefined && Object.hasOwn(maxima, after.kind) && !running.some((object) => isTarget(object, after)),
  );
}

function workloadOf(object: KubernetesObject, maximum: Value | undefined): Workload {
  const shape = shapeOf(object);
  const pod = object.root.at(...(shape?.pod ?? []));
  const starting = pod?.at("initContainers")?.items() ?? [];
  const hidden = [[], ["initContainers"], ["containers"]].map((path) =>
    reached(object.root, [...(shape?.pod ?? []), ...path]),
  );
  const expression = hidden.find((value) => value?.scalar != null);
  return {
    object,
    containers:
      object.kind === "LimitRange"
        ? defaultsOf(object)
        : [
            ...starting.map((root) =>
              containerOf(root, root.at("restartPolicy")?.scalar === "Always" ? "sidecar" : "init"),
            ),
            ...(pod?.at("containers")?.items() ?? []).map((root) => containerOf(root, "main")),
          ],
    podMemoryLimit: expression === undefined ? amountOf(pod, limitPath) : { kind: "undecided", at: expression },
    podCpuLimit:
      expression === undefined ? amountOf(pod, ["resources", "limits", "cpu"]) : { kind: "undecided", at: expression },
    count: countOf(object, shape, maximum),
    minimum: undefined,
  };
}

const limitPath = ["resources", "limits", "memory"];

/** What a LimitRange gives to containers that state no limit of their own. */
function defaultsOf(object: KubernetesObject): readonly Container[] {
  const limits = object.root.at("spec", "limits")?.items() ?? [];
  return limits
    .filter((root) => root.at("type")?.scalar === "Container")
    .map((root) => ({
      name: "default",
      role: "main",
      root,
      memoryLimit: amountOf(root, ["default", "memory"]),
      memoryRequest: amountOf(root, ["defaultRequest", "memory"]),
      cpuLimit: amountOf(root, ["default", "cpu"]),
      cpuRequest: amountOf(root, ["defaultRequest", "cpu"]),
    }));
}

function containerOf(root: Value, role: Container["role"]): Container {
  return {
    name: String(root.at("name")?.scalar ?? ""),
    role,
    root,
    memoryLimit: amountOf(root, limitPath),
    memoryRequest: amountOf(root, ["resources", "requests", "memory"]),
    cpuLimit: amountOf(root, ["resources", "limits", "cpu"]),
    cpuRequest: amountOf(root, ["resources", "requests", "cpu"]),
  };
}

/** A limit of 0 is none: the kubelet sets no bound then. */
function amountOf(root: Value | undefined, path: readonly string[]): Amount {
  const value = root === undefined ? undefined : reached(root, path);
  if (value === undefined || value.scalar === null) return { kind: "absent" };
  const written = typeof value.scalar === "string" || typeof value.scalar === "number" ? String(value.scalar) : "";
  const exact = parseQuantity(written);
  if (exact === null || compare(exact, zero) < 0) return { kind: "undecided", at: value };
  return compare(exact, zero) === 0 ? { kind: "absent" } : { kind: "exact", value: exact, at: value, written };
}

/** KEDA's default of `maxReplicaCount`. https://keda.sh/docs/latest/reference/scaledjob-spec/ */
const jobsByDefault = 100;

function countOf(object: KubernetesObject, shape: Shape | undefined, maximum: Value | undefined): Count {
  if (maximum !== undefined) return exactly(maximum, true);
  if (shape?.count === "per-node") return { kind: "per-node" };
  if (shape?.count === "none") return { kind: "exact", pods: 0, at: undefined, autoscaled: false };
  const path = countPath(object);
  const value = path === null ? undefined : reached(object.root, path);
  // How many there are stands with what is patched, which need not be known.
  if (value === undefined && object.patch) return { kind: "undecided", at: object.root };
  if (value === undefined || value.scalar === null) {
    return { kind: "exact", pods: object.kind === "ScaledJob" ? jobsByDefault : 1, at: undefined, autoscaled: false };
  }
  return exactly(value, false);
}

/** A whole number of pods, written as a number or as its digits. */
export function podsOf(value: Value): number | null {
  const { scalar } = value;
  const pods = typeof scalar === "string" && /^\d{1,9}$/u.test(scalar) ? Number(scalar) : scalar;
  return typeof pods === "number" && Number.isSafeInteger(pods) && pods >= 0 ? pods : null;
}

function exactly(value: Value, autoscaled: boolean): Count {
  const pods = podsOf(value);
  return pods === null ? { kind: "undecided", at: value } : { kind: "exact", pods, at: value, autoscaled };
}

/** What an item of a list was before: the one of its name, else the one that stood in its place and whose name is gone. */
export function counterpart<T extends { readonly name: string }>(
  befores: readonly T[],
  afters: readonly T[],
  after: T,
): T | undefined {
  const inPlace = befores[afters.indexOf(after)];
  const named = befores.find(({ name }) => name === after.name);
  return named ?? (afters.some(({ name }) => name === inPlace?.name) ? undefined : inPlace);
}

export function predecessor(
  before: Workload | undefined,
  after: Workload,
  container: Container,
): Container | undefined {
  return counterpart(before?.containers ?? [], after.containers, container);
}
