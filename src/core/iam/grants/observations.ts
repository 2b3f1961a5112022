import { byCodeUnits } from "../../../lib/order.ts";
import type { Observation } from "../../rule.ts";
import { inCode, isDeployed, type Reach } from "../../terraform/telling.ts";
import { compareHeld, type Grant, type HeldChange, type NewGrant, type Order, type Part } from "./grant.ts";

/**
 * How grave it is that somebody newly holds a role. `sure`: it does harm as it is written. `grave`: somebody has to see it, also where
 * all of it came with the change. `harmless`: it lets nobody read or change anything of others.
 */
export interface Weight {
  readonly kind: "sure" | "grave" | "ordinary" | "harmless";
  /** What can be done with it, as a clause; null where the role says it. */
  readonly clause: string | null;
}

export interface Judging<Level extends string> {
  readonly order: Order;
  readonly weigh: (grant: Grant<Level>) => Weight;
  /** "project `acme`". */
  readonly named: (scope: Grant<Level>["scope"]) => string;
  /** Whether another rule tells of it by the name `#anyone`. */
  readonly isAnybody: (grant: Grant<Level>) => boolean;
}

interface Told<Level extends string> {
  readonly one: NewGrant<Level>;
  readonly weight: Weight;
  readonly paths: readonly string[];
}

/** Who newly holds which role on what, once for each role and place, and what cannot be told. */
export function grantObservations<Level extends string>(
  changes: readonly HeldChange<Level>[],
  judging: Judging<Level>,
  reach: Reach,
): readonly Observation[] {
  const told: Told<Level>[] = [];
  const doubts = new Map<string, Observation>();
  const doubt = (one: { readonly at: Grant["at"]; readonly owner: string }, line: number, what: string): void => {
    const at = { ...one.at, line };
    doubts.set(JSON.stringify([at, what]), { at, about: `${one.owner}#${what}`, undecided: what });
  };
  for (const change of changes) {
    const { newly, unread } = compareHeld(change, judging.order);
    const isLive = (one: Parameters<typeof change.paths>[0]): boolean =>
      change.root === null || isDeployed(change.root, change.paths(one), reach);
    for (const one of unread.filter(isLive)) doubt(one, one.at.line, `whom \`${short(one.text)}\` lets do what`);
    for (const one of newly) {
      const { grant } = one;
      if (!isLive(grant)) continue;
      if (grant.role.isUndecided) {
        doubt(
          grant,
          grant.lines.role,
          `which role is newly held on ${judging.named(grant.scope)}: ${inCode(short(grant.role.shown))}`,
        );
        continue;
      }
      const weight = judging.weigh(grant);
      if (weight.kind === "harmless" || (weight.kind === "ordinary" && one.isFresh)) continue;
      told.push({ one, weight, paths: change.paths(grant) });
    }
  }
  return [...sightings(told, judging), ...doubts.values()];
}

function sightings<Level extends string>(all: readonly Told<Level>[], judging: Judging<Level>): readonly Observation[] {
  const grouped = Map.groupBy(all, ({ one, weight }) => {
    const { path, side } = one.grant.at;
    return JSON.stringify([
      path,
      side,
      lineOf(one),
      one.grant.role.id,
      one.instead?.part,
      weight,
      judging.isAnybody(one.grant),
    ]);
  });
  const times = new Map<string, number>();
  return [...grouped.values()].flatMap((group): readonly Observation[] => {
    const [first] = group;
    if (first === undefined) return [];
    const { grant, wasUnread, isFresh } = first.one;
    const anybody = judging.isAnybody(grant);
    const sure = first.weight.kind === "sure" && !wasUnread && !isFresh;
    const about = anybody ? `${grant.owner}#anyone` : `${grant.owner}#holds ${grant.role.shown}`;
    const time = (times.get(about) ?? 0) + 1;
    times.set(about, time);
    return [
      {
        at: { ...grant.at, line: lineOf(first.one) },
        about: time === 1 ? about : `${about} (${time})`,
        message: sentenceOf(group, judging),
        paths: [...new Set([grant.at.path, ...group.flatMap(({ paths }) => paths)])].toSorted(byCodeUnits),
        ...(sure ? {} : { asks: true as const }),
      },
    ];
  });
}

/** The line of what differs from what stood in its place. */
function lineOf({ grant, instead }: NewGrant): number {
  return grant.lines[instead?.part ?? "role"];
}

function sentenceOf<Level extends string>(group: readonly Told<Level>[], { named }: Judging<Level>): string {
  const [first] = group;
  if (first === undefined) return "";
  const { grant, instead, wasUnread } = first.one;
  const holders = new Set(group.map(({ one }) => who(one.grant)));
  const members = listed([...holders]);
  const hold = holders.size === 1 ? "holds" : "hold";
  const scopes = listed(group.map(({ one }) => named(one.grant.scope)));
  const condition = grant.condition === null ? "" : `, if ${inCode(short(grant.condition.shown))}`;
  const before =
    instead === null || !instead.isGone ? "" : ` (before: ${formerly(instead.part, instead.grant, named)})`;
  const clause = first.weight.clause === null ? "" : `; ${first.weight.clause}`;
  const unread = wasUnread ? "; what was held on it before cannot be read" : "";
  return `${members} newly ${hold} ${inCode(short(grant.role.shown))} on ${scopes}${condition}${before}${clause}${unread}`;
}

function formerly<Level extends string>(part: Part, grant: Grant<Level>, named: Judging<Level>["named"]): string {
  switch (part) {
    case "role":
      return inCode(short(grant.role.shown));
    case "member":
      return who(grant);
    case "scope":
      return `on ${named(grant.scope)}`;
    case "condition":
      return grant.condition === null ? "under no condition" : `only if ${inCode(short(grant.condition.shown))}`;
  }
}

function who({ member }: Grant): string {
  return inCode(short(member.shown));
}

function listed(texts: readonly string[]): string {
  const distinct = [...new Set(texts)].toSorted(byCodeUnits);
  const more = distinct.length - shownAtMost;
  return more > 0 ? `${distinct.slice(0, shownAtMost).join(", ")} and ${more} more` : distinct.join(", ");
}
const shownAtMost = 4;

export function short(text: string): string {
  const line = text.replaceAll(/\s+/gu, " ").trim();
  return line.length > lengthShown ? `${line.slice(0, lengthShown)}…` : line;
}
const lengthShown = 100;
