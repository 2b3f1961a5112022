import { z } from "zod";
import { isHidden, podsIn, type Share, shareAt, shareText, type Word, wordAt } from "../../kubernetes/figures.ts";
import { leastPods, podOf, side, stoodBefore } from "../../kubernetes/scaling.ts";
import { defineRule, type Observation } from "../../rule.ts";
import { describeObject, type KubernetesObject } from "../../views/kubernetes.ts";
import { replaced } from "../../views/value.ts";

function strategyOf({ kind, root, patch }: KubernetesObject): Word {
  if (kind !== "Deployment") return { word: null, at: undefined };
  return wordAt(root, ["spec", "strategy", "type"], ["RollingUpdate", "Recreate"], patch ? null : "RollingUpdate");
}

/** Where a workload says how many pods a rollout may take away. */
const missing: Readonly<Record<string, readonly string[]>> = {
  Deployment: ["spec", "strategy", "rollingUpdate", "maxUnavailable"],
  DaemonSet: ["spec", "updateStrategy", "rollingUpdate", "maxUnavailable"],
  StatefulSet: ["spec", "updateStrategy", "rollingUpdate", "maxUnavailable"],
  Rollout: ["spec", "strategy", "canary", "maxUnavailable"],
};

/** Whether a volume of the pod can only be held by one pod, so that the old one must go first. A claim may be such a one. */
function holdsVolume(object: KubernetesObject): boolean {
  const volumes = podOf(object)?.at("volumes")?.items() ?? [];
  return volumes.some((volume) => volume.at("persistentVolumeClaim") !== undefined);
}

function recreated(was: KubernetesObject, now: KubernetesObject, pods: number | null): Observation | null {
  const [stood, stands] = [strategyOf(was), strategyOf(now)];
  const { at, word } = stands;
  if (at === undefined) return null;
  if (isHidden(at, word, stood.at)) {
    return { at: at.place, undecided: `whether a rollout of \`${now.name}\` takes it down` };
  }
  if (word !== "Recreate" || stood.word === "Recreate") return null;
  if (holdsVolume(now) && (pods ?? 1) <= 1) return null;
  const edit = stood.at === undefined ? undefined : replaced(at, "RollingUpdate");
  const of = pods === null ? "every pod" : pods === 1 ? "its pod" : `all ${pods} pods`;
  return {
    at: at.place,
    message: `\`${now.name}\` is rolled out by Recreate, was ${stood.word ?? "not known"}: each rollout ends ${of} before it starts one, and nothing answers until that is ready`,
    // Who has one pod has chosen some downtime already; of several none need be down.
    ...(pods !== null && pods > 1 && !holdsVolume(now) ? {} : { asks: true as const }),
    pointer: at.pointer,
    before: stood.word,
    after: "Recreate",
    ...(edit === undefined ? {} : { fix: [edit] }),
  };
}

function isAll(share: Share, pods: number | null): boolean {
  if (share.percent !== null && share.percent >= 100) return pods !== 1;
  const gone = podsIn(share, pods, "down");
  return gone !== null && pods !== null && pods > 1 && gone >= pods;
}

function unavailable(
  was: KubernetesObject,
  now: KubernetesObject,
  pods: number | null,
  stoodPods: number | null,
): Observation | null {
  const path = missing[now.kind];
  if (path === undefined) return null;
  const [stood, stands] = [shareAt(was.root, path), shareAt(now.root, path)];
  const { at } = stands;
  if (at === undefined) return null;
  if (isHidden(at, shareText(stands), stood.at)) {
    return { at: at.place, undecided: `how many pods a rollout of \`${now.name}\` takes away` };
  }
  if (!isAll(stands, pods) || isAll(stood, stoodPods)) return null;
  const text = shareText(stands);
  const before = shareText(stood);
  const edit = replaced(at, before ?? "1");
  const by = now.kind === "DaemonSet" ? "its pods on all nodes" : pods === null ? "every pod" : `all ${pods} pods`;
  return {
    at: at.place,
    message: `maxUnavailable of \`${now.name}\` is ${text}, was ${before ?? "the default"}: a rollout may take away ${by} at once`,
    ...(pods !== null && pods > 1 ? {} : { asks: true as const }),
    pointer: at.pointer,
    before,
    after: text,
    ...(edit === undefined ? {} : { fix: [edit] }),
  };
}

export default defineRule({
  id: "k8s-rollout-takes-all-down",
  invariant: "values-stay-in-bounds",
  severity: "high",
  confidence: "high",
  summary: "A rollout comes to take all pods of a workload away before new ones are ready.",
  why: "Every deployment becomes an outage, and one whose new version does not come up becomes an outage that lasts until somebody rolls it back.",
  remedy:
    "Roll out with RollingUpdate and `maxUnavailable` of 0, 1 or 25 %. Recreate is for one pod that holds a volume or a lock which two may not hold.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect({ objects }, _, { reach }) {
    const [stood, standing] = [side(objects, "before"), side(objects, "after")];
    for (const change of objects) {
      const { after } = change;
      const before = stoodBefore(change, reach);
      if (after === undefined || before === undefined || missing[after.kind] === undefined) continue;
      const pods = leastPods(after, standing);
      const object = describeObject(after);
      const about = `${after.path} ${object}#strategy`;
      const found = [recreated(before, after, pods), unavailable(before, after, pods, leastPods(before, stood))];
      for (const each of found) {
        if (each !== null) yield "message" in each ? { ...each, about, object } : { ...each, about };
      }
    }
  },
  examples: {
    "from rolling to recreating": `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
          replicas: 6
          strategy:
      -     type: RollingUpdate
      >     type: Recreate`,
    "nothing was written, and Recreate is": `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
          replicas: 2
      +   strategy:
      >     type: Recreate`,
    "all may be missing": `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
          replicas: 4
          strategy:
            rollingUpdate:
      -       maxUnavailable: 25%
      >       maxUnavailable: 100%`,
    "as many may be missing as there are": `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
          replicas: 3
          strategy:
            rollingUpdate:
      -       maxUnavailable: 1
      >       maxUnavailable: 3`,
    "the agents of all nodes at once": `
      M k8s/production/agent.yaml
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: { name: agent }
        spec:
          updateStrategy:
            rollingUpdate:
      -       maxUnavailable: 10%
      >       maxUnavailable: 100%`,
    "one pod with a volume that two cannot hold": `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
          replicas: 1
      -   strategy: { type: RollingUpdate }
      +   strategy: { type: Recreate }
          template: { spec: { volumes: [ { name: state, persistentVolumeClaim: { claimName: api } } ] } }`,
    "half may be missing": `
      M k8s/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
          replicas: 4
          strategy:
            rollingUpdate:
      -       maxUnavailable: 1
      +       maxUnavailable: 50%`,
    "a new workload of one pod that recreates": `
      A k8s/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec: { strategy: { type: Recreate } }`,
  },
});
