import { describe, expect, it } from "vitest";
import { effective, mistakes } from "./read.ts";

const v = (text: string): string => `version: 1\nbudgets:\n  ${text}\n`;

describe("budgets", () => {
  it("are bounds only where a file states them", () => {
    expect(effective({ own: "version: 1" }).budgets).toEqual({
      changesPerHour: null,
      openPullRequests: null,
      servicesAtATime: null,
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
