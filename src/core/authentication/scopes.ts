import { joined, splitArguments } from "./joining.ts";
import type { Language, Line } from "./source.ts";
import { isAsking, type Mark, markOf, mayAsk } from "./words.ts";

/** Something that is served or called: a class, a method, a route; with what stands at it. */
export interface Scope {
  /** `OrdersView.get`, `app.post /orders`. Text of the author. */
  readonly key: string;
  /** The class around it. */
  readonly owner: string | null;
  readonly line: number;
  readonly marks: readonly Marked[];
}
export interface Marked {
  readonly written: string;
  readonly mark: Mark | null;
}

interface Class {
  readonly name: string;
  readonly indent: number;
  readonly marks: Marked[];
}

const definitions: Readonly<Record<Language, readonly RegExp[]>> = {
  python: [/^\s*(?:async\s+)?def\s+(?<name>\w+)/u],
  script: [
    /^\s*(?:export\s+)?(?:default\s+)?(?:async\s+)?function\s*\*?\s*(?<name>\w+)/u,
    /^\s*(?:(?:public|private|protected|static|async|override|readonly)\s+)*(?<name>(?!(?:if|for|while|switch|catch|return|function|constructor|super)\b)\w+)\s*(?:<[^>]*>)?\(.*[{(,]\s*$/u,
  ],
  jvm: [
    /\bfun\s+(?:<[^>]+>\s*)?(?:\w+\.)?(?<name>\w+)\s*\(/u,
    /^\s*(?!(?:return|new|throw|else|await|yield|case|if|for|while|switch|assert)\b)(?:[\w<>[\],.?]+\s+)+(?<name>\w+)\s*\(/u,
  ],
  go: [],
  ruby: [],
  dotnet: [
    /^\s*(?!(?:return|new|throw|else|await|yield|case|if|for|while|switch|using|lock|var)\b)(?:[\w<>[\],.?]+\s+)+(?<name>\w+)\s*(?:<[^>]*>)?\(/u,
  ],
};
const classes: Readonly<Record<Language, RegExp | null>> = {
  python: /^\s*class\s+(?<name>\w+)/u,
  script: /^\s*(?:export\s+)?(?:default\s+)?(?:abstract\s+)?class\s+(?<name>\w+)/u,
  jvm: /^\s*(?:[a-z]+\s+)*(?:class|interface|object)\s+(?<name>\w+)/u,
  go: null,
  ruby: /^\s*class\s+(?<name>[\w:]+)/u,
  dotnet: /^\s*(?:[a-z]+\s+)*(?:class|interface|record)\s+(?<name>\w+)/u,
};
const statements: Partial<Readonly<Record<Language, RegExp>>> = {
  python: /^\s+(?:permission_classes|authentication_classes|permission_required)\s*=/u,
  ruby: /^\s*(?:prepend_|append_)?(?:skip_)?before_(?:action|filter)\b|^\s*(?:allow_unauthenticated_access|skip_authorization_check|skip_authorize_resource|load_and_authorize_resource|authorize_resource|require_authentication)\b/u,
};

/** The classes and methods of a program, with the decorators, annotations, bases and statements that are about who may. */
export function scopesIn(lines: readonly Line[], language: Language): readonly Scope[] {
  const scopes: Scope[] = [];
  const around: Class[] = [];
  let pending: Marked[] = [];
  for (let index = 0; index < lines.length; index++) {
    const { code = "", text = "" } = lines[index] ?? {};
    if (code.trim() === "") continue;
    const signs = signsAt(lines, index, language);
    if (signs !== null) {
      pending.push(...signs.marks);
      index = signs.last;
      if (signs.rest.trim() === "") continue;
    }
    const rest = signs?.rest ?? code;
    const indent = code.search(/\S/u);
    while ((around.at(-1)?.indent ?? -1) >= indent) around.pop();
    const owner = around.at(-1);
    const className = classes[language]?.exec(rest)?.groups?.["name"];
    if (className !== undefined) {
      const own: Class = {
        name: className,
        indent,
        marks: [...pending, ...basesOf(joined(lines, index, 20), language)],
      };
      around.push(own);
      scopes.push({ key: className, owner: null, line: index + 1, marks: own.marks });
      pending = [];
      continue;
    }
    if (owner !== undefined && statements[language]?.test(code) === true) {
      owner.marks.push(statementOf(joined(lines, index, 10).trim(), language));
      continue;
    }
    const name = definitions[language].map((one) => one.exec(rest)?.groups?.["name"]).find((one) => one !== undefined);
    if (name !== undefined) {
      const marks = [...pending, ...dependenciesIn(language === "python" ? joined(lines, index, 30) : "")];
      scopes.push({
        key: owner === undefined ? name : `${owner.name}.${name}`,
        owner: owner?.name ?? null,
        line: index + 1,
        marks,
      });
    }
    if (name !== undefined || !/^\s*(?:export|public|private|[\])},])/u.test(text)) pending = [];
  }
  return scopes;
}

interface Signs {
  readonly marks: readonly Marked[];
  /** The last line that they stand on, and what follows them there. */
  readonly last: number;
  readonly rest: string;
}

/** Decorators or annotations that begin here. */
function signsAt(lines: readonly Line[], index: number, language: Language): Signs | null {
  const code = lines[index]?.code ?? "";
  if (language === "dotnet") {
    if (!/^\s*\[\s*[A-Z]\w*/u.test(code)) return null;
    const whole = joined(lines, index, 10).trim();
    const marks = splitArguments(whole.replace(/^\[/u, "").replace(/\][^\]]*$/u, "")).map((one) =>
      marked(one.trim(), language),
    );
    const last = lastLine(lines, index, 10);
    return { marks, last, rest: /\](?<rest>[^\]]*)$/u.exec(lines[last]?.code ?? "")?.groups?.["rest"] ?? "" };
  }
  if (language === "go" || language === "ruby" || !/^\s*@\w/u.test(code) || /^\s*@interface\b/u.test(code)) return null;
  const last = lastLine(lines, index, 30);
  const whole = joined(lines, index, 30).trim();
  const written = /^@(?<name>[\w.]+)/u.exec(whole)?.groups?.["name"] ?? "";
  const from = written.length + 1;
  const end = whole[from] === "(" ? closing(whole, from) : from;
  const rest = last === index && language !== "python" ? whole.slice(end) : "";
  const mark = marked(whole.slice(1, end), language);
  if (!/^\s*@\w/u.test(rest))
    return { marks: [mark, ...dependenciesIn(language === "python" ? whole : "")], last, rest };
  const more = signsAt([{ code: rest, text: rest }], 0, language);
  return { marks: [mark, ...(more?.marks ?? [])], last, rest: more?.rest ?? "" };
}

function closing(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    if (text[at] === "(") depth += 1;
    if (text[at] === ")") depth -= 1;
    if (depth === 0) return at + 1;
  }
  return text.length;
}

