import { parseQuantity, type Rational } from "../../lib/quantity.ts";
import type { KubernetesObject } from "../views/kubernetes.ts";
import type { Value } from "../views/value.ts";

/** A value of an object by the keys on the way to it; items of a list go by their names. */
export interface Setting {
  readonly path: readonly string[];
  readonly value: Value;
}

/**
 * Keys that state how large a volume is: of claims and their templates, of the operators (`storage.size`, `volume.size`,
 * `persistence.storage`). The values that releases hand to charts come as claims of their own.
 */
const sizes =
  /(?:^|\.)(?:requests\.storage|capacity\.storage|(?:\w*storage|\w*persistence|volume|disk|pvc|persistentVolume\w*)\.(?:size|requestedSize|storage|diskSize|storageSize)|storageSize|diskSize|volumeSize|storageCapacity)$/iu;
const classes = /(?:^|\.)storageClass(?:Name)?$/u;

/** The sizes of the volumes that an object asks for. */
export function sizesOf(object: KubernetesObject): readonly Setting[] {
  return scalarsOf(object, sizes).filter(({ path }) => !path.includes("limits") && !path.includes("ephemeral-storage"));
}

/** The storage classes that an object names. */
export function classesOf(object: KubernetesObject): readonly Setting[] {
  return scalarsOf(object, classes);
}

/** They hold the words of their schemas, or the values of charts, and nothing of that kind themselves. */
const holders: readonly string[] = ["CustomResourceDefinition", "HelmRelease", "Application", "ApplicationSet"];

function scalarsOf({ root, kind }: KubernetesObject, wanted: RegExp): readonly Setting[] {
  if (holders.includes(kind)) return [];
  const found: Setting[] = [];
  const stack: Setting[] = [{ path: [], value: root }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { path, value } = next;
    if (value.scalar !== undefined) {
      if (wanted.test(path.join("."))) found.push(next);
      continue;
    }
    for (const { key, value: child } of value.entries()) stack.push({ path: [...path, key], value: child });
    for (const [index, item] of value.items().entries()) {
      const name = item.at("name")?.scalar ?? item.at("metadata", "name")?.scalar;
      stack.push({ path: [...path, typeof name === "string" ? name : String(index)], value: item });
    }
  }
  return found;
}

/** A size in bytes; null where it is no quantity. Operators that count in units of their own write plain numbers: those compare alike. */
export function sizeOf({ scalar }: Value): Rational | null {
  return typeof scalar === "string" || typeof scalar === "number" ? parseQuantity(String(scalar)) : null;
}
