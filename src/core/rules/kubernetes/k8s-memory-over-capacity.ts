import { z } from "zod";
import { floor, least, tightest } from "../../../lib/bound.ts";
import { compare, divide, formatQuantity, type Rational, subtract, zero } from "../../../lib/quantity.ts";
import { type Context, defineRule, type Edit, type Observation, type Sighting, type Table } from "../../rule.ts";
import { describeObject } from "../../views/kubernetes.ts";
import { type Holder, holders, podMemory, roomOf, tidy } from "../../views/memory.ts";
import {
  clausesOf,
  columns,
  type ExactLimit,
  type Growth,
  growthRow,
  podRow,
  poolRow,
  type Row,
  totalRow,
  workings,
} from "../../views/memory-bounds.ts";
import { type Member, memoryPools, type Pool } from "../../views/pools.ts";
import { replaced } from "../../views/value.ts";
import { counterpart, type Workload, type WorkloadChange, workloads } from "../../views/workloads.ts";

type Limits = ReturnType<Context["limitsAt"]>["kubernetes"];

/** A pool and what the workload that is looked at is in it. */
interface Placed {
  readonly pool: Pool;
  readonly member: Member;
}

/** The limits of the workload that grew or are new, and those that cannot be decided. A limit in place of none is no growth. */
function growths({ before, after }: WorkloadChange): readonly (Growth | Observation)[] {
  if (after === undefined) return [];
  const stood = before === undefined ? [] : holders(before);
  const all = holders(after);
  return all.flatMap((holder): readonly (Growth | Observation)[] => {
    const { limit, name } = holder;
    const was = counterpart(stood, all, holder);
    const about = aboutLimit(after, holder);
    if (limit.kind === "undecided") {
      const same = was !== undefined && was.limit.kind === "undecided" && was.limit.at.scalar === limit.at.scalar;
      return same ? [] : [{ at: limit.at.place, about, undecided: `what the memory limit of \`${name}\` is` }];
    }
    if (limit.kind === "absent") return [];
    if (was?.limit.kind === "absent") return [];
    const previous = was?.limit.kind === "exact" && !heavier(was, holder, before, after) ? was.limit : null;
    if (previous !== null && compare(limit.value, previous.value) <= 0) return [];
    return [{ workload: after, before, holder, was: previous, wasExpression: was?.limit.kind === "undecided", limit }];
  });
}

/** A container that came to run beside others, not before them, takes its limit in addition to theirs. */
function heavier(was: Holder, is: Holder, before: Workload | undefined, after: Workload): boolean {
  if (was.role === is.role || before === undefined) return false;
  return compare(podMemory(after).known, podMemory(before).known) > 0;
}

/** A new container without a limit: how much its workload takes is not known. */
interface Unlimited {
  readonly workload: Workload;
  readonly holder: Holder;
  readonly at: Observation["at"];
}

function unlimited({ before, after }: WorkloadChange): readonly Unlimited[] {
  if (after === undefined || after.object.kind === "LimitRange") return [];
  const stood = before === undefined ? [] : holders(before);
  const all = holders(after);
  return all.flatMap((holder, index): readonly Unlimited[] => {
    if (holder.limit.kind !== "absent" || counterpart(stood, all, holder) !== undefined) return [];
    // A patch adds a container only with an image; else it leaves the limit to what it patches.
    if (after.object.patch && after.containers[index]?.root.at("image") === undefined) return [];
    return [{ workload: after, holder, at: after.containers[index]?.root.place ?? after.object.root.place }];
  });
}

/** One observation for a file, however many containers it has: a hundred would say no more. */
function* unlimitedOf(found: readonly Unlimited[]): Generator<Observation> {
  for (const [path, [first, ...more]] of Map.groupBy(found, ({ workload }) => workload.object.path)) {
    if (first === undefined) continue;
    const rest = more.length === 0 ? "" : ` (nor have ${more.length} more of this file)`;
    const undecided = `how much memory \`${first.holder.name}\` of \`${first.workload.object.name}\` takes: it has no limit${rest}`;
    yield { at: first.at, about: `${path} without a limit`, undecided };
  }
}

function aboutLimit(workload: Workload, holder: Holder): string {
  return `${workload.object.path} ${describeObject(workload.object)}#${holder.name}.memory`;
}

