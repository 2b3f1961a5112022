import { z } from "zod";
import { compare, formatQuantity, type Rational, rational, whole } from "../../../lib/quantity.ts";
import {
  aboutResource,
  type Bounding,
  type ContainerChange,
  containerChanges,
  type Exact,
  hiddenAmount,
  isNewlyHidden,
  type ResourceName,
  resourceNames,
  stated,
} from "../../kubernetes/resources.ts";
import { defineRule, type Observation } from "../../rule.ts";
import { describeObject } from "../../views/kubernetes.ts";

interface Bounds {
  readonly leastMemory: Rational;
  readonly leastCpuLimit: Rational;
  readonly mostCores: Rational;
}

/** What a figure comes to that its writer cannot have meant; `sure`: no pod runs with it. */
interface Slip {
  readonly says: string;
  readonly sure: boolean;
}

/** Suffixes of memory. As cores they are thousands and millions. */
const memorySuffix = /[KMGTPE]i?$|k$/u;

function slipOf(
  { value, written }: Exact,
  resource: ResourceName,
  bounding: Bounding,
  bounds: Bounds,
  isReserved: boolean,
): Slip | null {
  if (resource !== "cpu") {
    if (compare(value, bounds.leastMemory) >= 0 || (bounding === "requests" && value.numerator === 0n)) return null;
    const bytes = formatQuantity(rational(value.numerator / value.denominator, 1n));
    const says = `${written} of ${resource} are ${bytes} bytes, less than ${formatQuantity(bounds.leastMemory)}`;
    return { says, sure: bounding === "limits" };
  }
  if (memorySuffix.test(written) || compare(value, bounds.mostCores) > 0) {
    const says = `${written} of cpu are ${formatQuantity(value)} cores, more than ${formatQuantity(bounds.mostCores)}`;
    return { says, sure: isReserved };
  }
  if (bounding === "limits" && compare(value, bounds.leastCpuLimit) < 0) {
    return { says: `a cpu limit of ${written} lets it run ${formatQuantity(value)} of a core`, sure: false };
  }
  return null;
}

function judged(
  change: ContainerChange,
  resource: ResourceName,
  bounding: Bounding,
  bounds: Bounds,
): Observation | null {
  const { object, before, after } = change;
  const [is, was] = [stated(after, bounding, resource), stated(before, bounding, resource)];
  if (isNewlyHidden(is, was) && was.kind !== "undecided") return hiddenAmount(change, bounding, resource, is);
  if (is.kind !== "exact") return null;
  // A limit without a request is reserved in full.
  const isReserved = bounding === "requests" || stated(after, "requests", resource).kind === "absent";
  const slip = slipOf(is, resource, bounding, bounds, isReserved);
  if (slip === null) return null;
  if (was.kind === "exact" && slipOf(was, resource, bounding, bounds, isReserved) !== null) return null;
  return {
    at: is.at.place,
    about: `${aboutResource(change, resource)} ${bounding} unit`,
    message: `container \`${after.name}\`: ${slip.says}`,
    ...(slip.sure ? {} : { asks: true as const }),
    object: describeObject(object),
    pointer: is.at.pointer,
    before: was.kind === "exact" ? was.written : null,
    after: is.written,
  };
}

export default defineRule({
  id: "k8s-quantity-misread",
  invariant: "values-stay-in-bounds",
  severity: "high",
  confidence: "high",
  summary: "A request or limit has a unit that makes it something else than was meant: 512m of memory is half a byte.",
  why: "Every parser takes it. A container that may have half a byte is killed as it starts, and a pod that asks for a thousand cores is never placed.",
  remedy: "Write memory in Mi or Gi and CPU in cores or thousandths of one, as 512Mi and 500m.",
  needs: "kubernetes",
  options: z.strictObject({
    leastMebibytes: z
      .int()
      .min(1)
      .default(4)
      .describe("Less memory or ephemeral storage than so many MiB is taken for a slip."),
    mostCores: z.int().min(1).default(256).describe("More cores of one container than this are taken for a slip."),
    leastMillicores: z
      .int()
      .min(1)
      .default(10)
      .describe("A CPU limit below so many thousandths of a core is taken for a slip."),
  }),
  *detect({ objects }, options, { reach }) {
    const bounds: Bounds = {
      leastMemory: rational(BigInt(options.leastMebibytes) << 20n, 1n),
      leastCpuLimit: rational(BigInt(options.leastMillicores), 1000n),
      mostCores: whole(options.mostCores),
    };
    for (const change of containerChanges(objects, reach)) {
      for (const resource of resourceNames) {
        for (const bounding of ["requests", "limits"] as const) {
          const observed = judged(change, resource, bounding, bounds);
          if (observed !== null) yield observed;
        }
      }
    }
  },
  examples: {
    "512m of memory": `
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
      -               memory: 512Mi
      >               memory: 512m`,
    "memory without its unit, and cores in mebibytes": `
      A k8s/worker.yaml
        apiVersion: batch/v1
        kind: CronJob
        metadata: { name: worker }
        spec:
          jobTemplate:
            spec:
              template:
                spec:
                  containers:
                    - name: worker
                      resources:
                        requests:
      >                   cpu: 1000Mi
      >                   memory: 512`,
    "thousandths of a core without their letter": `
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
      -               cpu: 2000m
      >               cpu: 2000`,
    "a core becomes a thousandth of one": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              resources:
                limits:
      -           cpu: "1"
      >           cpu: 1m`,
    "a megabyte is almost a mebibyte": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              resources:
                limits:
      -           memory: 512Mi
      +           memory: 512M`,
    "bytes, as an autoscaler writes them": `
      A k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec: { containers: [ { name: api, resources: { requests: { memory: 536870912 }, limits: { memory: 536870912000m, cpu: 0.5 } } } ] }`,
    "a request of nothing": `
      A k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec: { containers: [ { name: api, resources: { requests: { memory: 0, cpu: 5m } } } ] }`,
    "misread before and now": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              resources:
      -         limits: { memory: 512m }
      +         limits: { memory: 768m }`,
  },
});
