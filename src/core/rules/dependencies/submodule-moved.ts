import { z } from "zod";
import { aboutAll } from "../../../lib/about.ts";
import { count } from "../../../lib/text.ts";
import type { ChangedFile } from "../../change/change-set.ts";
import { inCode } from "../../dependencies/changes.ts";
import { loosening } from "../../policy/patterns.ts";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "submodule-moved",
  invariant: "supply-chain-is-intact",
  severity: "medium",
  confidence: "high",
  summary: "A submodule stands at another commit than before, or is new.",
  why: "All that lies between the two commits comes with it, and the diff shows one line; nothing says that the commit is on a branch of that repository.",
  remedy:
    "Link the comparison of the two commits, or list the submodule in `trusted` where its repository is reviewed like this one.",
  needs: "paths",
  options: z.strictObject({
    trusted: z
      .array(z.string())
      .default([])
      .describe("Patterns of the paths of submodules that may move without a look."),
  }),
  *detect({ files }, { trusted }) {
    const isTrusted = loosening(trusted);
    const found = files.filter((file) => isMoved(file) && !isTrusted(file.path));
    const [first] = found;
    if (first === undefined) return;
    const others = found.length === 1 ? "" : `; so it is with ${count(found.length - 1, "other submodule")}`;
    yield {
      at: { path: first.path, side: "head", line: 1 },
      about: aboutAll(found.map(({ path }) => path)),
      paths: found.map(({ path }) => path),
      message: `the submodule ${inCode(first.path)} ${movement(first)}${others}`,
      asks: true,
    };
  },
  examples: {
    "a new submodule": `
      > A libs/left (submodule)`,
    "a submodule is taken out": `
      D libs/left (submodule)`,
    "submodules that are reviewed elsewhere": {
      options: { trusted: ["libs/*"] },
      change: `
      A libs/left (submodule)`,
    },
  },
});

const shaDigits = 10;

function isMoved({ before, after }: ChangedFile): boolean {
  return after?.content.kind === "submodule" && after.sha !== before?.sha;
}

function movement({ before, after }: ChangedFile): string {
  const now = inCode(after?.sha.slice(0, shaDigits) ?? "");
  if (before?.content.kind !== "submodule") return `is new, at ${now}`;
  return `moves from ${inCode(before.sha.slice(0, shaDigits))} to ${now}`;
}
