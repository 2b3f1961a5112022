import { unreachable } from "../../../lib/assert.ts";
import type { HclEntry, HclExpression, HclFor, HclStep, HclValue } from "../../hcl.ts";
import { call } from "./functions/call.ts";
import { equal, operate, operateOn } from "./operators.ts";
import { binding, roundsOf, spend } from "./rounds.ts";
import type { Scope } from "./scope.ts";
import { renderTemplate } from "./template.ts";
import {
  asBool,
  asNumber,
  asText,
  entry,
  fault,
  isFault,
  list,
  object,
  shown,
  undecidedFrom,
  unknown,
} from "./values.ts";

const depthLimit = 300;

/** The value as far as it is decided: parts that are not stay unknown, each with its text. Never throws. */
export function evaluate(value: HclValue, scope: Scope): HclValue {
  const { budget } = scope;
  if (value.kind === "literal") return value;
  if (budget.steps <= 0 || budget.depth >= depthLimit) {
    budget.isExceeded = true;
    return value.kind === "unknown" ? unknown(value.text) : tooMuch(value);
  }
  budget.steps--;
  budget.depth++;
  try {
    switch (value.kind) {
      case "list": {
        const items = value.items.map((item) => evaluate(item, scope));
        return items.every((item, index) => item === value.items[index]) ? value : list(items);
      }
      case "object":
        return evaluateObject(value, scope);
      case "unknown":
        return value.expression === undefined ? value : evaluateExpression(value.expression, value.text, scope);
    }
  } finally {
    budget.depth--;
  }
}

function tooMuch(value: HclValue): HclValue {
  return unknown(value.kind === "list" ? "a list that takes too many steps" : "an object that takes too many steps");
}

function evaluateObject(value: HclValue & { readonly kind: "object" }, scope: Scope): HclValue {
  const made: [string, HclValue][] = [];
  let same = true;
  for (const { key, keyExpression, value: inner } of value.entries) {
    const name = keyExpression === undefined ? key : asText(evaluate(keyExpression, scope));
    if (name === undefined) return undecidedObject(value, scope);
    const evaluated = evaluate(inner, scope);
    same &&= evaluated === inner && keyExpression === undefined;
    made.push([name, evaluated]);
  }
  return same && new Set(made.map(([key]) => key)).size === made.length ? value : object(made);
}

/** Which keys it has is not known, so neither is what it holds at any of them. */
function undecidedObject(value: HclValue & { readonly kind: "object" }, scope: Scope): HclValue {
  const shownEntry = ({ key, keyExpression, value: inner }: HclEntry): string => {
    const name = keyExpression === undefined ? key : `(${shown(keyExpression, evaluate(keyExpression, scope))})`;
    return `${name} = ${shown(inner, evaluate(inner, scope))}`;
  };
  return unknown(`{${value.entries.map(shownEntry).join(", ")}}`);
}

function evaluateExpression(expression: HclExpression, text: string, scope: Scope): HclValue {
  switch (expression.kind) {
    case "name":
      return scope.bound.get(expression.name) ?? scope.resolve(expression.name, [])?.value ?? unknown(text);
    case "path":
      return follow(expression.of, expression.steps, scope);
    case "unary": {
      const operand = evaluate(expression.operand, scope);
      const { operator } = expression;
      return (
        operateOn(operator, operand) ?? undecidedFrom(`${operator}${shown(expression.operand, operand)}`, [operand])
      );
    }
    case "binary": {
      const { operator } = expression;
      const [left, right] = [evaluate(expression.left, scope), evaluate(expression.right, scope)];
      const named = `${shown(expression.left, left)} ${operator} ${shown(expression.right, right)}`;
      return operate(operator, left, right) ?? undecidedFrom(named, [left, right]);
    }
    case "conditional":
      return evaluateConditional(expression, scope);
    case "call":
      return call(expression, text, scope);
    case "template":
      return renderTemplate(expression.parts, scope);
    case "for":
      return evaluateFor(expression, scope);
    default:
      return unreachable(expression);
  }
}

function evaluateConditional(expression: HclExpression & { readonly kind: "conditional" }, scope: Scope): HclValue {
  const condition = evaluate(expression.condition, scope);
  const holds = asBool(condition);
  if (holds !== undefined) return evaluate(holds ? expression.whenTrue : expression.whenFalse, scope);
  const [then, otherwise] = [evaluate(expression.whenTrue, scope), evaluate(expression.whenFalse, scope)];
  if (equal(then, otherwise) === true) return then;
  const named = `${shown(expression.condition, condition)} ? ${shown(expression.whenTrue, then)} : ${shown(expression.whenFalse, otherwise)}`;
  return undecidedFrom(named, [condition]);
}

