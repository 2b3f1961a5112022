import { type Code, type Call, within } from "../../code.ts";

type Function = Extract<Code, { kind: "function" }>;

/**
 * What names stand for while code is followed: constants and variables that are assigned once and nothing else, the parameters of the
 * block that is being followed, and the functions of the file.
 */
export interface Scope {
  readonly bound: ReadonlyMap<string, Code>;
  readonly functions: ReadonlyMap<string, Function>;
  /** How many calls and loops this one is inside of. */
  readonly depth: number;
  /** Inside of a condition: it may not run. */
  readonly maybe: boolean;
}

export const depthLimit = 8;

/** A name that is assigned twice, or is a parameter somewhere, has no one value. */
export function scopeOf(file: readonly Code[]): Scope {
  const bound = new Map<string, Code>();
  const functions = new Map<string, Function>();
  const taken = new Set<string>();
  const drop = (name: string): void => {
    taken.add(name);
    bound.delete(name);
  };
  for (const code of within(file)) {
    if (code.kind === "assignment") {
      if (taken.has(code.name)) bound.delete(code.name);
      else bound.set(code.name, code.value);
      taken.add(code.name);
    }
    if (code.kind === "function") {
      if (code.name !== null) functions.set(code.name, code);
      code.parameters.forEach(drop);
    }
    if (code.kind === "call") code.block?.parameters.forEach(drop);
  }
  return { bound, functions, depth: 0, maybe: false };
}

/** The scope inside of a function, block or loop that binds `names` to `values`; what has no value hides the name all the same. */
export function inside(scope: Scope, names: readonly string[], values: readonly (Code | undefined)[]): Scope {
  const bound = new Map(scope.bound);
  for (const [index, name] of names.entries()) {
    const value = values[index];
    if (value === undefined) bound.delete(name);
    else bound.set(name, value);
  }
  return { ...scope, bound, depth: scope.depth + 1 };
}

/** Calls that hand on a text as it is, as far as SQL goes: of Ruby's strings, of Python's, of SQLAlchemy and of Alembic (`op.f`). */
const sameText = new Set([
  "squish",
  "strip",
  "strip_heredoc",
  "freeze",
  "chomp",
  "to_s",
  "to_sym",
  "dedent",
  "cleandoc",
  "text",
  "DDL",
  "f",
]);

export interface Text {
  readonly value: string;
  readonly firstLine: number;
  /** The line on which it ends in the file. */
  readonly endLine: number;
}

/** The text that an expression comes to; null where that cannot be told. */
export function textOf(code: Code | undefined, scope: Scope, depth = 0): Text | null {
  if (code === undefined || depth > depthLimit) return null;
  const deeper = (inner: Code | undefined): Text | null => textOf(inner, scope, depth + 1);
  switch (code.kind) {
    case "text":
      return { value: code.value, firstLine: code.firstLine, endLine: code.endLine };
    case "literal":
      return typeof code.value === "number"
        ? { value: String(code.value), firstLine: code.line, endLine: code.endLine }
        : null;
    case "name":
      return deeper(scope.bound.get(code.name));
    case "template": {
      const parts = code.parts.map(deeper);
      return parts.every((part) => part !== null)
        ? { value: parts.map(({ value }) => value).join(""), firstLine: code.firstLine, endLine: code.endLine }
        : null;
    }
    case "call": {
      if (!sameText.has(code.name)) return null;
      return deeper(code.arguments[0] ?? code.of ?? undefined);
    }
    case "other": {
      // Texts that are added up.
      const parts = code.parts.map(deeper);
      const [first] = parts;
      if (first === undefined || first === null || code.parts.length !== 2 || !isSum(code)) return null;
      return parts.every((part) => part !== null)
        ? { value: parts.map(({ value }) => value).join(""), firstLine: first.firstLine, endLine: code.endLine }
        : null;
    }
    case "list":
    case "map":
    case "function":
    case "class":
    case "assignment":
    case "control":
      return null;
  }
}

function isSum({ text, parts }: Code & { readonly kind: "other" }): boolean {
  const [left, right] = parts;
  if (left === undefined || right === undefined) return false;
  return /^\s*\+\s*$/u.test(text.slice(left.text.length, text.length - right.text.length));
}

export function stringOf(code: Code | undefined, scope: Scope): string | null {
  return textOf(code, scope)?.value ?? null;
}

/** The items of a list that stands there, or that a name stands for. */
export function itemsOf(code: Code | undefined, scope: Scope): readonly Code[] | null {
  if (code?.kind === "list") return code.items;
  const value = code?.kind === "name" ? scope.bound.get(code.name) : undefined;
  if (value?.kind === "call" && value.name === "freeze" && value.of?.kind === "list") return value.of.items;
  return value?.kind === "list" ? value.items : null;
}

/** One text, or all of a list of them. */
export function stringsOf(code: Code | undefined, scope: Scope): readonly string[] | null {
  const one = stringOf(code, scope);
  if (one !== null) return [one];
  const items = itemsOf(code, scope)?.map((item) => stringOf(item, scope));
  return items?.every((item) => item !== null) === true ? items : null;
}

/** The argument of that name, or at that place. */
export function argument(call: Call, name: string | null, index: number | null): Code | undefined {
  const named = name === null ? undefined : call.named.find((one) => one.name === name)?.value;
  return named ?? (index === null ? undefined : call.arguments[index]);
}

/** What a named argument is where it is written as a plain value; undefined where it is absent or anything else. */
export function flag(call: Call, name: string): boolean | number | string | null | undefined {
  const value = argument(call, name, null);
  return value?.kind === "literal" || value?.kind === "text" ? value.value : undefined;
}
