import { byCodeUnits } from "../../../lib/order.ts";
import type { HclAttribute } from "../../hcl.ts";
import { foldersAround } from "../../reach/graph/graph.ts";
import { attributeOf, directoryOf } from "../../views/terraform.ts";
import type { Module } from "./module.ts";
import type { Repository, Standing } from "./repository.ts";

/** The variable files that belong to a root. */
export interface VariableFiles {
  /** Those that Terraform reads by itself, the later ones winning. https://developer.hashicorp.com/terraform/language/values/variables#variable-definition-precedence */
  readonly automatic: readonly string[];
  /** Those that are given by hand: each makes another configuration of the root. */
  readonly byHand: readonly string[];
}

/**
 * A file lies in or under its root. One that lies under none may be for any root, but only for one that has a variable for all that it
 * sets.
 */
export function variableFilesBy(repository: Repository, roots: readonly string[]): (root: string) => VariableFiles {
  const paths = [
    ...new Set([repository.base, repository.head].flatMap(({ variableFiles }) => [...variableFiles.keys()])),
  ];
  const isRoot = new Set(roots);
  const found = new Map<string, string[]>(roots.map((root) => [root, []]));
  for (const path of paths.toSorted(byCodeUnits)) {
    const around = foldersAround(path).find(
      (folder) => repository.base.modules.has(folder) || repository.head.modules.has(folder),
    );
    const owners = around === undefined ? roots.filter((root) => fits(path, root, repository)) : [around];
    for (const owner of owners) if (isRoot.has(owner)) found.get(owner)?.push(path);
  }
  return (root) => {
    const all = found.get(root) ?? [];
    const automatic = all.filter((path) => directoryOf(path) === root && isAutomatic(path));
    return {
      automatic: automatic.toSorted((a, b) => rank(a) - rank(b) || byCodeUnits(a, b)),
      byHand: all.filter((path) => !automatic.includes(path)),
    };
  };
}

function fits(path: string, root: string, { base, head }: Repository): boolean {
  return [base, head].some(({ modules, variableFiles }) => {
    const module = modules.get(root);
    const names = variableFiles.get(path)?.attributes.map(({ name }) => name) ?? [];
    return module !== undefined && names.length > 0 && names.every((name) => module.items.has(`var.${name}`));
  });
}

function isAutomatic(path: string): boolean {
  return /(?:^|\/)terraform\.tfvars(?:\.json)?$|\.auto\.tfvars(?:\.json)?$/u.test(path);
}

function rank(path: string): number {
  return path.endsWith("terraform.tfvars") ? 0 : path.endsWith("terraform.tfvars.json") ? 1 : 2;
}

/**
 * The files by hand that a root is evaluated with, one after another. Null: with none, which is left out only where neither side can run
 * without one of the files that both sides have, or else a file that is added would take the values from sight that hold without it.
 */
export function variantsOf(root: string, files: VariableFiles, { base, head }: Repository): readonly (string | null)[] {
  const needed = [base, head].some((standing) => {
    const module = standing.modules.get(root);
    if (module === undefined) return false;
    return !files.byHand.some((path) => standing.variableFiles.has(path)) || runsAlone(module, files, standing);
  });
  return [...(needed ? [null] : []), ...files.byHand];
}

function runsAlone(module: Module, { automatic }: VariableFiles, { variableFiles }: Standing): boolean {
  const given = new Set(automatic.flatMap((path) => variableFiles.get(path)?.attributes.map(({ name }) => name) ?? []));
  return [...module.items.values()].every(
    ({ block }) =>
      block.type !== "variable" || attributeOf(block.body, "default") !== undefined || given.has(block.labels[0] ?? ""),
  );
}

/** The last word on each variable, with the file that says it. */
export function assignments(
  { automatic }: VariableFiles,
  variant: string | null,
  { variableFiles }: Standing,
): ReadonlyMap<string, { readonly path: string; readonly attribute: HclAttribute }> {
  const said = new Map<string, { readonly path: string; readonly attribute: HclAttribute }>();
  for (const path of variant === null ? automatic : [...automatic, variant])
    for (const attribute of variableFiles.get(path)?.attributes ?? []) said.set(attribute.name, { path, attribute });
  return said;
}
