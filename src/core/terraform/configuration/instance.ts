import type { HclStep, HclValue } from "../../hcl.ts";
import { attributeOf } from "../../views/terraform.ts";
import { evaluateBlock } from "./blocks.ts";
import { evaluate } from "./evaluate.ts";
import { type Instance, type Instances, instancesOf, valueOfInstances } from "./instances.ts";
import { type Given, type Made, type ModuleInstance, relative } from "./module-instance.ts";
import { callPart, isResource, type Item, localSource, type Module } from "./module.ts";
import { type Caller, providersOf } from "./providers.ts";
import { targetOf } from "./repository.ts";
import type { Scope } from "./scope.ts";
import { converted } from "./types.ts";
import { literal, unknown } from "./values.ts";
import {
  attributePart,
  changedFilesBelow,
  digestOfFiles,
  fileText,
  type Handle,
  originOf,
  parseTemplate,
  readOrigin,
  type World,
} from "./world.ts";

const depthLimit = 20;
const emptyBound: ReadonlyMap<string, HclValue> = new Map();
const metaArguments = new Set(["count", "for_each", "provider", "depends_on", "lifecycle"]);

interface Parent extends Caller {
  /** Directories of the modules around it: one that calls itself has no end. */
  readonly directories: readonly string[];
}

export function instantiate(
  world: World,
  module: Module,
  address: string,
  given: Given,
  context: readonly string[],
  parent: Parent | null,
): ModuleInstance {
  const { tracker } = world;
  const prefix = address === "" ? "" : `${address}.`;
  const instancesByKey = new Map<string, Instances>();
  const childrenByKey = new Map<string, readonly ModuleInstance[]>();
  const callsByKey = new Map<string, readonly Made[]>();

  const nodeOf = (key: string): string => `${address}|${key}`;
  const scopeWith = (bound: ReadonlyMap<string, HclValue>): Scope => ({
    budget: world.budget,
    bound,
    resolve,
    attribute: (of, name) => {
      const handle = world.handles.get(of);
      return handle === undefined ? null : name === "" ? of : handle.attribute(name);
    },
    file: (path) => {
      const origin = readOrigin(world, path);
      const node = `file|${path}`;
      tracker.use(node);
      if (origin !== null) tracker.comesFrom(node, [origin]);
      return fileText(world, path);
    },
    changedBelow: (path) => {
      const files = changedFilesBelow(world, path);
      const node = `below|${path ?? ""}`;
      tracker.use(node);
      tracker.comesFrom(
        node,
        files.map(({ path: at, after }) => ({
          place: { path: at, side: after === null ? ("base" as const) : ("head" as const), line: 1 },
          isChanged: () => true,
        })),
      );
      return files.length === 0 ? "" : `#${digestOfFiles(world, files)}`;
    },
    evaluate,
    parseTemplate: (text) => parseTemplate(world, text),
  });
  const scope = scopeWith(emptyBound);
  const providers = providersOf({ world, module, scope, nodeOf, caller: parent });

  function resolve(name: string, steps: readonly HclStep[]): ReturnType<Scope["resolve"]> {
    const [first, second] = steps.map((step) => (step.kind === "attribute" ? step.name : undefined));
    switch (name) {
      case "var":
        return first === undefined ? null : { value: variable(first), steps: 1 };
      case "local":
        return first === undefined ? null : { value: local(first), steps: 1 };
      case "path":
        return first === undefined ? null : { value: pathOf(first), steps: 1 };
      case "terraform":
      case "tofu":
        return first === undefined ? null : { value: unknown(`${name}.${first}`), steps: 1 };
      case "module":
        return first === undefined ? null : { value: callValue(first), steps: 1 };
      case "data":
      case "ephemeral":
        if (first === undefined || second === undefined) return null;
        return { value: resourceValue(`${name}.${first}.${second}`), steps: 2 };
      case "each":
      case "count":
      case "self":
        return null;
      default:
        return first === undefined ? null : { value: resourceValue(`${name}.${first}`), steps: 1 };
    }
  }

  function variable(name: string): HclValue {
    const node = nodeOf(`var.${name}`);
    return tracker.value(node, node, `var.${name}`, () => {
      const item = module.items.get(`var.${name}`);
      if (item === undefined) return unknown(`var.${name}`);
      tracker.comesFrom(node, [originOf(world, module, item)]);
      const { body } = item.block;
      const [type, otherwise] = [attributeOf(body, "type"), attributeOf(body, "default")];
      const nullable = attributeOf(body, "nullable");
      const said = given(name);
      const refused =
        said?.kind === "literal" && said.value === null && nullable?.kind === "literal" && nullable.value === false;
      const value = said === null || refused ? otherwise : said;
      if (value === undefined) return unknown(`var.${name}`);
      return type === undefined ? value : converted(value, type);
    });
  }

  function local(name: string): HclValue {
    const node = nodeOf(`local.${name}`);
    return tracker.value(node, node, `local.${name}`, () => {
      const item = module.items.get(`local.${name}`);
      const value = item === undefined ? undefined : attributeOf(item.block.body, name);
      if (item === undefined || value === undefined) return unknown(`local.${name}`);
      tracker.comesFrom(node, [originOf(world, module, item)]);
      return evaluate(value, scope);
    });
  }

  /** From the root, where Terraform runs. */
  function pathOf(name: string): HclValue {
    if (name === "root") return literal(".");
    return name === "module" ? literal(relative(world.root, module.directory)) : unknown(`path.${name}`);
  }

  function instances(item: Item): Instances {
    const known = instancesByKey.get(item.key);
    if (known !== undefined) return known;
    // Whoever asks for them while they are computed gets none: a block cannot depend on how often it stands.
    instancesByKey.set(item.key, { by: "undecided", all: [], keys: [] });
    const found = tracker.within(nodeOf(item.key), () => instancesOf(item.block, scope, world.room));
    instancesByKey.set(item.key, found);
    return found;
  }

  function resourceValue(key: string): HclValue {
    const item = module.items.get(key);
    const of = `${prefix}${key}`;
    if (item === undefined) return unknown(of);
    tracker.use(nodeOf(key));
    const found = instances(item);
    return valueOfInstances(found, of, (instance) =>
      handled(`${of}${instance.suffix}`, (name) => attributeOfResource(item, instance, name)),
    );
  }

  function handled(address: string, attribute: Handle["attribute"]): HclValue {
    const value = unknown(address);
    world.handles.set(value, { attribute });
    return value;
  }

  /** What the configuration says it is; what only the provider knows is its address. */
  function attributeOfResource(item: Item, instance: Instance, name: string): HclValue {
    const address = `${prefix}${item.key}${instance.suffix}.${name}`;
    const node = nodeOf(item.key);
    return tracker.value(node, `${node}${instance.suffix}.${name}`, address, () => {
      const written = metaArguments.has(name) ? undefined : attributeOf(item.block.body, name);
      if (written === undefined) return unknown(address);
      const value = evaluate(written, scopeWith(instance.bound));
      const isOpen = value.kind === "unknown" || (value.kind === "literal" && value.value === null);
      return isOpen ? unknown(address) : value;
    });
  }

  function callValue(name: string): HclValue {
    const item = module.items.get(`module.${name}`);
    const of = `${prefix}module.${name}`;
    if (item === undefined) return unknown(of);
    tracker.use(nodeOf(item.key));
    const made = childrenOf(item);
    return valueOfInstances(instances(item), of, ({ suffix }) => {
      const child = made.find((candidate) => candidate.address === `${of}${suffix}`);
      return handled(`${of}${suffix}`, (output) => child?.output(output) ?? unknown(`${of}${suffix}.${output}`));
    });
  }

  function childrenOf(item: Item): readonly ModuleInstance[] {
    const known = childrenByKey.get(item.key);
    if (known !== undefined) return known;
    childrenByKey.set(item.key, []);
    const directories = [...(parent?.directories ?? []), module.directory];
    const target = targetOf(world.standing, module.directory, localSource(item));
    const isEndless = target === null || directories.includes(target.directory) || directories.length > depthLimit;
    const node = nodeOf(item.key);
    if (isEndless || world.room.left <= 0) {
      // What a module elsewhere makes of its arguments is not known: whatever uses it uses all of them.
      tracker.comesFrom(node, [originOf(world, module, item)]);
      callsByKey.set(
        item.key,
        tracker.within(node, () => madeOf(item, node)),
      );
      return [];
    }
    tracker.comesFrom(node, [originOf(world, module, item, callPart)]);
    const made = instances(item).all.map((instance) => {
      const argument: Given = (name) => {
        const value = attributeOf(item.block.body, name);
        if (value === undefined) return null;
        const cell = nodeOf(`${item.key}${instance.suffix}.${name}`);
        return tracker.value(cell, cell, `var.${name}`, () => {
          tracker.comesFrom(cell, [originOf(world, module, item, attributePart(name))]);
          return evaluate(value, scopeWith(instance.bound));
        });
      };
      const at = `${prefix}${item.key}${instance.suffix}`;
      return instantiate(world, target, at, argument, [...context, node], { instance: self, call: item, directories });
    });
    childrenByKey.set(item.key, made);
    return made;
  }

  function output(name: string): HclValue | null {
    const item = module.items.get(`output.${name}`);
    const value = item === undefined ? undefined : attributeOf(item.block.body, "value");
    if (item === undefined || value === undefined) return null;
    const node = nodeOf(item.key);
    return tracker.value(node, node, `${prefix}${name}`, () => {
      tracker.comesFrom(node, [originOf(world, module, item)]);
      return evaluate(value, scope);
    });
  }

  function outputs(): readonly Made[] {
    const items = [...module.items.values()].filter(({ block }) => block.type === "output");
    return items.map((item) => {
      const name = item.block.labels[0] ?? "";
      const value = output(name);
      const attributes = item.block.body.attributes.filter((attribute) => attribute.name !== "value");
      const said = { name: "value", value: value ?? unknown(""), line: item.block.line, endLine: item.block.endLine };
      const block = { ...item.block, body: { ...item.block.body, attributes: [...attributes, said] } };
      return { item, address: `${prefix}${item.key}`, node: nodeOf(item.key), block };
    });
  }

  function calls(): readonly Made[] {
    return moduleItems().flatMap((item) => {
      childrenOf(item);
      return callsByKey.get(item.key) ?? [];
    });
  }

  function moduleItems(): readonly Item[] {
    return [...module.items.values()].filter(({ block }) => block.type === "module");
  }

  function resources(): readonly Made[] {
    return [...module.items.values()].flatMap((item) => (isResource(item) ? resourcesOf(item) : []));
  }

  function resourcesOf(item: Item): readonly Made[] {
    const node = nodeOf(item.key);
    tracker.comesFrom(node, [originOf(world, module, item)]);
    return tracker.within(node, () => {
      for (const used of context) tracker.use(used);
      tracker.use(providers.usedBy(item.block));
      return madeOf(item, node);
    });
  }

  function madeOf(item: Item, node: string): readonly Made[] {
    return instances(item).all.map((instance) => ({
      item,
      address: `${prefix}${item.key.replace(/#\d+$/u, "")}${instance.suffix}`,
      node,
      block: evaluateBlock(item.block, scopeWith(instance.bound)),
    }));
  }

  const self: ModuleInstance = {
    address,
    module,
    context,
    output,
    resources,
    outputs,
    calls,
    children: () => moduleItems().flatMap(childrenOf),
    providers,
  };
  return self;
}
