import type { Tree } from "../../views/documents.ts";
import { constantMark, marked, unknownMark } from "./policy.ts";
import type { Json } from "./read.ts";

/**
 * A part of a document as plain data. Functions of CloudFormation are taken in both forms (`!Sub`, `Fn::Sub`): what names a resource or the
 * account is a constant, a parameter and every other function is not decided.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 * `isResource` tells logical names of resources from parameters.
 */
export function plainTree(tree: Tree, isResource: (name: string) => boolean = () => false): Json {
  const inner = (one: Tree): Json => plainTree(one, isResource);
  const name = functionOf(tree);
  if (name !== null) return called(name.name, name.argument, isResource);
  switch (tree.kind) {
    case "scalar":
      return tree.value;
    case "list":
      return tree.items.filter((item) => !isNothing(item)).map(inner);
    case "map":
      return Object.fromEntries(
        tree.entries.filter(({ value }) => !isNothing(value)).map(({ key, value }) => [key, inner(value)]),
      );
  }
}

interface Call {
  readonly name: string;
  readonly argument: Tree;
}

function functionOf(tree: Tree): Call | null {
  if (tree.tag !== undefined) {
    const { tag, ...argument } = tree;
    return { name: tag.slice(1), argument };
  }
  if (tree.kind !== "map" || tree.entries.length !== 1) return null;
  const [only] = tree.entries;
  if (only === undefined) return null;
  const name = only.key === "Ref" ? "Ref" : /^Fn::(\w+)$/u.exec(only.key)?.[1];
  return name === undefined ? null : { name, argument: only.value };
}

/** `!Ref AWS::NoValue` takes away what it stands in. */
function isNothing(tree: Tree): boolean {
  const call = functionOf(tree);
  return call?.name === "Ref" && call.argument.kind === "scalar" && call.argument.value === "AWS::NoValue";
}

function called(name: string, argument: Tree, isResource: (name: string) => boolean): Json {
  const [first, second] = argument.kind === "list" ? argument.items : [argument];
  switch (name) {
    case "Ref":
      return named(textOf(argument), isResource);
    case "GetAtt":
      return named(argument.kind === "list" ? argument.items.map(textOf).join(".") : textOf(argument), () => true);
    case "Sub":
      return substituted(first, second, isResource);
    case "Join": {
      const parts = second === undefined ? null : plainTree(second, isResource);
      if (Array.isArray(parts) && first?.kind === "scalar" && parts.every((one) => typeof one !== "object"))
        return parts.map(String).join(String(first.value));
      break;
    }
    default:
      break;
  }
  return marked(`${name} ${JSON.stringify(plainTree(argument, isResource))}`, unknownMark);
}

function named(name: string, isResource: (name: string) => boolean): string {
  const constant = name.startsWith("AWS::") || isResource(name.split(".")[0] ?? "");
  return marked(name, constant ? constantMark : unknownMark);
}

/** `${Name}` is filled in, `${!Name}` stands for `${Name}` itself. */
function substituted(text: Tree | undefined, given: Tree | undefined, isResource: (name: string) => boolean): string {
  const own = new Map(
    given?.kind === "map" ? given.entries.map(({ key, value }) => [key, plainTree(value, isResource)]) : [],
  );
  const source = text === undefined ? "" : textOf(text);
  return source.replaceAll(/\$\{(!?)([^}]*)\}/gu, (_, literal: string, inside: string) => {
    if (literal === "!") return `\${${inside}}`;
    const value = own.get(inside.trim());
    if (value !== undefined && typeof value !== "object") return String(value);
    return inside.includes(".") ? named(inside.trim(), () => true) : named(inside.trim(), isResource);
  });
}

function textOf(tree: Tree): string {
  return tree.kind === "scalar" ? String(tree.value) : JSON.stringify(plainTree(tree));
}
