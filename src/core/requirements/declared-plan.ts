import { notAsked, type Requirement } from "../evaluate/evaluation.ts";
import type { DeclaredPlan } from "../plan/plan.ts";
import { planBlock } from "../plan/read.ts";
import type { Policy } from "../policy/schema.ts";
import type { Provenance } from "../provenance/provenance.ts";

/** That an agent says what its change is about, where the policy requires it. A plan that cannot be read says nothing. */
export function declaredPlan(
  declared: DeclaredPlan,
  { author }: Provenance,
  { declaredPlan: asked }: Policy,
): readonly Requirement[] {
  if (asked !== "required" || author !== "agent") return [];
  return [
    {
      id: "declared-plan",
      kind: "declared_plan",
      what: `A plan that the agent declares (a block \`${planBlock}\` in the description)`,
      from: "the agent",
      now: nowOf(declared),
      actor: "agent",
      state: { kind: declared.kind === "declared" ? "met" : "missing" },
      need: null,
      have: null,
      counted: [],
      excluded: [],
      ...notAsked,
    },
  ];
}

function nowOf(declared: DeclaredPlan): string {
  switch (declared.kind) {
    case "none":
      return "none is declared";
    case "declared":
      return "declared";
    case "unreadable":
      return "it cannot be read";
  }
}
