import { expect, test } from "vitest";
import { renderMergeGroup } from "../../../src/core/report/merge-group.ts";
import { allowed, i03, i05 } from "./evaluations.ts";

test("a merge group concludes success or failure and nothing else", () => {
  expect(renderMergeGroup([allowed, allowed]).conclusion).toBe("success");
  for (const member of [i03, i05, { ...allowed, verdict: "wait" as const }]) {
    expect(renderMergeGroup([allowed, member]).conclusion).toBe("failure");
  }
  expect(renderMergeGroup([]).conclusion).toBe("failure");
  expect(renderMergeGroup(null).conclusion).toBe("failure");
});

test("a member that is only observed stops nobody", () => {
  const observed = { ...i03, policy: { ...i03.policy, mode: "observe" as const } };
  expect(renderMergeGroup([observed, allowed]).conclusion).toBe("success");
});

test("the title names the member that stops it, the summary what each would do", () => {
  const run = renderMergeGroup([allowed, { ...i03, title: "<img src=x>" }]);
  expect(run.title).toMatch(/^#\d+: Block: /);
  expect(run.title.length).toBeLessThanOrEqual(80);
  expect(run.summary).toMatch(/\| yes \|/);
  expect(run.summary).toMatch(/\| \*\*no\*\* \|/);
  expect(run.summary).not.toContain("<img");
});
