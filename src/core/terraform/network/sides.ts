import type { Resource, ResourceChange } from "../model.ts";
import type { BarrierKind } from "./barrier.ts";
import { readers } from "./readers.ts";
import { asTheyAre, lookupIn, type Names, newness, rootsOf } from "./roots.ts";
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
  /** Addresses of the module calls that say something about it. */
  readonly modules: ReadonlySet<string>;
}

export type Barriers = ReadonlyMap<string, Barrier>;

/** All resources of a root on both sides, and what they make of barriers. */
export interface RootSides {
  readonly root: string;
  readonly changes: readonly ResourceChange[];
  readonly before: Barriers;
  readonly after: Barriers;
  /** Whether the barrier comes with the change: nothing stood behind it. */
  readonly isNew: (barrier: Barrier) => boolean;
}

/** The barriers of every root that a change concerns. */
export function rootSides(changes: readonly ResourceChange[]): readonly RootSides[] {
  return rootsOf(changes).map((root): RootSides => {
    const after = barriersOf(root.after, asTheyAre);
    const asMoved = barriersOf(root.before, root.names);
    const renamed = renames(asMoved, after);
    const names = renamed.size === 0 ? root.names : withRenamed(root.names, renamed);
    const before = renamed.size === 0 ? asMoved : barriersOf(root.before, names);
    const comes = newness({ ...root, names });
    const isNew = ({ name, modules }: Barrier): boolean => comes(name.replace(/ \(rest\)$/u, ""), modules);
    return { root: root.root, changes: root.changes, before, after, isNew };
  });
}

function withRenamed({ resources, addresses }: Names, renamed: ReadonlyMap<string, string>): Names {
  const now = (name: string): string => renamed.get(name) ?? name;
  const of = <K>(map: ReadonlyMap<K, string>): Map<K, string> =>
    new Map([...map].map(([key, name]) => [key, now(name)] as const));
  return { resources: of(resources), addresses: new Map([...renamed, ...of(addresses)]) };
}

function barriersOf(resources: readonly Resource[], names: Names): Barriers {
  const lookup = lookupIn(resources, names);
  const found = resources.flatMap((resource) => {
    const reader = resource.mode === "managed" ? readers.get(resource.type) : undefined;
    return reader === undefined ? [] : reader(resource, lookup).map((part) => ({ ...part, module: resource.module }));
  });
  const grouped = Map.groupBy(found, ({ kind, barrier }) => `${kind.noun}\n${barrier}`);
  const barriers = [...grouped].flatMap(([key, parts]): (readonly [string, Barrier])[] => {
    const [first] = parts;
    if (first === undefined) return [];
    const stated = parts.some((part) => part.stated);
    // A default holds only while nothing else says otherwise.
    const rules = parts.filter((part) => part.stated === stated).flatMap((part) => part.rules);
    const modules = new Set(parts.map(({ module }) => module));
    return [[key, { name: first.barrier, kind: first.kind, rules, stated, modules }]];
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
