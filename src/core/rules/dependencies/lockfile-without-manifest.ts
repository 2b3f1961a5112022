import { z } from "zod";
import { inCode } from "../../dependencies/changes.ts";
import { loosening } from "../../policy/patterns.ts";
import { defineRule } from "../../rule.ts";
import type { DependencyFile } from "../../views/dependencies.ts";

export default defineRule({
  id: "lockfile-without-manifest",
  invariant: "supply-chain-is-intact",
  severity: "medium",
  confidence: "medium",
  summary: "A lockfile brings in packages that were not there, and no manifest changes that could ask for them.",
  why: "A lockfile decides which bytes get installed, and reviewers seldom read it.",
  remedy:
    "Change the manifest in the same change, or list the lockfile in `refreshed` where it is kept up to date by itself.",
  needs: "dependencies",
  options: z.strictObject({
    refreshed: z
      .array(z.string())
      .default([])
      .describe(
        "Patterns of lockfiles that may change without their manifest, as a bot that keeps them up to date does.",
      ),
  }),
  *detect({ files }, { refreshed }) {
    const isRefreshed = loosening(refreshed);
    const manifests = files.filter(({ role }) => role === "manifest");
    for (const file of files) {
      if (
        file.role !== "lock" ||
        file.isNew ||
        isRefreshed(file.path) ||
        manifests.some((one) => explains(one, file))
      ) {
        continue;
      }
      const known = new Set(file.before.locked.map(({ name }) => name));
      const added = file.after.locked.filter(({ name }) => !known.has(name));
      const [first] = added;
      if (first === undefined) continue;
      const names = [...new Set(added.map(({ name }) => name))];
      const others = names.length === 1 ? "" : `, one of ${names.length} new packages`;
      yield {
        at: { path: file.path, side: "head", line: first.line },
        about: file.path,
        message: `${inCode(file.path)} brings in ${inCode(first.name)}${others}, and no manifest beside it changes`,
        asks: true,
      };
    }
  },
  examples: {
    "a package that nobody asks for": `
      M web/yarn.lock
        left@^1.0.0:
          version "1.0.0"

      > right@^1.0.0:
      +   version "1.0.0"`,
    "the manifest asks for it": `
      M web/package.json
        {
          "dependencies": {
      +     "right": "^1.0.0",
            "left": "^1.0.0"
          }
        }
      M web/yarn.lock
        left@^1.0.0:
          version "1.0.0"

      + right@^1.0.0:
      +   version "1.0.0"`,
    "a newer version of what was there": `
      M web/yarn.lock
        left@^1.0.0:
      -   version "1.0.0"
      +   version "1.0.1"`,
    "a lockfile that is kept up to date": {
      options: { refreshed: ["web/yarn.lock"] },
      change: `
      M web/yarn.lock
        left@^1.0.0:
          version "1.0.0"

      + right@^1.0.0:
      +   version "1.0.0"`,
    },
  },
});

/** A manifest of the same folder or below it: lockfiles of workspaces stand above their members. */
function explains(manifest: DependencyFile, lock: DependencyFile): boolean {
  const folder = lock.path.slice(0, lock.path.lastIndexOf("/") + 1);
  return manifest.ecosystem === lock.ecosystem && manifest.path.startsWith(folder);
}
