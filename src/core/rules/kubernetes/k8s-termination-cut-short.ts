import { z } from "zod";
import { type Figure, figureAt, isHidden } from "../../kubernetes/figures.ts";
import { podOf } from "../../kubernetes/scaling.ts";
import { defineRule, type Observation, type Sighting } from "../../rule.ts";
import { describeObject } from "../../views/kubernetes.ts";
import { replaced, type Value } from "../../views/value.ts";
import { type Container, predecessor, type Workload, workloads } from "../../views/workloads.ts";

/** What Kubernetes gives a pod where nothing is written. */
const defaultGrace = 30;
const own = "rules.k8s-termination-cut-short.options";

function graceOf({ object }: Workload): Figure {
  return figureAt(podOf(object), ["terminationGracePeriodSeconds"], object.patch ? null : defaultGrace);
}

function shortened(before: Workload, after: Workload, enoughSeconds: number): Observation | null {
  const [was, now] = [graceOf(before), graceOf(after)];
  const name = after.object.name;
  if (now.at !== undefined && isHidden(now.at, now.number, was.at)) {
    return { at: now.at.place, undecided: `how long \`${name}\` has to end` };
  }
  if (was.number === null || now.number === null || now.number >= enoughSeconds || now.number * 2 > was.number)
    return null;
  if (was.number === 0) return null;
  const edit = now.at === undefined ? undefined : replaced(now.at, String(was.number));
  // Two pods of one identity may then write to the same volume.
  const forced = now.number === 0 && after.object.kind === "StatefulSet";
  const gone =
    now.number === 0 ? "it is killed at once, in the middle of what it does" : "what is not done by then is cut off";
  return {
    at: (now.at ?? podOf(after.object) ?? after.object.root).place,
    message: `\`${name}\` has ${now.number} s to end${now.at === undefined ? ", the default," : ","} was ${was.number} s: ${gone}`,
    ...(forced ? {} : { asks: true as const }),
    pointer: now.at?.pointer ?? "",
    before: was.number,
    after: now.number,
    boundsFrom: [{ key: `${own}.enoughSeconds`, value: String(enoughSeconds) }],
    passes: {
      clean: Math.min(enoughSeconds, Math.floor(was.number / 2) + 1),
      withApprovals: forced ? 1 : now.number,
      because: "requests in flight end within it",
      atLeast: true,
    },
    ...(edit === undefined ? {} : { fix: [edit] }),
  };
}

function preStopOf(container: Container | undefined): Value | undefined {
  const found = container?.root.at("lifecycle", "preStop");
  return found?.scalar === null ? undefined : found;
}

/** How long the hook sleeps; null where it does something else. */
function sleepOf(container: Container | undefined): { readonly seconds: number; readonly at: Value } | null {
  const hook = preStopOf(container);
  const native = figureAt(hook, ["sleep", "seconds"], null);
  if (native.at !== undefined && native.number !== null) return { seconds: native.number, at: native.at };
  const words = hook?.at("exec", "command")?.items() ?? [];
  const slept = words.map(({ scalar }) => /(?:^|\bsleep\s+)(\d{1,6})\s*;?$/u.exec(String(scalar))?.[1]);
  const index = slept.findLastIndex((seconds) => seconds !== undefined);
  const [seconds, at] = [slept[index], words[index]];
  const isSleep = words.some(({ scalar }) => /\bsleep\b/u.test(String(scalar)));
  return isSleep && seconds !== undefined && at !== undefined ? { seconds: Number(seconds), at } : null;
}

/** What the hook sleeps became an expression. */
function hiddenSleep(container: Container, stood: Container | undefined): Value | null {
  const [was, now] = [stood, container].map((each) => figureAt(preStopOf(each), ["sleep", "seconds"], null));
  return now?.at !== undefined && isHidden(now.at, now.number, was?.at) ? now.at : null;
}

function unhooked(container: Container, stood: Container | undefined, after: Workload): Sighting | null {
  const at = container.root.at("lifecycle") ?? container.root;
  if (preStopOf(stood) === undefined || preStopOf(container) !== undefined) return null;
  if (after.object.patch && container.root.at("lifecycle", "preStop") === undefined) return null;
  return {
    at: at.place,
    message: `\`${container.name}\` loses its preStop hook: it ends while load balancers still send it requests`,
    asks: true,
    pointer: `${container.root.pointer}/lifecycle/preStop`,
    before: "set",
    after: "none",
  };
}

