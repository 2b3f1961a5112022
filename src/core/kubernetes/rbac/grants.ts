import type { KubernetesObject } from "../object.ts";
import { nearest, sharesNamespace } from "../scaling.ts";
import type { Value } from "../../views/value.ts";
import { builtIn, type WrittenRule } from "./built-in.ts";
import { everyName, type Names, only, type Requests } from "./sets.ts";

/** A rule with its place; a rule of a role that every cluster has stands nowhere. */
export interface Rule {
  readonly at: Value | undefined;
  readonly role: KubernetesObject | undefined;
  readonly written: WrittenRule;
  /** The role that takes the rule up from others, where it is one that is put together. */
  readonly through?: KubernetesObject;
}

/** What a binding lets a subject do by one rule. Exactly one of `requests`, `urls` and `unknown` says it. */
export interface Grant {
  readonly subject: string;
  readonly subjectAt: Value | undefined;
  readonly binding: KubernetesObject | undefined;
  readonly rule: Rule | undefined;
  readonly roleName: string;
  readonly requests: Requests | null;
  /** Paths of the server that are no resources. */
  readonly urls: {
    readonly verbs: readonly string[];
    readonly patterns: readonly string[];
    readonly where: Requests;
  } | null;
  /** What a role that is not at hand holds, and where. */
  readonly unknown: Requests | null;
}

export function isRbac({ apiVersion }: KubernetesObject): boolean {
  return /^(?:rbac\.authorization\.k8s\.io|authorization\.openshift\.io)\//u.test(apiVersion);
}

export function isRole(object: KubernetesObject): boolean {
  return isRbac(object) && (object.kind === "Role" || object.kind === "ClusterRole");
}

export function isBinding(object: KubernetesObject): boolean {
  return isRbac(object) && (object.kind === "RoleBinding" || object.kind === "ClusterRoleBinding");
}

export function text(value: Value | undefined): string {
  return value?.scalar == null ? "" : String(value.scalar);
}

/** The texts of a list; the one text that stands in its place is an item, so that it is compared as it is written. */
function texts(value: Value | undefined): readonly string[] {
  if (value === undefined) return [];
  return value.scalar == null ? value.items().map(text) : [text(value)];
}

function ruleOf(at: Value, role: KubernetesObject): Rule {
  const list = (key: string): readonly string[] => (at.scalar == null ? texts(at.at(key)) : [text(at)]);
  const written = {
    verbs: list("verbs"),
    apiGroups: list("apiGroups"),
    resources: list("resources"),
    resourceNames: at.scalar == null ? list("resourceNames") : [],
    nonResourceURLs: at.scalar == null ? list("nonResourceURLs") : [],
  };
  return { at, role, written };
}

function ownRules(role: KubernetesObject): readonly Rule[] {
  const rules = role.root.at("rules");
  if (rules === undefined) return [];
  return (rules.scalar == null ? rules.items() : [rules]).map((at) => ruleOf(at, role));
}

const aggregates = "rbac.authorization.k8s.io/aggregate-to-";

/** An empty selector picks every role. https://kubernetes.io/docs/reference/access-authn-authz/rbac/ ("Aggregated ClusterRoles") */
function selectsRole(selector: Value, { root }: KubernetesObject): boolean {
  // Whatever is put in here, and an expression of a selector, may pick any role: they are taken to.
  if (selector.scalar != null || selector.at("matchLabels")?.scalar != null) return true;
  const labels = selector.at("matchLabels")?.entries() ?? [];
  return labels.every(({ key, value }) => text(root.at("metadata", "labels", key)) === text(value));
}

/** Roles of every cluster that a selector picks by the label they bear. */
function levelsOf(selector: Value): readonly string[] {
  const labels = selector.at("matchLabels")?.entries() ?? [];
  return levels.filter((level) => labels.length === 1 && labels[0]?.key === `${aggregates}${level}`);
}

/** The rules of the role that a binding at `from` names; null where it is not at hand. `roles` are all of one side. */
export function rulesNamed(
  roles: readonly KubernetesObject[],
  kind: string,
  name: string,
  from: KubernetesObject,
): readonly Rule[] | null {
  const found = roles.filter(
    (role) => role.kind === kind && role.name === name && (kind === "ClusterRole" || sharesNamespace(role, from)),
  );
  if (kind === "ClusterRole" && Object.hasOwn(builtIn, name)) {
    return [...rulesOfCluster(roles, name), ...found.flatMap(ownRules)];
  }
  return found.length === 0 ? null : nearest(found, from.path).flatMap((role) => rulesOf(roles, role));
}

/** What a role holds: its rules, or those of the roles that it puts together, which may be put together themselves. */
export function rulesOf(
  roles: readonly KubernetesObject[],
  role: KubernetesObject,
  seen: readonly KubernetesObject[] = [],
): readonly Rule[] {
  const selectors = role.root.at("aggregationRule", "clusterRoleSelectors")?.items() ?? [];
  if (selectors.length === 0) return ownRules(role);
  const path = [...seen, role];
  const picked = roles.filter(
    (other) =>
      other.kind === "ClusterRole" &&
      !path.includes(other) &&
      selectors.some((selector) => selectsRole(selector, other)),
  );
  const known = [...new Set(selectors.flatMap(levelsOf))].flatMap((level) => tableOf(level));
  return [...known, ...picked.flatMap((other) => rulesOf(roles, other, path))].map((rule) => ({
    ...rule,
    through: role,
  }));
}

/** From the widest; each takes up the next. */
const levels = ["admin", "edit", "view"];

function tableOf(name: string): readonly Rule[] {
  return (builtIn[name] ?? []).map((written) => ({ at: undefined, role: undefined, written }));
}

