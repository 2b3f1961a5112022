import { attributeOf, type TerraformBlock, textOf } from "../views/terraform.ts";

/** What a text means with the locals and the defaults of variables that it names, in one directory on one side. */
export interface Meaning {
  /** The same where everything that it stands on says the same. */
  readonly essence: string;
  /** What it comes to, where it is decided; null: an expression. */
  readonly literal: string | null;
  /** A default of a variable decides: somebody may give it another value from outside. */
  readonly byDefault: boolean;
  /** Addresses of the locals and variables behind it. */
  readonly behind: readonly string[];
}

export type Names = ReadonlyMap<
  string,
  { readonly block: TerraformBlock; readonly text: string; readonly decided: boolean }
>;

/** Locals and defaults of variables, by the name that expressions use (`var.region`). */
export function namesIn(blocks: readonly TerraformBlock[]): Names {
  return new Map(
    blocks.flatMap((block) => {
      const { type, labels, body } = block.block;
      const [name = ""] = labels;
      const value = type === "local" ? body.attributes[0]?.value : attributeOf(body, "default");
      if ((type !== "local" && type !== "variable") || value === undefined) return [];
      const address = type === "local" ? `local.${name}` : `var.${name}`;
      return [[address, { block, text: textOf(value), decided: value.kind !== "unknown" }] as const];
    }),
  );
}

const reference = /\b(?:var|local)\.[A-Za-z_][\w-]*/gu;

/** `decided`: the text is a value, and names nothing. */
export function meaningOf(text: string, decided: boolean, names: Names): Meaning {
  if (decided) return { essence: JSON.stringify(text), literal: text, byDefault: false, behind: [] };
  const passed = followed(text, names);
  const last = passed.at(-1) ?? text;
  const found = passed.length > 0 ? names.get(last) : undefined;
  const end = found?.text ?? text;
  const byDefault = passed.some((name) => name.startsWith("var."));
  const literal = found?.decided === true ? found.text : null;
  const under = [...reachedFrom(end, names)].toSorted();
  const said = [end, ...under.map((name) => [name, names.get(name)?.text ?? null])];
  return { essence: JSON.stringify(literal ?? said), literal, byDefault, behind: [...passed, ...under] };
}

/** From name to name, as long as a text is nothing but a name. One that leads back to itself ends it. */
function followed(text: string, names: Names): readonly string[] {
  const passed = new Set<string>();
  for (let at = text; names.has(at) && !passed.has(at); at = names.get(at)?.text ?? "") passed.add(at);
  return [...passed];
}

function reachedFrom(text: string, names: Names): ReadonlySet<string> {
  const reached = new Set<string>(referencesIn(text));
  for (const name of reached) for (const next of referencesIn(names.get(name)?.text ?? "")) reached.add(next);
  return reached;
}

function referencesIn(text: string): readonly string[] {
  return [...text.matchAll(reference)].map(([name]) => name);
}
