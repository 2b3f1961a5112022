import { z } from "zod";
import { folderOf, inCode } from "../../dependencies/changes.ts";
import { defineRule } from "../../rule.ts";
import type { DependencyFile } from "../../views/dependencies.ts";

export default defineRule({
  id: "lockfile-removed",
  invariant: "supply-chain-is-intact",
  severity: "high",
  confidence: "medium",
  summary: "A lockfile goes, or comes to hold nothing, and no other one takes its place.",
  why: "From then on every build installs whatever has been published a minute ago, and nobody can say what the last one had.",
  remedy: "Keep the lockfile, or delete it together with the manifest that it belongs to.",
  needs: "dependencies",
  options: z.strictObject({}),
  *detect({ files }) {
    for (const file of files) {
      const isEmptied = !file.isGone && file.after.locked.length === 0 && file.before.locked.length > 0;
      if (file.role !== "lock" || !(file.isGone || isEmptied) || files.some((one) => standsIn(one, file))) continue;
      const message = file.isGone
        ? `${inCode(file.path)} is deleted, and no other lockfile takes its place`
        : `${inCode(file.path)} holds no package any more`;
      yield {
        at: { path: file.path, side: file.isGone ? "base" : "head", line: 1 },
        about: file.path,
        message,
        asks: true,
      };
    }
  },
  examples: {
    "a lockfile is deleted": `
      D web/package-lock.json
      < { "lockfileVersion": 3, "packages": {
          "node_modules/left": { "version": "1.0.0", "integrity": "sha512-aaa=" } } }`,
    "it moves to the root of the workspace": `
      D web/yarn.lock
        left@^1.0.0:
          version "1.0.0"
      A yarn.lock
        left@^1.0.0:
          version "1.0.0"`,
    "it goes with its manifest": `
      D web/package.json
        { "dependencies": { "left": "^1.0.0" } }
      D web/package-lock.json
        { "lockfileVersion": 3, "packages": {
          "node_modules/left": { "version": "1.0.0", "integrity": "sha512-aaa=" } } }`,
  },
});

/** Another lockfile of the same folder or above, or one that came where this one went; or its manifest went along. */
function standsIn(other: DependencyFile, gone: DependencyFile): boolean {
  if (other.path === gone.path || other.ecosystem !== gone.ecosystem) return false;
  const [folder, from] = [folderOf(other.path), folderOf(gone.path)];
  if (other.role === "manifest") {
    const isSum = /(?:^|\/)go\.(?:work\.)?sum$/u.test(gone.path);
    // A module without requirements has no sums.
    return folder === from && (other.isGone || (isSum && other.after.declared.length === 0));
  }
  return other.role === "lock" && other.after.locked.length > 0 && (from.startsWith(folder) || other.isNew);
}
