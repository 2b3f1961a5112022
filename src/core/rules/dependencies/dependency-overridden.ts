import { z } from "zod";
import { directiveChanges, inCode, placeOf } from "../../dependencies/changes.ts";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "dependency-overridden",
  invariant: "supply-chain-is-intact",
  severity: "medium",
  confidence: "high",
  summary: "A manifest newly puts another package or source in the place of one that others ask for.",
  why: "An override reaches into packages whose authors never tested it, and it can put any program under a known name.",
  remedy: "Raise the package that asks for it instead, or say why the replacement is needed and until when.",
  needs: "dependencies",
  options: z.strictObject({}),
  *detect({ files }) {
    for (const change of directiveChanges(files, "override")) {
      const { file, is, was } = change;
      // A floor for a package under its own name leads nowhere else; the lockfile tells what came of it.
      if (file.ecosystem === "npm" && versions.test(is.value)) continue;
      if (isInRepository(file.path, is.value)) continue;
      const before = was === undefined ? "" : `, before by ${inCode(was.value)}`;
      const message = `${inCode(is.key)} is replaced by ${inCode(is.value)}${before}`;
      yield { at: placeOf(change), about: `${file.path} ${is.key}`, message, asks: true };
    }
  },
  examples: {
    "a module is replaced": `
      M go.mod
        module example.com/shop

        require example.com/left v1.0.0
      > replace example.com/left => example.net/left v1.0.0`,
    "an override of npm": `
      M package.json
        {
          "overrides": {
      >     "left": "npm:right@1.0.0"
          }
        }`,
    "a module of the same repository": `
      M tools/go.mod
        module example.com/shop/tools
      + replace example.com/shop => ../`,
    "a later version of the same package": `
      M package.json
        {
          "overrides": {
      +     "left": "^1.2.0"
          }
        }`,
    "a replacement is taken back, another stays": `
      M go.mod
        module example.com/shop
      - replace example.com/left => ../left
        replace example.com/right => ../right`,
  },
});

const versions = /^(?:\$[@\w/.-]+|[\s\d.<>=^~|*xXv-][\w\s.<>=^~|*+-]*)$/u;

/** A folder of this repository is reviewed with it; a path that leads out of it is not. */
function isInRepository(manifest: string, target: string): boolean {
  if (!/^\.{1,2}\//u.test(target)) return false;
  const steps = target.split("/").filter((part) => part === "..").length;
  return steps < manifest.split("/").length;
}
