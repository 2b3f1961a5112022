import { byCodeUnits } from "../../lib/order.ts";
import type { ChangeSet, Gap } from "../change/change-set.ts";
import type { Tools } from "../syntax.ts";
import { type BlockChange, sameBlock, terraform, type TerraformBlock } from "../views/terraform.ts";
import type { Resource, ResourceChange, ResourcesView } from "./model.ts";

/** The resources that the configurations of a change set make, before and after it. Files that cannot be read are Gaps. */
export function resources(
  change: ChangeSet,
  tools: Tools,
): { readonly view: ResourcesView; readonly gaps: readonly Gap[] } {
  const { view, gaps } = terraform(change, tools);
  const found = view.blocks.flatMap(changeOf);
  found.sort((a, b) => byCodeUnits(keyOf(a), keyOf(b)));
  return { view: { resources: found, blocks: view.blocks }, gaps };
}

function keyOf({ root, variables, before, after }: ResourceChange): string {
  return [root, variables ?? "", (after ?? before)?.address ?? ""].join("\n");
}

function changeOf({ directory, before, after }: BlockChange): readonly ResourceChange[] {
  const [was, is] = [resourceOf(before), resourceOf(after)];
  const shown = after ?? before;
  if (shown === undefined || (was === undefined && is === undefined)) return [];
  const same = before !== undefined && after !== undefined && sameBlock(before.block, after.block);
  const place = {
    path: shown.path,
    side: after === undefined ? ("base" as const) : ("head" as const),
    line: shown.block.line,
  };
  const explainedBy = same ? [] : [place];
  return [{ root: directory, variables: null, before: was, after: is, pairedBy: "address", explainedBy }];
}

function resourceOf(found: TerraformBlock | undefined): Resource | undefined {
  if (found === undefined) return undefined;
  const { address, directory, path, block } = found;
  const [type = "", name = ""] = block.labels;
  const mode = block.type === "resource" ? "managed" : block.type;
  if (mode !== "managed" && mode !== "data" && mode !== "ephemeral") return undefined;
  return { mode, type, name, address, module: "", directory, path, written: block, block };
}
