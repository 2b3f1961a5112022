import { z } from "zod";
import { floor } from "../../../lib/bound.ts";
import {
  add,
  compare,
  divide,
  formatQuantity,
  parseQuantity,
  type Rational,
  subtract,
  zero,
} from "../../../lib/quantity.ts";
import { hardOf, type Hard, isOfNamespace, standingOf, type Usage, usageOf } from "../../kubernetes/quotas.ts";
import { type Bounding, reserved, type ResourceName, stated } from "../../kubernetes/resources.ts";
import { type Context, defineRule, type Observation, type Table } from "../../rule.ts";
import { describeObject, type KubernetesObject } from "../../views/kubernetes.ts";
import { replaced, type Value } from "../../views/value.ts";
import { type Amount, reached, type Workload, type WorkloadChange, workloads } from "../../views/workloads.ts";

/** A workload of the quota's namespace with what it takes; null on a side where it is not there. */
interface Taker {
  readonly change: WorkloadChange;
  readonly before: Usage | null;
  readonly after: Usage | null;
}

function figureOf(value: Value | undefined): Rational | null {
  const scalar = value?.scalar;
  return typeof scalar === "string" || typeof scalar === "number" ? parseQuantity(String(scalar)) : null;
}

/** What a LimitRange gives to containers that state nothing. */
function fallbackOf(ranges: readonly KubernetesObject[], bounding: Bounding, resource: ResourceName): Amount {
  for (const range of ranges) {
    for (const item of range.root.at("spec", "limits")?.items() ?? []) {
      if (item.at("type")?.scalar !== "Container") continue;
      const at =
        reached(item, [bounding === "requests" ? "defaultRequest" : "default", resource]) ??
        reached(item, ["default", resource]) ??
        reached(item, ["max", resource]);
      if (at === undefined) continue;
      const value = figureOf(at);
      return value === null ? { kind: "undecided", at } : { kind: "exact", value, at, written: formatQuantity(value) };
    }
  }
  return { kind: "absent" };
}

function total(usages: readonly (Usage | null)[]): Rational {
  return usages.reduce((sum, usage) => (usage === null ? sum : add(sum, usage.known)), zero);
}

/** The value that made a workload take more: how many pods there are, or what a container states. */
function causeOf({ change, before }: Taker, { bounding, resource }: Hard): Value | undefined {
  const { after } = change;
  if (after === undefined) return undefined;
  const own = after.containers.map((container) =>
    bounding === "requests" ? reserved(container, resource) : stated(container, bounding, resource),
  );
  const stood = change.before?.count;
  const scaled =
    before !== null && after.count.kind === "exact" && stood?.kind === "exact" && after.count.pods > stood.pods;
  if (scaled && after.count.kind === "exact" && after.count.at !== undefined) return after.count.at;
  const [largest] = own
    .flatMap((amount) => (amount.kind === "exact" ? [amount] : []))
    .toSorted((a, b) => compare(b.value, a.value));
  return largest?.at;
}

function tableOf(hard: Hard, takers: readonly Taker[]): Table {
  const text = (usage: Usage | null): string => (usage === null ? "none" : formatQuantity(usage.known));
  return {
    title: `What takes ${hard.key} of ${describeObject(hard.quota)}`,
    columns: ["Workload", "Before", "After"],
    rows: takers.map(({ change, before, after }) => [
      (change.after ?? change.before)?.object.name ?? "",
      text(before),
      text(after),
    ]),
  };
}

interface Weighed {
  readonly hard: Hard;
  readonly allowed: Rational;
  readonly takers: readonly Taker[];
  readonly was: Rational;
  readonly is: Rational;
}

function* exceeded({ hard, allowed, takers, was, is }: Weighed): Generator<Observation> {
  const growth = ({ before, after }: Taker): Rational => subtract(after?.known ?? zero, before?.known ?? zero);
  const [most] = takers
    .filter((taker) => compare(growth(taker), zero) > 0)
    .toSorted((a, b) => compare(growth(b), growth(a)));
  const workload = most?.change.after;
  const cause = most === undefined ? hard.at : (causeOf(most, hard) ?? workload?.object.root ?? hard.at);
  const sum = `${hard.key} of all pods come to ${formatQuantity(is)}, and \`${hard.quota.name}\` allows ${formatQuantity(allowed)}`;
  const fits = most === undefined || workload === undefined ? null : podsThatFit(most, workload, cause, allowed, is);
  const edit = fits === null || fits < 1 ? undefined : replaced(cause, `${fits}`);
  yield {
    at: cause.place,
    about: `${hard.quota.path} ${describeObject(hard.quota)}#${hard.key}`,
    message:
      workload === undefined || most === undefined
        ? `the quota is lowered: ${sum}`
        : `\`${workload.object.name}\` takes ${formatQuantity(growth(most))} more: ${sum}`,
    object: describeObject(workload?.object ?? hard.quota),
    pointer: cause.pointer,
    before: formatQuantity(was),
    after: formatQuantity(is),
    workings: tableOf(hard, takers),
    ...(fits === null
      ? {}
      : { passes: { clean: fits, withApprovals: fits, because: "what the quota leaves, divided by one pod" } }),
    ...(edit === undefined ? {} : { fix: [edit] }),
  };
}