function evaluateFor(expression: HclFor, scope: Scope): HclValue {
  const of = evaluate(expression.of, scope);
  const rounds = roundsOf(of);
  if (rounds === null) return undecidedFor(expression, of, scope);
  const values: (readonly [string | null, HclValue])[] = [];
  for (const { key, value } of rounds) {
    if (!spend(scope, 1)) return undecidedFor(expression, of, scope);
    const inner = binding(scope, expression, key, value);
    const holds = expression.condition === null ? true : asBool(evaluate(expression.condition, inner));
    if (holds === undefined) return undecidedFor(expression, of, scope);
    if (!holds) continue;
    const name = expression.resultKey === null ? null : (asText(evaluate(expression.resultKey, inner)) ?? undefined);
    if (name === undefined) return undecidedFor(expression, of, scope);
    values.push([name, evaluate(expression.result, inner)]);
  }
  if (expression.resultKey === null) return list(values.map(([, value]) => value));
  if (!expression.grouped) return object(values.map(([key, value]) => [key ?? "", value]));
  const groups = Map.groupBy(values, ([key]) => key ?? "");
  return object([...groups].map(([key, members]) => [key, list(members.map(([, value]) => value))]));
}

/** With its names standing for themselves, what it refers to beside them is still told. */
function undecidedFor(expression: HclFor, of: HclValue, scope: Scope): HclValue {
  const inner = binding(scope, expression, unknown(expression.key ?? ""), unknown(expression.value));
  const told = (value: HclValue): string => shown(value, evaluate(value, inner));
  const names = expression.key === null ? expression.value : `${expression.key}, ${expression.value}`;
  const made = `${expression.resultKey === null ? "" : `${told(expression.resultKey)} => `}${told(expression.result)}`;
  const condition = expression.condition === null ? "" : ` if ${told(expression.condition)}`;
  const text = `for ${names} in ${shown(expression.of, of)} : ${made}${expression.grouped ? "..." : ""}${condition}`;
  return undecidedFrom(expression.resultKey === null ? `[${text}]` : `{${text}}`, [of]);
}

function follow(of: HclValue, steps: readonly HclStep[], scope: Scope): HclValue {
  const name = of.kind === "unknown" && of.expression?.kind === "name" ? of.expression.name : null;
  if (name === null || scope.bound.has(name)) return walk(evaluate(of, scope), steps, scope);
  const resolved = scope.resolve(name, steps);
  if (resolved === null) return walk(unknown(name), steps, scope);
  return walk(resolved.value, steps.slice(resolved.steps), scope);
}

function walk(start: HclValue, steps: readonly HclStep[], scope: Scope): HclValue {
  let value = start;
  for (const step of steps) value = take(value, step, scope);
  return value;
}

function take(value: HclValue, step: HclStep, scope: Scope): HclValue {
  if (isFault(value)) return value;
  switch (step.kind) {
    case "attribute":
      return attributeOf(value, step.name, scope);
    case "index":
      return itemOf(value, step.key, scope);
    case "splat": {
      if (value.kind === "list") return list(value.items.map((item) => walk(item, step.steps, scope)));
      if (value.kind === "literal" && value.value === null) return list([]);
      if (value.kind !== "unknown" || scope.attribute(value, "") !== null)
        return list([walk(value, step.steps, scope)]);
      return walk(unknown(`${value.text}[*]`), step.steps, scope);
    }
  }
}

function attributeOf(value: HclValue, name: string, scope: Scope): HclValue {
  switch (value.kind) {
    case "unknown":
      return scope.attribute(value, name) ?? unknown(`${value.text}.${name}`);
    case "object":
      return entry(value, name) ?? fault(`an attribute ${name} that is not there`);
    case "list":
    case "literal":
      return fault(`an attribute ${name} of what has none`);
  }
}

function itemOf(value: HclValue, written: HclValue, scope: Scope): HclValue {
  const key = evaluate(written, scope);
  if (value.kind === "unknown" || key.kind === "unknown") {
    const of = value.kind === "unknown" ? value.text : shown(unknown("…"), value);
    const at =
      key.kind === "literal" && typeof key.value === "string" ? JSON.stringify(key.value) : shown(written, key);
    return undecidedFrom(`${of}[${at}]`, [key]);
  }
  if (value.kind === "list") {
    const index = asNumber(key);
    return (index === undefined ? undefined : value.items[index]) ?? fault("an item that is not there");
  }
  const name = asText(key);
  return (name === undefined ? undefined : entry(value, name)) ?? fault("a key that is not there");
}
