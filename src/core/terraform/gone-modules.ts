import type { Place } from "../change/change-set.ts";
import { attributeOf, type TerraformBlock, textOf } from "../views/terraform.ts";
import type { ResourcesView } from "./model.ts";

/** Calls of modules that lie elsewhere and are gone from one directory: nobody sees what they held. */
export interface GoneModules {
  readonly at: Place;
  readonly directory: string;
  readonly modules: readonly { readonly address: string; readonly source: string }[];
}

/** Calls of modules that are gone and that no `moved` or `removed` block of the same directory names, by directory. */
export function goneModules({ blocks }: ResourcesView): readonly GoneModules[] {
  const handled = new Set(
    blocks.flatMap(({ after }) =>
      after?.block.type === "moved" || (after?.block.type === "removed" && !destroys(after))
        ? [`${after.directory}\n${textAt(after, "from")}`]
        : [],
    ),
  );
  const gone = blocks.flatMap(({ before, after, directory, address }) => {
    if (before?.block.type !== "module" || after !== undefined) return [];
    const source = textAt(before, "source");
    const told = isLocal(source) || holdsNothing(source) || handled.has(`${directory}\n${address}`);
    return told ? [] : [{ before, directory, address, source }];
  });
  return [...Map.groupBy(gone, ({ directory }) => directory)].flatMap(([directory, calls]) => {
    const [first] = calls;
    if (first === undefined) return [];
    const { path, block } = first.before;
    return [{ at: { path, side: "base" as const, line: block.line }, directory, modules: calls }];
  });
}

/** Calls of one directory that lead to another module than before, where one of the two lies elsewhere. */
export interface SwitchedModules {
  readonly at: Place;
  readonly directory: string;
  readonly modules: readonly { readonly address: string; readonly from: string; readonly to: string }[];
}

/** Calls whose source is another address, by directory. Another version of the same module is none. */
export function switchedModules({ blocks }: ResourcesView): readonly SwitchedModules[] {
  const switched = blocks.flatMap(({ before, after, directory, address }) => {
    if (before?.block.type !== "module" || after === undefined) return [];
    const source = after.block.body.attributes.find(({ name }) => name === "source");
    const [from, to] = [textAt(before, "source"), textAt(after, "source")];
    if (source === undefined || addressOf(from) === addressOf(to)) return [];
    if ([from, to].every((one) => isLocal(one) || holdsNothing(one))) return [];
    const at: Place = { path: after.path, side: "head", line: source.line };
    return [{ at, directory, call: { address, from, to } }];
  });
  return [...Map.groupBy(switched, ({ directory }) => directory)].flatMap(([directory, calls]) => {
    const [first] = calls;
    return first === undefined ? [] : [{ at: first.at, directory, modules: calls.map(({ call }) => call) }];
  });
}

/**
 * Where a module lies, whichever way it is fetched and in whichever version.
 * https://developer.hashicorp.com/terraform/language/modules/sources
 */
function addressOf(source: string): string {
  return source
    .replace(/\?.*$/u, "")
    .replace(/^git::/u, "")
    .replace(/^(?:https|ssh):\/\//u, "")
    .replace(/^git@/u, "")
    .replace(/^registry\.(?:terraform\.io|opentofu\.org)\//u, "")
    .replace(/^([\w.-]+):(?=[\w-])/u, "$1/")
    .replace(/\.git(?=\/\/|$)/u, "");
}

/**
 * Modules are published as `<namespace>/<name>/<provider>`, from a repository `terraform-<provider>-<name>`; these providers compute and
 * make nothing. https://developer.hashicorp.com/terraform/registry/modules/publish
 */
function holdsNothing(source: string): boolean {
  return (
    /^(?:[\w.-]+\/)?[\w-]+\/[\w-]+\/(?:null|yaml|template|external)(?:\/\/.*)?$/u.test(source) ||
    /\/terraform-(?:null|yaml|template|external)-[\w-]+(?:\.git)?(?:\/\/[^?]*)?(?:\?.*)?$/u.test(source)
  );
}

/** Read with the configuration: what it makes is in the view. */
function isLocal(source: string): boolean {
  return source.startsWith("./") || source.startsWith("../");
}

/** https://developer.hashicorp.com/terraform/language/block/removed: `destroy` is true where nothing else is said. */
export function destroys({ block }: TerraformBlock): boolean {
  const lifecycle = block.body.blocks.find(({ type }) => type === "lifecycle");
  const destroy = lifecycle === undefined ? undefined : attributeOf(lifecycle.body, "destroy");
  return !(destroy?.kind === "literal" && destroy.value === false);
}

function textAt({ block }: TerraformBlock, name: string): string {
  const value = attributeOf(block.body, name);
  return value === undefined ? "" : textOf(value);
}
