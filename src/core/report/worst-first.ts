import { byCodeUnits } from "../../lib/order.ts";
import type { Gap } from "../change/change-set.ts";
import type { Finding, Level } from "../evaluate/evaluation.ts";
import type { Severity } from "../rule.ts";

const levels: readonly Level[] = ["block", "review", "observe"];
const severities: readonly Severity[] = ["critical", "high", "medium", "low"];

/** Findings that decide before those that do not, then by severity, then by id: the numbers of the report follow this order. */
export function findingsWorstFirst(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted(
    (a, b) =>
      Number(a.waived !== null) - Number(b.waived !== null) ||
      levels.indexOf(a.level) - levels.indexOf(b.level) ||
      severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
      byCodeUnits(a.id, b.id),
  );
}

export function gapsWorstFirst(gaps: readonly Gap[]): readonly Gap[] {
  const rank = (gap: Gap) => (gap.level === "block" ? 0 : 1);
  return gaps.toSorted((a, b) => rank(a) - rank(b) || byCodeUnits(a.id, b.id));
}
