import { type Node, at, entriesOf, itemsOf, textOf } from "./node.ts";
import { type Declared, type Directive, type Reader, readingOf } from "./reading.ts";
import { readToml } from "./toml.ts";

const groups = ["dependencies", "dev-dependencies", "build-dependencies"];

function declaredIn(root: Node): readonly Declared[] {
  const holders = [root, at(root, "workspace"), ...entriesOf(at(root, "target")).map(([, target]) => target)];
  return holders
    .flatMap((holder) => groups.flatMap((group) => entriesOf(at(holder, group))))
    .map(([name, value]) => ({
      name: textOf(at(value, "package")) ?? name,
      range:
        textOf(value) ??
        textOf(at(value, "version")) ??
        textOf(at(value, "git")) ??
        textOf(at(value, "path")) ??
        "workspace",
      line: value.line,
    }));
}

function overridesIn(root: Node): readonly Directive[] {
  const patched = entriesOf(at(root, "patch")).flatMap(([, table]) => entriesOf(table));
  return [...patched, ...entriesOf(at(root, "replace"))].map(([key, value]) => ({
    kind: "override",
    key,
    value: ["git", "path", "version"]
      .map((kind) => textOf(at(value, kind)) ?? "")
      .join(" ")
      .trim(),
    line: value.line,
  }));
}

export const cargoToml: Reader = {
  ecosystem: "cargo",
  role: "manifest",
  claims: (path) => /(?:^|\/)Cargo\.toml$/u.test(path),
  read: (text) => readingOf(readToml(text), (root) => ({ declared: declaredIn(root), directives: overridesIn(root) })),
};

export const cargoLock: Reader = {
  ecosystem: "cargo",
  role: "lock",
  claims: (path) => /(?:^|\/)Cargo\.lock$/u.test(path),
  read: (text) =>
    readingOf(readToml(text), (root) => ({
      locked: itemsOf(at(root, "package")).flatMap((entry) => {
        const source = textOf(at(entry, "source"));
        const checksum = textOf(at(entry, "checksum"));
        const [name, version] = [textOf(at(entry, "name")) ?? "", textOf(at(entry, "version")) ?? ""];
        // A package of the workspace has no source.
        if (source === null) return [];
        const hashes = checksum === null ? [] : [`sha256-${checksum}`];
        return [{ name, version, source, hashes, runsScript: false, line: entry.line }];
      }),
    })),
};

export const cargoSettings: Reader = {
  ecosystem: "cargo",
  role: "settings",
  claims: (path) => /(?:^|\/)\.cargo\/config(?:\.toml)?$/u.test(path),
  read: (text) =>
    readingOf(readToml(text), (root) => ({
      directives: [...entriesOf(at(root, "source")), ...entriesOf(at(root, "registries"))].flatMap(([name, table]) =>
        ["replace-with", "registry", "index", "git"].flatMap((key): readonly Directive[] => {
          const value = textOf(at(table, key));
          return value === null ? [] : [{ kind: "registry", key: `${name} ${key}`, value, line: table.line }];
        }),
      ),
    })),
};
