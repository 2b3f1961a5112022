import type { KindEvidence } from "./evidence.ts";
import type { HclBody } from "../hcl.ts";
import type { Kind } from "../policy/schema.ts";
import { attributeOf, type BlockChange, sameBlock, type TerraformBlock, textOf } from "../views/terraform.ts";
import { influencedKinds } from "./terraform-influence.ts";
import { kindsOfSetting } from "./setting-names.ts";
import { replacingPaths } from "../terraform/replacements.ts";
import { type StatedTiers, tierOf } from "../terraform/stateful.ts";
import { instanceDeletions, terraformDeletions, type TerraformViews } from "./terraform-deletions.ts";
import { kindOfAttribute, kindsOfModuleSource, kindsOfType } from "./terraform-types.ts";

/** Kinds of a change of Terraform: by the types of what changes, by what it sets, and by what a changed value is passed on to. */
export function terraformKinds(views: TerraformViews, stated: StatedTiers): readonly KindEvidence[] {
  const { terraform: view } = views;
  const changes = view.blocks.filter((change) => change.changed && !isSame(change));
  return [
    ...terraformDeletions(views).map((gone) => evidence("delete", gone, "base", `${gone.address} is gone`)),
    ...instanceDeletions(views),
    ...terraformReplacements(views, changes, stated),
    ...changes.flatMap(ownKinds),
    ...influencedKinds(view, changes, changedAttributes),
  ];
}

function isSame({ before, after }: BlockChange): boolean {
  return before !== undefined && after !== undefined && sameBlock(before.block, after.block);
}

function evidence(kind: Kind, at: TerraformBlock, side: "base" | "head", because: string): KindEvidence {
  return { kind, path: at.path, side, line: at.block.line, because };
}

const nothing = { kind: "unknown", text: "" } as const;

/**
 * What a plan would call a replacement, as far as the diff tells: a resource that is gone while another of its type comes to the module,
 * one that holds data with another value where none can be changed in place, and whatever is told to be replaced with something else.
 */
function terraformReplacements(
  views: TerraformViews,
  changes: readonly BlockChange[],
  stated: StatedTiers,
): readonly KindEvidence[] {
  const typeOf = ({ block, directory }: TerraformBlock): string =>
    `${directory}\n${block.type}\n${block.labels[0] ?? ""}`;
  const fresh = new Map(
    changes.flatMap(({ before, after }) =>
      before === undefined && after !== undefined ? [[typeOf(after), after]] : [],
    ),
  );
  const renamed = terraformDeletions(views).flatMap((gone) => {
    const instead = gone.block.type === "resource" ? fresh.get(typeOf(gone)) : undefined;
    return instead === undefined
      ? []
      : [evidence("replace", instead, "head", `${instead.address} takes the place of ${gone.address}`)];
  });
  const changedInPlace = changes.flatMap((change) => {
    const { before, after } = change;
    if (before === undefined || after === undefined || after.block.type !== "resource") return [];
    const [type = ""] = after.block.labels;
    const fixed = new Set(replacingPaths(type).map(({ path, smaller }) => (smaller ? "" : path)));
    const own = tierOf(type, stated) === "A" ? changedAtTop(before, after).filter((name) => fixed.has(name)) : [];
    const told = changedAttributes(change).filter((name) => /^(?:replace_triggered_by|triggers_replace)$/u.test(name));
    const names = [...own, ...told];
    return names.map((name) =>
      evidence("replace", after, "head", `${name} of ${after.address} cannot be changed in place`),
    );
  });
  return [...renamed, ...changedInPlace];
}

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
      if (type === "data" && !name.endsWith("_policy_document")) return [];
      return [...ofType, ...attributeKinds(change, say), ...(name === "helm_release" ? releaseKinds(change, say) : [])];
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
    case "terraform":
      return [
        say("config", `${at.address} ${verb}`),
        ...(required(change.before) === required(change.after)
          ? []
          : [say("dependencies", `required providers ${verb}`)]),
      ];
    case "variable":
    case "local":
    case "provider":
      return [say("config", `${at.address} ${verb}`)];
    default:
      return [];
  }
}

function required(block: TerraformBlock | undefined): string {
  const found = (block?.block.body.blocks ?? []).filter(({ type }) => type === "required_providers");
  return JSON.stringify(found.map(({ body }) => [...leaves(body)]));
}

/** A release of Helm sets values of its chart by name, and pins the chart. */
function releaseKinds(
  change: BlockChange,
  say: (kind: Kind, because: string) => KindEvidence,
): readonly KindEvidence[] {
  const { address, before, after } = change;
  const [old, fresh] = [valuesSet(before), valuesSet(after)];
  const names = [...new Set([...old.keys(), ...fresh.keys()])].filter((name) => old.get(name) !== fresh.get(name));
  const pins = ["chart", "repository", "version"].filter((name) => changedAttributes(change).includes(name));
  return [
    ...(pins.length > 0 ? [say("dependencies", `${pins.join(" and ")} of ${address}`)] : []),
    ...names.flatMap((name) =>
      kindsOfSetting(name.split("."), true).map((kind) => say(kind, `\`${name.replaceAll("`", "'")}\` of ${address}`)),
    ),
  ];
}

function valuesSet(block: TerraformBlock | undefined): ReadonlyMap<string, string> {
  const written = (block?.block.body.blocks ?? []).filter(({ type }) => /^set(?:_list|_sensitive)?$/u.test(type));
  return new Map(
    written.map(({ body }) => {
      const name = attributeOf(body, "name");
      const value = attributeOf(body, "value") ?? nothing;
      return [name?.kind === "literal" ? String(name.value) : textOf(name ?? nothing), textOf(value)];
    }),
  );
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

function changedAtTop(before: TerraformBlock, after: TerraformBlock): readonly string[] {
  const [old, fresh] = [before, after].map(
    ({ block }) => new Map(block.body.attributes.map(({ name, value }) => [name, textOf(value)])),
  );
  const names = [...new Set([...(old?.keys() ?? []), ...(fresh?.keys() ?? [])])];
  return names.filter((name) => old?.get(name) !== fresh?.get(name));
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
