import type { Place } from "../change/change-set.ts";
import { attributeOf, type TerraformBlock, textOf } from "../views/terraform.ts";
import type { ResourcesView } from "./model.ts";

/** A call of a module that lies elsewhere, gone: nobody sees what it held. */
export interface GoneModule {
  readonly at: Place;
  readonly path: string;
  readonly address: string;
  readonly source: string;
}

/** Calls of modules that are gone and that no `moved` or `removed` block of the same directory names. */
export function goneModules({ blocks }: ResourcesView): readonly GoneModule[] {
  const handled = new Set(
    blocks.flatMap(({ after }) =>
      after?.block.type === "moved" || (after?.block.type === "removed" && !destroys(after))
        ? [`${after.directory}\n${textAt(after, "from")}`]
        : [],
    ),
  );
  return blocks.flatMap(({ before, after, directory, address }) => {
    if (before?.block.type !== "module" || after !== undefined) return [];
    const source = textAt(before, "source");
    if (isLocal(source) || handled.has(`${directory}\n${address}`)) return [];
    return [{ at: { path: before.path, side: "base", line: before.block.line }, path: before.path, address, source }];
  });
}

/** Read with the configuration: what it makes is in the view. */
export function isLocal(source: string): boolean {
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
