import { providerRules } from "../../../src/core/secrets/catalogue.ts";
import { isRun, type Piece, type Run } from "../../../src/core/secrets/shape.ts";

/** What an author repeats to make the scan work hardest at one rule: starts of its form, forms that end one short, one long run. */
export function nearMisses(): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    providerRules.map((rule) => {
      if (rule.kind === "named") {
        const name = `${rule.names[0] ?? ""}_token`;
        const short = formed(rule.value, -1);
        return [rule.id, [`${name}="${short}" `, `${name}: "${short}\n`]];
      }
      const lead = rule.lead === null ? "" : characters(rule.lead, rule.lead.max);
      const [literal = ""] = rule.literals;
      const short = `${lead}${literal}${formed(rule.rest, -1)}`;
      return [rule.id, [literal, `${short} `, short]];
    }),
  );
}

/** The form with its last run longer or shorter than it may be at least. */
function formed(pieces: readonly Piece[], by: number): string {
  const last = pieces.findLastIndex(isRun);
  return pieces
    .map((piece, at) =>
      typeof piece === "string"
        ? piece
        : isRun(piece)
          ? characters(piece, at === last ? piece.min + by : piece.min)
          : (piece[0] ?? ""),
    )
    .join("");
}

function characters({ of }: Run, length: number): string {
  const from = [...Array(128).keys()].flatMap((code) => (of.members[code] === 1 ? [String.fromCharCode(code)] : []));
  return Array.from({ length }, (_, at) => from[(at * 7 + 3) % from.length] ?? "").join("");
}
