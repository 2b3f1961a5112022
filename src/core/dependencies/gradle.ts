import type { Parsed } from "../syntax.ts";
import { type Node, at, entriesOf, textOf } from "./node.ts";
import {
  type Declared,
  type Directive,
  type Locked,
  type Reader,
  type Reading,
  linesOf,
  nothing,
  readingOf,
} from "./reading.ts";
import { readToml } from "./toml.ts";
import { below, everywhere, readXml, textAt } from "./xml.ts";

const coordinates = /["'](?<name>[\w.-]+:[\w.-]+)(?::(?<range>[^"':@]+))?(?::[\w.-]+)?(?:@\w+)?["']/u;
/** How dependencies are declared, whatever configurations a build makes for itself. */
const configuration =
  /^\s*(?:(?:\w*(?:[iI]mplementation|[aA]pi|[cC]ompileOnly|[rR]untimeOnly|[cC]lasspath|[aA]nnotationProcessor|[kK]apt|[kK]sp))|compile|runtime|testCompile)\b/u;
const plugin = /^\s*id\s*\(?\s*["'](?<name>[\w.-]+)["']\s*\)?\s*version\s*\(?\s*["'](?<range>[^"']+)["']/u;
const short: Readonly<Record<string, string>> = {
  jcenter: "https://jcenter.bintray.com/",
  mavenLocal: "file:~/.m2/repository",
};

/** A build of Gradle is a program; the lines that say what they mean are read, and its lockfiles tell what came of the others. */
function readBuild(text: string): Parsed<Reading> {
  const declared: Declared[] = [];
  const directives: Directive[] = [];
  const open: string[] = [];
  for (const { text: whole, line } of linesOf(text)) {
    const written = whole.replace(/(?:^|\s)\/\/.*$/u, "");
    const isRepository = open.includes("repositories") || /\brepositories\s*\{/u.test(written);
    const found =
      plugin.exec(written)?.groups ?? (configuration.test(written) ? coordinates.exec(written)?.groups : undefined);
    if (found?.["name"] !== undefined && !open.includes("constraints")) {
      const range = found["range"]?.replace(/\$\{?(?<name>[\w.]+)\}?/gu, "the property $<name>") ?? "managed";
      declared.push({ name: found["name"], range, line });
    }
    if (isRepository && !open.includes("publishing")) directives.push(...repositoriesIn(written, line));
    if (
      /\b(?:allowInsecureProtocol\s*=\s*true|setAllowInsecureProtocol\s*\(\s*true|isAllowInsecureProtocol\s*=\s*true)/u.test(
        written,
      )
    ) {
      directives.push({ kind: "trust", key: "allowInsecureProtocol", value: "true", line });
    }
    const script = /^\s*apply\s*\(?\s*from\s*[:=]\s*["'](?<url>https?:[^"']+)["']/u.exec(written)?.groups?.["url"];
    if (script !== undefined) directives.push({ kind: "tool", key: `apply from ${script}`, value: script, line });
    nest(written, open);
  }
  return { ok: true, value: { ...nothing, declared, directives } };
}

function repositoriesIn(written: string, line: number): readonly Directive[] {
  const urls = /\b(?:url|setUrl|maven|uri|ivy)\b/u.test(written)
    ? [...written.matchAll(/["'](?<url>[a-z]+:\/\/[^"']+)["']/giu)]
    : [];
  const called = /\b(?<name>jcenter|mavenLocal)\s*\(/u.exec(written)?.groups?.["name"];
  const value = called === undefined ? undefined : short[called];
  return [
    ...urls.map(({ groups }): Directive => {
      const url = groups?.["url"] ?? "";
      return { kind: "registry", key: `repository ${url}`, value: url, line };
    }),
    ...(value === undefined ? [] : [{ kind: "registry" as const, key: `repository ${called ?? ""}`, value, line }]),
  ];
}

/** The names of the blocks that are open behind a line. */
function nest(written: string, open: string[]): void {
  for (const { groups } of written.matchAll(/(?<name>\w+)?\s?(?:\([^(){}]*\)\s*)?(?<bracket>[{}])/gu)) {
    if (groups?.["bracket"] === "{") open.push(groups["name"] ?? "");
    else open.pop();
  }
}

export const gradleBuild: Reader = {
  ecosystem: "maven",
  role: "manifest",
  claims: (path) => /\.gradle(?:\.kts)?$/u.test(path),
  read: readBuild,
};

/** `group:name:version=configurations`. https://docs.gradle.org/current/userguide/dependency_locking.html */
export const gradleLock: Reader = {
  ecosystem: "maven",
  role: "lock",
  claims: (path) =>
    /(?:^|\/)(?:buildscript-)?gradle\.lockfile$|(?:^|\/)gradle\/dependency-locks\/[^/]+\.lockfile$/u.test(path),
  read: (text) => {
    const locked: Locked[] = [];
    for (const { text: written, line } of linesOf(text)) {
      if (written === "" || /^#|^empty=/u.test(written)) continue;
      const { name, version = "" } =
        /^(?<name>[^:=\s]+:[^:=\s]+):(?<version>[^:=\s]+)(?:=.*)?$/u.exec(written)?.groups ?? {};
      if (name === undefined) return { ok: false, line, reason: "a line is not group, name and version" };
      locked.push({ name, version, source: null, hashes: [], runsScript: false, line });
    }
    return { ok: true, value: { ...nothing, locked } };
  },
};

/** https://docs.gradle.org/current/userguide/dependency_verification.html */
export const gradleVerification: Reader = {
  ecosystem: "maven",
  role: "settings",
  claims: (path) => /(?:^|\/)verification-metadata\.xml$/u.test(path),
  read: (text) =>
    readingOf(readXml(text), (root) => ({
      locked: below(root, "components", "component").flatMap((component) => {
        const [group, name, version] = ["group", "name", "version"].map((key) => component.attributes.get(key) ?? "");
        return below(component, "artifact").map((artifact) => ({
          name: `${group}:${name} ${artifact.attributes.get("name") ?? ""}`,
          version: version ?? "",
          source: null,
          hashes: artifact.children.flatMap((hash) =>
            /^(?:md5|sha\d+|pgp)$/u.test(hash.name)
              ? [hash, ...below(hash, "also-trust")].map((one) => `${hash.name}-${one.attributes.get("value") ?? ""}`)
              : [],
          ),
          runsScript: false,
          line: artifact.line,
        }));
      }),
      directives: [
        ...["verify-metadata", "verify-signatures"].flatMap((key): readonly Directive[] =>
          textAt(root, "configuration", key) === "true" ? [{ kind: "guard", key, value: "true", line: root.line }] : [],
        ),
        ...["trust", "trusted-key", "ignored-key"].flatMap((name) =>
          everywhere(root, name).map((one): Directive => {
            const value = [...one.attributes].map(([key, said]) => `${key}=${said}`).join(" ");
            return { kind: "trust", key: `${name} ${value}`, value, line: one.line };
          }),
        ),
      ],
    })),
};

function catalogueOf(root: Node): Partial<Reading> {
  const versions = at(root, "versions");
  const rangeOf = (node: Node | undefined): string | null => {
    const version = at(node, "version");
    const reference = textOf(at(version, "ref"));
    const found = reference === null ? version : at(versions, reference);
    return (
      textOf(found) ?? textOf(at(found, "strictly")) ?? textOf(at(found, "require")) ?? textOf(at(found, "prefer"))
    );
  };
  return {
    declared: ["libraries", "plugins"].flatMap((table) =>
      entriesOf(at(root, table)).flatMap(([, entry]): readonly Declared[] => {
        const written = textOf(entry) ?? textOf(at(entry, "module")) ?? textOf(at(entry, "id"));
        const joined = [at(entry, "group"), at(entry, "name")].map(textOf).join(":");
        const [group = "", name, range] = (written ?? joined).split(":");
        const full = table === "plugins" || name === undefined ? group : `${group}:${name}`;
        const said = table === "plugins" && textOf(entry) !== null ? name : range;
        return [{ name: full, range: said ?? rangeOf(entry) ?? "managed", line: entry.line }];
      }),
    ),
  };
}

export const gradleCatalogue: Reader = {
  ecosystem: "maven",
  role: "manifest",
  claims: (path) => path.endsWith(".versions.toml"),
  read: (text) => readingOf(readToml(text), catalogueOf),
};
