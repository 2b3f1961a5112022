import { unreachable } from "../../lib/assert.ts";
import { type Effect, type Name, type ObjectKind, spell } from "./model.ts";

/** Whether a change itself created what a statement touches. `perhaps`: `if not exists`, or the schema is not said the same way. */
export type Created = "yes" | "perhaps" | "no";

/** What the migrations of one change have created so far, in the order in which they run. Names are those that the search path resolves. */
export class Creations {
  readonly #objects = new Map<string, Created>();
  readonly #columns = new Set<string>();
  readonly #columnTypes = new Map<string, string>();
  readonly #functions = new Map<string, readonly Effect[]>();
  readonly #required = new Set<string>();
  /** The columns that checks require which have not looked at the rows yet. */
  readonly #unvalidated = new Map<string, readonly string[]>();
  /** The first schema of the search path, where a statement set one. */
  #schema: string | null = null;

  /** Each file has a session of its own. */
  beginFile(): void {
    this.#schema = null;
  }

  /** What stood behind the object of an effect when it is reached. */
  of(effect: Effect): Created {
    const target = targetOf(effect);
    if (target === null) return "no";
    const own = this.#find(target.what, target.name);
    if (own !== "no" || target.column === null) return own;
    return this.#columns.has(this.#columnKey(target.name, target.column)) ? "yes" : "no";
  }

  /** Whether every one of these columns was added by the change. */
  addedAll(table: Name, columns: readonly string[]): boolean {
    return columns.length > 0 && columns.every((column) => this.#columns.has(this.#columnKey(table, column)));
  }

  /** The type that the change itself gave a column, null where it did not. */
  typeOf(table: Name, column: string): string | null {
    return this.#columnTypes.get(this.#columnKey(table, column)) ?? null;
  }

  /** What a function does that the change wrote; null for one that it did not. */
  bodyOf(name: Name): readonly Effect[] | null {
    return this.#functions.get(name.name.toLowerCase()) ?? null;
  }

  /** Whether a check of the change has seen to it that a column is never null. */
  isRequired(table: Name, column: string): boolean {
    return this.#required.has(this.#columnKey(table, column)) || this.#required.has(this.#columnKey(table, "*"));
  }

  apply(effect: Effect): void {
    switch (effect.does) {
      case "creates-table": {
        const created = effect.ifNotExists && !effect.temporary ? "perhaps" : "yes";
        this.#put("table", effect.table, created);
        for (const { name, type } of effect.columns) {
          if (type !== null) this.#columnTypes.set(this.#columnKey(effect.table, name), type);
        }
        return;
      }
      case "creates":
        this.#put(effect.what, effect.name, "yes");
        return;
      case "adds-column":
        if (!effect.ifNotExists) this.#columns.add(this.#columnKey(effect.table, effect.column.name));
        if (effect.column.type !== null) {
          this.#columnTypes.set(this.#columnKey(effect.table, effect.column.name), effect.column.type);
        }
        return;
      case "changes-type":
        this.#columnTypes.set(this.#columnKey(effect.table, effect.column), effect.to);
        return;
      case "creates-index":
        if (effect.name !== null) this.#put("index", { schema: effect.table.schema, name: effect.name }, "yes");
        return;
      case "writes-function":
        this.#functions.set(effect.name.name.toLowerCase(), effect.body);
        if (!effect.replaces) this.#put("function", effect.name, "yes");
        return;
      case "writes-policy":
        this.#put("policy", { schema: null, name: `${spell(effect.table)}.${effect.name}` }, "yes");
        return;
      case "adds-constraint":
        if (effect.name !== null)
          this.#put("constraint", { schema: null, name: `${spell(effect.table)}.${effect.name}` }, "yes");
        if (effect.validated) this.#require(effect.table, effect.notNull);
        else if (effect.name !== null) {
          this.#unvalidated.set(`${this.#key("table", effect.table)} ${effect.name}`, effect.notNull);
        }
        return;
      case "validates-constraint":
        // Where its constraint came with an earlier change, which columns it is about is not seen.
        this.#require(
          effect.table,
          this.#unvalidated.get(`${this.#key("table", effect.table)} ${effect.name}`) ?? ["*"],
        );
        return;
      case "renames":
        this.#rename(effect.what, effect.name, effect.to);
        return;
      case "renames-column":
        if (this.#columns.delete(this.#columnKey(effect.table, effect.column))) {
          this.#columns.add(this.#columnKey(effect.table, effect.to));
        }
        return;
      case "drops":
        this.#objects.delete(this.#key(effect.what, effect.name));
        return;
      case "drops-column":
        this.#columns.delete(this.#columnKey(effect.table, effect.column));
        return;
      case "sets":
        if (effect.setting === "search_path") this.#schema = effect.value?.split(",")[0]?.trim() ?? null;
        return;
      case "sets-not-null":
      case "drops-not-null":
      case "sets-default":
      case "drops-constraint":
      case "drops-index":
      case "truncates":
      case "deletes-rows":
      case "updates-rows":
      case "inserts-rows":
      case "attaches-partition":
      case "detaches-partition":
      case "drops-partition":
      case "locks":
      case "rebuilds":
      case "grants":
      case "revokes":
      case "changes-role":
      case "row-security":
      case "adds-enum-value":
      case "renames-enum-value":
      case "changes-sequence":
      case "calls":
      case "switches-trigger":
      case "runs-program":
      case "reaches-outside":
      case "changes-owner":
      case "transaction":
      case "nothing":
      case "unknown":
        return;
      default:
        unreachable(effect);
    }
  }

