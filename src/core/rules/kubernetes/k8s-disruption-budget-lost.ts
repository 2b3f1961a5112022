import { z } from "zod";
import { isHidden, type Share, shareAt, shareText } from "../../kubernetes/figures.ts";
import { keptBy, side, stoodBefore } from "../../kubernetes/scaling.ts";
import { defineRule, type Observation } from "../../rule.ts";
import { describeObject, type KubernetesObject } from "../../views/kubernetes.ts";
import { replaced } from "../../views/value.ts";

type Field = "minAvailable" | "maxUnavailable";
const fields = ["minAvailable", "maxUnavailable"] as const;

function shareOf({ root }: KubernetesObject, field: Field): Share {
  return shareAt(root, ["spec", field]);
}

/** What keeps nothing: none need be left, or all may be gone. */
function isVoid(share: Share, field: Field): boolean {
  if (field === "minAvailable") return share.pods === 0 || share.percent === 0;
  return share.percent !== null && share.percent >= 100;
}

function isAnyVoid(budget: KubernetesObject): boolean {
  return fields.some((field) => isVoid(shareOf(budget, field), field));
}

function removed(budget: KubernetesObject, standing: readonly KubernetesObject[]): Observation | null {
  const left = keptBy(budget, standing);
  const labels = budget.root.at("spec", "selector", "matchLabels");
  const others = standing.filter(({ kind }) => kind === "PodDisruptionBudget");
  const isKept =
    left.length > 0 && left.every((workload) => others.some((other) => keptBy(other, [workload]).length > 0));
  if (isKept || (left.length === 0 && labels !== undefined)) return null;
  const object = describeObject(budget);
  const of = left.map((workload) => `\`${describeObject(workload)}\``).join(", ");
  return {
    at: budget.root.place,
    message: `\`${object}\` is removed${of === "" ? "" : `, and ${of} that it kept stays`}: a drain of nodes may take every pod at once`,
    asks: true,
    object,
    before: "kept",
    after: "not kept",
  };
}

function* emptied(was: KubernetesObject | undefined, now: KubernetesObject): Iterable<Observation> {
  for (const field of fields) {
    const share = shareOf(now, field);
    const stood = was === undefined ? undefined : shareOf(was, field);
    const { at } = share;
    if (at === undefined) continue;
    const text = shareText(share);
    if (isHidden(at, text, stood?.at)) yield { at: at.place, undecided: `how many pods \`${now.name}\` keeps` };
    if (!isVoid(share, field) || (was !== undefined && isAnyVoid(was))) continue;
    const before = stood === undefined ? null : shareText(stood);
    const edit = before === null ? undefined : replaced(at, before);
    yield {
      at: at.place,
      message: `${field} of \`${now.name}\` is ${text}${before === null ? "" : `, was ${before}`}: the budget stands and keeps nothing`,
      asks: true,
      pointer: at.pointer,
      before,
      after: text,
      ...(edit === undefined ? {} : { fix: [edit] }),
    };
  }
}

/** The workloads that it kept are still there, and it does not pick them any more. */
function missed(
  was: KubernetesObject,
  now: KubernetesObject,
  standing: readonly KubernetesObject[],
  stood: readonly KubernetesObject[],
): Observation | null {
  const kept = new Set(keptBy(now, standing).map(({ key }) => key));
  const left = keptBy(was, stood).filter(({ key }) => !kept.has(key) && standing.some((object) => object.key === key));
  const at = now.root.at("spec", "selector") ?? now.root.at("spec") ?? now.root;
  if (left.length === 0) return null;
  return {
    at: at.place,
    message: `\`${now.name}\` does not select ${left.map((object) => `\`${describeObject(object)}\``).join(", ")} any more, which it kept`,
    asks: true,
    pointer: "/spec/selector",
    before: "selected",
    after: "not selected",
  };
}

export default defineRule({
  id: "k8s-disruption-budget-lost",
  invariant: "values-stay-in-bounds",
  severity: "high",
  confidence: "high",
  summary: "A disruption budget is removed, keeps nothing, or does not select any more what it kept.",
  why: "Upgrades and autoscaling of a cluster drain several nodes at once. Only a budget keeps them from evicting every pod of a service in the same minute.",
  remedy:
    "Keep a budget beside every workload of two pods or more: `maxUnavailable: 1`, with the labels of the pod template as its selector.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect({ objects }, _, { reach }) {
    const [stood, standing] = [side(objects, "before"), side(objects, "after")];
    for (const change of objects) {
      const { before, after } = change;
      const one = after ?? before;
      if (one?.kind !== "PodDisruptionBudget") continue;
      const about = `${one.path} ${describeObject(one)}#kept`;
      const was = stoodBefore(change, reach);
      const observed =
        after === undefined
          ? [before === undefined ? null : removed(before, standing)]
          : [...emptied(was, after), was === undefined ? null : missed(was, after, standing, stood)];
      const object = describeObject(one);
      for (const each of observed) {
        if (each !== null) yield "message" in each ? { ...each, about, object } : { ...each, about };
      }
    }
  },
  examples: {
    "the budget goes and the workload stays": `
      = k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec: { replicas: 4, template: { metadata: { labels: { app: api } } } }
      D k8s/production/pdb.yaml
      < apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: { name: api }
        spec: { maxUnavailable: 1, selector: { matchLabels: { app: api } } }`,
    "none need be left": `
      M k8s/production/pdb.yaml
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: { name: api }
        spec:
          selector: { matchLabels: { app: api } }
      -   minAvailable: 2
      >   minAvailable: 0`,
    "all may be gone": `
      M k8s/production/pdb.yaml
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: { name: api }
        spec:
          selector: { matchLabels: { app: api } }
      -   maxUnavailable: 1
      >   maxUnavailable: 100%`,
    "a label that no pod has": `
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
          maxUnavailable: 1
      -   selector: { matchLabels: { app: api } }
      >   selector: { matchLabels: { app: api-server } }`,
    "the workload goes with its budget": `
      D k8s/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec: { replicas: 4, template: { metadata: { labels: { app: api } } } }
        ---
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: { name: api }
        spec: { maxUnavailable: 1, selector: { matchLabels: { app: api } } }`,
    "the budget is renamed": `
      M k8s/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec: { replicas: 4, template: { metadata: { labels: { app: api } } } }
        ---
        apiVersion: policy/v1
        kind: PodDisruptionBudget
      - metadata: { name: api }
      + metadata: { name: api-pdb }
        spec: { maxUnavailable: 1, selector: { matchLabels: { app: api } } }`,
    "two instead of one": `
      M k8s/pdb.yaml
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: { name: api }
        spec:
          selector: { matchLabels: { app: api } }
      -   maxUnavailable: 1
      +   maxUnavailable: 2`,
  },
});
