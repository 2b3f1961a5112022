import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { ofVendorPolicy } from "../../../src/core/kubernetes/network/vendors.ts";
import type { KubernetesObject } from "../../../src/core/kubernetes/object.ts";
import { parseExample } from "../../../src/core/example.ts";
import { kubernetes } from "../../../src/core/views/kubernetes.ts";
import { runs } from "../../runs.ts";

/** Labels of peers, or a network; null: nothing is said of peers or ports. */
interface Rule {
  readonly peers: readonly (string | null)[] | null;
  readonly networks: readonly string[];
  readonly ports: readonly number[] | null;
}

interface Policy {
  readonly allow: readonly Rule[];
  readonly deny: readonly Rule[];
}

/** Whoever sends: pods by their label, or an address from outside. */
const senders = ["web", "jobs", "10.1.0.1", "10.2.0.1"];
const ports = [80, 443, 9090];
const networks: Readonly<Record<string, (address: string) => boolean>> = {
  "10.0.0.0/8": (address) => address.startsWith("10."),
  "10.1.0.0/16": (address) => address.startsWith("10.1."),
};

const rule: fc.Arbitrary<Rule> = fc.record({
  peers: fc.option(fc.uniqueArray(fc.constantFrom("web", "jobs", null), { maxLength: 2 })),
  networks: fc.uniqueArray(fc.constantFrom(...Object.keys(networks)), { maxLength: 2 }),
  ports: fc.option(fc.uniqueArray(fc.constantFrom(80, 443), { minLength: 1, maxLength: 2 })),
});
const policy: fc.Arbitrary<Policy> = fc.record({
  allow: fc.array(rule, { minLength: 1, maxLength: 3 }),
  deny: fc.array(rule, { maxLength: 2 }),
});

function matches({ peers, networks: blocks, ports: open }: Rule, sender: string, port: number): boolean {
  if (open !== null && !open.includes(port)) return false;
  if (peers === null && blocks.length === 0) return true;
  const isPod = !sender.startsWith("10.");
  return isPod
    ? (peers ?? []).some((peer) => peer === null || peer === sender)
    : blocks.some((block) => networks[block]?.(sender) === true);
}

/** A policy closes its pods, and whatever a rule denies is denied. */
function lets({ allow, deny }: Policy, sender: string, port: number): boolean {
  return allow.some((one) => matches(one, sender, port)) && !deny.some((one) => matches(one, sender, port));
}

function written({ peers, networks: blocks, ports: open }: Rule): object {
  const selected = (peers ?? []).map((peer) => (peer === null ? {} : { matchLabels: { app: peer } }));
  return {
    ...(peers === null ? {} : { fromEndpoints: selected }),
    ...(blocks.length === 0 ? {} : { fromCIDR: blocks }),
    ...(open === null ? {} : { toPorts: [{ ports: open.map((port) => ({ port: String(port), protocol: "TCP" })) }] }),
  };
}

function objectOf({ allow, deny }: Policy): KubernetesObject {
  const text = stringify({
    apiVersion: "cilium.io/v2",
    kind: "CiliumNetworkPolicy",
    metadata: { name: "api", namespace: "shop" },
    spec: { endpointSelector: {}, ingress: allow.map(written), ingressDeny: deny.map(written) },
  });
  const lines = text.split("\n").map((line) => `  ${line}`);
  const memo = <T>(_: string, compute: () => T): T => compute();
  const { change } = parseExample(["A k8s/a.yaml", ...lines].join("\n"));
  const object = kubernetes(change, { memo }).view.objects[0]?.after;
  if (object === undefined) throw new Error("The text holds no object");
  return object;
}

describe("what a policy of Cilium newly lets in", () => {
  test("is never passed over", () => {
    fc.assert(
      fc.property(policy, policy, (before, after) => {
        const isWider = senders.some((sender) =>
          ports.some((port) => lets(after, sender, port) && !lets(before, sender, port)),
        );
        if (isWider) expect(ofVendorPolicy(objectOf(before), objectOf(after), [])).not.toEqual([]);
      }),
      runs(200),
    );
  });

  test("is nothing where rules only go, denials only come, or both stand in another order", () => {
    fc.assert(
      fc.property(policy, fc.nat(), rule, (before, at, denied) => {
        const fewer = before.allow.filter((_, index) => index !== at % before.allow.length);
        const after = { allow: fewer.toReversed(), deny: [denied, ...before.deny.toReversed()] };
        expect(ofVendorPolicy(objectOf(before), objectOf(after), [])).toEqual([]);
      }),
      runs(200),
    );
  });
});
