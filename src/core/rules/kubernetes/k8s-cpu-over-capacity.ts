import { z } from "zod";
import { unreachable } from "../../../lib/assert.ts";
import { floor } from "../../../lib/bound.ts";
import { compare, divide, formatQuantity, type Rational, rational, subtract, zero } from "../../../lib/quantity.ts";
import { defineRule, type Observation } from "../../rule.ts";
import { describeObject } from "../../views/kubernetes.ts";
import { type Holder, holders, podMemory, roomOf } from "../../views/memory.ts";
import { clausesOf, columns, poolRow, totalRow, workings } from "../../views/memory-bounds.ts";
import { type Member, memoryPools, type Pool } from "../../views/pools.ts";
import { replaced, type Value } from "../../views/value.ts";
import { counterpart, type Workload, workloads } from "../../views/workloads.ts";

/** What made a workload take more cores: a limit that grew or came, or how many pods there are. */
type Cause =
  | { readonly kind: "limit"; readonly holder: Holder; readonly at: Value; readonly was: Rational | null }
  | { readonly kind: "pods"; readonly at: Value; readonly was: number | null };

function causeOf({ change }: Member): Cause | null {
  const { before, after } = change;
  if (after === undefined) return null;
  const all = holders(after, "cpu");
  const stood = before === undefined ? [] : holders(before, "cpu");
  for (const holder of all) {
    const { limit } = holder;
    const was = counterpart(stood, all, holder)?.limit;
    if (limit.kind === "undecided") {
      const same = was?.kind === "undecided" && was.at.scalar === limit.at.scalar;
      if (!same) return { kind: "limit", holder, at: limit.at, was: null };
    }
    if (limit.kind !== "exact") continue;
    if (was?.kind === "exact" && compare(limit.value, was.value) <= 0) continue;
    return { kind: "limit", holder, at: limit.at, was: was?.kind === "exact" ? was.value : null };
  }
  const [is, former] = [after.count, before?.count];
  const at = (is.kind === "per-node" ? undefined : is.at) ?? after.object.root;
  if (before === undefined) return { kind: "pods", at, was: null };
  const pods = former?.kind === "exact" ? former.pods : null;
  switch (is.kind) {
    case "exact":
      return pods !== null && is.pods <= pods ? null : { kind: "pods", at, was: pods };
    case "undecided":
      return former?.kind === "undecided" && former.at.scalar === is.at.scalar ? null : { kind: "pods", at, was: pods };
    case "per-node":
      return former?.kind === "per-node" ? null : { kind: "pods", at, was: pods };
    default:
      return unreachable(is);
  }
}

/** Rounded down to a figure that a person would write: tenths of a core, hundredths below one. */
function tidy(cores: Rational): Rational {
  const parts = compare(cores, rational(1n, 1n)) < 0 ? 100n : 10n;
  return rational((cores.numerator * parts) / cores.denominator, parts);
}

interface Fitting {
  readonly clean: number | string | null;
  readonly text: string | null;
}

function fittingOf(cause: Cause, workload: Workload, pool: Pool, member: Member, room: Rational | null): Fitting {
  if (cause.kind === "limit") {
    if (room === null || compare(room, zero) <= 0) return { clean: null, text: null };
    const figure = tidy(room);
    const passing = cause.was !== null && compare(figure, cause.was) < 0 ? cause.was : figure;
    const text = compare(passing, zero) > 0 ? formatQuantity(passing) : null;
    return { clean: text, text };
  }
  const pod = podMemory(workload, "cpu").known;
  const left = subtract(pool.allowed, subtract(pool.after, member.after?.known ?? zero));
  const fits = compare(pod, zero) > 0 && compare(left, zero) > 0 ? Number(floor(divide(left, pod))) : 0;
  const pods = cause.was !== null && fits < cause.was ? cause.was : fits > 0 ? fits : null;
  return { clean: pods, text: pods === null ? null : String(pods) };
}