/** The largest tidy figure that is within the room; the figure that stood before passes always. */
function fitting(room: Rational | null, was: ExactLimit | null): Rational | null {
  if (room === null) return null;
  const figure = tidy(room);
  if (was !== null && compare(figure, was.value) < 0) return was.value;
  return compare(figure, zero) > 0 ? figure : null;
}

function sightingOf(growth: Growth, rows: readonly Row[], table: Table | null): Sighting {
  const { workload, holder, was, limit } = growth;
  const crossed = rows.filter((row) => row.crossed !== null);
  const clean = fitting(least(rows.flatMap((row) => row.clean ?? [])), was);
  const room = least(rows.flatMap((row) => row.most ?? []));
  const most = room === null ? limit.value : fitting(room, was);
  const fix = clean === null ? [] : fixOf(holder, limit, clean);
  return {
    at: limit.at.place,
    about: aboutLimit(workload, holder),
    message: clausesOf(rows, workload).join("; "),
    ...(crossed.some((row) => row.crossed === "max") ? {} : { asks: true as const }),
    object: describeObject(workload.object),
    pointer: limit.at.pointer,
    before: was?.written ?? null,
    after: limit.written,
    bounds: { title: "Bounds on memory", columns, rows: rows.map(({ cells }) => cells) },
    ...(table === null ? {} : { workings: table }),
    boundsFrom: crossed.flatMap(({ from }) => from ?? []),
    passes: {
      clean: clean === null ? null : formatQuantity(clean),
      withApprovals: most === null ? null : formatQuantity(most),
      because: "the tightest of the bounds in the table, rounded down",
    },
    ...(fix.length === 0 ? {} : { fix }),
  };
}

/** The limit, and the request where it would be above the limit, which Kubernetes refuses. */
function fixOf({ request }: Holder, limit: ExactLimit, clean: Rational): readonly Edit[] {
  const edit = replaced(limit.at, formatQuantity(clean));
  if (edit === undefined) return [];
  const above = request.kind === "exact" && compare(request.value, clean) > 0;
  const lowered = above ? replaced(request.at, formatQuantity(clean)) : undefined;
  return above && lowered === undefined ? [] : [edit, ...(lowered === undefined ? [] : [lowered])];
}

/** More pods of the same size: only the pools can be crossed, and the room is in pods. */
function* scaled({ before, after }: WorkloadChange, pools: readonly Placed[]): Generator<Observation> {
  if (after === undefined) return;
  const { count, object } = after;
  const place = (count.kind === "per-node" ? undefined : count.at) ?? object.root;
  const about = `${object.path} ${describeObject(object)}#pods.memory`;
  for (const { pool, member } of pools) {
    const row = poolRow(pool, member, (perPod) => perPod);
    if (row.crossed === null) {
      yield* openPool(pool, place.place, about);
      continue;
    }
    const pod = podMemory(after).known;
    const others = subtract(pool.after, member.after?.known ?? zero);
    const fits = compare(pod, zero) > 0 ? Number(floor(divide(subtract(pool.allowed, others), pod))) : 0;
    const was = before?.count.kind === "exact" ? before.count.pods : null;
    const passes = was !== null && fits < was ? was : fits > 0 ? fits : null;
    const edit =
      passes === null || count.kind !== "exact" || count.at === undefined ? undefined : replaced(count.at, `${passes}`);
    const rows = [totalRow(after, before), row];
    yield {
      at: place.place,
      about,
      message: clausesOf(rows, after).join("; "),
      object: describeObject(object),
      pointer: place.pointer,
      before: was,
      after: count.kind === "exact" ? count.pods : null,
      bounds: { title: "Bounds on memory", columns, rows: rows.map(({ cells }) => cells) },
      workings: workings(pool, member),
      boundsFrom: row.from === null ? [] : [row.from],
      passes: { clean: passes, withApprovals: passes, because: "what the pool leaves, divided by one pod" },
      ...(edit === undefined ? {} : { fix: [edit] }),
    };
  }
}

/** A sum that is not known in full is not within the pool. */
function* openPool(pool: Pool, at: Observation["at"], about: string): Generator<Observation> {
  const [first, ...more] = pool.open;
  if (first === undefined) return;
  const rest = more.length === 0 ? "" : ` (and ${more.length} more)`;
  yield {
    at,
    about: `${about} ${pool.name}`,
    undecided: `whether node pool \`${pool.name}\` is large enough: ${first}${rest}`,
  };
}

