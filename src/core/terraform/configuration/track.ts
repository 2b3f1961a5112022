import { byCodeUnits } from "../../../lib/order.ts";
import type { Place } from "../../change/change-set.ts";
import type { HclValue } from "../../hcl.ts";
import { unknown } from "./values.ts";

/** A piece of text that a value comes from. */
export interface Origin {
  readonly place: Place;
  readonly isChanged: () => boolean;
}

interface Node {
  readonly origins: Origin[];
  readonly uses: Set<string>;
  places: ReadonlySet<Place> | null;
}

/** More places than this explain nothing better. */
const placesLimit = 50;

/** Remembers what values were made of while they are computed, each once. A value that needs itself is undecided. */
export interface Tracker {
  /** The value of `cell`, which belongs to `node`: whoever asks for it while it is computed itself uses that node. */
  readonly value: (node: string, cell: string, text: string, compute: () => HclValue) => HclValue;
  readonly within: <T>(node: string, compute: () => T) => T;
  readonly use: (node: string) => void;
  readonly comesFrom: (node: string, origins: readonly Origin[]) => void;
  /** Every changed place that a node comes from, over all that it uses. Ask when everything is computed. */
  readonly changesBehind: (node: string) => readonly Place[];
  /** Every node that something changed is behind of. Ask when everything is computed. */
  readonly touched: () => ReadonlySet<string>;
}

export function createTracker(): Tracker {
  const nodes = new Map<string, Node>();
  const values = new Map<string, HclValue | null>();
  const open: Node[] = [];

  const nodeOf = (key: string): Node => {
    const known = nodes.get(key);
    if (known !== undefined) return known;
    const fresh: Node = { origins: [], uses: new Set(), places: null };
    nodes.set(key, fresh);
    return fresh;
  };
  const use = (key: string): void => {
    nodeOf(key);
    open.at(-1)?.uses.add(key);
  };
  const within = <T>(key: string, compute: () => T): T => {
    use(key);
    open.push(nodeOf(key));
    try {
      return compute();
    } finally {
      open.pop();
    }
  };

  const placesOf = (key: string): ReadonlySet<Place> => {
    const node = nodeOf(key);
    if (node.places !== null) return node.places;
    const found = new Set<Place>();
    node.places = found; // who uses itself finds what is known of it so far
    for (const { place, isChanged } of node.origins) if (isChanged()) found.add(place);
    for (const used of [...node.uses].toSorted(byCodeUnits))
      for (const place of placesOf(used)) if (found.size < placesLimit) found.add(place);
    return found;
  };

  return {
    use,
    within,
    value: (node, cell, text, compute) => {
      use(node);
      const known = values.get(cell);
      if (known === null) return unknown(text);
      if (known !== undefined) return known;
      values.set(cell, null);
      const value = within(node, compute);
      values.set(cell, value);
      return value;
    },
    comesFrom: (node, origins) => {
      nodeOf(node).origins.push(...origins);
    },
    changesBehind: (node) => [...placesOf(node)],
    touched: () => touchedAmong(nodes),
  };
}

/** From what changed to whoever uses it: nodes that use each other are no obstacle on that way. */
function touchedAmong(nodes: ReadonlyMap<string, Node>): ReadonlySet<string> {
  const users = new Map<string, string[]>();
  const found = new Set<string>();
  for (const [key, { origins, uses }] of nodes) {
    if (origins.some(({ isChanged }) => isChanged())) found.add(key);
    for (const used of uses) users.set(used, [...(users.get(used) ?? []), key]);
  }
  // A set is walked with what is added to it meanwhile.
  for (const key of found) for (const user of users.get(key) ?? []) found.add(user);
  return found;
}
