import { child, type Tree } from "../views/documents.ts";
import { accessOf, accountNameOf } from "./access.ts";
import { claimsOf } from "./claims.ts";
import { containerOf, describesContainer, isResources } from "./containers.ts";
import {
  assembled,
  isOff,
  listOf,
  madeUp,
  type MapTree,
  named,
  type Part,
  plain,
  type Shaped,
  textOf,
} from "./parts.ts";
import { budgetOf, scalerOf } from "./scaling.ts";

/** Nesting beyond this holds no settings of a workload. */
const depthLimit = 12;

/** Keys whose maps are fragments of Kubernetes' own: what is in them belongs to the workload around. */
const fragments =
  /^(?:resources|image|env|envfrom|affinity|tolerations|nodeselector|topologyspreadconstraints|(?:pod|container)?securitycontext|strategy|updatestrategy|deploymentstrategy|lifecycle(?:hooks)?|probes|(?:liveness|readiness|startup)probe|autoscaling|hpa|keda|horizontalpodautoscaler|poddisruptionbudget|pdb|persistence|persistentvolume|annotations|labels|pod(?:annotations|labels))$/u;

/**
 * The objects that values describe, by the conventions of charts: Helm's own template, Bitnami, app-template, and those of the
 * projects that people deploy most. A map that is switched off, or stands in one, describes nothing.
 */
export function shapesIn(values: Tree): readonly Shaped[] {
  const found: Shaped[] = [];
  visit(values, []);
  return found;

  function visit(tree: Tree, at: readonly string[]): void {
    if (at.length > depthLimit || tree.kind === "scalar") return;
    if (tree.kind === "list") {
      for (const item of tree.items) {
        const name = textOf(child(item, "name"));
        if (item.kind === "map" && name !== null) visit(item, [...at, name]);
      }
      return;
    }
    // A whole object that the chart passes on is none of its conventions.
    if (isOff(tree) || (child(tree, "apiVersion") !== undefined && child(tree, "kind") !== undefined)) return;
    found.push(...shapesOf(tree, at));
    const taken = containersIn(tree) === null ? [] : ["containers", "initcontainers"];
    for (const { key, value } of tree.entries) {
      if (!fragments.test(plain(key)) && !taken.includes(plain(key))) visit(value, [...at, key]);
    }
  }
}

function shapesOf(from: MapTree, at: readonly string[]): readonly Shaped[] {
  return [
    ...workloadOf(from, at),
    ...prefixed(from, at),
    ...scalerOf(from, at),
    ...budgetOf(from, at),
    ...claimsOf(from, at),
    ...accessOf(from, at),
  ];
}

/** Copies of data, not of pods. */
const copies = /topic|ind(?:ex|ices)|shard|partition|replication/iu;

function workloadOf(from: MapTree, at: readonly string[]): readonly Shaped[] {
  const replicas = copies.test(at.join(".")) ? undefined : replicasOf(from);
  const several = containersIn(from);
  const strategy = strategyOf(from);
  const pod = podParts(from);
  const tells =
    replicas !== undefined ||
    several !== null ||
    strategy !== undefined ||
    describesContainer(from) ||
    isBounded(from) ||
    named(from, "terminationgraceperiodseconds") !== undefined ||
    named(from, "priorityclassname") !== undefined;
  if (!tells) return [];
  const single = several === null ? containerOf(at.at(-1) ?? "main", from) : null;
  const containers = single === null ? several?.main : listOf([single], from.span);
  const { kind, apiVersion, template } = workloadKind(from);
  const body = assembled(
    [
      [["spec", "replicas"], replicas],
      [["spec", kind === "Deployment" ? "strategy" : "updateStrategy"], strategy],
      [["spec", "minReadySeconds"], named(from, "minreadyseconds")],
      [["spec", "progressDeadlineSeconds"], named(from, "progressdeadlineseconds")],
      ...pod.map(([path, value]): Part => [[...template, ...path], value]),
      [[...template, "initContainers"], several?.init],
      [[...template, "containers"], containers],
    ],
    from.span,
  );
  return [{ apiVersion, kind, at, from: at, body }];
}

/** Whether a map says what its pods may do to their node. */
function isBounded(from: MapTree): boolean {
  const bounds = named(from, "securitycontext", "containersecuritycontext", "podsecuritycontext");
  const isSaid = bounds?.kind === "map" ? bounds.entries.length > 0 : bounds !== undefined;
  return isSaid || named(from, "hostnetwork", "hostpid", "hostipc") !== undefined || accountNameOf(from) !== undefined;
}

