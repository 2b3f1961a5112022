import { type Node, at, entriesOf, itemsOf, textOf } from "./node.ts";
import { readJson } from "./json.ts";
import { type Directive, type Locked, type Reader, readingOf } from "./reading.ts";
import { readToml } from "./toml.ts";

/** Each package is a list: name and version, its source (empty: the registry), what it needs, its hash. */
function lockedAt([, entry]: readonly [string, Node]): readonly Locked[] {
  const items = itemsOf(entry);
  const [spec = "", source = ""] = items.slice(0, 2).map((item) => textOf(item) ?? "");
  const split = spec.indexOf("@", 1);
  const version = split === -1 ? "" : spec.slice(split + 1);
  if (split === -1 || version.startsWith("workspace:")) return [];
  const isAddress = /^[\w+]+:|\//u.test(version);
  const last = items.length > 1 ? textOf(items.at(-1)) : null;
  const hashes = last !== null && /^sha\d+-/u.test(last) ? [last] : [];
  const written = isAddress ? version : source;
  return [
    {
      name: spec.slice(0, split),
      version,
      source: written === "" ? null : written,
      hashes,
      runsScript: false,
      line: entry.line,
    },
  ];
}

export const bunLock: Reader = {
  ecosystem: "npm",
  role: "lock",
  claims: (path) => /(?:^|\/)bun\.lock$/u.test(path),
  read: (text) => readingOf(readJson(text), (root) => ({ locked: entriesOf(at(root, "packages")).flatMap(lockedAt) })),
};

/** Bun's own binary form, which it has given up for the other. */
export const bunBinaryLock: Reader = {
  ecosystem: "npm",
  role: "lock",
  claims: (path) => /(?:^|\/)bun\.lockb$/u.test(path),
  read: () => ({
    ok: false,
    line: 1,
    reason: "it is in a binary form; Bun writes `bun.lock` with `--save-text-lockfile`",
  }),
};

/** https://bun.com/docs/runtime/bunfig */
export const bunSettings: Reader = {
  ecosystem: "npm",
  role: "settings",
  claims: (path) => /(?:^|\/)bunfig\.toml$/u.test(path),
  read: (text) =>
    readingOf(readToml(text), (root) => {
      const install = at(root, "install");
      const scopes = entriesOf(at(install, "scopes"));
      const registries = [["registry", at(install, "registry")] as const, ...scopes];
      return {
        directives: registries.flatMap(([name, node]): readonly Directive[] => {
          const value = textOf(node) ?? textOf(at(node, "url"));
          if (node === undefined || value === null) return [];
          return [{ kind: "default-registry", key: name, value, line: node.line }];
        }),
      };
    }),
};
