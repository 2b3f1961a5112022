import type { Code } from "../../code.ts";
import { sha256 } from "../../../lib/digest.ts";
import type { Tools } from "../../syntax.ts";
import { type Field, fieldOf } from "./django-fields.ts";
import { type Around, folderOf } from "./framework.ts";
import { argument, itemsOf, type Scope, scopeOf, stringOf } from "./scope.ts";

const stepLimit = 2_000;

/** The operations of a migration's class, as they stand in their list; null where that is no plain list. */
export function listed(file: readonly Code[], attribute: string): readonly Code[] | null {
  const migration = file.find((code) => code.kind === "class" && code.name === "Migration");
  if (migration?.kind !== "class") return null;
  const assigned = migration.body.find((code) => code.kind === "assignment" && code.name === attribute);
  if (assigned?.kind !== "assignment") return [];
  return itemsOf(assigned.value, scopeOf(file));
}

/** What is asked for: a field of a model, under the names that they had. */
interface Wanted {
  readonly model: string;
  readonly field: string;
}

/**
 * The field as the migrations before this one left it. `AlterField` says only what becomes of it, and most that are written change
 * nothing that the database knows. Null where a migration on the way cannot be read, or none that was read defines the field.
 */
export function formerField(
  path: string,
  file: readonly Code[],
  before: readonly Code[],
  wanted: Wanted,
  tools: Tools,
  around: Around,
): Field | null {
  const folder = folderOf(path);
  const app = folder.split("/").at(-2) ?? "";
  const here = lastIn(before, wanted, scopeOf(file));
  if (here.found !== undefined) return here.found;
  let asked = here.wanted;
  const queue = parents(file, app);
  const seen = new Set<string>();
  for (let step = 0; queue.length > 0 && step < stepLimit; step++) {
    // Names begin with their number: the latest first, where the history forked and came together again.
    queue.sort((a, b) => (a < b ? 1 : -1));
    const name = queue.shift() ?? "";
    if (seen.has(name)) continue;
    seen.add(name);
    const text = around(`${folder}/${name}.py`);
    const parsed = text === null ? null : tools.memo(`python-text/1/${sha256(text)}`, () => tools.syntax.python(text));
    const operations = parsed?.ok === true ? listed(parsed.value, "operations") : null;
    if (parsed?.ok !== true || operations === null) return null;
    const found = lastIn(operations, asked, scopeOf(parsed.value));
    if (found.found !== undefined) return found.found;
    asked = found.wanted;
    queue.push(...parents(parsed.value, app));
  }
  return null;
}

function parents(file: readonly Code[], app: string): string[] {
  const scope = scopeOf(file);
  return (listed(file, "dependencies") ?? []).flatMap((code) => {
    const [label, name] = code.kind === "list" ? code.items.map((item) => stringOf(item, scope)) : [];
    return label === app && typeof name === "string" ? [name] : [];
  });
}

/** The last operation of a list that says what the field is, and the names that it had before those that rename. */
function lastIn(
  operations: readonly Code[],
  wanted: Wanted,
  scope: Scope,
): { readonly found: Field | null | undefined; readonly wanted: Wanted } {
  let { model, field } = wanted;
  for (const code of operations.flatMap((one) => stateOf(one, scope)).toReversed()) {
    if (code.kind !== "call") continue;
    const text = (name: string, index: number): string => stringOf(argument(code, name, index), scope) ?? "";
    switch (code.name) {
      case "AddField":
      case "AlterField":
        if (text("model_name", 0).toLowerCase() === model && text("name", 1) === field)
          return { found: fieldOf(field, argument(code, "field", 2), scope), wanted };
        break;
      case "CreateModel": {
        if (text("name", 0).toLowerCase() !== model) break;
        const fields = itemsOf(argument(code, "fields", 1), scope) ?? [];
        const defined = fields.find((one) => one.kind === "list" && stringOf(one.items[0], scope) === field);
        return { found: defined?.kind === "list" ? fieldOf(field, defined.items[1], scope) : null, wanted };
      }
      case "RenameField":
        if (text("model_name", 0).toLowerCase() === model && text("new_name", 2) === field) field = text("old_name", 1);
        break;
      case "RenameModel":
        if (text("new_name", 1).toLowerCase() === model) model = text("old_name", 0).toLowerCase();
        break;
      default:
    }
  }
  return { found: undefined, wanted: { model, field } };
}

/** An operation that treats state and database apart says in its state what the field is. */
function stateOf(code: Code, scope: Scope): readonly Code[] {
  if (code.kind !== "call" || code.name !== "SeparateDatabaseAndState") return [code];
  return itemsOf(argument(code, "state_operations", 1), scope) ?? [];
}
