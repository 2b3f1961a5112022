/** A line that stands in a document as code. */
interface Span {
  readonly text: string;
  readonly line: number;
}

const fence = /^\s{0,3}(?:>\s?)*(?:[-*+]\s+|\d+[.)]\s+)?\s*(?<fence>`{3,}|~{3,})\s*(?<language>[\w+.#-]*)/u;
/** Blocks that hold no commands: what a program prints, settings, drawings and languages that no shell reads. */
const foreign =
  /^(?:json5?|jsonc|ya?ml|toml|ini|xml|html|css|scss|diff|patch|mermaid|plantuml|hcl|terraform|tf|go|golang|rust|rs|java|kotlin|scala|swift|c|cpp|csharp|cs|typescript|ts|tsx|javascript|js|jsx|graphql|proto|protobuf|rego|cel|svg|csv|http|promql|nginx|properties|env|dotenv|php|elixir|erlang|haskell|lua|r|perl|markdown|md|mdx|python|py|ruby|rb)$/iu;
const prompt = /^(?:\(?[\w.@~:/-]*\)?\s*[$%❯➜]\s+|>\s+|#\s+(?=sudo ))/u;
/** Directives of AsciiDoc and reStructuredText that begin a block of code. */
const directive = /^\s*(?:\.\.\s+(?:code-block|code|sourcecode|prompt)::|\[source|----\s*$)/u;

/** Lines of code of a document: blocks between fences, blocks that are set in, and code within sentences. */
export function spansIn(text: string): readonly Span[] {
  const found: Span[] = [];
  let open: { readonly fence: string; readonly shown: boolean } | null = null;
  let above = "";
  let block = false;
  for (const [index, raw] of text.split(/\r?\n/u).entries()) {
    const line = index + 1;
    const mark = fence.exec(raw)?.groups;
    if (open !== null) {
      const closes = mark?.["fence"]?.startsWith(open.fence) === true && mark["language"] === "";
      if (closes) open = null;
      else if (open.shown) found.push(...shellOf(raw, line));
    } else if (mark?.["fence"] !== undefined) {
      open = { fence: mark["fence"], shown: !foreign.test(mark["language"] ?? "") };
      // Code that begins and ends on one line of a fence is code within a sentence.
      if (raw.slice(raw.indexOf(open.fence) + open.fence.length).includes(open.fence)) {
        open = null;
        found.push(...inlineOf(raw, line));
      }
    } else {
      block = /^(?: {4}|\t)/u.test(raw) && (block || above.trim() === "" || directive.test(above));
      found.push(...(block ? shellOf(raw, line) : inlineOf(raw, line)));
    }
    above = raw;
  }
  return found;
}

function shellOf(raw: string, line: number): readonly Span[] {
  const shell = raw
    .trim()
    .replace(/^(?:>\s)+/u, "")
    .replace(prompt, "");
  return shell === "" || shell.startsWith("#") || shell.startsWith("//") ? [] : [{ text: shell, line }];
}

/** Code within a sentence counts where it is more than the name of a command. */
function inlineOf(raw: string, line: number): readonly Span[] {
  return [...raw.matchAll(/(?<ticks>`+)(?<code>[^`]+)\k<ticks>/gu)].flatMap(({ groups }) => {
    const code = (groups?.["code"] ?? "").trim().replace(prompt, "");
    return /\s/u.test(code) ? [{ text: code.replace(/\\$/u, ""), line }] : [];
  });
}
