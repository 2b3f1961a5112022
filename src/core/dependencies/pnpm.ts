import type { Parsed } from "../syntax.ts";
import { type Directive, type Locked, type Reader, type Reading, linesOf, nothing } from "./reading.ts";

const header = /^ {2}(?<quote>["']?)(?<spec>[^\s"'].*?)\k<quote>:$/u;

/** What decides which bytes are installed: one map in braces, or a key with a block of keys below it. */
const resolution = /^\{(?:[a-z]+: [^\s,{}"']+|[a-z]+: '[^'{}]*')(?:, (?:[a-z]+: [^\s,{}"']+|[a-z]+: '[^'{}]*'))*\}$/iu;

/**
 * pnpm writes one form alone: keys of `packages:` at two blanks, what belongs to them deeper, each key bare. YAML has many more for the same;
 * whatever is in one of those is unreadable.
 */
function read(text: string): Parsed<Reading> {
  const locked: Locked[] = [];
  let section = "";
  let isInResolution = false;
  for (const { text: written, line } of linesOf(text)) {
    const torn = { ok: false as const, line, reason: "it is not in the form that pnpm writes" };
    if (written === "" || /^\s*#/u.test(written)) continue;
    if (!written.startsWith(" ")) {
      const { name, rest = "" } = /^(?<name>[A-Za-z]+):(?<rest>.*)$/u.exec(written)?.groups ?? {};
      if (name === undefined && written !== "---") return torn;
      section = name ?? "";
      if (section === "packages" && rest !== "" && rest !== " {}") return torn;
      continue;
    }
    if (section !== "packages") continue;
    const spec = header.exec(written)?.groups?.["spec"];
    if (spec !== undefined) {
      locked.push(lockedAs(spec, line));
      isInResolution = false;
      continue;
    }
    const last = locked.at(-1);
    const {
      blanks = "",
      key,
      value = "",
    } = /^(?<blanks> {4,})(?<key>[A-Za-z]+):(?: (?<value>.*))?$/u.exec(written)?.groups ?? {};
    if (!written.startsWith("    ") || last === undefined) return torn;
    if (blanks.length === 4) {
      isInResolution = key === "resolution";
      if (isInResolution && value !== "" && !resolution.test(value)) return torn;
    } else if (key === undefined && (isInResolution || /^ {4}\S/u.test(written))) return torn;
    if (isInResolution || key === "requiresBuild" || blanks.length === 4) {
      locked[locked.length - 1] = detailed(last, written);
    }
  }
  return { ok: true, value: { ...nothing, locked } };
}

/** `/name@1.0.0(peer)`, `name@1.0.0`, `/name/1.0.0_peer`, `name@https://host/archive`. */
function lockedAs(written: string, line: number): Locked {
  const spec = written.replace(/\(.*$/u, "").replace(/^\//u, "");
  const old = /^(?<name>(?:@[^/]+\/)?[^/@]+)\/(?<version>\d[^/_]*)/u.exec(spec)?.groups;
  const split = spec.indexOf("@", 1);
  const name = old?.["name"] ?? (split === -1 ? spec : spec.slice(0, split));
  const version = old?.["version"] ?? (split === -1 ? "" : spec.slice(split + 1));
  const source = /^\w+:|^(?:github|gitlab|bitbucket)\.\w+\//u.test(version) ? version : null;
  return { name, version, source, hashes: [], runsScript: false, line };
}

function detailed(locked: Locked, written: string): Locked {
  if (/^ {4}requiresBuild: true$/u.test(written)) return { ...locked, runsScript: true };
  // pnpm does not fetch what is optional on other systems, and writes `requiresBuild` because it does not know. The key comes behind it.
  if (/^ {4}optional: true$/u.test(written)) return { ...locked, runsScript: false };
  const integrity = /\bintegrity: (?<hash>[^\s,}]+)/u.exec(written)?.groups?.["hash"];
  const source = /\b(?:tarball|repo): (?<url>[^\s,}]+)/u.exec(written)?.groups?.["url"];
  return {
    ...locked,
    source: source ?? locked.source,
    hashes: integrity === undefined ? locked.hashes : [integrity],
  };
}

export const pnpmLock: Reader = {
  ecosystem: "npm",
  role: "lock",
  claims: (path) => /(?:^|\/)pnpm-lock\.yaml$/u.test(path),
  read,
};

/** Settings of pnpm since its tenth version: top keys, and what stands one level below them. https://pnpm.io/settings */
export const pnpmWorkspace: Reader = {
  ecosystem: "npm",
  role: "settings",
  claims: (path) => /(?:^|\/)pnpm-workspace\.yaml$/u.test(path),
  read: (text) => {
    let section = "";
    const directives = linesOf(text).flatMap(({ text: written, line }): readonly Directive[] => {
      const {
        blanks = "",
        key = "",
        value = "",
      } = /^(?<blanks>\s*)["']?(?<key>[@\w][^:"']*(?::[^\s:"']+)?)["']?:(?:\s+["']?(?<value>[^"'#]*)["']?.*)?$/u.exec(
        written,
      )?.groups ?? {};
      const item = /^\s+-\s+["']?(?<item>[^"'#\s]+)/u.exec(written)?.groups?.["item"];
      if (item !== undefined) return itemKind(section, item, line);
      if (key === "") return [];
      if (blanks === "") section = key;
      const kind = blanks === "" ? topKind(key, value.trim()) : belowKind(section);
      return kind === null ? [] : [{ kind, key: blanks === "" ? key : `${section} ${key}`, value: value.trim(), line }];
    });
    return { ok: true, value: { ...nothing, directives } };
  },
};

function topKind(key: string, value: string): Directive["kind"] | null {
  switch (key) {
    case "registry":
      return "default-registry";
    case "strictSsl":
    case "lockfile":
    case "verifyStoreIntegrity":
    case "strictDepBuilds":
      return value === "false" ? "trust" : null;
    case "dangerouslyAllowAllBuilds":
      return value === "true" ? "trust" : null;
    case "ignoreScripts":
    case "blockExoticSubdeps":
      return value === "true" ? "guard" : null;
    case "minimumReleaseAge":
      return value === "0" ? null : "guard";
    case "trustPolicy":
      return value === "no-downgrade" ? "guard" : null;
    default:
      return null;
  }
}

function belowKind(section: string): Directive["kind"] | null {
  if (section === "registries") return "default-registry";
  return section === "overrides" ? "override" : null;
}

/** Packages that may run their scripts on an installation, or that need not age. */
function itemKind(section: string, item: string, line: number): readonly Directive[] {
  if (section === "onlyBuiltDependencies") return [{ kind: "script", key: `${section} ${item}`, value: item, line }];
  if (!/^(?:minimumReleaseAgeExclude|trustPolicyExclude)$/u.test(section)) return [];
  return [{ kind: "trust", key: `${section} ${item}`, value: item, line }];
}
