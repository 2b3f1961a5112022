import type { HclBlock, HclValue } from "../../hcl.ts";
import type { Item, Module } from "./module.ts";
import type { Providers } from "./providers.ts";

/** What the caller of a module gives it: the value of a variable with the node that it belongs to, or null. */
export type Given = (variable: string) => HclValue | null;

/** A module as one call makes it, or the root. */
export interface ModuleInstance {
  readonly address: string;
  readonly module: Module;
  /** Nodes that everything in it comes from: the calls that lead here. */
  readonly context: readonly string[];
  readonly output: (name: string) => HclValue | null;
  readonly resources: () => readonly Made[];
  readonly outputs: () => readonly Made[];
  /** Calls of modules whose inside is not in this repository. */
  readonly calls: () => readonly Made[];
  readonly children: () => readonly ModuleInstance[];
  readonly providers: Providers;
}

/** What a block of a module makes, once for each of its instances. */
export interface Made {
  readonly item: Item;
  readonly address: string;
  readonly node: string;
  readonly block: HclBlock;
}

/** A module and all that it calls. */
export function withChildren(instance: ModuleInstance): readonly ModuleInstance[] {
  return [instance, ...instance.children().flatMap(withChildren)];
}

/** The path from one directory to another, as Terraform writes it. */
export function relative(from: string, to: string): string {
  const [left, right] = [from, to].map((path) => (path === "" ? [] : path.split("/")));
  if (left === undefined || right === undefined) return ".";
  let shared = 0;
  while (shared < left.length && shared < right.length && left[shared] === right[shared]) shared++;
  const path = [...left.slice(shared).map(() => ".."), ...right.slice(shared)].join("/");
  return path === "" ? "." : path;
}
