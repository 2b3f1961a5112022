import type { Parsed } from "../syntax.ts";
import { type Declared, type Directive, type Locked, type Reader, type Reading, linesOf, nothing } from "./reading.ts";

function readModule(text: string): Parsed<Reading> {
  const declared: Declared[] = [];
  const locked: Locked[] = [];
  const directives: Directive[] = [];
  let block: string | null = null;
  for (const { text: written, line } of linesOf(text)) {
    const bare = written.replace(/\s*(?:\/\/.*|^#.*)$/u, "").trim();
    if (bare === "") continue;
    if (bare === ")") {
      block = null;
      continue;
    }
    const opened = /^(?<verb>\w+)\s*\($/u.exec(bare)?.groups?.["verb"];
    if (opened !== undefined) {
      block = opened;
      continue;
    }
    const { verb, rest } = block === null ? statementOf(bare) : { verb: block, rest: bare };
    const [name = "", version = ""] = rest.replaceAll('"', "").split(/\s+/u);
    const isIndirect = /\/\/ indirect\b/u.test(written);
    if (verb === "require") {
      declared.push({ name, range: version, line, ...(isIndirect ? { isIndirect } : {}) });
      // What go.mod asks for is what is built, unless another module asks for more; go.sum keeps sums of much else.
      locked.push({ name, version, source: null, hashes: [], runsScript: false, line });
    }
    if (verb !== "replace") continue;
    const { key, value } = /^(?<key>.*?)\s+=>\s+(?<value>.+)$/u.exec(rest)?.groups ?? {};
    if (key === undefined || value === undefined) return { ok: false, line, reason: "a replacement has no target" };
    directives.push({ kind: "override", key, value, line });
  }
  if (block !== null) return { ok: false, line: 1, reason: `the block \`${block}\` is not closed` };
  return { ok: true, value: { declared, locked, directives } };
}

function statementOf(text: string): { readonly verb: string; readonly rest: string } {
  const split = text.search(/\s/u);
  return split === -1 ? { verb: text, rest: "" } : { verb: text.slice(0, split), rest: text.slice(split).trim() };
}

export const goModule: Reader = {
  ecosystem: "go",
  role: "manifest",
  claims: (path) => /(?:^|\/)go\.(?:mod|work)$/u.test(path),
  read: readModule,
};

export const goSum: Reader = {
  ecosystem: "go",
  role: "lock",
  claims: (path) => /(?:^|\/)go\.(?:work\.)?sum$/u.test(path),
  read: (text) => {
    const lines = linesOf(text).filter(({ text: written }) => written !== "" && !written.startsWith("#"));
    const torn = lines.find(({ text: written }) => !/^\S+ \S+ h\d+:\S+$/u.test(written));
    if (torn !== undefined) return { ok: false, line: torn.line, reason: "a line is not module, version and hash" };
    return {
      ok: true,
      value: {
        ...nothing,
        locked: lines.map(({ text: written, line }) => {
          const [name = "", version = "", hash = ""] = written.split(" ");
          return { name, version, source: null, hashes: [hash.replace(":", "-")], runsScript: false, line };
        }),
      },
    };
  },
};
