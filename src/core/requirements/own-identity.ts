import { shorten } from "../../lib/text.ts";
import { notAsked, type Requirement } from "../evaluate/evaluation.ts";
import type { Account, CommitFacts, Facts } from "../facts.ts";
import type { Policy } from "../policy/schema.ts";
import { commitSignals } from "../provenance/detect.ts";
import { neverApproves } from "../provenance/invokers.ts";
import type { Provenance } from "../provenance/provenance.ts";
import type { Ask } from "./approvals.ts";

/** What follows from whose account an agent works with. */
export interface Identity {
  readonly asks: readonly Ask[];
  readonly requirements: readonly Requirement[];
}

/** A person's account that an agent's work came with, and how that shows: a clause. */
interface Borrowed {
  readonly account: Account;
  readonly because: string;
}

const nothing: Identity = { asks: [], requirements: [] };

/**
 * That an agent works under an account of its own: what it does with a person's is that person's to GitHub, with all of that person's rights. An
 * agent that leaves no mark cannot be told from its person, here as anywhere.
 */
export function ownIdentity(facts: Facts, provenance: Provenance, policy: Policy): Identity {
  const level = policy.autonomy.ownIdentity;
  const borrowed = level === "off" || provenance.author !== "agent" ? null : borrowedBy(facts, provenance, policy);
  if (borrowed === null) return nothing;
  const requirement = ofLevel(level === "block" ? "failed" : "met", borrowed, provenance);
  const who = `\`${borrowed.account.login}\``;
  const ask: Ask = { id: "own-identity", count: 1, from: [], because: `an agent works with the account of ${who}` };
  return { asks: level === "review" ? [ask] : [], requirements: [requirement] };
}

/** Null: whoever acted for the agent is an account of its own, or nobody can be told to be a person. */
function borrowedBy(facts: Facts, { signals }: Provenance, policy: Policy): Borrowed | null {
  const { author, lastPusher } = facts.pullRequest;
  const isPerson = (account: Account): boolean => !neverApproves(account, policy);
  const pusher = lastPusher !== null && isPerson(lastPusher) ? lastPusher : null;
  const marked = facts.commits.find((commit) => !facts.updateMerges.includes(commit.sha) && isLent(commit, policy));
  if (pusher !== null && marked !== undefined) {
    return { account: pusher, because: `who pushed last, and commit ${marked.sha.slice(0, 7)} has its marks` };
  }
  const acts = signals.some(({ kind, trust }) => trust === "attested" && (kind === "opener" || kind === "last pusher"));
  if (acts) return null;
  if (pusher !== null) return { account: pusher, because: "who pushed last" };
  return isPerson(author) ? { account: author, because: "who opened it" } : null;
}

/** Whether a commit has marks of an agent, and no account of one as author or committer. */
function isLent(commit: CommitFacts, policy: Policy): boolean {
  const accounts = [commit.author.account, commit.committer.account].filter((account) => account !== null);
  return accounts.every((account) => !neverApproves(account, policy)) && commitSignals(commit, policy).length > 0;
}

function ofLevel(
  state: "met" | "failed",
  { account, because }: Borrowed,
  { agents, signals }: Provenance,
): Requirement {
  const shown = signals.slice(0, 2).map(({ kind, evidence }) => `${kind} \`${inCode(evidence)}\``);
  return {
    id: "own-identity",
    kind: "own_identity",
    what: "An agent works under an account of its own",
    from: "whoever runs the agent: install its app, or list an account of its own in `agents.machines`, and let that push and open",
    now: `\`${inCode(agents[0] ?? "an agent")}\` works with the account of \`${account.login}\`, ${because} (${shown.join(", ")})`,
    actor: "people",
    state: { kind: state },
    need: null,
    have: null,
    counted: [],
    excluded: [],
    ...notAsked,
  };
}

const evidenceMax = 120;

function inCode(text: string): string {
  return shorten(text, evidenceMax).replaceAll("`", "'");
}
