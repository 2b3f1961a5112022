import { z } from "zod";
import { inCode } from "../../dependencies/changes.ts";
import { type Gravity, gravities } from "../../dependencies/advised.ts";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "dependency-vulnerable",
  invariant: "supply-chain-is-intact",
  severity: "high",
  confidence: "high",
  summary: "The change brings in a version of a package with a vulnerability that is known.",
  why: "Whoever looks for it finds it with a list of versions, and the version before did not have it.",
  remedy: "Take a version in which it is closed; the advisory names it.",
  needs: "dependencies",
  options: z.strictObject({
    from: z
      .enum(["low", "moderate", "high", "critical"])
      .default("high")
      .describe("How grave GitHub must call a vulnerability for it to be reported."),
  }),
  *detect({ files }, { from }, { advised }) {
    for (const one of advised) {
      if (rank(one.gravity) < rank(from)) continue;
      const file = files.find(({ path }) => path === one.manifest);
      const { line = 1 } =
        [...(file?.after.locked ?? []), ...(file?.after.declared ?? [])].find(
          ({ name }) => name.toLowerCase() === one.name.toLowerCase(),
        ) ?? {};
      const summary = one.summary === "" ? "" : `: ${inCode(one.summary)}`;
      yield {
        at: { path: one.manifest, side: "head", line },
        about: `${one.manifest} ${one.name} ${one.advisory}`,
        message: `${inCode(`${one.name} ${one.version}`)} has ${inCode(one.advisory)}, which GitHub calls ${one.gravity}${summary}`,
        asks: true,
      };
    }
  },
  examples: {
    "a version with a hole": `
      M requirements.txt
      - left==1.0.0
      > left==1.1.0
      + # advisory: critical GHSA-0000-0000-0001 left 1.1.0 Runs what it is sent`,
    "the version before had it too": `
      M requirements.txt
      - left==1.0.0
      - # advisory: critical GHSA-0000-0000-0001 left 1.0.0 Runs what it is sent
      + left==1.1.0
      + # advisory: critical GHSA-0000-0000-0001 left 1.1.0 Runs what it is sent`,
    "one that is less grave than is asked for": `
      M requirements.txt
      - left==1.0.0
      + left==1.1.0
      + # advisory: moderate GHSA-0000-0000-0001 left 1.1.0 Is slow at times`,
  },
});

function rank(gravity: Gravity): number {
  return gravities.indexOf(gravity);
}
