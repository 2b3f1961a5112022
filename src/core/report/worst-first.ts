import { byCodeUnits } from "../../lib/order.ts";
import type { Finding, JudgedGap, Level } from "../evaluate/evaluation.ts";
import { isOpen } from "../evaluate/open.ts";
import type { Severity } from "../rule.ts";

const levels: readonly Level[] = ["block", "review", "observe"];
const severities: readonly Severity[] = ["critical", "high", "medium", "low"];

/** Findings that decide before those that do not, then by severity, then by id: the numbers of the report follow this order. */
export function findingsWorstFirst(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted(
    (a, b) =>
      Number(!isOpen(a)) - Number(!isOpen(b)) ||
      levels.indexOf(a.level) - levels.indexOf(b.level) ||
      severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
      byCodeUnits(a.id, b.id),
  );
}

export function gapsWorstFirst(gaps: readonly JudgedGap[]): readonly JudgedGap[] {
  const rank = (gap: JudgedGap) => (gap.overridden !== null ? 2 : gap.level === "block" ? 0 : 1);
  return gaps.toSorted((a, b) => rank(a) - rank(b) || byCodeUnits(a.id, b.id));
}
