import { prose } from "../../lib/markdown.ts";
import { count } from "../../lib/text.ts";
import type { Evaluation } from "../evaluate/evaluation.ts";
import type { PolicyChange } from "../policy/proposed.ts";
import type { StandIn } from "../policy/reading.ts";
import { dataTable } from "./sections.ts";

/** What is in force while policy files cannot be read. */
export function standInSection({ policy }: Evaluation): string {
  if (policy.standIns.length === 0) return "";
  const lines = policy.standIns.map((standIn) => `- ${prose(standInText(standIn), 600)}`);
  return ["### A policy cannot be read", "", ...lines].join("\n");
}

export function standInText({ file, by, because }: StandIn): string {
  if (by !== null) return `${file}: its last version that can be read is in force, ${by}`;
  return `${file}: no version of it is in force, because ${because ?? "its history is not known"}; the strict default stands in for it`;
}

/** What a change does to the policy. */
export function policyChangeSection({ policyChange: change }: Evaluation): string {
  if (change === null) return "";
  return [
    "### This change edits the policy",
    `Judged by the policy before it. ${loosening(change)}`,
    change.loosens === null || change.loosens.length === 0
      ? ""
      : dataTable({
          title: "What it loosens",
          columns: ["Key that asks less, or may", "Before", "After"],
          rows: change.loosens.map(({ key, before, after }) => [key, before, after]),
        }),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function loosening({ loosens }: PolicyChange): string {
  if (loosens === null) return "**What it loosens cannot be told**: one of the two policies cannot be read.";
  if (loosens.length === 0) return "It loosens nothing: every key asks at least as much after it.";
  return `**It loosens ${count(loosens.length, "key")}:**`;
}
