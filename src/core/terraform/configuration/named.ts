import { byCodeUnits } from "../../../lib/order.ts";
import { isResource, localSource, type Module } from "./module.ts";
import { type Standing, targetOf } from "./repository.ts";

/** What the files of a configuration name, in the addresses that a plan has for its configuration: without instances. */
export interface NamedBlocks {
  /** Resources and data sources, `module.db.data.aws_ami.x`. Sorted. */
  readonly resources: readonly string[];
  /** Calls of modules that were not read, `module.vpc`: what lies in them is not among the resources. Sorted. */
  readonly unread: readonly string[];
}

const depthLimit = 20;

/** Null: no file of the root was read. A module that calls itself is followed once. */
export function namedIn(standing: Standing, root: string): NamedBlocks | null {
  const module = standing.modules.get(root);
  if (module === undefined) return null;
  const resources = new Set<string>();
  const unread = new Set<string>();
  visit(module, "", []);
  return { resources: [...resources].toSorted(byCodeUnits), unread: [...unread].toSorted(byCodeUnits) };

  function visit(of: Module, prefix: string, around: readonly string[]): void {
    for (const item of of.items.values()) {
      const address = `${prefix}${item.key.replace(/#\d+$/u, "")}`;
      if (isResource(item)) resources.add(address);
      if (item.block.type !== "module") continue;
      const target = targetOf(standing, of.directory, localSource(item));
      const inside = [...around, of.directory];
      if (target === null || inside.includes(target.directory) || inside.length > depthLimit) unread.add(address);
      else visit(target, `${address}.`, inside);
    }
  }
}
