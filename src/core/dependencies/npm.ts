import { type Node, at, entriesOf, isTrue, itemsOf, textOf } from "./node.ts";
import { readJson } from "./json.ts";
import { type Declared, type Directive, type Locked, type Reader, linesOf, nothing, readingOf } from "./reading.ts";

/** Peers are left out: what they ask for is for others to choose, and any version is ordinary there. */
const groups = ["dependencies", "devDependencies", "optionalDependencies"];
/** What npm runs by itself on an installation from a registry or from git. https://docs.npmjs.com/cli/using-npm/scripts */
const lifecycle = new Set(["preinstall", "install", "postinstall", "prepare", "preprepare", "postprepare"]);

function declaredIn(root: Node): readonly Declared[] {
  return groups.flatMap((group) =>
    entriesOf(at(root, group)).map(([name, node]) => declaredAs(name, textOf(node), node.line)),
  );
}

/** `npm:name@range` is another package under the name in front. */
function declaredAs(name: string, range: string | null, line: number): Declared {
  const alias = /^npm:(?<name>@?[^@]+)(?:@(?<range>.*))?$/u.exec(range ?? "")?.groups;
  return alias === undefined
    ? { name, range, line }
    : { name: alias["name"] ?? name, range: alias["range"] ?? "*", line };
}

/** Packages whose scripts run although others' do not. */
function allowedIn(root: Node): readonly Directive[] {
  return [["trustedDependencies"], ["pnpm", "onlyBuiltDependencies"]].flatMap((path) =>
    itemsOf(at(root, ...path)).map((item): Directive => {
      const value = textOf(item) ?? "";
      return { kind: "script", key: `${path.at(-1) ?? ""} ${value}`, value, line: item.line };
    }),
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
      directives: [...overridesIn(root), ...scriptsIn(root), ...allowedIn(root)],
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

/** Lines that have npm run a program of the repository's choice, or load code into it. https://docs.npmjs.com/cli/using-npm/config */
const programs = /^(?:git|node-options|script-shell|shell|onload-script|init-module)$/u;

function npmrcLines(text: string): readonly Directive[] {
  const lines = linesOf(text).flatMap(({ text: written, line }): readonly Directive[] => {
    const { key = "", value: rest = "" } =
      /^\s*(?<key>[^\s#;=[][^=]*?)\s*(?:=\s*(?<value>.*))?$/u.exec(written)?.groups ?? {};
    const value = unquote(rest.trim());
    const kind = npmrcKind(key, value);
    return kind === null ? [] : [{ kind, key, value, line }];
  });
  // Of two lines the later one holds.
  return lines.filter(({ key }, index) => !lines.slice(index + 1).some((later) => later.key === key));
}

function npmrcKind(key: string, value: string): Directive["kind"] | null {
  if (/^(?:@[^:]+:)?registry$/u.test(key)) return "default-registry";
  if (/^(?:https-|http-)?proxy$/u.test(key)) return "registry";
  if (programs.test(key)) return "script";
  switch (key) {
    case "strict-ssl":
    case "audit":
    case "package-lock":
    case "lockfile":
    case "frozen-lockfile":
    case "verify-store-integrity":
      return value === "false" ? "trust" : null;
    case "dangerously-allow-all-builds":
      return value === "false" ? null : "trust";
    case "ignore-scripts":
    case "minimum-release-age":
      return value === "false" || value === "0" ? null : "guard";
    default:
      return null;
  }
}

function unquote(text: string): string {
  return text.replace(/^(["'])(.*)\1$/u, "$2");
}
