import { type Node, at, entriesOf, isTrue, textOf } from "./node.ts";
import { readJson } from "./json.ts";
import { type Declared, type Directive, type Locked, type Reader, linesOf, nothing, readingOf } from "./reading.ts";

/** Peers are left out: what they ask for is for others to choose, and any version is ordinary there. */
const groups = ["dependencies", "devDependencies", "optionalDependencies"];
/** What npm runs by itself on an installation from a registry or from git. https://docs.npmjs.com/cli/using-npm/scripts */
const lifecycle = new Set(["preinstall", "install", "postinstall", "prepare", "preprepare", "postprepare"]);

function declaredIn(root: Node): readonly Declared[] {
  return groups.flatMap((group) =>
    entriesOf(at(root, group)).map(([name, range]) => ({ name, range: textOf(range), line: range.line })),
  );
}

function overridesIn(root: Node): readonly Directive[] {
  return [["overrides"], ["resolutions"], ["pnpm", "overrides"]].flatMap((path) => leaves(at(root, ...path), ""));
}

function leaves(node: Node | undefined, prefix: string): readonly Directive[] {
  return entriesOf(node).flatMap(([key, value]) => {
    const name = prefix === "" ? key : `${prefix} > ${key}`;
    if (value.kind === "map") return leaves(value, name);
    return [{ kind: "override" as const, key: name, value: textOf(value) ?? "", line: value.line }];
  });
}

function scriptsIn(root: Node): readonly Directive[] {
  return entriesOf(at(root, "scripts"))
    .filter(([name]) => lifecycle.has(name))
    .map(([key, value]) => ({ kind: "script", key, value: textOf(value) ?? "", line: value.line }));
}

/** Version 1 of the lockfile nests packages; 2 and 3 list them by the folder that they are put in. */
function lockedIn(root: Node): readonly Locked[] {
  const packages = at(root, "packages");
  if (packages === undefined) return nested(at(root, "dependencies"));
  return entriesOf(packages).flatMap(([folder, entry]) => {
    const start = folder.lastIndexOf("node_modules/");
    if (start === -1 || isTrue(at(entry, "link"))) return [];
    return [lockedAt(textOf(at(entry, "name")) ?? folder.slice(start + "node_modules/".length), entry)];
  });
}

function nested(packages: Node | undefined): readonly Locked[] {
  return entriesOf(packages).flatMap(([name, entry]) => [lockedAt(name, entry), ...nested(at(entry, "dependencies"))]);
}

function lockedAt(name: string, entry: Node): Locked {
  const version = textOf(at(entry, "version")) ?? "";
  // An alias and a version that is an address are written in the place of the version in old lockfiles.
  const isAddress = /^[a-z+]+:/iu.test(version);
  return {
    name: version.startsWith("npm:") ? version.slice("npm:".length, version.lastIndexOf("@")) : name,
    version: version.startsWith("npm:") ? version.slice(version.lastIndexOf("@") + 1) : version,
    source: textOf(at(entry, "resolved")) ?? (isAddress && !version.startsWith("npm:") ? version : null),
    hashes: (textOf(at(entry, "integrity")) ?? "").split(/\s+/u).filter((hash) => hash !== ""),
    runsScript: isTrue(at(entry, "hasInstallScript")),
    line: entry.line,
  };
}

export const packageJson: Reader = {
  ecosystem: "npm",
  role: "manifest",
  claims: (path) => /(?:^|\/)package\.json$/u.test(path) && !path.includes("node_modules/"),
  read: (text) =>
    readingOf(readJson(text), (root) => ({
      declared: declaredIn(root),
      directives: [...overridesIn(root), ...scriptsIn(root)],
    })),
};

export const packageLock: Reader = {
  ecosystem: "npm",
  role: "lock",
  claims: (path) => /(?:^|\/)(?:package-lock|npm-shrinkwrap)\.json$/u.test(path),
  read: (text) => readingOf(readJson(text), (root) => ({ locked: lockedIn(root) })),
};

export const npmrc: Reader = {
  ecosystem: "npm",
  role: "settings",
  claims: (path) => /(?:^|\/)\.npmrc$/u.test(path),
  read: (text) => ({ ok: true, value: { ...nothing, directives: npmrcLines(text) } }),
};

function npmrcLines(text: string): readonly Directive[] {
  return linesOf(text).flatMap(({ text: written, line }): readonly Directive[] => {
    const { key = "", value = "" } = /^\s*(?<key>[^\s#;=][^=]*?)\s*=\s*(?<value>.*)$/u.exec(written)?.groups ?? {};
    if (/^(?:@[^:]+:)?registry$/u.test(key)) return [{ kind: "registry", key, value: unquote(value), line }];
    if (key === "strict-ssl" && unquote(value) === "false") return [{ kind: "trust", key, value: "false", line }];
    return [];
  });
}

function unquote(text: string): string {
  return text.replace(/^(["'])(.*)\1$/u, "$2");
}
