import { type Directive, type Reader, linesOf, nothing } from "./reading.ts";

function urlsIn(text: string): readonly Directive[] {
  let name = "";
  return linesOf(text).flatMap(({ text: written, line }): readonly Directive[] => {
    name = /^\s*\[submodule "(?<name>.*)"\]$/u.exec(written)?.groups?.["name"] ?? name;
    const url = /^\s*url\s*=\s*(?<url>.*)$/u.exec(written)?.groups?.["url"];
    return url === undefined ? [] : [{ kind: "submodule", key: name, value: url, line }];
  });
}

export const gitmodules: Reader = {
  ecosystem: "git",
  role: "settings",
  claims: (path) => path === ".gitmodules",
  read: (text) => ({ ok: true, value: { ...nothing, directives: urlsIn(text) } }),
};
