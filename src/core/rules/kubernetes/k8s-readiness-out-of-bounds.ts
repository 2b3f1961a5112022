import { z } from "zod";
import { isHidden } from "../../kubernetes/figures.ts";
import { lastingSeconds, pace, type Probe, probedContainers, probeOf } from "../../kubernetes/probes.ts";
import { defineRule, type Observation } from "../../rule.ts";
import { replaced, type Value } from "../../views/value.ts";

interface Bounds {
  readonly leastSeconds: number;
  readonly mostSeconds: number;
}

const own = "rules.k8s-readiness-out-of-bounds.options";

/** One lost answer, or a few seconds of them, now take the pod out of traffic. */
function eager(was: Probe, now: Probe, name: string, { leastSeconds }: Bounds): Observation | null {
  const [stood, stands] = [was.failureThreshold.number, now.failureThreshold.number];
  const [stoodSeconds, seconds] = [lastingSeconds(was), lastingSeconds(now)];
  if (stood === null || stands === null || stoodSeconds === null || seconds === null) return null;
  const oneStrike = stands <= 1 && stood > 1;
  if (!oneStrike && (seconds >= leastSeconds || seconds * 2 > stoodSeconds)) return null;
  const at = oneStrike ? now.failureThreshold.at : (now.periodSeconds.at ?? now.failureThreshold.at);
  const edit =
    oneStrike && at !== undefined && stood * (now.periodSeconds.number ?? 0) >= leastSeconds
      ? replaced(at, String(stood))
      : undefined;
  return {
    at: (at ?? now.root).place,
    message: `${name} takes the pod out of traffic after ${pace(now, 0)}, was ${pace(was, 0)}; the bound is 2 failures over ${leastSeconds} s`,
    asks: true,
    pointer: now.root.pointer,
    before: `${stoodSeconds} s`,
    after: `${seconds} s`,
    boundsFrom: [{ key: `${own}.leastSeconds`, value: String(leastSeconds) }],
    ...(edit === undefined ? {} : { fix: [edit] }),
  };
}

interface Slowness {
  readonly seconds: number;
  readonly text: string;
  readonly at: Value | undefined;
}

/** The longer of the times to leave traffic and to come back to it. */
function slownessOf(probe: Probe): Slowness | null {
  const leaving = lastingSeconds(probe);
  const { successThreshold, periodSeconds } = probe;
  if (leaving === null || successThreshold.number === null || periodSeconds.number === null) return null;
  const returning = successThreshold.number * periodSeconds.number;
  const per = `${periodSeconds.number} s = `;
  if (returning > leaving) {
    const text = `brings the pod back only after ${successThreshold.number} × ${per}${returning} s`;
    return { seconds: returning, text, at: successThreshold.at ?? periodSeconds.at };
  }
  const text = `keeps a pod that fails in traffic for ${probe.failureThreshold.number} × ${per}${leaving} s`;
  return { seconds: leaving, text, at: probe.failureThreshold.at ?? periodSeconds.at };
}

function slow(was: Probe, now: Probe, name: string, { mostSeconds }: Bounds): Observation | null {
  const [stood, stands] = [slownessOf(was), slownessOf(now)];
  if (stood === null || stands === null) return null;
  if (stands.seconds <= mostSeconds || stands.seconds < stood.seconds * 2) return null;
  return {
    at: (stands.at ?? now.root).place,
    message: `${name} ${stands.text}, was ${stood.seconds} s; the bound is ${mostSeconds} s`,
    asks: true,
    pointer: now.root.pointer,
    before: `${stood.seconds} s`,
    after: `${stands.seconds} s`,
    boundsFrom: [{ key: `${own}.mostSeconds`, value: String(mostSeconds) }],
  };
}

const fields = ["failureThreshold", "periodSeconds", "successThreshold"] as const;

export default defineRule({
  id: "k8s-readiness-out-of-bounds",
  invariant: "values-stay-in-bounds",
  severity: "medium",
  confidence: "high",
  summary:
    "A readiness probe comes to take pods out of traffic at the first lost answer, or to leave broken ones in it for minutes.",
  why: "Pods share what they depend on: a probe that one lost answer trips takes all of them out in the same second, and a Service without a ready pod answers nobody.",
  remedy:
    "Let it fail at least 2 or 3 times, over 10 to 30 s, before the pod leaves traffic, and let one success bring it back.",
  needs: "kubernetes",
  options: z.strictObject({
    leastSeconds: z.int().min(1).default(6).describe("The least seconds of failure before a pod leaves traffic."),
    mostSeconds: z
      .int()
      .min(1)
      .default(120)
      .describe("The most seconds until a pod leaves traffic, or comes back to it."),
  }),
  *detect({ objects }, options, { reach }) {
    for (const { container, stood, patch, object, about: of } of probedContainers(objects, reach)) {
      const was = probeOf(stood, "readinessProbe", patch);
      const now = probeOf(container, "readinessProbe", patch);
      if (was === null || now === null) continue;
      const about = `${of}.readinessProbe.window`;
      const name = `the readiness probe of \`${container.name}\``;
      const hidden = fields.find((field) => isHidden(now[field].at, now[field].number, was[field].at));
      const at = hidden === undefined ? undefined : now[hidden].at;
      if (at !== undefined) {
        yield { at: at.place, undecided: `how soon ${name} takes the pod out of traffic`, about };
        continue;
      }
      const observed = eager(was, now, name, options) ?? slow(was, now, name, options);
      if (observed !== null) yield { ...observed, about, object };
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
                  readinessProbe:
                    httpGet: { path: /ready, port: 8080 }
                    periodSeconds: 5
      -             failureThreshold: 3
      >             failureThreshold: 1`,
    "asked every second": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              readinessProbe:
      -         periodSeconds: 10
      >         periodSeconds: 1`,
    "ten minutes in traffic while failing": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              readinessProbe:
                periodSeconds: 10
      -         failureThreshold: 3
      >         failureThreshold: 60`,
    "back only after five minutes of success": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              readinessProbe:
                periodSeconds: 10
      >         successThreshold: 30`,
    "a little quicker": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              readinessProbe:
      -         periodSeconds: 10
      +         periodSeconds: 5`,
    "one strike in a new service": `
      A k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec: { containers: [ { name: api, readinessProbe: { failureThreshold: 1 } } ] }`,
  },
});
