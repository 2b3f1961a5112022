import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Facts } from "../../src/core/facts.ts";
import type { FileReach } from "../../src/core/reach/reach.ts";
import { strictDefault } from "../../src/core/policy/merge.ts";
import type { Autonomy, Policy } from "../../src/core/policy/schema.ts";
import type { Signal } from "../../src/core/provenance/provenance.ts";
import { autonomyOf } from "../../src/core/requirements/autonomy.ts";
import { changeOf, commit, factsOf, file, person, pullRequest } from "../core/facts.ts";

/** What an agent may do, from least to most, told by the report itself. */
const freedoms: readonly Autonomy[] = ["observe", "propose", "execute", "sandbox"];
const agents = ["claude-code-action", "claude-code", "codex", "devin"];
const environments = ["development", "staging", "production"];
const level = fc.constantFrom(...freedoms);
const row = fc.dictionary(fc.constantFrom("*", ...environments), level);
const matrix = fc.dictionary(fc.constantFrom("default", "claude[bot]", "codex", "devin"), row);
const signal = fc.record({
  agent: fc.constantFrom(...agents),
  kind: fc.constantFrom("label", "co-author trailer", "commit author"),
  trust: fc.constantFrom("claimed" as const, "attested" as const),
  evidence: fc.constant("a mark"),
});
const reached = fc.record({
  targets: fc.subarray(environments),
  unresolved: fc.boolean(),
});
const facts = fc.constantFrom<Facts>(
  factsOf({ commits: [commit({ verified: true })], pullRequest: pullRequest({ headRef: "change" }) }),
  factsOf({ pullRequest: pullRequest({ author: person(1) }) }),
);
const opener: Signal = { agent: "claude-code-action", kind: "opener", trust: "attested", evidence: "its id" };

function freedom(
  given: Facts,
  signals: readonly Signal[],
  reach: readonly { readonly targets: readonly string[]; readonly unresolved: boolean }[],
  policy: Policy,
): number {
  const files = reach.map(({ targets, unresolved }, index): FileReach => {
    const path = `src/${index}.ts`;
    const chain = [{ path, line: null, note: "" }];
    return {
      path,
      targets: targets.map((environment) => ({ environment, service: null, chain })),
      services: [],
      unresolved,
    };
  });
  const change = changeOf(...files.map(({ path }) => file(path, "a\n", "b\n")));
  const kinds = files.map(({ path }) => ({ kind: "code", path, side: "head" as const, line: 1, because: "code" }));
  const all = [opener, ...signals];
  const provenance = {
    author: "agent" as const,
    agents: [...new Set(all.map(({ agent }) => agent))],
    signals: all,
    invokers: [],
    invokerKnown: false,
  };
  const kubernetes = { objects: [], unreadChanged: [], unreadContext: [], updatedTemplates: [] };
  const deeds = { change, reach: { files, gaps: [] }, kinds, kubernetes, findings: [], gaps: [], bakes: [] };
  const { requirements } = autonomyOf({ ...deeds, facts: given, provenance, policy, nowMs: 0 });
  const told = /has `([a-z]+)`/u.exec(requirements[0]?.now ?? "")?.[1];
  return freedoms.findIndex((one) => one === told);
}

function policyOf(stated: Policy["autonomy"]["matrix"]): Policy {
  const policy = strictDefault();
  return { ...policy, autonomy: { ...policy.autonomy, matrix: stated } };
}

describe("autonomy", () => {
  it("is never more for one mark more, whoever left it", () => {
    fc.assert(
      fc.property(facts, fc.array(signal), signal, fc.array(reached), matrix, (given, signals, more, reach, stated) => {
        const policy = policyOf(stated);
        const [before, after] = [signals, [...signals, more]].map((all) => freedom(given, all, reach, policy));
        expect(after).toBeLessThanOrEqual(before ?? -1);
      }),
    );
  });

  it("is never more for one environment more that is reached, nor for one that nobody knows", () => {
    fc.assert(
      fc.property(
        facts,
        fc.array(signal),
        fc.array(reached, { minLength: 1 }),
        reached,
        matrix,
        (given, signals, reach, more, stated) => {
          const policy = policyOf(stated);
          const [before, after] = [reach, [...reach, more]].map((all) => freedom(given, signals, all, policy));
          expect(after).toBeLessThanOrEqual(before ?? -1);
        },
      ),
    );
  });

  it("is never more than every other agent has, where GitHub does not attest one agent alone", () => {
    const claimed = factsOf({ pullRequest: pullRequest({ author: person(1) }) });
    fc.assert(
      fc.property(fc.array(signal), fc.array(reached), matrix, (signals, reach, stated) => {
        const others = { default: { "*": "propose" as const, ...stated["default"] } };
        const [own, other] = [stated, others].map((one) => freedom(claimed, signals, reach, policyOf(one)));
        expect(own).toBeLessThanOrEqual(other ?? -1);
      }),
    );
  });

  it("is never `sandbox` where production is reached, whatever the matrix says", () => {
    fc.assert(
      fc.property(facts, fc.array(signal), fc.array(reached), matrix, (given, signals, reach, stated) => {
        fc.pre(reach.some(({ targets, unresolved }) => unresolved || targets.includes("production")));
        expect(freedom(given, signals, reach, policyOf(stated))).toBeLessThan(freedoms.indexOf("sandbox"));
      }),
    );
  });
});
