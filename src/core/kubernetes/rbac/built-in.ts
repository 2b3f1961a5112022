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

function words(group: string, resources: string) {
  return { group, resources };
}

const written = [
  words(
    "",
    "configmaps persistentvolumeclaims pods replicationcontrollers replicationcontrollers/scale serviceaccounts services",
  ),
  words(
    "apps",
    "daemonsets deployments deployments/scale replicasets replicasets/scale statefulsets statefulsets/scale",
  ),
  words("autoscaling", "horizontalpodautoscalers"),
  words("batch", "cronjobs jobs"),
  words(
    "extensions",
    "daemonsets deployments deployments/scale ingresses networkpolicies replicasets replicasets/scale replicationcontrollers/scale",
  ),
  words("networking.k8s.io", "ingresses networkpolicies"),
  words("policy", "poddisruptionbudgets"),
];

/** What people may see and not write: what the cluster says of its objects, and who answers for a service. */
const seen = [
  words(
    "",
    "bindings endpoints events limitranges namespaces namespaces/status persistentvolumeclaims/status pods/log pods/status replicationcontrollers/status resourcequotas resourcequotas/status services/status",
  ),
  words("apps", "controllerrevisions daemonsets/status deployments/status replicasets/status statefulsets/status"),
  words("autoscaling", "horizontalpodautoscalers/status"),
  words("batch", "cronjobs/status jobs/status"),
  words("discovery.k8s.io", "endpointslices"),
  words("extensions", "daemonsets/status deployments/status ingresses/status replicasets/status"),
  words("networking.k8s.io", "ingresses/status"),
  words("policy", "poddisruptionbudgets/status"),
];

const view = [...written, ...seen].map(({ group, resources }) => rule(group, resources, read));

const edit = [
  ...view,
  ...written.map(({ group, resources }) => rule(group, resources, write)),
  rule("", "pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy", [...read, ...write]),
  rule("", "events", write),
  rule("", "pods/eviction serviceaccounts/token", ["create"]),
  rule("", "serviceaccounts", ["impersonate"]),
  rule("apps", "deployments/rollback", write),
  rule("extensions", "deployments/rollback", write),
  rule("coordination.k8s.io", "leases", [...read, ...write]),
];

const admin = [
  ...edit,
  rule(rbacGroup, "roles rolebindings", [...read, ...write]),
  rule("authorization.k8s.io", "localsubjectaccessreviews", ["create"]),
];

function paths(...nonResourceURLs: readonly string[]): WrittenRule {
  return { verbs: ["get"], apiGroups: [], resources: [], resourceNames: [], nonResourceURLs };
}

/**
 * The roles of every cluster that manifests commonly bind. Source: `plugin/pkg/auth/authorizer/rbac/bootstrappolicy/testdata/cluster-roles.yaml`
 * of kubernetes/kubernetes at 025f2834a128, compared entry by entry; https://kubernetes.io/docs/reference/access-authn-authz/rbac/ says what
 * each is for. What a cluster adds to them is not known, and a role that is not listed is one that nobody knows. `endpoints` are not
 * written by `edit`: they were until Kubernetes 1.22, and a cluster that was upgraded may still allow it.
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
  "system:basic-user": [
    rule("authentication.k8s.io", "selfsubjectreviews", ["create"]),
    rule("authorization.k8s.io", "selfsubjectaccessreviews selfsubjectrulesreviews", ["create"]),
  ],
  "system:discovery": [
    paths("/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*", "/readyz", "/version"),
    paths("/version/"),
  ],
  "system:kubelet-api-admin": [
    rule("", "nodes", [...read, "proxy"]),
    rule("", "nodes/log nodes/metrics nodes/proxy nodes/stats", ["*"]),
  ],
  "system:monitoring": [
    paths("/healthz", "/healthz/*", "/livez", "/livez/*", "/metrics", "/metrics/slis", "/readyz", "/readyz/*"),
  ],
  "system:persistent-volume-provisioner": [
    rule("", "persistentvolumes", [...read, "create", "delete"]),
    rule("", "persistentvolumeclaims", [...read, "update"]),
    rule("", "events", ["create", "patch", "update", "watch"]),
    rule("events.k8s.io", "events", ["create", "patch", "update"]),
    rule("storage.k8s.io", "storageclasses", read),
  ],
  "system:public-info-viewer": [paths("/healthz", "/livez", "/readyz", "/version", "/version/")],
  "system:service-account-issuer-discovery": [paths("/.well-known/openid-configuration", "/openid/v1/jwks")],
};
