import { describe, expect, test } from "vitest";
import { agentBlock, agentBlockMax } from "../../../src/core/report/agent-block.ts";
import { renderCheckRun } from "../../../src/core/report/check-run.ts";
import { partLimitBytes } from "../../../src/core/report/fit.ts";
import { terraformPlanSection } from "../../../src/core/report/terraform-plan.ts";
import { verdictSchema } from "../../../src/core/report/verdict-schema.ts";
import { byteLength } from "../../../src/lib/text.ts";
import { planJson, read, row } from "../terraform-plan/plans.ts";
import { evaluation, site } from "./evaluations.ts";
import { reviewed } from "./terraform-plans.ts";

const many = (number: number) =>
  Array.from({ length: number }, (_, index) =>
    row(
      {
        before: Object.fromEntries(
          Array.from({ length: 30 }, (_unused, at) => [`a${at}`, `${"→".repeat(300)}${index}`]),
        ),
        after: {},
      },
      { name: `n${index}` },
    ),
  );
const large = { ...reviewed, plan: read(planJson(many(60))) };

test("a plan is shown by whole rows within its limit, and says what is left out", () => {
  const section = terraformPlanSection(large, () => "");
  expect(byteLength(section)).toBeLessThanOrEqual(16_000);
  expect(section).toContain("60 updated");
  expect(section).toMatch(/\*\*\d+ rows left out\*\*/u);
  expect(section).toContain("**40 further rows** of what is destroyed, lost or unexplained.");
});

describe("a report with many plans", () => {
  const given = evaluation({
    terraformPlans: Array.from({ length: 20 }, (_, index) => ({ ...large, root: `r${index}` })),
  });

  test("keeps GitHub's limits", () => {
    const { summary, text } = renderCheckRun(given, { verdict: "allow", because: [] }, site);
    for (const part of [summary, text]) expect(byteLength(part)).toBeLessThanOrEqual(partLimitBytes);
    expect(summary).toMatch(/\*\*\d+ sections left out\*\*/u);
  });

  test("tells agents of as many as fit, and how many do not", () => {
    const block = agentBlock(given);
    expect(block.length).toBeLessThanOrEqual(agentBlockMax);
    const document = verdictSchema.parse(JSON.parse(block));
    const told = document.terraform_plans ?? [];
    expect(told.length + (document.omitted.terraform_plans ?? 0)).toBe(20);
    expect(told[0]).toMatchObject({ root: "r0", counts: { update: 60 } });
    for (const plan of told) expect(plan.rows.length + plan.more_rows).toBe(60);
  });
});

test("a document without plans has no key for them", () => {
  expect(JSON.parse(agentBlock(evaluation()))).not.toHaveProperty("terraform_plans");
});
