import type { FileReach } from "../../reach/reach.ts";
import type { ResourceChange } from "../model.ts";
import { type Direction, type Effect, effectOf, type OpenRule, type TrafficRule } from "./rule.ts";
import { allServices } from "./services.ts";
import { type Barrier, type RootSides, rootSides, signatureOf } from "./sides.ts";
import { differenceOfTraffic, isNoTraffic, type Traffic } from "./traffic.ts";

/** What gets through a barrier after the change and did not before. */
export interface Widening {
  readonly root: string;
  readonly barrier: Barrier;
  readonly direction: Direction;
  /** Which of its targets; empty: all of them. */
  readonly scope: string;
  /** The barrier itself comes with the change: nothing stood behind it. */
  readonly fresh: boolean;
  readonly grown: Traffic;
  /** Rules that nobody can decide, and that were not the same before. */
  readonly open: readonly OpenRule[];
  /** Its rules in this direction, on both sides. */
  readonly rules: readonly TrafficRule[];
  readonly stood: readonly TrafficRule[];
  readonly changes: readonly ResourceChange[];
}

/** Every widening in one direction, of each root with each of its variables files. */
export function widenings(
  changes: readonly ResourceChange[],
  direction: Direction,
  reach: EnvironmentsOf,
): readonly Widening[] {
  const roots = rootSides(changes);
  const gone = roots.filter((sides) => sides.changes.every(({ after }) => after === undefined));
  const left = new Map(gone.map((sides) => [sides, [...sides.before.values()].map(signatureOf)]));
  // A configuration that moves as a whole takes its barriers along; into another environment it opens them there.
  const arrived = (sides: RootSides, barrier: Barrier): boolean => {
    if (sides.changes.some(({ before }) => before !== undefined)) return false;
    const from = gone.find(
      (one) =>
        left.get(one)?.includes(signatureOf(barrier)) === true &&
        environmentsOf(one, reach) === environmentsOf(sides, reach),
    );
    const signatures = from === undefined ? undefined : left.get(from);
    signatures?.splice(signatures.indexOf(signatureOf(barrier)), 1);
    return from !== undefined;
  };
  return roots.flatMap((sides) =>
    [...sides.after].flatMap(([key, after]) => {
      const before = sides.before.get(key);
      if (before === undefined && arrived(sides, after)) return [];
      return widened(sides, direction, before, after);
    }),
  );
}

/** Which environments a path reaches. */
export type EnvironmentsOf = (path: string) => Pick<FileReach, "targets" | "unresolved">;

function environmentsOf({ changes }: RootSides, reach: EnvironmentsOf): string {
  const reached = changes.flatMap(({ before, after }) => {
    const { targets, unresolved } = reach((after ?? before)?.path ?? "");
    return [...targets.map(({ environment }) => environment), ...(unresolved ? ["?"] : [])];
  });
  return JSON.stringify([...new Set(reached)].toSorted());
}

function widened(
  sides: RootSides,
  direction: Direction,
  before: Barrier | undefined,
  after: Barrier,
): readonly Widening[] {
  const fresh = sides.isNew(after);
  // What the provider's own services let in by default is no decision of the change.
  if (fresh && !after.stated && after.kind.stands === "outer") return [];
  const [stood, rules] = [inDirection(before, direction), inDirection(after, direction)];
  const implied = impliedRules(after, direction, [...stood, ...rules]);
  const compare = (scope: string): Pick<Widening, "grown" | "open"> => {
    const [was, is] = [effectFor(scope, [...stood, ...implied]), effectFor(scope, [...rules, ...implied])];
    return { grown: differenceOfTraffic(is.allowed, was.allowed), open: newlyOpen(was, is) };
  };
  const everyone = compare("");
  const scopes = new Set([...stood, ...rules].map(({ scope }) => scope).filter((scope) => scope !== ""));
  const parts = [{ scope: "", ...everyone }, ...[...scopes].toSorted().map((scope) => ({ scope, ...compare(scope) }))];
  return parts.flatMap(({ scope, grown, open }): readonly Widening[] => {
    // What everyone gets is said once.
    const own = scope === "" ? grown : differenceOfTraffic(grown, everyone.grown);
    const mine = scope === "" ? open : open.filter(({ rule }) => rule.scope === scope);
    if (isNoTraffic(own) && mine.length === 0) return [];
    const { root, changes } = sides;
    return [{ root, barrier: after, direction, scope, fresh, grown: own, open: mine, rules, stood, changes }];
  });
}

function inDirection(barrier: Barrier | undefined, direction: Direction): readonly TrafficRule[] {
  return barrier?.rules.filter((rule) => rule.direction === direction) ?? [];
}

function effectFor(scope: string, rules: readonly TrafficRule[]): Effect {
  return effectOf(rules.filter((rule) => rule.scope === "" || rule.scope === scope));
}

function newlyOpen(before: Effect, after: Effect): readonly OpenRule[] {
  const added = [...after.open.values()].filter(({ key, rule }) => rule.effect === "allow" && !before.open.has(key));
  // A denial that nobody could decide may have stopped anything.
  const lost = [...before.open.values()].filter(({ key, rule }) => rule.effect === "deny" && !after.open.has(key));
  return [...added, ...lost];
}

const lastPriority = 1n << 40n;

function impliedRules({ kind }: Barrier, direction: Direction, rules: readonly TrafficRule[]): readonly TrafficRule[] {
  const implied = kind.implied[direction];
  if (implied === null || (implied.when === "denied" && !rules.some(({ effect }) => effect === "deny"))) return [];
  const source = { path: "", line: 0, attributes: [] };
  const rest = { effect: "allow", priority: lastPriority, services: allServices, scope: "", open: null } as const;
  return [{ ...rest, direction, peers: implied.peers, source }];
}
