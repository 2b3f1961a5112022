import type { z } from "zod";
import { atKey, type Entry, nested } from "./schema/key.ts";
import { nearest } from "./suggest.ts";
import { type Path, shorten } from "./yaml.ts";

/** A mistake in a policy, with the path of keys where it stands. */
export interface Mistake {
  readonly path: Path;
  /** Whether the key or its value is what is wrong. */
  readonly at: "key" | "value";
  readonly message: string;
  readonly remedy: string | null;
}

const nouns: Readonly<Record<string, string>> = {
  invariants: "invariant",
  rules: "rule",
  environments: "environment",
};

/** "unknown invariant", with what was probably meant. */
export function unknownName(
  noun: string,
  name: string,
  candidates: Iterable<string>,
): Pick<Mistake, "message" | "remedy"> {
  const close = nearest(name, candidates);
  return {
    message: `unknown ${noun} "${shorten(name)}"`,
    remedy: close === null ? null : `did you mean "${close}"?`,
  };
}

/** Says what a schema refused, in the words of the file. `input` is the whole document, `entry` describes its keys. */
export function explain(issue: z.core.$ZodIssue, input: unknown, entry: Entry): readonly Mistake[] {
  const inner = "params" in issue && isIssue(issue.params?.[nested]) ? issue.params[nested] : null;
  if (inner !== null) return explain({ ...inner, path: issue.path }, input, entry);
  const path = issue.path.filter((part) => typeof part !== "symbol");
  const here = (message: string, remedy: string | null = null): readonly Mistake[] => [
    { path, at: "value", message, remedy },
  ];
  const value = valueAt(input, path);
  switch (issue.code) {
    case "unrecognized_keys": {
      const noun = nouns[String(path.at(-1))] ?? "key";
      const known = keysBelow(entry, path);
      return issue.keys.map((name) => ({ path: [...path, name], at: "key", ...unknownName(noun, name, known) }));
    }
    case "invalid_type":
      if (value === undefined) {
        return [
          { path: path.slice(0, -1), at: "value", message: `\`${String(path.at(-1))}\` is missing`, remedy: "add it" },
        ];
      }
      return here(`expected ${typeName(issue.expected)}, found ${found(value)}`);
    case "invalid_value": {
      if (value === undefined) {
        return [
          { path: path.slice(0, -1), at: "value", message: `\`${String(path.at(-1))}\` is missing`, remedy: "add it" },
        ];
      }
      const words = issue.values.map(String);
      const close = typeof value === "string" ? nearest(value, words) : null;
      const expected = words.length === 1 ? words[0] : `one of ${words.join(", ")}`;
      return here(`expected ${expected}, found ${found(value)}`, close === null ? null : `did you mean "${close}"?`);
    }
    case "invalid_key":
      return [
        {
          path,
          at: "key",
          message: `"${shorten(String(path.at(-1)))}" ${issue.issues[0]?.message ?? "is no name"}`,
          remedy: null,
        },
      ];
    case "invalid_format":
      return here(`${found(value)} ${issue.message}`);
    case "custom":
      return [custom(issue, path, value)];
    case "too_small":
      return here(issue.origin === "string" ? "expected some text, found none" : issue.message);
    case "too_big":
    case "not_multiple_of":
    case "invalid_union":
    case "invalid_element":
      return here(`expected another form than ${found(value)}: ${issue.message}`);
  }
}

function custom(issue: z.core.$ZodIssueCustom, path: Path, value: unknown): Mistake {
  const { expected, remedy } = issue.params ?? {};
  const at = issue.params?.[atKey] === true ? "key" : "value";
  const message = typeof expected === "string" ? `expected ${expected}, found ${found(value)}` : issue.message;
  return { path, at, message: notEnforced(message, path), remedy: typeof remedy === "string" ? remedy : null };
}

function notEnforced(message: string, path: Path): string {
  return message === "not enforced yet" ? `not enforced yet: \`${dotted(path)}\`` : message;
}

/** `limits.values[0].max`, as a reader would name the key. */
export function dotted(path: Path): string {
  return path.reduce<string>(
    (text, part) => (typeof part === "number" ? `${text}[${part}]` : text === "" ? part : `${text}.${part}`),
    "",
  );
}

function isIssue(value: unknown): value is z.core.$ZodIssue {
  return typeof value === "object" && value !== null && "code" in value && "path" in value;
}

function valueAt(input: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, part)
        ? (value as Readonly<Record<string | number, unknown>>)[part]
        : undefined,
    input,
  );
}

function keysBelow(entry: Entry, path: Path): readonly string[] {
  let current: Entry | undefined = entry;
  for (const part of path) {
    const below: Entry["below"] = current?.below ?? null;
    if (below === null) return [];
    if (below.kind === "group") current = below.keys[part];
    else current = { ...entry, below: { kind: "group", keys: below.keys } };
  }
  return Object.keys(current?.below?.keys ?? {});
}

function typeName(expected: string): string {
  switch (expected) {
    case "object":
    case "record":
      return "a mapping";
    case "array":
      return "a list";
    case "string":
      return "text";
    case "boolean":
      return "true or false";
    default:
      return `a ${expected}`;
  }
}

function found(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  if (typeof value === "string") return `"${shorten(value)}"`;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : `a ${typeof value}`;
}