/** How many pods the quota has room for, where their number is what grew. */
function podsThatFit(most: Taker, { count }: Workload, cause: Value, allowed: Rational, is: Rational): number | null {
  if (count.kind !== "exact" || count.at !== cause || most.after === null) return null;
  const others = subtract(is, most.after.known);
  const room = subtract(allowed, others);
  return compare(room, zero) <= 0 ? 0 : Number(floor(divide(room, most.after.pod)));
}

function isSame(before: Usage | null, after: Usage | null): boolean {
  return compare(before?.known ?? zero, after?.known ?? zero) === 0 && (before?.open ?? null) === (after?.open ?? null);
}

interface Namespace {
  readonly hard: Hard;
  readonly stood: Hard | undefined;
  readonly takers: readonly Taker[];
}

function* judged({ hard, stood, takers }: Namespace): Generator<Observation> {
  const [was, is] = [total(takers.map(({ before }) => before)), total(takers.map(({ after }) => after))];
  const about = `${hard.quota.path} ${describeObject(hard.quota)}#${hard.key}`;
  const allowed = figureOf(hard.at);
  const former = stood === undefined ? null : figureOf(stood.at);
  const lowered = allowed !== null && (former === null || compare(allowed, former) < 0);
  const taken = takers.find(({ before, after }) => !isSame(before, after));
  if (taken === undefined && !lowered && (allowed !== null || former === null)) return;
  if (allowed === null) {
    if (stood?.at.scalar !== hard.at.scalar) yield { at: hard.at.place, about, undecided: `what ${hard.key} allows` };
    return;
  }
  if (compare(is, allowed) > 0) {
    if (lowered || compare(is, was) > 0) yield* exceeded({ hard, allowed, takers, was, is });
    return;
  }
  const hidden = taken?.after?.open ?? null;
  const workload = taken?.change.after;
  const at = workload?.containers[0]?.root ?? workload?.object.root ?? hard.at;
  const undecided = `whether the pods are within ${hard.key} of \`${hard.quota.name}\`: ${hidden ?? ""}`;
  if (hidden !== null) yield { at: at.place, about, undecided };
}

function takersOf(
  hard: Hard,
  changes: readonly WorkloadChange[],
  ranges: { readonly before: readonly KubernetesObject[]; readonly after: readonly KubernetesObject[] },
  reach: Context["reach"],
): readonly Taker[] {
  const of = (object: KubernetesObject): boolean => isOfNamespace(hard.quota, object, reach);
  const [before, after] = [ranges.before, ranges.after].map((side) =>
    fallbackOf(side.filter(of), hard.bounding, hard.resource),
  );
  const usage = (workload: Workload | undefined, fallback: Amount | undefined): Usage | null => {
    if (workload === undefined || workload.object.kind === "LimitRange" || !of(workload.object)) return null;
    return usageOf(workload, hard.bounding, hard.resource, fallback ?? { kind: "absent" });
  };
  return changes
    .map((change) => ({ change, before: usage(change.before, before), after: usage(change.after, after) }))
    .filter((taker) => taker.before !== null || taker.after !== null);
}

