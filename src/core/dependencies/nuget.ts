import { at, entriesOf, textOf } from "./node.ts";
import { readJson } from "./json.ts";
import { type Declared, type Directive, type Locked, type Reader, readingOf } from "./reading.ts";
import { below, type Element, everywhere, readXml, textAt } from "./xml.ts";

/** https://learn.microsoft.com/en-us/nuget/consume-packages/package-references-in-project-files */
function declaredIn(root: Element): readonly Declared[] {
  return ["PackageReference", "PackageVersion", "GlobalPackageReference", "DotNetCliToolReference", "package"].flatMap(
    (kind) =>
      everywhere(root, kind).flatMap((element): readonly Declared[] => {
        const { attributes, line } = element;
        const name = attributes.get("Include") ?? attributes.get("Update") ?? attributes.get("id");
        if (name === undefined) return [];
        const version = ["Version", "VersionOverride", "version"]
          .map((key) => attributes.get(key))
          .find((one) => one !== undefined);
        const range = version ?? textAt(element, "Version") ?? "managed";
        return [
          { name: name.toLowerCase(), range: range.replaceAll(/\$\((?<name>[^)]*)\)/gu, "the property $<name>"), line },
        ];
      }),
  );
}

function directivesIn(root: Element): readonly Directive[] {
  const sources = ["RestoreSources", "RestoreAdditionalProjectSources"].flatMap((key) =>
    everywhere(root, key).map(({ text, line }): Directive => ({ kind: "registry", key, value: text, line })),
  );
  const locks = everywhere(root, "RestorePackagesWithLockFile").filter(({ text }) => text === "true");
  return [
    ...sources,
    ...locks.map(({ name, text, line }): Directive => ({ kind: "guard", key: name, value: text, line })),
  ];
}

export const nugetProject: Reader = {
  ecosystem: "nuget",
  role: "manifest",
  claims: (path) =>
    /(?:^|\/)(?:[^/]+\.(?:cs|fs|vb)proj|Directory\.(?:Packages|Build)\.(?:props|targets)|packages\.config)$/u.test(
      path,
    ),
  read: (text) => readingOf(readXml(text), (root) => ({ declared: declaredIn(root), directives: directivesIn(root) })),
};

/** https://learn.microsoft.com/en-us/nuget/reference/nuget-config-file */
export const nugetSettings: Reader = {
  ecosystem: "nuget",
  role: "settings",
  claims: (path) => /(?:^|\/)nuget\.config$/iu.test(path),
  read: (text) =>
    readingOf(readXml(text), (root) => ({
      directives: [
        ...below(root, "packageSources", "add").flatMap((source): readonly Directive[] => {
          const [name = "", value = ""] = ["key", "value"].map((key) => source.attributes.get(key));
          const { line } = source;
          const insecure = source.attributes.get("allowInsecureConnections")?.toLowerCase() === "true";
          if (!/^https?:/iu.test(value)) return [];
          const trust: Directive = { kind: "trust", key: `${name} allowInsecureConnections`, value: "true", line };
          return [{ kind: "registry", key: `source ${name}`, value, line }, ...(insecure ? [trust] : [])];
        }),
        ...below(root, "packageSources", "clear").map(({ line }) => guard("clear of inherited sources", line)),
        ...below(root, "packageSourceMapping", "packageSource").flatMap((source) =>
          below(source, "package").map(({ attributes, line }) =>
            guard(`${attributes.get("pattern") ?? ""} from ${source.attributes.get("key") ?? ""} alone`, line),
          ),
        ),
        ...below(root, "config", "add")
          .filter(
            ({ attributes }) =>
              attributes.get("key") === "signatureValidationMode" && attributes.get("value") === "require",
          )
          .map(({ line }) => guard("signatureValidationMode", line)),
      ],
    })),
};

function guard(key: string, line: number): Directive {
  return { kind: "guard", key, value: "", line };
}

/** https://learn.microsoft.com/en-us/nuget/consume-packages/package-references-in-project-files#locking-dependencies */
export const nugetLock: Reader = {
  ecosystem: "nuget",
  role: "lock",
  claims: (path) => /(?:^|\/)packages(?:\.[\w.-]+)?\.lock\.json$/u.test(path),
  read: (text) =>
    readingOf(readJson(text), (root) => ({
      locked: entriesOf(at(root, "dependencies")).flatMap(([, framework]) =>
        entriesOf(framework).flatMap(([name, entry]): readonly Locked[] => {
          // A project of the same repository.
          if (textOf(at(entry, "type")) === "Project") return [];
          const hash = textOf(at(entry, "contentHash"));
          const hashes = hash === null ? [] : [`sha512-${hash}`];
          const version = textOf(at(entry, "resolved")) ?? "";
          return [{ name: name.toLowerCase(), version, source: null, hashes, runsScript: false, line: entry.line }];
        }),
      ),
    })),
};