/** What a role of every cluster holds, with what labels of other roles add to it: `admin` takes up `edit`, and `edit` `view`. */
export function rulesOfCluster(roles: readonly KubernetesObject[], name: string): readonly Rule[] {
  const under = levels.includes(name) ? levels.slice(levels.indexOf(name)) : [];
  return [
    ...tableOf(name),
    ...roles.filter((role) => under.some((level) => aggregatesTo(role, level))).flatMap((role) => rulesOf(roles, role)),
  ];
}

/** Whether a role's label adds it to a role of every cluster. */
export function aggregatesTo({ root }: KubernetesObject, name: string): boolean {
  return text(root.at("metadata", "labels", `${aggregates}${name}`)) === "true";
}

function named(items: readonly string[]): Names {
  return items.includes("*") ? everyName : only(...items);
}

/** The requests that a rule allows, resource by resource. */
export function requestsOf(
  { verbs, apiGroups, resources, resourceNames }: WrittenRule,
  where: Pick<Requests, "namespace" | "cluster">,
): readonly Requests[] {
  const shared = {
    ...where,
    verb: named(verbs),
    group: named(apiGroups),
    name: resourceNames.length === 0 ? everyName : only(...resourceNames),
  };
  if (verbs.length === 0 || apiGroups.length === 0) return [];
  const split = Map.groupBy(resources, (resource) =>
    resource.includes("/") ? resource.slice(resource.indexOf("/") + 1) : "",
  );
  return [...split].flatMap(([part, written]): Requests[] => {
    const names = written.map((resource) => resource.split("/", 1)[0] ?? "");
    if (part === "" && names.includes("*")) return [{ ...shared, resource: everyName, part: everyName }];
    return [{ ...shared, resource: named(names), part: only(part) }];
  });
}

/** How a subject is named: a service account has a name of a user too. */
export function subjectOf(subject: Value, binding: KubernetesObject): string {
  const [kind, name] = [text(subject.at("kind")), text(subject.at("name"))];
  if (subject.scalar != null) return text(subject);
  if (kind === "ServiceAccount") {
    return `ServiceAccount ${text(subject.at("namespace")) || (binding.namespace ?? "")}/${name}`;
  }
  const [, namespace, account] = /^system:serviceaccount:([^:]+):([^:]+)$/u.exec(name) ?? [];
  return kind === "User" && account !== undefined ? `ServiceAccount ${namespace}/${account}` : `${kind} ${name}`;
}

/** Everybody that a subject is among: what is allowed to them, it may do. */
export function among(subject: string): readonly string[] {
  const [, namespace] = /^ServiceAccount (.*)\/[^/]*$/u.exec(subject) ?? [];
  const everybody = "Group system:authenticated";
  if (namespace !== undefined) {
    return [subject, "Group system:serviceaccounts", `Group system:serviceaccounts:${namespace}`, everybody];
  }
  if (subject.startsWith("Group system:serviceaccounts:")) return [subject, "Group system:serviceaccounts", everybody];
  const outside = ["Group system:unauthenticated", "User system:anonymous"];
  return subject.startsWith("Holder ") || outside.includes(subject) ? [subject] : [subject, everybody];
}

const anything: Requests = {
  verb: everyName,
  group: everyName,
  resource: everyName,
  part: everyName,
  name: everyName,
  namespace: everyName,
  cluster: everyName,
};

interface Holder {
  readonly subject: string;
  readonly subjectAt: Value | undefined;
  readonly binding: KubernetesObject | undefined;
  readonly roleName: string;
}

/** What a holder of a role may do there. `rules` null: nobody knows. */
export function grantsOf(
  holder: Holder,
  rules: readonly Rule[] | null,
  where: Pick<Requests, "namespace" | "cluster">,
): readonly Grant[] {
  const none = { ...holder, rule: undefined, requests: null, urls: null, unknown: null };
  if (rules === null) return [{ ...none, unknown: { ...anything, ...where } }];
  return rules.flatMap((rule): readonly Grant[] => {
    const { verbs, nonResourceURLs } = rule.written;
    // Paths of the server are in no namespace: a binding of one gives none.
    const isOfCluster = nonResourceURLs.length > 0 && where.namespace.others;
    const urls = { verbs, patterns: nonResourceURLs, where: { ...anything, ...where } };
    return [
      ...requestsOf(rule.written, where).map((requests) => ({ ...none, rule, requests })),
      ...(isOfCluster ? [{ ...none, rule, urls }] : []),
    ];
  });
}

/** What the bindings of one side allow. `clusters` are the names of where an object stands. */
export function boundGrants(
  objects: readonly KubernetesObject[],
  roles: readonly KubernetesObject[],
  clusters: (object: KubernetesObject) => Names,
): readonly Grant[] {
  return objects.filter(isBinding).flatMap((binding) => {
    const subjects = binding.root.at("subjects");
    const reference = binding.root.at("roleRef");
    const [kind, roleName] = [text(reference?.at("kind")), text(reference?.at("name"))];
    const rules = rulesNamed(roles, kind, roleName, binding);
    const namespace = binding.kind === "ClusterRoleBinding" ? everyName : only(binding.namespace ?? "(unstated)");
    return (subjects?.scalar == null ? (subjects?.items() ?? []) : [subjects]).flatMap((subjectAt) =>
      grantsOf({ subject: subjectOf(subjectAt, binding), subjectAt, binding, roleName: `${kind} ${roleName}` }, rules, {
        namespace,
        cluster: clusters(binding),
      }),
    );
  });
}

/** Whether a pattern of paths holds another: a star at its end is any rest. No set of patterns holds one that none of them does. */
export function covers(pattern: string, other: string): boolean {
  return pattern.endsWith("*") ? other.startsWith(pattern.replace(/\*+$/u, "")) : pattern === other;
}
