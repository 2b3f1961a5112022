import { byCodeUnits } from "../../lib/order.ts";
import type { HclBody, HclValue } from "../hcl.ts";
import { ofPlain } from "./configuration/values.ts";
import { attributeOf, textOf } from "../views/terraform.ts";
import type { GuardValue } from "./guard.ts";

/**
 * What stands at a path of a block. `absent`: the block that would hold it is there, and it is not. `without`: a block on the way is
 * absent too. `generated`: a `dynamic` block, of which nobody knows what it makes. `items`: those of a list, where all are decided.
 * `lines` are those of the attribute or of the block that comes nearest to it.
 */
export type Reading =
  | { readonly kind: "value"; readonly value: GuardValue; readonly line: number }
  | { readonly kind: "present"; readonly text: string; readonly line: number; readonly items: readonly string[] | null }
  | { readonly kind: "unknown"; readonly text: string; readonly line: number }
  | { readonly kind: "generated"; readonly text: string; readonly line: number }
  | { readonly kind: "absent"; readonly line: number }
  | { readonly kind: "without"; readonly line: number };

/** What stands at a path such as `settings.backup_configuration.enabled`: one reading for each block that repeats, at least one. */
export function readAt(body: HclBody, path: string, line: number): readonly Reading[] {
  return readIn(body, path.split("."), line);
}

function readIn(body: HclBody, [head = "", ...rest]: readonly string[], line: number): readonly Reading[] {
  const attribute = body.attributes.find(({ name }) => name === head);
  if (attribute !== undefined) return readValue(attribute.value, rest, attribute.line);
  const own = body.blocks.filter(({ type }) => type === head);
  const generated = body.blocks
    .filter(({ type, labels }) => type === "dynamic" && labels[0] === head)
    .map((block): Reading => {
      const each = attributeOf(block.body, "for_each");
      const text = `dynamic "${head}" for each of ${each === undefined ? "nothing" : textOf(each)}`;
      return { kind: "generated", text, line: block.line };
    });
  const written = own.flatMap((block): readonly Reading[] =>
    rest.length === 0
      ? [{ kind: "present", text: `a block ${head}`, line: block.line, items: null }]
      : readIn(block.body, rest, block.line),
  );
  const found = [...written, ...generated];
  return found.length > 0 ? found : [{ kind: rest.length === 0 ? "absent" : "without", line }];
}

function readValue(value: HclValue, path: readonly string[], line: number): readonly Reading[] {
  const [head, ...rest] = path;
  switch (value.kind) {
    case "unknown":
      return head !== undefined && value.json?.kind === "object"
        ? readValue(value.json, path, line)
        : [{ kind: "unknown", text: value.text, line }];
    case "literal":
      if (head !== undefined) {
        const document = documentIn(value.value);
        return document === null ? [{ kind: "without", line }] : readValue(document, path, line);
      }
      return value.value === null ? [{ kind: "absent", line }] : [{ kind: "value", value: value.value, line }];
    case "object": {
      if (head === undefined) return [{ kind: "present", text: textOf(value), line, items: null }];
      const inner = value.entries.find(({ key }) => key === head)?.value;
      return inner === undefined
        ? [{ kind: rest.length === 0 ? "absent" : "without", line }]
        : readValue(inner, rest, line);
    }
    case "list": {
      // Sets are written as lists: their order says nothing.
      const text = value.items.map(textOf).toSorted(byCodeUnits).join(", ");
      const items = value.items.every(({ kind }) => kind === "literal") ? value.items.map(textOf) : null;
      if (head === undefined) return [{ kind: "present", text: `[${text}]`, line, items }];
      return value.items.length === 0
        ? [{ kind: "without", line }]
        : value.items.flatMap((item) => readValue(item, path, line));
    }
  }
}

/** What an attribute holds as JSON: what is asked of it stands in there. */
function documentIn(value: string | number | boolean | null): HclValue | null {
  if (typeof value !== "string" || !value.trimStart().startsWith("{")) return null;
  try {
    return ofPlain(JSON.parse(value));
  } catch {
    return null; // no document: whoever applies it is told so by the provider
  }
}

/** What it says, wherever it stands. */
export function textOfReading(reading: Reading): string {
  const said = "value" in reading ? reading.value : "text" in reading ? reading.text : null;
  return JSON.stringify([reading.kind, said]);
}

export function sameReadings(a: readonly Reading[], b: readonly Reading[]): boolean {
  return JSON.stringify(a.map(textOfReading)) === JSON.stringify(b.map(textOfReading));
}
