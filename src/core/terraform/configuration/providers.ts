import type { HclBlock, HclEntry, HclValue } from "../../hcl.ts";
import { attributeOf, textOf } from "../../views/terraform.ts";
import { evaluateBlock } from "./blocks.ts";
import { blockWith, type Item, type Module } from "./module.ts";
import type { Scope } from "./scope.ts";
import { literal } from "./values.ts";
import { originOf, type World } from "./world.ts";

/** Nodes of the configurations of providers, as one module names them. */
export interface Providers {
  /** The configuration that a resource uses. */
  readonly usedBy: (resource: HclBlock) => string;
  /** The configuration that a reference names, `aws` or `aws.west`; all of `name` where it says none that can be told. */
  readonly named: (reference: string, name: string) => string;
  /** All configurations of a provider, by its local name. */
  readonly every: (name: string) => string;
  /** What the versions of a provider are held to, here and in all that call. */
  readonly required: (name: string) => string;
}

/** Who calls a module, and the block that does. */
export interface Caller {
  readonly instance: { readonly module: Module; readonly providers: Providers };
  readonly call: Item;
}

interface Around {
  readonly world: World;
  readonly module: Module;
  readonly scope: Scope;
  /** Name of a node of this module as one call makes it. */
  readonly nodeOf: (key: string) => string;
  readonly caller: Caller | null;
}

/** https://developer.hashicorp.com/terraform/language/modules/develop/providers */
export function providersOf({ world, module, scope, nodeOf, caller }: Around): Providers {
  const { tracker } = world;
  const above = caller?.instance.providers;
  const passed = caller === null ? undefined : attributeOf(caller.call.block.body, "providers");

  function node(key: string, uses: (node: string) => void): string {
    const name = nodeOf(key);
    tracker.value(name, name, name, () => {
      uses(name);
      return literal(null);
    });
    return name;
  }

  function take(of: string, item: Item): void {
    tracker.comesFrom(of, [originOf(world, module, item)]);
    evaluateBlock(item.block, scope);
  }

  function required(name: string): string {
    return node(`required.${name}`, (of) => {
      const item = module.items.get(`required.${name}`);
      if (item !== undefined) take(of, item);
      if (above !== undefined) tracker.use(above.required(name));
    });
  }

  function every(name: string): string {
    return node(`provider.${name}.*`, (of) => {
      for (const item of blocksOf(module, name)) take(of, item);
      tracker.use(required(name));
      if (above === undefined) return;
      tracker.use(above.every(name));
      pass(of, null);
      for (const { key, value } of entriesOf(passed) ?? [])
        if ((referenceIn(key)?.name ?? name) === name) tracker.use(above.named(textOf(value), name));
    });
  }

  function named(reference: string, name: string): string {
    const read = referenceIn(reference);
    return read === null ? every(name) : configuration(read);
  }

  function configuration({ name, alias }: Reference): string {
    return node(["provider", name, ...(alias === null ? [] : [alias])].join("."), (of) => {
      const own = blocksOf(module, name).filter((item) => mayHave(item, alias));
      for (const item of own) take(of, item);
      tracker.use(required(name));
      const isRoot = above === undefined;
      // In a root the default one needs no block; elsewhere a block that says nothing stands for what the caller passes.
      const isHere = own.some((item) => aliasOf(item) === alias && (isRoot || isConfigured(item)));
      if (isHere || (isRoot && alias === null)) return;
      tracker.use(passedFor(of, { name, alias }));
    });
  }

  /** Where the caller has the configuration that this module knows by a name. Without a word of it, the default one is the same. */
  function passedFor(of: string, { name, alias }: Reference): string {
    const wanted = alias === null ? name : `${name}.${alias}`;
    const entries = passed === undefined ? [] : entriesOf(passed);
    const entry = entries?.find(({ key }) => key === wanted);
    if (above === undefined || entries === null) return every(name);
    if (entry !== undefined) {
      pass(of, wanted);
      return above.named(textOf(entry.value), name);
    }
    return alias === null && entries.every(({ key }) => referenceIn(key) !== null)
      ? above.named(name, name)
      : every(name);
  }

  function pass(of: string, key: string | null): void {
    if (caller === null || passed === undefined) return;
    tracker.comesFrom(of, [originOf(world, caller.instance.module, caller.call, passedPart(key))]);
  }

  return { usedBy: (block) => named(referenceOf(block), providerOf(block)), named, every, required };
}

/** The local name of the provider of a resource. */
export function providerOf(block: HclBlock): string {
  return referenceIn(referenceOf(block))?.name ?? typeWord(block);
}

/** The default one of the type's first word, if nothing is said. */
function referenceOf(block: HclBlock): string {
  const said = attributeOf(block.body, "provider");
  return said === undefined ? typeWord(block) : textOf(said);
}

function typeWord({ labels: [type = ""] }: HclBlock): string {
  return /^[^._[]+/u.exec(type)?.[0] ?? "";
}

/** Local names of the providers that a module configures. */
export function configuredIn(module: Module): readonly string[] {
  return [...module.items.values()].flatMap(({ block }) => (block.type === "provider" ? block.labels.slice(0, 1) : []));
}

interface Reference {
  readonly name: string;
  /** Null: the default configuration. */
  readonly alias: string | null;
}

/** `aws`, `aws.west`, `aws.regions["west"]`, which is one of those that a block makes; null for anything else. */
function referenceIn(text: string): Reference | null {
  const { name, alias } = /^(?<name>[\w-]+)(?:\.(?<alias>[\w-]+)(?:\[.*\])?)?$/u.exec(text)?.groups ?? {};
  return name === undefined ? null : { name, alias: alias ?? null };
}

function blocksOf(module: Module, name: string): readonly Item[] {
  return [...module.items.values()].filter(({ block }) => block.type === "provider" && block.labels[0] === name);
}

function aliasOf({ block }: Item): string | null {
  const alias = attributeOf(block.body, "alias");
  return alias === undefined ? null : alias.kind === "literal" ? String(alias.value) : "undecided";
}

/** A block with an alias is never the default one. */
function mayHave(item: Item, alias: string | null): boolean {
  const own = aliasOf(item);
  return own === alias || (alias !== null && own === "undecided");
}

function isConfigured({ block: { body } }: Item): boolean {
  return body.blocks.length > 0 || body.attributes.some(({ name }) => name !== "alias" && name !== "version");
}

/** What a call passes under one name; null: all that it passes. */
function passedPart(key: string | null): (block: HclBlock) => HclBlock | null {
  return (block) => {
    const attribute = block.body.attributes.find(({ name }) => name === "providers");
    const entries = entriesOf(attribute?.value)?.filter((entry) => key === null || entry.key === key);
    if (attribute === undefined || entries?.length === 0) return null;
    const value: HclValue = entries === undefined ? attribute.value : { kind: "object", entries };
    return blockWith(block.type, [{ ...attribute, value }]);
  };
}

function entriesOf(passed: HclValue | undefined): readonly HclEntry[] | null {
  return passed?.kind === "object" ? passed.entries : null;
}