function* grownLimit(growth: Growth, limits: Limits, pools: readonly Placed[]): Generator<Observation> {
  const { workload, before, holder, limit } = growth;
  const inPools = pools.map(({ pool, member }) => ({
    pool,
    member,
    row: poolRow(pool, member, (perPod) => roomOf(workload, holder, perPod)),
  }));
  const pod = podRow(growth, limits.memoryPerPod);
  const rows = [
    growthRow(growth, limits.memoryIncrease),
    pod,
    totalRow(workload, before),
    ...inPools.map(({ row }) => row),
  ].filter((row) => row !== null);
  const decisive = inPools.find(({ row }) => row.crossed !== null) ?? inPools[0];
  const table = decisive === undefined ? null : workings(decisive.pool, decisive.member);
  if (rows.some(({ crossed }) => crossed !== null)) yield sightingOf(growth, rows, table);
  const about = aboutLimit(workload, holder);
  if (growth.wasExpression && tightest(limits.memoryIncrease) !== null) {
    const undecided = `how much the memory limit of \`${holder.name}\` grows: it was an expression`;
    yield { at: limit.at.place, about: `${about} growth`, undecided };
  }
  const { open } = podMemory(workload);
  if (pod !== null && pod.crossed === null && open !== null && unlimited({ before, after: workload }).length === 0) {
    yield {
      at: limit.at.place,
      about: `${about} pod`,
      undecided: `how much memory one pod takes: ${open}`,
    };
  }
  for (const { pool, row } of inPools) {
    if (row.crossed === null) yield* openPool(pool, limit.at.place, about);
  }
}

/** Whether the pods of a workload grew in number, or came to be an expression. */
function moreOf({ before, after }: WorkloadChange): boolean {
  if (after === undefined) return false;
  // A workload that is new is looked at by its limits; a patch may say how many and leave the limits where they are.
  if (before === undefined) return after.object.patch && after.count.kind === "exact" && after.count.at !== undefined;
  const [was, is] = [before.count, after.count];
  if (is.kind === "exact") return was.kind !== "exact" || is.pods > was.pods;
  return is.kind === "undecided" && !(was.kind === "undecided" && was.at.scalar === is.at.scalar);
}

const pooled = `
  version: 1
  layout: ["k8s/{environment}/{service}/**"]
  environments: { staging: { tier: staging } }
  limits: { kubernetes: { memory_per_pod: 1Gi, memory_increase: { review_above: 50% } } }
  capacity:
    - { name: general, environments: [staging], memory: 32Gi }`;

/** A neighbour in the pool that takes this many GiB, as a file of an example. */
function neighbour(name: string, gibis: number): string {
  return `= k8s/staging/${name}/deployment.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: ${name} }
        spec: { replicas: ${gibis}, template: { spec: { containers: [ { name: ${name}, resources: { limits: { memory: 1Gi } } } ] } } }`;
}

