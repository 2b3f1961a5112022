import { byCodeUnits } from "../../../lib/order.ts";
import type { HclValue } from "../../hcl.ts";
import { asBool, asNumber, asText, decided, entry, identityOf, list, literal, object } from "./values.ts";

/**
 * A value as the type constraint of a variable makes it: converted, with defaults of optional attributes filled in and attributes that the
 * type does not name left out. What does not fit stays as it is: Terraform would refuse it.
 * https://developer.hashicorp.com/terraform/language/expressions/type-constraints
 */
export function converted(value: HclValue, type: HclValue): HclValue {
  const name = nameOf(type);
  if (name !== null) return scalar(value, name);
  if (type.kind !== "unknown" || type.expression?.kind !== "call") return value;
  const [of] = type.expression.arguments;
  if (of === undefined) return value;
  switch (type.expression.name) {
    case "list":
      return value.kind === "list" ? list(value.items.map((item) => converted(item, of))) : value;
    case "set":
      return value.kind === "list" ? asSet(value.items.map((item) => converted(item, of))) : value;
    case "map":
      if (value.kind !== "object") return value;
      return object(value.entries.map((one) => [one.key, converted(one.value, of)]));
    case "tuple":
      if (value.kind !== "list" || of.kind !== "list") return value;
      return list(value.items.map((item, index) => converted(item, of.items[index] ?? literal(null))));
    case "object":
      return value.kind === "object" && of.kind === "object" ? shaped(value, of) : value;
    default:
      return value;
  }
}

/** Without repetitions and sorted, as Terraform walks it; where something is undecided nobody knows what repeats. */
export function asSet(items: readonly HclValue[]): HclValue {
  if (!items.every(decided)) return list(items);
  const found = new Map(items.map((item) => [orderOf(item), item] as const));
  return list([...found].toSorted(([a], [b]) => byCodeUnits(a, b)).map(([, item]) => item));
}

function orderOf(item: HclValue): string {
  return item.kind === "literal" && typeof item.value === "string" ? item.value : identityOf(item);
}

function shaped(value: HclValue, shape: Extract<HclValue, { kind: "object" }>): HclValue {
  return object(
    shape.entries.flatMap(({ key, value: type }): readonly (readonly [string, HclValue])[] => {
      const given = entry(value, key);
      const call = type.kind === "unknown" && type.expression?.kind === "call" ? type.expression : null;
      if (call?.name !== "optional") return given === undefined ? [] : [[key, converted(given, type)]];
      const [inner, otherwise] = call.arguments;
      if (inner === undefined) return given === undefined ? [] : [[key, given]];
      const isNull = given === undefined || (given.kind === "literal" && given.value === null);
      return [[key, isNull ? converted(otherwise ?? literal(null), inner) : converted(given, inner)]];
    }),
  );
}

/** In JSON syntax a type is a text. */
function nameOf(type: HclValue): string | null {
  if (type.kind === "literal") return asText(type) ?? null;
  return type.kind === "unknown" && type.expression?.kind === "name" ? type.expression.name : null;
}

function scalar(value: HclValue, type: string): HclValue {
  if (value.kind !== "literal" || value.value === null) return value;
  const known =
    type === "string"
      ? asText(value)
      : type === "number"
        ? asNumber(value)
        : type === "bool"
          ? asBool(value)
          : undefined;
  return known === undefined || known === value.value ? value : literal(known);
}