export default defineRule({
  id: "k8s-quota-exceeded",
  invariant: "values-stay-in-bounds",
  severity: "high",
  confidence: "high",
  summary: "The pods of a namespace come to take more than its ResourceQuota in the repository allows.",
  why: "The API server refuses the pods beyond the quota: a rollout stops half way, and an autoscaler cannot add what it was made for.",
  remedy: "Take less, or have the quota raised first by whoever shares out the cluster.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect({ objects }, _, { reach }) {
    const changes = workloads(objects, reach);
    const of = (object: KubernetesObject | undefined): readonly KubernetesObject[] =>
      object?.kind === "LimitRange" ? [object] : [];
    const ranges = {
      before: objects.flatMap(({ before }) => of(before)),
      after: objects.flatMap(({ after }) => of(after)),
    };
    for (const { after } of objects) {
      for (const hard of after === undefined ? [] : hardOf(after)) {
        const standing = standingOf(objects, hard.quota);
        const stood = standing === undefined ? undefined : hardOf(standing).find(({ key }) => key === hard.key);
        yield* judged({ hard, stood, takers: takersOf(hard, changes, ranges, reach) });
      }
    }
  },
  examples: {
    "an autoscaler may go beyond the quota": `
      M k8s/shop/hpa.yaml
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: { name: api, namespace: shop }
        spec:
          scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: api }
      -   maxReplicas: 8
      >   maxReplicas: 20
      = k8s/shop/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api, namespace: shop }
        spec: { template: { spec: { containers: [ { name: api, resources: { requests: { cpu: 500m } } } ] } } }
      = k8s/shop/quota.yaml
        apiVersion: v1
        kind: ResourceQuota
        metadata: { name: shop, namespace: shop }
        spec: { hard: { requests.cpu: "8" } }`,
    "a request grows beyond the quota": `
      M k8s/shop/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api, namespace: shop }
        spec:
          replicas: 4
          template:
            spec:
              containers:
                - name: api
                  resources:
                    limits:
      -               memory: 1Gi
      >               memory: 3Gi
      = k8s/shop/quota.yaml
        apiVersion: v1
        kind: ResourceQuota
        metadata: { name: shop, namespace: shop }
        spec: { hard: { limits.memory: 8Gi } }`,
    "the quota is lowered below what is there": `
      M k8s/shop/quota.yaml
        apiVersion: v1
        kind: ResourceQuota
        metadata: { name: shop, namespace: shop }
        spec:
          hard:
      -     requests.memory: 8Gi
      >     requests.memory: 2Gi
      = k8s/shop/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api, namespace: shop }
        spec: { replicas: 4, template: { spec: { containers: [ { name: api, resources: { requests: { memory: 1Gi } } } ] } } }`,
    "a container that states no memory": {
      change: `
      A k8s/shop/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api, namespace: shop }
        spec:
          template:
            spec:
              containers:
      >         - resources: { requests: { cpu: 1 } }
                  name: api
      = k8s/shop/quota.yaml
        apiVersion: v1
        kind: ResourceQuota
        metadata: { name: shop, namespace: shop }
        spec: { hard: { requests.memory: 2Gi } }`,
    },
    "what a LimitRange gives is within the quota": `
      A k8s/shop/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api, namespace: shop }
        spec: { template: { spec: { containers: [ { name: api } ] } } }
      = k8s/shop/quota.yaml
        apiVersion: v1
        kind: ResourceQuota
        metadata: { name: shop, namespace: shop }
        spec: { hard: { requests.memory: 2Gi } }
      = k8s/shop/range.yaml
        apiVersion: v1
        kind: LimitRange
        metadata: { name: shop, namespace: shop }
        spec: { limits: [ { type: Container, defaultRequest: { memory: 256Mi } } ] }`,
    "the quota of another namespace": `
      M k8s/shop/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api, namespace: shop }
        spec:
      -   replicas: 2
      +   replicas: 20
          template: { spec: { containers: [ { name: api, resources: { requests: { cpu: 1 } } } ] } }
      = k8s/mail/quota.yaml
        apiVersion: v1
        kind: ResourceQuota
        metadata: { name: mail, namespace: mail }
        spec: { hard: { requests.cpu: "8" } }`,
    "beyond the quota before, and less now": `
      M k8s/shop/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api, namespace: shop }
        spec:
      -   replicas: 20
      +   replicas: 18
          template: { spec: { containers: [ { name: api, resources: { requests: { cpu: 1 } } } ] } }
      = k8s/shop/quota.yaml
        apiVersion: v1
        kind: ResourceQuota
        metadata: { name: shop, namespace: shop }
        spec: { hard: { requests.cpu: "8" } }`,
    "exactly the quota": `
      M k8s/shop/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api, namespace: shop }
        spec:
      -   replicas: 2
      +   replicas: 8
          template: { spec: { containers: [ { name: api, resources: { requests: { cpu: 1 } } } ] } }
      = k8s/shop/quota.yaml
        apiVersion: v1
        kind: ResourceQuota
        metadata: { name: shop, namespace: shop }
        spec: { hard: { requests.cpu: "8" } }`,
  },
});
