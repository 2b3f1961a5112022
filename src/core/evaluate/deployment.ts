import { byCodeUnits } from "../../lib/order.ts";
import { type BakeAnswer, bakesAtGate, bakeTold } from "../deployment-gate/bake.ts";
import { passedThen, whoDeploys } from "../deployment-gate/arrivals.ts";
import { environmentsNamed } from "../deployment-gate/environments.ts";
import type { DeploymentFacts, Live } from "../deployment-gate/facts.ts";
import type { Gap } from "../change/change-set.ts";
import { moment } from "../moments.ts";
import type { PolicyReading } from "../policy/reading.ts";
import type { Environment, Freeze, Policy } from "../policy/schema.ts";
import { enforcedBy, haltRequirements, haltsOn } from "../requirements/halt.ts";
import type { DeploymentSubject } from "../subject.ts";
import { stateOf } from "../windows/window.ts";
import { ofRequirement } from "./conclude.ts";
import type { PolicyUsed, Requirement } from "./evaluation.ts";
import { type Verdict, worst } from "./verdict.ts";

/** One thing that is asked of a deployment, and its answer at this moment. */
export interface DeploymentRequirement {
  readonly id: string;
  readonly kind: "bake" | "branch" | "freeze" | "halt" | "merged";
  /** A sentence without its stop: what is so, by what it was found, and where it ends when it ends. */
  readonly now: string;
  /** What the reader can do; null: nothing, or nothing is asked. */
  readonly remedy: string | null;
  readonly state: Requirement["state"];
  /** When the answer may change by itself; null: never. */
  readonly laterMs: number | null;
}

/** One judgement of a deployment that waits at a gate, at one clock reading. */
export interface DeploymentEvaluation {
  readonly subject: DeploymentSubject;
  readonly headSha: string;
  readonly live: Live | null;
  readonly evaluatedAtMs: number;
  readonly policy: PolicyUsed;
  readonly verdict: Verdict;
  /** Those that are not met come with their reason; the others say what holds. */
  readonly requirements: readonly DeploymentRequirement[];
  readonly gaps: readonly Gap[];
  /** How many pull requests were merged between, which are all in `requirements` where they were not allowed. */
  readonly merged: readonly number[];
  /** The next moment at which the verdict can change without an event; null: only events change it. */
  readonly nextLookMs: number | null;
  readonly timezone: string;
  readonly version: string;
}

const way =
  "An administrator can start the deployment past this rule, on GitHub's record; what then runs is what the next one is compared with";

/**
 * Whether what a run would deploy may go live, all judged now: it stands on a guarded branch, all that was merged since what is live was
 * allowed, it has baked, no freeze is open and nobody has halted. Nothing that is missing makes it `allow`.
 */
export function evaluateDeployment(
  facts: DeploymentFacts,
  reading: PolicyReading,
  nowMs: number,
  version: string,
): DeploymentEvaluation {
  const { policy, digest, sources, standIns } = reading;
  const environments = environmentsNamed(facts.subject.environment, policy);
  const wrote = whoDeploys(facts, policy);
  const halts = haltsOn(facts.halts, facts.subject, wrote);
  const requirements: readonly DeploymentRequirement[] = [
    ...haltRequirements(halts, policy.timezone).map((halt) => halted(halt)),
    ...branches(facts),
    ...merges(facts),
    ...bakesAtGate(environments, facts, policy, nowMs).map((answer) => baked(answer, policy.timezone)),
    ...policy.freezes.flatMap((freeze, index) =>
      freezes(freeze, `freeze:${index + 1}`, environments, wrote?.isAgent ?? true, policy, nowMs),
    ),
  ];
  const gaps = [
    ...facts.gaps,
    ...reading.errors.map((error, index) => unreadPolicy(error, index)),
    ...(environments.length === 0 ? [unnamed(facts.subject.environment)] : []),
    ...(facts.live === null && !facts.gaps.some(({ id }) => id === nothingLive.id) ? [nothingLive] : []),
  ].toSorted((a, b) => byCodeUnits(a.id, b.id));
  const later = requirements.map(({ laterMs }) => laterMs).filter((ms) => ms !== null && ms > nowMs);
  return {
    subject: facts.subject,
    headSha: facts.headSha,
    live: facts.live,
    evaluatedAtMs: nowMs,
    policy: enforcedBy(halts, { digest, sources, standIns, mode: policy.mode }),
    verdict: worst([...requirements.map(ofRequirement), ...gaps.map(({ level }) => level)]),
    requirements,
    gaps,
    merged: [...new Set(facts.arrivals.flatMap(({ judged }) => (judged ?? []).map(({ number }) => number)))],
    nextLookMs: later.length === 0 ? null : Math.min(...later.map(Number)),
    timezone: policy.timezone,
    version,
  };
}

