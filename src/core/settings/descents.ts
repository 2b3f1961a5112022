import type { Context, Observation } from "../rule.ts";
import type { ConfigValue, ValuesView } from "../views/values.ts";
import type { Ladder } from "./ladder.ts";
import { mayBeDeployed, mayBeSet } from "./scope.ts";
import { ladderOf, type Rung, rungOf, rungText } from "./switches.ts";
import { isDevelopment, isRehearsal } from "./tier.ts";

/** Keys whose word came down a ladder of these concerns, or is new and below the least that is safe by itself. */
export function* descents(
  { values }: Pick<ValuesView, "values">,
  context: Pick<Context, "reach" | "policy">,
  concerns: readonly Ladder["concerns"][],
): Generator<Observation> {
  for (const value of values) {
    const { after, before, key } = value;
    const ladder = ladderOf(value);
    if (after === undefined || ladder === null || !concerns.includes(ladder.concerns)) continue;
    if (!mayBeDeployed(after.path) || !mayBeSet(value.segments)) continue;
    if (ladder.concerns === "logging" ? isRehearsal(after.path, context) : isDevelopment(after.path, context)) continue;
    const [stood, stands] = [rungOf(ladder, before), rungOf(ladder, after)];
    const about = `${after.path} ${key}`;
    if (stands.kind === "hidden" && (stood.kind === "rung" || stood.kind === "other")) {
      yield { at: after.place, about, undecided: `what \`${key}\` is` };
    }
    if (stood.kind === "hidden" && stands.kind === "rung" && stands.at < (ladder.least ?? 0)) {
      yield { at: after.place, about, undecided: `whether \`${key}\` was safer: what stood before is an expression` };
    }
    if (stands.kind !== "rung" || !isDescent(ladder, stood, stands.at, value)) continue;
    const edit = stood.kind === "rung" ? after.replaced(stood.text) : undefined;
    yield {
      at: after.place,
      about,
      message: `\`${key}\` ${rungText(stood)} → ${rungText(stands)}: ${ladder.reason}${ladder.source === null ? "" : ` (${ladder.source})`}`,
      asks: true,
      before: stood.kind === "rung" ? stood.text : null,
      after: stands.text,
      ...(edit === undefined ? {} : { fix: [edit] }),
    };
  }
}

function isDescent({ rungs, least }: Ladder, stood: Rung, stands: number, { inPlace }: ConfigValue): boolean {
  switch (stood.kind) {
    case "rung":
      return stands < stood.at;
    case "other":
      // A ladder of one rung lists what is dangerous: any other text was safer.
      return rungs.length === 1;
    case "unset":
      return least !== null && stands < least && inPlace;
    case "hidden":
      return false;
  }
}
