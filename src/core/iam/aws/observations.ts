import { sha256 } from "../../../lib/digest.ts";
import { byCodeUnits } from "../../../lib/order.ts";
import type { Observation } from "../../rule.ts";
import { isDeployed, type Reach } from "../../terraform/telling.ts";
import type { IamView } from "../../views/iam.ts";
import { judge } from "./judge.ts";
import type { Unproved, Widening } from "./widening.ts";
import { asWritten } from "./policy.ts";
import { namesOf, sentenceOf } from "./telling.ts";

/** What is newly allowed, once for each statement that allows it to several, and what cannot be proved. */
export function permissionObservations({ holders, actions }: IamView, reach: Reach): readonly Observation[] {
  const judged = holders
    .filter(({ root, paths }) => root === null || isDeployed(root, paths, reach))
    .map((holder) => judge(holder, actions));
  const widenings = judged.flatMap((one) => one.widenings);
  const grouped = Map.groupBy(widenings, ({ at, grant, instead, statement }) =>
    JSON.stringify([at.path, at.side, at.line, grant?.actions, grant?.undenied, instead, statement]),
  );
  const times = new Map<string, number>();
  const told = (about: string): string => {
    const time = (times.get(about) ?? 0) + 1;
    times.set(about, time);
    return time === 1 ? about : `${about} (${time})`;
  };
  const sights = [...grouped.values()].flatMap((group): readonly Observation[] => {
    const [first] = group;
    if (first === undefined) return [];
    const sure = group.some((one) => one.dangers.some((danger) => danger.sure)) && !first.loose;
    const message = sentenceOf(group, actions);
    const paths = [...new Set(group.flatMap((one) => [one.at.path]))];
    return [{ at: first.at, about: told(aboutOf(first)), message, paths, ...(sure ? {} : { asks: true as const }) }];
  });
  return [...sights, ...doubts(judged.flatMap((one) => one.unproved))];
}

/** What lets anybody in is known to another rule by the same name. */
function aboutOf({ owner, isPublic, statement, grant, instead }: Widening): string {
  if (isPublic && statement?.conditions.length === 0) return `${owner}#anyone`;
  const what = instead ?? statement?.actions.patterns[0] ?? grant?.actions[0] ?? "";
  return `${owner}#allows ${what}`;
}

/** One for each place: what is written once and made for many holders is one question. */
function doubts(unproved: readonly Unproved[]): readonly Observation[] {
  const places = Map.groupBy(unproved, ({ at }) => JSON.stringify([at.path, at.side, at.line]));
  return [...places.values()].flatMap((group): readonly Observation[] => {
    const all = [...new Set(group.map(({ holder, what }) => `${holder.name}#${what}`))].toSorted(byCodeUnits);
    const whats = [...new Set(group.map(({ what }) => asWritten(what)))].toSorted(byCodeUnits);
    const holders = [...new Set(group.map(({ holder }) => holder.name))];
    const [[one], [first = ""]] = [group, all];
    if (one === undefined) return [];
    const others = all.length > 1 ? ` and others ${sha256(JSON.stringify(all)).slice(0, digits)}` : "";
    const more = whats.length > whatsShown ? ` and ${whats.length - whatsShown} more` : "";
    return [
      {
        at: one.at,
        about: `${one.at.path} ${first}${others}`,
        undecided: `whether ${namesOf(holders)} ${holders.length > 1 ? "are" : "is"} newly allowed something: ${whats.slice(0, whatsShown).join("; ")}${more}`,
      },
    ];
  });
}
const whatsShown = 2;
const digits = 12;
