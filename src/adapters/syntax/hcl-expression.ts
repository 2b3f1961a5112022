import type { Node } from "web-tree-sitter";
import type { HclEntry, HclExpression, HclFor, HclStep, HclValue } from "../../core/hcl.ts";
import { guard, parts, tokens } from "./hcl-nodes.ts";
import { heredocParts, quotedParts, unescaped } from "./hcl-template.ts";

/** Operators, calls and templates deeper than this keep their text alone: a long chain of `+` is no reason to refuse a file. */
const expressionLimit = 100;
const nothing: HclValue = { kind: "unknown", text: "" };

/** The value that an `expression` of the grammar stands for. Throws `Refused` where lists, objects and parentheses are nested too deeply. */
export function valueOf(node: Node, depth: number): HclValue {
  return valueOfRun(tokens(node), node, depth);
}

/** Nodes that make up one operand: the thing itself, and the steps that lead on from it. */
function valueOfRun(run: readonly Node[], whole: Node, depth: number): HclValue {
  const open = run[0]?.type === "(";
  const [first, ...others] = open ? run.slice(1) : run;
  if (first === undefined) return nothing;
  guard(first, depth);
  const text = textOfRun(run, whole);
  // An expression inside an expression stands in parentheses: each level counts as nesting.
  const primary = first.type === "expression" ? valueOf(first, depth + 1) : primaryOf(first, depth);
  const rest = open ? others.slice(1) : others;
  if (rest.length === 0) return primary;
  const steps = stepsOf(rest, depth);
  return depth > expressionLimit || steps === null
    ? { kind: "unknown", text }
    : { kind: "unknown", text, expression: { kind: "path", of: primary, steps } };
}

function textOfRun(run: readonly Node[], whole: Node): string {
  const first = run[0];
  const last = run.at(-1);
  if (first === undefined || last === undefined) return "";
  return whole.text.slice(first.startIndex - whole.startIndex, last.endIndex - whole.startIndex);
}

function primaryOf(node: Node, depth: number): HclValue {
  switch (node.type) {
    case "literal_value":
    case "collection_value":
    case "template_expr": {
      const [only] = parts(node);
      return only === undefined ? nothing : primaryOf(only, depth);
    }
    case "string_lit":
      return { kind: "literal", value: unescaped(node.text.slice(1, -1)) };
    case "numeric_lit":
      return { kind: "literal", value: Number(node.text) };
    case "bool_lit":
      return { kind: "literal", value: node.text === "true" };
    case "null_lit":
      return { kind: "literal", value: null };
    case "tuple":
      return { kind: "list", items: expressions(node).map((part) => valueOf(part, depth + 1)) };
    case "object": {
      const elements = parts(node).filter((part) => part.type === "object_elem");
      return { kind: "object", entries: elements.map((part) => entryOf(part, depth + 1)) };
    }
    case "quoted_template":
    case "heredoc_template":
      return templateOf(node, depth);
    default:
      return undecided(node, depth);
  }
}

function templateOf(node: Node, depth: number): HclValue {
  if (depth > expressionLimit) return { kind: "unknown", text: node.text };
  const read = (part: Node): HclValue => valueOf(part, depth + 1);
  const found = node.type === "heredoc_template" ? heredocParts(node, read) : quotedParts(node, read);
  if (found.every((part) => part.kind === "text"))
    return { kind: "literal", value: found.map((part) => part.text).join("") };
  return { kind: "unknown", text: node.text, expression: { kind: "template", parts: found } };
}

function undecided(node: Node, depth: number): HclValue {
  const expression = depth > expressionLimit ? null : expressionOf(node, depth);
  if (expression?.kind === "unary" && expression.operator === "-" && expression.operand.kind === "literal") {
    // `-1` is an operation to the grammar and a number to everybody else (`from_port = -1`).
    const { value } = expression.operand;
    if (typeof value === "number") return { kind: "literal", value: -value };
  }
  return expression === null ? { kind: "unknown", text: node.text } : { kind: "unknown", text: node.text, expression };
}

