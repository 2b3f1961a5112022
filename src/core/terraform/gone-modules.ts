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
