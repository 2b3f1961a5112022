import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { covers, requestsOf } from "../../../src/core/kubernetes/rbac/grants.ts";
import type { WrittenRule } from "../../../src/core/kubernetes/rbac/built-in.ts";
import {
  dimensions,
  everyName,
  holds,
  only,
  remainder,
  type Requests,
} from "../../../src/core/kubernetes/rbac/sets.ts";
import { runs } from "../../runs.ts";

/** What a request asks for. The last name of each list stands in no rule: it is any other. */
interface Request {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly part: string;
  readonly name: string;
}
const universe = {
  verb: ["get", "list", "zap"],
  group: ["", "apps", "other"],
  resource: ["pods", "secrets", "others"],
  part: ["", "exec", "other"],
  name: ["", "a", "other"],
};

function every(): readonly Request[] {
  return universe.verb.flatMap((verb) =>
    universe.group.flatMap((group) =>
      universe.resource.flatMap((resource) =>
        universe.part.flatMap((part) => universe.name.map((name) => ({ verb, group, resource, part, name }))),
      ),
    ),
  );
}

/** RuleAllows of Kubernetes' authorizer, request by request. */
function allows(rule: WrittenRule, { verb, group, resource, part, name }: Request): boolean {
  const asked = part === "" ? resource : `${resource}/${part}`;
  const isResource = (one: string): boolean => one === "*" || one === asked || (part !== "" && one === `*/${part}`);
  return (
    (rule.verbs.includes("*") || rule.verbs.includes(verb)) &&
    (rule.apiGroups.includes("*") || rule.apiGroups.includes(group)) &&
    rule.resources.some(isResource) &&
    (rule.resourceNames.length === 0 || rule.resourceNames.includes(name))
  );
}

const rule: fc.Arbitrary<WrittenRule> = fc.record({
  verbs: fc.subarray(["get", "list", "*"]),
  apiGroups: fc.subarray(["", "apps", "*"]),
  resources: fc.subarray(["pods", "secrets", "pods/exec", "secrets/exec", "*/exec", "*"]),
  resourceNames: fc.subarray(["a"]),
  nonResourceURLs: fc.constant([]),
});
const rules = fc.array(rule, { maxLength: 4 });

const where = { namespace: only("shop"), cluster: everyName };

function asked(request: Request): Readonly<Record<(typeof dimensions)[number], string>> {
  return { ...request, namespace: "shop", cluster: "production" };
}

function isIn(request: Request, requests: Requests): boolean {
  const one = asked(request);
  return dimensions.every((dimension) => holds(requests[dimension], one[dimension]));
}

describe("what rules newly allow", () => {
  test("is exactly what no rule allowed before, request by request", () => {
    fc.assert(
      fc.property(rules, rules, (before, after) => {
        const stood = before.flatMap((one) => requestsOf(one, where));
        const left = after.flatMap((one) => requestsOf(one, where)).flatMap((one) => remainder(one, stood) ?? []);
        for (const request of every()) {
          const expected = after.some((one) => allows(one, request)) && !before.some((one) => allows(one, request));
          expect(left.some((one) => isIn(request, one))).toBe(expected);
        }
      }),
      runs(300),
    );
  });

  test("is nothing if every rule stood before, in whatever order and however often", () => {
    fc.assert(
      fc.property(rules, rules, (kept, dropped) => {
        const stood = [...dropped, ...kept, ...kept].flatMap((one) => requestsOf(one, where));
        const left = kept.flatMap((one) => requestsOf(one, where)).map((one) => remainder(one, stood));
        expect(left.flat()).toEqual([]);
      }),
      runs(100),
    );
  });

  test("is of a namespace where only another one was allowed", () => {
    const one = { verbs: ["get"], apiGroups: [""], resources: ["pods"], resourceNames: [], nonResourceURLs: [] };
    const inShop = requestsOf(one, where);
    const everywhere = requestsOf(one, { ...where, namespace: everyName });
    expect(everywhere.flatMap((requests) => remainder(requests, inShop) ?? [])).toHaveLength(1);
    expect(inShop.flatMap((requests) => remainder(requests, everywhere) ?? [])).toEqual([]);
  });
});

describe("paths of the server", () => {
  test.each([
    ["*", "/healthz", true],
    ["/metrics", "/metrics", true],
    ["/metrics", "/metrics/cadvisor", false],
    ["/logs/*", "/logs/kubelet", true],
    ["/logs/*", "/*", false],
    ["/*", "/logs/*", true],
  ])("%s holds %s: %s", (pattern, other, expected) => {
    expect(covers(pattern, other)).toBe(expected);
  });
});
