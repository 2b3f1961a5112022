import { z } from "zod";
import { isHidden, podsIn, type Share, shareAt, shareText } from "../../kubernetes/figures.ts";
import { keptBy, leastPods, replicasOf, side, stoodBefore } from "../../kubernetes/scaling.ts";
import { defineRule, type Observation } from "../../rule.ts";
import { describeObject, type KubernetesObject } from "../../views/kubernetes.ts";
import type { Value } from "../../views/value.ts";

/** A budget that lets nothing go, and why. */
interface Stuck {
  readonly because: string;
  readonly text: string;
  /** It would let nothing go whatever the workload is. */
  readonly always: boolean;
  readonly pods: number | null;
  readonly at: Value;
}

/** How many pods the workloads have that it keeps; null: none is known, or not how many. */
function podsKept(budget: KubernetesObject, objects: readonly KubernetesObject[]): number | null {
  const counts = keptBy(budget, objects).map((workload) => leastPods(workload, objects));
  const [first, ...others] = counts;
  if (first === undefined || first === null) return null;
  return others.reduce<number | null>((sum, count) => (sum === null || count === null ? null : sum + count), first);
}

function sharesOf({ root }: KubernetesObject): { readonly least: Share; readonly most: Share } {
  return { least: shareAt(root, ["spec", "minAvailable"]), most: shareAt(root, ["spec", "maxUnavailable"]) };
}

function stuckOf(budget: KubernetesObject, objects: readonly KubernetesObject[]): Stuck | null {
  const { least, most } = sharesOf(budget);
  const pods = podsKept(budget, objects);
  if (most.at !== undefined && (most.pods === 0 || most.percent === 0)) {
    return {
      because: "no pod may be missing",
      text: `maxUnavailable ${shareText(most)}`,
      always: true,
      pods,
      at: most.at,
    };
  }
  if (least.at === undefined) return null;
  const text = `minAvailable ${shareText(least)}`;
  if (least.percent !== null && least.percent >= 100) {
    return { because: "every pod must be there", text, always: true, pods, at: least.at };
  }
  const kept = podsIn(least, pods, "up");
  if (pods === null || pods === 0 || kept === null || kept < pods) return null;
  const share = least.percent === null ? "" : ` = ${kept} pods`;
  return {
    because: `there are ${pods}${share}, so ${pods} - ${kept} = ${Math.min(0, pods - kept)} may be missing`,
    text,
    always: false,
    pods,
    at: least.at,
  };
}

/** Where the count stands that made a budget too much, if the budget itself did not change. */
function causeOf(
  was: KubernetesObject | undefined,
  now: KubernetesObject,
  stuck: Stuck,
  objects: readonly KubernetesObject[],
): Value {
  const stood = was === undefined ? undefined : sharesOf(was);
  const stands = sharesOf(now);
  if (
    stood === undefined ||
    shareText(stood.least) !== shareText(stands.least) ||
    shareText(stood.most) !== shareText(stands.most)
  ) {
    return stuck.at;
  }
  const [workload] = keptBy(now, objects);
  return workload?.root.at("spec", "replicas") ?? stuck.at;
}

