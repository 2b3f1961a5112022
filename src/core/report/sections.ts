import { address, code, fence, link, paragraph, prose, table } from "../../lib/markdown.ts";
import { count } from "../../lib/text.ts";
import type { Gap, Place } from "../change/change-set.ts";
import type { Evaluation, Finding } from "../evaluate/evaluation.ts";
import type { Table } from "../rule.ts";
import { overriddenLine } from "./overridden.ts";
import { capitalised, someOf, wayOut } from "./words.ts";
import { gapsWorstFirst } from "./worst-first.ts";

/** Rows of a table, items of a list: what is beyond is counted. */
export const rowsShown = 20;
const patchMax = 6_000;

/** One finding: place, message, arithmetic, why, what to do, the patch and what the verdict is after it. `number` counts from 1. */
export function findingSection(finding: Finding, number: number, evaluation: Evaluation, site: string): string {
  const level =
    finding.waived !== null
      ? "waived"
      : finding.overridden !== null
        ? "overridden"
        : { block: "blocks", review: "asks people", observe: "observed" }[finding.level];
  const object = finding.object === null ? "" : `, ${code(finding.object)}`;
  const parts = [
    `### ${number}. ${code(finding.rule)} ${level}`,
    `${placeLink(finding.place, evaluation, site)}${object}`,
    paragraph(capitalised(finding.message)),
    finding.bounds === null ? "" : dataTable(finding.bounds),
    finding.boundsFrom.length === 0
      ? ""
      : `Bounds from ${someOf(
          finding.boundsFrom.map(({ key, value }) => code(`${key}: ${value}`)),
          6,
        )}.`,
    finding.passes === null
      ? ""
      : `${paragraph(capitalised(wayOut(finding)), 400)} (${prose(finding.passes.because, 400)}).`,
    finding.waived === null ? "" : waiver(finding.waived),
    finding.overridden === null ? "" : `${capitalised(overriddenLine(finding.overridden, evaluation.timezone))}.`,
    `**Why it matters.** ${prose(finding.why)}`,
    `**What to do.** ${prose(finding.remedy)}`,
    finding.reviewers.length === 0
      ? ""
      : `**Who accepts it.** ${someOf(
          finding.reviewers.map((name) => code(name)),
          8,
        )}`,
    patch(finding),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function waiver({ reason, by, until }: NonNullable<Finding["waived"]>): string {
  return `**Waived** until ${code(until)} by ${code(by)}: ${prose(reason, 400)}.`;
}

function patch({ fix }: Finding): string {
  if (fix === null) return "";
  const { verdict, clears, adds } = fix.after;
  const added =
    adds.length === 0
      ? ""
      : `; it adds ${someOf(
          adds.map((id) => code(id)),
          5,
        )}`;
  const after = `Evaluated with this patch applied: **${verdict}**, ${count(clears.length, "finding")} cleared${added}.`;
  if (fix.patch.length > patchMax) return `The patch is too long to be shown here; the annotation has it. ${after}`;
  return `${fence("diff", fix.patch)}\n${after}`;
}

/** A place of the change as a link to its lines at the evaluated commits. */
export function placeLink(place: Place, evaluation: Evaluation, site: string): string {
  const last = place.endLine !== undefined && place.endLine > place.line ? place.endLine : null;
  const lines = last === null ? `line ${place.line}` : `lines ${place.line} to ${last}`;
  const { owner, name } = evaluation.subject.repository;
  const sha = place.commit ?? (place.side === "head" ? evaluation.headSha : evaluation.mergeBaseSha);
  const fragment = last === null ? `#L${place.line}` : `#L${place.line}-L${last}`;
  const url = address(site, [owner, name, "blob", sha, ...place.path.split("/")], fragment);
  return link(`${code(place.path)} ${lines}${when(place)}`, url);
}

function when({ side, commit }: Place): string {
  if (commit !== undefined) return ` of ${code(commit.slice(0, 7))}`;
  return side === "base" ? " before the change" : "";
}

/** A table of plain text, as rules make them. */
export function dataTable({ columns, rows }: Table): string {
  const cells = rows.slice(0, rowsShown).map((row) => row.map((cell) => prose(cell, 200)));
  const more = rows.length > rowsShown ? [[`${rows.length - rowsShown} more rows`]] : [];
  return table(
    columns.map((column) => prose(column, 80)),
    [...cells, ...more],
  );
}

/** The gaps as a list, those that block first; empty where there are none. */
export function gapSection(evaluation: Evaluation, site: string): string {
  if (evaluation.gaps.length === 0) return "";
  const items = gapsWorstFirst(evaluation.gaps).map((gap, index) => {
    const blocks = gap.level === "block" ? " (**blocks**)" : "";
    const level = gap.overridden === null ? blocks : ` (${overriddenLine(gap.overridden, evaluation.timezone)})`;
    return `${index + 1}. Cannot decide: ${prose(gap.reason, 400)}${level}.${gapPlace(gap, evaluation, site)} **What to do:** ${prose(gap.remedy, 400)}`;
  });
  const shown = items.slice(0, rowsShown);
  const more = items.length > rowsShown ? [`\n${items.length - rowsShown} more.`] : [];
  return ["### Gaps: evidence that is missing", "", ...shown, ...more].join("\n");
}

function gapPlace(gap: Gap, evaluation: Evaluation, site: string): string {
  if (gap.path === null) return "";
  if (gap.line === null) return ` ${code(gap.path)}.`;
  return ` ${placeLink({ path: gap.path, side: gap.side, line: gap.line }, evaluation, site)}.`;
}
