import { joined } from "../change/symlinks.ts";
import type { KindEvidence } from "./evidence.ts";
import type { HclBlock, HclBody, HclValue } from "../hcl.ts";
import { attributeOf, type BlockChange, type TerraformBlock, type TerraformView, textOf } from "../views/terraform.ts";
import type { Kind } from "../policy/schema.ts";
import { kindOfAttribute, kindsOfType } from "./terraform-types.ts";

/** A variable or a local of a module, and the changed block that its value came from. */
interface Influenced {
  readonly name: string;
  readonly origin: BlockChange;
  readonly at: TerraformBlock;
}

/** Where a name is used: the block, and which of its own arguments take it. */
interface Use {
  readonly block: TerraformBlock;
  readonly arguments: readonly string[];
}

/**
 * A changed variable, local or argument of a module changes the resources that use it, through locals and modules of modules:
 * their kinds are the change's. The evidence stands where the change was made. Every name is followed once, from the first
 * change that reaches it, so the walk takes time in proportion to the configuration.
 */
export function influencedKinds(
  view: TerraformView,
  changes: readonly BlockChange[],
  changedArguments: (change: BlockChange) => readonly string[],
): readonly KindEvidence[] {
  const uses = usesOf(view);
  const queue = changes.flatMap((change) => startsOf(change, changedArguments));
  const seen = new Set<string>();
  const found = new Map<string, KindEvidence>();
  for (const { name, origin, at } of queue) {
    if (seen.has(name)) continue;
    seen.add(name);
    for (const use of uses.get(name) ?? []) {
      const { address } = use.block;
      for (const kind of kindsAt(use)) {
        const key = `${kind}\n${origin.directory}\n${origin.address}`;
        const because = `${origin.address} sets a value of ${address}`;
        if (!found.has(key)) found.set(key, { kind, path: at.path, side: "head", line: at.block.line, because });
      }
      queue.push(...namesSetBy(use).map((next) => ({ name: next, origin, at })));
    }
  }
  return [...found.values()];
}

/** By the type of the resource that takes the value, and by the arguments that it takes it with. */
function kindsAt({ block: { block }, arguments: taken }: Use): readonly Kind[] {
  if (block.type !== "resource" && block.type !== "module") return [];
  const ofType = block.type === "resource" ? kindsOfType(block.labels[0] ?? "") : [];
  return [...new Set([...ofType, ...taken.flatMap((name) => kindOfAttribute(name) ?? [])])];
}

function startsOf(change: BlockChange, changedArguments: (change: BlockChange) => readonly string[]): Influenced[] {
  const at = change.after;
  if (at === undefined) return [];
  const start = (name: string): Influenced => ({ name, origin: change, at });
  switch (at.block.type) {
    case "variable":
    case "local":
      return namesSetBy({ block: at, arguments: [] }).map(start);
    case "module":
      return namesSetBy({ block: at, arguments: changedArguments(change) }).map(start);
    default:
      return [];
  }
}

/** The names that a block gives a value to: itself, or the variables of the module that it calls. */
function namesSetBy({ block: { block, directory }, arguments: taken }: Use): readonly string[] {
  const [label = ""] = block.labels;
  switch (block.type) {
    case "variable":
      return [`${directory}\nvar.${label}`];
    case "local":
      return [`${directory}\nlocal.${label}`];
    case "module": {
      const target = targetOf(block, directory);
      return target === null ? [] : taken.map((name) => `${target}\nvar.${name}`);
    }
    default:
      return [];
  }
}

function usesOf(view: TerraformView): ReadonlyMap<string, readonly Use[]> {
  const found = new Map<string, Use[]>();
  for (const { after } of view.blocks) {
    if (after === undefined) continue;
    const byName = new Map<string, string[]>();
    collect(after.block.body, byName);
    for (const [name, taken] of byName) {
      const key = `${after.directory}\n${name}`;
      const use = { block: after, arguments: taken };
      const known = found.get(key);
      if (known === undefined) found.set(key, [use]);
      else known.push(use);
    }
  }
  return found;
}

/** The names that a body mentions, each with the arguments that mention it; a dynamic block may set what its label says. */
function collect(body: HclBody, found: Map<string, string[]>): void {
  for (const attribute of body.attributes) {
    for (const name of new Set(mentioned(attribute.value))) {
      const known = found.get(name);
      if (known === undefined) found.set(name, [attribute.name]);
      else known.push(attribute.name);
    }
  }
  for (const block of body.blocks) collect(block.body, found);
}

function mentioned(value: HclValue): readonly string[] {
  return textOf(value).match(/\b(?:var|local)\.[\w-]+/gu) ?? [];
}

function targetOf(block: HclBlock, from: string): string | null {
  const source = attributeOf(block.body, "source");
  if (source?.kind !== "literal" || typeof source.value !== "string" || !source.value.startsWith(".")) return null;
  return joined(from === "" ? [] : from.split("/"), source.value);
}
