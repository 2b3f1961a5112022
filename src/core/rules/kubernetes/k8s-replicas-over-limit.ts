import { z } from "zod";
import { crossing, floor, tightest } from "../../../lib/bound.ts";
import { formatDecimal, whole } from "../../../lib/quantity.ts";
import { defineRule } from "../../rule.ts";
import { describeObject } from "../../views/kubernetes.ts";
import { replaced } from "../../views/value.ts";
import { countPath, isArrival, podsOf, reached } from "../../views/workloads.ts";

const policy = `
  version: 1
  limits: { kubernetes: { replicas: { review_above: 6, max: 10 } } }`;

export default defineRule({
  id: "k8s-replicas-over-limit",
  invariant: "values-stay-in-bounds",
  severity: "high",
  confidence: "high",
  summary: "A workload, or the autoscaler of one, is raised above the number of replicas that the policy allows.",
  why: "Replicas multiply: every one takes memory, connections and licences from what others share, all at the same moment.",
  remedy: "Stay within the limit; where more is really needed, a person raises the limit in the policy first.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect({ objects }, _, context) {
    for (const change of objects) {
      const { before, after } = change;
      const path = after === undefined ? null : countPath(after);
      if (after === undefined || path === null) continue;
      const bound = context.limitsAt(after.path).kubernetes.replicas;
      const limit = tightest(bound);
      const value = reached(after.root, path);
      const about = `${after.path} ${describeObject(after)}#${path.join(".")}`;
      if (limit === null || value === undefined || value.scalar === null) continue;
      const standing = isArrival(change, context.reach) ? undefined : before?.root;
      const stood = standing === undefined ? undefined : reached(standing, path);
      const pods = podsOf(value);
      if (pods === null) {
        if (value.scalar === undefined || value.scalar !== stood?.scalar) {
          yield { at: value.place, about, undecided: `how many replicas \`${describeObject(after)}\` asks for` };
        }
        continue;
      }
      const was = stood === undefined ? null : podsOf(stood);
      const crossed = crossing(bound, whole(pods));
      if (crossed === null || (was !== null && was >= pods)) continue;
      const clean = Number(floor(limit));
      const most = bound.max === null ? pods : Number(floor(bound.max));
      const edit = replaced(value, String(clean));
      const steps = `${path.at(-1)} ${was === null ? "" : `${was} → `}${pods} of \`${after.name}\``;
      yield {
        at: value.place,
        about,
        message:
          crossed === "max"
            ? `${steps}; the limit is ${formatDecimal(bound.max ?? limit)}`
            : `${steps}; above ${formatDecimal(limit)} a person is asked`,
        ...(crossed === "max" ? {} : { asks: true as const }),
        object: describeObject(after),
        pointer: value.pointer,
        before: was,
        after: pods,
        boundsFrom: [
          { key: "limits.kubernetes.replicas", value: formatDecimal(crossed === "max" ? (bound.max ?? limit) : limit) },
        ],
        passes: { clean, withApprovals: most, because: `the limit for \`${after.path}\`` },
        ...(edit === undefined ? {} : { fix: [edit] }),
      };
    }
  },
  examples: {
    "three replicas become seventeen": {
      policy,
      change: `
      M k8s/staging/api/deployment.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
      -   replicas: 3
      >   replicas: 17`,
    },
    "a kustomization counts, patches in its text and names a patch": {
      policy,
      change: `
      M overlays/staging/kustomization.yaml
        resources: [../../base]
      + replicas:
      >   - { name: api, count: 17 }
      + patches:
      +   - target: { kind: Deployment, name: shop }
      >     patch: '[{ "op": "replace", "path": "/spec/replicas", "value": 18 }]'
      >   - patch: |-
      +       apiVersion: apps/v1
      +       kind: StatefulSet
      +       metadata: { name: db }
      +       spec: { replicas: 19 }
      +   - path: more.yaml
      +     target: { kind: Deployment, name: more }
      A overlays/staging/more.yaml
        - op: replace
          path: /spec/replicas
      >   value: 20`,
    },
    "KEDA may go further than the limit": {
      policy,
      change: `
      M k8s/staging/api/scaling.yaml
        apiVersion: keda.sh/v1alpha1
        kind: ScaledObject
        metadata: { name: api }
        spec:
          scaleTargetRef: { name: api }
      -   maxReplicaCount: 4
      >   maxReplicaCount: 40`,
    },
    "an operation on another list than an object's": {
      policy,
      change: `
      A docs/patch.json
      + [{ "op": "replace", "path": "/replicas", "value": 20 }]`,
    },
    "an autoscaler may go further than the limit": {
      policy,
      change: `
      A k8s/staging/api/hpa.yaml
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: { name: api }
        spec:
          scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: api }
          minReplicas: 2
      >   maxReplicas: 40`,
    },
    "a new workload between the two bounds": {
      policy,
      change: `
      A k8s/staging/api/deployment.yaml
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: { name: api }
      > spec: { replicas: 8 }`,
    },
    "the tighter limit of the environment holds": {
      policy: `
        version: 1
        layout: ["k8s/{environment}/**"]
        environments: { staging: { tier: staging, limits: { replicas: 4 } } }
        limits: { kubernetes: { replicas: 10 } }`,
      change: `
      M k8s/staging/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
      -   replicas: 3
      >   replicas: 5
      M k8s/development/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
      -   replicas: 3
      +   replicas: 5`,
    },
    "many replicas come to an environment that had none": {
      policy: `
        version: 1
        layout: ["k8s/{environment}/**"]
        environments: { production: { tier: production } }
        limits: { kubernetes: { replicas: 10 } }`,
      change: `
      D k8s/sandbox/batch/deployment.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: batch }
        spec: { replicas: 20 }
      A k8s/production/batch/deployment.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: batch }
      > spec: { replicas: 20 }`,
      reverse: "reports",
    },
    "over the limit before and lowered now": {
      policy,
      change: `
      M k8s/staging/api/deployment.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
      -   replicas: 20
      +   replicas: 18`,
    },
    "over the limit before and moved to another file": {
      policy,
      change: `
      D k8s/staging/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec: { replicas: 20 }
      A k8s/staging/api/deployment.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec: { replicas: 20 }`,
    },
    "exactly at the bound": {
      policy,
      change: `
      M k8s/staging/api/deployment.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
      -   replicas: 3
      +   replicas: 6`,
    },
    "the policy sets no limit": `
      M k8s/staging/api/deployment.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
      -   replicas: 3
      +   replicas: 4`,
  },
});