  #require(table: Name, columns: readonly string[]): void {
    for (const column of columns) this.#required.add(this.#columnKey(table, column));
  }

  #key(what: Target, { schema, name }: Name): string {
    return `${what} ${schema ?? this.#schema ?? ""}.${name}`;
  }

  #columnKey(table: Name, column: string): string {
    return `${this.#key("table", table)} ${column}`;
  }

  #put(what: Target, name: Name, created: Created): void {
    const key = this.#key(what, name);
    // A second `create ... if not exists` says nothing of the first.
    if (created === "yes" || !this.#objects.has(key)) this.#objects.set(key, created);
  }

  #find(what: Target, name: Name): Created {
    const exact = this.#objects.get(this.#key(what, name));
    if (exact !== undefined) return exact;
    const other = name.schema === "public" ? null : name.schema === null ? "public" : undefined;
    if (other === undefined) return "no";
    return this.#objects.has(`${what} ${other ?? ""}.${name.name}`) ? "perhaps" : "no";
  }

  #rename(what: ObjectKind, name: Name, to: string): void {
    const created = this.#objects.get(this.#key(what, name));
    if (created === undefined) return;
    this.#objects.delete(this.#key(what, name));
    const [schema, own] = to.includes(".")
      ? [to.slice(0, to.indexOf(".")), to.slice(to.indexOf(".") + 1)]
      : [name.schema, to];
    this.#objects.set(this.#key(what, { schema, name: own }), created);
  }
}

type Target = ObjectKind | "index" | "constraint";

/** The object whose loss or lock an effect means, with the column where it is about one. */
function targetOf(
  effect: Effect,
): { readonly what: Target; readonly name: Name; readonly column: string | null } | null {
  switch (effect.does) {
    case "drops": {
      const { what, name, on } = effect;
      if (what === "policy" && on !== null)
        return { what, name: { schema: null, name: `${spell(on)}.${name.name}` }, column: null };
      return { what, name, column: null };
    }
    case "renames":
      return { what: effect.what, name: effect.name, column: null };
    case "drops-index":
      return { what: "index", name: effect.name, column: null };
    case "drops-column":
    case "renames-column":
    case "changes-type":
    case "drops-not-null":
      return { what: "table", name: effect.table, column: effect.column };
    case "rebuilds": {
      const what = effect.by === "refresh" ? "materialized view" : "table";
      return effect.name === null ? null : { what, name: effect.name, column: null };
    }
    case "detaches-partition":
    case "drops-partition":
      return { what: "table", name: effect.table, column: null };
    case "renames-enum-value":
    case "adds-enum-value":
      return { what: "type", name: effect.type, column: null };
    case "creates":
    case "grants":
    case "revokes":
    case "changes-role":
    case "changes-sequence":
    case "writes-function":
    case "calls":
    case "sets":
    case "runs-program":
    case "reaches-outside":
    case "changes-owner":
    case "transaction":
    case "nothing":
    case "unknown":
      return null;
    case "creates-table":
    case "adds-column":
    case "sets-not-null":
    case "sets-default":
    case "adds-constraint":
    case "validates-constraint":
    case "drops-constraint":
    case "creates-index":
    case "truncates":
    case "deletes-rows":
    case "updates-rows":
    case "inserts-rows":
    case "attaches-partition":
    case "locks":
    case "row-security":
    case "writes-policy":
    case "switches-trigger":
      return { what: "table", name: effect.table, column: null };
    default:
      return unreachable(effect);
  }
}
