import type { KindEvidence } from "./evidence.ts";
import type { HclBody } from "../hcl.ts";
import type { Kind } from "../policy/schema.ts";
import {
  attributeOf,
  type BlockChange,
  sameBlock,
  type TerraformBlock,
  type TerraformView,
  textOf,
} from "../views/terraform.ts";
import { influencedKinds } from "./terraform-influence.ts";
import { kindOfAttribute, kindsOfModuleSource, kindsOfType } from "./terraform-types.ts";

/** Kinds of a change of Terraform: by the types of what changes, by what it sets, and by what a changed value is passed on to. */
export function terraformKinds(view: TerraformView): readonly KindEvidence[] {
  const changes = view.blocks.filter((change) => change.changed && !isSame(change));
  return [
    ...terraformDeletions(view).map((gone) => evidence("delete", gone, "base", `${gone.address} is gone`)),
    ...changes.flatMap(ownKinds),
    ...influencedKinds(view, changes, changedAttributes),
  ];
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

function isSame({ before, after }: BlockChange): boolean {
  return before !== undefined && after !== undefined && sameBlock(before.block, after.block);
}

function evidence(kind: Kind, at: TerraformBlock, side: "base" | "head", because: string): KindEvidence {
  return { kind, path: at.path, side, line: at.block.line, because };
}

/** Resources and modules that are gone from their module, and that no `moved` block takes to another address. */
export function terraformDeletions(view: TerraformView): readonly TerraformBlock[] {
  const moved = movedFrom(view);
  return view.blocks.flatMap(({ changed, before, after, directory }) => {
    if (!changed || before === undefined || after !== undefined) return [];
    if (before.block.type !== "resource" && before.block.type !== "module") return [];
    return moved.has(`${directory}\n${before.address}`) ? [] : [before];
  });
}
const nothing = { kind: "unknown", text: "" } as const;

function ownKinds(change: BlockChange): readonly KindEvidence[] {
  const at = change.after ?? change.before;
  if (at === undefined) return [];
  const side = change.after === undefined ? "base" : "head";
  const { type, labels } = at.block;
  const verb = change.before === undefined ? "added" : change.after === undefined ? "removed" : "changed";
  const say = (kind: Kind, because: string): KindEvidence => evidence(kind, at, side, because);
  switch (type) {
    case "resource":
    case "data":
    case "ephemeral": {
      const name = labels[0] ?? "";
      const ofType = kindsOfType(name).map((kind) => say(kind, `resource type \`${name}\` (${at.address} ${verb})`));
      return type === "data" && !name.endsWith("_policy_document") ? [] : [...ofType, ...attributeKinds(change, say)];
    }
    case "module": {
      const source = textOf(attributeOf(at.block.body, "source") ?? nothing);
      const elsewhere = /^\.\.?\//u.test(source) ? [] : kindsOfModuleSource(source);
      const pins = ["source", "version"].filter((name) => changedAttributes(change).includes(name));
      return [
        ...elsewhere.map((kind) => say(kind, `module source \`${source}\` (${at.address} ${verb})`)),
        ...(pins.length > 0 ? [say("dependencies", `${pins.join(" and ")} of ${at.address} ${verb}`)] : []),
        ...attributeKinds(change, say),
      ];
    }
    case "variable":
    case "local":
    case "provider":
    case "terraform":
      return [say("config", `${at.address} ${verb}`)];
    default:
      return [];
  }
}

function attributeKinds(
  change: BlockChange,
  say: (kind: Kind, because: string) => KindEvidence,
): readonly KindEvidence[] {
  if (change.after === undefined) return [];
  const { address } = change;
  return changedAttributes(change).flatMap((name) => {
    const kind = kindOfAttribute(name);
    return kind === null ? [] : [say(kind, `${name} of ${address}`)];
  });
}

/** Names of attributes, at any depth, and of nested blocks, that differ between the sides. */
function changedAttributes({ before, after }: BlockChange): readonly string[] {
  const [old, fresh] = [leaves(before?.block.body), leaves(after?.block.body)];
  const names = [...new Set([...old.keys(), ...fresh.keys()])];
  return names.filter((name) => old.get(name) !== fresh.get(name));
}

function leaves(body: HclBody | undefined, found = new Map<string, string>()): Map<string, string> {
  for (const { name, value } of body?.attributes ?? []) found.set(name, `${found.get(name) ?? ""}\n${textOf(value)}`);
  for (const block of body?.blocks ?? []) {
    found.set(block.type, `${found.get(block.type) ?? ""}\n`);
    leaves(block.body, found);
  }
  return found;
}
