import { describe, expect, it } from "vitest";
import { loosened } from "../../../src/core/policy/loosened.ts";
import { effectiveStatement } from "../../../src/core/policy/merge.ts";
import { document, rules } from "./read.ts";

/** Keys that get milder when the repository's file goes from one text to the other. */
function between(before: string, after: string): readonly string[] {
  const [was, is] = [before, after].map((text) =>
    effectiveStatement(
      { organisation: null, defaultBranch: document(`version: 1\n${text}`), baseBranch: null, operations: [] },
      rules,
    ),
  );
  if (was === undefined || is === undefined) throw new Error("Two texts give two statements");
  return loosened(was, is);
}

const waiver =
  'waivers: [{ rule: k8s-liveness-too-eager, paths: ["a/**"], reason: it may, until: 2026-12-31, by: "@acme/sre" }]';

describe("a change of the policy loosens", () => {
  it.each([
    ["a level", "invariants: { no-secrets: block }", "invariants: { no-secrets: review }", ["invariants.no-secrets"]],
    ["a bound", "limits: { files: 10 }", "limits: { files: 11 }", ["limits.files"]],
    ["a bound that is removed", "limits: { files: 10 }", "", ["limits.files"]],
    [
      "a freeze that ends earlier",
      "freezes: [{ name: nights, schedule: daily 17:00-08:00 }]",
      "freezes: [{ name: nights, schedule: daily 17:00-07:00 }]",
      ["freezes"],
    ],
    [
      "a freeze that another zone moves",
      "timezone: UTC\nfreezes: [{ name: nights, schedule: daily 17:00-08:00 }]",
      "timezone: Asia/Tokyo\nfreezes: [{ name: nights, schedule: daily 17:00-08:00 }]",
      ["freezes"],
    ],
    [
      "a planned operation that is removed",
      "operations: [{ type: load_test, schedule: daily 14:00-16:00, services: [a], action: do_not_scale }]",
      "",
      ["operations"],
    ],
    ["the mode", "", "mode: observe", ["mode"]],
    ["what is forbidden", 'forbidden: ["a/**", "b/**"]', 'forbidden: ["b/**"]', ["forbidden"]],
    ["by a further waiver", "", waiver, ["waivers"]],
    ["by a further automation", "", "agents: { automation: [renovate] }", ["agents.automation"]],
    ["who is asked", 'approvals: { from: ["@acme/sre"] }', "", ["approvals.from"]],
    [
      "approvals in one environment",
      "",
      "environments: { production: { approvals: 1 } }",
      ["environments.production.approvals"],
    ],
  ])("%s", (_, before, after, keys) => {
    expect(between(before, after)).toEqual(keys);
  });

  it("nothing with what only tightens, or with what decides nothing", () => {
    expect(between("limits: { files: 10 }", 'limits: { files: 9 }\nforbidden: ["a/**"]')).toEqual([]);
    expect(between("timezone: UTC", "timezone: Europe/Berlin")).toEqual([]);
    expect(between(waiver, "")).toEqual([]);
    expect(between("", 'approvals: { from: ["@acme/sre"] }')).toEqual([]);
  });

  it("perhaps, where no order is known: a difference is named", () => {
    const options = (threshold: number) =>
      `rules: { k8s-liveness-too-eager: { level: block, options: { failureThreshold: ${threshold} } } }`;
    expect(between(options(3), options(4))).toEqual(["rules.k8s-liveness-too-eager.options"]);
  });

  it("by moving a freeze of a repository that is in the organisation's zone", () => {
    const own = document("version: 1\nfreezes: [{ name: nights, schedule: daily 17:00-08:00 }]\n");
    const [utc, tokyo] = ["UTC", "Asia/Tokyo"].map((zone) => {
      const above = document(`version: 1\ntimezone: ${zone}\n`, "organisation");
      return effectiveStatement({ organisation: above, defaultBranch: own, baseBranch: null, operations: [] }, rules);
    });
    expect(utc === undefined || tokyo === undefined ? [] : loosened(utc, tokyo)).toEqual(["freezes"]);
  });

  it("with what the organisation's file lets repositories loosen", () => {
    const of = (text: string) =>
      effectiveStatement(
        { organisation: document(text, "organisation"), defaultBranch: null, baseBranch: null, operations: [] },
        rules,
      );
    const [closed, open] = [of("version: 1\n"), of("version: 1\noverridable: [limits.files]\n")];
    expect(loosened(closed, open)).toEqual(["overridable"]);
    expect(loosened(open, closed)).toEqual([]);
  });
});
