import { z } from "zod";
import { inCode, lockedChanges, toldByFile } from "../../dependencies/changes.ts";
import { isOutsideRegistries, originOf, publicRegistry } from "../../dependencies/origins.ts";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "dependency-source-changed",
  invariant: "supply-chain-is-intact",
  severity: "high",
  confidence: "high",
  summary: "A locked package comes from another place than before, or a new one from outside of the registries.",
  why: "The same name from another host or repository is another program, and nobody sees it in the manifest.",
  remedy:
    "Have the package manager write the lockfile from the registry in use, or say why the other source is needed.",
  needs: "dependencies",
  options: z.strictObject({}),
  *detect({ files }) {
    const found = lockedChanges(files).flatMap((change) => {
      const { file, is, were } = change;
      const origin = originOf(is.source, file.ecosystem);
      const former = were.map(({ source }) => originOf(source, file.ecosystem));
      const [was] = former;
      if (former.includes(origin)) return [];
      if (was === undefined) {
        return isOutsideRegistries(origin) && file.ecosystem !== "composer"
          ? [{ ...change, why: `is new and comes from ${inCode(origin)}` }]
          : [];
      }
      if (origin === publicRegistry && isOutsideRegistries(was)) return [];
      return [{ ...change, why: `came from ${inCode(was)} and now comes from ${inCode(origin)}` }];
    });
    yield* toldByFile(found);
  },
  examples: {
    "another host for the same version": {
      reverse: "reports",
      change: `
      M package-lock.json
        { "lockfileVersion": 3, "packages": {
      !   "node_modules/left": {
            "version": "1.0.0",
      -     "resolved": "https://registry.npmjs.org/left/-/left-1.0.0.tgz",
      +     "resolved": "https://packages.example.net/left/-/left-1.0.0.tgz",
            "integrity": "sha512-aaa="
          } } }`,
    },
    "a repository in the place of the registry": `
      M Cargo.lock
      ! [[package]]
        name = "left"
        version = "1.0.0"
      - source = "registry+https://github.com/rust-lang/crates.io-index"
      + source = "git+https://github.com/acme/left#0123456"`,
    "a new package from a repository": `
      M Gemfile.lock
      + GIT
      +   remote: https://github.com/acme/left.git
      +   specs:
      >     left (1.0.0)

        GEM
          remote: https://rubygems.org/
          specs:
            rake (13.0.0)`,
    "a new version from the same place": `
      M package-lock.json
        { "lockfileVersion": 3, "packages": {
          "node_modules/left": {
      -     "version": "1.0.0", "resolved": "https://registry.npmjs.org/left/-/left-1.0.0.tgz"
      +     "version": "1.0.1", "resolved": "https://registry.npmjs.org/left/-/left-1.0.1.tgz"
          } } }`,
    "two names of the same registry": `
      M yarn.lock
        left@^1.0.0:
          version "1.0.0"
      -   resolved "https://registry.yarnpkg.com/left/-/left-1.0.0.tgz#0123456789012345678901234567890123456789"
      +   resolved "https://registry.npmjs.org/left/-/left-1.0.0.tgz#0123456789012345678901234567890123456789"`,
  },
});
