import { prose } from "../../lib/markdown.ts";
import { shorten, visible } from "../../lib/text.ts";
import type { Halt } from "../decisions/decision.ts";
import { haltRequirements } from "../requirements/halt.ts";
import type { CheckRun } from "./check-run.ts";
import { capitalised } from "./words.ts";

const titleMax = 80;

/** The check run of a green that is withdrawn before anything was judged anew. */
export function renderHalted(halts: readonly Halt[]): CheckRun {
  const rows = haltRequirements(halts, "UTC");
  const fact = rows[0]?.now ?? "halted";
  return {
    conclusion: "failure",
    title: shorten(`Block: ${visible(fact).replaceAll("`", "")}`, titleMax),
    summary: [
      "## Block: halted",
      ...rows.map(
        ({ what, from, now }) =>
          `${prose(`${capitalised(now)}.`)} **What is missing.** ${prose(`${what}, by ${from}.`)}`,
      ),
      "This takes back the verdict that stood here. The whole report follows.",
    ].join("\n\n"),
    text: "",
    annotations: [],
    omittedAnnotations: 0,
    buttons: [],
  };
}
