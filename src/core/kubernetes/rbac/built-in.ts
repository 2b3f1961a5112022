/** A rule of a role as it is written: empty names are every name. */
export interface WrittenRule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

const read = ["get", "list", "watch"];
const write = ["create", "delete", "deletecollection", "patch", "update"];
const rbacGroup = "rbac.authorization.k8s.io";

function rule(apiGroup: string, resources: string, verbs: readonly string[]): WrittenRule {
  return { verbs, apiGroups: [apiGroup], resources: resources.split(" "), resourceNames: [], nonResourceURLs: [] };
}

const written = [
  {
    group: "",
    resources:
      "configmaps endpoints persistentvolumeclaims pods replicationcontrollers replicationcontrollers/scale serviceaccounts services",
  },
  {
    group: "apps",
    resources: "daemonsets deployments deployments/scale replicasets replicasets/scale statefulsets statefulsets/scale",
  },
  { group: "autoscaling", resources: "horizontalpodautoscalers" },
  { group: "batch", resources: "cronjobs jobs" },
  { group: "networking.k8s.io", resources: "ingresses networkpolicies" },
  { group: "policy", resources: "poddisruptionbudgets" },
];

const view = [
  ...written.map(({ group, resources }) => rule(group, resources, read)),
  rule(
    "",
    "bindings events limitranges namespaces namespaces/status pods/log pods/status resourcequotas resourcequotas/status",
    read,
  ),
  rule("apps", "controllerrevisions daemonsets/status deployments/status replicasets/status statefulsets/status", read),
  rule("discovery.k8s.io", "endpointslices", read),
];

const edit = [
  ...view,
  ...written.map(({ group, resources }) => rule(group, resources, write)),
  rule("", "pods/attach pods/exec pods/portforward pods/proxy services/proxy secrets", [...read, ...write]),
  rule("", "pods/eviction", ["create"]),
  rule("", "serviceaccounts", ["impersonate"]),
  rule("", "serviceaccounts/token", ["create"]),
  rule("apps", "deployments/rollback", write),
  rule("coordination.k8s.io", "leases", [...read, ...write]),
];

const admin = [
  ...edit,
  rule(rbacGroup, "roles rolebindings", [...read, ...write]),
  rule("authorization.k8s.io", "localsubjectaccessreviews", ["create"]),
];

/**
 * The roles that every cluster has and that are for people. https://kubernetes.io/docs/reference/access-authn-authz/rbac/ ("User-facing
 * roles"), as of `plugin/pkg/auth/authorizer/rbac/bootstrappolicy` of Kubernetes 1.34. What a cluster adds to them is not known.
 */
export const builtIn: Readonly<Record<string, readonly WrittenRule[]>> = {
  "cluster-admin": [
    rule("*", "*", ["*"]),
    { verbs: ["*"], apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: ["*"] },
  ],
  admin,
  edit,
  view,
  "system:auth-delegator": [
    rule("authentication.k8s.io", "tokenreviews", ["create"]),
    rule("authorization.k8s.io", "subjectaccessreviews", ["create"]),
  ],
};
