import { describe, expect, it } from "vitest";
import { whole } from "../../../src/lib/quantity.ts";
import { effective, mistakes } from "./read.ts";

const v = (text: string): string => `version: 1\nbudgets:\n  ${text}\n`;

describe("budgets", () => {
  it("are bounds only where a file states them", () => {
    expect(effective({ own: "version: 1" }).budgets).toEqual({
      changesPerHour: null,
      openPullRequests: null,
      servicesAtATime: null,
      openPerSharedModule: null,
      addedMemory: null,
      addedReplicas: null,
      deletes: null,
      pushesPerFinding: null,
    });
  });

  it("are counted apart by agent, and changes by repository too, where the file does not say", () => {
    expect(effective({ own: v("changes_per_hour: { max: 5 }") }).budgets.changesPerHour).toEqual({
      max: 5,
      per: ["agent", "repository"],
    });
    expect(effective({ own: v("open_pull_requests: { max: 10 }") }).budgets.openPullRequests).toEqual({
      max: 10,
      per: ["agent"],
    });
  });

  it("of two files are the smaller count over all that either counts together", () => {
    const organisation = v("changes_per_hour: { max: 5, per: [agent] }");
    const joined = { max: 3, per: ["agent"] };
    expect(effective({ organisation, own: v("changes_per_hour: { max: 3 }") }).budgets.changesPerHour).toEqual(joined);
    const apart = v("changes_per_hour: { max: 9, per: [repository] }");
    expect(effective({ organisation, own: apart }).budgets.changesPerHour).toEqual({ max: 5, per: [] });
    const [four, two] = [v("pushes_per_finding: 4"), v("pushes_per_finding: 2")];
    expect(effective({ organisation: four, own: two }).budgets.pushesPerFinding).toBe(2);
  });

  it("on sums hold for a day and each agent, where the file does not say", () => {
    const { budgets } = effective({ own: v("added_memory: { max: 8Gi }\n  deletes: { max: 3, within: 7d, per: [] }") });
    expect(budgets.addedMemory).toEqual({ max: whole(8 * 2 ** 30), withinMs: 86_400_000, per: ["agent"] });
    expect(budgets.deletes).toEqual({ max: whole(3), withinMs: 604_800_000, per: [] });
  });

  it("on sums of two files are the smaller sum within the longer time, over all that either adds up together", () => {
    const organisation = v("added_replicas: { max: 5, within: 7d, per: [agent, repository] }");
    const own = v("added_replicas: { max: 9, within: 30d, per: [repository] }");
    expect(effective({ organisation, own }).budgets.addedReplicas).toEqual({
      max: whole(5),
      withinMs: 2_592_000_000,
      per: ["repository"],
    });
  });

  it("on shared modules of two files are the smaller count", () => {
    const [organisation, own] = [v("open_per_shared_module: 1"), v("open_per_shared_module: 3")];
    expect(effective({ organisation, own }).budgets.openPerSharedModule).toBe(1);
  });

  it.each([
    ["added_memory: { max: 0 }", "expected an amount of memory from 1Mi"],
    ["added_memory: { max: -1Gi }", "expected an amount of memory from 1Mi"],
    ["added_memory: { max: 8 }", "write it with its unit, such as 512Mi or 8Gi"],
    ["added_memory: { max: 8GB }", "expected an amount of memory from 1Mi"],
    ["added_replicas: { max: 0 }", "a budget of nothing would stop every agent for good"],
    ["added_replicas: { max: 2Gi }", "expected a whole number from 1"],
    ["deletes: { max: -3 }", "expected a whole number from 1"],
    ["deletes: { max: 3, within: 31d }", 'expected a duration from 1m to 30d, such as 24h, found "31d"'],
    ["deletes: { max: 3, within: 31d }", "merges are kept in the books for 30d"],
    ["deletes: { max: 3, within: 0s }", "expected a duration from 1m to 30d"],
    ["deletes: { max: 3, within: 2 weeks }", "expected a duration from 1m to 30d"],
    ["deletes: { max: 3, within: -1d }", "expected a duration from 1m to 30d"],
    ["deletes: { within: 1d }", "expected a whole number from 1, found nothing"],
    ["open_per_shared_module: 0", "a budget of nothing would stop every agent for good"],
  ])("of nothing, beyond the books or in no unit are refused where they stand, with a way out: %s", (text, says) => {
    expect(mistakes(v(text))).toEqual([expect.stringMatching(/^3:\d+: /)]);
    expect(mistakes(v(text))[0]).toContain(says);
  });

  it.each([
    "changes_per_hour: { max: 0 }",
    "open_pull_requests: { max: 1.5 }",
    "services_at_a_time: { max: -1 }",
    "pushes_per_finding: 0",
  ])("of nothing, or of no whole number, are refused: %s", (text) => {
    expect(mistakes(v(text))).toEqual([expect.stringContaining("expected a whole number from 1")]);
  });

  it("are refused where they count for something else, or for nothing that was stated", () => {
    expect(mistakes(v("changes_per_hour: { max: 5, per: [person] }"))).toHaveLength(1);
    expect(mistakes(v("changes_per_hour: { per: [agent] }"))).toHaveLength(1);
  });
});
