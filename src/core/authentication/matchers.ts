import type { Language, Line } from "./source.ts";

/** What Spring Security asks for some paths; empty paths are all others. */
export interface Matcher {
  readonly paths: string;
  readonly opens: boolean;
  readonly line: number;
  readonly written: string;
}

const matcher =
  /\b(?:requestMatchers|antMatchers|mvcMatchers|pathMatchers|anyRequest|anyExchange)\((?<paths>[^()]{0,2000})\)\s*\.\s*(?<asks>permitAll|authenticated|fullyAuthenticated|hasRole|hasAnyRole|hasAuthority|hasAnyAuthority|access|denyAll|anonymous)\b/gu;

export function matchersIn(lines: readonly Line[], language: Language): readonly Matcher[] {
  if (language !== "jvm") return [];
  const text = lines.map((line) => line.text).join("\n");
  return [...text.matchAll(matcher)].map(({ groups, index }) => ({
    paths: (groups?.["paths"] ?? "").replaceAll(/\s+/gu, ""),
    opens: groups?.["asks"] === "permitAll" || groups?.["asks"] === "anonymous",
    line: text.slice(0, index).split("\n").length,
    written: groups?.["asks"] ?? "",
  }));
}
