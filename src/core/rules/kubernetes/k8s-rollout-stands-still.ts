import { z } from "zod";
import { isHidden, wordAt } from "../../kubernetes/figures.ts";
import { stoodBefore } from "../../kubernetes/scaling.ts";
import { defineRule, type Observation } from "../../rule.ts";
import { describeObject, type KubernetesObject } from "../../views/kubernetes.ts";
import { replaced, type Value } from "../../views/value.ts";

function paused(was: KubernetesObject, now: KubernetesObject): Observation | null {
  const pausedOf = (object: KubernetesObject): Value | undefined => object.root.at("spec", "paused");
  const at = pausedOf(now);
  if (at === undefined) return null;
  if (isHidden(at, typeof at.scalar === "boolean" ? "" : null, pausedOf(was))) {
    return { at: at.place, undecided: `whether rollouts of \`${now.name}\` are paused` };
  }
  if (at.scalar !== true || pausedOf(was)?.scalar === true) return null;
  const edit = replaced(at, "false");
  return {
    at: at.place,
    message: `\`${now.name}\` is paused: what is applied from now on, mends and rollbacks too, does not reach its pods`,
    asks: true,
    pointer: at.pointer,
    before: false,
    after: true,
    ...(edit === undefined ? {} : { fix: [edit] }),
  };
}

const path = ["spec", "updateStrategy", "type"];
const words = ["RollingUpdate", "OnDelete"];

function waiting(was: KubernetesObject, now: KubernetesObject): Observation | null {
  const stood = wordAt(was.root, path, words, was.patch ? null : "RollingUpdate");
  const { at, word } = wordAt(now.root, path, words, null);
  if (at === undefined) return null;
  if (isHidden(at, word, stood.at)) {
    return { at: at.place, undecided: `whether changes reach the pods of \`${now.name}\`` };
  }
  if (word !== "OnDelete" || stood.word === "OnDelete") return null;
  const edit = stood.at === undefined ? undefined : replaced(at, "RollingUpdate");
  return {
    at: at.place,
    message: `\`${now.name}\` is updated OnDelete, was ${stood.word ?? "not known"}: what is applied reaches a pod only when that is deleted, some day and unseen`,
    asks: true,
    pointer: at.pointer,
    before: stood.word,
    after: "OnDelete",
    ...(edit === undefined ? {} : { fix: [edit] }),
  };
}

const rolled = new Set(["Deployment", "StatefulSet", "DaemonSet", "Rollout"]);

export default defineRule({
  id: "k8s-rollout-stands-still",
  invariant: "values-stay-in-bounds",
  severity: "medium",
  confidence: "high",
  summary: "Changes of a workload do not reach its pods any more, although they are merged and applied.",
  why: "The repository then says one version and the pods run another. The next urgent fix shows as applied and changes nothing, or arrives with whichever pod happens to die.",
  remedy:
    "Leave pausing to the hour of the incident, by hand; where it has to be written, say until when and who ends it.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect({ objects }, _, { reach }) {
    for (const change of objects) {
      const { after } = change;
      const before = stoodBefore(change, reach);
      if (after === undefined || before === undefined || !rolled.has(after.kind)) continue;
      const object = describeObject(after);
      const found = { paused: paused(before, after), updateStrategy: waiting(before, after) };
      for (const [part, each] of Object.entries(found)) {
        const about = `${after.path} ${object}#${part}`;
        if (each !== null) yield "message" in each ? { ...each, about, object } : { ...each, about };
      }
    }
  },
  examples: {
    "rollouts are paused": `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
      >   paused: true
          replicas: 3`,
    "changes wait until somebody deletes pods": `
      M k8s/production/agent.yaml
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: { name: agent }
        spec:
          updateStrategy:
      -     type: RollingUpdate
      >     type: OnDelete`,
    "a rollout is let go on": `
      M k8s/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
      -   paused: true
      +   paused: false
          replicas: 3`,
  },
});
