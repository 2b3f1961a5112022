import { z } from "zod";
import { figureAt, isHidden } from "../../kubernetes/figures.ts";
import { replicated, scalerFor, side, stoodBefore } from "../../kubernetes/scaling.ts";
import { defineRule } from "../../rule.ts";
import { describeObject } from "../../views/kubernetes.ts";

export default defineRule({
  id: "k8s-replicas-beside-autoscaler",
  invariant: "values-stay-in-bounds",
  severity: "medium",
  confidence: "high",
  summary: "A workload that an autoscaler scales comes to state `replicas` as well.",
  why: "Every apply then sets the count back to what is written, at whatever load there is, until the autoscaler has worked its way up again.",
  remedy: "Leave `replicas` out where an autoscaler scales, and set its least instead.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect({ objects }, _, { reach }) {
    const [stood, standing] = [side(objects, "before"), side(objects, "after")];
    for (const change of objects) {
      const { after } = change;
      const before = stoodBefore(change, reach);
      if (after === undefined || before === undefined || !replicated.has(after.kind)) continue;
      const { at, number } = figureAt(after.root, ["spec", "replicas"], null);
      const was = figureAt(before.root, ["spec", "replicas"], null);
      const scaler = scalerFor(after, standing);
      if (at === undefined || scaler === null || (was.at !== undefined && number !== null)) continue;
      const object = describeObject(after);
      const about = `${after.path} ${object}#beside`;
      if (isHidden(at, number, was.at)) {
        yield { at: at.place, undecided: `which count \`${after.name}\` is set back to beside its autoscaler`, about };
        continue;
      }
      // An autoscaler that comes with the count is set up in this very change: both are looked at together.
      if (number === null || number === 0 || scalerFor(before, stood) === null) continue;
      const range = `${scaler.least.number ?? "?"} to ${scaler.most.number ?? "?"}`;
      yield {
        at: at.place,
        message: `\`${after.name}\` states replicas ${number}, which nothing stated before, and \`${describeObject(scaler.object)}\` scales it from ${range}: every apply sets it back to ${number}`,
        asks: true,
        about,
        object,
        pointer: at.pointer,
        before: null,
        after: number,
      };
    }
  },
  examples: {
    "a count is written beside the autoscaler": `
      = k8s/production/hpa.yaml
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: { name: api }
        spec: { scaleTargetRef: { kind: Deployment, name: api }, minReplicas: 10, maxReplicas: 60 }
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
      >   replicas: 3
          revisionHistoryLimit: 5`,
    "nothing scales it": `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
      +   replicas: 3
          revisionHistoryLimit: 5`,
    "the count stood there before": `
      = k8s/production/hpa.yaml
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: { name: api }
        spec: { scaleTargetRef: { kind: Deployment, name: api }, minReplicas: 2, maxReplicas: 6 }
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
      -   replicas: 3
      +   replicas: 4`,
  },
});
