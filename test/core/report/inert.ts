const ownLink = /\]\(https:\/\/github\.com\/acme\/infra\/blob\/[\w.%/-]*#L\d+(?:-L\d+)?\)/g;
const ownTags = /<\/?details>|<\/?summary>/g;
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Variation_Selector}\u{A0}\u{3164}]/u;

/**
 * What of a report could take effect beyond its own structure, as a list of reasons; empty where nothing can. Follows
 * CommonMark for fences and spans of code: a fence ends with as long a bar, a span with a run of exactly as many backticks.
 */
export function liveParts(markdown: string): readonly string[] {
  const reasons: string[] = [];
  const { outside, open } = withoutFences(markdown);
  if (open) reasons.push("a fence stays open");
  const bare = outside.map(withoutCode);
  const tags = (tag: string) => bare.join("\n").split(tag).length;
  if (tags("<details>") !== tags("</details>")) reasons.push("a fold stays open");
  if (markdown.split("\n").some((line) => unseen.test(line.replaceAll("\t", "")))) reasons.push("an unseen character");
  for (const line of bare) {
    const rest = line.replace(ownLink, "]").replace(ownTags, "");
    const found = /<|@|\]\(|!\[|:\/\/|www\.|#\d|GH-\d|\$\w|:\w+:|javascript:/i.exec(
      rest.replace(/\\./g, "").replaceAll("&#", ""),
    );
    if (found !== null) reasons.push(`${found[0]} in: ${line}`);
  }
  return reasons;
}

function withoutFences(markdown: string): { readonly outside: readonly string[]; readonly open: boolean } {
  const outside: string[] = [];
  let bar: string | null = null;
  for (const line of markdown.split("\n")) {
    const run = /^ {0,3}(`{3,})\s*(\w*)\s*$/.exec(line);
    if (bar === null) {
      if (run?.[1] === undefined) outside.push(line);
      else bar = run[1];
    } else if (run?.[1] !== undefined && run[2] === "" && run[1].length >= bar.length) bar = null;
  }
  return { outside, open: bar !== null };
}

function withoutCode(line: string): string {
  const html = line.replace(/<code>[^<]*<\/code>/g, "");
  if (!html.includes("`")) return html;
  let rest = "";
  let at = 0;
  while (at < html.length) {
    if (html[at] === "\\") {
      rest += html.slice(at, at + 2);
      at += 2;
      continue;
    }
    if (html[at] !== "`") {
      rest += html[at];
      at += 1;
      continue;
    }
    const run = /^`+/.exec(html.slice(at))?.[0] ?? "`";
    const end = [...html.slice(at + run.length).matchAll(/`+/g)].find(([closing]) => closing === run);
    // A run without its partner is text.
    at += end === undefined ? run.length : run.length + end.index + run.length;
  }
  return rest;
}

/** The JSON block of a report, as a reader would cut it out. */
export function jsonBlock(text: string): string {
  return /\n```json\n(.*?)\n```\n<\/details>\s*$/s.exec(text)?.[1] ?? "";
}