function replicasOf(from: MapTree): Tree | undefined {
  const written = named(from, "replicacount", "replicas");
  return written?.kind === "scalar" ? written : undefined;
}

function strategyOf(from: MapTree): Tree | undefined {
  const written = named(from, "strategy", "updatestrategy", "deploymentstrategy");
  if (written?.kind === "map") {
    return named(written, "type", "rollingupdate") === undefined ? undefined : written;
  }
  const rolling = named(from, "rollingupdate");
  const bounds = named(rolling, "maxsurge", "maxunavailable", "surge", "unavailable");
  if (rolling === undefined || bounds === undefined) return undefined;
  return assembled(
    [
      [["rollingUpdate", "maxSurge"], named(rolling, "maxsurge", "surge")],
      [["rollingUpdate", "maxUnavailable"], named(rolling, "maxunavailable", "unavailable")],
    ],
    rolling.span,
  );
}

/** What a map says of the pod as a whole; app-template writes it into a map `pod` of its own. */
function podParts(from: MapTree): readonly Part[] {
  const of = (...keys: readonly string[]): Tree | undefined =>
    named(from, ...keys) ?? named(named(from, "pod"), ...keys);
  return [
    [["terminationGracePeriodSeconds"], of("terminationgraceperiodseconds")],
    [["priorityClassName"], of("priorityclassname")],
    [["nodeSelector"], of("nodeselector")],
    [["tolerations"], of("tolerations")],
    [["affinity"], of("affinity")],
    [["topologySpreadConstraints"], of("topologyspreadconstraints")],
    [["hostNetwork"], of("hostnetwork")],
    [["hostPID"], of("hostpid")],
    [["hostIPC"], of("hostipc")],
    [["automountServiceAccountToken"], of("automountserviceaccounttoken")],
    [["serviceAccountName"], accountNameOf(from)],
    [["securityContext"], of("podsecuritycontext")],
  ];
}

const template = ["spec", "template", "spec"];
const kinds = {
  daemonset: { kind: "DaemonSet", apiVersion: "apps/v1", template },
  statefulset: { kind: "StatefulSet", apiVersion: "apps/v1", template },
  cronjob: { kind: "CronJob", apiVersion: "batch/v1", template: ["spec", "jobTemplate", ...template] },
  job: { kind: "Job", apiVersion: "batch/v1", template },
} as const;
const deployment = { kind: "Deployment", apiVersion: "apps/v1", template } as const;

/** The keys down to what a pod is made of. */
export function podPath(kind: string): readonly string[] {
  return Object.values(kinds).find((one) => one.kind === kind)?.template ?? template;
}

/** Where values say what runs the pods (`controller.kind: DaemonSet`); else what most charts run them with. */
function workloadKind(from: MapTree): {
  readonly kind: string;
  readonly apiVersion: string;
  readonly template: readonly string[];
} {
  const written = plain(textOf(named(from, "kind", "type", "workloadkind")) ?? "");
  return Object.entries(kinds).find(([name]) => name === written)?.[1] ?? deployment;
}

interface Containers {
  readonly main: Tree | undefined;
  readonly init: Tree | undefined;
}

/** Containers by their names, as app-template has them, or a list of them; null where there are none of these. */
function containersIn(from: MapTree): Containers | null {
  const main = containersAt(named(from, "containers"));
  const init = containersAt(named(from, "initcontainers"));
  return main === undefined ? null : { main, init };
}

function containersAt(tree: Tree | undefined): Tree | undefined {
  if (tree?.kind === "list") {
    const own = tree.items.filter((item) => textOf(child(item, "name")) !== null);
    return own.length === 0 ? undefined : listOf(own, tree.span);
  }
  if (tree?.kind !== "map") return undefined;
  const made = tree.entries.flatMap(({ key, value }) =>
    value.kind === "map" && !isOff(value) ? (containerOf(key, value) ?? []) : [],
  );
  return made.length === 0 ? undefined : listOf(made, tree.span);
}

/** `appResources`, `workerResources`: one container each, of pods that are counted elsewhere. */
function prefixed(from: MapTree, at: readonly string[]): readonly Shaped[] {
  return from.entries.flatMap(({ key, value }) => {
    if (plain(key) === "resources" || !isResources(key, value)) return [];
    const name = key.replace(/[-_]?resources$/iu, "");
    const container = assembled(
      [
        [["name"], madeUp(name, value.span)],
        [["resources"], value],
      ],
      value.span,
    );
    const body = assembled([[[...template, "containers"], listOf([container], value.span)]], value.span);
    return [{ apiVersion: deployment.apiVersion, kind: deployment.kind, at: [...at, name], from: [...at, key], body }];
  });
}
