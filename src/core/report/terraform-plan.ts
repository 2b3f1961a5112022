import { code, details, prose, table } from "../../lib/markdown.ts";
import { count } from "../../lib/text.ts";
import type { Place } from "../change/change-set.ts";
import { doesNothing } from "../terraform-plan/actions.ts";
import type { AttributedPlan } from "../terraform-plan/attribution.ts";
import type { PlannedValue } from "../terraform-plan/plan.ts";
import { countsOf, driftRows, explanation, type ReviewRow, reviewRows } from "../terraform-plan/review.ts";
import { isoMoment } from "../moments.ts";
import { fit } from "./fit.ts";
import {
  concernWords,
  countsLine,
  effects,
  isText,
  outcomeWords,
  pathText,
  planName,
  reasonWords,
  shortcomings,
  valueText,
} from "./terraform-plan-words.ts";
import { rowsShown } from "./sections.ts";
import { someOf } from "./words.ts";

/** Where a place is written as a link. */
type Linked = (place: Place) => string;

/** So that one plan leaves room for findings and for the next plan. */
const sectionLimitBytes = 16_000;
const briefRows = 40;
const briefAttributes = 3;
const addressesShown = 6;
const attributesShown = 8;
const placesShown = 3;
const valueMax = 160;
const wordsMax = 400;

/** What a person needs to judge a plan: counts, what it lacks, and the grave rows. At most 16,000 bytes, by whole rows. */
export function terraformPlanSection(attributed: AttributedPlan, linked: Linked): string {
  const grave = reviewRows(attributed).filter((row) => row.grave);
  const lacks = shortcomings(attributed).map((sentence) => `- ${sentence}`);
  const start = [
    `### ${prose(planName(attributed), wordsMax)}`,
    `**${countsLine(countsOf(attributed))}.**${madeWith(attributed)}`,
    lacks.join("\n"),
  ];
  const rows = grave.slice(0, rowsShown).map((row, index) => graveRow(row, index + 1, linked));
  const beyond = grave.length - rows.length;
  return fit(
    start.filter((part) => part !== "").join("\n\n"),
    [...rows, ...listed(effects(attributed))],
    beyond === 0 ? "" : `**${count(beyond, "further row")}** of what is destroyed, lost or unexplained.`,
    (number) => `**${count(number, "row")} left out** for GitHub's limit of length.`,
    sectionLimitBytes,
  );
}

/** The long tail of a plan, folded: what is only created, updated or read, what drifted, and outputs. */
export function terraformPlanFolds(attributed: AttributedPlan): readonly string[] {
  const name = planName(attributed).replaceAll("`", "");
  const brief = reviewRows(attributed).filter((row) => !row.grave);
  const outputs = attributed.plan.outputs.filter((output) => !doesNothing(output));
  return [
    ...folded(`${name}: the rest`, ["What", "Resources", "What differs"], brief.map(briefRow)),
    ...folded(
      `${name}: changed outside of Terraform since it last ran`,
      ["What", "Resources", "What differs"],
      driftRows(attributed).map(briefRow),
    ),
    ...folded(
      `${name}: outputs`,
      ["Output", "Before", "After"],
      outputs.map(({ name: output, before, after }) => [code(output), valueCell(before), valueCell(after)]),
    ),
  ];
}

function folded(summary: string, columns: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return [];
  const more = rows.length > briefRows ? [[`${rows.length - briefRows} more rows`]] : [];
  return [details(summary, table(columns, [...rows.slice(0, briefRows), ...more]))];
}

function listed(sentences: readonly string[]): readonly string[] {
  if (sentences.length === 0) return [];
  const lines = sentences.slice(0, rowsShown).map((sentence) => `- ${prose(sentence, wordsMax)}`);
  const more = sentences.length > rowsShown ? [`- ${sentences.length - rowsShown} more`] : [];
  return [[...lines, ...more].join("\n")];
}

function madeWith({ plan }: AttributedPlan): string {
  const version = plan.terraformVersion === null ? "" : ` Made with version ${code(plan.terraformVersion, 40)}.`;
  return plan.timestampMs === null ? version : `${version} Made at ${code(isoMoment(plan.timestampMs))}.`;
}

function graveRow(row: ReviewRow, number: number, linked: Linked): string {
  const { attributes, unlisted } = row;
  const told = attributes.filter(({ concern }) => concern !== "later");
  const later = attributes.length - told.length;
  const rest = told.length - attributesShown + unlisted;
  const lines = [
    `${number}. **${prose(outcomeWords(row), wordsMax)}**: ${resources(row)}`,
    ...causes(row, linked),
    ...told.slice(0, attributesShown).map(difference),
    ...(rest > 0 ? [`${count(rest, "further difference")}`] : []),
    ...(later > 0 ? [`${count(later, "attribute")} known after it is applied`] : []),
  ];
  return lines.map((line, index) => (index === 0 ? line : `   - ${line}`)).join("\n");
}

function causes(row: ReviewRow, linked: Linked): readonly string[] {
  const reason = reasonWords(row);
  const places = explanation(row);
  const explained =
    row.attribution === "nothing" || places?.length === 0
      ? ["**Nothing in this change explains it**"]
      : places === null
        ? []
        : [`Explained by ${someOf(places.map(linked), placesShown)}`];
  return [...explained, ...(reason === "" ? [] : [prose(`Because ${reason}`, wordsMax)])];
}

function resources({ resources: all }: ReviewRow): string {
  const names = all.map(({ address, previous }) =>
    previous === null ? code(address) : `${code(address)} (was ${code(previous)})`,
  );
  return someOf(names, addressesShown);
}

function difference({ path, before, after, concern }: ReviewRow["attributes"][number]): string {
  const words = concernWords(concern);
  const name = code(pathText(path));
  const sensitive = before.kind === "sensitive" && after.kind === "sensitive";
  const values = sensitive ? "differs (sensitive)" : `${valueCell(before)} → ${valueCell(after)}`;
  return `${name}: ${values}${words === "" ? "" : ` **${words}**`}`;
}

function briefRow(row: ReviewRow): readonly string[] {
  const told = row.attributes.filter(({ concern }) => concern !== "later");
  return [prose(outcomeWords(row), wordsMax), resources(row), someOf(told.map(difference), briefAttributes)];
}

function valueCell(value: PlannedValue): string {
  return isText(value) ? code(valueText(value), valueMax) : valueText(value);
}
