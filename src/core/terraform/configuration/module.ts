import { byCodeUnits } from "../../../lib/order.ts";
import type { HclAttribute, HclBlock, HclValue } from "../../hcl.ts";
import { addressOf, attributeOf, isOverride, split } from "../../views/terraform.ts";

/** A block of a module, by its address in it: `var.x`, `local.x`, `output.x`, `module.x`, `provider.aws`, `aws_s3_bucket.x`, `data.t.n`. */
export interface Item {
  readonly key: string;
  readonly path: string;
  readonly block: HclBlock;
}

/** A directory of configuration on one side, its files taken together. */
export interface Module {
  readonly directory: string;
  readonly items: ReadonlyMap<string, Item>;
  readonly moves: readonly Item[];
  /** It has a backend or configures a provider, as only the root of a configuration does. */
  readonly standsAlone: boolean;
  /** False where a file of it could not be read: nobody knows what else it holds. */
  readonly isWhole: boolean;
  /** It calls functions that read other files. */
  readonly readsFiles: boolean;
}

/** A `.tfvars` file: values for the variables of a root. */
export interface VariableFile {
  readonly path: string;
  readonly attributes: readonly HclAttribute[];
}

export interface ModuleFile {
  readonly path: string;
  readonly blocks: readonly HclBlock[];
}

/** The order of files means nothing, but for override files, which come last and in their own order. */
export function moduleOf(directory: string, files: readonly ModuleFile[], isWhole: boolean): Module {
  const items = new Map<string, Item>();
  const moves: Item[] = [];
  const sorted = files.toSorted(
    (a, b) => Number(isOverride(a.path)) - Number(isOverride(b.path)) || byCodeUnits(a.path, b.path),
  );
  let standsAlone = false;
  for (const { path, blocks } of sorted) {
    for (const block of blocks.flatMap(split)) {
      standsAlone ||= isOfRoot(block);
      const key = keyOf(block);
      if (block.type === "moved") moves.push({ key: `${key}.${moves.length}`, path, block });
      else if (block.type === "terraform") {
        for (const provider of requiredBy(block)) items.set(provider.key, { ...provider, path });
      } else {
        const known = items.get(key);
        if (known === undefined) items.set(key, { key, path, block });
        else if (isOverride(path)) items.set(key, { ...known, block: overridden(known.block, block) });
        // A repeated address is refused by Terraform; which of the two would count is not for us to guess: both stay in sight.
        else items.set(`${key}#${items.size}`, { key, path, block });
      }
    }
  }
  return {
    directory,
    items,
    moves,
    standsAlone,
    isWhole,
    readsFiles: files.some(({ blocks }) => blocks.some(readsFiles)),
  };
}

function keyOf(block: HclBlock): string {
  const address = addressOf(block);
  return block.type === "variable" ? `var.${block.labels[0] ?? ""}` : address;
}

function isOfRoot(block: HclBlock): boolean {
  if (block.type === "terraform") return block.body.blocks.some(({ type }) => type === "backend" || type === "cloud");
  return block.type === "provider" && block.body.attributes.some(({ name }) => name !== "alias");
}

/** Each required provider for itself: another version of one explains nothing about resources of another. */
function requiredBy(block: HclBlock): readonly { readonly key: string; readonly block: HclBlock }[] {
  return block.body.blocks
    .filter(({ type }) => type === "required_providers")
    .flatMap(({ body }) => body.attributes)
    .map((attribute) => ({ key: `required.${attribute.name}`, block: blockWith("required_provider", [attribute]) }));
}

export function blockWith(type: string, attributes: readonly HclAttribute[]): HclBlock {
  const [first] = attributes;
  const [line, endLine] = [first?.line ?? 1, attributes.at(-1)?.endLine ?? 1];
  return { type, labels: [], body: { attributes, blocks: [] }, line, endLine };
}

/** Attributes take the place of those of the same name, nested blocks that of all of their type; `lifecycle` is merged. */
function overridden(under: HclBlock, over: HclBlock): HclBlock {
  const names = new Set(over.body.attributes.map(({ name }) => name));
  const types = new Set(over.body.blocks.map(typeOf));
  const lifecycle = under.body.blocks.find(({ type }) => type === "lifecycle");
  const blocks = over.body.blocks.map((block) =>
    block.type === "lifecycle" && lifecycle !== undefined ? overridden(lifecycle, block) : block,
  );
  return {
    ...under,
    body: {
      attributes: [...under.body.attributes.filter(({ name }) => !names.has(name)), ...over.body.attributes],
      blocks: [...under.body.blocks.filter((block) => !types.has(typeOf(block))), ...blocks],
    },
  };
}

/** A `dynamic` block stands for blocks of the type that it is labelled with. */
function typeOf({ type, labels }: HclBlock): string {
  return type === "dynamic" ? (labels[0] ?? "") : type;
}

const reading = /\b(?:templatefile|fileset|file(?:base64|exists|md5|sha\d+|base64sha\d+)?)\s*\(/u;

function readsFiles(block: HclBlock): boolean {
  const inValue = (value: HclValue): boolean => {
    switch (value.kind) {
      case "literal":
        return false;
      case "unknown":
        return reading.test(value.text);
      case "list":
        return value.items.some(inValue);
      case "object":
        return value.entries.some((one) => inValue(one.value));
    }
  };
  return block.body.attributes.some(({ value }) => inValue(value)) || block.body.blocks.some(readsFiles);
}

/** Directory below or beside, as a module call names it; null where the source is none of a local directory. */
export function localSource({ block }: Item): string | null {
  const source = attributeOf(block.body, "source");
  const text = source?.kind === "literal" && typeof source.value === "string" ? source.value : "";
  return /^\.\.?(?:\/|$)/u.test(text) ? text : null;
}

export function isResource({ block }: Item): boolean {
  return (
    (block.type === "resource" || block.type === "data" || block.type === "ephemeral") && block.labels.length === 2
  );
}

const ofTheCall = new Set(["source", "version", "count", "for_each"]);

/** What of a call concerns everything in the module; arguments and providers concern what uses them. */
export function callPart(block: HclBlock): HclBlock {
  const attributes = block.body.attributes.filter(({ name }) => ofTheCall.has(name));
  return { ...blockWith(block.type, attributes), line: block.line, endLine: block.endLine };
}
