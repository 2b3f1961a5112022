import { joined, splitArguments } from "./joining.ts";
import type { Marked, Scope } from "./scopes.ts";
import type { Language, Line } from "./source.ts";
import { isAsking } from "./words.ts";

const route =
  /(?<receiver>[\w$.]+)\s*\.\s*(?<verb>get|post|put|patch|delete|del|all|options|head|use|any|match|handle|handlefunc|route|mount|group)\s*\(\s*(?<quote>["'`])(?<path>[^"'`]*)\k<quote>\s*,/iu;
const use = /^\s*(?<receiver>[\w$.]+)\s*\.\s*(?:use|Use)\s*\(\s*(?<given>[^"'`\s].*)$/su;
const procedure = /(?<name>\w+)\s*:\s*(?:[\w.]+\.)?(?<kind>\w*[pP]rocedure)\b/u;

/** Routes of a program in Go, JavaScript or TypeScript, and what stands between their path and what answers. */
export function routesIn(lines: readonly Line[], language: Language): readonly Scope[] {
  if (language !== "script" && language !== "go") return [];
  return lines.flatMap(({ code, text }, index): readonly Scope[] => {
    if (code.trim() === "" || code.length > 500) return [];
    const found = route.exec(text);
    if (found?.groups !== undefined && code[found.index] === text[found.index]) {
      const { receiver = "", verb = "", path = "" } = found.groups;
      const whole = joined(lines, index, 8).slice(found.index + found[0].length);
      const between = middle(splitArguments(whole.replace(/\)\s*[;,]?\s*$/u, "")), language);
      return [{ key: `${receiver}.${verb} ${path}`, owner: receiver, line: index + 1, marks: between }];
    }
    const { name, kind } = (language === "script" ? procedure.exec(code)?.groups : undefined) ?? {};
    if (name !== undefined && kind !== undefined) {
      const mark = /^(?:public|open|unauth\w*)/iu.test(kind)
        ? "opening"
        : /protect|auth|admin|private|enforce/iu.test(kind)
          ? "guard"
          : null;
      return [{ key: `procedure ${name}`, owner: null, line: index + 1, marks: [{ written: kind, mark }] }];
    }
    return [];
  });
}

/** What is given to `use` for everything that a router serves, by router. */
export function usesIn(
  lines: readonly Line[],
  language: Language,
): ReadonlyMap<string, readonly { readonly line: number; readonly written: string }[]> {
  if (language !== "script" && language !== "go") return new Map();
  const found = lines.flatMap(({ code }, index) => {
    const { receiver, given } = use.exec(code)?.groups ?? {};
    if (receiver === undefined || given === undefined) return [];
    const names = given.match(/[\w$]+(?:\.[\w$]+)*/gu) ?? [];
    const asking = names.find((name) => isGuard(name));
    return asking === undefined ? [] : [{ receiver, line: index + 1, written: asking }];
  });
  return Map.groupBy(found, ({ receiver }) => receiver);
}

/** All but what answers in the end, which may be called after a login that it performs; and functions that are put around that. */
function middle(given: readonly string[], language: Language): readonly Marked[] {
  return given.flatMap((one, index): readonly Marked[] => {
    const isLast = index === given.length - 1;
    const written = one.trim();
    // A handler in place holds names of all kinds.
    const head = written.split(/=>|\bfunction\b|\bfunc\s*\(/u)[0] ?? "";
    const wrapper = /^(?<name>[\w$.]+)\s*\(/u.exec(head)?.groups?.["name"];
    const names = isLast && language !== "go" ? [wrapper ?? ""] : (head.match(/[\w$]+(?:\.[\w$]+)*/gu) ?? []);
    return names
      .filter((name) => isGuard(name) && !(isLast && language === "go" && /handler$/iu.test(name)))
      .map((name) => ({ written: name, mark: "guard" as const }));
  });
}

function isGuard(name: string): boolean {
  if (/^passport\.authenticate$/u.test(name)) return true;
  const last = name.split(".").at(-1) ?? "";
  return isAsking(last) || /^(?:auth|jwt|session)_?(?:middleware|guard|check|required)$/iu.test(last);
}
