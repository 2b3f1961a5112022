import { z } from "zod";
import { isHidden } from "../../kubernetes/figures.ts";
import { type Probe, type Probed, probedContainers, probeKinds, probeName, probeOf } from "../../kubernetes/probes.ts";
import { defineRule, type Observation } from "../../rule.ts";
import { replaced } from "../../views/value.ts";

const own = "rules.k8s-probe-timeout-unfit.options";

/** An answer that was given long is given short now. */
function shortened(was: Probe, now: Probe, name: string, enoughSeconds: number): Observation | null {
  const [written, period] = [was.timeoutSeconds.number, was.periodSeconds.number];
  // What lay beyond the period was no use to it.
  const stood = written === null || period === null ? written : Math.min(written, period);
  const stands = now.timeoutSeconds.number;
  if (stood === null || stands === null || stands >= enoughSeconds || stands * 2 > stood) return null;
  const { at } = now.timeoutSeconds;
  const edit = at === undefined ? undefined : replaced(at, String(stood));
  const fallback = at === undefined ? ", the default," : "";
  return {
    at: (at ?? now.root).place,
    message: `${name} waits ${stands} s${fallback} for an answer, was ${stood} s; below ${enoughSeconds} s a cut to half or less asks a person`,
    asks: true,
    pointer: `${now.root.pointer}/timeoutSeconds`,
    before: stood,
    after: stands,
    boundsFrom: [{ key: `${own}.enoughSeconds`, value: String(enoughSeconds) }],
    passes: {
      clean: Math.min(enoughSeconds, Math.floor(stood / 2) + 1),
      withApprovals: stands,
      because: "an answer takes longest when the service is busiest",
      atLeast: true,
    },
    ...(edit === undefined ? {} : { fix: [edit] }),
  };
}

/** The next attempt is due while this one may still be waited for, which was not so before. */
function overlong(was: Probe, now: Probe, name: string): Observation | null {
  const [timeout, period] = [now.timeoutSeconds.number, now.periodSeconds.number];
  if (timeout === null || period === null || timeout <= period) return null;
  const [stood, stoodPeriod] = [was.timeoutSeconds.number, was.periodSeconds.number];
  if (stood === null || stoodPeriod === null || stood > stoodPeriod) return null;
  return {
    at: (now.timeoutSeconds.at ?? now.periodSeconds.at ?? now.root).place,
    message: `${name} waits ${timeout} s for an answer and is due every ${period} s, was ${stood} s every ${stoodPeriod} s: attempts come late, and a fault is seen later than its period says`,
    asks: true,
    pointer: now.root.pointer,
    before: `${stood} s every ${stoodPeriod} s`,
    after: `${timeout} s every ${period} s`,
    remedy: "Keep timeoutSeconds at or below periodSeconds.",
  };
}

function* compared({ stood, container, patch, object, about }: Probed, enoughSeconds: number): Iterable<Observation> {
  for (const kind of probeKinds) {
    const was = probeOf(stood, kind, patch);
    const now = probeOf(container, kind, patch);
    if (was === null || now === null) continue;
    const name = `the ${probeName[kind]} of \`${container.name}\``;
    const { at, number } = now.timeoutSeconds;
    if (at !== undefined && isHidden(at, number, was.timeoutSeconds.at)) {
      yield { at: at.place, undecided: `how long ${name} waits for an answer`, about: `${about}.${kind}.timeout` };
      continue;
    }
    const observed = shortened(was, now, name, enoughSeconds) ?? overlong(was, now, name);
    if (observed !== null) yield { ...observed, about: `${about}.${kind}.timeout`, object };
  }
}

export default defineRule({
  id: "k8s-probe-timeout-unfit",
  invariant: "values-stay-in-bounds",
  severity: "medium",
  confidence: "high",
  summary: "A probe is given much less time to answer than before, or more than lies between two of its attempts.",
  why: "Answers are slowest under load: probes that time out then restart pods, or take them out of traffic, when they are needed most.",
  remedy:
    "Give the probe well above the slowest answer seen under load, 3 to 5 s where that is unknown, and make the endpoint cheap rather than the timeout short.",
  needs: "kubernetes",
  options: z.strictObject({
    enoughSeconds: z
      .int()
      .min(1)
      .default(5)
      .describe("A timeout of at least these seconds is enough, however long it was."),
  }),
  *detect({ objects }, { enoughSeconds }, { reach }) {
    for (const probed of probedContainers(objects, reach)) yield* compared(probed, enoughSeconds);
  },
  examples: {
    "five seconds become one": `
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
      -             timeoutSeconds: 5
      >             timeoutSeconds: 1`,
    "the timeout goes and the default of a second takes its place": `
      M k8s/production/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              readinessProbe:
      !         httpGet: { path: /ready, port: 8080 }
      -         timeoutSeconds: 4`,
    "longer than the period": `
      M k8s/api.yaml
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: { name: api }
        spec:
          template:
            spec:
              containers:
                - name: api
                  readinessProbe:
                    periodSeconds: 10
      -             timeoutSeconds: 5
      >             timeoutSeconds: 30`,
    "thirty seconds become ten": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              livenessProbe:
      -         timeoutSeconds: 30
      +         timeoutSeconds: 10`,
    "what was longer than the period": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              readinessProbe:
                periodSeconds: 5
      -         timeoutSeconds: 20
      +         timeoutSeconds: 3`,
    "three seconds become two": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              livenessProbe:
      -         timeoutSeconds: 3
      +         timeoutSeconds: 2`,
    "a new service with the defaults": `
      A k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec: { containers: [ { name: api, livenessProbe: { tcpSocket: { port: 80 } } } ] }`,
  },
});
