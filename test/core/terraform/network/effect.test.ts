import fc from "fast-check";
import { expect, test } from "vitest";
import { effectOf, type TrafficRule } from "../../../../src/core/terraform/network/rule.ts";
import {
  addresses,
  differenceOfTraffic,
  type Peer,
  type Traffic,
} from "../../../../src/core/terraform/network/traffic.ts";
import { runs } from "../../../runs.ts";

const side = 6;
const groups = ["a", "b"];
const everybody = addresses({ family: 4, from: 0n, to: 2n ** 32n - 1n });
const source = { path: "main.tf", line: 1, attributes: [] };

const number = fc.nat(side - 1);
const stretch = fc
  .tuple(number, number)
  .map(([a, b]) => ({ from: BigInt(Math.min(a, b)), to: BigInt(Math.max(a, b)) }));
const peer: fc.Arbitrary<Peer> = fc.oneof(
  stretch.map((part) => addresses({ family: 4, ...part })),
  fc.constantFrom(...groups).map((name): Peer => ({ kind: "security group", name, family: 4 })),
  fc.constant(everybody),
);
const rule: fc.Arbitrary<TrafficRule> = fc.record({
  direction: fc.constant("ingress" as const),
  effect: fc.constantFrom("allow", "deny"),
  priority: fc.bigInt(0n, 3n),
  peers: fc.array(peer, { minLength: 1, maxLength: 2 }),
  services: stretch.map((part) => [part]),
  scope: fc.constant(""),
  open: fc.constant(null),
  source: fc.constant(source),
});
const rules = fc.array(rule, { maxLength: 6 });
const settings = runs(500);

/** Every packet of a small universe: from an address (the last stands for all others) or a group, to a service. */
function* packets(): Generator<{ readonly from: bigint | string; readonly service: bigint }> {
  for (let service = 0n; service < BigInt(side); service++) {
    for (let from = 0n; from <= BigInt(side); from++) yield { from, service };
    for (const from of groups) yield { from, service };
  }
}

/** What a firewall does: the first rule in order that is about the packet decides, a denial first among equals. */
function lets(list: readonly TrafficRule[], from: bigint | string, service: bigint): boolean {
  const inOrder = list.toSorted(
    (a, b) => Number(a.priority - b.priority) || Number(a.effect === "allow") - Number(b.effect === "allow"),
  );
  const about = inOrder.find(
    ({ peers, services }) =>
      services.some((part) => part.from <= service && service <= part.to) &&
      peers.some((one) => {
        if (one.kind !== "addresses") return one.name === from;
        // A group has some addresses: only who means every address means the group.
        return typeof from === "bigint" ? one.from <= from && from <= one.to : one === everybody;
      }),
  );
  return about?.effect === "allow";
}

function holds({ v4, named }: Traffic, from: bigint | string, service: bigint): boolean {
  const has = (set: readonly { from: bigint; to: bigint }[]): boolean =>
    set.some((part) => part.from <= service && service <= part.to);
  if (typeof from === "bigint") {
    return v4.some((slab) => slab.from <= from && from <= slab.to && has(slab.across));
  }
  return [...named.values()].some(({ peer: one, services }) => one.name === from && has(services));
}

test("what rules let through together is what a firewall lets through", () => {
  fc.assert(
    fc.property(rules, (list) => {
      const { allowed } = effectOf(list);
      const general = list.some(({ peers }) => peers.includes(everybody));
      for (const { from, service } of packets()) {
        const [found, expected] = [holds(allowed, from, service), lets(list, from, service)];
        // Where somebody means every address, a group may be let in by that: its own entry only must not say too much.
        const exact = typeof from === "bigint" || !general;
        expect(exact ? found === expected : !found || expected).toBe(true);
      }
    }),
    settings,
  );
});

test("what is new is what the head lets through and the base does not", () => {
  fc.assert(
    fc.property(rules, rules, (base, head) => {
      const [before, after] = [effectOf(base).allowed, effectOf(head).allowed];
      const grown = differenceOfTraffic(after, before);
      for (const { from, service } of packets()) {
        if (typeof from !== "bigint") continue;
        expect(holds(grown, from, service)).toBe(lets(head, from, service) && !lets(base, from, service));
      }
    }),
    settings,
  );
});

test("nothing is new where rules come in another order, twice, or cut in two", () => {
  fc.assert(
    fc.property(rules, (list) => {
      const cut = list.flatMap((one) => one.peers.map((single) => ({ ...one, peers: [single] })));
      const [before, after] = [effectOf(list).allowed, effectOf([...cut.toReversed(), ...cut]).allowed];
      expect(differenceOfTraffic(after, before)).toEqual(differenceOfTraffic(before, before));
      expect(differenceOfTraffic(before, after)).toEqual(differenceOfTraffic(before, before));
    }),
    settings,
  );
});
