import type { Place } from "../../change/change-set.ts";
import type { Observation, Sighting } from "../../rule.ts";
import { byCodeUnits } from "../../../lib/order.ts";
import { placeOf, placeOfLost, placeOfRule } from "./placing.ts";
import type { Direction, TrafficRule } from "./rule.ts";
import type { Services } from "./services.ts";
import { describeServices, type Opening, openingsOf } from "./showing.ts";
import { noTraffic, traffic } from "./traffic.ts";
import { type EnvironmentsOf, type Widening, widenings } from "./widening.ts";
import type { ResourceChange } from "../model.ts";
import { inCode } from "../telling.ts";

/** How much an opening weighs: `pass` is not reported. */
export type Weight = "blocks" | "asks" | "pass";

/** What a policy says of openings. */
export interface Judging {
  readonly direction: Direction;
  readonly widerThan: number;
  /** Weighs one opening of a barrier. */
  readonly weigh: (opening: Opening, widening: Widening) => Weight;
  /** Whether what nobody can decide counts at a barrier. */
  readonly minds: (widening: Widening) => boolean;
}

/** What blocks comes first, so that nothing that does is hidden behind what does not. */
const shownRows = 20;

interface Seen {
  readonly about: string;
  readonly name: string;
  readonly at: Place;
  readonly sighting: Sighting | null;
  readonly undecided: string | null;
}

/** Everything that a change newly lets through in one direction, or may let through. */
export function networkObservations(
  changes: readonly ResourceChange[],
  judging: Judging,
  reach: EnvironmentsOf,
): readonly Observation[] {
  const seen = widenings(changes, judging.direction, reach).flatMap((widening) => [
    ...seenIn(widening, judging),
    ...undecidedIn(widening, judging),
  ]);
  return joined(seen);
}

function nameOf({ barrier, scope }: Widening): string {
  const target = scope === "" ? "" : `, for ${inCode(scope)}`;
  return `${barrier.kind.noun} ${inCode(barrier.name)}${target}`;
}

function aboutOf({ root, barrier, direction, scope }: Widening): string {
  return [root, barrier.name, direction, scope].filter((part) => part !== "").join(" ");
}

function seenIn(widening: Widening, judging: Judging): readonly Seen[] {
  const { barrier, grown, direction } = widening;
  const rows = openingsOf(grown, judging.widerThan)
    .map((opening) => ({ opening, weight: judging.weigh(opening, widening) }))
    .filter(({ weight }) => weight !== "pass");
  const worst = rows.find(({ weight }) => weight === "blocks") ?? rows[0];
  if (worst === undefined) return [];
  const blocking = rows.filter((row) => row !== worst && row.weight === "blocks");
  const sorted = [worst, ...blocking, ...rows.filter((row) => row !== worst && row.weight !== "blocks")];
  const what = (services: Services): string => describeServices(services, barrier.kind.target);
  const cells = sorted.map(({ opening, weight }) => [
    direction,
    what(opening.services),
    opening.peers,
    weight === "blocks" ? "blocks" : "asks people",
  ]);
  const hidden = cells.length - shownRows;
  const shown = hidden <= 0 ? cells : [...cells.slice(0, shownRows), [direction, `${hidden} more`, "", ""]];
  const blocks = rows.some(({ weight }) => weight === "blocks");
  const at = placeOf(widening, restrictedTo(widening, worst.opening));
  const more = sorted.length === 1 ? "" : `; ${sorted.length - 1} more in the table`;
  const verb = direction === "ingress" ? "newly lets in" : "newly lets out";
  const [peers, services] = [worst.opening.peers, what(worst.opening.services)];
  const sentence = direction === "ingress" ? `${peers} to ${services}` : `to ${peers} on ${services}`;
  const name = nameOf(widening);
  return [
    {
      about: aboutOf(widening),
      name,
      at,
      undecided: null,
      sighting: {
        at,
        about: aboutOf(widening),
        message: `${name} ${verb} ${sentence}${more}`,
        ...(blocks ? {} : { asks: true as const }),
        object: name,
        bounds: { title: "Newly reachable", columns: ["Direction", "Ports", "Peers", "Counts as"], rows: shown },
      },
    },
  ];
}

