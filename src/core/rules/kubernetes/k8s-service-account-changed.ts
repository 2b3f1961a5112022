import { z } from "zod";
import { isExpression } from "../../kubernetes/keeping.ts";
import { isOfValues } from "../../kubernetes/object.ts";
import { podOf, sharesNamespace, stoodBefore } from "../../kubernetes/scaling.ts";
import { aboutOf, inCode, isOnlySample } from "../../kubernetes/telling.ts";
import { defineRule, type Observation } from "../../rule.ts";
import { describeObject, type KubernetesObject, type ObjectChange } from "../../views/kubernetes.ts";
import type { Value } from "../../views/value.ts";

function text(value: Value | undefined): string {
  return value?.scalar == null ? "" : String(value.scalar);
}

/** Annotations by which a cloud gives an account one of its roles: AWS IRSA, GKE and Azure workload identity. */
const cloudRoles = [
  "eks.amazonaws.com/role-arn",
  "iam.gke.io/gcp-service-account",
  "azure.workload.identity/client-id",
];

interface Seen {
  readonly field: string;
  readonly at: Value;
  readonly was: string;
  readonly message: string;
}

function nameOf(pod: Value): Value | undefined {
  return pod.at("serviceAccountName") ?? pod.at("serviceAccount");
}

function* ofPods(was: Value, is: Value, isBare: (name: string) => boolean): Iterable<Seen> {
  const [former, now] = [text(nameOf(was)) || "default", text(nameOf(is)) || "default"];
  const at = nameOf(is);
  // The account of a namespace that nobody names is the one that is given nothing.
  if (now !== former && now !== "default" && at !== undefined && !isBare(now)) {
    yield {
      field: "serviceAccountName",
      at,
      was: former,
      message: `its pods run as the service account ${inCode(now)}, and ran as ${inCode(former)}`,
    };
  }
  yield* token(was, is, "its pods get a token of the cluster, which they did not");
}

function* token(was: Value, is: Value, message: string): Iterable<Seen> {
  const field = "automountServiceAccountToken";
  const at = is.at(field);
  if (was.at(field)?.scalar === false && at?.scalar !== false) yield { field, at: at ?? is, was: "false", message };
}

function* ofAccount(was: KubernetesObject, { root }: KubernetesObject): Iterable<Seen> {
  yield* token(was.root, root, "pods that run as it get a token of the cluster, unless they say no");
  for (const field of cloudRoles) {
    const [former, at] = [
      text(was.root.at("metadata", "annotations", field)),
      root.at("metadata", "annotations", field),
    ];
    if (at === undefined || text(at) === former || text(at) === "") continue;
    const before = former === "" ? "none" : inCode(former);
    yield {
      field,
      at,
      was: former,
      message: `pods that run as it have the role ${inCode(text(at))} of the cloud, and had ${before}`,
    };
  }
}

/** An account that comes with the change may do what the change binds to it, which is looked at there. A role of a cloud stands elsewhere. */
function isBareIn(objects: readonly ObjectChange[], pods: KubernetesObject): (name: string) => boolean {
  return (name) =>
    objects.some(
      ({ before, after }) =>
        before === undefined &&
        after?.kind === "ServiceAccount" &&
        after.name === name &&
        sharesNamespace(after, pods) &&
        cloudRoles.every((role) => after.root.at("metadata", "annotations", role) === undefined) &&
        after.root.at("metadata", "annotations")?.scalar == null,
    );
}

export default defineRule({
  id: "k8s-service-account-changed",
  invariant: "permissions-do-not-increase",
  severity: "medium",
  confidence: "medium",
  summary: "Pods run as another service account, get its token, or its role of the cloud.",
  why: "What the account may do, the program may do from now on, and whoever breaks into it. What that is need not stand in this repository.",
  remedy:
    "See what the account may do, and whether the pods need it; leave the token out where they do not call the cluster.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect({ objects }, _, { reach }) {
    for (const change of objects) {
      const { after, changed } = change;
      const before = stoodBefore(change, reach);
      if (!changed || after === undefined || before === undefined || isOnlySample(after.path, reach)) continue;
      // Values that say nothing of pods leave them to the chart.
      const [was, is] = [podOf(before) ?? (isOfValues(before) ? before.root : undefined), podOf(after)];
      const seen =
        after.kind === "ServiceAccount"
          ? ofAccount(before, after)
          : was === undefined || is === undefined
            ? []
            : ofPods(was, is, isBareIn(objects, after));
      for (const { field, at, was: former, message } of seen) {
        const about = aboutOf(after, field);
        const name = inCode(describeObject(after));
        if (isExpression(at)) {
          if (text(at) !== former) yield { at: at.place, about, undecided: `what ${inCode(field)} of ${name} is now` };
          continue;
        }
        yield {
          at: at.place,
          about,
          message: `${name}: ${message}`,
          asks: true,
          object: describeObject(after),
          pointer: at.pointer,
        } satisfies Observation;
      }
    }
  },
  examples: {
    "an account of its own that comes with the change": {
      reverse: "reports",
      change: `
      M k8s/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api, namespace: shop }
        spec:
          template:
            spec:
      -       serviceAccountName: tools
      +       serviceAccountName: api
              containers: [ { name: api, image: api } ]
      + ---
      + apiVersion: v1
      + kind: ServiceAccount
      + metadata: { name: api, namespace: shop }`,
    },
    "an account that comes with a role of the cloud": `
      M k8s/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api, namespace: shop }
        spec:
          template:
            spec:
      >       serviceAccountName: api
              containers: [ { name: api, image: api } ]
      + ---
      + apiVersion: v1
      + kind: ServiceAccount
      + metadata:
      +   name: api
      +   namespace: shop
      +   annotations: { eks.amazonaws.com/role-arn: "arn:aws:iam::111122223333:role/api" }`,
    "the values of a chart give its account a role of the cloud": {
      reverse: "reports",
      change: `
      M charts/web/values.yaml
        replicaCount: 2
        serviceAccount:
          create: true
          annotations:
      -     eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/web
      >     eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/admin`,
    },
    "another account": {
      reverse: "reports",
      change: `
      M k8s/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
          template:
            spec:
      -       serviceAccountName: api
      >       serviceAccountName: deployer
              containers: [ { name: api, image: api } ]`,
    },
    "a token is mounted": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
      -   automountServiceAccountToken: false
      >   automountServiceAccountToken: true
          containers: [ { name: api, image: api } ]`,
    "a role of the cloud": `
      M k8s/account.yaml
        apiVersion: v1
        kind: ServiceAccount
        metadata:
          name: api
          annotations:
            team: shop
      >     eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/admin`,
    "the older name of the same field": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
      -   serviceAccount: api
      +   serviceAccountName: api
          containers: [ { name: api, image: api } ]`,
    "a new workload with an account": `
      A k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec: { serviceAccountName: api, containers: [ { name: api, image: api } ] }`,
  },
});
