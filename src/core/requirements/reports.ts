import type { Gap } from "../change/change-set.ts";
import type { Facts, PublishedReport, ReviewFacts } from "../facts.ts";
import { includesPlan, type PlanMarks } from "../plan/plan.ts";

/** What a report about the change as it is now shows. */
export interface Shown {
  /** Ids of findings that are open. */
  readonly findings: readonly string[];
  readonly gaps: readonly string[];
  readonly patch: string;
  /** Null: none is declared. */
  readonly plan: PlanMarks | null;
}

/** What is open for people: not waived, and not only observed. */
export function shownBy(
  findings: readonly { readonly id: string; readonly level: string; readonly waived: unknown }[],
  gaps: readonly Gap[],
): Pick<Shown, "findings" | "gaps"> {
  const open = findings.filter(({ level, waived }) => level !== "observe" && waived === null);
  return { findings: open.map(({ id }) => id), gaps: gaps.map(({ id }) => id) };
}

/** Whether a review saw what there is now. `sinceMs`: since when it could be read; null where nothing had to be shown. */
export type Seen =
  | { readonly kind: "seen"; readonly sinceMs: number | null }
  | { readonly kind: "unseen"; readonly because: string };

/**
 * Compares a review with now: it counts if the report that stood on its commit when it was given showed every finding and gap of now,
 * and a plan that takes in that of now, on a patch that is the same. Nothing is remembered of the comparison: when patch, findings and plan are again what it saw,
 * it counts again. A report for another base branch shows nothing of this one.
 */
export function seenBy(review: ReviewFacts, facts: Facts, now: Shown): Seen {
  if (review.commitSha === null) return unseen("approved a commit that is gone");
  const here = facts.publications.filter(
    ({ headSha, baseRef }) => headSha === review.commitSha && baseRef === facts.base.ref,
  );
  const before = here.filter(({ publishedAtMs }) => publishedAtMs < review.submittedAtMs);
  const stood = before.at(-1);
  if (stood === undefined) return seenUnreported(review, here, facts, now);
  const because = lacks(stood, now);
  if (because !== null) return unseen(because);
  const lacking = before.findLastIndex((report) => lacks(report, now) !== null);
  return { kind: "seen", sinceMs: before[lacking + 1]?.publishedAtMs ?? stood.publishedAtMs };
}

/** Since when the reports on this head have shown what there is now, without a break; null where the latest does not. */
export function shownSinceMs(facts: Facts, now: Shown): number | null {
  const here = facts.publications.filter(
    ({ headSha, baseRef }) => headSha === facts.head.sha && baseRef === facts.base.ref,
  );
  const lacking = here.findLastIndex((report) => lacks(report, now) !== null);
  return here[lacking + 1]?.publishedAtMs ?? null;
}

/** Given before anything was reported on that commit: it stands only where there was, and is, nothing to report. */
function seenUnreported(review: ReviewFacts, here: readonly PublishedReport[], facts: Facts, now: Shown): Seen {
  const first = here[0];
  const old = `approved an older head, ${(review.commitSha ?? "").slice(0, 7)}`;
  if (review.commitSha !== facts.head.sha && first?.patch !== now.patch) return unseen(old);
  const reported = [...now.findings, ...now.gaps, ...(first?.findings ?? []), ...(first?.gaps ?? [])];
  const declared = now.plan !== null || (first?.plan ?? null) !== null;
  if (reported.length > 0 || declared) return unseen("approved before the report was published");
  const { retargetedAtMs } = facts.pullRequest;
  if (retargetedAtMs !== null && retargetedAtMs >= review.submittedAtMs) return unseen("approved it for another base");
  return { kind: "seen", sinceMs: null };
}

function lacks(report: PublishedReport, now: Shown): string | null {
  if (report.patch !== now.patch) return `approved another change, at ${report.headSha.slice(0, 7)}`;
  if (!includesPlan(report.plan, now.plan)) return `approved another plan, at ${report.headSha.slice(0, 7)}`;
  const finding = now.findings.find((id) => !report.findings.includes(id));
  if (finding !== undefined) return `approved before ${finding} was reported`;
  const gap = now.gaps.find((id) => !report.gaps.includes(id));
  return gap === undefined ? null : `approved before it was reported that evidence is missing (${gap})`;
}

function unseen(because: string): Seen {
  return { kind: "unseen", because };
}
