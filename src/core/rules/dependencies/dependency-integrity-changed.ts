import { z } from "zod";
import { lockedChanges, toldByFile } from "../../dependencies/changes.ts";
import { defineRule } from "../../rule.ts";

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
    const found = lockedChanges(files).flatMap((change) => {
      const same = change.were.filter(({ version }) => version !== "" && version === change.is.version);
      const differs = same.length > 0 && same.every(({ hashes }) => contradicts(hashes, change.is.hashes));
      return differs ? [{ ...change, why: "has other hashes for the same version" }] : [];
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

/** Of an algorithm that both name there is no hash in common. */
function contradicts(before: readonly string[], after: readonly string[]): boolean {
  const algorithms = new Set(before.map(algorithmOf));
  const comparable = after.filter((hash) => algorithms.has(algorithmOf(hash)));
  return comparable.length > 0 && !comparable.some((hash) => before.includes(hash));
}

function algorithmOf(hash: string): string {
  return hash.slice(0, hash.indexOf("-"));
}
