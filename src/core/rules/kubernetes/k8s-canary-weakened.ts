import { z } from "zod";
import {
  aboutPart,
  flaggerAnalysis,
  isFlagger,
  isRollout,
  numberOf,
  rolloutSteps,
  secondsOf,
  standing,
} from "../../kubernetes/canary.ts";
import { defineRule, type Observation, type Shown } from "../../rule.ts";
import { describeObject, type KubernetesObject } from "../../views/kubernetes.ts";
import type { Value } from "../../views/value.ts";

/** What was taken from a delivery. `undecided` in the place of `says`: it cannot be read. */
type Lost =
  | { readonly part: string; readonly at: Value; readonly says: string; readonly before: Shown; readonly after: Shown }
  | { readonly part: string; readonly at: Value; readonly undecided: string };

/** What a rollout does between its first share and all of the traffic. */
interface Course {
  readonly at: Value;
  readonly weights: number;
  /** Pauses that a person ends. */
  readonly held: number;
  /** Seconds of the other pauses. */
  readonly seconds: number;
  /** Runs of analysis between the steps, and one beside all of them. */
  readonly analyses: number;
  readonly hidden: Value | null;
}

function courseOf(object: KubernetesObject): Course | null {
  const canary = object.root.at("spec", "strategy", "canary");
  if (canary === undefined) return null;
  const steps = canary.at("steps");
  let [weights, held, seconds, analyses] = [0, 0, 0, canary.at("analysis") === undefined ? 0 : 1];
  let hidden = steps?.scalar === undefined || steps.scalar === null ? null : steps;
  for (const step of rolloutSteps(object)) {
    const weight = step.at("setWeight");
    if (weight !== undefined && numberOf(weight) !== 100) weights += 1;
    if (step.at("analysis") !== undefined || step.at("experiment") !== undefined) analyses += 1;
    const pause = step.at("pause");
    if (pause === undefined) continue;
    const duration = pause.at("duration");
    if (duration === undefined && (pause.scalar === undefined || pause.scalar === null)) held += 1;
    else {
      const length = secondsOf(duration);
      if (length === null) hidden ??= duration ?? pause;
      seconds += length ?? 0;
    }
  }
  return { at: steps ?? canary, weights, held, seconds, analyses, hidden };
}

function* lostOfRollout(before: KubernetesObject, after: KubernetesObject): Generator<Lost> {
  const [was, is] = [courseOf(before), courseOf(after)];
  if (was === null) return;
  const strategy = after.root.at("spec", "strategy") ?? after.root.at("spec") ?? after.root;
  if (is === null) {
    const other = strategy.entries()[0]?.key ?? "none";
    yield {
      part: "strategy",
      at: strategy,
      says: `the canary gives way to ${other === "blueGreen" ? "blueGreen" : "no canary"}`,
      before: "canary",
      after: null,
    };
    return;
  }
  const { at } = is;
  if (is.hidden !== null && was.hidden?.scalar !== is.hidden.scalar) {
    yield { part: "steps", at: is.hidden, undecided: `how the canary \`${after.name}\` proceeds` };
    return;
  }
  if (is.weights === 0 && was.weights > 0) {
    yield {
      part: "steps",
      at,
      says: "0 steps are left that take a share of the traffic",
      before: was.weights,
      after: 0,
    };
    return;
  }
  if (is.held < was.held) {
    yield {
      part: "pauses",
      at,
      says: `pauses that a person ends: ${was.held} → ${is.held}`,
      before: was.held,
      after: is.held,
    };
  }
  if (was.seconds > 0 && is.seconds * 2 <= was.seconds && is.held <= was.held) {
    yield {
      part: "duration",
      at,
      says: `the pauses together: ${was.seconds} s → ${is.seconds} s`,
      before: was.seconds,
      after: is.seconds,
    };
  }
  if (is.analyses < was.analyses) {
    yield {
      part: "analysis",
      at,
      says: `runs of analysis: ${was.analyses} → ${is.analyses}`,
      before: was.analyses,
      after: is.analyses,
    };
  }
  const [aborted, abort] = [before, after].map((object) => object.root.at("spec", "progressDeadlineAbort"));
  if (aborted?.scalar === true && abort?.scalar !== true) {
    yield {
      part: "abort",
      at: abort ?? after.root.at("spec") ?? after.root,
      says: "progressDeadlineAbort is turned off: a rollout that hangs is not taken back",
      before: true,
      after: false,
    };
  }
}

function named(list: Value | undefined): readonly string[] {
  return (list?.items() ?? []).flatMap((item) => {
    const name = item.at("name")?.scalar;
    return typeof name === "string" ? [name] : [];
  });
}

/** Numbers of Flagger's analysis that weaken it as they grow, or as they fall, by half. */
const figures = [
  { key: "threshold", weaker: "more", says: "failures that are borne before it goes back", read: numberOf },
  { key: "interval", weaker: "less", says: "seconds between two steps", read: secondsOf },
  { key: "iterations", weaker: "less", says: "runs before it is promoted", read: numberOf },
  {
    key: "maxWeight",
    weaker: "less",
    says: "percent that are measured before all of the traffic follows",
    read: numberOf,
  },
] as const;

