import { z } from "zod";
import { canonicalJson } from "../../../lib/canonical-json.ts";
import { byField, byName, type Join } from "./join.ts";

/** What the documentation and the error messages know of a key. */
export interface Entry {
  /** `later`: the shape is read, so that mistakes are told, and the key is refused. */
  readonly enforced: true | "later";
  /** One sentence. */
  readonly says: string;
  /** The type as a reader of the file writes it: `quantity, such as 512Mi`. */
  readonly type: string;
  readonly joinName: string;
  /** What today's behaviour equals: the one value of a `later` key that is accepted. */
  readonly today: string | number | boolean | undefined;
  /** What holds where the key is absent, in words. */
  readonly otherwise?: string | undefined;
  /** Keys below: of a group, of each entry of a map (`NAME`), or of each element of a list (`[]`). */
  readonly below: { readonly kind: "group" | "map" | "list"; readonly keys: Readonly<Record<string, Entry>> } | null;
}

/** A key of the policy: how it is read, how files are joined, and what is said of it. Nothing else can stand in a schema. */
export interface Key<T> {
  readonly schema: z.ZodType<T>;
  readonly join: Join<T>;
  readonly entry: Entry;
}
type Keys = Readonly<Record<string, Key<unknown>>>;
type Value<K> = K extends Key<infer T> ? T : never;
type Stated<K extends Keys> = { readonly [P in keyof K]?: Value<K[P]> | undefined };

interface Words {
  readonly says: string;
  readonly type: string;
}
/** What holds where a key below a map is absent, for the documentation; top-level defaults are in `defaultStatement`. */
interface Otherwise {
  readonly otherwise?: string;
}

function entriesOf(keys: Keys): Readonly<Record<string, Entry>> {
  return Object.fromEntries(Object.entries(keys).map(([name, key]) => [name, key.entry]));
}

/** A key that is enforced now. */
export function key<T>(
  schema: z.ZodType<T>,
  { join, says, type, otherwise }: Words & Otherwise & { readonly join: Join<T> },
): Key<T> {
  return {
    schema,
    join,
    entry: { enforced: true, says, type, joinName: join.name, today: undefined, otherwise, below: null },
  };
}

/** Reports issues that another schema found below the value at hand. */
export function forward(context: z.RefinementCtx, issues: readonly z.core.$ZodIssue[]): void {
  for (const issue of issues) {
    context.addIssue({ code: "custom", message: issue.message, path: issue.path, params: { [nested]: issue } });
  }
}
export const nested = "nested";

/** Marks an issue that belongs to the key's own place, not to its value's. */
export const atKey = "at-key";

/**
 * A key that is not enforced yet. Its shape is read and its mistakes are told; then it is refused, because a line that is
 * accepted and does nothing is a promise that nobody keeps. Only the value that says what happens anyway passes.
 */
export function later(
  schema: z.ZodType,
  { joinName, says, type, today }: Words & { readonly joinName: string; readonly today?: string | number | boolean },
): Key<undefined> {
  const refusing = z.unknown().transform((value, context): undefined => {
    const read = schema.safeParse(value);
    forward(context, read.error?.issues ?? []);
    if (today !== undefined && canonicalJson(value) === canonicalJson(today)) return;
    const remedy = today === undefined ? "remove it" : `remove it, or write \`${String(today)}\``;
    context.addIssue({ code: "custom", message: "not enforced yet", params: { [atKey]: true, remedy } });
  });
  return {
    schema: refusing,
    join: {
      name: joinName,
      combine: () => undefined,
      override: () => undefined,
      pick: () => undefined,
    },
    entry: { enforced: "later", says, type, joinName, today, below: null },
  };
}

/** A mapping with these keys and no others. A key without a schema, a join and a sentence does not compile. */
export function group<const K extends Keys>(says: string, keys: K): Key<Stated<K>> {
  const shape = Object.fromEntries(Object.entries(keys).map(([name, { schema }]) => [name, schema.optional()]));
  const joins = Object.fromEntries(Object.entries(keys).map(([name, { join }]) => [name, join]));
  // Both casts restate what `Stated` says of `keys`: an object built by name loses its type.
  const schema = z.strictObject(shape) as unknown as z.ZodType<Stated<K>>;
  const join = byField("key by key", joins) as unknown as Join<Stated<K>>;
  const below = { kind: "group", keys: entriesOf(keys) } as const;
  return {
    schema,
    join,
    entry: { enforced: true, says, type: "mapping", joinName: join.name, today: undefined, below },
  };
}

/** A mapping from names, which the author chooses, to entries of one shape. */
export function map<T>(
  entry: Key<T>,
  { names, says, type }: Words & { readonly names: z.ZodType<string> },
): Key<Readonly<Record<string, T>>> {
  const join = byName(entry.join);
  return {
    schema: z.record(names, entry.schema),
    join,
    entry: {
      enforced: true,
      says,
      type,
      joinName: join.name,
      today: undefined,
      below: entry.entry.below === null ? null : { kind: "map", keys: entry.entry.below.keys },
    },
  };
}

/** A part of a list's element. It has no join of its own: elements are joined whole. */
export interface Part<S extends z.ZodType = z.ZodType> extends Words, Otherwise {
  readonly schema: S;
  readonly enforced: true;
}
export function part<S extends z.ZodType>(schema: S, words: Words & Otherwise): Part<S> {
  return { schema, enforced: true, ...words };
}
/** A list of elements with these parts. `join` joins what `become` made of the elements. */
export function list<const P extends Readonly<Record<string, Part>>, T>(
  parts: P,
  {
    become,
    join,
    says,
    type,
  }: Words & {
    readonly become: (elements: readonly z.output<z.ZodObject<{ [N in keyof P]: P[N]["schema"] }>>[]) => T;
    readonly join: Join<T>;
  },
): Key<T> {
  type Shape = { [N in keyof P]: P[N]["schema"] };
  const shape = Object.fromEntries(Object.entries(parts).map(([name, { schema }]) => [name, schema])) as Shape;
  const below = Object.fromEntries(
    Object.entries(parts).map(([name, { says: sentence, type: form, enforced, otherwise }]): [string, Entry] => [
      name,
      { enforced, says: sentence, type: form, joinName: "with its element", today: undefined, otherwise, below: null },
    ]),
  );
  return {
    schema: z.array(z.strictObject(shape)).transform(become),
    join,
    entry: { enforced: true, says, type, joinName: join.name, today: undefined, below: { kind: "list", keys: below } },
  };
}
