import type { Parsed } from "../syntax.ts";
import { type Declared, type Directive, type Locked, type Reader, type Reading, linesOf, nothing } from "./reading.ts";

function readLock(text: string): Parsed<Reading> {
  const locked: Locked[] = [];
  const checksums = new Map<string, string>();
  let [section, remote] = ["", ""];
  for (const { text: written, line } of linesOf(text)) {
    if (/^[A-Z]/u.test(written)) {
      [section, remote] = [written, ""];
      continue;
    }
    remote = /^ {2}remote: (?<url>\S+)$/u.exec(written)?.groups?.["url"] ?? remote;
    const {
      name,
      version,
      hash = "",
    } = /^ {2,4}(?<name>\S+) \((?<version>[^)\s]+)\)(?: sha256=(?<hash>\w+))?$/u.exec(written)?.groups ?? {};
    if (name === undefined || version === undefined) continue;
    if (section === "CHECKSUMS" && hash !== "") checksums.set(`${name} ${version}`, `sha256-${hash}`);
    // What lies in the repository itself has a path for a remote.
    if (!/^(?:GEM|GIT)$/u.test(section) || !written.startsWith("    ")) continue;
    const source = section === "GIT" ? `git+${remote}` : remote;
    locked.push({ name, version, source, hashes: [], runsScript: false, line });
  }
  const hashed = locked.map((one) => {
    const hash = checksums.get(`${one.name} ${one.version}`);
    return hash === undefined ? one : { ...one, hashes: [hash] };
  });
  return { ok: true, value: { ...nothing, locked: hashed } };
}

export const gemfileLock: Reader = {
  ecosystem: "rubygems",
  role: "lock",
  claims: (path) => /(?:^|\/)(?:Gemfile\.lock|gems\.locked)$/u.test(path),
  read: readLock,
};

/** A Gemfile is a program; the lines that say what they mean are read, and the lockfile tells what came of the others. */
export const gemfile: Reader = {
  ecosystem: "rubygems",
  role: "manifest",
  claims: (path) => /(?:^|\/)(?:Gemfile|gems\.rb)$/u.test(path),
  read: (text) => {
    const declared: Declared[] = [];
    const directives: Directive[] = [];
    for (const { text: written, line } of linesOf(text)) {
      const { name, rest = "" } = /^\s*gem[ (]\s*["'](?<name>[^"']+)["'](?<rest>.*)$/u.exec(written)?.groups ?? {};
      const range = /^\s*,\s*["'](?<range>[^"']+)["']/u.exec(rest)?.groups?.["range"] ?? null;
      if (name !== undefined) declared.push({ name, range, line });
      const url = /^\s*source[ (]\s*["'](?<url>[^"']+)["']/u.exec(written)?.groups?.["url"];
      if (url !== undefined) directives.push({ kind: "registry", key: `source ${url}`, value: url, line });
    }
    return { ok: true, value: { ...nothing, declared, directives } };
  },
};

/** https://bundler.io/man/bundle-config.1.html */
export const bundleSettings: Reader = {
  ecosystem: "rubygems",
  role: "settings",
  claims: (path) => /(?:^|\/)\.bundle\/config$/u.test(path),
  read: (text) => ({
    ok: true,
    value: {
      ...nothing,
      directives: linesOf(text).flatMap(({ text: written, line }): readonly Directive[] => {
        const { key = "", value = "" } =
          /^(?<key>BUNDLE_\S+):\s+["']?(?<value>[^"']*)["']?$/u.exec(written)?.groups ?? {};
        if (key.startsWith("BUNDLE_MIRROR__")) return [{ kind: "default-registry", key, value, line }];
        if (/^BUNDLE_(?:SSL_VERIFY_MODE|DISABLE_CHECKSUM_VALIDATION)$/u.test(key))
          return [{ kind: "trust", key, value, line }];
        return key === "BUNDLE_FROZEN" && value === "true" ? [{ kind: "guard", key, value, line }] : [];
      }),
    },
  }),
};
