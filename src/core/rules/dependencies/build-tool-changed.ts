import { z } from "zod";
import { directiveChanges, inCode, placeOf } from "../../dependencies/changes.ts";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "build-tool-changed",
  invariant: "supply-chain-is-intact",
  severity: "high",
  confidence: "high",
  summary:
    "The program that builds or installs is fetched from another place, or is newly one of the repository's own choice.",
  why: "It runs before anything else on the machines of developers and pipelines, with all that they may do.",
  remedy: "Take it from where its makers publish it, with the hash that they name.",
  needs: "dependencies",
  options: z.strictObject({}),
  *detect({ files }) {
    for (const change of directiveChanges(files, "tool")) {
      const { file, is, was } = change;
      const [place, former] = [placeIn(is.value), was === undefined ? null : placeIn(was.value)];
      if (place === former || (former === null && makers.has(place))) continue;
      const before = was === undefined ? "is new" : `was ${inCode(was.value)}`;
      const message = `${inCode(is.key)} ${before} and is now ${inCode(is.value)}`;
      yield { at: placeOf(change), about: `${file.path} ${is.key}`, message, asks: true };
    }
  },
  examples: {
    "a wrapper that fetches from another host": {
      reverse: "reports",
      change: `
      M gradle/wrapper/gradle-wrapper.properties
      - distributionUrl=https\\://services.gradle.org/distributions/gradle-9.2.0-bin.zip
      > distributionUrl=https\\://packages.example.net/distributions/gradle-9.2.0-bin.zip`,
    },
    "a package manager from the repository": `
      M .yarnrc.yml
        nodeLinker: node-modules
      > yarnPath: tools/yarn.cjs`,
    "the next version of a wrapper": `
      M gradle/wrapper/gradle-wrapper.properties
      - distributionUrl=https\\://services.gradle.org/distributions/gradle-9.2.0-bin.zip
      + distributionUrl=https\\://services.gradle.org/distributions/gradle-9.2.1-bin.zip`,
    "the next release of Yarn": `
      M .yarnrc.yml
      - yarnPath: .yarn/releases/yarn-4.9.0.cjs
      + yarnPath: .yarn/releases/yarn-4.10.0.cjs`,
  },
});

/** Where the makers of wrappers publish, and where Yarn puts what it fetches of itself. */
const makers: ReadonlySet<string> = new Set([
  "https://services.gradle.org/distributions",
  "https://repo.maven.apache.org/maven2",
  "https://repo1.maven.org/maven2",
  ".yarn/releases/yarn",
]);

/** Host and first folder of an address, or the path of a file; without what a new version changes. */
function placeIn(value: string): string {
  const url = value.replaceAll("\\", "");
  const { origin, folder = "" } = /^(?<origin>\w+:\/\/[^/]*)(?<folder>\/[^/]*)?/u.exec(url)?.groups ?? {};
  return origin === undefined ? url.replace(/-\d[\w.-]*\.c?js$/u, "") : `${origin}${folder}`;
}
