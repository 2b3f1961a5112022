import { z } from "zod";
import { defineRule, type Edit, type Observation } from "../../rule.ts";
import { describeObject } from "../../views/kubernetes.ts";
import { replaced, type Value } from "../../views/value.ts";
import { predecessor, workloads } from "../../views/workloads.ts";

/** What a probe does: after how many failures, asked how often, it kills. Null where a value is an expression. */
interface Pace {
  readonly failures: number | null;
  readonly periodSeconds: number | null;
}

/** Kubernetes' own defaults of a probe. https://kubernetes.io/docs/concepts/workloads/pods/probes/ */
const defaults = { failureThreshold: 3, periodSeconds: 10 } as const;
const fields = ["failureThreshold", "periodSeconds"] as const;
/** What is written where nothing is known of the service: 50 s of failure, asked every 10 s, each answer given 5 s. */
const recommended = { failureThreshold: 5, periodSeconds: 10 } as const;

function numberAt(probe: Value, field: keyof typeof defaults): number | null {
  const scalar = probe.at(field)?.scalar;
  if (probe.at(field) === undefined || scalar === null) return defaults[field];
  const number = typeof scalar === "string" && /^\d{1,9}$/u.test(scalar) ? Number(scalar) : scalar;
  return typeof number === "number" ? number : null;
}

function paceOf(probe: Value | undefined): Pace | null {
  if (probe === undefined || probe.scalar === null) return null;
  if (probe.scalar !== undefined) return { failures: null, periodSeconds: null };
  return { failures: numberAt(probe, "failureThreshold"), periodSeconds: numberAt(probe, "periodSeconds") };
}

/** Edits of the values that are written, if they alone make the probe patient enough. */
function fixOf(probe: Value, bound: LeastPace): readonly Edit[] {
  const failures = Math.max(recommended.failureThreshold, bound.failures);
  const threshold = probe.at("failureThreshold");
  const period = probe.at("periodSeconds");
  const paced = Math.max(recommended.periodSeconds, numberAt(probe, "periodSeconds") ?? 0);
  const reached = threshold === undefined ? defaults.failureThreshold : failures;
  if (reached < bound.failures || reached * (period === undefined ? defaults.periodSeconds : paced) < bound.seconds) {
    return [];
  }
  const edits = [
    threshold === undefined ? undefined : replaced(threshold, String(failures)),
    period === undefined ? undefined : replaced(period, String(paced)),
  ];
  return edits.flatMap((edit) => edit ?? []);
}

const own = "rules.k8s-liveness-too-eager.options";

interface LeastPace {
  readonly failures: number;
  readonly seconds: number;
  /** Enough failures over fewer seconds than `seconds`, but no fewer than these, only ask a person. */
  readonly asksFromSeconds: number;
  /** The policy key that `failures` comes from. */
  readonly key: string;
}

/** What is to be said of a probe that is new or changed; null where it is patient enough, or no less patient than it was. */
function compared(stood: Value | undefined, probe: Value, container: string, bound: LeastPace): Observation | null {
  const was = paceOf(stood);
  const { failures, periodSeconds } = paceOf(probe) ?? {};
  if (failures === undefined || periodSeconds === undefined) return null;
  if (failures === null || periodSeconds === null) {
    const field = failures === null ? "failureThreshold" : "periodSeconds";
    const hidden = probe.at(field) ?? probe;
    const same =
      was !== null &&
      stood?.scalar === probe.scalar &&
      fields.every((each) => stood?.at(each)?.scalar === probe.at(each)?.scalar);
    return same ? null : { at: hidden.place, undecided: `how soon the liveness probe of \`${container}\` kills` };
  }
  const seconds = failures * periodSeconds;
  if (failures >= bound.failures && seconds >= bound.seconds) return null;
  if (was?.failures != null && was.periodSeconds !== null) {
    if (failures >= was.failures && seconds >= was.failures * was.periodSeconds) return null;
  }
  const cause = probe.at(failures < bound.failures ? "failureThreshold" : "periodSeconds") ?? probe;
  const fix = fixOf(probe, bound);
  const probes = failures === 1 ? "1 failed probe" : `${failures} failed probes`;
  const threshold = Math.max(recommended.failureThreshold, bound.failures);
  return {
    at: cause.place,
    message: `container \`${container}\` is killed after ${probes} in ${seconds} s; the bound is ${bound.failures} over ${bound.seconds} s`,
    ...(failures >= bound.failures && seconds >= bound.asksFromSeconds ? { asks: true as const } : {}),
    pointer: probe.pointer,
    before: was === null ? null : `${shown(was.failures)} × ${shown(was.periodSeconds)} s`,
    after: `${failures} × ${periodSeconds} s`,
    bounds: {
      title: "How soon the probe kills",
      columns: ["Bound", "Before", "After", "Allowed"],
      rows: [
        ["Failures in a row", shown(was?.failures), String(failures), `at least ${bound.failures}`],
        ["Seconds of failure", secondsOf(was), String(seconds), `at least ${bound.seconds}`],
      ],
    },
    boundsFrom: [
      { key: bound.key, value: String(bound.failures) },
      { key: `${own}.killAfterSeconds`, value: String(bound.seconds) },
    ],
    passes: {
      clean: `${bound.failures} times over ${bound.seconds} s`,
      withApprovals: `${bound.failures} times over ${Math.min(bound.seconds, bound.asksFromSeconds)} s`,
      because: "failureThreshold × periodSeconds is how long a fault may last",
      atLeast: true,
    },
    remedy: `Let the probe fail at least ${bound.failures} times over at least ${bound.seconds} s before it kills: failureThreshold ${threshold}, periodSeconds ${recommended.periodSeconds}, timeoutSeconds 5, initialDelaySeconds 30.`,
    ...(fix.length === 0 ? {} : { fix }),
  };
}

