import { joined } from "../../change/symlinks.ts";

/** `${{ … }}` of workflows, `{{ … }}` of Helm and Argo CD, `${…}`, `$(…)` and `$NAME` of shells. */
const expression = /\$?\{\{.*?\}\}|\$\{[^}]*\}|\$\([^)]*\)|\$[A-Za-z_]\w*/gu;

/** No path is longer; what is may be any, and no expression is searched in it. */
const lengthLimit = 1_000;

/** Whether a text holds a part that is only known when it is run. */
export function isOpen(text: string): boolean {
  return text.length > lengthLimit || text.search(expression) >= 0;
}

/** Puts something in the place of each expression; null leaves it as it stands. */
export function substituted(text: string, valueOf: (inside: string) => string | null): string {
  if (text.length > lengthLimit) return text;
  return text.replace(expression, (whole) => valueOf(insideOf(whole)) ?? whole);
}

function insideOf(whole: string): string {
  return whole
    .replace(/^\$?\{\{-?|^\$[{(]?/u, "")
    .replace(/-?\}\}$|[})]$/u, "")
    .trim();
}

/**
 * A path with wildcards in the place of its expressions, from `folder`. An expression that is a whole segment may stand for several.
 * Null: it leads out of the repository.
 */
export function patternOf(folder: string, text: string): string | null {
  const marked = text.length > lengthLimit ? "*" : text.replace(expression, "*");
  const path = joined(folder === "" ? [] : folder.split("/"), marked);
  if (path === null) return null;
  const segments = path.split("/").map((segment) => (/^\*+$/u.test(segment) ? "**" : segment.replace(/\*+/gu, "*")));
  return segments.join("/");
}

/** True for a pattern that says nothing: every path fits it. */
export function saysNothing(pattern: string): boolean {
  return /^(?:\*\*?\/?)*$/u.test(pattern);
}

/** Paths that stand in quotes inside expressions: what `default "charts/app"` falls back to. */
export function quotedPaths(text: string): readonly string[] {
  return (text.length > lengthLimit ? [] : (text.match(expression) ?? [])).flatMap((one) =>
    [...one.matchAll(/["']([\w.-]+(?:\/[\w.-]+)+)["']/gu)].map(([, path = ""]) => path),
  );
}

/** The quoted texts of a line of HCL, with `*` in the place of each interpolation, quotes inside it included. */
export function quotedIn(line: string): readonly string[] {
  const found: string[] = [];
  let text: string | null = null;
  let depth = 0;
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    if (text === null) text = character === '"' ? "" : null;
    else if (depth > 0) depth += character === "{" ? 1 : character === "}" ? -1 : 0;
    else if (line.startsWith("${", at)) {
      [text, depth] = [`${text}*`, 1];
      at++;
    } else if (character === '"') {
      found.push(text);
      text = null;
    } else text += character;
  }
  return found;
}
