import fc from "fast-check";
import { expect, test } from "vitest";
import { answerOf } from "../../src/core/deployment-gate/answer.ts";
import type { Arrival, DeploymentFacts, JudgedThen } from "../../src/core/deployment-gate/facts.ts";
import type { RunThen } from "../../src/core/around/around.ts";
import { verdicts } from "../../src/core/evaluate/verdict.ts";
import { commentMax, deploymentComment } from "../../src/core/report/deployment.ts";
import { agent, arrival, factsOf, halt, judge, judged, nowMs, person, sha } from "../core/deployment-gate/facts.ts";

const run: fc.Arbitrary<RunThen> = fc.option(fc.record({ id: fc.constant(5), passed: fc.boolean() }));
const wrote = fc.option(fc.constantFrom({ isAgent: false, marks: [] }, { isAgent: true, marks: ["claude"] }));
const oneJudged: fc.Arbitrary<JudgedThen> = fc
  .record({ number: fc.nat(5), verdict: fc.option(fc.constantFrom("allow" as const, ...verdicts)), wrote })
  .map(({ number, ...rest }) => judged(number, rest));
const oneArrival: fc.Arbitrary<Arrival> = fc
  .record({
    kind: fc.constantFrom("merge" as const, "queue" as const, "push" as const),
    run,
    merged: fc.array(run, { maxLength: 2 }),
    actor: fc.constantFrom(person, agent, null),
    judgedThen: fc.option(fc.array(oneJudged, { maxLength: 2 })),
    id: fc.nat(9),
  })
  .map(({ kind, run: ran, merged, actor, judgedThen, id }) =>
    arrival(
      { id, kind, run: ran, actor, merged: merged.map((each, number) => ({ number, headSha: sha("c"), run: each })) },
      judgedThen,
    ),
  );
/** All of it came after this app did: what it cannot remember it never judged. */
const facts: fc.Arbitrary<DeploymentFacts> = fc
  .record({
    branch: fc.option(
      fc.record({
        name: fc.constant("main"),
        isDefault: fc.constant(true),
        required: fc.constantFrom(true, true, false, null),
      }),
      { freq: 5 },
    ),
    live: fc.option(fc.constant({ sha: sha("a"), deploymentId: 9 }), { freq: 5 }),
    arrivals: fc.array(fc.oneof(fc.constant(arrival()), oneArrival), { maxLength: 3 }),
    startedBy: fc.array(fc.constantFrom(person, agent, null), { minLength: 1, maxLength: 2 }),
    halts: fc.array(fc.constantFrom(halt({ stops: "agents" }), halt()), { maxLength: 1 }),
    knownSinceMs: fc.constantFrom(nowMs - 86_400_000, null),
  })
  .map((over) => factsOf(over));

/** Ways to know less than before. */
const forgetting: readonly ((known: DeploymentFacts) => DeploymentFacts)[] = [
  (known) => ({ ...known, live: null }),
  (known) => ({ ...known, branch: null }),
  (known) => ({ ...known, branch: known.branch === null ? null : { ...known.branch, required: null } }),
  (known) => ({ ...known, knownSinceMs: null }),
  (known) => ({ ...known, startedBy: [null] }),
  (known) => ({ ...known, arrivals: known.arrivals.map((one) => ({ ...one, judged: null })) }),
  (known) => ({
    ...known,
    arrivals: known.arrivals.map((one) => ({
      ...one,
      judged: one.judged?.map((each) => ({ ...each, verdict: null })) ?? null,
    })),
  }),
  (known) => ({
    ...known,
    arrivals: known.arrivals.map((one) => ({
      ...one,
      judged: one.judged?.map((each) => ({ ...each, wrote: null })) ?? null,
    })),
  }),
  (known) => ({
    ...known,
    arrivals: known.arrivals.map(({ movement, judged: then }) => ({
      movement: { ...movement, run: null, merged: movement.merged.map((each) => ({ ...each, run: null })) },
      judged: then,
    })),
  }),
  (known) => ({
    ...known,
    arrivals: known.arrivals.map(({ movement, judged: then }) => ({
      movement: { ...movement, merged: [], actor: null },
      judged: then,
    })),
  }),
];

const policies = fc.constantFrom(
  "",
  "freezes: [{ name: a, from: 2026-03-02T08:00, to: 2026-03-02T10:00, applies_to: agents }]\n",
);

test("whatever is forgotten, a deployment that was not approved is not approved for that", () => {
  fc.assert(
    fc.property(facts, policies, fc.constantFrom(...forgetting), (known, policy, forget) => {
      const before = answerOf(judge(known, policy));
      const after = answerOf(judge(forget(known), policy));
      expect([before, after]).not.toEqual([expect.not.stringMatching("approved"), "approved"]);
    }),
    { numRuns: 600 },
  );
});

test("another movement, halt or gap never makes one approved that was not", () => {
  fc.assert(
    fc.property(facts, oneArrival, fc.boolean(), (known, one, halted) => {
      const more = {
        ...known,
        arrivals: [...known.arrivals, one],
        halts: halted ? [...known.halts, halt()] : known.halts,
      };
      const answers = [answerOf(judge(known)), answerOf(judge(more))];
      expect(answers).not.toEqual([expect.not.stringMatching("approved"), "approved"]);
    }),
    { numRuns: 600 },
  );
});

test("what is approved stands on a guarded branch, is compared with something, and holds nothing but what was allowed", () => {
  fc.assert(
    fc.property(facts, (known) => {
      if (answerOf(judge(known)) !== "approved") return;
      expect([known.branch?.required, known.live !== null]).toEqual([true, true]);
      for (const { movement, judged: then } of known.arrivals) {
        const ran =
          movement.merged.length > 0 && movement.kind === "merge"
            ? movement.merged.map((each) => each.run)
            : [movement.run];
        for (const each of ran) expect(each?.passed).toBe(true);
        expect(movement.kind === "push" || then?.every(({ verdict }) => verdict === "allow")).toBe(true);
      }
    }),
    { numRuns: 600 },
  );
});

test("a comment fits, and says the same of the same facts", () => {
  fc.assert(
    fc.property(facts, fc.string({ maxLength: 4_000, unit: "grapheme" }), (known, reason) => {
      const told = { ...known, halts: [...known.halts, halt({ reason })] };
      const comment = deploymentComment(judge(told));
      expect(comment.length).toBeLessThanOrEqual(commentMax);
      expect(deploymentComment(judge(structuredClone(told)))).toBe(comment);
    }),
    { numRuns: 200 },
  );
});
