import { z } from "zod";
import { isHidden } from "../../kubernetes/figures.ts";
import { lastingSeconds, pace, type Probe, type Probed, probedContainers, probeOf } from "../../kubernetes/probes.ts";
import { defineRule, type Observation } from "../../rule.ts";
import type { Value } from "../../views/value.ts";
import type { Container } from "../../views/workloads.ts";

/** How long a container may take to come up before it is killed, and which probe says so. */
interface Window {
  readonly by: "startupProbe" | "livenessProbe";
  readonly probe: Probe;
  readonly delay: number | null;
  readonly seconds: number | null;
}

/** The startup probe holds the liveness probe off until it has passed. Null: nothing kills the container. */
function windowOf(container: Container | undefined, patch: boolean): Window | null {
  const startup = probeOf(container, "startupProbe", patch);
  const probe = startup ?? probeOf(container, "livenessProbe", patch);
  if (probe === null) return null;
  const lasting = lastingSeconds(probe);
  const delay = probe.initialDelaySeconds.number;
  const seconds = lasting === null || delay === null ? null : delay + lasting;
  return { by: startup === null ? "livenessProbe" : "startupProbe", probe, delay, seconds };
}

/** A liveness probe that only became quicker to kill is a matter of its own, whether the container starts or runs. */
function isOfStart(was: Window | null, now: Window): boolean {
  if (was?.by !== "livenessProbe" || now.by !== "livenessProbe") return true;
  return was.delay === null || now.delay === null || now.delay < was.delay;
}

const fields = ["initialDelaySeconds", "failureThreshold", "periodSeconds"] as const;

/** The value that fell first, in the order in which the window is summed. */
function causeOf(was: Window | null, now: Window): Value {
  const fell = fields.find((field) => {
    const [stood, stands] = [was?.probe[field].number ?? null, now.probe[field].number];
    return now.probe[field].at !== undefined && stood !== null && stands !== null && stands < stood;
  });
  return (fell === undefined ? undefined : now.probe[fell].at) ?? now.probe.root;
}

function arithmetic({ probe, delay, seconds }: Window): string {
  return delay === null || seconds === null ? "an expression" : pace(probe, delay);
}

function sighting(was: Window | null, now: Window, name: string, because: string): Observation {
  const lost = was?.by === "startupProbe" && now.by === "livenessProbe" ? ", which its startup probe gave it" : "";
  const stood = was === null ? "" : `, was ${arithmetic(was)}${lost}`;
  return {
    at: causeOf(was, now).place,
    message: `\`${name}\` has ${arithmetic(now)} to start before it is killed${stood}; ${because}`,
    asks: true,
    pointer: now.probe.root.pointer,
    before: was?.seconds == null ? null : `${was.seconds} s`,
    after: now.seconds === null ? null : `${now.seconds} s`,
  };
}

function compared(
  { stood, container, patch }: Probed,
  { enoughSeconds, leastSeconds }: { readonly enoughSeconds: number; readonly leastSeconds: number },
): Observation | null {
  const was = windowOf(stood, patch);
  const now = windowOf(container, patch);
  if (now === null) return null;
  if (now.seconds === null) {
    const hidden = fields.find((field) => isHidden(now.probe[field].at, now.probe[field].number, was?.probe[field].at));
    const at = hidden === undefined ? undefined : now.probe[hidden].at;
    return at === undefined ? null : { at: at.place, undecided: `how long \`${container.name}\` may take to start` };
  }
  if (!isOfStart(was, now)) return null;
  if (now.by === "startupProbe" && now.seconds < leastSeconds && (was?.seconds == null || was.seconds > now.seconds)) {
    return sighting(was, now, container.name, `a start below ${leastSeconds} s is hardly ever sure`);
  }
  if (was?.seconds == null || now.seconds >= enoughSeconds || now.seconds * 2 > was.seconds) return null;
  return sighting(was, now, container.name, `below ${enoughSeconds} s a cut to half or less asks a person`);
}

export default defineRule({
  id: "k8s-startup-window-shrunk",
  invariant: "values-stay-in-bounds",
  severity: "high",
  confidence: "high",
  summary: "A container has much less time to start than before until a probe kills it.",
  why: "A container that is killed before it is up starts again from nothing, colder and slower: a rollout, a node that is replaced or a busy hour becomes a loop of restarts.",
  remedy:
    "Give the startup probe at least twice the slowest start ever seen (failureThreshold × periodSeconds), and leave the liveness probe to judge only what has started.",
  needs: "kubernetes",
  options: z.strictObject({
    enoughSeconds: z
      .int()
      .min(1)
      .default(300)
      .describe("A window of at least these seconds is enough, however long it was."),
    leastSeconds: z
      .int()
      .min(1)
      .default(10)
      .describe("A startup probe that gives less asks a person, also where it is new."),
  }),
  *detect({ objects }, options, { reach }) {
    for (const probed of probedContainers(objects, reach)) {
      const observed = compared(probed, options);
      if (observed === null) continue;
      const about = `${probed.about}.start`;
      yield "message" in observed ? { ...observed, about, object: probed.object } : { ...observed, about };
    }
  },
  examples: {
    "a minute of delay becomes five seconds": `
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
      -             initialDelaySeconds: 60
      >             initialDelaySeconds: 5`,
    "the startup probe allows a tenth": `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: { name: api }
        spec:
          template:
            spec:
              containers:
                - name: api
                  startupProbe:
                    httpGet: { path: /live, port: 8080 }
                    periodSeconds: 10
      -             failureThreshold: 30
      >             failureThreshold: 3`,
    "the startup probe goes and the liveness probe judges the start": `
      M k8s/production/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
      -       startupProbe:
      -         tcpSocket: { port: 8080 }
      -         failureThreshold: 60
              livenessProbe:
      !         tcpSocket: { port: 8080 }`,
    "a startup probe is added that allows three seconds": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
      +       startupProbe:
      >         periodSeconds: 1`,
    "a startup probe takes over from the delay": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
      +       startupProbe: { tcpSocket: { port: 80 }, failureThreshold: 30, periodSeconds: 2 }
              livenessProbe:
                tcpSocket: { port: 80 }
      -         initialDelaySeconds: 60`,
    "an hour becomes a quarter of one": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              startupProbe:
      -         failureThreshold: 360
      +         failureThreshold: 90`,
    "a liveness probe that kills sooner, as early as before": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              livenessProbe:
      -         failureThreshold: 12
      +         failureThreshold: 4`,
  },
});
