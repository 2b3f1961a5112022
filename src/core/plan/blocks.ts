/** A fenced block of a description. */
export interface Block {
  readonly text: string;
  /** False: the description ends before it does. */
  readonly closed: boolean;
}

interface Fence {
  readonly bar: string;
  readonly named: boolean;
  readonly lines: string[];
}

const opening = /^ {0,3}(?<bar>`{3,}|~{3,})(?<words>.*)$/u;

/**
 * The fenced blocks of a Markdown text whose first word is `name`, as GitHub shows them: a block within another one is text, and a
 * comment of HTML is not shown at all. What stands in a list or a quotation is nobody's block. https://spec.commonmark.org/0.31.2/#fenced-code-blocks
 */
export function blocksNamed(name: string, markdown: string): readonly Block[] {
  const blocks: Block[] = [];
  let open: Fence | null = null;
  let inComment = false;
  const finish = (fence: Fence, closed: boolean): void => {
    if (fence.named) blocks.push({ text: fence.lines.map((line) => `${line}\n`).join(""), closed });
  };
  for (const line of markdown.split(/\r\n|\n|\r/u)) {
    if (open !== null) {
      if (closes(line, open.bar)) {
        finish(open, true);
        open = null;
      } else open.lines.push(line);
      continue;
    }
    inComment ||= /^ {0,3}<!--/u.test(line);
    if (inComment) {
      inComment = !line.includes("-->");
      continue;
    }
    const { bar, words = "" } = opening.exec(line)?.groups ?? {};
    // A word of backticks after backticks is code within a line.
    if (bar === undefined || (bar.startsWith("`") && words.includes("`"))) continue;
    open = { bar, named: words.trim().split(/\s+/u)[0] === name, lines: [] };
  }
  if (open !== null) finish(open, false);
  return blocks;
}

function closes(line: string, bar: string): boolean {
  const text = line.replace(/^ {0,3}/u, "").replace(/[ \t]+$/u, "");
  return text.length >= bar.length && text.replaceAll(bar.slice(0, 1), "") === "";
}
