import { isDocument } from "../change/documents.ts";
import { child, documentsOf, type Tree } from "../views/documents.ts";
import type { Memo } from "../syntax.ts";
import { spansIn } from "./markdown.ts";

/** Where a line of shell stands: for people to type, in a program, in a pipeline, or in what makes an image. */
export type Setting = "document" | "script" | "pipeline" | "image";

export interface Line {
  /** A line of shell; lines that end in a backslash are one with those that follow. */
  readonly text: string;
  readonly line: number;
  readonly endLine: number;
}

const pipelines =
  /(?:^|\/)(?:\.github\/(?:workflows|actions)\/.+|action|\.gitlab-ci[^/]*|\.gitlab\/.+|\.circleci\/.+|\.buildkite\/.+|azure-pipelines[^/]*|bitbucket-pipelines|cloudbuild[^/]*|buildspec[^/]*|\.drone|\.travis|\.woodpecker[^/]*|taskfile[^/]*|lefthook|\.pre-commit-config)\.ya?ml$/iu;
const images = /(?:^|\/)(?:(?:docker|container)file(?:\.[^/]*)?|[^/]*\.(?:docker|container)file)$/iu;
const scripts =
  /\.(?:sh|bash|zsh|ksh|mk|just|bats|command)$|(?:^|\/)(?:gnu)?makefile(?:\.[^/]*)?$|(?:^|\/)\.?justfile$|(?:^|\/)(?:procfile|\.envrc|jenkinsfile)[^/]*$|(?:^|\/)\.(?:bash|zsh)(?:rc|_profile|env)$/iu;
const packages = /(?:^|\/)(?:package|composer|deno)\.jsonc?$/iu;
const shebang = /^#!\S*(?:\/|env (?:-S )?)(?:ba|z|k|da)?sh\b/u;

/** What lines of shell a file of this name holds; null: none that are looked for. The text decides where a name says nothing. */
export function settingOf(path: string, text: string | null): Setting | null {
  if (isDocument(path)) return "document";
  if (images.test(path)) return "image";
  if (pipelines.test(path)) return "pipeline";
  if (scripts.test(path) || packages.test(path)) return "script";
  return text !== null && shebang.test(text.slice(0, 200)) ? "script" : null;
}

/** The lines of shell of a file, in their order. */
export function linesOf(path: string, sha: string, text: string, memo: Memo): readonly Line[] {
  switch (settingOf(path, text)) {
    case null:
      return [];
    case "document":
      return joined(spansIn(text));
    case "image":
      return imageLines(text);
    case "pipeline":
      return joined(numbered(text).flatMap(stepLine));
    case "script":
      return packages.test(path) ? packageLines(sha, text, memo) : joined(numbered(text).flatMap(scriptLine));
  }
}

type Numbered = Pick<Line, "text" | "line">;

function numbered(text: string): readonly Numbered[] {
  return text.split(/\r?\n/u).map((line, index) => ({ text: line, line: index + 1 }));
}

/** Recipes may begin with a mark that says how they are run. */
function scriptLine({ text, line }: Numbered): readonly Numbered[] {
  const shell = text.trim().replace(/^[@-]+(?=[A-Za-z])/u, "");
  return shell === "" || shell.startsWith("#") || shell.startsWith("//")
    ? [{ text: "", line }]
    : [{ text: shell, line }];
}

/** Keys whose values are run, in pipelines of GitHub, GitLab, CircleCI, Azure, Bitbucket and others, and in task files. */
const run =
  /^(?:run|script|before_script|after_script|command|commands|cmd|cmds|bash|pwsh|sh|entry|entrypoint|args|inlineScript|install)$/iu;
const keyed = /^(?:- +)*(?<key>[A-Za-z_][\w.-]*): +(?<value>.*)$/u;

/** A line of YAML, of which only what may be run is left. Text that cannot be parsed as YAML is read all the same. */
function stepLine({ text, line }: Numbered): readonly Numbered[] {
  const bare = text.trim();
  if (bare === "" || bare.startsWith("#") || /:\s*[|>][-+0-9]*$/u.test(bare)) return [{ text: "", line }];
  const { key, value } = keyed.exec(bare)?.groups ?? {};
  if (key !== undefined && !run.test(key)) return [{ text: "", line }];
  const shell = (value ?? bare).replace(/^(?:- +)+/u, "");
  const quote = /^(?<quote>["'])(?<inner>.*)\k<quote>,?$/u.exec(shell)?.groups?.["inner"];
  return [{ text: quote ?? unlisted(shell), line }];
}

/** `["rm", "-rf", "/"]` as words of shell. */
function unlisted(text: string): string {
  if (!/^\[.*\]$/u.test(text)) return text;
  return text.slice(1, -1).replaceAll(/(?<=["'])\s*,\s*(?=["'])/gu, " ");
}

const instruction = /^(?:RUN|CMD|ENTRYPOINT|SHELL|HEALTHCHECK|ONBUILD RUN)\s+(?:--\S+\s+)*/iu;

function imageLines(text: string): readonly Line[] {
  const lines = numbered(text).filter((one) => !one.text.trimStart().startsWith("#"));
  const heredocs = lines.some((one) => /<<-?["']?\w+/u.test(one.text));
  return joined(lines).flatMap((one) => {
    const body = one.text.trim();
    if (instruction.test(body))
      return [{ ...one, text: unlisted(body.replace(instruction, "").replace(/^CMD\s+/u, "")) }];
    return heredocs && !/^(?:FROM|ENV|ARG|COPY|ADD|LABEL|EXPOSE|USER|WORKDIR|VOLUME|STOPSIGNAL)\b/iu.test(body)
      ? [one]
      : [];
  });
}

/** Scripts of a package, by their names. What cannot be parsed is left to whoever reads the file. */
function packageLines(sha: string, text: string, memo: Memo): readonly Line[] {
  const read = documentsOf(sha, text, memo);
  if (!read.ok) return [];
  return read.documents.flatMap((root) => ["scripts", "tasks"].flatMap((key) => scalarsOf(child(root, key))));
}

function scalarsOf(tree: Tree | undefined): readonly Line[] {
  switch (tree?.kind) {
    case undefined:
      return [];
    case "scalar":
      return [{ text: String(tree.value ?? ""), line: tree.span.line, endLine: tree.span.endLine }];
    case "list":
      return tree.items.flatMap(scalarsOf);
    case "map":
      return tree.entries.flatMap(({ value }) => scalarsOf(value));
  }
}

/** Lines that end in a backslash, with those that they go on in. */
function joined(lines: readonly Numbered[]): readonly Line[] {
  const found: Line[] = [];
  let open: Line | null = null;
  for (const { text, line } of lines) {
    const goesOn = /(?:^|[^\\])\\\s*$/u.test(text);
    const part = goesOn ? text.replace(/\\\s*$/u, "") : text;
    const whole: Line =
      open === null
        ? { text: part, line, endLine: line }
        : { ...open, text: `${open.text} ${part.trim()}`, endLine: line };
    open = goesOn ? whole : null;
    if (!goesOn && whole.text.trim() !== "") found.push(whole);
  }
  return open === null || open.text.trim() === "" ? found : [...found, open];
}
