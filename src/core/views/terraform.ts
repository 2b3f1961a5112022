import type { ChangeSet, Gap } from "../change/change-set.ts";
import type { HclBlock } from "../hcl.ts";
import type { Tools } from "../syntax.ts";

/** A block with its address, which is unique in its module (directory), whichever file it is in. */
export interface TerraformBlock {
  readonly address: string;
  readonly directory: string;
  readonly path: string;
  readonly block: HclBlock;
}

export interface BlockChange {
  readonly address: string;
  readonly directory: string;
  readonly before: TerraformBlock | undefined;
  readonly after: TerraformBlock | undefined;
  readonly changed: boolean;
}

export interface TerraformView {
  readonly blocks: readonly BlockChange[];
}

export function terraform(_: ChangeSet, __: Tools): { readonly view: TerraformView; readonly gaps: readonly Gap[] } {
  return { view: { blocks: [] }, gaps: [] };
}
