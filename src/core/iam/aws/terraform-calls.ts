import type { HclEntry, HclValue } from "../../hcl.ts";
import type { ModuleCall, Resource } from "../../terraform/model.ts";
import { textOf } from "../../views/terraform.ts";
import { type Holding, joinedHoldings, nothingHeld } from "./holders.ts";
import { type Json, readStatement } from "./read.ts";
import { documentAt, isDocument } from "./terraform-documents.ts";
import { kindOfLoose, lineOf, type Piece, pieceOf, placeOf, policyOf } from "./terraform-pieces.ts";
import { type Configuration, itemsOf, resourceOf } from "./terraform-references.ts";
import { plainOf } from "./terraform-values.ts";

/** A call of a module that lies elsewhere is read as if it were a resource: its arguments are its attributes. */
export const callType = "module";

export function asResource(call: ModuleCall | undefined): Resource | undefined {
  return call === undefined ? undefined : { ...call, mode: "managed", type: callType };
}

/** Arguments that are about permissions by their names, and those that only sound so. */
const permissions =
  /polic(?:y|ies)|statement|principal|trusted|(?:assum|allow|access|admin)\w*_arns?$|subjects?$|access_entries|aws_auth_|map_(?:roles|users|accounts)|permission/u;
const settings =
  /name|description|prefix|suffix|path$|enable|create|attach_|tags|count|version|scaling|update|password|backup|retention|lifecycle|placement|termination|eviction|pull_policy|log_|kms|certificate|target_group|lb_|topic|cluster_arn|sid/u;

/** Policies and boundaries, and not those who are let in. */
const mayHoldDenials = /polic(?:y|ies)|statement|permission/u;

/** What the arguments of a call give to whatever the module makes. */
export function callPieces(call: Resource, configuration: Configuration): readonly Piece[] {
  const holdings = call.block.body.attributes.flatMap(({ name, value }) => given({ call, name, configuration }, value));
  return [...Map.groupBy(holdings, kindOfLoose)].map(([kind, own]) =>
    pieceOf(kind, call, `what \`${call.address}\` makes`, joinedHoldings(own), configuration),
  );
}

interface Argument {
  readonly call: Resource;
  readonly name: string;
  readonly configuration: Configuration;
}

/** Documents, statements and policies by their ARNs, however deep they stand in an argument. */
function given(argument: Argument, value: HclValue): readonly Holding[] {
  const { call, name, configuration } = argument;
  const line = lineOf(call, name);
  if (isDocument(value, configuration)) return [documentAt(call, { value, line }, configuration)];
  switch (value.kind) {
    case "list":
      return value.items.flatMap((item) => given(argument, item));
    case "object":
      return isStatement(value.entries)
        ? [statementIn(argument, value.entries)]
        : value.entries.flatMap((entry) => given(argument, entry.value));
    case "literal":
      if (/^arn:[\w-]+:iam::(?:aws|\d{12}):policy\//u.test(textOf(value)))
        return [policyOf(value, call, line, configuration)];
      return value.value === null || typeof value.value === "boolean" ? [] : suspected(argument, value);
    case "unknown": {
      const items = itemsOf(value.text);
      if (items.length > 1) return items.flatMap((item) => given(argument, item));
      const isPolicy = resourceOf(value.text, configuration)?.resource.type === "aws_iam_policy";
      if (isPolicy || /:iam::aws:policy/u.test(value.text)) return [policyOf(value, call, line, configuration)];
      return suspected(argument, value);
    }
  }
}

/** A value that nobody can read as permissions, in an argument that is about them. */
function suspected({ call, name, configuration }: Argument, value: HclValue): readonly Holding[] {
  if (!permissions.test(name) || settings.test(name)) return [];
  const text = `${name} = ${configuration.renamed(textOf(value))}`;
  const at = placeOf(call, configuration, lineOf(call, name));
  const onlyAllows = mayHoldDenials.test(name) ? {} : { onlyAllows: true as const };
  return [{ ...nothingHeld, unread: [{ text, at, onlyIfStood: true, ...onlyAllows }] }];
}

const elements: Readonly<Record<string, string>> = {
  sid: "Sid",
  effect: "Effect",
  action: "Action",
  actions: "Action",
  not_action: "NotAction",
  not_actions: "NotAction",
  resource: "Resource",
  resources: "Resource",
  not_resource: "NotResource",
  not_resources: "NotResource",
};
const [whom, when] = [/^(?:not_?)?principals?$/iu, /^conditions?$/iu];

function isStatement(entries: readonly HclEntry[]): boolean {
  return entries.some(({ key }) => /^(?:not_?)?actions?$/iu.test(key));
}

/** A statement in the words of modules: `{ effect, actions, resources, condition = [{ test, variable, values }] }`. */
function statementIn({ call, name, configuration }: Argument, entries: readonly HclEntry[]): Holding {
  const at = placeOf(call, configuration, lineOf(call, name));
  const plain = (value: HclValue): Json => {
    if (value.kind !== "unknown") return plainOf(value, configuration.renamed);
    const items = itemsOf(value.text).map((item) => plainOf(item, configuration.renamed));
    return items.length === 1 ? (items[0] ?? null) : items;
  };
  const written: Record<string, Json> = { Effect: "Allow" };
  for (const { key, value } of entries) {
    if (value.kind === "literal" && value.value === null) continue;
    if (whom.test(key)) written[/^not/iu.test(key) ? "NotPrincipal" : "Principal"] = principals(plain(value));
    else if (when.test(key)) written["Condition"] = conditions(plain(value));
    else written[elements[key.toLowerCase()] ?? key] = plain(value);
  }
  const read = readStatement(written);
  if (typeof read === "string")
    return { ...nothingHeld, unread: [{ text: `${read}: ${JSON.stringify(written)}`, at }] };
  const owner = `${call.path} ${call.address}`;
  return { ...nothingHeld, statements: [{ statement: read, at, owner, loose: true }] };
}

/** `[{ type = "AWS", identifiers = [...] }]` as AWS writes it; what has another shape stays what it is. */
function principals(value: Json): Json {
  const found: Record<string, Json> = {};
  for (const one of blocksIn(value)) {
    const [type, names] = [one["type"], one["identifiers"]];
    if (typeof type !== "string" || names === undefined) return value;
    found[type] = [...listOf(found[type] ?? []), ...listOf(names)];
  }
  return Object.keys(found).length === 0 ? value : found;
}

/** `[{ test = "StringEquals", variable = "aws:SourceAccount", values = [...] }]`. */
function conditions(value: Json): Json {
  const found: Record<string, Record<string, Json>> = {};
  for (const one of blocksIn(value)) {
    const [test, variable, values] = [one["test"], one["variable"], one["values"]];
    if (typeof test !== "string" || typeof variable !== "string" || values === undefined) return value;
    (found[test] ??= {})[variable] = values;
  }
  return Object.keys(found).length === 0 ? value : found;
}

type Block = Readonly<Record<string, Json>>;

function blocksIn(value: Json): readonly Block[] {
  return listOf(value).filter((one): one is Block => typeof one === "object" && one !== null && !Array.isArray(one));
}

function listOf(value: Json): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [value];
}
