import type { Parsed } from "../syntax.ts";
import { type Node, at, entriesOf, isTrue, itemsOf, textOf } from "./node.ts";
import { readJson } from "./json.ts";
import {
  type Declared,
  type Directive,
  type Locked,
  type Reader,
  type Reading,
  joinedLinesOf,
  linesOf,
  nothing,
  readingOf,
} from "./reading.ts";
import { readToml } from "./toml.ts";

/** Names are the same whatever their letters and separators. https://packaging.python.org/en/latest/specifications/name-normalization/ */
function normal(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/gu, "-");
}

const requirement = /^(?<name>[A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*(?<rest>[^;]*)/u;

function declaredAs(text: string, line: number): readonly Declared[] {
  const { name, rest = "" } = requirement.exec(text.trim())?.groups ?? {};
  if (name === undefined) return [];
  const range = rest.replace(/[()]/gu, "").trim();
  return [{ name: normal(name), range: range === "" ? null : range, line }];
}

/** Lines that end in a backslash go on; options stand in lines of their own. */
function readRequirements(text: string): Parsed<Reading> {
  const locked: Locked[] = [];
  const declared: Declared[] = [];
  const directives: Directive[] = [];
  for (const { text: written, line } of joinedLinesOf(text)) {
    const bare = written.replace(/(?:^|\s)#.*$/u, "").trim();
    if (bare === "") continue;
    const option = optionOf(bare, line);
    if (option !== null) {
      directives.push(...option);
      continue;
    }
    const hashes = [...bare.matchAll(/--hash[= ](\w+):(\S+)/gu)].map(([, algorithm, hash]) => `${algorithm}-${hash}`);
    const plain = bare.replaceAll(/\s--hash[= ]\S+/gu, "");
    const [found] = declaredAs(plain, line);
    if (found === undefined) {
      locked.push({ name: plain, version: "", source: plain, hashes, runsScript: false, line });
      continue;
    }
    declared.push(found);
    const version = /^={2,3}\s*(?<version>[^\s,;]+)$/u.exec(found.range ?? "")?.groups?.["version"];
    const source = /^@\s*(?<url>\S+)/u.exec(found.range ?? "")?.groups?.["url"] ?? null;
    if (version !== undefined || source !== null) {
      locked.push({ name: found.name, version: version ?? "", source, hashes, runsScript: false, line });
    }
  }
  return { ok: true, value: { declared, locked, directives } };
}

/** Null for what is no option. Editable installations say a source and are requirements. */
function optionOf(text: string, line: number): readonly Directive[] | null {
  const { key = "", value = "" } = /^(?<key>--?[a-z-]+)(?:[= ]+(?<value>.*))?$/u.exec(text)?.groups ?? {};
  if (key === "") return null;
  if (/^(?:-i|--index-url|--extra-index-url|-f|--find-links)$/u.test(key)) {
    if (!value.includes(":") && !value.includes("$")) return [];
    const kind = multiple.has(key) ? "registry" : "default-registry";
    return [{ kind, key: `${key}${multiple.has(key) ? ` ${value}` : ""}`, value, line }];
  }
  if (/^--(?:require-hashes|no-index|only-binary)$/u.test(key)) return [{ kind: "guard", key, value, line }];
  return key === "--trusted-host" ? [{ kind: "trust", key: `${key} ${value}`, value, line }] : [];
}

/** May stand several times: each is a thing of its own. */
const multiple = new Set(["--extra-index-url", "-f", "--find-links", "extra-index-url", "find-links"]);

export const requirements: Reader = {
  ecosystem: "pypi",
  role: "manifest",
  claims: (path) =>
    /(?:^|\/)(?:[\w.-]*(?:requirements|constraints)[\w.-]*|requirements\/[^/]+)\.(?:txt|in)$/u.test(path),
  read: readRequirements,
};

export const pipSettings: Reader = {
  ecosystem: "pypi",
  role: "settings",
  claims: (path) => /(?:^|\/)pip\.(?:conf|ini)$/u.test(path),
  read: (text) => ({
    ok: true,
    value: {
      ...nothing,
      directives: linesOf(text).flatMap(({ text: written, line }): readonly Directive[] => {
        const { key = "", value = "" } = /^\s*(?<key>[\w-]+)\s*[=:]\s*(?<value>.*)$/u.exec(written)?.groups ?? {};
        const name = key.replaceAll("_", "-");
        if (/^(?:index-url|extra-index-url|find-links)$/u.test(name)) {
          const kind = multiple.has(name) ? "registry" : "default-registry";
          return [{ kind, key: `${name}${multiple.has(name) ? ` ${value}` : ""}`, value, line }];
        }
        if (/^(?:require-hashes|no-index)$/u.test(name) && /^(?:true|1|yes|on)$/iu.test(value)) {
          return [{ kind: "guard", key: name, value, line }];
        }
        return name === "trusted-host" ? [{ kind: "trust", key: `${name} ${value}`, value, line }] : [];
      }),
    },
  }),
};

/** PEP 621 and PEP 735, Poetry, and the sources of Poetry and uv. */
function projectOf(root: Node): Partial<Reading> {
  const lists = [
    at(root, "project", "dependencies"),
    at(root, "build-system", "requires"),
    ...[["project", "optional-dependencies"], ["dependency-groups"]].flatMap((path) =>
      entriesOf(at(root, ...path)).map(([, list]) => list),
    ),
  ];
  const poetry = at(root, "tool", "poetry");
  const tables = [
    at(poetry, "dependencies"),
    at(poetry, "dev-dependencies"),
    ...entriesOf(at(poetry, "group")).map(([, group]) => at(group, "dependencies")),
  ];
  return {
    declared: [
      ...lists.flatMap((list) => itemsOf(list).flatMap((item) => declaredAs(textOf(item) ?? "", item.line))),
      ...tables.flatMap(tableOf),
    ],
    directives: [
      ...indexesOf(at(poetry, "source")),
      ...indexesOf(at(root, "tool", "pdm", "source")),
      ...uvDirectives(at(root, "tool", "uv")),
    ],
  };
}

/** The same keys in `uv.toml` and in `pyproject.toml`. https://docs.astral.sh/uv/reference/settings */
function uvDirectives(uv: Node | undefined): readonly Directive[] {
  const places = [uv, at(uv, "pip")].flatMap((table) => entriesOf(table));
  return [
    ...indexesOf(at(uv, "index")),
    ...places.flatMap(([key, node]) => uvSetting(key, node)),
    ...entriesOf(at(uv, "sources")).flatMap(([name, node]): readonly Directive[] => {
      const from = [node, ...itemsOf(node)].flatMap((one) =>
        ["git", "url", "path"].flatMap((way) => textOf(at(one, way)) ?? []),
      );
      return from.map((value) => ({ kind: "override", key: name, value, line: node.line }));
    }),
  ];
}

function uvSetting(key: string, node: Node): readonly Directive[] {
  const { line } = node;
  const said = [node, ...itemsOf(node)].flatMap((one) => textOf(one) ?? []);
  switch (key) {
    case "index-url":
      return said.map((value) => ({ kind: "default-registry", key, value, line }));
    case "extra-index-url":
    case "find-links":
      return said.map((value) => ({ kind: "registry", key: `${key} ${value}`, value, line }));
    case "allow-insecure-host":
      return said.map((value) => ({ kind: "trust", key: `${key} ${value}`, value, line }));
    case "index-strategy":
      return said.flatMap((value) =>
        value.startsWith("unsafe") ? [{ kind: "trust" as const, key, value, line }] : [],
      );
    case "no-verify-hashes":
      return isTrue(node) ? [{ kind: "trust", key, value: "true", line }] : [];
    case "require-hashes":
      return isTrue(node) ? [{ kind: "guard", key, value: "true", line }] : [];
    case "exclude-newer":
      return said.map((value) => ({ kind: "guard", key, value, line }));
    default:
      return [];
  }
}

export const uvSettings: Reader = {
  ecosystem: "pypi",
  role: "settings",
  claims: (path) => /(?:^|\/)uv\.toml$/u.test(path),
  read: (text) => readingOf(readToml(text), (root) => ({ directives: uvDirectives(root) })),
};

function tableOf(table: Node | undefined): readonly Declared[] {
  return entriesOf(table)
    .filter(([name]) => name !== "python")
    .map(([name, value]) => ({
      name: normal(name),
      range: textOf(value) ?? textOf(at(value, "version")) ?? textOf(at(value, "git")) ?? textOf(at(value, "url")),
      line: value.line,
    }));
}

function indexesOf(list: Node | undefined): readonly Directive[] {
  return itemsOf(list).flatMap((source): readonly Directive[] => {
    const [name = "", value = ""] = ["name", "url"].map((key) => textOf(at(source, key)) ?? "");
    const verify = at(source, "verify_ssl");
    const isUnverified = verify?.kind === "scalar" && verify.value === false;
    // The public index has no address in Poetry.
    if (value === "") return [];
    return [
      { kind: "default-registry", key: `index ${name}`, value, line: source.line },
      ...(isUnverified
        ? [{ kind: "trust" as const, key: `index ${name} verify_ssl`, value: "false", line: source.line }]
        : []),
    ];
  });
}

export const pyproject: Reader = {
  ecosystem: "pypi",
  role: "manifest",
  claims: (path) => /(?:^|\/)pyproject\.toml$/u.test(path),
  read: (text) => readingOf(readToml(text), projectOf),
};

export const pipfile: Reader = {
  ecosystem: "pypi",
  role: "manifest",
  claims: (path) => /(?:^|\/)Pipfile$/u.test(path),
  read: (text) =>
    readingOf(readToml(text), (root) => ({
      declared: [...tableOf(at(root, "packages")), ...tableOf(at(root, "dev-packages"))],
      directives: indexesOf(at(root, "source")),
    })),
};

export const pipfileLock: Reader = {
  ecosystem: "pypi",
  role: "lock",
  claims: (path) => /(?:^|\/)Pipfile\.lock$/u.test(path),
  read: (text) =>
    readingOf(readJson(text), (root) => ({
      locked: ["default", "develop"].flatMap((group) =>
        entriesOf(at(root, group)).map(([name, entry]) => ({
          name: normal(name),
          version: (textOf(at(entry, "version")) ?? textOf(at(entry, "ref")) ?? "").replace(/^==/u, ""),
          source: textOf(at(entry, "git")) ?? textOf(at(entry, "file")) ?? textOf(at(entry, "path")),
          hashes: itemsOf(at(entry, "hashes")).flatMap((hash) => hashOf(textOf(hash))),
          runsScript: false,
          line: entry.line,
        })),
      ),
    })),
};

function hashOf(hash: string | null): readonly string[] {
  return hash === null ? [] : [hash.replace(":", "-")];
}

/** The files of a package in `poetry.lock` and `uv.lock`; an old Poetry keeps them in one table at the end. */
function packagesOf(root: Node): Partial<Reading> {
  const old = at(root, "metadata", "files");
  return {
    locked: itemsOf(at(root, "package")).flatMap((entry): readonly Locked[] => {
      const name = textOf(at(entry, "name")) ?? "";
      const source = at(entry, "source");
      // The project itself stands in its own lockfile.
      if (["editable", "virtual", "workspace"].some((kind) => at(source, kind) !== undefined)) return [];
      const files = [...itemsOf(at(entry, "files")), ...itemsOf(at(old, name)), ...itemsOf(at(entry, "wheels"))];
      const hashes = [...files, at(entry, "sdist")].flatMap((file) => hashOf(textOf(at(file, "hash"))));
      const from = ["git", "url", "path", "directory", "registry"].map((kind) => textOf(at(source, kind)));
      const written = from.find((one) => one !== null) ?? null;
      return [
        {
          name: normal(name),
          version: textOf(at(entry, "version")) ?? "",
          source: at(source, "git") === undefined || written === null ? written : `git+${written}`,
          hashes,
          runsScript: false,
          line: entry.line,
        },
      ];
    }),
  };
}

export const pythonLock: Reader = {
  ecosystem: "pypi",
  role: "lock",
  claims: (path) => /(?:^|\/)(?:poetry|uv)\.lock$/u.test(path),
  read: (text) => readingOf(readToml(text), packagesOf),
};
