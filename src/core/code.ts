/**
 * Ruby and Python as plain data: no more of them than migrations are made of. What a language has beside that is `other`, with its parts,
 * so that nothing is lost by not being known. Lines count from 1; `text` is what is written there.
 */
export type Code = At & Part;

export interface At {
  readonly line: number;
  readonly endLine: number;
  readonly text: string;
}

type Part =
  /** A string or a symbol. `firstLine` is the line on which its value begins: a heredoc's is below its name. */
  | { readonly kind: "text"; readonly value: string; readonly firstLine: number }
  /** A string with expressions in it. */
  | { readonly kind: "template"; readonly parts: readonly Code[]; readonly firstLine: number }
  | { readonly kind: "literal"; readonly value: number | boolean | null }
  | { readonly kind: "list"; readonly items: readonly Code[] }
  | { readonly kind: "map"; readonly entries: readonly Entry[] }
  /** A variable, a constant, a dotted path: `models.CASCADE`, `ActiveRecord::Migration`. */
  | { readonly kind: "name"; readonly name: string }
  | Call
  /** Null is the name of a lambda. */
  | {
      readonly kind: "function";
      readonly name: string | null;
      readonly parameters: readonly string[];
      readonly body: readonly Code[];
    }
  | { readonly kind: "class"; readonly name: string; readonly bases: readonly Code[]; readonly body: readonly Code[] }
  | { readonly kind: "assignment"; readonly name: string; readonly value: Code }
  /** What may run never, once or often: `if`, `unless`, `for`, `return`, `rescue`. The condition is one of the parts. */
  | { readonly kind: "control"; readonly word: string; readonly parts: readonly Code[] }
  | { readonly kind: "other"; readonly parts: readonly Code[] };

export interface Entry {
  readonly key: Code;
  readonly value: Code;
}

/** `of` is what it is called on. `open`: a splat brings arguments that are not written here. A `with` of Python is a block. */
export interface Call {
  readonly kind: "call";
  readonly of: Code | null;
  readonly name: string;
  readonly arguments: readonly Code[];
  readonly named: readonly { readonly name: string; readonly value: Code }[];
  readonly open: boolean;
  readonly block: { readonly parameters: readonly string[]; readonly body: readonly Code[] } | null;
}

/** The code without where and how it is written: equal where only layout, quotes and comments differ. */
export function essence(code: Code): unknown {
  switch (code.kind) {
    case "text":
      return code.value;
    case "template":
      return ["template", ...code.parts.map(essence)];
    case "literal":
      return { value: code.value };
    case "list":
      return code.items.map(essence);
    case "map":
      return { map: code.entries.map(({ key, value }) => [essence(key), essence(value)]) };
    case "name":
      return { name: code.name };
    case "call":
      return {
        call: code.name,
        of: code.of === null ? null : essence(code.of),
        arguments: code.arguments.map(essence),
        named: code.named.map(({ name, value }) => [name, essence(value)]),
        open: code.open,
        block: code.block === null ? null : [code.block.parameters, code.block.body.map(essence)],
      };
    case "function":
      return { function: code.name, parameters: code.parameters, body: code.body.map(essence) };
    case "class":
      return { class: code.name, bases: code.bases.map(essence), body: code.body.map(essence) };
    case "assignment":
      return { assigns: code.name, value: essence(code.value) };
    case "control":
      return { control: code.word, parts: code.parts.map(essence) };
    case "other":
      // What the parts leave out (an operator) stands in the text only.
      return { other: code.text.replaceAll(/\s+/gu, " ") };
  }
}

/** Every piece of code in `codes`, the outer before the inner. */
export function* within(codes: readonly Code[]): Generator<Code> {
  for (const code of codes) {
    yield code;
    yield* within(partsOf(code));
  }
}

export function partsOf(code: Code): readonly Code[] {
  switch (code.kind) {
    case "text":
    case "literal":
    case "name":
      return [];
    case "template":
    case "control":
    case "other":
      return code.parts;
    case "list":
      return code.items;
    case "map":
      return code.entries.flatMap(({ key, value }) => [key, value]);
    case "call":
      return [
        ...(code.of === null ? [] : [code.of]),
        ...code.arguments,
        ...code.named.map(({ value }) => value),
        ...(code.block?.body ?? []),
      ];
    case "function":
      return code.body;
    case "class":
      return [...code.bases, ...code.body];
    case "assignment":
      return [code.value];
  }
}
