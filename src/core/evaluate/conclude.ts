import { examinedInPart, invariantIds } from "../invariants.ts";
import { unreadablePlan } from "../plan/gaps.ts";
import type { Policy } from "../policy/schema.ts";
import type { Finding, InvariantResult, JudgedGap, Next, Requirement } from "./evaluation.ts";
import { calledForPushes } from "../requirements/pushes.ts";
import type { Rule } from "../rule.ts";
import { treatmentOf, type UntriedFinding } from "./findings.ts";
import { isOpen } from "./open.ts";
import type { Scope } from "./scope.ts";
import { type Verdict, worst } from "./verdict.ts";

/**
 * The worst of all that is open. Findings at `review` and gaps at `hold` have no entry of their own: they always come with a
 * requirement of approvals (see demands.ts), and are accepted exactly when every requirement of people is met.
 */
export function verdictOf(
  findings: readonly UntriedFinding[],
  gaps: readonly JudgedGap[],
  requirements: readonly Requirement[],
): Verdict {
  const accepted = acceptedByPeople(requirements);
  return worst([
    ...findings.filter(isOpen).map((finding) => ofFinding(finding, accepted)),
    ...gaps
      .filter(({ overridden }) => overridden === null)
      .map(({ level }) => (level === "block" ? "block" : accepted ? "allow" : "hold")),
    ...requirements.map(ofRequirement),
  ]);
}

/** Nobody who was asked for is missing. Where nobody was asked for, nobody has accepted anything. */
export function acceptedByPeople(requirements: readonly Requirement[]): boolean {
  const people = requirements.filter((requirement) => requirement.kind === "approvals");
  return people.length > 0 && people.every((requirement) => requirement.state.kind === "met");
}

function ofFinding(finding: UntriedFinding, accepted: boolean): Verdict {
  switch (finding.level) {
    case "block":
      return "block";
    case "review":
      return accepted ? "allow" : "hold";
    case "observe":
      return "allow";
  }
}

/** What a requirement leads to by itself. */
export function ofRequirement({ state }: Pick<Requirement, "state">): Verdict {
  switch (state.kind) {
    case "met":
      return "allow";
    case "waiting":
      return "wait";
    case "missing":
      return "hold";
    case "failed":
      return "block";
  }
}

/** One row for every invariant of the policy. Only what a rule looked at can pass. */
export function invariantResults(
  rules: readonly Rule[],
  findings: readonly UntriedFinding[],
  requirements: readonly Requirement[],
  policy: Policy,
  scope: Scope,
): readonly InvariantResult[] {
  const accepted = acceptedByPeople(requirements);
  return invariantIds.map((invariant) => {
    const mine = findings.filter((finding) => finding.invariant === invariant && finding.waived === null);
    const stated = policy.invariants[invariant].level;
    const level = scope === "lenient" && stated === "block" ? "review" : stated;
    const examined = rules.some((rule) => rule.invariant === invariant && treatmentOf(rule, policy).level !== "off");
    const result = resultOf(mine, level, accepted, examined, invariant in examinedInPart);
    return { invariant, level, result, findings: mine.map((finding) => finding.id) };
  });
}

function resultOf(
  mine: readonly UntriedFinding[],
  level: InvariantResult["level"],
  accepted: boolean,
  examined: boolean,
  inPart: boolean,
): InvariantResult["result"] {
  const open = mine.filter(isOpen);
  if (open.some((finding) => finding.level === "block")) return "fail";
  if (open.some((finding) => finding.level === "review")) return accepted ? "accepted" : "asks";
  if (open.length < mine.length) return "overridden";
  if (mine.length > 0) return "observed";
  if (level === "off") return "off";
  if (!examined) return "not_examined";
  return inPart ? "nothing_found" : "pass";
}