function shown(number: number | null | undefined): string {
  return number === undefined ? "none" : number === null ? "an expression" : String(number);
}

function secondsOf(pace: Pace | null): string {
  if (pace === null) return "none";
  return pace.failures === null || pace.periodSeconds === null
    ? "an expression"
    : String(pace.failures * pace.periodSeconds);
}

export default defineRule({
  id: "k8s-liveness-too-eager",
  invariant: "values-stay-in-bounds",
  severity: "high",
  confidence: "high",
  summary: "A liveness probe kills a container before a passing fault can pass.",
  why: "All pods share the network: one blip fails every probe in the same seconds, and every pod restarts together.",
  remedy:
    "Let the probe fail at least 3 times over at least 30 s before it kills, and use a readiness probe to take a pod out of traffic quickly.",
  needs: "kubernetes",
  options: z.strictObject({
    failureThreshold: z
      .int()
      .min(1)
      .default(3)
      .describe("The least failures, where `limits.kubernetes.liveness_failure_threshold` states none."),
    killAfterSeconds: z
      .int()
      .min(1)
      .default(30)
      .describe("The least seconds of failure: failureThreshold × periodSeconds."),
    asksFromSeconds: z
      .int()
      .min(1)
      .default(10)
      .describe("Enough failures over at least these seconds, but fewer than killAfterSeconds, only ask a person."),
  }),
  *detect({ objects }, options, context) {
    for (const { before, after } of workloads(objects, context.reach)) {
      if (after === undefined) continue;
      const stated = context.limitsAt(after.object.path).kubernetes.livenessFailureThreshold;
      const bound = {
        failures: stated ?? options.failureThreshold,
        seconds: options.killAfterSeconds,
        asksFromSeconds: options.asksFromSeconds,
        key: stated === null ? `${own}.failureThreshold` : "limits.kubernetes.liveness_failure_threshold",
      };
      for (const container of after.containers) {
        const probe = container.root.at("livenessProbe");
        const stood = predecessor(before, after, container)?.root.at("livenessProbe");
        const observed = probe === undefined ? null : compared(stood, probe, container.name, bound);
        if (observed === null) continue;
        const object = describeObject(after.object);
        yield { ...observed, about: `${after.object.path} ${object}#${container.name}.livenessProbe`, object };
      }
    }
  },
  examples: {
    "three strikes become one": `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
          template:
            spec:
              containers:
                - name: api
                  livenessProbe:
                    httpGet: { path: /live, port: 8080 }
                    periodSeconds: 10
      -             failureThreshold: 3
      >             failureThreshold: 1`,
    "a probe is added that kills within five seconds": `
      M k8s/production/worker.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: worker }
        spec:
          template:
            spec:
              containers:
                - name: worker
      +           livenessProbe:
      +             exec: { command: [alive] }
      +             periodSeconds: 5
      >             failureThreshold: 1`,
    "asked every three seconds": `
      M k8s/api.yaml
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: { name: api }
        spec:
          template:
            spec:
              containers:
                - name: api
                  livenessProbe:
      -             periodSeconds: 10
      >             periodSeconds: 3`,
    "the policy asks for five": {
      policy: `
        version: 1
        limits: { kubernetes: { liveness_failure_threshold: 5 } }`,
      change: `
      A k8s/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec: { template: { spec: { containers: [
      >   { name: api, livenessProbe: { failureThreshold: 4 } } ] } } }`,
    },
    "a probe that is an expression": {
      change: `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
      -       livenessProbe: { failureThreshold: 3 }
      >       livenessProbe: \${PROBE}`,
    },
    "eager before and no worse now": `
      M k8s/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
      -   replicas: 2
      +   replicas: 3
          template: { spec: { containers: [ { name: api, livenessProbe: { failureThreshold: 1 } } ] } }`,
    "eager before and a little more patient now": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              livenessProbe:
                periodSeconds: 5
      -         failureThreshold: 1
      +         failureThreshold: 2`,
    "the object moves to another file": `
      D k8s/old.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec: { template: { spec: { containers: [ { name: api, livenessProbe: { failureThreshold: 1 } } ] } } }
      A k8s/new.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec: { template: { spec: { containers: [ { name: api, livenessProbe: { failureThreshold: 1 } } ] } } }`,
    "a readiness probe may be eager": `
      A k8s/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec: { template: { spec: { containers: [ { name: api, readinessProbe: { failureThreshold: 1 } } ] } } }`,
    "the defaults of Kubernetes are patient enough": `
      A k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec: { containers: [ { name: api, livenessProbe: { tcpSocket: { port: 80 } } } ] }`,
  },
});
