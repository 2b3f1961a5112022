import { describe, expect, it } from "vitest";
import { policyDocs } from "../../../src/core/policy/docs.ts";
import type { Entry } from "../../../src/core/policy/schema/key.ts";
import { root } from "../../../src/core/policy/schema/root.ts";
import { rules } from "./read.ts";

describe("the page of the policy file", () => {
  const page = policyDocs(rules);

  it("has every key once", () => {
    const keys = page.split("\n").flatMap((line) => /^\| `([^`]+)` \|/.exec(line)?.[1] ?? []);
    const leaves = (entry: Entry): number =>
      Object.values(entry.below?.keys ?? {}).reduce(
        (sum, below) => sum + leaves(below),
        entry.below?.kind === "group" ? 0 : 1,
      );
    expect(new Set(keys).size).toBe(keys.length);
    // Entries of a map are no rows of their own.
    expect(keys.length).toBe(leaves(root.entry));
  });

  it("says of each key its default, its join and whether it is enforced", () => {
    expect(page).toContain(
      "| `mode` | observe or enforce | `enforce` | the stricter value | yes | Whether verdicts are enforced, or only said. |",
    );
    expect(page).toContain("| `limits.kubernetes.liveness_failure_threshold` | count | `3` | the larger value | yes |");
    expect(page).toMatch(/^\| `images` \|.*\| not yet \|/m);
    expect(page).toMatch(/^\| `declared_plan` \| optional or required \| `optional` \|.*\| yes \|/m);
    expect(page).toContain("Only the organisation's file may state it.");
  });

  it("lists the rules with their options and the names of environments that are known", () => {
    expect(page).toContain(
      "| [`lockfile-without-manifest`](rules/lockfile-without-manifest.md) | `supply-chain-is-intact` | `refreshed` |",
    );
    expect(page).toContain("| production | `live`, `prd`, `prod` |");
  });

  it("has rows of as many cells as their head, whatever a cell holds", () => {
    const counts = page
      .split("\n")
      .filter((line) => line.startsWith("|"))
      .map((line) => line.replaceAll("\\|", "").split("|").length);
    expect(new Set(counts)).toEqual(new Set([8, 4, 5]));
  });
});
