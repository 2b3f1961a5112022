import { describe, expect, test } from "vitest";
import { numberOf, secondsOf } from "../../../src/core/kubernetes/canary.ts";
import { sharedBy, shareOf } from "../../../src/core/kubernetes/routes.ts";
import { parseExample } from "../../../src/core/example.ts";
import { kubernetes } from "../../../src/core/views/kubernetes.ts";
import type { Value } from "../../../src/core/views/value.ts";
import { formatDecimal } from "../../../src/lib/quantity.ts";

const tools = { memo: <T>(_: string, compute: () => T): T => compute() };

function objectOf(text: string) {
  const { view } = kubernetes(parseExample(`A k8s/a.yaml\n${text}`).change, tools);
  const after = view.objects[0]?.after;
  if (after === undefined) throw new Error("The text holds no object");
  return after;
}

function valueOf(written: string): Value | undefined {
  return objectOf(`  apiVersion: v1\n  kind: ConfigMap\n  metadata: { name: a }\n  value: ${written}`).root.at("value");
}

describe("how long a pause is", () => {
  test.each([
    ["90", 90],
    ['"90"', 90],
    ["10m", 600],
    ["1h30m", 5400],
    ["250ms", 0.25],
    ["soon", null],
    ["10m later", null],
    ["{}", null],
    ["{ a: 1 }", null],
  ])("%s", (written, expected) => {
    expect(secondsOf(valueOf(written))).toBe(expected);
  });

  test("a number may stand in quotes, an expression is none", () => {
    expect([numberOf(valueOf('"20"')), numberOf(valueOf('"${WEIGHT}"')), numberOf(undefined)]).toEqual([
      20,
      null,
      null,
    ]);
  });
});

describe("the share of a backend", () => {
  const share = (text: string, key: string): string | null => {
    const [shared] = sharedBy(objectOf(text));
    const found = shared === undefined ? null : shareOf(shared, key);
    return found === null ? null : formatDecimal(found);
  };
  const route = (backends: string): string =>
    `  apiVersion: gateway.networking.k8s.io/v1\n  kind: HTTPRoute\n  metadata: { name: a }\n  spec: { rules: [ { backendRefs: [${backends}] } ] }`;
  const service = (routes: string): string =>
    `  apiVersion: networking.istio.io/v1\n  kind: VirtualService\n  metadata: { name: a }\n  spec: { http: [ { route: [${routes}] } ] }`;

  test("of the Gateway API a weight that is left out is 1", () => {
    expect(share(route("{ name: a }, { name: b, weight: 3 }"), "a")).toBe("0.25");
  });
  test("of Istio a route alone takes all, and one without a weight beside others nothing", () => {
    expect(share(service("{ destination: { host: a } }"), "a")).toBe("1");
    expect(share(service("{ destination: { host: a } }, { destination: { host: b }, weight: 100 }"), "a")).toBe("0");
  });
  test("is not known where a weight is an expression, negative, or all are nothing", () => {
    expect(share(route('{ name: a }, { name: b, weight: "${W}" }'), "a")).toBeNull();
    expect(share(route("{ name: a, weight: -1 }, { name: b }"), "a")).toBeNull();
    expect(share(route("{ name: a, weight: 0 }"), "a")).toBeNull();
  });
  test("is nothing that other kinds of the same name have", () => {
    expect(sharedBy(objectOf("  apiVersion: example.com/v1\n  kind: VirtualService\n  metadata: { name: a }"))).toEqual(
      [],
    );
  });
});
