import type { Resource, ResourceChange } from "../model.ts";
import type { Lookup } from "./lookup.ts";

/** What resources of the base, and addresses that refer to them, are called in the head. */
export interface Names {
  readonly resources: ReadonlyMap<Resource, string>;
  readonly addresses: ReadonlyMap<string, string>;
}

/** Names of the side that everything is called by. */
export const asTheyAre: Names = { resources: new Map(), addresses: new Map() };

/** A root configuration with one of its variables files, on both sides. */
export interface Root {
  readonly root: string;
  readonly changes: readonly ResourceChange[];
  /** One for each change that it is in: what stands for many instances is held against each of them. */
  readonly before: readonly Resource[];
  readonly after: readonly Resource[];
  readonly names: Names;
}

/** The roots that a change concerns. */
export function rootsOf(changes: readonly ResourceChange[]): readonly Root[] {
  const roots = Map.groupBy(changes, ({ root, variables }) => JSON.stringify([root, variables]));
  return [...roots.values()].flatMap((own) => {
    const [first] = own;
    const concerned = own.some(({ explainedBy, before, after }) => {
      return explainedBy.length > 0 || before === undefined || after === undefined;
    });
    if (first === undefined || !concerned) return [];
    const resources = new Map<Resource, string>();
    const addresses = new Map<string, string>();
    for (const { before, after } of own) {
      if (before === undefined) continue;
      resources.set({ ...before }, after?.address ?? before.address);
      if (after !== undefined) addresses.set(before.address, after.address);
    }
    const after = new Map(own.flatMap((one) => (one.after === undefined ? [] : [[one.after.address, one.after]])));
    const names = { resources, addresses };
    return [{ root: first.root, changes: own, before: [...resources.keys()], after: [...after.values()], names }];
  });
}

export function lookupIn(resources: readonly Resource[], names: Names): Lookup {
  const afterwards = (address: string): string => names.addresses.get(address) ?? address;
  return {
    resources: new Map(resources.map((resource) => [resource.address, resource])),
    afterwards,
    nameOf: (resource) => names.resources.get(resource) ?? afterwards(resource.address),
  };
}

/** Literal ids and names, and what is only read: they stand whatever the configuration makes. */
const standing = /^[\w-]+$|\bdata\./u;

/**
 * Whether what goes by a name comes with the change. Where the name is an expression that nobody decides, it does if every module call
 * that says something about it does, or the whole configuration.
 */
export function newness({ before, after, names }: Root): (name: string, modules: Iterable<string>) => boolean {
  const stood = new Set(names.resources.values());
  const made = new Set(after.flatMap(({ mode, address }) => (mode === "managed" ? [address] : [])));
  const modules = [...new Set(before.map((resource) => resource.module))];
  const isNewModule = (module: string): boolean =>
    !modules.some((one) => module === "" || one === module || one.startsWith(`${module}.`));
  return (name, declaring) => {
    if (made.has(name)) return !stood.has(name);
    return !standing.test(name) && [...declaring].every(isNewModule);
  };
}
