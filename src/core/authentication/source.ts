import type { ChangedFile, FileVersion } from "../change/change-set.ts";
import { textOrReason } from "../change/unreadable.ts";

export type Language = "python" | "script" | "jvm" | "go" | "ruby" | "dotnet";

const languages: readonly (readonly [RegExp, Language])[] = [
  [/\.pyi?$/u, "python"],
  [/(?<!\.d)\.[cm]?[jt]sx?$/u, "script"],
  [/\.(?:java|kts?|groovy|scala)$/u, "jvm"],
  [/\.go$/u, "go"],
  [/\.rb$/u, "ruby"],
  [/\.cs$/u, "dotnet"],
];

/** What is not served to anybody: tests and what they need, texts for readers, code of others, and code that was made by a tool. */
const aside = [
  /(?:^|\/)(?:tests?|__tests__|testing|testdata|specs?|e2e|fixtures?|__fixtures__|mocks?|__mocks__|examples?|samples?|docs?|demos?|benchmarks?|cypress|playwright|stories|storybook|vendor|third_party|node_modules|dist|build|generated|scripts|migrations)\//iu,
  /(?:^|\/)(?:test_[^/]*|conftest|[^/]*(?:[._-](?:test|tests|spec|e2e|mock|stories|min|gen|pb)|Tests?|IT|Spec|Mock))\.[^/.]+$/u,
];

/** The language that a file of a program is written in; null for others, and for files that serve nobody. */
export function languageOf(path: string): Language | null {
  if (aside.some((one) => one.test(path))) return null;
  return languages.find(([names]) => names.test(path))?.[1] ?? null;
}

/** A line of a program. `code` has blanks in the place of comments and of what stands between quotes, `text` in that of comments only. */
export interface Line {
  readonly code: string;
  readonly text: string;
}

const quotes: Readonly<Record<Language, readonly string[]>> = {
  python: ['"""', "'''", '"', "'"],
  script: ["`", '"', "'"],
  jvm: ['"""', '"', "'"],
  go: ["`", '"', "'"],
  ruby: ['"', "'", "`"],
  dotnet: ['"""', '"', "'"],
};
const overLines = new Set(['"""', "'''", "`"]);

/**
 * The lines of a program without its comments. By characters, not by a grammar: a regular expression or a heredoc that holds a quote
 * may hide the rest of its line.
 */
export function linesOf(text: string, language: Language): readonly Line[] {
  const hash = language === "python" || language === "ruby";
  const lines: Line[] = [];
  let [code, shown] = ["", ""];
  let open: string | null = null;
  const put = (one: string, inCode: boolean, inText: boolean): void => {
    code += inCode ? one : " ".repeat(one.length);
    shown += inText ? one : " ".repeat(one.length);
  };
  for (let at = 0; at < text.length; ) {
    const one = text[at] ?? "";
    if (one === "\n") {
      lines.push({ code, text: shown });
      [code, shown] = ["", ""];
      if (open !== null && open !== "*/" && !overLines.has(open)) open = null;
      at += 1;
    } else if (open === null) {
      const begun = startOf(text, at, hash, quotes[language]);
      if (begun === "line") {
        const end = text.indexOf("\n", at);
        put(text.slice(at, end < 0 ? text.length : end), false, false);
        at = end < 0 ? text.length : end;
      } else if (begun === null) {
        put(one, true, true);
        at += 1;
      } else {
        open = begun;
        const length = begun.length;
        put(text.slice(at, at + length), begun !== "*/", begun !== "*/");
        at += length;
      }
    } else if (text.startsWith(open, at)) {
      put(open, open !== "*/", open !== "*/");
      at += open.length;
      open = null;
    } else {
      const length = one === "\\" && open !== "*/" && text[at + 1] !== "\n" ? 2 : 1;
      put(text.slice(at, at + length), false, open !== "*/");
      at += length;
    }
  }
  lines.push({ code, text: shown });
  return lines;
}

/** What begins here: a comment to the end of the line, or something that ends with the text that is returned. */
function startOf(text: string, at: number, hash: boolean, marks: readonly string[]): string | null {
  if (hash ? text[at] === "#" : text.startsWith("//", at)) return "line";
  if (!hash && text.startsWith("/*", at)) return "*/";
  return marks.find((mark) => text.startsWith(mark, at)) ?? null;
}

/** Both sides of a program file, as lines; null where a side is absent. */
export interface Program {
  readonly path: string;
  readonly language: Language;
  readonly before: readonly Line[] | null;
  readonly after: readonly Line[] | null;
  /** Why the head could not be read, where the base could. */
  readonly unread: string | null;
}

/** The programs that a change touches. One that goes and another of its name that comes are one that moved. */
export function programsOf(files: readonly ChangedFile[]): readonly Program[] {
  const own = files.flatMap((file) => {
    const language = languageOf(file.path);
    return language === null ? [] : [{ ...file, language }];
  });
  const gone = Map.groupBy(
    own.filter(({ after }) => after === null),
    ({ path }) => nameOf(path),
  );
  const come = Map.groupBy(
    own.filter(({ before }) => before === null),
    ({ path }) => nameOf(path),
  );
  return own.map(({ path, language, before, after }) => {
    const others = before === null && come.get(nameOf(path))?.length === 1 ? (gone.get(nameOf(path)) ?? []) : [];
    const stood = before ?? (others.length === 1 ? (others[0]?.before ?? null) : null);
    return {
      path,
      language,
      before: sideOf(stood, language),
      after: sideOf(after, language),
      unread: stood?.content.kind === "text" && after !== null ? reasonOf(after) : null,
    };
  });
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function sideOf(file: FileVersion | null, language: Language): readonly Line[] | null {
  return file?.content.kind === "text" ? linesOf(file.content.text.replaceAll("\r\n", "\n"), language) : null;
}

function reasonOf({ content }: FileVersion): string | null {
  const read = textOrReason(content);
  return read.ok ? null : read.reason;
}
