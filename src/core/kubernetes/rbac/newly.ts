import type { FileReach } from "../../reach/reach.ts";
import type { KubernetesObject, ObjectChange } from "../../views/kubernetes.ts";
import { isArrival } from "../../views/workloads.ts";
import { side } from "../scaling.ts";
import {
  aggregatesTo,
  among,
  boundGrants,
  covers,
  type Grant,
  grantsOf,
  isBinding,
  isRole,
  rulesOf,
  rulesOfCluster,
} from "./grants.ts";
import { everyName, type Names, only, remainder, type Requests } from "./sets.ts";

/** What a grant allows that nothing allowed its subject before. `left` null: it takes too many steps to say. */
export interface Newly {
  readonly grant: Grant;
  readonly left: readonly Requests[] | null;
  readonly urls: readonly { readonly verb: string; readonly pattern: string }[];
  /** Nobody knows what its role holds, and the subject did not have it before. */
  readonly isUnknown: boolean;
}

type Reach = (path: string) => Pick<FileReach, "targets">;

/** What is applied together: the environments of a file, else its folder. */
function clustersOf(path: string, reach: Reach): Names {
  const environments = reach(path).targets.map(({ environment }) => environment);
  return environments.length > 0 ? only(...environments) : only(`${path.slice(0, path.lastIndexOf("/") + 1)}*`);
}

/** Everything that is allowed on the head and was not on the base, grant by grant, of bindings and roles that a change touches. */
export function newlyAllowed(objects: readonly ObjectChange[], reach: Reach): readonly Newly[] {
  const rbac = objects.filter(({ before, after }) => [before, after].some((one) => one !== undefined && isKnown(one)));
  const [stood, standing] = [side(rbac, "before"), side(rbac, "after")];
  // What only moved stands where it is now: no move of a file gives anybody more.
  const places = new Map<KubernetesObject, string>();
  for (const change of rbac) {
    const { before, after } = change;
    if (before !== undefined)
      places.set(before, after === undefined || isArrival(change, reach) ? before.path : after.path);
    if (after !== undefined) places.set(after, after.path);
  }
  const clusters = (object: KubernetesObject): Names => clustersOf(places.get(object) ?? object.path, reach);
  const changed = new Set(rbac.flatMap((change) => (change.changed ? [change.before, change.after] : [])));
  const [rolesBefore, rolesAfter] = [stood.filter(isRole), standing.filter(isRole)];
  const before = Map.groupBy(
    [...boundGrants(stood, rolesBefore, clusters), ...unboundGrants(rolesBefore, clusters)],
    ({ subject }) => subject,
  );
  const bound = boundGrants(standing, rolesAfter, clusters);
  const boundNow = new Set(bound.map(({ roleName }) => roleName));
  const unbound = unboundGrants(rolesAfter, clusters).filter(({ roleName }) => !boundNow.has(roleName));
  return [...bound, ...unbound]
    .filter(({ binding, rule }) => [binding, rule?.role, rule?.through].some((one) => changed.has(one)))
    .flatMap((grant) => {
      const newly = beyond(
        grant,
        among(grant.subject).flatMap((subject) => before.get(subject) ?? []),
      );
      return newly === null ? [] : [newly];
    });
}

function isKnown(object: KubernetesObject): boolean {
  return isBinding(object) || isRole(object);
}

/** What roles give whoever holds them by a binding that is not at hand. */
function unboundGrants(
  roles: readonly KubernetesObject[],
  clusters: (object: KubernetesObject) => Names,
): readonly Grant[] {
  const holder = (roleName: string) => ({
    subject: `Holder of ${roleName}`,
    subjectAt: undefined,
    binding: undefined,
    roleName,
  });
  const where = (role: KubernetesObject) => ({
    namespace: role.kind === "Role" ? only(role.namespace ?? "(unstated)") : everyName,
    cluster: clusters(role),
  });
  const own = roles.flatMap((role) => grantsOf(holder(`${role.kind} ${role.name}`), rulesOf(roles, role), where(role)));
  const ofCluster = ["admin", "edit", "view"].flatMap((name) =>
    roles.some((role) => aggregatesTo(role, name))
      ? rulesOfCluster(roles, name).flatMap((rule) => {
          const place = rule.role === undefined ? { namespace: everyName, cluster: everyName } : where(rule.role);
          return grantsOf(holder(`ClusterRole ${name}`), [rule], place);
        })
      : [],
  );
  return [...own, ...ofCluster];
}

function beyond(grant: Grant, before: readonly Grant[]): Newly | null {
  const none = { grant, left: [], urls: [], isUnknown: false };
  const all = before.flatMap(({ requests }) => requests ?? []);
  if (grant.requests !== null) {
    const left = remainder(grant.requests, all);
    return left?.length === 0 ? null : { ...none, left };
  }
  if (grant.unknown !== null) {
    // Who may do everything there may do what that role holds.
    const same = before.flatMap(({ unknown, roleName }) => (roleName === grant.roleName ? (unknown ?? []) : []));
    const left = remainder(grant.unknown, [...same, ...all]);
    return left?.length === 0 ? null : { ...none, left, isUnknown: true };
  }
  if (grant.urls === null) return null;
  const { verbs, patterns, where } = grant.urls;
  const urls = verbs.flatMap((verb) =>
    patterns
      .filter((pattern) => {
        const covering = before.flatMap(({ urls: other }) =>
          other !== null &&
          (other.verbs.includes(verb) || other.verbs.includes("*")) &&
          other.patterns.some((one) => covers(one, pattern))
            ? [other.where]
            : [],
        );
        return remainder(where, covering)?.length !== 0;
      })
      .map((pattern) => ({ verb, pattern })),
  );
  return urls.length === 0 ? null : { ...none, urls };
}
