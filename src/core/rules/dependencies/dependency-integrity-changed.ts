import { z } from "zod";
import { type LockedChange, lockedChanges, toldByFile } from "../../dependencies/changes.ts";
import { isWeak } from "../../dependencies/hashes.ts";
import type { Locked } from "../../dependencies/reading.ts";
import { defineRule } from "../../rule.ts";
import type { DependencyFile } from "../../views/dependencies.ts";

export default defineRule({
  id: "dependency-integrity-changed",
  invariant: "supply-chain-is-intact",
  severity: "critical",
  confidence: "high",
  summary: "A lockfile has other hashes for the same version of a package.",
  why: "A version that is published does not change. Other hashes let another program run under the name of the one that people know.",
  remedy:
    "Have the package manager write the lockfile anew. Where the hashes differ again, find out what was published.",
  needs: "dependencies",
  options: z.strictObject({}),
  *detect({ files }) {
    const changes = lockedChanges(files);
    const kept = changes.filter(({ is, were }) => were.some(({ version }) => version === is.version));
    // Another package manager, or another form of the same lockfile, has hashes of its own for everything.
    const isAnew = kept.length > 1 && kept.every((change) => isIncomparable(change));
    const standing = new Map<DependencyFile, ReadonlyMap<string, readonly Locked[]>>();
    const twinsOf = (file: DependencyFile): ReadonlyMap<string, readonly Locked[]> => {
      const known = standing.get(file) ?? Map.groupBy(file.after.locked, ({ name, version }) => `${name} ${version}`);
      standing.set(file, known);
      return known;
    };
    const found = changes.flatMap((change) => {
      const { is, file } = change;
      const same = change.were.filter(({ version }) => version !== "" && version === is.version);
      const isOne = oneFile.has(file.ecosystem);
      if (same.length > 0 && same.every(({ hashes }) => contradicts(hashes, is.hashes, isOne))) {
        return [{ ...change, why: "has other hashes for the same version" }];
      }
      if (same.length > 0 && !isAnew && isIncomparable(change)) {
        return [{ ...change, why: "has hashes of another kind for the same version, which cannot be compared" }];
      }
      const twins = isOne ? twinsOf(file).get(`${is.name} ${is.version}`) : undefined;
      return twins?.some((other) => other !== is && isTwin(other, is)) !== true
        ? []
        : [{ ...change, why: "stands twice, with different hashes for one version" }];
    });
    yield* toldByFile(found);
  },
  examples: {
    "another hash in a lockfile of npm": {
      reverse: "reports",
      change: `
      M package-lock.json
        { "lockfileVersion": 3, "packages": {
      !   "node_modules/left": {
            "version": "1.0.0",
      -     "integrity": "sha512-aaa="
      +     "integrity": "sha512-bbb="
          } } }`,
    },
    "another hash of a module": {
      reverse: "reports",
      change: `
      M go.sum
      - example.com/left v1.0.0 h1:aaa=
      > example.com/left v1.0.0 h1:bbb=`,
    },
    "another hash in a lockfile of pnpm": {
      reverse: "reports",
      change: `
      M pnpm-lock.yaml
        lockfileVersion: '9.0'

        packages:

      !   left@1.0.0:
      -     resolution: {integrity: sha512-aaa=}
      +     resolution: {integrity: sha512-bbb=}`,
    },
    "one more hash for the one file of a version": `
      M package-lock.json
        { "lockfileVersion": 3, "packages": {
      !   "node_modules/left": {
            "version": "1.0.0",
      -     "integrity": "sha512-aaa="
      +     "integrity": "sha512-aaa= sha512-bbb="
          } } }`,
    "another hash while the lockfile moves": {
      reverse: "reports",
      change: `
      D package-lock.json
        { "lockfileVersion": 3, "packages": {
          "node_modules/left": { "version": "1.0.0", "integrity": "sha512-aaa=" } } }
      A web/package-lock.json
        { "lockfileVersion": 3, "packages": {
      >   "node_modules/left": {
            "version": "1.0.0", "integrity": "sha512-bbb=" } } }`,
    },
    "another package manager keeps the hashes": `
      D package-lock.json
        { "lockfileVersion": 3, "packages": {
          "node_modules/left": { "version": "1.0.0", "integrity": "sha512-aaa=" } } }
      A pnpm-lock.yaml
        lockfileVersion: '9.0'

        packages:

          left@1.0.0:
            resolution: {integrity: sha512-aaa=}`,
    "a new version has new hashes": `
      M Cargo.lock
        [[package]]
        name = "left"
      - version = "1.0.0"
      + version = "1.0.1"
        source = "registry+https://github.com/rust-lang/crates.io-index"
      - checksum = "aaa"
      + checksum = "bbb"`,
    "one more file of the same release": `
      M poetry.lock
        [[package]]
        name = "left"
        version = "1.0.0"
        files = [
            {file = "left-1.0.0.tar.gz", hash = "sha256:aaa"},
      +     {file = "left-1.0.0-py3-none-any.whl", hash = "sha256:bbb"},
        ]`,
  },
});

/** Where a version is one file, so that one more hash lets in one more program. Releases of Python have a file for each platform. */
const oneFile: ReadonlySet<string> = new Set(["npm", "cargo", "go", "composer", "nuget"]);

/** Of an algorithm that both name there is no hash in common; or, where there can be one alone, there is another one. */
function contradicts(before: readonly string[], after: readonly string[], isOne: boolean): boolean {
  const algorithms = new Set(before.map(algorithmOf));
  const comparable = after.filter((hash) => algorithms.has(algorithmOf(hash)));
  const known = comparable.filter((hash) => before.includes(hash));
  return comparable.length > 0 && (isOne ? known.length < comparable.length : known.length === 0);
}

/** Both have hashes, of no algorithm in common, and what is there now is not stronger. */
function isIncomparable({ is, were }: Pick<LockedChange, "is" | "were">): boolean {
  const same = were.filter(({ version, hashes }) => version === is.version && hashes.length > 0);
  return (
    is.hashes.length > 0 &&
    same.length > 0 &&
    same.every(({ hashes }) => {
      const algorithms = new Set(hashes.map(algorithmOf));
      const isRaised = hashes.every(isWeak) && !is.hashes.every(isWeak);
      const isLowered = !hashes.every(isWeak) && is.hashes.every(isWeak);
      return !isRaised && !isLowered && !is.hashes.some((hash) => algorithms.has(algorithmOf(hash)));
    })
  );
}

function isTwin(a: Locked, b: Locked): boolean {
  if (a.name !== b.name || a.version !== b.version || a.version === "" || a.source !== b.source) return false;
  return contradicts(a.hashes, b.hashes, true);
}

function algorithmOf(hash: string): string {
  return hash.slice(0, hash.indexOf("-"));
}
