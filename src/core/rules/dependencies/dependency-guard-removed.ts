import { z } from "zod";
import { directiveChanges, directivesLost, formerPlaceOf, inCode, placeOf } from "../../dependencies/changes.ts";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "dependency-guard-removed",
  invariant: "supply-chain-is-intact",
  severity: "high",
  confidence: "high",
  summary: "A guard that the repository had given its package manager is taken away.",
  why: "Scripts that did not run, hashes that were demanded and releases that had to age were held back by that one line.",
  remedy: "Keep the guard, and make an exception for the one package that needs it.",
  needs: "dependencies",
  options: z.strictObject({}),
  *detect({ files }) {
    for (const lost of directivesLost(files, "guard")) {
      const { file, was } = lost;
      const said = was.value === "" ? "" : ` with ${inCode(was.value)}`;
      const message = `${inCode(was.key)} stood here${said} and is taken away`;
      yield { at: formerPlaceOf(lost), about: `${file.path} ${was.key}`, message, asks: true };
    }
    for (const change of directiveChanges(files, "guard")) {
      const { file, is, was } = change;
      if (was === undefined || !isLess(is.value, was.value)) continue;
      const message = `${inCode(is.key)} was ${inCode(was.value)} and is now ${inCode(is.value)}`;
      yield { at: placeOf(change), about: `${file.path} ${is.key}`, message, asks: true };
    }
  },
  examples: {
    "scripts run again": `
      M .npmrc
        save-exact=true
      < ignore-scripts=true
      + ignore-scripts=false`,
    "the file goes that forbade them": `
      D .npmrc
      < ignore-scripts=true`,
    "a pipeline installs with scripts": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
      <       - run: npm ci --ignore-scripts
      +       - run: npm ci`,
    "a wrapper is no longer held to its hash": `
      M gradle/wrapper/gradle-wrapper.properties
        distributionUrl=https://services.gradle.org/distributions/gradle-9.2.0-bin.zip
      < distributionSha256Sum=0123456789012345678901234567890123456789012345678901234567890123`,
    "the settings move to where all read them": `
      D web/.npmrc
      - ignore-scripts=true
      M .npmrc
        save-exact=true
      + ignore-scripts=true`,
    "scripts are forbidden": `
      M .npmrc
        save-exact=true
      + ignore-scripts=true`,
  },
});

/** Of two numbers the smaller one holds back less. What is not a number is another rule's. */
function isLess(is: string, was: string): boolean {
  return /^\d{1,9}$/u.test(is) && /^\d{1,9}$/u.test(was) && Number(is) < Number(was);
}
