import type { FileReach } from "../reach/reach.ts";
import { isExpression } from "./keeping.ts";
import type { KubernetesObject, ObjectChange } from "../views/kubernetes.ts";

/** An object that stands no more where it stood. */
export interface Departure {
  readonly before: KubernetesObject;
  /** Where it stands now, if it only left environments. */
  readonly after: KubernetesObject | undefined;
  /** The environments that a move takes it out of, by name. */
  readonly leaves: readonly string[];
  /** One of its name that is new and states a namespace where this one does not, or the other way round: it may be the same. */
  readonly alike: KubernetesObject | undefined;
}

type Reach = (path: string) => Pick<FileReach, "targets">;

/**
 * Objects that a change takes away: gone from the head, deleted by a patch, or moved to a file that does not reach an environment which the old one did. A
 * patch is no object. Another object of the same name in another file is another one: it is for another cluster, or for a namespace that
 * is set elsewhere.
 */
export function departures(objects: readonly ObjectChange[], reach: Reach): readonly Departure[] {
  const fresh = objects.flatMap(({ before, after }) => (before === undefined && after !== undefined ? [after] : []));
  return objects.flatMap(({ changed, before, after }): readonly Departure[] => {
    if (!changed) return [];
    if (after !== undefined && deletes(after)) {
      const known = before !== undefined && deletes(before);
      return known ? [] : [{ before: after, after: undefined, leaves: [], alike: undefined }];
    }
    if (before === undefined || before.patch || deletes(before)) return [];
    if (after === undefined) {
      const alike = fresh.find((other) => isAlike(before, other));
      return [{ before, after, leaves: [], alike }];
    }
    if (before.path === after.path) return [];
    const there = new Set(environmentsOf(after.path, reach));
    const leaves = environmentsOf(before.path, reach).filter((name) => !there.has(name));
    return leaves.length === 0 ? [] : [{ before, after, leaves, alike: undefined }];
  });
}

/** A patch that takes the object of its name away from what a base makes: a directive of strategic merges. */
function deletes({ root }: KubernetesObject): boolean {
  const directive = root.at("$patch");
  return directive?.scalar === "delete" || isExpression(directive);
}

function isAlike(before: KubernetesObject, other: KubernetesObject): boolean {
  if ((before.namespace === null) === (other.namespace === null)) return false;
  return nameless(before) === nameless(other);
}

/** An object's identity without its namespace. */
function nameless({ apiVersion, kind, name }: KubernetesObject): string {
  return [apiVersion.split("/").slice(0, -1).join("/"), kind, name].join(" ");
}

function environmentsOf(path: string, reach: Reach): readonly string[] {
  return [...new Set(reach(path).targets.map(({ environment }) => environment))];
}
