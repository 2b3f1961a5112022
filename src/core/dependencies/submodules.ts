import { type Directive, type Reader, linesOf, nothing } from "./reading.ts";

/** By their folders: a submodule that is given another name stays what it is. */
function directivesIn(text: string): readonly Directive[] {
  const sections: { name: string; path: string | null; lines: { key: string; value: string; line: number }[] }[] = [];
  for (const { text: written, line } of linesOf(text)) {
    const name = /^\s*\[submodule "(?<name>.*)"\]$/u.exec(written)?.groups?.["name"];
    if (name !== undefined) sections.push({ name, path: null, lines: [] });
    const { key, value = "" } = /^\s*(?<key>\w+)\s*=\s*(?<value>.*)$/u.exec(written)?.groups ?? {};
    const section = sections.at(-1);
    if (key === undefined || section === undefined) continue;
    if (key.toLowerCase() === "path") section.path = value;
    section.lines.push({ key: key.toLowerCase(), value, line });
  }
  return sections.flatMap(({ name, path, lines }) =>
    lines.flatMap(({ key, value, line }): readonly Directive[] => {
      const of = path ?? name;
      if (key === "url") return [{ kind: "submodule", key: of, value, line }];
      // Git runs it as a command. https://git-scm.com/docs/gitmodules
      return key === "update" && value.startsWith("!") ? [{ kind: "script", key: `update of ${of}`, value, line }] : [];
    }),
  );
}

export const gitmodules: Reader = {
  ecosystem: "git",
  role: "settings",
  claims: (path) => path === ".gitmodules",
  read: (text) => ({ ok: true, value: { ...nothing, directives: directivesIn(text) } }),
};
