/** A text that a list or a key of a settings file holds, with the names of everything around it. */
export interface TextItem {
  readonly item: string;
  readonly line: number;
  readonly within: readonly string[];
}

interface Open {
  readonly key: string;
  readonly indent: number;
}

/**
 * Texts of a settings file in TOML or YAML, line by line: items of lists and values of keys, with the tables, keys and lists that they stand in. Lenient:
 * what a tool would refuse is read as far as it goes.
 */
export function textItems(text: string): readonly TextItem[] {
  const found: TextItem[] = [];
  let table = "";
  let open: readonly Open[] = [];
  let inList = false;
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw
      .slice(0, 2_000)
      .replace(/(^|\s)#(?!.*''').*$/, "")
      .trimEnd();
    const header = /^\s*\[{1,2}([\w.-]+)\]{1,2}$/.exec(line)?.[1];
    if (header !== undefined) {
      table = header;
      open = [];
      inList = false;
      continue;
    }
    if (line.trim() === "") continue;
    // Items of a list may stand right below the key that holds them, and belong to it all the same.
    const indent = line.length - line.trimStart().length + (/^\s*-\s/.test(line) ? 1 : 0);
    const key = inList ? null : /^\s*(?:-\s+)?["']?([\w-]+)["']?\s*[:=]\s*(.*)$/.exec(line);
    if (key !== null) {
      open = [...open.filter((one) => one.indent < indent), { key: key[1] ?? "", indent }];
    } else if (!inList) open = open.filter((one) => one.indent <= indent);
    const rest = key === null ? line.replace(/^\s*-\s*/, "") : (key[2] ?? "");
    if (rest.includes("[") && !rest.includes("]")) inList = true;
    const within = [table, ...open.map((one) => one.key)].filter((name) => name !== "");
    for (const item of itemsOf(rest)) found.push({ item, line: index + 1, within });
    if (inList && /\]\s*,?$/.test(rest)) inList = false;
  }
  return found;
}

function itemsOf(rest: string): readonly string[] {
  const quoted = [...rest.matchAll(/'''(.*?)'''|"((?:[^"\\]|\\.)*)"|'([^']*)'/g)].map(
    ([, block, double, single]) => block ?? double ?? single ?? "",
  );
  if (quoted.length > 0) return quoted;
  const bare = rest.replace(/^\[|\]?,?$/g, "").trim();
  return bare === "" || /^[|>[\]{}]/.test(bare) ? [] : [bare];
}
