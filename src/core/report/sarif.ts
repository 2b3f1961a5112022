import { byCodeUnits } from "../../lib/order.ts";
import { address } from "../../lib/markdown.ts";
import { visibleLines } from "../../lib/text.ts";
import type { Place } from "../change/change-set.ts";
import type { Evaluation, Finding, JudgedGap, Level, Overridden } from "../evaluate/evaluation.ts";
import { invariants } from "../invariants.ts";
import type { Edit, Severity } from "../rule.ts";
import { overriddenClause } from "./overridden.ts";
import { writeJson } from "./verdict-json.ts";
import { capitalised } from "./words.ts";
import { findingsWorstFirst, gapsWorstFirst } from "./worst-first.ts";

const gapRule = "evidence-missing";
/** GitHub's code scanning reads a number of 0 to 10 and shows a word for it. */
const securitySeverity: Readonly<Record<Severity, string>> = {
  critical: "9.5",
  high: "8.0",
  medium: "5.0",
  low: "2.0",
};

/**
 * An evaluation as SARIF 2.1.0, one run. Findings and gaps are results; what is waived or overridden is suppressed. Places of the base
 * have no region: scanners show results in the head.
 * https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function renderSarif(evaluation: Evaluation, site: string): string {
  const findings = findingsWorstFirst(evaluation.findings);
  const gaps = gapsWorstFirst(evaluation.gaps);
  const rules = [...rulesOf(findings), ...(gaps.length === 0 ? [] : [ruleOfGaps])];
  const index = new Map(rules.map(({ id }, at) => [id, at]));
  const { owner, name } = evaluation.subject.repository;
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "sallyport", version: evaluation.version, rules } },
        columnKind: "utf16CodeUnits",
        automationDetails: { id: `sallyport/${evaluation.baseRef}` },
        versionControlProvenance: [
          { repositoryUri: address(site, [owner, name]), revisionId: evaluation.headSha, branch: evaluation.baseRef },
        ],
        invocations: [{ executionSuccessful: true }],
        results: [
          ...findings.map((finding) => resultOf(finding, index.get(finding.rule) ?? 0)),
          ...gaps.map((gap) => resultOfGap(gap, index.get(gapRule) ?? 0)),
        ],
        properties: { verdict: evaluation.verdict, risk: evaluation.risk.tier, mode: evaluation.policy.mode },
      },
    ],
  };
  return `${writeJson(log)}\n`;
}

function rulesOf(findings: readonly Finding[]) {
  const first = new Map<string, Finding>();
  for (const finding of findings) if (!first.has(finding.rule)) first.set(finding.rule, finding);
  return [...first.values()]
    .sort((a, b) => byCodeUnits(a.rule, b.rule))
    .map((finding) => ({
      id: finding.rule,
      name: finding.rule.split("-").map(capitalised).join(""),
      shortDescription: { text: invariants[finding.invariant] },
      fullDescription: { text: visibleLines(finding.why) },
      help: { text: `${visibleLines(finding.why)}\n\nWhat to do: ${visibleLines(finding.remedy)}` },
      defaultConfiguration: { level: levelOf(finding.level) },
      properties: {
        tags: ["sallyport", finding.invariant],
        precision: finding.confidence,
        "security-severity": securitySeverity[finding.severity],
      },
    }));
}

const ruleOfGaps = {
  id: gapRule,
  name: "EvidenceMissing",
  shortDescription: { text: "Evidence is missing" },
  fullDescription: {
    text: "Something that decides could not be read or decided. Missing evidence only tightens the verdict.",
  },
  help: { text: "Make the evidence readable, or let people accept the gap by approving." },
  defaultConfiguration: { level: levelOf("review") },
  properties: { tags: ["sallyport"], precision: "high", "security-severity": securitySeverity.medium },
};

function resultOf(finding: Finding, ruleIndex: number) {
  const { fix } = finding;
  return {
    ruleId: finding.rule,
    ruleIndex,
    level: levelOf(finding.level),
    message: { text: visibleLines(finding.message) },
    locations: [locationOf(finding.place, finding.object)],
    partialFingerprints: { "sallyportFinding/v1": finding.id },
    ...suppressed(finding.waived?.reason ?? justification(finding.overridden)),
    ...(fix === null || fix.edits.length === 0
      ? {}
      : {
          fixes: [
            { description: { text: "Change the value to one that passes" }, artifactChanges: changesOf(fix.edits) },
          ],
        }),
    properties: { invariant: finding.invariant, severity: finding.severity, confidence: finding.confidence },
  };
}

function suppressed(reason: string | null) {
  return reason === null ? {} : { suppressions: [{ kind: "external", status: "accepted", justification: reason }] };
}

function justification(overridden: Overridden | null): string | null {
  return overridden === null ? null : visibleLines(overriddenClause(overridden, "UTC"));
}

function resultOfGap(gap: JudgedGap, ruleIndex: number) {
  const at = gap.path === null ? [] : [locationOf({ path: gap.path, side: gap.side, line: gap.line ?? 1 }, null)];
  return {
    ruleId: gapRule,
    ruleIndex,
    level: levelOf(gap.level === "block" ? "block" : "review"),
    message: { text: `Cannot decide: ${visibleLines(gap.reason)}. ${visibleLines(gap.remedy)}` },
    locations: at,
    partialFingerprints: { "sallyportGap/v1": gap.id },
    ...suppressed(justification(gap.overridden)),
  };
}

function levelOf(level: Level): "error" | "warning" | "note" {
  switch (level) {
    case "block":
      return "error";
    case "review":
      return "warning";
    case "observe":
      return "note";
  }
}

function locationOf(place: Place, object: string | null) {
  const region = {
    startLine: place.line,
    ...(place.column === undefined ? {} : { startColumn: place.column }),
    ...(place.endLine === undefined ? {} : { endLine: place.endLine }),
    ...(place.endColumn === undefined ? {} : { endColumn: place.endColumn }),
  };
  return {
    physicalLocation: { artifactLocation: artifact(place.path), ...(place.side === "head" ? { region } : {}) },
    ...(object === null ? {} : { logicalLocations: [{ fullyQualifiedName: object }] }),
  };
}

function changesOf(edits: readonly Edit[]) {
  return [...Map.groupBy(edits, ({ path }) => path)].map(([path, own]) => ({
    artifactLocation: artifact(path),
    replacements: own.map(({ start, end, text }) => ({
      deletedRegion: { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column },
      insertedContent: { text },
    })),
  }));
}

/** A path of git as a relative reference: percent-encoded, so that no path looks like a scheme or leaves the root. */
function artifact(path: string) {
  return { uri: address("", path.split("/")).slice(1), uriBaseId: "%SRCROOT%" };
}
