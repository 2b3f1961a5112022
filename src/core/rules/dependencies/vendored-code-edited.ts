import { z } from "zod";
import { aboutAll } from "../../../lib/about.ts";
import { count } from "../../../lib/text.ts";
import { inCode } from "../../dependencies/changes.ts";
import { readerOf } from "../../dependencies/readers.ts";
import { loosening } from "../../policy/patterns.ts";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "vendored-code-edited",
  invariant: "supply-chain-is-intact",
  severity: "high",
  confidence: "medium",
  summary: "The copy of somebody else's code changes, and no manifest or lockfile says to which version.",
  why: "Reviewers pass over such folders and minified files, and the builds take what lies there for what was published.",
  remedy: "Change the version in the manifest and let the package manager write the copy.",
  needs: "paths",
  options: z.strictObject({
    trusted: z
      .array(z.string())
      .default([])
      .describe("Patterns of paths that have such a name and hold code of one's own."),
  }),
  *detect({ files }, { trusted }) {
    const isTrusted = loosening(trusted);
    const isExplained = files.some(({ path }) => {
      const role = readerOf(path)?.role;
      return !isCopy(path) && (role === "manifest" || role === "lock" || settings.test(path));
    });
    const found = files.filter(
      ({ path, before, after }) => after !== null && after.sha !== before?.sha && isCopy(path) && !isTrusted(path),
    );
    const [first] = found;
    if (isExplained || first === undefined) return;
    const others = found.length === 1 ? "" : ` and ${count(found.length - 1, "other file")}`;
    yield {
      at: { path: first.path, side: "head", line: 1 },
      about: aboutAll(found.map(({ path }) => path)),
      paths: found.map(({ path }) => path),
      message: `${inCode(first.path)}${others} ${first.before === null ? "comes" : "changes"}, and no manifest or lockfile does`,
      asks: true,
    };
  },
  examples: {
    "a line in a copy": {
      reverse: "reports",
      change: `
      > M vendor/example.com/left/left.go
        package left
      - const limit = 1
      + const limit = 2`,
    },
    "a minified file": `
      M web/index.html
        <script src="left.min.js"></script>
      > A web/left.min.js
        var left=1`,
    "the installer of packages itself": {
      reverse: "reports",
      change: `
      > M .yarn/releases/yarn-4.9.0.cjs
        // yarn
      - run()
      + run(1)`,
    },
    "a new version with its manifest": `
      M go.mod
        module example.com/shop
      - require example.com/left v1.0.0
      + require example.com/left v1.1.0
      M vendor/example.com/left/left.go
        package left
      - const limit = 1
      + const limit = 2`,
    "a folder of one's own": {
      options: { trusted: ["app/vendor/**"] },
      change: `
      M app/vendor/list.rb
      - 1
      + 2`,
    },
  },
});

const copies =
  /(?:^|\/)(?:node_modules|vendor|bower_components)\/(?!\.)|(?:^|\/)\.yarn\/(?:cache|releases|plugins|unplugged)\/|(?:^|\/)\.pnp\.(?:c?js|loader\.mjs)$|\.(?:min|bundle)\.(?:js|mjs|cjs)$/u;
/** Files that name versions and are no manifests of a package manager. */
const settings = /(?:^|\/)(?:\.yarnrc\.yml|importmap\.(?:rb|json)|libman\.json|modules\.txt)$/u;

function isCopy(path: string): boolean {
  return copies.test(path);
}