/** Who acts next: the one whose act the others' acts would be wasted without. */
export function nextOf(
  verdict: Verdict,
  findings: readonly Finding[],
  gaps: readonly JudgedGap[],
  requirements: readonly Requirement[],
  scope: Scope,
): Next {
  const halt = requirements.find(({ kind }) => kind === "halt");
  if (halt !== undefined)
    return { actor: halt.actor, action: "resume", do: `${halt.what} by ${halt.from}: ${halt.now}.`, atMs: null };
  const policy = requirements.find((requirement) => requirement.kind === "policy" && requirement.state.kind !== "met");
  if (policy !== undefined)
    return {
      actor: "operator",
      action: "repair_policy",
      do: "Repair the policy file on its branch; see the errors.",
      atMs: null,
    };
  const open = findings.filter(isOpen);
  const author = scope === "full" ? ("agent" as const) : ("people" as const);
  const budget = nextForBudgets(requirements, author);
  if (budget !== null) return budget;
  const blocking = open.find((finding) => finding.level === "block");
  if (blocking !== undefined) return { actor: author, action: "push", do: pushFor(blocking), atMs: null };
  const broken = gaps.find((gap) => gap.level === "block" && gap.overridden === null);
  if (broken !== undefined) return { actor: author, action: "push", do: broken.remedy, atMs: null };
  const forbidden = requirements.find(({ kind, state }) => kind === "policy_change" && state.kind === "failed");
  if (forbidden !== undefined)
    return { actor: author, action: "push", do: `Take the policy out of this change: ${forbidden.now}.`, atMs: null };
  const refused = requirements.find(
    ({ kind, state }) => (kind === "autonomy" || kind === "own_identity") && state.kind === "failed",
  );
  if (refused !== undefined)
    return {
      actor: refused.actor,
      action: "push",
      do: `${refused.what}: ${refused.now}. That takes ${refused.from}.`,
      atMs: null,
    };
  switch (verdict) {
    case "allow":
      return { actor: "nobody", action: "merge", do: "Nothing is missing.", atMs: null };
    case "wait":
      return nextWhileWaiting(requirements);
    case "hold":
    case "block": {
      const avoidable = open.find((finding) => finding.level === "review" && finding.clearedBy === "author");
      if (avoidable !== undefined && scope === "full")
        return {
          actor: "agent",
          action: "push",
          do: `${pushFor(avoidable)} Or people approve it as it is.`,
          atMs: null,
        };
      const missing = requirements.filter((requirement) => requirement.state.kind === "missing");
      const plan = missing.find((requirement) => requirement.kind === "declared_plan");
      if (plan !== undefined) return { actor: "agent", action: "declare", do: declaring, atMs: null };
      const unreadable = gaps.find(({ id, overridden }) => id === unreadablePlan && overridden === null);
      if (unreadable !== undefined && scope === "full")
        return {
          actor: "agent",
          action: "declare",
          do: `${unreadable.remedy} Or people accept it as it is.`,
          atMs: null,
        };
      const ticket = missing.find((requirement) => requirement.kind === "ticket");
      if (ticket !== undefined) return { actor: ticket.actor, action: "name_ticket", do: namingOf(ticket), atMs: null };
      const closed = requirements.filter((requirement) => byClock(requirement) && requirement.state.kind === "failed");
      if (missing.length === 0 && closed.length > 0)
        return {
          actor: "time",
          action: "wait",
          do: `Nothing; it turns by itself. ${closed.map(passing).join(" ")}`,
          atMs: latest(closed),
        };
      const armed = missing.find((requirement) => requirement.kind === "auto_merge");
      if (armed?.actor === "agent") return { actor: "agent", action: "disarm", do: disarming, atMs: null };
      const action = armed !== undefined && missing.length === 1 ? "disarm" : "approve";
      return { actor: "people", action, do: missing.map(asked).join(" "), atMs: null };
    }
  }
}

const declaring =
  "Declare a plan: put the block that the report prints into the description, as far as it says what the change is meant to do.";

/** The title and the description alone: a push would void approvals. */
function namingOf({ what }: Requirement): string {
  return `Name it in the title or the description: ${what}. It says where the change was agreed; approvals are asked for as before.`;
}

/** Whether what is asked is that a window is not open. */
export function byClock({ kind }: Requirement): boolean {
  return kind === "freeze" || kind === "operation";
}

function passing({ what, now }: Requirement): string {
  return `${what}: ${now}.`;
}

/** Time alone is missing, except where a change must first be deployed elsewhere. */
function nextWhileWaiting(requirements: readonly Requirement[]): Next {
  const waiting = requirements.filter(({ state }) => state.kind === "waiting");
  const endless = waiting.find(
    ({ kind, state }) => kind === "bake" && state.kind === "waiting" && state.untilMs === null,
  );
  const armed = waiting.find(({ kind }) => kind === "auto_merge");
  const disarm = armed === undefined ? "" : ` ${disarming}`;
  if (endless !== undefined) {
    const words = `It waits for ${endless.from}. ${endless.what}: ${endless.now}.${disarm}`;
    return { actor: "people", action: "wait", do: words, atMs: null };
  }
  return { actor: "time", action: "wait", do: `Nothing; it turns by itself.${disarm}`, atMs: soonest(requirements) };
}

/** When all of them have changed; null where one never does. */
function latest(requirements: readonly Requirement[]): number | null {
  const moments = requirements.map(({ laterMs }) => laterMs ?? Number.POSITIVE_INFINITY);
  const last = Math.max(...moments);
  return Number.isFinite(last) ? last : null;
}

/** Where an agent has used up its tries, or asks for more at once than it may have. */
function nextForBudgets(requirements: readonly Requirement[], author: Next["actor"]): Next | null {
  const called = requirements.find(({ id, state }) => id === calledForPushes && state.kind !== "met");
  if (called !== undefined) {
    const words = `A person looks at it before the agent goes on. ${asked(called)}`;
    return { actor: "people", action: "approve", do: words, atMs: null };
  }
  const oversized = requirements.find(({ kind, state }) => kind === "budget" && state.kind === "failed");
  if (oversized === undefined) return null;
  return { actor: author, action: "push", do: `Make this change smaller. ${asked(oversized)}`, atMs: null };
}

const disarming = "Switch auto-merge off; where the policy lets people arm it, one of them may do so again.";

function pushFor(finding: Finding): string {
  return finding.fix === null ? finding.remedy : `Apply the patch of ${finding.id} and push to the same branch.`;
}

function asked(requirement: Requirement): string {
  return `${requirement.what}, from ${requirement.from}: ${requirement.now}.`;
}

function soonest(requirements: readonly Requirement[]): number | null {
  const moments = requirements.flatMap(({ state }) =>
    state.kind === "waiting" && state.untilMs !== null ? [state.untilMs] : [],
  );
  return moments.length === 0 ? null : Math.min(...moments);
}
