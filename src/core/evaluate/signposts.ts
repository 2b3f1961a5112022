import { byCodeUnits } from "../../lib/order.ts";
import type { Facts } from "../facts.ts";
import type { Policy } from "../policy/schema.ts";
import type { Provenance } from "../provenance/provenance.ts";
import type { Requirement, Signposts } from "./evaluation.ts";
import { type RiskTier, riskTiers } from "./risk.ts";
import type { Scope } from "./scope.ts";
import type { Verdict } from "./verdict.ts";

/** What stands on the pull request already. */
export interface Standing {
  readonly labels: readonly string[];
  /** Who was ever asked for review, as in `Signposts`. */
  readonly asked: readonly string[];
}

/** What is to be changed about it. */
export interface Signposting {
  readonly add: string | null;
  readonly remove: readonly string[];
  /** Logins. */
  readonly people: readonly string[];
  /** Slugs. */
  readonly teams: readonly string[];
}

const labelOf = (tier: RiskTier): string => `risk: ${tier}`;
/** Of these one is there, and no other. */
const riskLabels = riskTiers.map(labelOf);

/**
 * The label and the people to ask. Nobody is asked before a push or a plan that would void the review, nor while the pull request is a draft, and
 * never who started the agent or had a part in the change.
 */
export function signpostsOf(
  judged: {
    readonly scope: Scope;
    readonly tier: RiskTier;
    readonly verdict: Verdict;
    readonly requirements: readonly Requirement[];
    readonly provenance: Provenance;
  },
  facts: Facts,
  policy: Policy,
): Signposts | null {
  const { scope, tier, verdict, requirements, provenance } = judged;
  if (policy.mode === "observe" || scope !== "full") return null;
  const unplanned = requirements.some(({ kind, state }) => kind === "declared_plan" && state.kind === "missing");
  const wanted = policy.approvals.request && verdict === "hold" && !facts.pullRequest.draft && !unplanned;
  const involved = new Set(part(facts, provenance).map((login) => `@${login.toLowerCase()}`));
  const reviewers = wanted ? requirements.flatMap(({ askable }) => askable).map((one) => one.toLowerCase()) : [];
  return {
    label: labelOf(tier),
    reviewers: [...new Set(reviewers)].filter((one) => !involved.has(one)).toSorted(byCodeUnits),
  };
}

/** Logins of everybody who had to do with the change, as far as accounts are known. */
function part({ pullRequest, commits }: Facts, { invokers }: Provenance): readonly string[] {
  const signatures = commits.flatMap(({ author, committer }) => [author.account, committer.account]);
  return [pullRequest.author, pullRequest.lastPusher, ...signatures, ...invokers].flatMap((one) => one?.login ?? []);
}

/** What has to change; null where nothing has. Whoever was asked once is not asked again: they have seen it, or took themselves off. */
export function signposting({ label, reviewers }: Signposts, standing: Standing): Signposting | null {
  const carried = standing.labels.filter((name) => riskLabels.includes(name.toLowerCase()));
  const asked = new Set(standing.asked);
  const missing = reviewers.filter((one) => !asked.has(one)).map((one) => one.slice(1));
  const change: Signposting = {
    add: carried.includes(label) ? null : label,
    remove: carried.filter((name) => name !== label),
    people: missing.filter((one) => !one.includes("/")),
    teams: missing.filter((one) => one.includes("/")).map((one) => one.slice(one.indexOf("/") + 1)),
  };
  const { add, remove, people, teams } = change;
  return add === null && [...remove, ...people, ...teams].length === 0 ? null : change;
}
