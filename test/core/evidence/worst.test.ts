import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { worstPlan } from "../../../src/core/evidence/worst.ts";
import type { PlannedChange, TerraformPlan } from "../../../src/core/terraform-plan/plan.ts";

function row(address: string, actions: readonly string[], more: Partial<PlannedChange> = {}): PlannedChange {
  return {
    address,
    previousAddress: null,
    module: "",
    mode: "managed",
    type: "aws_sqs_queue",
    name: address,
    index: null,
    provider: null,
    deposed: null,
    actions,
    reason: null,
    replacePaths: [],
    importing: null,
    generatesConfiguration: false,
    attributes: [],
    unlisted: 0,
    ...more,
  };
}
function plan(changes: readonly PlannedChange[], more: Partial<TerraformPlan> = {}): TerraformPlan {
  return {
    formatVersion: "1.2",
    terraformVersion: "1.11.4",
    timestampMs: 1_000,
    complete: true,
    errored: false,
    applyable: true,
    changes,
    drift: [],
    deferred: [],
    invocations: [],
    outputs: [],
    priorState: { managed: ["a", "b"] },
    configuration: null,
    checks: [],
    variables: [],
    ...more,
  };
}
const actionsOf = (one: TerraformPlan): Readonly<Record<string, string>> =>
  Object.fromEntries(one.changes.map(({ address, actions }) => [address, actions.join("/")]));

describe("several plans of one head", () => {
  test("come to the worst that any of them would do to an object", () => {
    const rising = [
      ["no-op"],
      ["read"],
      ["create"],
      ["update"],
      ["forget"],
      ["delete", "create"],
      ["delete"],
      ["explode"],
    ];
    for (const [i, mild] of rising.entries())
      for (const bad of rising.slice(i)) {
        const [one, other] = [plan([row("a", mild)]), plan([row("a", bad)])];
        expect(actionsOf(worstPlan([one, other]))).toEqual({ a: bad.join("/") });
        expect(actionsOf(worstPlan([other, one]))).toEqual({ a: bad.join("/") });
      }
  });

  test("are milder in nothing for a plan that is milder, and know no more than each", () => {
    const first = plan([row("a", ["delete"]), row("b", ["update"])], {
      complete: null,
      priorState: { managed: ["a"] },
    });
    const retried = plan([row("b", ["no-op"])], { timestampMs: 2_000 });
    const worst = worstPlan([first, retried]);
    expect(actionsOf(worst)).toEqual({ a: "delete", b: "update" });
    expect(worst).toMatchObject({ complete: null, errored: false, timestampMs: 1_000, priorState: { managed: ["a"] } });
    expect(worstPlan([retried, plan([], { errored: true, complete: false, priorState: null })])).toMatchObject({
      complete: false,
      errored: true,
      priorState: null,
    });
  });

  test("keep every attribute that one of them would change", () => {
    const attribute = (name: string) =>
      ({ path: [name], before: { kind: "none" }, after: { kind: "unknown" }, forcesReplacement: false }) as const;
    const [a, b] = [attribute("a"), attribute("b")];
    const worst = worstPlan([
      plan([row("a", ["update"], { attributes: [a] })]),
      plan([row("a", ["update"], { attributes: [b, a], unlisted: 2 })]),
    ]);
    expect(worst.changes[0]).toMatchObject({ attributes: expect.arrayContaining([a, b]) as unknown, unlisted: 2 });
  });

  test("come to the same whatever their order, and one more never takes an action away", () => {
    const actions = fc.constantFrom(["no-op"], ["create"], ["update"], ["delete"], ["delete", "create"], ["forget"]);
    const some = fc
      .dictionary(fc.constantFrom("a", "b", "c"), actions)
      .map((rows) => plan(Object.entries(rows).map(([address, done]) => row(address, done))));
    fc.assert(
      fc.property(some, some, some, (x, y, z) => {
        expect(actionsOf(worstPlan([x, y, z]))).toEqual(actionsOf(worstPlan([z, x, y])));
        const destroyed = Object.entries(actionsOf(worstPlan([x, y]))).filter(([, done]) => done.includes("delete"));
        const all = actionsOf(worstPlan([x, y, z]));
        expect(destroyed.map(([address]) => all[address]?.includes("delete"))).toEqual(destroyed.map(() => true));
      }),
    );
  });
});