function halted({ id, what, from, now, state }: Requirement): DeploymentRequirement {
  return { id, kind: "halt", now, remedy: `${what} by ${from}`, state, laterMs: null };
}

function branches({ branch, headSha }: DeploymentFacts): readonly DeploymentRequirement[] {
  const at = `\`${headSha.slice(0, 7)}\``;
  const common = { id: "branch", kind: "branch", laterMs: null } as const;
  if (branch?.required === true) {
    return [{ ...common, now: `${at} is on \`${branch.name}\``, remedy: null, state: { kind: "met" } }];
  }
  if (branch !== null && branch.required === null) {
    const now = `${at} is on \`${branch.name}\`, and whether the check is required there could not be read`;
    return [{ ...common, now, remedy: way, state: { kind: "missing" } }];
  }
  const now = `${at} is on no branch where this app's check is required and pinned to it`;
  const remedy = "Merge it into such a branch and deploy from there";
  return [{ ...common, now, remedy, state: { kind: "failed" } }];
}

function baked(answer: BakeAnswer, timezone: string): DeploymentRequirement {
  const { now, state, untilMs } = bakeTold(answer, timezone);
  const common = { id: answer.id, kind: "bake", now, laterMs: untilMs } as const;
  if (state === "waiting") return { ...common, remedy: null, state: { kind: "waiting", untilMs } };
  return { ...common, remedy: state === "met" ? null : way, state: { kind: state } };
}

/** One for each movement that is not known to have been allowed. */
function merges({ arrivals, knownSinceMs }: DeploymentFacts): readonly DeploymentRequirement[] {
  return arrivals.flatMap((arrival): readonly DeploymentRequirement[] => {
    const passed = passedThen(arrival, knownSinceMs);
    const common = { id: `merged:${arrival.movement.id}`, kind: "merged", laterMs: null } as const;
    switch (passed.kind) {
      case "passed":
      case "exempt":
        return [];
      case "refused":
        return [{ ...common, now: passed.because, remedy: way, state: { kind: "failed" } }];
      case "unknown":
        return [{ ...common, now: passed.because, remedy: way, state: { kind: "missing" } }];
    }
  });
}

/** An open freeze that ends is waited for: unlike a merge, what waits here goes on by itself when its time has come. */
function freezes(
  freeze: Freeze,
  id: string,
  environments: readonly Environment[],
  byAgent: boolean,
  { timezone }: Policy,
  nowMs: number,
): readonly DeploymentRequirement[] {
  const concerned = freeze.appliesTo === "everyone" || byAgent;
  const named = freeze.environments.length === 0 || environments.length === 0;
  const reached = named || environments.some(({ name }) => freeze.environments.includes(name));
  if (!concerned || !reached) return [];
  const { open, changesAtMs } = stateOf(freeze.window, nowMs);
  if (!open && changesAtMs === null) return [];
  const name = `the freeze \`${freeze.name.replaceAll("`", "'")}\``;
  const at = changesAtMs === null ? null : moment(changesAtMs, timezone);
  const now = open ? `${name} is open ${at === null ? "without an end" : `until ${at}`}` : `${name} opens ${at ?? ""}`;
  const state: Requirement["state"] = !open
    ? { kind: "met" }
    : changesAtMs === null
      ? { kind: "failed" }
      : { kind: "waiting", untilMs: changesAtMs };
  return [{ id, kind: "freeze", now, remedy: null, state, laterMs: changesAtMs }];
}

const nothingLive: Gap = {
  id: "nothing-live",
  level: "hold",
  path: null,
  side: "base",
  line: null,
  reason: "what runs there now: no earlier deployment counts",
  remedy: `Name in \`deployed_by\` who deploys there. ${way}.`,
};

function unnamed(environment: string): Gap {
  return {
    id: "unnamed-environment",
    level: "hold",
    path: null,
    side: "base",
    line: null,
    reason: `which environment of the policy \`${environment.replaceAll("`", "'")}\` is`,
    remedy: "Name it in `environments.NAME.deployments`.",
  };
}

function unreadPolicy(error: string, index: number): Gap {
  return {
    id: `policy-unreadable:${index + 1}`,
    level: "hold",
    path: null,
    side: "base",
    line: null,
    reason: error,
    remedy: "Repair the policy file on its branch.",
  };
}
