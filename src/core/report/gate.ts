import { code, prose } from "../../lib/markdown.ts";
import { someOf } from "./words.ts";
import { type Posture, requirementClause, standingOf, weaknesses } from "../posture/posture.ts";

const clausesMax = 600;

/** A section of its own where the check run stops nobody: whoever reads the verdict must not rely on it. Empty otherwise. */
export function gateSection(
  posture: Posture | null,
  repository: { readonly owner: string; readonly name: string },
): string {
  const standing = posture === null ? null : standingOf(posture);
  if (standing?.gate !== "does not hold") return "";
  return [
    `> **This gate does not hold here:** ${prose(someOf(standing.because, 4), clausesMax)}.`,
    `> An administrator can change that: ${code(`sallyport doctor ${repository.owner}/${repository.name}`)} says how, and with \`--ruleset\` prints the rules to import.`,
  ].join("\n");
}

/** One line among the evidence. */
export function gateLine(posture: Posture | null): readonly string[] {
  if (posture === null) return [];
  const standing = standingOf(posture);
  const also = weaknesses(posture);
  const rest = also.length === 0 ? "" : `; ${someOf(also, 4)}`;
  const line = (lead: string, clauses: string): string => `- ${lead}: ${prose(`${clauses}${rest}`, clausesMax)}`;
  switch (standing.gate) {
    case "holds":
      return [line("The gate holds", `${requirementClause(posture)}; nobody may bypass it`)];
    case "unknown":
      return [
        line("Whether the gate holds is not known", `${requirementClause(posture)}; ${someOf(standing.because, 4)}`),
      ];
    case "does not hold":
      return [line("The gate does not hold", someOf(standing.because, 4))];
  }
}
