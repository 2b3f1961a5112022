import type { Account } from "../facts.ts";
import { tightening } from "../policy/patterns.ts";
import type { Policy } from "../policy/schema.ts";
import { agentOf, deterministicId } from "../provenance/catalogue.ts";
import { unreachable } from "../../lib/assert.ts";

/** The newest run of this App on a commit at a moment; null: there was none. */
export type RunThen = { readonly id: number; readonly passed: boolean } | null;

/** A pull request that a movement merged, and what this App's check said on its head when it was. */
export interface Merged {
  readonly number: number;
  readonly headSha: string;
  readonly run: RunThen;
}

/** One movement of a branch, as GitHub's own record of activity tells it. */
export interface Movement {
  readonly id: number;
  readonly kind: "merge" | "queue" | "push";
  /** By GitHub's clock. */
  readonly atMs: number;
  readonly actor: Account | null;
  readonly beforeSha: string;
  readonly afterSha: string;
  /** Of the commit that the branch then stood at. */
  readonly run: RunThen;
  /** Empty for pushes, and where GitHub does not tell which pull request was merged. */
  readonly merged: readonly Merged[];
}

/** What is known of a branch that changes land on, and how it moved since it was last looked at; the oldest movement first. */
export interface BranchFacts {
  readonly movements: readonly Movement[];
  /** Whether rules require this App's check here; null where that could not be read. */
  readonly required: boolean | null;
  /** In force where the branch stands, and where it stood before it moved: what a movement takes out of a policy still holds for it. */
  readonly policies: readonly BranchPolicy[];
}

/** What of a policy is about movements of branches. */
export type BranchPolicy = Pick<Policy, "agents" | "alarms" | "halt" | "mode">;

/** A change that reached a branch past the gate. Ids only: this is kept. */
export interface Around {
  readonly way: "merge" | "push";
  readonly activityId: number;
  readonly atMs: number;
  readonly actorId: number | null;
  readonly byAgent: boolean;
  readonly beforeSha: string;
  readonly afterSha: string;
  /** Of the pull request; null for a push, and where GitHub does not tell. */
  readonly number: number | null;
  readonly headSha: string | null;
  /** The run that was not green; null: there was none. */
  readonly runId: number | null;
  readonly required: boolean | null;
}

/**
 * The movements that went around the gate. A merge did if this App's newest run on the merged head was not green at that moment,
 * whoever merged and whatever is required. A push did if what was pushed carries no green run, and either the check is required
 * (then only a bypass lets it in) or it was no person who pushed.
 */
export function aroundOf({ movements, required, policies }: BranchFacts): readonly Around[] {
  return movements.flatMap((movement): readonly Around[] => {
    const { id, atMs, actor, beforeSha, afterSha, run, kind } = movement;
    const byAgent = actor === null || policies.some(({ agents }) => isAgentAccount(actor, agents));
    const base = { activityId: id, atMs, actorId: actor?.id ?? null, byAgent, beforeSha, afterSha, required };
    const own = { ...base, number: null, headSha: null, runId: run?.id ?? null };
    switch (kind) {
      case "push":
        return run?.passed === true || (required === false && !byAgent) ? [] : [{ ...own, way: "push" }];
      case "queue":
        return run?.passed === true ? [] : [{ ...own, way: "merge" }];
      case "merge":
        if (movement.merged.length === 0) return run?.passed === true ? [] : [{ ...own, way: "merge" }];
        return movement.merged
          .filter((merged) => merged.run?.passed !== true)
          .map(({ number, headSha, run: then }) => ({
            ...base,
            way: "merge",
            number,
            headSha,
            runId: then?.id ?? null,
          }));
      default:
        return unreachable(kind);
    }
  });
}

/**
 * Whether the policy wants a gate on a branch that is not the default one: it enforces, and merging there reaches staging or production.
 */
export function isGatedBy(branch: string, { mode, environments }: Pick<Policy, "mode" | "environments">): boolean {
  const gated = Object.values(environments).filter(({ tier }) => tier !== "development");
  return mode === "enforce" && gated.some(({ branches }) => tightening(branches)(branch));
}

/** An account of GitHub that is no person's is an agent's, unless the policy calls it automation, by the id that its login is known for. */
export function isAgentAccount(account: Account, { also, automation }: Policy["agents"]): boolean {
  const named = (logins: readonly string[]) =>
    logins.some((login) => login.toLowerCase() === account.login.toLowerCase());
  if (named(automation)) return (deterministicId(account.login) ?? account.id) !== account.id;
  return account.type !== "User" || agentOf(account) !== null || named(also);
}