export default defineRule({
  id: "k8s-memory-over-capacity",
  invariant: "values-stay-in-bounds",
  severity: "high",
  confidence: "high",
  summary: "The memory that a workload may take grows beyond what one change, one pod or the node pool allows.",
  why: `A memory limit is a promise made once per pod. When the promises exceed the pool and are used, the kubelet evicts pods of other services to keep the node alive.`,
  remedy:
    "Set a smaller limit and find what grows; or have the pool enlarged and its figure in the policy raised by a person first.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect({ objects, unreadContext }, _, context) {
    const changes = workloads(objects, context.reach);
    const open: Unlimited[] = [];
    const { capacity, environments } = context.policy;
    const isProduction = (name: string): boolean => environments[name]?.tier === "production";
    const pools = memoryPools(capacity, changes, unreadContext, context.reach, isProduction);
    for (const change of changes) {
      if (change.after === undefined) continue;
      const limits = context.limitsAt(change.after.object.path).kubernetes;
      const own = pools.flatMap((pool): Placed[] => {
        const member = pool.members.find((candidate) => candidate.change === change && candidate.after !== null);
        return member === undefined ? [] : [{ pool, member }];
      });
      const bounded = [limits.memoryIncrease, limits.memoryPerPod].some((bound) => tightest(bound) !== null);
      if (!bounded && own.length === 0) continue;
      open.push(...unlimited(change));
      const grown = growths(change);
      for (const each of grown) {
        if ("holder" in each) yield* grownLimit(each, limits, own);
        else yield each;
      }
      if (!grown.some((each) => "holder" in each) && moreOf(change)) yield* scaled(change, own);
    }
    yield* unlimitedOf(open);
  },
  examples: {
    "memory grows beyond three bounds at once": {
      policy: pooled,
      change: `
      M k8s/staging/search/deployment.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: search, namespace: search }
        spec:
          replicas: 8
          template:
            spec:
              containers:
                - name: search
                  resources:
                    requests: { memory: 512Mi }
                    limits:
      -               memory: 512Mi
      >               memory: 2Gi
      ${neighbour("payment", 21)}`,
    },
    "growth that only asks a person": {
      policy: pooled,
      change: `
      M k8s/development/search/deployment.yaml
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: { name: search }
        spec:
          template:
            spec:
              containers:
                - name: search
                  resources:
                    limits:
      -               memory: 256Mi
      >               memory: 512Mi`,
    },
    "more pods than the pool holds": {
      policy: pooled,
      change: `
      M k8s/staging/search/deployment.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: search }
        spec:
      -   replicas: 4
      >   replicas: 12
          template:
            spec: { containers: [ { name: search, resources: { limits: { memory: 1Gi } } } ] }
      ${neighbour("payment", 24)}`,
    },
    "an autoscaler that may fill the pool": {
      policy: pooled,
      change: `
      M k8s/staging/search/hpa.yaml
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: { name: search }
        spec:
          scaleTargetRef: { kind: Deployment, name: search }
      -   maxReplicas: 4
      >   maxReplicas: 40
      = k8s/staging/search/deployment.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: search }
        spec:
          replicas: 2
          template:
            spec: { containers: [ { name: search, resources: { limits: { memory: 1Gi } } } ] }`,
    },
    "an init container comes to run beside the others": {
      policy: pooled,
      change: `
      M k8s/development/search/pod.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: search }
        spec:
          initContainers:
            - name: cache
      +       restartPolicy: Always
              resources:
                limits:
      !           memory: 768Mi
          containers:
            - { name: search, resources: { limits: { memory: 768Mi } } }`,
    },
    "more for every container that states no limit": {
      policy: pooled,
      change: `
      M k8s/development/limits.yaml
        apiVersion: v1
        kind: LimitRange
        metadata: { name: limits }
        spec:
          limits:
            - type: Container
              default:
      -         memory: 512Mi
      >         memory: 2Gi
              max: { memory: 8Gi }`,
    },
    "a larger one in another namespace": {
      policy: pooled,
      change: `
      M k8s/development/search/pod.yaml
        apiVersion: v1
        kind: Pod
      - metadata: { name: search, namespace: a }
      + metadata: { name: search, namespace: b }
        spec:
          containers:
            - name: search
              resources:
                limits:
      -           memory: 512Mi
      >           memory: 1Gi`,
    },
    "a second object of the same name in the file": {
      policy: pooled,
      change: `
      M k8s/development/search/pod.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: search }
        spec: { containers: [ { name: search, resources: { limits: { memory: 512Mi } } } ] }
      + ---
      + apiVersion: v1
      + kind: Pod
      + metadata: { name: search }
      > spec: { containers: [ { name: search, resources: { limits: { memory: 1Gi } } } ] }`,
    },
    "a limit without a unit is in bytes, and one of an anchor counts where it stands": {
      policy: pooled,
      change: `
      M k8s/development/search/pod.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: search }
      - x-size: &size { limits: { memory: 536870912 } }
      > x-size: &size { limits: { memory: 2147483648 } }
        spec:
          containers:
            - name: search
              resources:
                <<: *size`,
    },
    "resources that are an expression": {
      policy: pooled,
      change: `
      M k8s/development/search/pod.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: search }
        spec:
          containers:
            - name: search
      -       resources: { limits: { memory: 512Mi } }
      >       resources: \${RESOURCES}`,
      reverse: "reports",
    },
    "a workload in no known place may run in the production that has a pool": {
      policy: `
        version: 1
        capacity:
          - { name: main, environments: [production], memory: 4Gi, count: limits, headroom: 0% }`,
      change: `
      M manifests/search.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: search }
        spec:
          containers:
            - name: search
              resources:
                limits:
      -           memory: 512Mi
      >           memory: 640Mi`,
    },
    "a workload in no known place runs in no pool below production": {
      policy: `
        version: 1
        capacity:
          - { name: main, environments: [staging], memory: 4Gi, count: limits, headroom: 0% }`,
      change: `
      M manifests/search.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: search }
        spec:
          containers:
            - name: search
              resources:
                limits:
      -           memory: 512Mi
      +           memory: 640Mi`,
    },
    "a neighbour without a limit leaves the sum open": {
      policy: pooled,
      change: `
      M k8s/staging/search/deployment.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: search }
        spec:
          template:
            spec:
              containers:
                - name: search
                  resources:
                    limits:
      -               memory: 512Mi
      >               memory: 640Mi
      = k8s/staging/other/deployment.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: other }
        spec: { template: { spec: { containers: [ { name: other } ] } } }`,
    },
    "a workload that comes from another environment is new in this one": {
      policy: pooled,
      change: `
      D k8s/development/batch/deployment.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: batch }
        spec: { replicas: 40, template: { spec: { containers: [ { name: batch, resources: { limits: { memory: 1Gi } } } ] } } }
      A k8s/staging/batch/deployment.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: batch }
      > spec: { replicas: 40, template: { spec: { containers: [ { name: batch, resources: { limits: { memory: 1Gi } } } ] } } }`,
    },
    "another container of the pod has no limit": {
      policy: pooled,
      change: `
      M k8s/development/search/deployment.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: search }
        spec:
          template:
            spec:
              containers:
                - name: logs
                - name: search
                  resources:
                    limits:
      -               memory: 512Mi
      >               memory: 640Mi`,
    },
    "a limit that was an expression": {
      policy: pooled,
      change: `
      M k8s/development/search/deployment.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: search }
        spec:
          template:
            spec:
              containers:
                - name: search
                  resources:
                    limits:
      -               memory: "\${MEMORY}"
      >               memory: 1Gi`,
      reverse: "reports",
    },
    "new containers without a limit": {
      policy: pooled,
      change: `
      A k8s/development/search/pod.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: search }
        spec:
          containers:
      >     - name: search
              resources: { requests: { memory: 1Gi } }
            - name: logs`,
    },
    "what one workload takes more, another gives back": {
      policy: pooled,
      change: `
      M k8s/staging/search/deployment.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: search }
        spec:
      -   replicas: 20
      +   replicas: 22
          template:
            spec: { containers: [ { name: search, resources: { limits: { memory: 1Gi } } } ] }
      M k8s/staging/payment/deployment.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: payment }
        spec:
      -   replicas: 20
      +   replicas: 15
          template:
            spec: { containers: [ { name: payment, resources: { limits: { memory: 1Gi } } } ] }`,
    },
    "within every bound": {
      policy: pooled,
      change: `
      M k8s/staging/search/deployment.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: search }
        spec:
          replicas: 8
          template:
            spec:
              containers:
                - name: search
                  resources:
                    limits:
      -               memory: 512Mi
      +               memory: 768Mi
      ${neighbour("payment", 21)}`,
    },
    "the pool was too full before, and this change frees some of it": {
      policy: pooled,
      change: `
      M k8s/staging/search/deployment.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: search }
        spec:
          replicas: 8
          template:
            spec:
              containers:
                - name: search
                  resources:
                    limits:
      -               memory: 1Gi
      +               memory: 768Mi
      ${neighbour("payment", 40)}`,
    },
    "a limit in the place of none": {
      policy: pooled,
      change: `
      M k8s/staging/search/deployment.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: search }
        spec:
          template:
            spec:
              containers:
                - name: search
      +           resources: { limits: { memory: 1Gi } }
                  image: search`,
    },
    "the policy sets no bound": `
      M k8s/staging/search/deployment.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: search }
        spec:
          template:
            spec:
              containers:
                - name: search
                  resources:
                    limits:
      -               memory: 512Mi
      +               memory: 4Gi`,
  },
});
