import type { Resource, ResourceChange } from "../model.ts";
import type { Lookup } from "./lookup.ts";

/** A root configuration with one of its variables files, on both sides. */
export interface Root {
  readonly root: string;
  readonly changes: readonly ResourceChange[];
  readonly before: readonly Resource[];
  readonly after: readonly Resource[];
  /** What addresses of the base are called in the head, where they are called something else. */
  readonly moved: ReadonlyMap<string, string>;
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
    const moved = own.flatMap(({ before, after }) =>
      before === undefined || after === undefined || before.address === after.address
        ? []
        : [[before.address, after.address] as const],
    );
    const [before, after] = [own.flatMap((one) => one.before ?? []), own.flatMap((one) => one.after ?? [])];
    return [{ root: first.root, changes: own, before, after, moved: new Map(moved) }];
  });
}

export function lookupIn(resources: readonly Resource[], moved: ReadonlyMap<string, string>): Lookup {
  return {
    resources: new Map(resources.map((resource) => [resource.address, resource])),
    afterwards: (address) => moved.get(address) ?? address,
  };
}

/** Literal ids and names, and what is only read: they stand whatever the configuration makes. */
const standing = /^[\w-]+$|\bdata\./u;

/**
 * Whether what goes by a name comes with the change. Where the name is an expression that nobody decides, it does if every module call
 * that says something about it does, or the whole configuration.
 */
export function newness({ before, after, moved }: Root): (name: string, modules: Iterable<string>) => boolean {
  const stood = new Set(before.map(({ address }) => moved.get(address) ?? address));
  const made = new Set(after.flatMap(({ mode, address }) => (mode === "managed" ? [address] : [])));
  const modules = [...new Set(before.map((resource) => resource.module))];
  const isNewModule = (module: string): boolean =>
    !modules.some((one) => module === "" || one === module || one.startsWith(`${module}.`));
  return (name, declaring) => {
    if (made.has(name)) return !stood.has(name);
    return !standing.test(name) && [...declaring].every(isNewModule);
  };
}
