import { z } from "zod";
import { inCode, lockedChanges, toldByFile } from "../../dependencies/changes.ts";
import type { Locked } from "../../dependencies/reading.ts";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "dependency-url-unfit",
  invariant: "supply-chain-is-intact",
  severity: "critical",
  confidence: "high",
  summary: "A lockfile has a package fetched from the address of another package or version.",
  why: "The name that people read is not what is installed; package managers follow the address.",
  remedy: "Have the package manager write the lockfile anew.",
  needs: "dependencies",
  options: z.strictObject({}),
  *detect({ files }) {
    const npm = files.filter(({ ecosystem }) => ecosystem === "npm");
    const found = lockedChanges(npm).flatMap((change) =>
      fits(change.is) ? [] : [{ ...change, why: `is fetched from ${inCode(change.is.source ?? "")}` }],
    );
    yield* toldByFile(found);
  },
  examples: {
    "the address of another package": `
      M package-lock.json
        { "lockfileVersion": 3, "packages": {
      !   "node_modules/left": {
            "version": "1.0.0",
      -     "resolved": "https://registry.npmjs.org/left/-/left-1.0.0.tgz"
      +     "resolved": "https://registry.npmjs.org/1eft/-/1eft-1.0.0.tgz"
          } } }`,
    "a package with a scope, and an alias": `
      M package-lock.json
        { "lockfileVersion": 3, "packages": {
      +   "node_modules/@acme/left": {
      +     "version": "1.0.0",
      +     "resolved": "https://registry.npmjs.org/@acme/left/-/left-1.0.0.tgz"
      +   },
          "node_modules/left-old": {
            "name": "left",
      -     "version": "1.0.0",
      +     "version": "1.0.1",
      -     "resolved": "https://registry.npmjs.org/left/-/left-1.0.0.tgz"
      +     "resolved": "https://registry.npmjs.org/left/-/left-1.0.1.tgz"
          } } }`,
  },
});

/** Only what the two public names of the registry serve has addresses that follow from name and version. */
function fits({ name, version, source }: Locked): boolean {
  const path = /^https?:\/\/registry\.(?:npmjs\.org|yarnpkg\.com)\/(?<path>[^?#]*)/iu.exec(source ?? "")?.groups?.[
    "path"
  ];
  if (path === undefined || version === "") return true;
  const file = `${name.slice(name.indexOf("/") + 1)}-${version.replace(/\+.*$/u, "")}.tgz`;
  return path.replaceAll(/%2f/giu, "/") === `${name}/-/${file}`;
}
