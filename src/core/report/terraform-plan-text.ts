import { count, shorten, visible } from "../../lib/text.ts";
import { isoMoment } from "../moments.ts";
import type { AttributedPlan } from "../terraform-plan/attribution.ts";
import { countsOf, driftRows, explanation, type ReviewRow, reviewRows } from "../terraform-plan/review.ts";
import {
  concernWords,
  countsLine,
  effects,
  outcomeWords,
  pathText,
  planName,
  reasonWords,
  shortcomings,
  valueText,
} from "./terraform-plan-words.ts";
import { someOf } from "./words.ts";

const addressesShown = 10;
const attributesShown = 20;
const placesShown = 3;
const valueMax = 200;

/** A plan for a terminal: the grave rows with what matters, the rest by name. What authors wrote is on one line, and inert. */
export function terraformPlanText(attributed: AttributedPlan): string {
  const rows = reviewRows(attributed);
  const brief = rows.filter(({ grave }) => !grave);
  const { timestampMs } = attributed.plan;
  const made = timestampMs === null ? "" : `, made at ${isoMoment(timestampMs)}`;
  return [
    `${plain(planName(attributed))}${made}: ${countsLine(countsOf(attributed))}`,
    ...shortcomings(attributed).map((sentence) => `  - ${sentence}`),
    ...rows.filter(({ grave }) => grave).flatMap((row, index) => graveLines(row, index + 1)),
    ...effects(attributed).map((sentence) => `  - ${plain(sentence)}`),
    ...brief.map((row) => `  ${plain(outcomeWords(row))}: ${resources(row)}${briefly(row)}`),
    ...driftRows(attributed).map((row) => `  Changed outside of Terraform: ${resources(row)}${briefly(row)}`),
  ].join("\n");
}

function graveLines(row: ReviewRow, number: number): readonly string[] {
  const places = explanation(row);
  const told = row.attributes.filter(({ concern }) => concern !== "later");
  const rest = told.length - attributesShown + row.unlisted;
  const reason = reasonWords(row);
  const lines = [
    ...(row.attribution === "nothing" || places?.length === 0 ? ["Nothing in this change explains it"] : []),
    ...(places === null || places.length === 0
      ? []
      : [
          `Explained by ${someOf(
            places.map(({ path, line }) => `${visible(path)}:${line}`),
            placesShown,
          )}`,
        ]),
    ...(reason === "" ? [] : [plain(`Because ${reason}`)]),
    ...told.slice(0, attributesShown).map(difference),
    ...(rest > 0 ? [count(rest, "further difference")] : []),
  ];
  return [`  ${number}. ${plain(outcomeWords(row))}: ${resources(row)}`, ...lines.map((line) => `     ${line}`)];
}

function difference({ path, before, after, concern }: ReviewRow["attributes"][number]): string {
  const words = concernWords(concern);
  const sensitive = before.kind === "sensitive" && after.kind === "sensitive";
  const values = sensitive ? "differs (sensitive)" : `${shown(valueText(before))} -> ${shown(valueText(after))}`;
  return `${shown(pathText(path))}: ${values}${words === "" ? "" : ` (${words})`}`;
}

function briefly({ attributes }: ReviewRow): string {
  const told = attributes.filter(({ concern }) => concern !== "later").map(difference);
  return told.length === 0 ? "" : ` (${someOf(told, 3)})`;
}

function resources({ resources: all }: ReviewRow): string {
  const names = all.map(({ address, previous }) =>
    previous === null ? visible(address) : `${visible(address)} (was ${visible(previous)})`,
  );
  return someOf(names, addressesShown);
}

function shown(text: string): string {
  return visible(shorten(text, valueMax));
}

function plain(text: string): string {
  return visible(text).replaceAll("`", "");
}
