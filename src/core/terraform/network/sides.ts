import type { Resource, ResourceChange } from "../model.ts";
import type { BarrierKind } from "./barrier.ts";
import type { Lookup } from "./lookup.ts";
import { readers } from "./readers.ts";
import type { TrafficRule } from "./rule.ts";
import { keyOfPeer } from "./traffic.ts";

/** A barrier as one side of a root has it, from everything that says something about it. */
export interface Barrier {
  /** An address after the change, or a literal name or id. */
  readonly name: string;
  readonly kind: BarrierKind;
  readonly rules: readonly TrafficRule[];
  /** False where nothing is written, and what counts is the provider's default. */
  readonly stated: boolean;
}

export type Barriers = ReadonlyMap<string, Barrier>;

/** All resources of a root on both sides, and what they make of barriers. */
export interface RootSides {
  readonly root: string;
  readonly variables: string | null;
  readonly changes: readonly ResourceChange[];
  readonly before: Barriers;
  readonly after: Barriers;
  /** Addresses after the change of what stood before it. */
  readonly stood: ReadonlySet<string>;
}

/** One root with one variables file after the other. */
export function rootSides(changes: readonly ResourceChange[]): readonly RootSides[] {
  const roots = Map.groupBy(changes, ({ root, variables }) => JSON.stringify([root, variables]));
  return [...roots.values()].flatMap((own) => {
    const [first] = own;
    const concerned = own.some(({ explainedBy, before, after }) => {
      return explainedBy.length > 0 || before === undefined || after === undefined;
    });
    return first === undefined || !concerned ? [] : [sidesOf(first, own)];
  });
}

function sidesOf({ root, variables }: ResourceChange, changes: readonly ResourceChange[]): RootSides {
  const moved = new Map(
    changes.flatMap(({ before, after }) =>
      before === undefined || after === undefined ? [] : [[before.address, after.address] as const],
    ),
  );
  const olds = changes.flatMap(({ before }) => before ?? []);
  const news = changes.flatMap(({ after }) => after ?? []);
  const after = barriersOf(news, new Map());
  const asMoved = barriersOf(olds, moved);
  const renamed = renames(asMoved, after);
  const names = new Map([...olds.map(({ address }) => [address, renamed.get(moved.get(address) ?? address)] as const)]);
  const together = new Map([
    ...moved,
    ...[...names].flatMap(([from, to]) => (to === undefined ? [] : [[from, to] as const])),
  ]);
  const before = renamed.size === 0 ? asMoved : barriersOf(olds, together);
  const stood = new Set(olds.map(({ address }) => together.get(address) ?? address));
  return { root, variables, changes, before, after, stood };
}

function barriersOf(resources: readonly Resource[], moved: ReadonlyMap<string, string>): Barriers {
  const lookup: Lookup = {
    resources: new Map(resources.map((resource) => [resource.address, resource])),
    afterwards: (address) => moved.get(address) ?? address,
  };
  const found = resources.flatMap((resource) => {
    const reader = resource.mode === "managed" ? readers.get(resource.type) : undefined;
    return reader === undefined ? [] : reader(resource, lookup);
  });
  const grouped = Map.groupBy(found, ({ kind, barrier }) => `${kind.noun}\n${barrier}`);
  const barriers = [...grouped].flatMap(([key, parts]): (readonly [string, Barrier])[] => {
    const [first] = parts;
    if (first === undefined) return [];
    const stated = parts.some((part) => part.stated);
    // A default holds only while nothing else says otherwise.
    const rules = parts.filter((part) => part.stated === stated).flatMap((part) => part.rules);
    return [[key, { name: first.barrier, kind: first.kind, rules, stated }]];
  });
  return new Map(barriers);
}

/**
 * Barriers that are gone and have come under another name with the very same rules: renamed, though nobody wrote `moved`. What let
 * something through lets the same through.
 */
function renames(before: Barriers, after: Barriers): ReadonlyMap<string, string> {
  const gone = new Map<string, Barrier[]>();
  for (const [key, barrier] of before) {
    if (after.has(key)) continue;
    const same = signatureOf(barrier);
    gone.set(same, [...(gone.get(same) ?? []), barrier]);
  }
  const found = new Map<string, string>();
  for (const [key, barrier] of after) {
    const was = before.has(key) ? undefined : gone.get(signatureOf(barrier))?.shift();
    if (was !== undefined) found.set(was.name, barrier.name);
  }
  return found;
}

/** What a barrier lets through, without its name. */
export function signatureOf({ kind, rules }: Barrier): string {
  const lines = rules.map(({ direction, effect, priority, peers, services, scope, open }) => {
    const who = peers.map((peer) =>
      peer.kind === "addresses" ? `${peer.family}/${peer.from}-${peer.to}` : keyOfPeer(peer),
    );
    const what = services.map(({ from, to }) => `${from}-${to}`);
    return JSON.stringify([direction, effect, `${priority}`, who.toSorted(), what, scope, open]);
  });
  return JSON.stringify([kind.noun, ...lines.toSorted()]);
}
