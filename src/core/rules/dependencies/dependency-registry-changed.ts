import { z } from "zod";
import { directiveChanges, inCode, placeOf } from "../../dependencies/changes.ts";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "dependency-registry-changed",
  invariant: "supply-chain-is-intact",
  severity: "high",
  confidence: "high",
  summary: "Packages newly come from another registry or index.",
  why: "A registry decides what is behind every name; one more of them lets a stranger publish under the names of the others.",
  remedy:
    "Keep the registry in use; where another one is needed, bind it to a scope or to the packages that it serves.",
  needs: "dependencies",
  options: z.strictObject({}),
  *detect({ files }) {
    for (const change of directiveChanges(files, "registry")) {
      const { file, is, was } = change;
      const before = was === undefined ? "is new" : `was ${inCode(was.value)}`;
      const message = `${inCode(is.key)} ${before} and is now ${inCode(is.value)}`;
      yield { at: placeOf(change), about: `${file.path} ${is.key}`, message, asks: true };
    }
  },
  examples: {
    "another registry of npm": {
      reverse: "reports",
      change: `
      M .npmrc
      - registry=https://registry.npmjs.org/
      > registry=https://packages.example.net/`,
    },
    "one more index of pip": `
      M requirements.txt
        --index-url https://pypi.org/simple
      > --extra-index-url https://packages.example.net/simple
        left==1.0.0`,
    "a comment and another setting": `
      M .npmrc
        registry=https://registry.npmjs.org/
      + # the one in use
      + save-exact=true`,
  },
});