/** The part of what grew that has these services: whose rule is the place of the finding. */
function restrictedTo({ grown }: Widening, { services, breadth }: Opening): typeof grown {
  const named = breadth === "named" || breadth === "foreign";
  const equal = (other: Services): boolean => JSON.stringify(plain(other)) === JSON.stringify(plain(services));
  const cut = {
    v4: named ? [] : grown.v4.filter(({ across }) => equal(across)),
    v6: named ? [] : grown.v6.filter(({ across }) => equal(across)),
    named: named ? traffic([...grown.named.values()].filter((one) => equal(one.services))).named : noTraffic.named,
  };
  return cut;
}

function plain(services: Services): readonly string[] {
  return services.map(({ from, to }) => `${from}-${to}`);
}

/** What a barrier may newly let through, for all that anybody can tell. One observation for an expression, however often it stands. */
function undecidedIn(widening: Widening, judging: Judging): readonly Seen[] {
  if (!judging.minds(widening)) return [];
  const { grown, open, rules, fresh } = widening;
  const unknown = [...grown.named.values()].filter(({ peer }) => peer.kind === "expression");
  const peers = unknown.map(({ peer, services }) => {
    const rule = rules.find((one) => one.peers.includes(peer));
    return { expression: peer.name, rule, of: describeServices(services, widening.barrier.kind.target) };
  });
  const harmless = ({ peers: own, effect }: TrafficRule): boolean =>
    fresh && effect === "allow" && own.every((peer) => peer.kind !== "addresses" && peer.kind !== "expression");
  const services = open
    .filter(({ rule }) => !harmless(rule))
    .map(({ expression, rule }) => ({ expression, rule, of: "" }));
  const name = nameOf(widening);
  const verb = widening.direction === "ingress" ? "lets in" : "lets out";
  const found = [...peers, ...services].map(({ expression, rule, of }): Seen => {
    const at =
      rule === undefined
        ? placeOf(widening, grown)
        : rules.includes(rule)
          ? placeOfRule(widening, rule)
          : placeOfLost(rule);
    const what = of === "" ? "" : ` to ${of}`;
    return {
      about: `${aboutOf(widening)} ${expression}`,
      name,
      at,
      sighting: null,
      undecided: `what ${name} ${verb}${what}: ${inCode(readable(expression))} is not decided`,
    };
  });
  return [...Map.groupBy(found, ({ undecided }) => undecided).values()].flatMap(([first]) => first ?? []);
}

const shownCharacters = 120;

/** An expression as a reader takes it in: without what a dynamic block makes of it. */
function readable(expression: string): string {
  const [over = ""] = expression.split(" in content {");
  return over.length <= shownCharacters ? over : `${over.slice(0, shownCharacters)}...`;
}

/** Instances and roots that say the same at the same place are one observation that names the others. */
function joined(seen: readonly Seen[]): readonly Observation[] {
  const same = Map.groupBy(seen, ({ at, sighting, undecided, name }) => {
    const what = sighting === null ? undecided?.replaceAll(name, "") : JSON.stringify(sighting.bounds);
    return JSON.stringify([at, what]);
  });
  return [...same.values()].flatMap((group): readonly Observation[] => {
    const [first, ...more] = group.toSorted((a, b) => byCodeUnits(a.about, b.about));
    if (first === undefined) return [];
    const names = [...new Set(more.map(({ name }) => name))].filter((name) => name !== first.name);
    const rest = names.length === 0 ? "" : `; so do ${names.length} more: ${shortened(names)}`;
    const { at, about, sighting, undecided } = first;
    if (sighting !== null) return [{ ...sighting, message: `${sighting.message}${rest}` }];
    return [
      { at, about, undecided: `${undecided ?? ""}${names.length === 0 ? "" : ` (and for ${names.length} more)`}` },
    ];
  });
}

function shortened(names: readonly string[]): string {
  return names.length <= 3 ? names.join(", ") : `${names.slice(0, 3).join(", ")} ...`;
}