export default defineRule({
  id: "k8s-disruption-budget-blocks-drains",
  invariant: "values-stay-in-bounds",
  severity: "high",
  confidence: "high",
  summary: "A disruption budget lets no pod go.",
  why: "Every drain of a node with such a pod hangs until somebody deletes it by force: upgrades of the cluster stop half way, and nodes that are to go stay and cost.",
  remedy:
    "Use `maxUnavailable: 1` rather than a minimum: it stays right when replicas change. Run two pods or more of what must not be missing.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect({ objects }, _, { reach }) {
    const [stood, standing] = [side(objects, "before"), side(objects, "after")];
    for (const change of objects) {
      const { after } = change;
      if (after?.kind !== "PodDisruptionBudget") continue;
      const before = stoodBefore(change, reach);
      const object = describeObject(after);
      const about = `${after.path} ${object}#drains`;
      yield* hidden(before, after, about);
      yield* unknownCount(before, after, { stood, standing }, about);
      const stuck = stuckOf(after, standing);
      const was = before === undefined ? null : stuckOf(before, stood);
      if (stuck === null || was !== null) continue;
      const shares = before === undefined ? undefined : sharesOf(before);
      const formerly = shares === undefined ? null : (shareText(shares.least) ?? shareText(shares.most));
      yield {
        at: causeOf(before, after, stuck, standing).place,
        message: `\`${object}\` says ${stuck.text} and ${stuck.because}${formerly === null ? "" : `, was ${formerly}`}: no node with such a pod can be drained`,
        // Of several pods one may always go; a single one may be kept on purpose.
        ...(stuck.pods !== null && stuck.pods > 1 ? {} : { asks: true as const }),
        about,
        object,
        pointer: stuck.at.pointer,
        before: formerly,
        after: stuck.text,
      };
    }
  },
  examples: {
    "no pod may be missing": `
      = k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec: { replicas: 4, template: { metadata: { labels: { app: api } } } }
      M k8s/production/pdb.yaml
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: { name: api }
        spec:
          selector: { matchLabels: { app: api } }
      -   maxUnavailable: 1
      >   maxUnavailable: 0`,
    "as many must stay as there are": `
      = k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec: { replicas: 3, template: { metadata: { labels: { app: api } } } }
      M k8s/production/pdb.yaml
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: { name: api }
        spec:
          selector: { matchLabels: { app: api } }
      -   minAvailable: 2
      >   minAvailable: 3`,
    "the replicas fall to what the budget keeps": `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
      -   replicas: 4
      >   replicas: 2
          template: { metadata: { labels: { app: api } } }
      = k8s/production/pdb.yaml
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: { name: api }
        spec: { minAvailable: 2, selector: { matchLabels: { app: api } } }`,
    "half of three may not be missing either": `
      = k8s/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec: { replicas: 3, template: { metadata: { labels: { app: api } } } }
      M k8s/pdb.yaml
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: { name: api }
        spec:
          selector: { matchLabels: { app: api } }
      -   minAvailable: 50%
      >   minAvailable: 90%`,
    "one of four must not be missing": `
      = k8s/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec: { replicas: 4, template: { metadata: { labels: { app: api } } } }
      A k8s/pdb.yaml
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: { name: api }
        spec: { minAvailable: 3, selector: { matchLabels: { app: api } } }`,
    "the autoscaler keeps more than the budget asks for": `
      = k8s/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec: { replicas: 1, template: { metadata: { labels: { app: api } } } }
        ---
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: { name: api }
        spec: { scaleTargetRef: { kind: Deployment, name: api }, minReplicas: 4, maxReplicas: 8 }
      A k8s/pdb.yaml
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: { name: api }
        spec: { minAvailable: 2, selector: { matchLabels: { app: api } } }`,
  },
});

/** A budget that came with an expression: what it lets go cannot be said. */
function* hidden(before: KubernetesObject | undefined, after: KubernetesObject, about: string): Iterable<Observation> {
  const stood = before === undefined ? undefined : sharesOf(before);
  const stands = sharesOf(after);
  for (const part of ["least", "most"] as const) {
    const { at } = stands[part];
    if (at !== undefined && isHidden(at, shareText(stands[part]), stood?.[part].at)) {
      yield { at: at.place, undecided: `how many pods \`${after.name}\` lets go`, about };
    }
  }
}

/** The count that a minimum is measured against was known, and is an expression now. */
function* unknownCount(
  before: KubernetesObject | undefined,
  after: KubernetesObject,
  sides: { readonly stood: readonly KubernetesObject[]; readonly standing: readonly KubernetesObject[] },
  about: string,
): Iterable<Observation> {
  if (before === undefined || sharesOf(after).least.at === undefined) return;
  if (podsKept(before, sides.stood) === null || podsKept(after, sides.standing) !== null) return;
  for (const workload of keptBy(after, sides.standing)) {
    const { at, number } = replicasOf(workload);
    if (at === undefined || number !== null) continue;
    yield { at: at.place, undecided: `whether \`${after.name}\` lets any of these pods go`, about };
  }
}
