import { prose } from "../../lib/markdown.ts";
import { count } from "../../lib/text.ts";
import type { Evaluation } from "../evaluate/evaluation.ts";
import type { Decided, PolicyEffects } from "../policy/effects.ts";
import type { PolicyChange } from "../policy/proposed.ts";
import { policyPaths } from "../policy/places.ts";
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
  const instead = file.endsWith(`:${policyPaths.operations}`)
    ? "nothing is planned by it"
    : "the strict default stands in for it";
  return `${file}: no version of it is in force, because ${because ?? "its history is not known"}; ${instead}`;
}

/** What a change does to the policy. */
export function policyChangeSection({ policyChange: change }: Evaluation): string {
  if (change === null) return "";
  const { loosens, effects } = change;
  return [
    "### This change edits the policy",
    `Judged by the policy before it. ${loosening(change)}`,
    loosens === null || loosens.length === 0
      ? ""
      : dataTable({
          title: "What it loosens",
          columns: ["Key that asks less, or may", "Before", "After"],
          rows: loosens.map(({ key, before, after }) => [key, before, after]),
        }),
    effectsText(effects),
    effects.kind === "untold" || effects.effects.length === 0
      ? ""
      : dataTable({
          title: "What it would decide otherwise",
          columns: ["Open pull request", "Now", "After it"],
          rows: effects.effects.map(({ number, before, after }) => [`#${number}`, decided(before), decided(after)]),
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

/** What it would do to other open pull requests of this repository, in words. */
function effectsText(effects: PolicyEffects): string {
  if (effects.kind === "untold")
    return `Which other open pull requests it would decide otherwise is not told: ${prose(effects.because, 300)}.`;
  const { judged, untold, older, olderAtLeast } = effects;
  const number = effects.effects.length;
  const said = number === 0 ? "none otherwise." : `**${count(number, "pull request")} otherwise:**`;
  const left = [
    ...(untold === 0 ? [] : [`${count(untold, "other")} could not be judged.`]),
    ...(older === 0 && !olderAtLeast ? [] : [`${olderAtLeast ? "At least " : ""}${older} older were not looked at.`]),
  ];
  return [...left, `Of ${count(judged, "other open pull request")} of this repository it would decide ${said}`].join(
    " ",
  );
}

function decided({ verdict, mode }: Decided): string {
  return mode === "enforce" ? verdict : `${verdict}, not enforced`;
}
