import type { Excluded } from "../evaluate/evaluation.ts";
import type { RiskTier } from "../evaluate/risk.ts";
import type { Account, Facts, PersonFacts, Reading, ReviewFacts } from "../facts.ts";
import { neverApproves } from "../provenance/invokers.ts";
import type { Policy } from "../policy/schema.ts";
import type { Provenance } from "../provenance/provenance.ts";
import { subjectId } from "../subject.ts";
import { byCodeUnits } from "../../lib/order.ts";
import { contributed } from "./contributors.ts";
import { readingMs, tooFastUntil } from "./reading.ts";
import { type Shown, seenBy } from "./reports.ts";
import { isOnEveryList } from "./lists.ts";

/** What an opinion is judged by: the facts, and what they come to now. */
export interface Grounds {
  readonly facts: Facts;
  readonly provenance: Provenance;
  readonly policy: Policy;
  readonly shown: Shown;
  readonly tier: RiskTier;
  /** Lines added and removed. */
  readonly lines: number;
  readonly nowMs: number;
}

/** Accounts that may write and are not known to be out; null where not everybody is known. */
export function everybodyLeft(grounds: Grounds): readonly PersonFacts[] | null {
  const { writers, pullRequest } = grounds.facts;
  if (writers === null || pullRequest.lastPusher === null) return null;
  return writers.filter(
    ({ account, permission }) =>
      (permission === "write" || permission === "admin") &&
      !neverApproves(account, grounds.policy) &&
      !isOut(account, grounds),
  );
}

/**
 * Whether GitHub attests that somebody had a part in the change. A name that its author wrote into it keeps that person's approval from
 * counting, and must not make those who are left fewer: else whoever names a whole team gets by without it.
 */
function isOut(account: Account, { facts, provenance }: Grounds): boolean {
  const { author, lastPusher } = facts.pullRequest;
  if (author.id === account.id || lastPusher?.id === account.id) return true;
  if (provenance.invokers.some((invoker) => invoker.trust === "attested" && isInvoker(invoker, account))) return true;
  return facts.commits.some(({ verified, committer }) => verified && committer.account?.id === account.id);
}

/** Reviews sorted into what counts. People are listed once each, by login. */
export interface Opinions {
  /** People whose approval counts. */
  readonly approvers: readonly Account[];
  /** Approvals that were seen and do not count, with the reason. */
  readonly excluded: readonly Excluded[];
  /** People with write permission whose request for changes stands, with what was tried against it. */
  readonly objectors: readonly Objector[];
  /** What the approvals that count were read for, where the risk asks for reading. */
  readonly readings: readonly Reading[];
}

export interface Objector {
  readonly account: Account;
  /** Why its dismissal does not count; null: nobody dismissed it. */
  readonly dismissal: string | null;
}

/**
 * Who approves and who objects, by the latest word of each account. A dismissed review is a word too: it brings back neither an
 * older approval nor an older objection. Comments are no words. What cannot be read (an account that is gone, a permission that
 * is not known) counts as not given.
 */
export function opinions(grounds: Grounds): Opinions {
  const { facts, policy } = grounds;
  const approvers: Account[] = [];
  const excluded: Excluded[] = [];
  const objectors: Objector[] = [];
  const readings: Reading[] = [];
  for (const { account, review } of latestWords(facts.reviews)) {
    if (review.state !== "APPROVED") {
      const stands = objection(review, account, grounds);
      const person = account.type === "User" && !neverApproves(account, policy);
      if (stands !== null && person && mayWrite(facts, account)) objectors.push({ account, ...stands });
      continue;
    }
    const because = whyNot(grounds, account);
    const judged = because === null ? judgeApproval(review, account, grounds) : { because, countsFromMs: null };
    if ("because" in judged) {
      excluded.push({ login: account.login, ...judged });
    } else {
      approvers.push(account);
      if (judged.reading !== null) readings.push(judged.reading);
    }
  }
  return { approvers, excluded, objectors, readings };
}

function latestWords(
  reviews: readonly ReviewFacts[],
): readonly { readonly account: Account; readonly review: ReviewFacts }[] {
  const latest = new Map<number, { account: Account; review: ReviewFacts }>();
  const inOrder = [...reviews].sort((a, b) => a.submittedAtMs - b.submittedAtMs || a.id - b.id);
  for (const review of inOrder) {
    if (review.account === null || review.state === "COMMENTED") continue;
    latest.set(review.account.id, { account: review.account, review });
  }
  return [...latest.values()].sort((a, b) => byCodeUnits(a.account.login, b.account.login));
}

function mayWrite(facts: Facts, account: Account): boolean {
  const permission = facts.people.find((person) => person.account.id === account.id)?.permission;
  return permission === "write" || permission === "admin";
}

