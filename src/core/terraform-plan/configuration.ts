import { byCodeUnits } from "../../lib/order.ts";
import { isObject } from "./json.ts";
import type { ConfiguredCall, ConfiguredResource, Input, PlanConfiguration } from "./plan.ts";
import { modeOf } from "./resource.ts";
import type { ConfigurationJson, ConfigurationModuleJson, ModuleCallJson } from "./schema.ts";

type Expressions = ModuleCallJson["expressions"];
interface Repeated {
  readonly count_expression?: unknown;
  readonly for_each_expression?: unknown;
}

/** What was planned, as far as it can be compared with a configuration at hand: names and references, no values. */
export function readConfiguration({ provider_config, root_module }: ConfigurationJson): PlanConfiguration {
  const resources: ConfiguredResource[] = [];
  const calls: ConfiguredCall[] = [];
  if (root_module !== null) visit(root_module, "");
  const providers = provider_config.map(({ key, value }) => ({
    key,
    name: value.name ?? key,
    source: value.full_name,
    version: value.version_constraint,
    inputs: inputsOf(value.expressions),
  }));
  return {
    resources: resources.toSorted((a, b) => byCodeUnits(a.address, b.address)),
    calls: calls.toSorted((a, b) => byCodeUnits(a.address, b.address)),
    providers: providers.toSorted((a, b) => byCodeUnits(a.key, b.key)),
    variables: (root_module?.variables ?? []).map(({ key }) => key).toSorted(byCodeUnits),
  };

  function visit(module: ConfigurationModuleJson, address: string): void {
    for (const { mode, type, name, expressions, ...repeated } of module.resources) {
      const local = `${mode === "managed" ? "" : `${mode}.`}${type}.${name}`;
      resources.push({
        address: address === "" ? local : `${address}.${local}`,
        module: address,
        mode: modeOf(mode),
        type,
        name,
        ...repetition(expressions, repeated),
      });
    }
    for (const { key, value } of module.module_calls) {
      const called = address === "" ? `module.${key}` : `${address}.module.${key}`;
      const { source, version_constraint: version, expressions } = value;
      calls.push({ address: called, source, version, ...repetition(expressions, value) });
      if (value.module !== null) visit(value.module, called);
    }
  }
}

function repetition(expressions: Expressions, { count_expression, for_each_expression }: Repeated) {
  const inputs = inputsOf(expressions);
  const repeatedBy = isObject(count_expression) ? "count" : isObject(for_each_expression) ? "for_each" : null;
  const expression = count_expression ?? for_each_expression;
  return {
    repeatedBy,
    inputs: repeatedBy === null ? inputs : [...inputs, { name: repeatedBy, references: referencesIn(expression) }],
  } as const;
}

function inputsOf(expressions: Expressions): readonly Input[] {
  return expressions
    .map(({ key, value }) => ({ name: key, references: referencesIn(value) }))
    .toSorted((a, b) => byCodeUnits(a.name, b.name));
}

/** All that an expression, or a block of expressions, refers to. Constants are passed over: they are values of the author. */
function referencesIn(expression: unknown): readonly string[] {
  const found = new Set<string>();
  visit(expression);
  return [...found].toSorted(byCodeUnits);

  function visit(value: unknown): void {
    if (Array.isArray(value)) value.forEach(visit);
    if (!isObject(value) || Object.hasOwn(value, "constant_value")) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === "references" && Array.isArray(inner)) {
        for (const reference of inner) if (typeof reference === "string") found.add(reference);
      } else visit(inner);
    }
  }
}
