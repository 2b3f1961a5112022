import type { Newly } from "./newly.ts";
import { isEmpty, both, only, overlaps, type Names, type Requests } from "./sets.ts";

interface Power {
  readonly of: Partial<Requests>;
  readonly means: string;
  /** Also where the rule lists the names of the objects: one of them is as good as all. */
  readonly named?: true;
}

const rbacGroup = only("rbac.authorization.k8s.io");
const core = only("");
const whole = only("");
const reads = only("get", "list", "watch");
const writes = only("create", "update", "patch");
const changes = only("update", "patch");

/**
 * What leads from one permission to all of them. https://kubernetes.io/docs/concepts/security/rbac-good-practices/ ("Privilege escalation
 * risks").
 */
const powers: readonly Power[] = [
  {
    of: { verb: only("escalate"), group: rbacGroup, resource: only("roles", "clusterroles") },
    means: "may give itself any permission (`escalate`)",
    named: true,
  },
  {
    of: { verb: only("bind"), group: rbacGroup, resource: only("roles", "clusterroles") },
    means: "may bind itself to any role (`bind`)",
  },
  {
    of: {
      verb: only("impersonate"),
      group: only("", "authentication.k8s.io"),
      resource: only("users", "groups", "serviceaccounts", "userextras", "uids"),
    },
    means: "may act as somebody else (`impersonate`)",
    named: true,
  },
  {
    of: {
      verb: writes,
      group: rbacGroup,
      resource: only("roles", "clusterroles", "rolebindings", "clusterrolebindings"),
      part: whole,
    },
    means: "may write roles and bindings",
  },
  { of: { verb: reads, group: core, resource: only("secrets"), part: whole }, means: "may read secrets" },
  {
    of: { verb: only("create", "get"), group: core, resource: only("pods"), part: only("exec", "attach") },
    means: "may run programs in pods",
  },
  {
    of: { verb: changes, group: core, resource: only("pods"), part: only("ephemeralcontainers") },
    means: "may run programs in pods",
  },
  {
    of: { verb: only("create"), group: core, resource: only("serviceaccounts"), part: only("token") },
    means: "may make tokens of service accounts",
  },
  {
    of: {
      verb: changes,
      group: only("certificates.k8s.io"),
      resource: only("certificatesigningrequests"),
      part: only("approval", "status"),
    },
    means: "may approve certificates of clients",
  },
  {
    of: { verb: only("approve", "sign"), group: only("certificates.k8s.io"), resource: only("signers") },
    means: "may sign certificates of clients",
    named: true,
  },
  {
    of: {
      verb: writes,
      group: only("admissionregistration.k8s.io"),
      resource: only("mutatingwebhookconfigurations", "validatingwebhookconfigurations", "mutatingadmissionpolicies"),
      part: whole,
    },
    means: "may read and change whatever is admitted",
  },
  { of: { group: core, resource: only("nodes"), part: only("proxy") }, means: "may use the kubelet of a node" },
  {
    of: { verb: only("use"), group: only("security.openshift.io"), resource: only("securitycontextconstraints") },
    means: "may run pods under any constraints",
  },
];

const awsAuth: Power = {
  of: { verb: changes, group: core, resource: only("configmaps"), part: whole, namespace: only("kube-system") },
  means: "may say who is an administrator (`aws-auth`)",
};

/** Constraints of OpenShift under which a pod owns its node, and the role that each of them has by itself. */
const wideConstraints = [
  "privileged",
  "hostaccess",
  "hostmount-anyuid",
  "hostnetwork",
  "hostnetwork-v2",
  "anyuid",
  "node-exporter",
];
const constraintRole = /^ClusterRole system:openshift:scc:(.+)$/u;
const binds: Partial<Requests> = { verb: only("bind"), group: rbacGroup, resource: only("clusterroles") };
const constraints: Partial<Requests> = {
  verb: only("use"),
  group: only("security.openshift.io"),
  resource: only("securitycontextconstraints"),
};

