import { z } from "zod";
import type { Entry } from "../src/core/policy/schema/key.ts";
import { root } from "../src/core/policy/schema/root.ts";
import { planSchema as plan } from "../src/core/plan/read.ts";
import { verdictJsonSchema } from "../src/core/report/verdict-schema.ts";
import { scenarioJsonSchema } from "../src/sim/scenario/json-schema.ts";

type Schema = z.core.JSONSchema.BaseSchema;

/** The policy file as JSON Schema, for editors. It knows keys and words; the parser of the program knows all the rest. */
export function policySchema(): string {
  const schema = z.toJSONSchema(root.schema, { io: "input", unrepresentable: "any" });
  return json({ title: "sallyport.yml", ...described(schema, root.entry) });
}

export function verdictSchema(): string {
  return json(verdictJsonSchema());
}

/** The block of a declared plan, for editors. */
export function planSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(plan, { io: "input", unrepresentable: "any" });
  return json({ $schema, title: "sallyport-plan", ...schema });
}

export function scenarioSchema(): string {
  return json(scenarioJsonSchema());
}

function json(schema: unknown): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** Puts the sentence and the type of each key beside its shape. */
function described(schema: Schema, { says, type, enforced, below }: Entry): Schema {
  const description = [says, enforced === "later" ? "Not enforced yet." : "", type === "" ? "" : `Type: ${type}.`]
    .filter((part) => part !== "")
    .join(" ");
  return { ...withKeys(schema, below), description };
}

function withKeys(schema: Schema, below: Entry["below"]): Schema {
  switch (below?.kind) {
    case undefined:
      return schema;
    case "group":
      return { ...schema, properties: properties(schema, below.keys) };
    case "map":
      return { ...schema, additionalProperties: elements(schema.additionalProperties, below.keys) };
    case "list":
      return Array.isArray(schema.items) ? schema : { ...schema, items: elements(schema.items, below.keys) };
  }
}

function elements(schema: Schema | boolean | undefined, keys: Readonly<Record<string, Entry>>): Schema | boolean {
  return typeof schema === "object" ? { ...schema, properties: properties(schema, keys) } : (schema ?? true);
}

function properties(schema: Schema, keys: Readonly<Record<string, Entry>>): Record<string, Schema | boolean> {
  return Object.fromEntries(
    Object.entries(schema.properties ?? {}).map(([name, property]) => {
      const entry = keys[name];
      return [name, entry === undefined || typeof property === "boolean" ? property : described(property, entry)];
    }),
  );
}