/** Why no approval of this person counts here; null where it may. */
export function whyNot(grounds: Grounds, account: Account): string | null {
  const { facts, policy } = grounds;
  if (account.type !== "User") return "is an app, not a person";
  if (neverApproves(account, policy)) return "is an agent or a machine account";
  const part = partOf(account, grounds);
  if (part !== null) return part;
  if (facts.pullRequest.lastPusher === null) return "may have pushed last: GitHub does not say who did";
  if (!mayWrite(facts, account)) return "has no write permission";
  return null;
}

/** What somebody had to do with the change. */
function partOf(account: Account, { facts, provenance }: Grounds): string | null {
  if (provenance.invokers.some((invoker) => isInvoker(invoker, account))) return "started the agent";
  if (facts.pullRequest.author.id === account.id) return "opened the pull request";
  const commit = facts.commits.find((candidate) => contributed(candidate, account, facts));
  if (commit !== undefined) return `contributed to commit ${commit.sha.slice(0, 7)}`;
  if (facts.pullRequest.lastPusher?.id === account.id) return "pushed last";
  return null;
}

/**
 * Of the members of a team, those whose approval may count, as far as is known: an approval by one of the others never does. What
 * somebody may do in the repository is known of reviewers only.
 */
export function mayStillApprove(ids: readonly number[], grounds: Grounds): readonly number[] {
  const { people, pullRequest } = grounds.facts;
  // Nobody is known to be out for good while it may only take another look to tell who pushed.
  if (pullRequest.lastPusher === null) return ids;
  return ids.filter((id) => {
    const known = people.find(({ account }) => account.id === id);
    if (known !== undefined && whyNot(grounds, known.account) !== null) return false;
    return partOf(known?.account ?? { id, login: "", type: "User" }, grounds) === null;
  });
}

type Judged = { readonly reading: Reading | null } | { readonly because: string; readonly countsFromMs: number | null };

/** Whether this approval counts, of a person whose approvals may. */
function judgeApproval(review: ReviewFacts, account: Account, grounds: Grounds): Judged {
  const { facts, policy, shown, tier, lines } = grounds;
  const not = (because: string): Judged => ({ because, countsFromMs: null });
  const { commitSha } = review;
  if (policy.approvals.invalidateOn === "push" && commitSha !== null && !isSameHead(commitSha, facts))
    return not(`approved an older head, ${commitSha.slice(0, 7)}, and every push voids approvals`);
  const seen = seenBy(review, facts, shown);
  if (seen.kind === "unseen") return not(seen.because);
  const needMs = readingMs(lines, tier, policy);
  if (needMs === null) return { reading: null };
  if (seen.sinceMs === null) return not("approved before the report was published");
  const reading: Reading = {
    accountId: account.id,
    subjectId: subjectId(facts.subject),
    submittedAtMs: review.submittedAtMs,
    sinceMs: seen.sinceMs,
    needMs,
  };
  const countsFromMs = tooFastUntil(reading, facts.readings);
  return countsFromMs === null ? { reading } : { because: "approved faster than it can be read", countsFromMs };
}

/** Whether only update merges that contribute nothing lie between a commit and the head. */
function isSameHead(commitSha: string, { head, commits, updateMerges }: Facts): boolean {
  let at: string | undefined = head.sha;
  const seen = new Set<string>();
  while (at !== undefined && !seen.has(at)) {
    if (at === commitSha) return true;
    seen.add(at);
    const sha: string = at;
    at = updateMerges.includes(sha) ? commits.find((commit) => commit.sha === sha)?.parents[0] : undefined;
  }
  return false;
}

/**
 * Whether a person's latest word, which is no approval, stands against the change. A dismissal lifts a request for changes
 * if it was that person's own or somebody's who could approve here; one that cannot be read lifts nothing.
 */
function objection(review: ReviewFacts, account: Account, grounds: Grounds): Pick<Objector, "dismissal"> | null {
  if (review.state === "CHANGES_REQUESTED") return { dismissal: null };
  if (review.dismissal?.was === "APPROVED") return null;
  if (review.dismissal === null) return { dismissal: "GitHub does not say who dismissed it" };
  const { by } = review.dismissal;
  if (by === null) return { dismissal: "who dismissed it is gone" };
  if (by.id === account.id) return null;
  const because =
    whyNot(grounds, by) ?? (mayApproveHere(by, grounds) ? null : "is not among those who may approve here");
  return because === null ? null : { dismissal: `${by.login} dismissed it and ${because}` };
}

function mayApproveHere(account: Account, { facts, policy }: Grounds): boolean {
  return isOnEveryList(account, policy.approvals.from, facts);
}

export function isInvoker(invoker: Provenance["invokers"][number], account: Account): boolean {
  return invoker.id === null ? invoker.login.toLowerCase() === account.login.toLowerCase() : invoker.id === account.id;
}