function* lostOfFlagger(before: KubernetesObject, after: KubernetesObject): Generator<Lost> {
  const [skipped, skip] = [before, after].map((object) => object.root.at("spec", "skipAnalysis"));
  if (skip !== undefined && skip.scalar !== false && skip.scalar !== null && skipped?.scalar !== skip.scalar) {
    if (skip.scalar === true)
      yield {
        part: "skipAnalysis",
        at: skip,
        says: "skipAnalysis is on: every version is promoted at once",
        before: false,
        after: true,
      };
    else yield { part: "skipAnalysis", at: skip, undecided: `whether the canary \`${after.name}\` is analysed` };
  }
  const [was, is] = [flaggerAnalysis(before), flaggerAnalysis(after)];
  if (was === undefined) return;
  if (is === undefined) {
    yield {
      part: "analysis",
      at: after.root.at("spec") ?? after.root,
      says: "the analysis is removed",
      before: true,
      after: false,
    };
    return;
  }
  for (const { key, weaker, says, read } of figures) {
    const [stood, value] = [read(was.at(key)), read(is.at(key))];
    const at = is.at(key);
    if (at !== undefined && value === null && was.at(key)?.scalar !== at.scalar) {
      yield { part: key, at, undecided: `what ${key} the canary \`${after.name}\` has` };
    }
    if (at === undefined || stood === null || value === null || stood <= 0) continue;
    const weakened = weaker === "more" ? value >= stood * 2 : value * 2 <= stood;
    if (weakened) yield { part: key, at, says: `${key} ${stood} → ${value}: ${says}`, before: stood, after: value };
  }
  for (const list of ["metrics", "webhooks"] as const) {
    const left = named(is.at(list));
    const gone = named(was.at(list)).filter((name) => !left.includes(name));
    // One that is renamed leaves as many as there were.
    if (gone.length === 0 || left.length >= named(was.at(list)).length) continue;
    yield {
      part: list,
      at: is.at(list) ?? is,
      says: `${list} ${left.length + gone.length} → ${left.length}, without ${gone.map((name) => `\`${name}\``).join(", ")}`,
      before: left.length + gone.length,
      after: left.length,
    };
  }
}

export default defineRule({
  id: "k8s-canary-weakened",
  invariant: "values-stay-in-bounds",
  severity: "high",
  confidence: "high",
  summary: "A delivery by steps loses what stops a bad version: its steps, pauses, measurements or its way back.",
  why: "A canary protects by waiting and measuring. Without either, the next bad version reaches everybody as fast as without one, and under a name that says otherwise.",
  remedy: "Keep the pauses and measurements, and shorten them only with figures on how soon an error shows.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect({ objects }, _, { reach, limitsAt }) {
    for (const { before, after } of standing(objects, reach)) {
      if (before === undefined) continue;
      const losses = isRollout(after)
        ? lostOfRollout(before, after)
        : isFlagger(after)
          ? lostOfFlagger(before, after)
          : [];
      const { required } = limitsAt(after.path).canary;
      for (const lost of losses) {
        const about = aboutPart(after, lost.part);
        if ("undecided" in lost) {
          yield { at: lost.at.place, about, undecided: lost.undecided };
          continue;
        }
        yield {
          at: lost.at.place,
          about,
          message: `the canary \`${after.name}\` is weakened: ${lost.says}`,
          ...(required ? {} : { asks: true as const }),
          object: describeObject(after),
          pointer: lost.at.pointer,
          before: lost.before,
          after: lost.after,
        } satisfies Observation;
      }
    }
  },
  examples: {
    "the pause that a person ends goes": `
      M k8s/api.yaml
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: { name: api }
        spec:
          strategy:
            canary:
              steps:
      !         - setWeight: 10
      -         - pause: {}
                - setWeight: 50
                - pause: { duration: 10m }`,
    "ten minutes become ten seconds": `
      M k8s/api.yaml
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: { name: api }
        spec:
          strategy:
            canary:
              steps:
      !         - setWeight: 10
      -         - pause: { duration: 10m }
      +         - pause: { duration: 10 }`,
    "no canary any more": `
      M k8s/api.yaml
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: { name: api }
        spec:
          strategy:
      -     canary:
      -       steps: [ { setWeight: 10 }, { pause: {} } ]
      >     blueGreen: { activeService: api }`,
    "analysis and abort go": `
      M k8s/api.yaml
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: { name: api }
        spec:
      -   progressDeadlineAbort: true
      >   progressDeadlineAbort: false
          strategy:
            canary:
      -       analysis: { templates: [ { templateName: errors } ] }
              steps:
      !         - setWeight: 10
                - pause: {}`,
    "flagger measures no more": `
      M k8s/canary.yaml
        apiVersion: flagger.app/v1beta1
        kind: Canary
        metadata: { name: api }
        spec:
      >   skipAnalysis: true
          analysis:
      -     interval: 5m
      -     threshold: 2
      >     interval: 10s
      >     threshold: 50
            stepWeight: 5
            metrics:
      !       - name: request-duration
      -       - name: request-success-rate`,
    "the steps become an expression": `
      M k8s/api.yaml
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: { name: api }
        spec:
          strategy:
            canary:
      -       steps: [ { setWeight: 10 }, { pause: {} } ]
      >       steps: \${STEPS}`,
    "a pause more": `
      M k8s/api.yaml
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: { name: api }
        spec:
          strategy:
            canary:
              steps:
                - setWeight: 10
                - pause: { duration: 10m }
      +         - setWeight: 30
      +         - pause: {}`,
    "a little shorter": `
      M k8s/api.yaml
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: { name: api }
        spec:
          strategy:
            canary:
              steps:
                - setWeight: 10
      -         - pause: { duration: 10m }
      +         - pause: { duration: 8m }`,
    "a metric under another name": `
      M k8s/canary.yaml
        apiVersion: flagger.app/v1beta1
        kind: Canary
        metadata: { name: api }
        spec:
          analysis:
            metrics:
      -       - name: request-success-rate
      +       - name: error-rate`,
    "the image of a rollout": `
      M k8s/api.yaml
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: { name: api }
        spec:
          strategy: { canary: { steps: [ { setWeight: 10 }, { pause: {} } ] } }
          template:
            spec:
              containers:
                - name: api
      -           image: shop/api:1.4.2
      +           image: shop/api:1.4.3`,
  },
});
