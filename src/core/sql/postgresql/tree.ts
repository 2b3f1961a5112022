/** Reading of PostgreSQL's parse trees. What is absent or of another shape reads as empty: the grammar leaves out what is zero or false. */
export type Fields = Readonly<Record<string, unknown>>;

/** A node is an object of one key, its type: `{ "SelectStmt": { ... } }`. */
export interface Node {
  readonly type: string;
  readonly fields: Fields;
}

export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function nodeOf(value: unknown): Node {
  const [entry] = Object.entries(fieldsOf(value));
  return entry === undefined ? { type: "", fields: {} } : { type: entry[0], fields: fieldsOf(entry[1]) };
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** The texts of a list of `String` nodes. */
export function stringsOf(value: unknown): readonly string[] {
  return listOf(value).map((item) => textOf(fieldsOf(nodeOf(item).fields)["sval"]));
}

/** An integer constant; zero is left out by the grammar. */
export function integerText(value: unknown): string {
  const number = fieldsOf(value)["ival"];
  return typeof number === "number" ? String(number) : "0";
}

/** Options written as `DefElem` nodes, by their names in lower case. */
export function optionsOf(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(
    listOf(value).map((item) => {
      const { fields } = nodeOf(item);
      return [textOf(fields["defname"]).toLowerCase(), fields["arg"]] as const;
    }),
  );
}

/** What an option without a value, or with a word for one, switches. */
export function isOn(options: ReadonlyMap<string, unknown>, name: string): boolean {
  if (!options.has(name)) return false;
  const { type, fields } = nodeOf(options.get(name));
  switch (type) {
    case "":
      return true;
    case "Boolean":
      return fields["boolval"] === true;
    case "Integer":
      return fields["ival"] === 1;
    default:
      return !["false", "off", "no", "0"].includes(textOf(fields["sval"]).toLowerCase());
  }
}

/** Every node below a value, itself included, parents before children. */
export function* walk(value: unknown): Generator<Node> {
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (Array.isArray(next)) {
      for (let at = next.length - 1; at >= 0; at -= 1) open.push(next[at]);
    } else if (isFields(next)) {
      const entries = Object.entries(next);
      for (const [type, fields] of entries) if (isFields(fields)) yield { type, fields };
      for (const [, child] of entries.toReversed()) if (typeof child === "object") open.push(child);
    }
  }
}
