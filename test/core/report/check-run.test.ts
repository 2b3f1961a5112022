import { describe, expect, test } from "vitest";
import {
  conclusionOf,
  renderCheckRun,
  renderNotEvaluated,
  renderSuperseded,
} from "../../../src/core/report/check-run.ts";
import { writeReport } from "../../../src/core/report/markdown.ts";
import { isoMoment, moment } from "../../../src/core/moments.ts";
import { renderTerminal } from "../../../src/core/report/terminal.ts";
import type { Evaluation } from "../../../src/core/evaluate/evaluation.ts";
import { allowed, approvals, evaluation, finding, gap, i03, i04, i05, site, unreadablePolicy } from "./evaluations.ts";

const alone = (given: Evaluation) => renderCheckRun(given, { verdict: given.verdict, because: [] }, site);
const observed = (given: Evaluation): Evaluation => ({ ...given, policy: { ...given.policy, mode: "observe" } });

test.each([
  ["block", "failure"],
  ["hold", "action_required"],
  ["wait", null],
  ["allow", "success"],
] as const)("%s concludes %s, and success where it is only observed", (verdict, conclusion) => {
  expect(conclusionOf(verdict, "enforce")).toBe(conclusion);
  expect(conclusionOf(verdict, "observe")).toBe("success");
});

const freeze = approvals({
  id: "freeze:1",
  kind: "freeze",
  what: "Outside the freeze `year end`",
  now: "open until Mon 4 Jan 2027, 07:00 UTC (08:00 Europe/Berlin); it stops changes that reach `production`",
  state: { kind: "failed" },
});

const readyMs = Date.UTC(2026, 1, 10, 9, 14, 7);
const bake = approvals({
  id: "bake:production:staging:payment",
  kind: "bake",
  what: "Bake: 24 h in `staging` (`payment`)",
  from: "time",
  now: "ready Tue 10 Feb 2026, 09:15 UTC (10:15 Europe/Berlin), by itself; it has run since yesterday (deployment 1)",
  state: { kind: "waiting", untilMs: readyMs },
});
const armed = approvals({
  id: "auto-merge",
  kind: "auto_merge",
  what: "Auto-merge off, or armed by a person",
  now: "on, armed by `claude[bot]`",
});

test("when a bake is over is said once: not as well as the moment until which it waits", () => {
  const { summary } = alone(evaluation({ verdict: "wait", requirements: [bake], timezone: "Europe/Berlin" }));
  expect(summary).toContain("ready Tue 10 Feb 2026, 09:15 UTC");
  expect(summary).not.toContain(", until ");
});

describe("the title", () => {
  test.each([
    [i03, "Block: Memory of search 512Mi → 2Gi on 8 pods: pool general would be at 37 of 3…"],
    [i05, "Hold: terraform/modules/shared is used by staging and production: one m…; 0 of 2"],
    [allowed, "Allow: nothing is missing in 1 file, low risk"],
    [unreadablePolicy, "Block: the policy cannot be read: .github/sallyport.yml:12:3: unknown invariant…"],
    [observed(i03), "Observed: would block: Memory of search 512Mi → 2Gi on 8 pods: pool general wou…"],
    [evaluation({ verdict: "hold", requirements: [approvals()] }), "Hold: 2 approvals (high risk): 0 of 2"],
    [
      evaluation({
        verdict: "hold",
        requirements: [approvals({ what: `2 approvals (high risk${", or more".repeat(9)})` })],
      }),
      "Hold: 2 approvals: 0 of 2",
    ],
    [
      evaluation({ verdict: "block", requirements: [freeze] }),
      "Block: the freeze year end is open until Mon 4 Jan 2027, 07:00 UTC",
    ],
    [
      evaluation({
        verdict: "hold",
        findings: [finding({ level: "review" })],
        requirements: [bake, approvals({ state: { kind: "met" } }), armed],
      }),
      "Hold: Auto-merge off, or armed by a person: on, armed by claude[bot]",
    ],
    [
      evaluation({ verdict: "wait", requirements: [bake] }),
      "Wait: Bake: 24 h in staging (payment); ready Tue 10 Feb 2026, 09:15 UTC",
    ],
    [evaluation({ verdict: "hold", gaps: [gap()] }), "Hold: cannot decide what k8s/api.yaml holds: a line of 10 MB"],
  ])("says the verdict and the one fact that decides (%#)", (given, title) => {
    expect(alone(given).title).toBe(title);
    expect(title.length).toBeLessThanOrEqual(80);
  });
});

test("a run that is over carries its buttons, within GitHub's limits; one in progress and one superseded carry none", () => {
  const buttons = [alone(i03), alone(i05), alone(allowed)].map((run) => run.buttons);
  for (const each of buttons) {
    expect(each.map(({ label }) => label)).toEqual(["Explain", "Re-evaluate"]);
    for (const { label, description, identifier } of each) {
      expect(label.length).toBeLessThanOrEqual(20);
      expect(description.length).toBeLessThanOrEqual(40);
      expect(identifier.length).toBeLessThanOrEqual(20);
    }
  }
  expect(alone({ ...allowed, verdict: "wait" }).buttons).toEqual([]);
  expect(renderSuperseded().buttons).toEqual([]);
});

test("the same evaluation at another moment gives the same bytes", () => {
  const later = { ...i05, evaluatedAtMs: i05.evaluatedAtMs + 86_400_000 };
  expect(alone(later)).toEqual(alone(i05));
});

