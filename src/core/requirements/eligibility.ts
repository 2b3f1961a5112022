import type { Excluded } from "../evaluate/evaluation.ts";
import type { Account, Facts, ReviewFacts } from "../facts.ts";
import { neverApproves } from "../provenance/invokers.ts";
import type { Policy } from "../policy/schema.ts";
import type { Provenance } from "../provenance/provenance.ts";
import { type Shown, seenBy } from "./reports.ts";
import { byCodeUnits } from "../../lib/order.ts";

/** What an opinion is judged by: the facts, and what they come to now. */
export interface Grounds {
  readonly facts: Facts;
  readonly provenance: Provenance;
  readonly policy: Policy;
  readonly shown: Shown;
}

/** Reviews sorted into what counts. People are listed once each, by login. */
export interface Opinions {
  /** People whose approval counts. */
  readonly approvers: readonly Account[];
  /** Approvals that were seen and do not count, with the reason. */
  readonly excluded: readonly Excluded[];
  /** People with write permission whose latest word is a request for changes. */
  readonly objectors: readonly Account[];
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
  const objectors: Account[] = [];
  for (const { account, review } of latestWords(facts.reviews)) {
    const writes = mayWrite(facts, account);
    const person = account.type === "User" && !neverApproves(account, policy);
    if (review.state === "CHANGES_REQUESTED" && person && writes) objectors.push(account);
    if (review.state !== "APPROVED") continue;
    const because = whyNot(grounds, account, writes) ?? whyNotThis(review, grounds);
    if (because === null) approvers.push(account);
    else excluded.push({ login: account.login, because });
  }
  return { approvers, excluded, objectors };
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
function whyNot({ facts, provenance, policy }: Grounds, account: Account, writes: boolean): string | null {
  if (account.type !== "User") return "is an app, not a person";
  if (neverApproves(account, policy)) return "is an agent or a machine account";
  if (provenance.invokers.some((invoker) => isInvoker(invoker, account))) return "started the agent";
  if (facts.pullRequest.author.id === account.id) return "opened the pull request";
  const commit = facts.commits.find((candidate) => contributed(candidate, account));
  if (commit !== undefined) return `contributed to commit ${commit.sha.slice(0, 7)}`;
  if (facts.pullRequest.lastPusher?.id === account.id) return "pushed last";
  if (!writes) return "has no write permission";
  return null;
}

/** Why this approval does not count, though another of the same person would. */
function whyNotThis(review: ReviewFacts, { facts, policy, shown }: Grounds): string | null {
  const { commitSha } = review;
  if (policy.approvals.invalidateOn === "push" && commitSha !== null && commitSha !== facts.head.sha)
    return `approved an older head, ${commitSha.slice(0, 7)}, and every push voids approvals`;
  const seen = seenBy(review, facts, shown);
  return seen.kind === "unseen" ? seen.because : null;
}

export function isInvoker(invoker: Provenance["invokers"][number], account: Account): boolean {
  return invoker.id === null ? invoker.login.toLowerCase() === account.login.toLowerCase() : invoker.id === account.id;
}

const coAuthors = /^\s*co-authored-by:(.*)$/gimu;
/** Every mailbox of such a line counts, however it is written: who is named there can only lose by it. */
const mailbox = /[^\s<>()[\],;:]+@[^\s<>()[\],;:]+/gu;
/** GitHub's private mailboxes: `ID+LOGIN@users.noreply.github.com`, and the older `LOGIN@users.noreply.github.com`. */
const privateMailbox = /^(?:(\d+)\+)?([^@]+)@users\.noreply\.github\.com$/iu;

function contributed(commit: Facts["commits"][number], account: Account): boolean {
  if (commit.author.account?.id === account.id || commit.committer.account?.id === account.id) return true;
  const mailboxes = [commit.author.email, commit.committer.email];
  for (const [, named = ""] of commit.message.matchAll(coAuthors)) mailboxes.push(...(named.match(mailbox) ?? []));
  return mailboxes.some((address) => {
    const [, id, login] = privateMailbox.exec(address) ?? [];
    if (id !== undefined) return Number(id) === account.id;
    return login !== undefined && login.toLowerCase() === account.login.toLowerCase();
  });
}