function* judged(pool: Pool, member: Member, cause: Cause): Generator<Observation> {
  const workload = member.workload;
  const { object, count } = workload;
  const name = cause.kind === "limit" ? cause.holder.name : "pods";
  const about = `${object.path} ${describeObject(object)}#${name}.cpu ${pool.name}`;
  const row = poolRow(pool, member, (perPod) =>
    cause.kind === "limit" ? roomOf(workload, cause.holder, perPod, "cpu") : perPod,
  );
  if (row.crossed === null) {
    const [first, ...more] = pool.open;
    const rest = more.length === 0 ? "" : ` (and ${more.length} more)`;
    const undecided = `whether node pool \`${pool.name}\` has the cores: ${first ?? ""}${rest}`;
    if (first !== undefined) yield { at: cause.at.place, about, undecided };
    return;
  }
  const rows = [totalRow(workload, member.change.before, "cpu"), row];
  const { clean, text } = fittingOf(cause, workload, pool, member, row.clean);
  const isWritten = cause.kind === "limit" || (count.kind === "exact" && count.at !== undefined);
  const edit = text === null || !isWritten ? undefined : replaced(cause.at, text);
  const stated = cause.at.scalar;
  yield {
    at: cause.at.place,
    about,
    message: clausesOf(rows, workload, "cpu").join("; "),
    object: describeObject(object),
    pointer: cause.at.pointer,
    before: typeof cause.was === "number" || cause.was === null ? cause.was : formatQuantity(cause.was),
    after: stated === undefined || stated === null ? null : String(stated),
    bounds: { title: "Bounds on cores", columns, rows: rows.map(({ cells }) => cells) },
    workings: workings(pool, member),
    boundsFrom: row.from === null ? [] : [row.from],
    passes: { clean, withApprovals: clean, because: "what the pool leaves, rounded down" },
    ...(edit === undefined ? {} : { fix: [edit] }),
  };
}

const pooled = `
  version: 1
  layout: ["k8s/{environment}/{service}/**"]
  environments: { staging: { tier: staging } }
  capacity:
    - { name: general, environments: [staging], cpu: 16 }`;

/** A neighbour in the pool that takes this many cores, as a file of an example. */
function neighbour(name: string, cores: number): string {
  return `= k8s/staging/${name}/deployment.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: ${name} }
        spec: { replicas: ${cores}, template: { spec: { containers: [ { name: ${name}, resources: { limits: { cpu: 1 } } } ] } } }`;
}

export default defineRule({
  id: "k8s-cpu-over-capacity",
  invariant: "values-stay-in-bounds",
  severity: "high",
  confidence: "high",
  summary: "The cores that a workload may take grow beyond what the node pool has, summed over all workloads in it.",
  why: "A limit is a promise made once per pod. When the promises exceed the pool and are used, every service in it gets slower in the same minute, and probes begin to fail.",
  remedy:
    "Set a smaller limit or fewer replicas; or have the pool enlarged and its figure in the policy raised by a person first.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect({ objects, unreadContext }, _, { policy, reach }) {
    const changes = workloads(objects, reach);
    const isProduction = (name: string): boolean => policy.environments[name]?.tier === "production";
    for (const pool of memoryPools(policy.capacity, changes, unreadContext, reach, isProduction, "cpu")) {
      for (const member of pool.members) {
        if (member.after === null) continue;
        const cause = causeOf(member);
        if (cause !== null) yield* judged(pool, member, cause);
      }
    }
  },
  examples: {
    "a limit grows beyond the pool": {
      policy: pooled,
      change: `
      M k8s/staging/search/deployment.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: search }
        spec:
          replicas: 4
          template:
            spec:
              containers:
                - name: search
                  resources:
                    limits:
      -               cpu: 500m
      >               cpu: 2
      ${neighbour("payment", 10)}`,
    },
    "more pods than the pool has cores for": {
      policy: pooled,
      change: `
      M k8s/staging/search/deployment.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: search }
        spec:
      -   replicas: 2
      >   replicas: 9
          template:
            spec: { containers: [ { name: search, resources: { limits: { cpu: 1 } } } ] }
      ${neighbour("payment", 10)}`,
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
      -               cpu: 500m
      >               cpu: 1
      = k8s/staging/other/deployment.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: other }
        spec: { template: { spec: { containers: [ { name: other } ] } } }`,
    },
    "a workload that is new": {
      policy: pooled,
      change: `
      A k8s/staging/search/pod.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: search }
        spec:
          containers:
            - name: search
              resources:
                limits:
      >           cpu: 8
      ${neighbour("payment", 10)}`,
    },
    "exactly what the pool has": {
      policy: pooled,
      change: `
      M k8s/staging/search/deployment.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: search }
        spec:
          replicas: 3
          template:
            spec:
              containers:
                - name: search
                  resources:
                    limits:
      -               cpu: 1
      +               cpu: 2
      ${neighbour("payment", 10)}`,
    },
    "too much before, and less now": {
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
      -               cpu: 4
      +               cpu: 3
      ${neighbour("payment", 10)}`,
    },
    "the pool states memory alone": {
      policy: `
        version: 1
        layout: ["k8s/{environment}/{service}/**"]
        environments: { staging: { tier: staging } }
        capacity:
          - { name: general, environments: [staging], memory: 16Gi }`,
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
      -               cpu: 1
      +               cpu: 64`,
    },
  },
});
