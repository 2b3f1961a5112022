import { z } from "zod";
import { lockedChanges, toldByFile } from "../../dependencies/changes.ts";
import { strengthOf } from "../../dependencies/hashes.ts";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "dependency-integrity-lost",
  invariant: "supply-chain-is-intact",
  severity: "high",
  confidence: "high",
  summary: "A locked package loses its hashes, or keeps only weak ones.",
  why: "Without a strong hash, whoever serves the package decides what is installed, today and at every later build.",
  remedy: "Have the package manager write the lockfile anew with its hashes.",
  needs: "dependencies",
  options: z.strictObject({}),
  *detect({ files }) {
    const found = lockedChanges(files).flatMap((change) => {
      const was = Math.min(...change.were.map(({ hashes }) => strengthOf(hashes)));
      const is = strengthOf(change.is.hashes);
      if (change.were.length === 0 || is >= was) return [];
      return [{ ...change, why: is === 0 ? "has no hash any more" : "has only weak hashes (MD5 or SHA-1)" }];
    });
    yield* toldByFile(found);
  },
  examples: {
    "a hash is taken out": `
      M package-lock.json
        { "lockfileVersion": 3, "packages": {
      !   "node_modules/left": {
      -     "version": "1.0.0", "integrity": "sha512-aaa="
      +     "version": "1.0.0"
          } } }`,
    "a weak hash in the place of a strong one, with a new version": `
      M package-lock.json
        { "lockfileVersion": 3, "packages": {
      !   "node_modules/left": {
      -     "version": "1.0.0", "integrity": "sha512-aaa="
      +     "version": "1.0.1", "integrity": "sha1-aaa="
          } } }`,
    "hashes of requirements are left out": `
      M requirements.txt
      - left==1.0.0 --hash=sha256:aaa
      > left==1.0.0`,
    "there never was a hash": `
      M requirements.txt
      - left==1.0.0
      + left==1.0.1`,
  },
});
