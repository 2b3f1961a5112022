import type { z } from "zod";
import { byCodeUnits } from "../../lib/order.ts";
import type { KnownRule, PolicyContext } from "./context.ts";
import { explain, type Mistake, unknownName } from "./explain.ts";
import { disagreements } from "./consistency.ts";
import { asMapping, belongsElsewhere, misplaced, operationsRoot } from "./operations-file.ts";
import type { Scope } from "./places.ts";
import { root, type Statement } from "./schema/root.ts";
import type { PolicySource } from "./schema.ts";
import { type Located, type Path, type Position, placeKey, readYaml } from "./yaml.ts";
import { withZones } from "./zones.ts";

/** A mistake in a policy file, with its place. */
export interface PolicyError extends Position {
  /** `owner/name@sha:path`, or the path alone for a file that is in no repository. */
  readonly file: string;
  readonly message: string;
  /** What the reader can do, as a clause. */
  readonly remedy: string | null;
}

/** One policy file that was read without a mistake: what it states, and where. */
export interface PolicyDocument {
  readonly source: PolicySource;
  readonly scope: Scope;
  readonly statement: Statement;
  readonly located: Located;
}

export type ParsedPolicy =
  | { readonly ok: true; readonly document: PolicyDocument }
  | { readonly ok: false; readonly errors: readonly PolicyError[] };

/** Reads one policy file. All its mistakes are told at once, in the order of their places. Never throws on a text. */
export function parsePolicy(source: PolicySource, context: PolicyContext): ParsedPolicy {
  if (context.scope === "operations") return parseOperations(source);
  const file = fileName(source);
  const read = readYaml(source.text, "write `version: 1`, or delete the file for the strict default");
  if (!read.ok) return { ok: false, errors: read.mistakes.map((mistake) => ({ file, ...mistake })) };
  const { located } = read;
  const parsed = root.schema.safeParse(located.value);
  const mistakes: readonly Mistake[] = [
    ...(parsed.error?.issues ?? []).flatMap((issue) => explain(issue, located.value, root.entry)),
    ...missingVersion(located.value),
    ...ruleMistakes(located.value, context.rules),
    ...(parsed.success ? disagreements(parsed.data, located.value, context) : []),
  ];
  if (mistakes.length > 0 || !parsed.success) return { ok: false, errors: placed(mistakes, file, located) };
  return { ok: true, document: { source, scope: context.scope, statement: withZones(parsed.data), located } };
}

/** Reads a file of planned operations, which states nothing else. */
function parseOperations(source: PolicySource): ParsedPolicy {
  const file = fileName(source);
  const read = readYaml(source.text, "write `operations: []`, or delete the file");
  if (!read.ok) return { ok: false, errors: read.mistakes.map((mistake) => ({ file, ...mistake })) };
  const located = asMapping(read.located);
  const parsed = operationsRoot.schema.safeParse(located.value);
  const mistakes: readonly Mistake[] = [
    ...misplaced(located.value),
    ...(parsed.error?.issues ?? [])
      .flatMap((issue) => explain(issue, located.value, operationsRoot.entry))
      // They are told above where they belong.
      .filter(({ path, at }) => path.length !== 1 || at !== "key" || !belongsElsewhere(String(path[0]))),
  ];
  if (mistakes.length > 0 || !parsed.success) return { ok: false, errors: placed(mistakes, file, located) };
  return { ok: true, document: { source, scope: "operations", statement: parsed.data, located } };
}

/** Gives mistakes their places, in the order of the file. */
export function placed(mistakes: readonly Mistake[], file: string, located: Located): readonly PolicyError[] {
  return mistakes
    .map(({ path, at, message, remedy }) => ({ file, ...placeOf(located, path, at), message, remedy }))
    .toSorted((a, b) => a.line - b.line || a.column - b.column || byCodeUnits(a.message, b.message));
}

/** Where a key stands, or the nearest one above it that is in the file. */
function placeOf(located: Located, path: Path, at: Mistake["at"]): Position {
  for (let length = path.length; length >= 0; length--) {
    const place = located.places.get(placeKey(path.slice(0, length)));
    if (place !== undefined) return at === "key" || length < path.length ? place.key : place.value;
  }
  return { line: 1, column: 1 };
}

export function fileName({ repository, sha, path }: PolicySource): string {
  const commit = sha === "" ? "" : `@${sha.slice(0, 7)}`;
  return repository === "" ? path : `${repository}${commit}:${path}`;
}

/** `Cannot read policy acme/shop@1f2e3d4:.github/sallyport.yml:12:3: unknown invariant "no-secret"; did you mean "no-secrets"?` */
export function policyErrorText({ file, line, column, message, remedy }: PolicyError): string {
  return `Cannot read policy ${file}:${line}:${column}: ${message}${remedy === null ? "" : `; ${remedy}`}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function missingVersion(value: unknown): readonly Mistake[] {
  if (!isRecord(value) || Object.hasOwn(value, "version")) return [];
  return [{ path: [], at: "value", message: "`version` is missing", remedy: "add the line `version: 1`" }];
}

/** The rules and their options are known to the program, not to the schema. */
function ruleMistakes(value: unknown, known: readonly KnownRule[]): readonly Mistake[] {
  const stated = isRecord(value) && isRecord(value["rules"]) ? value["rules"] : {};
  return Object.entries(stated).flatMap(([id, entry]): readonly Mistake[] => {
    const schema = known.find((rule) => rule.id === id)?.options;
    if (schema === undefined)
      return [
        {
          path: ["rules", id],
          at: "key",
          ...unknownName(
            "rule",
            id,
            known.map((rule) => rule.id),
          ),
        },
      ];
    const options = isRecord(entry) ? entry["options"] : undefined;
    if (options === undefined) return [];
    const path = ["rules", id, "options"];
    return (schema.strict().safeParse(options).error?.issues ?? [])
      .map((issue) => ({ ...issue, path: [...path, ...issue.path] }))
      .flatMap((issue) => explain(issue, value, optionsEntry(schema)));
  });
}

/** Describes a rule's options to `explain`, so that a misspelt option is met with the right one. */
function optionsEntry(schema: z.ZodObject): typeof root.entry {
  const leaf = { ...root.entry, below: null };
  const group = (keys: Readonly<Record<string, typeof leaf | typeof root.entry>>): typeof root.entry => ({
    ...root.entry,
    below: { kind: "group", keys },
  });
  const options = group(Object.fromEntries(Object.keys(schema.shape).map((name) => [name, leaf])));
  return group({ rules: { ...root.entry, below: { kind: "map", keys: { options } } } });
}
