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
      range: pathOf(value) ?? textOf(value) ?? textOf(at(value, "version")) ?? textOf(at(value, "git")) ?? "workspace",
      line: value.line,
    }));
}

/** What lies in a folder is taken from there, whatever version is named beside it. */
function pathOf(value: Node): string | null {
  const path = textOf(at(value, "path"));
  return path === null ? null : `file:${path}`;
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
    readingOf(readToml(text), (root) => ({ directives: [...sourcesIn(root), ...programsIn(root), ...trustIn(root)] })),
};

/** To replace the source of everybody's crates is to say where all of them come from. */
function sourcesIn(root: Node): readonly Directive[] {
  return [...entriesOf(at(root, "source")), ...entriesOf(at(root, "registries"))].flatMap(([name, table]) =>
    ["replace-with", "registry", "index", "git", "local-registry"].flatMap((key): readonly Directive[] => {
      const value = textOf(at(table, key));
      const kind = key === "replace-with" ? "default-registry" : "registry";
      return value === null ? [] : [{ kind, key: `${name} ${key}`, value, line: at(table, key)?.line ?? table.line }];
    }),
  );
}

/** Programs that stand in for the compiler or run what was built, and get all of it. https://doc.rust-lang.org/cargo/reference/config.html */
function programsIn(root: Node): readonly Directive[] {
  const build = ["rustc", "rustc-wrapper", "rustc-workspace-wrapper", "rustdoc"].map((key) => ["build", key]);
  const targets = entriesOf(at(root, "target")).map(([name]) => ["target", name, "runner"]);
  return [...build, ...targets].flatMap((path): readonly Directive[] => {
    const node = at(root, ...path);
    const value =
      textOf(node) ??
      itemsOf(node)
        .flatMap((item) => textOf(item) ?? [])
        .join(" ");
    return node === undefined || value === "" ? [] : [{ kind: "script", key: path.join("."), value, line: node.line }];
  });
}

function trustIn(root: Node): readonly Directive[] {
  const node = at(root, "http", "check-revoke");
  if (node?.kind !== "scalar" || node.value !== false) return [];
  return [{ kind: "trust", key: "http.check-revoke", value: "false", line: node.line }];
}
