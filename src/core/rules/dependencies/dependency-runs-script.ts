import { z } from "zod";
import { directiveChanges, inCode, lockedChanges, placeOf, toldByFile } from "../../dependencies/changes.ts";
import type { Locked } from "../../dependencies/reading.ts";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "dependency-runs-script",
  invariant: "supply-chain-is-intact",
  severity: "high",
  confidence: "high",
  summary: "An installation newly runs a program: a script of the package itself, or of one that it locks.",
  why: "It runs on every machine that installs, with the rights and secrets of whoever does, before anybody looked at it.",
  remedy: "Read the script, or install without scripts and build what needs it by name.",
  needs: "dependencies",
  options: z.strictObject({}),
  *detect({ files }) {
    for (const change of directiveChanges(files, "script")) {
      const { file, is, was } = change;
      // What sets up hooks of git is in most repositories and says what it does.
      if (/^(?:is-ci \|\| )?(?:husky(?: install)?|lefthook install)$/u.test(is.value)) continue;
      const how = was === undefined ? "is new" : `was ${inCode(was.value)}`;
      const message = isAllowance(is.key)
        ? `the scripts of ${inCode(is.value)} newly run when it is installed`
        : `the program of ${inCode(is.key)} runs by itself and ${how}: ${inCode(is.value)}`;
      yield { at: placeOf(change), about: `${file.path} ${is.key}`, message, asks: true };
    }
    const found = lockedChanges(files).flatMap((change) => {
      if (!change.is.runsScript || change.isFirst || change.were.some(({ runsScript }) => runsScript)) return [];
      // The same archive holds the same scripts, whatever a package manager comes to write of it.
      if (change.were.some((was) => isSameArchive(was, change.is))) return [];
      const why = change.were.length === 0 ? "is new and runs a script" : "newly runs a script";
      return [{ ...change, why: `${why} when it is installed` }];
    });
    yield* toldByFile(found);
  },
  examples: {
    "a script of the package": `
      M package.json
        {
          "scripts": {
            "build": "tsc",
      >     "postinstall": "node setup.js"
          }
        }`,
    "a locked package newly has one": `
      M package-lock.json
        { "lockfileVersion": 3, "packages": {
      !   "node_modules/left": {
      -     "version": "1.0.0"
      +     "version": "1.0.1", "hasInstallScript": true
          } } }`,
    "npm runs a program of the repository in the place of git": `
      M .npmrc
        save-exact=true
      > git=./tools/fetch.sh`,
    "a package may run its scripts": `
      M pnpm-workspace.yaml
        onlyBuiltDependencies:
          - left
      >   - right`,
    "it had one before": `
      M package-lock.json
        { "lockfileVersion": 3, "packages": {
          "node_modules/left": {
      -     "version": "1.0.0", "hasInstallScript": true
      +     "version": "1.0.1", "hasInstallScript": true
          } } }`,
    "pnpm comes to write of the same archive that it is built": `
      M pnpm-lock.yaml
        lockfileVersion: '6.0'
        packages:
          /left@1.0.0:
            resolution: {integrity: sha512-aaa=}
      +     requiresBuild: true`,
    "what is optional, of which pnpm does not know": `
      M pnpm-lock.yaml
        lockfileVersion: '6.0'
        packages:
      +   /left-darwin@1.0.0:
      +     resolution: {integrity: sha512-aaa=}
      +     requiresBuild: true
      +     optional: true
          /right@1.0.0:
            resolution: {integrity: sha512-bbb=}`,
    "a new package that pnpm builds": `
      M pnpm-lock.yaml
        lockfileVersion: '6.0'
        packages:
      >   /left@1.0.0:
      +     resolution: {integrity: sha512-aaa=}
      +     requiresBuild: true
          /right@1.0.0:
            resolution: {integrity: sha512-bbb=}`,
    "a script that somebody calls": `
      M package.json
        {
          "scripts": {
      +     "prepublish": "tsc",
            "build": "tsc"
          }
        }`,
  },
});

function isAllowance(key: string): boolean {
  return /^(?:trustedDependencies|onlyBuiltDependencies) /u.test(key);
}

function isSameArchive(was: Locked, is: Locked): boolean {
  return was.version === is.version && is.hashes.length > 0 && is.hashes.every((hash) => was.hashes.includes(hash));
}
