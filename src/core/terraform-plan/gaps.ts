import { formatDuration } from "../../lib/duration.ts";
import type { Gap } from "../change/change-set.ts";
import type { JudgedPlan, TerraformPlansView } from "./judged.ts";

/** A job of GitHub's own machines ends after six hours: docs.github.com/en/actions/reference/limits */
const oldestMs = 6 * 3_600_000;
/** What the clocks of two machines may differ by. */
const clocksDifferMs = 10 * 60_000;

/**
 * Of what a plan does not say: where planning failed, where it was not of everything, and what was put off. It holds for every plan that was
 * brought: one that nobody asked for may only raise what is asked.
 */
export function unfinishedGaps({ plans }: TerraformPlansView): readonly Gap[] {
  return plans.flatMap((one) => [...incomplete(one), ...deferred(one), ...ofAnotherTime(one)]);
}

/** A plan that was not made by the job that brought it: kept from an earlier one, or dated by hand. */
function ofAnotherTime(one: JudgedPlan): readonly Gap[] {
  const what = `what Terraform would do in ${one.name} now, since`;
  const remedy = "Plan in the job that sends the plan, and send it at once.";
  const [odd] = one.sources.flatMap(({ plan: { timestampMs }, receivedAtMs }): readonly string[] => {
    if (timestampMs === null || receivedAtMs === null) return [];
    const ageMs = receivedAtMs - timestampMs;
    if (ageMs > oldestMs) return [`the plan was ${formatDuration(ageMs)} old when it was sent`];
    return ageMs < -clocksDifferMs ? ["the plan says that it was made after it was sent"] : [];
  });
  return odd === undefined ? [] : [gap(one, "plan-of-another-time", `${what} ${odd}`, remedy)];
}

function incomplete(one: JudgedPlan): readonly Gap[] {
  const { plan } = one;
  const what = `what Terraform would do in ${one.name} in full, since`;
  if (plan.errored === true)
    return [gap(one, "plan-errored", `${what} planning failed on the way`, "Mend the configuration and push.")];
  if (plan.complete === true) return [];
  const because = plan.complete === null ? "the plan does not say that it is complete" : "the plan is not complete";
  const remedy = "Plan with Terraform 1.8 or newer, without `-target`; or have people accept the gap.";
  return [gap(one, "plan-incomplete", `${what} ${because}`, remedy)];
}

function deferred(one: JudgedPlan): readonly Gap[] {
  const number = one.plan.deferred.length + one.plan.invocations.filter((call) => call.deferred).length;
  if (number === 0) return [];
  const reason = `what becomes of ${number} ${number === 1 ? "thing" : "things"} in ${one.name}, which the plan puts off until the rest is applied`;
  return [gap(one, "plan-deferred", reason, "Apply in two changes, or have people accept the gap.")];
}

function gap({ root, workspace }: JudgedPlan, id: string, reason: string, remedy: string): Gap {
  const at = `${root === "" ? "." : root}${workspace === "" || workspace === "default" ? "" : `@${workspace}`}`;
  return { id: `${id}:${at}`, level: "hold", path: null, side: "head", line: null, reason, remedy };
}
