import { describe, expect, test } from "vitest";
import type { Facts, ReviewFacts } from "../../../src/core/facts.ts";
import { marksOf } from "../../../src/core/plan/plan.ts";
import { seenBy, type Shown } from "../../../src/core/requirements/reports.ts";
import { factsOf, person, pullRequest, report, review } from "../facts.ts";

const older = "c".repeat(40);
const now: Shown = { findings: ["a:1"], gaps: ["g"], patch: "the patch", plan: null };
const nothing: Shown = { findings: [], gaps: [], patch: "the patch", plan: null };
const given = (overrides: Partial<ReviewFacts> = {}) => review(person(1), { submittedAtMs: 1_000, ...overrides });
const open = { environments: null, services: null, kinds: null };
const plans = { one: marksOf({ paths: ["a"], ...open }), both: marksOf({ paths: ["a", "b"], ...open }) };
const all = { findings: ["a:1", "b:2"], gaps: ["g", "h"] };
const seen = (publications: Facts["publications"], one = given(), shown = now, facts: Partial<Facts> = {}) => {
  const answer = seenBy(one, factsOf({ publications, ...facts }), shown);
  return answer.kind === "seen" ? answer.sinceMs : answer.because;
};

describe("an approval counts", () => {
  test("after a report that showed all that is found now, and more", () => {
    expect(seen([report({ ...all, publishedAtMs: 5 })])).toBe(5);
  });

  test("on an older head whose report showed the same patch: a rebase that changes nothing keeps it", () => {
    const onOlder = report({ ...all, headSha: older, publishedAtMs: 5 });
    expect(seen([onOlder], given({ commitSha: older }))).toBe(5);
  });

  test("again when patch and findings are again what it saw", () => {
    const reports = [
      report({ ...all, publishedAtMs: 5 }),
      report({ headSha: older, patch: "another", publishedAtMs: 2_000 }),
    ];
    expect(seen(reports, given(), { ...now, patch: "another" })).toContain("approved another change");
    expect(seen(reports)).toBe(5);
  });

  test("from the moment since which the reports before it showed all of it", () => {
    const grew = [
      report({ publishedAtMs: 1 }),
      report({ ...all, publishedAtMs: 2 }),
      report({ findings: ["a:1"], gaps: ["g"], publishedAtMs: 3 }),
    ];
    expect(seen(grew)).toBe(2);
  });
});

describe("an approval does not count", () => {
  test.each<[string, Facts["publications"], string]>([
    ["of another patch", [report({ ...all, patch: "another" })], "approved another change, at aaaaaaa"],
    ["of a patch that was not computed", [report({ ...all, patch: null })], "approved another change"],
    ["before a finding was reported", [report({ gaps: ["g"] })], "approved before a:1 was reported"],
    ["before a gap was reported", [report({ findings: ["a:1"] })], "evidence is missing (g)"],
    [
      "after a report that said less than an earlier one",
      [report({ ...all, publishedAtMs: 1 }), report({ publishedAtMs: 2 })],
      "before a:1",
    ],
    ["of another plan", [report({ ...all, plan: plans.one })], "approved another plan, at aaaaaaa"],
    ["in the moment of the report", [report({ ...all, publishedAtMs: 1_000 })], "before the report was published"],
    ["that saw a report for another base", [report({ ...all, baseRef: "release" })], "before the report was published"],
    ["that saw a report on another head", [report({ ...all, headSha: older })], "before the report was published"],
    ["where the store has lost its reports", [], "before the report was published"],
  ])("%s", (_, publications, because) => {
    expect(seen(publications)).toContain(because);
  });

  test("of a plan that had less in it, or of none", () => {
    const grown = { ...now, plan: plans.both };
    expect(seen([report({ ...all, plan: plans.both, publishedAtMs: 5 })], given(), grown)).toBe(5);
    expect(seen([report({ ...all, plan: plans.one })], given(), grown)).toContain("another plan");
    expect(seen([report(all)], given(), grown)).toContain("another plan");
    expect(seen([report({ ...all, plan: plans.both, publishedAtMs: 5 })], given(), { ...now, plan: plans.one })).toBe(
      5,
    );
  });

  test("whose commit is gone", () => {
    expect(seen([report(all)], given({ commitSha: null }))).toBe("approved a commit that is gone");
  });
});

describe("an approval older than the first report on its commit", () => {
  test("counts where nothing was found and no gap was open", () => {
    expect(seen([], given(), nothing)).toBeNull();
    expect(seen([report({ publishedAtMs: 2_000 })], given(), nothing)).toBeNull();
  });

  test("does not count where that report showed something, though it is gone now", () => {
    expect(seen([report({ findings: ["a:1"], publishedAtMs: 2_000 })], given(), nothing)).toContain(
      "before the report",
    );
    expect(seen([report({ gaps: ["g"], publishedAtMs: 2_000 })], given(), nothing)).toContain("before the report");
  });

  test("does not count where a plan is declared now, or was then", () => {
    expect(seen([], given(), { ...nothing, plan: plans.one })).toContain("before the report");
    expect(seen([report({ plan: plans.one, publishedAtMs: 2_000 })], given(), nothing)).toContain("before the report");
  });

  test("counts on an older head only where that head's own report shows the same patch", () => {
    const one = given({ commitSha: older });
    expect(seen([], one, nothing)).toBe("approved an older head, ccccccc");
    expect(seen([report({ headSha: older, publishedAtMs: 2_000 })], one, nothing)).toBeNull();
    const other = report({ headSha: older, patch: "another", publishedAtMs: 2_000 });
    expect(seen([other, report()], one, nothing)).toBe("approved an older head, ccccccc");
  });

  test("does not follow the pull request to another base", () => {
    const at = (retargetedAtMs: number) => ({ pullRequest: pullRequest({ retargetedAtMs }) });
    expect(seen([], given(), nothing, at(1_000))).toBe("approved it for another base");
    expect(seen([], given(), nothing, at(999))).toBeNull();
  });
});
