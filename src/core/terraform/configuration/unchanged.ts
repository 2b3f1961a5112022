import type { HclBlock, HclExpression, HclStep, HclValue, TemplatePart } from "../../hcl.ts";
import type { Tools } from "../../syntax.ts";
import { type BlockChange, sameBlock } from "../../views/terraform.ts";
import { instantiate } from "./instance.ts";
import { type Made, type ModuleInstance, withChildren } from "./module-instance.ts";
import { isResource, type Module } from "./module.ts";
import { configuredIn, providerOf } from "./providers.ts";
import { modulesBelow, type Repository, type Standing } from "./repository.ts";
import { isFault, unknown } from "./values.ts";
import { createWorld, type World } from "./world.ts";

/**
 * Whether everything that a root makes is the same on both sides, whatever its variables are given: they count as undecided, since
 * nobody here knows what a pipeline passes. Every doubt says no.
 */
export function isUnchanged(
  repository: Repository,
  root: string,
  blocks: readonly BlockChange[],
  tools: Tools,
): boolean {
  if (repository.changedDirectories.has(root)) return false;
  const [before, after] = [repository.base, repository.head].map((standing) => modulesBelow(standing, root));
  if (before === undefined || after === undefined || ![...before, ...after].every(isTold)) return false;
  const directories = new Set([...before, ...after].map((module) => module?.directory ?? ""));
  if (!blocks.every((block) => !directories.has(block.directory) || isKept(block))) return false;
  if (providersIn(before).symmetricDifference(providersIn(after)).size > 0) return false;
  const [was, is] = [repository.base, repository.head].map((standing) => madeOf(repository, standing, root, tools));
  return was !== undefined && is !== undefined && was !== null && is !== null && sameMade(was, is);
}

/** What is read as a whole, reads no file whose content could differ, and holds nothing that the reader left as it is. */
function isTold(module: Module | null): boolean {
  if (module === null || !module.isWhole || module.readsFiles) return false;
  return [...module.items.values()].every(({ block }) => block.type === "variable" || isRead(block));
}

const evaluated: ReadonlySet<string> = new Set(["resource", "data", "ephemeral", "variable", "local", "output"]);
/** They act by themselves, on more than they show. */
const acting: ReadonlySet<string> = new Set(["import", "removed", "check", "action"]);

/** A block that is not evaluated here has to be as it was. */
function isKept({ before, after }: BlockChange): boolean {
  const type = (after ?? before)?.block.type ?? "";
  if (evaluated.has(type)) return true;
  if (acting.has(type)) return false;
  if (type !== "module") return before !== undefined && after !== undefined && sameBlock(before.block, after.block);
  // A call that comes or goes shows in what it makes.
  return before === undefined || after === undefined || sameBlock(leading(before.block), leading(after.block));
}

/** What of a call is not evaluated: where it leads, and the providers that it hands on. */
function leading(block: HclBlock): HclBlock {
  const names = new Set(["source", "version", "providers"]);
  const attributes = block.body.attributes.filter(({ name }) => names.has(name));
  return { ...block, body: { attributes, blocks: [] } };
}

/** A provider has to be installed and configured, also where none of its resources is made. */
function providersIn(modules: readonly (Module | null)[]): ReadonlySet<string> {
  return new Set(
    modules.flatMap((module) =>
      [...(module?.items.values() ?? [])].filter(isResource).map(({ block }) => providerOf(block)),
    ),
  );
}

interface RootMade {
  readonly things: ReadonlyMap<string, Made>;
  readonly isTouched: (node: string) => boolean;
}

/** Null: more than is looked at, an address that stands twice, or a provider whose configuration depends on what changes. */
function madeOf(repository: Repository, standing: Standing, root: string, tools: Tools): RootMade | null {
  const world: World = createWorld(repository, standing, root, tools);
  const module = standing.modules.get(root);
  if (module === undefined) return null;
  const top = instantiate(world, module, "", (name) => unknown(`var.${name}`), [], null);
  const instances = withChildren(top);
  const all = [...top.outputs(), ...instances.flatMap((one) => [...one.resources(), ...one.calls()])];
  const things = new Map(all.map((one) => [one.address, one]));
  const providers = instances.flatMap(providerNodes);
  if (things.size < all.length || world.budget.isExceeded || world.room.left < 0) return null;
  const touched = world.tracker.touched();
  return providers.some((node) => touched.has(node)) ? null : { things, isTouched: (node) => touched.has(node) };
}

/** Also of those that only modules elsewhere use. */
function providerNodes({ module, providers }: ModuleInstance): readonly string[] {
  const used = [...module.items.values()].filter(isResource).map(({ block }) => providerOf(block));
  return [...new Set([...used, ...configuredIn(module)])].map(providers.every);
}

function sameMade(before: RootMade, after: RootMade): boolean {
  if (before.things.size !== after.things.size) return false;
  return [...before.things].every(([address, was]) => {
    const is = after.things.get(address);
    if (is === undefined) return false;
    if (!before.isTouched(was.node) && !after.isTouched(is.node)) return true;
    return sameBlock(was.block, is.block) && saysAll(was.block) && saysAll(is.block);
  });
}

/** Whether texts of undecided values stand for nothing but themselves: no digest, and nothing that Terraform would refuse. */
function saysAll({ body }: HclBlock): boolean {
  const inValue = (value: HclValue): boolean => {
    switch (value.kind) {
      case "literal":
        return true;
      case "unknown":
        return !isFault(value) && !value.text.includes("#");
      case "list":
        return value.items.every(inValue);
      case "object":
        return value.entries.every((entry) => inValue(entry.value));
    }
  };
  return body.attributes.every(({ value }) => inValue(value)) && body.blocks.every(saysAll);
}

/** Whether the reader made something of every expression: what it left as text may refer to anything. */
function isRead({ body }: HclBlock): boolean {
  return body.attributes.every(({ value }) => isReadValue(value)) && body.blocks.every(isRead);
}

function isReadValue(value: HclValue): boolean {
  switch (value.kind) {
    case "literal":
      return true;
    case "list":
      return value.items.every(isReadValue);
    case "object":
      return value.entries.every(
        (entry) => isReadValue(entry.value) && (entry.keyExpression === undefined || isReadValue(entry.keyExpression)),
      );
    case "unknown":
      return value.expression !== undefined && operandsOf(value.expression).every(isReadValue);
  }
}

function operandsOf(expression: HclExpression): readonly HclValue[] {
  switch (expression.kind) {
    case "name":
      return [];
    case "path":
      return [expression.of, ...expression.steps.flatMap(operandsOfStep)];
    case "unary":
      return [expression.operand];
    case "binary":
      return [expression.left, expression.right];
    case "conditional":
      return [expression.condition, expression.whenTrue, expression.whenFalse];
    case "call":
      return expression.arguments;
    case "template":
      return expression.parts.flatMap(operandsOfPart);
    case "for":
      return [expression.of, expression.result, expression.resultKey, expression.condition].filter(
        (part) => part !== null,
      );
  }
}

function operandsOfStep(step: HclStep): readonly HclValue[] {
  return step.kind === "index" ? [step.key] : step.kind === "splat" ? step.steps.flatMap(operandsOfStep) : [];
}

function operandsOfPart(part: TemplatePart): readonly HclValue[] {
  switch (part.kind) {
    case "text":
      return [];
    case "value":
      return [part.value];
    case "if":
      return [part.condition, ...[...part.whenTrue, ...part.whenFalse].flatMap(operandsOfPart)];
    case "for":
      return [part.of, ...part.parts.flatMap(operandsOfPart)];
  }
}
