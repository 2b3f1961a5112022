import type { FileReach } from "../reach/reach.ts";
import { describeObject, type ObjectChange } from "../views/kubernetes.ts";
import type { Value } from "../views/value.ts";
import { type Container, predecessor, type Workload, workloads } from "../views/workloads.ts";
import { type Figure, figureAt, isExpression } from "./figures.ts";

export const probeKinds = ["startupProbe", "livenessProbe", "readinessProbe"] as const;
export type ProbeKind = (typeof probeKinds)[number];

/** How a probe is called in sentences. */
export const probeName: Readonly<Record<ProbeKind, string>> = {
  startupProbe: "startup probe",
  livenessProbe: "liveness probe",
  readinessProbe: "readiness probe",
};

/** Kubernetes' own defaults. https://kubernetes.io/docs/concepts/workloads/pods/probes/ */
const defaults = {
  initialDelaySeconds: 0,
  periodSeconds: 10,
  timeoutSeconds: 1,
  failureThreshold: 3,
  successThreshold: 1,
} as const;
type Field = keyof typeof defaults;

export interface Probe extends Readonly<Record<Field, Figure>> {
  readonly root: Value;
}

/** A probe of a container; null where it has none. In a patch what is not written is not known: there is no default. */
export function probeOf(container: Container | undefined, kind: ProbeKind, patch: boolean): Probe | null {
  const root = container?.root.at(kind);
  if (root === undefined || root.scalar === null) return null;
  const figure = (field: Field): Figure => figureAt(root, [field], patch ? null : defaults[field]);
  return {
    root,
    initialDelaySeconds: figure("initialDelaySeconds"),
    periodSeconds: figure("periodSeconds"),
    timeoutSeconds: figure("timeoutSeconds"),
    failureThreshold: figure("failureThreshold"),
    successThreshold: figure("successThreshold"),
  };
}

/** For how long it fails before it does something: failures in a row × period. Null where one of them is not known. */
export function lastingSeconds({ failureThreshold, periodSeconds }: Probe): number | null {
  if (failureThreshold.number === null || periodSeconds.number === null) return null;
  return failureThreshold.number * periodSeconds.number;
}

/** The arithmetic of `lastingSeconds`, after a delay if there is one: `30 + 3 × 10 s = 60 s`. */
export function pace(probe: Probe, delay: number): string {
  const { failureThreshold, periodSeconds } = probe;
  const seconds = lastingSeconds(probe);
  if (seconds === null) return "an expression";
  return `${delay === 0 ? "" : `${delay} + `}${failureThreshold.number} × ${periodSeconds.number} s = ${delay + seconds} s`;
}

const handlers = ["httpGet", "tcpSocket", "grpc", "exec"] as const;

/** What a probe asks. `text` is the same for two probes that ask the same; `hidden` where a part of it is an expression. */
export interface Handler {
  readonly type: (typeof handlers)[number];
  readonly root: Value;
  readonly text: string;
  readonly hidden: boolean;
}

export function handlerOf({ root }: Probe): Handler | null {
  for (const type of handlers) {
    const found = root.at(type);
    if (found === undefined || found.scalar === null) continue;
    return { type, root: found, text: `${type} ${textOf(found)}`, hidden: holdsExpression(found) };
  }
  return null;
}

function textOf(value: Value): string {
  if (value.scalar !== undefined) return JSON.stringify(String(value.scalar));
  const entries = value.entries().map(({ key, value: inner }) => `${key}: ${textOf(inner)}`);
  return `{${entries.toSorted().join(", ")}}[${value.items().map(textOf).join(", ")}]`;
}

function holdsExpression(value: Value): boolean {
  const inner = [...value.items(), ...value.entries().map((entry) => entry.value)];
  return isExpression(value) || inner.some(holdsExpression);
}

/** A container that may be probed, with what it was before. */
export interface Probed {
  readonly workload: Workload;
  readonly container: Container;
  readonly before: Workload | undefined;
  readonly stood: Container | undefined;
  readonly patch: boolean;
  /** `Deployment/shop/api`. */
  readonly object: string;
  /** What findings of this container are about, with a `#` and the part. */
  readonly about: string;
}

/** Every container of the head that may have probes: init containers that end may not. */
export function probedContainers(
  objects: readonly ObjectChange[],
  reach: (path: string) => Pick<FileReach, "targets">,
): readonly Probed[] {
  return workloads(objects, reach).flatMap(({ before, after }) => {
    if (after === undefined || after.object.kind === "LimitRange") return [];
    const object = describeObject(after.object);
    return after.containers
      .filter(({ role }) => role !== "init")
      .map((container) => ({
        workload: after,
        container,
        before,
        stood: predecessor(before, after, container),
        patch: after.object.patch || before?.object.patch === true,
        object,
        about: `${after.object.path} ${object}#${container.name}`,
      }));
  });
}

/**
 * Whether the liveness probe asks what the readiness probe asks, and kills no later than that takes the pod out of traffic. The same
 * question is right only where liveness waits longer. https://kubernetes.io/docs/concepts/workloads/pods/probes/
 */
export function killsUnready(liveness: Probe | null, readiness: Probe | null): boolean {
  if (liveness === null || readiness === null) return false;
  const [killing, sparing] = [handlerOf(liveness), handlerOf(readiness)];
  const [kills, spares] = [lastingSeconds(liveness), lastingSeconds(readiness)];
  return killing !== null && killing.text === sparing?.text && kills !== null && spares !== null && kills <= spares;
}
