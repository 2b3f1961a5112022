import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { allowedBy } from "../../../src/core/kubernetes/network/policies.ts";
import { overlap, remainder, type Traffic } from "../../../src/core/kubernetes/network/traffic.ts";
import { only } from "../../../src/core/kubernetes/rbac/sets.ts";
import { parseExample } from "../../../src/core/example.ts";
import { type KubernetesObject, kubernetes } from "../../../src/core/views/kubernetes.ts";
import { runs } from "../../runs.ts";

interface Policy {
  readonly pods: string | null;
  /** Null peers or ports are all of them. */
  readonly rules: readonly { readonly from: string | null; readonly ports: readonly [number, number] | null }[];
}

const policy: fc.Arbitrary<Policy> = fc.record({
  pods: fc.constantFrom("api", "web", null),
  rules: fc.array(
    fc.record({
      from: fc.constantFrom("api", "web", "all", null),
      ports: fc.constantFrom([80, 80] as const, [80, 82] as const, [82, 90] as const, null),
    }),
    { maxLength: 2 },
  ),
});
const policies = fc.array(policy, { maxLength: 3 });

/** What stands between one pod and another, as the documentation of Kubernetes says it. */
function lets(all: readonly Policy[], pod: string, from: string, port: number): boolean {
  const selecting = all.filter(({ pods }) => pods === null || pods === pod);
  if (selecting.length === 0) return true;
  return selecting.some(({ rules }) =>
    rules.some(
      (rule) =>
        (rule.from === null || rule.from === "all" || rule.from === from) &&
        (rule.ports === null || (rule.ports[0] <= port && port <= rule.ports[1])),
    ),
  );
}

function selector(app: string | null): object {
  return app === null || app === "all" ? {} : { matchLabels: { app } };
}

const memo = <T>(_: string, compute: () => T): T => compute();
/** What was read before: the few policies that there are come again and again. */
const known = new Map<string, readonly KubernetesObject[]>();

function objectsOf({ pods, rules }: Policy, index: number): readonly KubernetesObject[] {
  const key = JSON.stringify([pods, rules, index]);
  const written = stringify({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: `p${index}`, namespace: "shop" },
    spec: {
      podSelector: selector(pods),
      ingress: rules.map(({ from, ports }) => ({
        ...(from === null ? {} : { from: [{ podSelector: selector(from) }] }),
        ...(ports === null ? {} : { ports: [{ port: ports[0], endPort: ports[1] }] }),
      })),
    },
  });
  const read = (): readonly KubernetesObject[] => {
    const lines = written.split("\n").map((line) => `  ${line}`);
    const { change } = parseExample([`A k8s/${index}.yaml`, ...lines].join("\n"));
    return kubernetes(change, { memo }).view.objects.flatMap(({ after }) => after ?? []);
  };
  const objects = known.get(key) ?? read();
  known.set(key, objects);
  return objects;
}

function allowed(all: readonly Policy[]): readonly Traffic[] {
  return allowedBy(all.flatMap(objectsOf), "ingress")?.map(({ traffic }) => traffic) ?? [];
}

function point(pod: string, from: string, port: number): Traffic {
  return new Map([
    ["pod app", { names: only(pod) }],
    ["peer", { names: only("pods") }],
    ["space kubernetes.io/metadata.name", { names: only("shop") }],
    ["from app", { names: only(from) }],
    ["protocol", { names: only("TCP") }],
    ["port name", { names: only("") }],
    ["port", { ranges: [{ from: BigInt(port), to: BigInt(port) }] }],
  ]);
}

describe("what network policies newly let through", () => {
  test("is exactly what none of them let through before, pod by pod and port by port", () => {
    fc.assert(
      fc.property(policies, policies, (before, after) => {
        const stood = allowed(before);
        const left = allowed(after).flatMap((traffic) => remainder(traffic, stood) ?? []);
        for (const pod of ["api", "web", "other"]) {
          for (const from of ["api", "web", "other"]) {
            for (const port of [79, 80, 81, 82, 83, 91]) {
              const expected = lets(after, pod, from, port) && !lets(before, pod, from, port);
              expect(left.some((traffic) => overlap(traffic, point(pod, from, port)))).toBe(expected);
            }
          }
        }
      }),
      runs(100),
    );
  });
});
