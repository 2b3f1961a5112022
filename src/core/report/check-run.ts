import { count, shorten, visibleLines } from "../../lib/text.ts";
import type { Evaluation, Finding, JudgedGap } from "../evaluate/evaluation.ts";
import { isOpen } from "../evaluate/open.ts";
import type { Shared } from "../evaluate/siblings.ts";
import type { Verdict } from "../evaluate/verdict.ts";
import { writeReport } from "./markdown.ts";
import { title, verdictWord } from "./words.ts";
import { findingsWorstFirst, gapsWorstFirst } from "./worst-first.ts";

/** How a check run ends; null: it is in progress, and GitHub shows no verdict yet. Never `neutral` or `skipped`, which pass. */
export type Conclusion = "success" | "failure" | "action_required" | null;

/** A note on lines of the head. GitHub takes 50 a request and 64 KB a text; columns only where the note is on one line. */
export interface Annotation {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly columns: { readonly start: number; readonly end: number } | null;
  readonly level: "failure" | "warning" | "notice";
  readonly title: string;
  readonly message: string;
  /** The patch, where there is one. */
  readonly details: string | null;
}

/** A button below a completed run. GitHub takes 20 characters of label, 40 of description and 20 of identifier. */
export interface Button {
  readonly label: string;
  readonly description: string;
  /** Comes back in the event of whoever presses it. */
  readonly identifier: string;
}

/** All that a check run says. The same evaluation gives the same bytes at any moment. */
export interface CheckRun {
  readonly conclusion: Conclusion;
  readonly title: string;
  readonly summary: string;
  readonly text: string;
  /** The worst first; the publisher sends them in batches. */
  readonly annotations: readonly Annotation[];
  /** Annotations beyond the 500 that are sent. */
  readonly omittedAnnotations: number;
  /** None while the run is in progress: GitHub shows them on completed runs only. */
  readonly buttons: readonly Button[];
}

/** The report explains the verdict already, most of it folded: this opens all of it where it stands. */
const explain: Button = {
  label: "Explain",
  description: "Open every section of this report",
  identifier: "explain",
};
const reEvaluate: Button = {
  label: "Re-evaluate",
  description: "Read everything afresh and judge again",
  identifier: "re-evaluate",
};

const annotationsMax = 500;
const annotationTitleMax = 255;
const annotationTextMax = 16_000;

/** What a verdict makes of the check run. In observe mode everything succeeds. */
export function conclusionOf(verdict: Verdict, mode: "enforce" | "observe"): Conclusion {
  if (mode === "observe") return "success";
  switch (verdict) {
    case "allow":
      return "success";
    case "wait":
      return null;
    case "hold":
      return "action_required";
    case "block":
      return "failure";
  }
}

/** The check run of an evaluation. `shared` is the verdict that stands together with the siblings on the same head and base. */
export function renderCheckRun(evaluation: Evaluation, shared: Shared, site: string): CheckRun {
  const { mode } = evaluation.policy;
  const all = annotationsOf(evaluation);
  const omittedAnnotations = Math.max(0, all.length - annotationsMax);
  const { summary, text: folded } = writeReport(evaluation, site, shared);
  const conclusion = conclusionOf(shared.verdict, mode);
  return {
    conclusion,
    title: title(evaluation, shared.verdict),
    summary: omittedAnnotations === 0 ? summary : `${summary}\n\n${count(omittedAnnotations, "annotation")} left out.`,
    text: folded,
    annotations: all.slice(0, annotationsMax),
    omittedAnnotations,
    buttons: buttonsOn(conclusion),
  };
}

/** A subject that could not be evaluated `attempts` times in a row: it holds, and what stood before must not stay. */
export function renderNotEvaluated(shared: Shared, mode: "enforce" | "observe", attempts: number): CheckRun {
  const word = verdictWord(shared.verdict, mode);
  const conclusion = conclusionOf(shared.verdict, mode);
  return {
    conclusion,
    title: `${word}: this change could not be evaluated`,
    summary: [
      `## ${word}: this change could not be evaluated`,
      `Sallyport tried ${attempts} times and failed. It tries again by itself; nothing in the pull request has to be done.`,
      "**What to do.** If this stays, tell whoever runs Sallyport: its log names the cause under this head.",
    ].join("\n\n"),
    text: "",
    annotations: [],
    omittedAnnotations: 0,
    buttons: buttonsOn(conclusion),
  };
}

/** A head that no open pull request onto this base has any more: a green that stood here must not be used elsewhere. */
export function renderSuperseded(): CheckRun {
  return {
    conclusion: "failure",
    title: "No longer current",
    summary: [
      "## No longer current",
      "This commit is not the head of an open pull request onto this base. Open or reopen one, and it is judged again.",
    ].join("\n\n"),
    text: "",
    annotations: [],
    omittedAnnotations: 0,
    buttons: [],
  };
}

function buttonsOn(conclusion: Conclusion): readonly Button[] {
  return conclusion === null ? [] : [explain, reEvaluate];
}

function annotationsOf(evaluation: Evaluation): readonly Annotation[] {
  const findings = findingsWorstFirst(evaluation.findings).map((finding) => annotationOf(finding, evaluation));
  const gaps = gapsWorstFirst(evaluation.gaps).flatMap((gap): Annotation[] => {
    if (gap.path === null) return [];
    const line = gap.side === "head" ? (gap.line ?? 1) : 1;
    return [
      {
        path: gap.path,
        startLine: line,
        endLine: line,
        columns: null,
        level: gapLevel(gap, evaluation),
        title: "Evidence is missing",
        message: text(`Cannot decide: ${gap.reason}\n\nWhat to do: ${gap.remedy}`),
        details: null,
      },
    ];
  });
  return [...findings, ...gaps];
}

/** What was removed has no line in the head, and GitHub places notes there only: line 1, and the message names the line. */
function annotationOf(finding: Finding, evaluation: Evaluation): Annotation {
  const { place, fix } = finding;
  const onHead = place.side === "head";
  const startLine = onHead ? place.line : 1;
  const endLine = onHead ? Math.max(place.line, place.endLine ?? place.line) : 1;
  const { column, endColumn } = place;
  const spans =
    onHead && startLine === endLine && column !== undefined && endColumn !== undefined && endColumn >= column;
  const where = onHead ? "" : ` (line ${place.line} before the change)`;
  return {
    path: place.path,
    startLine,
    endLine,
    columns: spans ? { start: column, end: endColumn } : null,
    level: isOpen(finding) ? annotationLevel(finding, evaluation) : "notice",
    title: shorten(finding.rule, annotationTitleMax),
    message: text(`${finding.message}${where}\n\nWhy it matters: ${finding.why}\n\nWhat to do: ${finding.remedy}`),
    details: fix === null ? null : text(fix.patch),
  };
}

function gapLevel({ level, overridden }: JudgedGap, { policy }: Evaluation): Annotation["level"] {
  if (overridden !== null) return "notice";
  return level === "block" && policy.mode === "enforce" ? "failure" : "warning";
}

function annotationLevel({ level }: Finding, { policy }: Evaluation): Annotation["level"] {
  switch (level) {
    case "block":
      return policy.mode === "enforce" ? "failure" : "warning";
    case "review":
      return "warning";
    case "observe":
      return "notice";
  }
}

function text(given: string): string {
  return shorten(visibleLines(shorten(given, annotationTextMax)), annotationTextMax);
}