/** The hook alone takes all the time that the pod has: the process is killed without a signal that it could act on. */
function outlasted(
  container: Container,
  stood: Container | undefined,
  sides: { readonly before: Workload; readonly after: Workload },
): Sighting | null {
  const [was, now] = [sleepOf(stood), sleepOf(container)];
  const [graceBefore, grace] = [graceOf(sides.before).number, graceOf(sides.after).number];
  if (now === null || grace === null || grace === 0 || now.seconds < grace) return null;
  if (was !== null && graceBefore !== null && was.seconds >= graceBefore) return null;
  const cause = was?.seconds === now.seconds ? (graceOf(sides.after).at ?? now.at) : now.at;
  return {
    at: cause.place,
    message: `\`${container.name}\` sleeps ${now.seconds} s before it ends and has ${grace} s for all of it: ${now.seconds} ≥ ${grace}, so it is killed before it is told to end`,
    asks: true,
    pointer: now.at.pointer,
    before: was === null ? null : `${was.seconds} of ${graceBefore ?? "?"} s`,
    after: `${now.seconds} of ${grace} s`,
    remedy:
      "Make terminationGracePeriodSeconds the sleep and the longest request together, with some seconds to spare.",
  };
}

export default defineRule({
  id: "k8s-termination-cut-short",
  invariant: "values-stay-in-bounds",
  severity: "medium",
  confidence: "high",
  summary: "Pods get much less time to end than before, or lose what lets them end in order.",
  why: "Every rollout, scale-down and drain ends pods. What has no time to finish requests, hand over a lock or flush a write loses them, each time.",
  remedy:
    "Give pods the longest request and the preStop sleep together, with some seconds to spare, and keep a preStop sleep of 5 to 15 s where a load balancer sends traffic.",
  needs: "kubernetes",
  options: z.strictObject({
    enoughSeconds: z
      .int()
      .min(1)
      .default(30)
      .describe("A grace period of at least these seconds is enough, however long it was."),
  }),
  *detect({ objects }, { enoughSeconds }, { reach }) {
    for (const { before, after } of workloads(objects, reach)) {
      if (before === undefined || after === undefined) continue;
      const object = describeObject(after.object);
      const about = `${after.object.path} ${object}`;
      const observed = shortened(before, after, enoughSeconds);
      const grace = `${about}#terminationGracePeriodSeconds`;
      if (observed !== null)
        yield "message" in observed ? { ...observed, about: grace, object } : { ...observed, about: grace };
      for (const container of after.containers) {
        const stood = predecessor(before, after, container);
        const hidden = hiddenSleep(container, stood);
        const of = `${about}#${container.name}.preStop`;
        if (hidden !== null) {
          yield { at: hidden.place, undecided: `how long \`${container.name}\` sleeps before it ends`, about: of };
          continue;
        }
        const found = unhooked(container, stood, after) ?? outlasted(container, stood, { before, after });
        if (found !== null) yield { ...found, about: of, object };
      }
    }
  },
  examples: {
    "no time to end": `
      M k8s/production/db.yaml
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: { name: db }
        spec:
          template:
            spec:
      -       terminationGracePeriodSeconds: 120
      >       terminationGracePeriodSeconds: 0
              containers: [ { name: db } ]`,
    "a tenth of the time": `
      M k8s/production/api.yaml
        apiVersion: batch/v1
        kind: CronJob
        metadata: { name: api }
        spec:
          jobTemplate:
            spec:
              template:
                spec:
      -           terminationGracePeriodSeconds: 60
      >           terminationGracePeriodSeconds: 6
                  containers: [ { name: api } ]`,
    "the hook goes": `
      M k8s/production/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
      !     - name: api
      -       lifecycle: { preStop: { exec: { command: [sleep, "10"] } } }`,
    "the hook sleeps as long as there is": `
      M k8s/production/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              lifecycle:
                preStop:
                  sleep:
      -             seconds: 10
      >             seconds: 45`,
    "five minutes become one": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
      -   terminationGracePeriodSeconds: 300
      +   terminationGracePeriodSeconds: 60
          containers: [ { name: api } ]`,
    "the hook is written in another way": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
      -       lifecycle: { preStop: { exec: { command: [sh, -c, "sleep 10"] } } }
      +       lifecycle: { preStop: { sleep: { seconds: 10 } } }`,
    "a new pod that may be killed at once": `
      A k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec: { terminationGracePeriodSeconds: 0, containers: [ { name: api } ] }`,
  },
});