function expressionOf(node: Node, depth: number): HclExpression | null {
  switch (node.type) {
    case "variable_expr":
      return { kind: "name", name: node.text };
    case "operation": {
      const [only] = parts(node);
      return only === undefined ? null : operationOf(only, depth + 1);
    }
    case "conditional": {
      const [condition, whenTrue, whenFalse] = expressions(node).map((part) => valueOf(part, depth + 1));
      if (condition === undefined || whenTrue === undefined || whenFalse === undefined) return null;
      return { kind: "conditional", condition, whenTrue, whenFalse };
    }
    case "function_call":
      return callOf(node, depth);
    case "for_expr": {
      const [only] = parts(node);
      return only === undefined ? null : forOf(only, depth + 1);
    }
    default:
      return null;
  }
}

const operators = new Set(["!", "-", "+", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||"]);

function operationOf(node: Node, depth: number): HclExpression | null {
  const all = tokens(node);
  const at = all.findIndex((token) => !token.isNamed && operators.has(token.type));
  const operator = all[at]?.type;
  if (operator === undefined) return null;
  const right = valueOfRun(all.slice(at + 1), node, depth);
  if (node.type === "unary_operation") return { kind: "unary", operator, operand: right };
  return { kind: "binary", operator, left: valueOfRun(all.slice(0, at), node, depth), right };
}

function callOf(node: Node, depth: number): HclExpression {
  const [name, given] = parts(node);
  return {
    kind: "call",
    name: name?.text ?? "",
    arguments: given === undefined ? [] : expressions(given).map((part) => valueOf(part, depth + 1)),
    spread: given !== undefined && parts(given).some((part) => part.type === "ellipsis"),
  };
}

function forOf(node: Node, depth: number): HclFor | null {
  const intro = parts(node).find((part) => part.type === "for_intro");
  const condition = parts(node).find((part) => part.type === "for_cond");
  if (intro === undefined) return null;
  const [of] = expressions(intro);
  const names = parts(intro).filter((part) => part.type === "identifier");
  const [first, second] = names.map((part) => part.text);
  const results = expressions(node).map((part) => valueOf(part, depth));
  const result = results.at(-1);
  const [only] = condition === undefined ? [] : expressions(condition);
  if (of === undefined || first === undefined || result === undefined) return null;
  const isObject = node.type === "for_object_expr";
  if (results.length !== (isObject ? 2 : 1)) return null;
  return {
    kind: "for",
    key: second === undefined ? null : first,
    value: second ?? first,
    of: valueOf(of, depth),
    resultKey: isObject ? (results[0] ?? null) : null,
    result,
    grouped: parts(node).some((part) => part.type === "ellipsis"),
    condition: only === undefined ? null : valueOf(only, depth),
  };
}

/** Null where a step is none that is known: the path is not decided then. */
function stepsOf(nodes: readonly Node[], depth: number): readonly HclStep[] | null {
  const steps: HclStep[] = [];
  for (const node of nodes) {
    const [only] = parts(node);
    if (node.type === "get_attr" && only !== undefined) steps.push({ kind: "attribute", name: only.text });
    else if (node.type === "index" && only?.type === "legacy_index")
      steps.push({ kind: "index", key: { kind: "literal", value: Number(only.text.slice(1)) } });
    else if (node.type === "index" && only?.type === "new_index") {
      const [key] = expressions(only);
      if (key === undefined) return null;
      steps.push({ kind: "index", key: valueOf(key, depth + 1) });
    } else if (node.type === "splat" && only !== undefined) {
      const inner = stepsOf(parts(only), depth + 1);
      if (inner === null) return null;
      // `.*` goes on with attributes only: an index after them is one into the list.
      const index = only.type === "attr_splat" ? inner.findIndex((step) => step.kind !== "attribute") : -1;
      steps.push({ kind: "splat", steps: index < 0 ? inner : inner.slice(0, index) });
      if (index >= 0) steps.push(...inner.slice(index));
    } else return null;
  }
  return steps;
}

function entryOf(node: Node, depth: number): HclEntry {
  const [key, value] = expressions(node);
  const given = value === undefined ? nothing : valueOf(value, depth);
  if (key === undefined) return { key: "", value: given };
  const read = valueOf(key, depth);
  if (read.kind === "literal") return { key: String(read.value), value: given };
  // A bare word is a key, not a name: `{ a = 1 }`. In parentheses it is a name.
  const bare = read.kind === "unknown" && read.expression?.kind === "name" && !key.text.startsWith("(");
  return bare ? { key: key.text, value: given } : { key: key.text, value: given, keyExpression: read };
}

function expressions(node: Node): readonly Node[] {
  return parts(node).filter((part) => part.type === "expression");
}
