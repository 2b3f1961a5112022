import { callsOf, type Fate, fatesOf } from "../terraform/fates.ts";
import type { Resource, ResourcesView } from "../terraform/model.ts";
import { placeOfLoss } from "../terraform/telling.ts";
import { attributeOf, type TerraformBlock, type TerraformView, textOf } from "../views/terraform.ts";
import type { KindEvidence } from "./evidence.ts";

export interface TerraformViews {
  readonly terraform: TerraformView;
  readonly resources: ResourcesView;
}

/** A resource that the next apply destroys: it is gone, or has another address and nothing says that it is the same. */
export type LostFate = Extract<Fate, { kind: "destroyed" | "readdressed" }>;

export function isLost(fate: Fate): fate is LostFate {
  return fate.kind === "destroyed" || fate.kind === "readdressed";
}

/**
 * Resources and calls of modules that are gone from their module. What configurations make of a block decides: a block may be gone
 * while `moved` or `removed` blocks keep all that it made. A block that none of them makes anything of goes by what is written.
 */
export function terraformDeletions({ terraform, resources }: TerraformViews): readonly TerraformBlock[] {
  const moved = movedFrom(terraform);
  const fates = fatesOf(resources);
  return terraform.blocks.flatMap(({ changed, before, after, directory }) => {
    if (!changed || before === undefined || after !== undefined) return [];
    if (before.block.type !== "resource" && before.block.type !== "module") return [];
    const made = madeBy(before, fates);
    const gone = made.length > 0 ? made.some(isLost) : !moved.has(`${directory}\n${before.address}`);
    return gone ? [before] : [];
  });
}

/** What became of all that a block made: of a resource itself, of a call of a module whatever it held. */
export function madeBy({ address, directory, block }: TerraformBlock, fates: readonly Fate[]): readonly Fate[] {
  const [name = ""] = block.labels;
  return fates.filter(({ before, root }) =>
    block.type === "resource"
      ? before.directory === directory && addressIn(before) === address
      : isUnder(before, name, directory, root),
  );
}

function addressIn({ type, name }: Resource): string {
  return `${type}.${name}`;
}

/** Nobody records in which directory a call within a module stands, so there the name of the call decides. */
function isUnder({ module }: Resource, call: string, directory: string, root: string): boolean {
  const [first, ...rest] = callsOf(module);
  return directory === root ? first === call : rest.includes(call);
}

/** Instances that are gone from a block that stays, where they are made fewer or keyed otherwise. */
export function instanceDeletions({ resources }: TerraformViews): readonly KindEvidence[] {
  const standing = new Set(
    resources.blocks.flatMap(({ after, directory, address }) =>
      after === undefined ? [] : `${directory}\n${address}`,
    ),
  );
  return fatesOf(resources)
    .filter(isLost)
    .filter(({ before }) => standing.has(`${before.directory}\n${addressIn(before)}`))
    .flatMap((fate): readonly KindEvidence[] => {
      const { path, side, line } = placeOfLoss(fate.before, fate, resources);
      const gone: KindEvidence = { kind: "delete", path, side, line, because: `${fate.before.address} is gone` };
      if (fate.kind === "destroyed") return [gone];
      return [
        gone,
        { ...gone, kind: "replace", because: `${fate.after.address} takes the place of ${fate.before.address}` },
      ];
    });
}

/** Addresses that `moved` blocks of the head take to one that exists, by module. */
function movedFrom(view: TerraformView): ReadonlySet<string> {
  const blocks = view.blocks.flatMap(({ after }) => after ?? []);
  const standing = new Set(blocks.map(({ directory, address }) => `${directory}\n${address}`));
  return new Set(
    blocks.flatMap(({ directory, block }) => {
      const end = (name: string): string => `${directory}\n${textOf(attributeOf(block.body, name) ?? nothing)}`;
      return block.type === "moved" && standing.has(end("to")) ? [end("from")] : [];
    }),
  );
}
const nothing = { kind: "unknown", text: "" } as const;