test("a sibling that is judged worse decides, and is named", () => {
  const sibling = { ...allowed.subject, number: 413 };
  const run = renderCheckRun(allowed, { verdict: "hold", because: [{ subject: sibling, verdict: null }] }, site);
  expect(run.conclusion).toBe("action_required");
  expect(run.title).toBe("Hold: another pull request with this head is judged worse");
  expect(run.summary).toContain("`#413` (not judged yet) shares this check run");
  expect(run.summary).toContain("This one alone: **allow**");
});

test("what could not be evaluated does not pass, what is no longer current fails", () => {
  expect(renderNotEvaluated({ verdict: "hold", because: [] }, "enforce", 5)).toMatchObject({
    conclusion: "action_required",
    title: "Hold: this change could not be evaluated",
  });
  expect(renderSuperseded()).toMatchObject({ conclusion: "failure", title: "No longer current" });
});

describe("the summary", () => {
  test("numbers findings worst first, and the invariants point to those numbers", () => {
    const { summary } = writeReport(i04, site);
    expect(summary.indexOf("### 1. `k8s-liveness-too-eager` blocks")).toBeGreaterThan(0);
    expect(summary.indexOf("### 2. `reaches-production-with-staging` asks people")).toBeGreaterThan(0);
    expect(summary).toContain("| Values stay in bounds | **FAIL**, finding 1 |");
    expect(summary).toContain("| Production is unchanged | **asks people**, finding 2 |");
  });

  test("does not depend on the order of the findings", () => {
    expect(writeReport({ ...i04, findings: i04.findings.toReversed() }, site)).toEqual(writeReport(i04, site));
  });

  test("tells reviewers to wait where a push comes first", () => {
    expect(writeReport(i03, site).summary).toContain("**Do not review yet**");
    const people = { actor: "people", action: "approve", do: "Review it.", atMs: null } as const;
    expect(writeReport({ ...i03, next: people }, site).summary).not.toContain("Do not review yet");
  });

  test("links what was removed to the commit before the change", () => {
    const place = { path: "a b/c(1).tf", side: "base", line: 7 } as const;
    const { summary } = writeReport(evaluation({ findings: [finding({ place })] }), site);
    expect(summary).toContain(`(https://github.com/acme/infra/blob/${i03.mergeBaseSha}/a%20b/c%281%29.tf#L7)`);
    expect(summary).toContain("line 7 before the change");
  });

  test("folds more than five chains by environment and service", () => {
    const reach = Array.from({ length: 3 }, (_, index) => ({ ...i04.reach[0]!, path: `k8s/base/${index}.yaml` }));
    const { summary } = writeReport({ ...i04, reach }, site);
    expect(summary).toContain("6 chains lead from changed files to what is deployed:");
    expect(summary).toContain("- production · notifications: 3 files");
    expect(summary).not.toContain("└─");
  });

  test("of an unmarked change that nothing speaks against is two lines", () => {
    expect(
      writeReport(allowed, site)
        .summary.split("\n")
        .filter((line) => line !== ""),
    ).toHaveLength(2);
    expect(writeReport(allowed, site).summary).toContain("**By** no agent marks found");
  });

  test("shows a waived finding with its end, its reason and who gave it", () => {
    const waived = { reason: "batch pods restart freely", by: "@acme/sre", until: "2026-12-31" };
    const { summary } = writeReport(evaluation({ findings: [finding({ waived })] }), site);
    expect(summary).toContain("**Waived** until `2026-12-31` by `@acme/sre`: batch pods restart freely.");
    expect(summary).not.toContain("What is missing");
  });

  test("names every gap, those that block too", () => {
    const gaps = [gap(), gap({ id: "broken:x", level: "block", path: null, reason: "what `x` holds" })];
    const { summary } = writeReport(evaluation({ verdict: "block", gaps }), site);
    expect(summary).toContain("1. Cannot decide: what `x` holds (**blocks**).");
    expect(summary).toContain("2. Cannot decide: what `k8s/api.yaml` holds: a line of 10 MB. `k8s/api.yaml`.");
  });
});

describe("annotations", () => {
  test("come worst first, with the patch, and with columns only on one line", () => {
    expect(alone(i03).annotations).toMatchObject([
      { path: "k8s/staging/search/deployment.yaml", startLine: 38, columns: { start: 21, end: 24 }, level: "failure" },
    ]);
    expect(alone(i03).annotations[0]?.details).toContain("+            memory: 768Mi");
    expect(alone(i04).annotations.map(({ title, columns }) => [title, columns])).toEqual([
      ["k8s-liveness-too-eager", null],
      ["reaches-production-with-staging", null],
    ]);
  });

  test("do not fail in observe mode, and put what was removed on line 1", () => {
    const place = { path: "x.tf", side: "base", line: 7 } as const;
    const given = observed(evaluation({ findings: [finding({ place })], gaps: [gap({ level: "block" })] }));
    expect(alone(given).annotations).toMatchObject([
      { startLine: 1, endLine: 1, level: "warning" },
      { path: "k8s/api.yaml", startLine: 1, level: "warning" },
    ]);
    expect(alone(given).annotations[0]?.message).toContain("(line 7 before the change)");
  });
});

test("moments are absolute, in UTC and in the policy's zone", () => {
  const ms = 1_770_714_847_000;
  expect(moment(ms, "Europe/Berlin")).toBe("Tue 10 Feb 2026, 09:14 UTC (10:14 Europe/Berlin)");
  expect(moment(ms, "UTC")).toBe("Tue 10 Feb 2026, 09:14 UTC");
  expect(isoMoment(ms)).toBe("2026-02-10T09:14:07Z");
});

test("the terminal has colour only where it is asked for", () => {
  expect(renderTerminal(i03, true)).toContain("\u{1b}[31mBlock");
  expect(renderTerminal(i03, false)).not.toContain("\u{1b}");
});