/** Subjects that anybody is, or that no role bounds. */
const everybody = new Set([
  "Group system:masters",
  "Group system:unauthenticated",
  "Group system:authenticated",
  "Group system:serviceaccounts",
  "User system:anonymous",
]);

/** Groups of which everything is everything there is. */
function isWildcard(requests: Requests): boolean {
  const everyResource = requests.resource.others && requests.part.others;
  const important =
    requests.group.others || requests.group.names.has("") || requests.group.names.has("rbac.authorization.k8s.io");
  return everyResource && important && (requests.group.others || requests.verb.others);
}

/** Why nobody should be given this without thought; nothing where it is an ordinary permission. */
export function gravity({ grant, left, urls, isUnknown }: Newly): readonly string[] {
  const found: string[] = [];
  if (everybody.has(grant.subject)) found.push(`it goes to \`${grant.subject}\``);
  // Whoever is administrator has all the others.
  if (grant.roleName === "ClusterRole cluster-admin" && grant.binding !== undefined)
    return [...found, "it is `cluster-admin`"];
  const constraint = constraintRole.exec(grant.roleName)?.[1] ?? "";
  if (wideConstraints.includes(constraint)) found.push(`may run pods under the constraints \`${constraint}\``);
  if (isUnknown) return found;
  for (const requests of left ?? []) {
    if (isWildcard(requests)) found.push("may do everything (`*`)");
    if (!requests.name.others && requests.name.names.has("aws-auth") && overlaps(requests, awsAuth.of))
      found.push(awsAuth.means);
    const own = wideConstraints.filter((name) => !requests.name.others && requests.name.names.has(name));
    if (own.length > 0 && overlaps(requests, constraints))
      found.push(`may run pods under the constraints \`${own[0]}\``);
    if (!requests.name.others && requests.name.names.has("cluster-admin") && overlaps(requests, binds))
      found.push("may bind itself to `cluster-admin`");
    for (const { of, means, named } of powers) {
      if (overlaps(requests, of) && (named === true || requests.name.others)) found.push(means);
    }
  }
  if (urls.some(({ pattern }) => pattern === "*")) found.push("may call every path of the server");
  return [...new Set(found)];
}

/** Whether a name of the permission is text that something else takes the place of. */
export function isHidden({ left, urls }: Newly): boolean {
  const hidden = (names: Iterable<string>): boolean => [...names].some((name) => /\$\{|\{\{|\$\(/u.test(name));
  return (
    (left ?? []).some((requests) =>
      [requests.verb, requests.group, requests.resource].some((one) => !one.others && hidden(one.names)),
    ) || hidden(urls.flatMap(({ verb, pattern }) => [verb, pattern]))
  );
}

function listed({ others, names }: Names, everything: string): string {
  const sorted = [...names].toSorted();
  const shown = sorted.length > 6 ? [...sorted.slice(0, 6), `${sorted.length - 6} more`] : sorted;
  if (!others) return shown.join(", ");
  return sorted.length === 0 ? everything : `${everything} but ${shown.join(", ")}`;
}

/** A permission in words: `get, list` on `secrets` in namespace `shop`. */
export function describeRequests(requests: Requests): string {
  const { verb, group, resource, part, name, namespace } = requests;
  const parts =
    !part.others && isEmpty(both(part, { others: true, names: new Set([""]) })) ? "" : `/${listed(part, "*")}`;
  const groups =
    !group.others && group.names.size === 1 && group.names.has("") ? "" : ` of ${quoted(listed(group, "every group"))}`;
  const names = name.others && name.names.size === 0 ? "" : ` named ${quoted(listed(name, "any"))}`;
  const where = namespace.others ? "in every namespace" : `in namespace ${quoted(listed(namespace, "any"))}`;
  return `${quoted(listed(verb, "every verb"))} on ${quoted(`${listed(resource, "every resource")}${parts}`)}${groups}${names} ${where}`;
}

function quoted(words: string): string {
  return `\`${words.replaceAll("`", "'")}\``;
}
