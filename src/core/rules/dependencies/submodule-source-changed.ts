import { z } from "zod";
import { directiveChanges, inCode, placeOf } from "../../dependencies/changes.ts";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "submodule-source-changed",
  invariant: "supply-chain-is-intact",
  severity: "high",
  confidence: "high",
  summary: "A submodule comes from another repository than before.",
  why: "All the code below its folder then answers to other people, and the diff shows one line of it.",
  remedy: "Keep the repository, or have somebody who knows both read what the new one holds.",
  needs: "dependencies",
  options: z.strictObject({}),
  *detect({ files }) {
    for (const change of directiveChanges(files, "submodule")) {
      const { file, is, was } = change;
      if (was === undefined || bare(was.value) === bare(is.value)) continue;
      const message = `the submodule ${inCode(is.key)} came from ${inCode(was.value)} and now comes from ${inCode(is.value)}`;
      yield { at: placeOf(change), about: `${file.path} ${is.key}`, message, asks: true };
    }
  },
  examples: {
    "another owner": {
      reverse: "reports",
      change: `
      M .gitmodules
        [submodule "left"]
        	path = left
      - 	url = https://github.com/acme/left.git
      > 	url = https://github.com/other/left.git`,
    },
    "the same repository over another way": `
      M .gitmodules
        [submodule "left"]
        	path = left
      - 	url = git@github.com:acme/left.git
      + 	url = https://github.com/acme/left`,
  },
});

function bare(url: string): string {
  return url
    .trim()
    .replace(/^git@(?<host>[^:/]+):/u, "https://$<host>/")
    .replace(/^ssh:\/\/(?:git@)?/u, "https://")
    .replace(/(?:\.git)?\/?$/u, "");
}
