import { z } from "zod";
import { lockedChanges, toldByFile } from "../../dependencies/changes.ts";
import { isEarlier, versionOf } from "../../kubernetes/image-names.ts";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "dependency-downgraded",
  invariant: "supply-chain-is-intact",
  severity: "medium",
  confidence: "medium",
  summary: "A lockfile goes back to an earlier version of a package.",
  why: "Earlier versions have the holes that later ones closed, and they come back without a word in the manifest.",
  remedy: "Keep the later version, or say which defect of it makes going back necessary.",
  needs: "dependencies",
  options: z.strictObject({}),
  *detect({ files }) {
    const standing = new Map(files.map((file) => [file, Map.groupBy(file.after.locked, ({ name }) => name)]));
    const found = lockedChanges(files).flatMap((change) => {
      const { file, is, were } = change;
      // Sums of Go are kept of versions that nothing builds; go.mod says which one is.
      if (file.ecosystem === "go" && file.role === "lock") return [];
      const version = versionOf(is.version);
      // Several versions of one package stand side by side: another old one beside them goes back nowhere.
      const isOnly = standing.get(file)?.get(is.name)?.length === 1;
      const former = were.map((was) => versionOf(was.version));
      if (version === null || former.length !== 1 || !isOnly) return [];
      const [was] = former;
      if (was === undefined || was === null || !isEarlier(version, was)) return [];
      return [{ ...change, why: "is an earlier version than the one before" }];
    });
    yield* toldByFile(found);
  },
  examples: {
    "an earlier version": `
      M Cargo.lock
      ! [[package]]
        name = "left"
      - version = "1.0.10"
      + version = "1.0.9"
        source = "registry+https://github.com/rust-lang/crates.io-index"`,
    "an earlier module": `
      M go.mod
        module example.com/shop
      - require example.com/left v1.10.0
      > require example.com/left v1.9.0`,
    "a sum of an earlier version": `
      M go.sum
      - example.com/left v1.10.0 h1:aaa=
      + example.com/left v1.9.0 h1:bbb=`,
    "a later version": `
      M Cargo.lock
        [[package]]
        name = "left"
      - version = "1.0.9"
      + version = "1.0.10"
        source = "registry+https://github.com/rust-lang/crates.io-index"`,
    "an old version beside a new one": `
      M Cargo.lock
        [[package]]
        name = "left"
        version = "2.0.0"
        source = "registry+https://github.com/rust-lang/crates.io-index"
      + [[package]]
      + name = "left"
      + version = "1.0.0"
      + source = "registry+https://github.com/rust-lang/crates.io-index"`,
  },
});
