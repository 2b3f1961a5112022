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
  const behind = new Set<string>(referencesIn(text));
  for (const name of behind) for (const next of referencesIn(names.get(name)?.text ?? "")) behind.add(next);
  const { literal, byDefault } = followed(text, names, behind.size);
  const all = [...behind].toSorted();
  const said = [text, ...all.map((name) => [name, names.get(name)?.text ?? null])];
  return { essence: JSON.stringify(literal ?? said), literal, byDefault, behind: all };
}

/** From name to name, as long as a text is nothing but a name. A name that leads to itself is left after as many steps as there are names. */
function followed(text: string, names: Names, steps: number): Pick<Meaning, "literal" | "byDefault"> {
  let at = text;
  let byDefault = false;
  for (let step = 0; step <= steps; step++) {
    const found = names.get(at);
    if (found === undefined) break;
    byDefault ||= at.startsWith("var.");
    if (found.decided) return { literal: found.text, byDefault };
    at = found.text;
  }
  return { literal: null, byDefault };
}

function referencesIn(text: string): readonly string[] {
  return [...text.matchAll(reference)].map(([name]) => name);
}