function lastLine(lines: readonly Line[], index: number, most: number): number {
  return index + joined(lines, index, most).split("\n").length - 1;
}

function marked(written: string, language: Language): Marked {
  return { written, mark: markOf(written, language) };
}

/** Mixins that ask for a login stand among the bases of a class; a name that asks is none of the others. */
function basesOf(header: string, language: Language): readonly Marked[] {
  if (language !== "python") return [];
  const bases = /\((?<bases>[^)]*)\)/su.exec(header)?.groups?.["bases"] ?? "";
  return splitArguments(bases)
    .map((one) => one.trim())
    .filter((one) => one !== "")
    .map((written) => ({
      written,
      mark: /(?:Login|Permission|Staff|Superuser|Auth\w*|Group|Role)\w*Required\w*Mixin|UserPassesTestMixin|AccessMixin/u.test(
        written,
      )
        ? "guard"
        : null,
    }));
}

/** `user = Depends(current_user)` of FastAPI; and types that may hold such a thing: `user: CurrentUser`. */
function dependenciesIn(header: string): readonly Marked[] {
  const named = [...header.matchAll(/\b(?:Depends|Security)\(\s*([\w.]+)/gu)].flatMap(([, written = ""]) => {
    const name = written.split(".").at(-1) ?? "";
    const knows = isAsking(name) || /^(?:get_)?current_\w*user\w*$|(?:auth|token|permission|scope)/iu.test(name);
    return knows ? [{ written: `Depends(${written})`, mark: "guard" as const }] : [];
  });
  const types = [...header.matchAll(/:\s*([A-Z]\w*)/gu)].map(([, written = ""]) => ({ written, mark: null }));
  return [...named, ...types.filter(({ written }) => mayAsk(written))];
}

function statementOf(written: string, language: Language): Marked {
  if (language === "python") return { written, mark: pythonStatement(written) };
  if (/^(?:allow_unauthenticated_access|skip_authoriz)/u.test(written)) return { written, mark: "opening" };
  if (/^(?:load_and_)?authorize_resource|^require_authentication/u.test(written)) return { written, mark: "guard" };
  const names = [...written.matchAll(/:(\w+[!?]?)/gu)].map(([, name = ""]) => name.replace(/[!?]$/u, ""));
  const asks = names.some(
    (name) => isAsking(name) || /^(?:require|authenticate|authorize|logged_in|doorkeeper_authorize)/u.test(name),
  );
  if (!asks) return { written, mark: null };
  return { written, mark: written.startsWith("skip_") ? "opening" : "guard" };
}

function pythonStatement(written: string): Mark | null {
  if (/^authentication_classes\s*=\s*[[(]\s*[\])]/u.test(written)) return "opening";
  return written.startsWith("authentication_classes") ? null : (markOf(written, "python") ?? "guard");
}
