import { z } from "zod";
import { type Bound, crossing, tightest } from "../../../lib/bound.ts";
import {
  add,
  compare,
  divide,
  formatPercentage,
  formatQuantity,
  multiply,
  type Rational,
  rational,
  subtract,
  whole,
  zero,
} from "../../../lib/quantity.ts";
import {
  aboutResource,
  type ContainerChange,
  containerChanges,
  type Exact,
  hiddenAmount,
  isNewlyHidden,
  reserved,
  type ResourceName,
  resourceNames,
} from "../../kubernetes/resources.ts";
import { defineRule, type Observation } from "../../rule.ts";
import { describeObject } from "../../views/kubernetes.ts";
import { replaced } from "../../views/value.ts";

/** What growth is held against. `from`: below this figure nobody is asked, however many times the former it is. */
interface Measure {
  readonly bound: Bound;
  readonly from: Rational;
  readonly key: string;
}

const gibi = 1n << 30n;
const own = "rules.k8s-reservation-grown.options.factor";

function grown(change: ContainerChange, resource: ResourceName, measure: Measure): Observation | null {
  const { before, after } = change;
  const [is, was] = [reserved(after, resource), reserved(before, resource)];
  if (was.kind === "exact" && isNewlyHidden(is, was)) return hiddenAmount(change, "requests", resource, is);
  if (is.kind !== "exact" || was.kind !== "exact" || compare(was.value, zero) <= 0) return null;
  const ratio = divide(subtract(is.value, was.value), was.value);
  const crossed = crossing(measure.bound, ratio);
  if (crossed === null || compare(is.value, measure.from) < 0) return null;
  return sightingOf({ change, resource, is, was, measure, blocks: crossed === "max" });
}

interface Grown {
  readonly change: ContainerChange;
  readonly resource: ResourceName;
  readonly is: Exact;
  readonly was: Exact;
  readonly measure: Measure;
  readonly blocks: boolean;
}

function sightingOf({ change, resource, is, was, measure, blocks }: Grown): Observation {
  const { object, after, workload } = change;
  const asked = tightest(measure.bound) ?? zero;
  const decisive = (blocks ? measure.bound.max : null) ?? asked;
  const upTo = (share: Rational): Rational => multiply(was.value, add(whole(1), share));
  const { count } = workload;
  const pods = count.kind === "exact" ? count.pods : null;
  const each = formatQuantity(subtract(is.value, was.value));
  const together =
    pods === null || pods < 2
      ? ""
      : `, ${formatQuantity(multiply(subtract(is.value, was.value), whole(pods)))} over ${pods} pods`;
  const clean = formatQuantity(upTo(asked));
  const edit = replaced(is.at, clean);
  return {
    at: is.at.place,
    about: aboutResource(change, resource),
    message: `container \`${after.name}\` reserves ${was.written} → ${is.written} of ${resource}: ${each} more${together}; above +${formatPercentage(decisive)} = ${formatQuantity(upTo(decisive))} ${blocks ? "is not allowed" : "a person is asked"}`,
    ...(blocks ? {} : { asks: true as const }),
    object: describeObject(object),
    pointer: is.at.pointer,
    before: was.written,
    after: is.written,
    boundsFrom: [{ key: measure.key, value: `+${formatPercentage(decisive)}` }],
    passes: {
      clean,
      withApprovals: measure.bound.max === null ? is.written : formatQuantity(upTo(measure.bound.max)),
      because: "what was reserved before, with the growth that is allowed",
    },
    ...(edit === undefined ? {} : { fix: [edit] }),
  };
}

export default defineRule({
  id: "k8s-reservation-grown",
  invariant: "values-stay-in-bounds",
  severity: "medium",
  confidence: "medium",
  summary: "A container reserves several times the CPU, memory or local storage that it did.",
  why: "What is reserved is taken from every node at once, used or not. Pods that find no room stay pending, and those of a lower priority are evicted to make it.",
  remedy: "Grow in steps, with what was used as the reason; and see that the nodes have the room, times the replicas.",
  needs: "kubernetes",
  options: z.strictObject({
    factor: z
      .int()
      .min(2)
      .default(4)
      .describe(
        "More than so many times what was reserved asks a person, where `limits.kubernetes.memory_increase` states nothing for memory.",
      ),
    coresFrom: z.number().min(0).default(2).describe("Fewer cores than this may come at any growth."),
    gibibytesFrom: z
      .number()
      .min(0)
      .default(2)
      .describe("Less memory or local storage than so many GiB may come at any growth."),
  }),
  yieldsTo: "k8s-memory-over-capacity",
  *detect({ objects }, { factor, coresFrom, gibibytesFrom }, { reach, limitsAt }) {
    const millis = (value: number): bigint => BigInt(Math.round(value * 1000));
    const general: Bound = { reviewAbove: whole(factor - 1), max: null };
    const cpu: Measure = { bound: general, from: rational(millis(coresFrom), 1000n), key: own };
    const bytes: Measure = { bound: general, from: rational(millis(gibibytesFrom) * gibi, 1000n), key: own };
    for (const change of containerChanges(objects, reach)) {
      const { memoryIncrease } = limitsAt(change.object.path).kubernetes;
      const memory: Measure =
        tightest(memoryIncrease) === null
          ? bytes
          : { bound: memoryIncrease, from: zero, key: "limits.kubernetes.memory_increase" };
      for (const resource of resourceNames) {
        const measure = resource === "cpu" ? cpu : resource === "memory" ? memory : bytes;
        const observed = grown(change, resource, measure);
        if (observed !== null) yield observed;
      }
    }
  },
  examples: {
    "eight times the cores": `
      M k8s/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
          replicas: 6
          template:
            spec:
              containers:
                - name: api
                  resources:
                    requests:
      -               cpu: 500m
      >               cpu: 4`,
    "a limit without a request is reserved": `
      M k8s/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
          template:
            spec:
              containers:
                - name: api
                  resources:
                    limits:
      -               memory: 1Gi
      >               memory: 16Gi`,
    "the policy bounds the growth of memory": {
      policy: `
        version: 1
        limits: { kubernetes: { memory_increase: { review_above: 50%, max: 200% } } }`,
      change: `
      M k8s/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
          template:
            spec:
              containers:
                - name: api
                  resources:
                    requests:
      -               memory: 256Mi
      >               memory: 512Mi
                - name: logs
                  resources:
                    requests:
      -               memory: 256Mi
      >               memory: 1Gi`,
    },
    "a request becomes an expression": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              resources:
                requests:
      -           cpu: 1
      >           cpu: \${CPU}`,
    "eight times very little": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              resources:
      -         requests: { cpu: 100m, memory: 64Mi }
      +         requests: { cpu: 800m, memory: 512Mi }`,
    "four times and no more": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              resources:
      -         requests: { cpu: 1, memory: 1Gi }
      +         requests: { cpu: 4, memory: 4Gi }`,
    "the limit grows and what is reserved stays": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              resources:
                requests: { cpu: 1 }
      -         limits: { cpu: 1 }
      +         limits: { cpu: 8 }`,
    "a workload that is new": `
      A k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec: { containers: [ { name: api, resources: { requests: { cpu: 16, memory: 64Gi } } } ] }`,
  },
});
