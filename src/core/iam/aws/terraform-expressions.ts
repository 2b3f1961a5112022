/** Functions that give the one thing of a list, which is there or not: `one(aws_iam_role.api[*].name)`. */
const singling = /^(?:join\("", (.*)\)|(?:one|nonsensitive|try)\((.*?)(?:, (?:""|null))?\))$/su;

/** The expression that is left when nothing but the choice of the only instance is taken away. */
export function bare(text: string): string {
  const own = text.trim();
  const inner = singling
    .exec(own)
    ?.slice(1)
    .find((part) => part !== undefined);
  return inner === undefined ? own : bare(inner.replaceAll("[*].", "[0]."));
}

const closers: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/** At the commas that stand in no bracket and no quotes. Null: the brackets do not close. */
export function splitList(text: string): readonly string[] | null {
  const parts: string[] = [];
  const open: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? "";
    const inside = open.at(-1);
    if (inside === '"') {
      if (character === "\\") at++;
      else if (character === '"') open.pop();
      else if (text.startsWith("${", at)) {
        open.push("}");
        at++;
      }
    } else if (character === '"') open.push('"');
    else if (closers[character] !== undefined) open.push(closers[character]);
    else if (character === inside) open.pop();
    else if (")]}".includes(character)) return null;
    else if (character === "," && open.length === 0) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  if (open.length > 0) return null;
  return [...parts, text.slice(from)].map((part) => part.trim()).filter((part) => part !== "");
}
