import type { Excluded } from "../evaluate/evaluation.ts";
import type { Account, Facts, ReviewFacts } from "../facts.ts";
import { neverApproves } from "../provenance/invokers.ts";
import type { Policy } from "../policy/schema.ts";
import type { Provenance } from "../provenance/provenance.ts";
import { byCodeUnits } from "../../lib/order.ts";

/** Reviews sorted into what counts. People are listed once each, by login. */
export interface Opinions {
  /** People whose approval counts for this head. */
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
export function opinions(facts: Facts, provenance: Provenance, policy: Policy): Opinions {
  const approvers: Account[] = [];
  const excluded: Excluded[] = [];
  const objectors: Account[] = [];
  for (const { account, review } of latestWords(facts.reviews)) {
    const writes = mayWrite(facts, account);
    const person = account.type === "User" && !neverApproves(account, policy);
    if (review.state === "CHANGES_REQUESTED" && person && writes) objectors.push(account);
    if (review.state !== "APPROVED") continue;
    const because = whyNot(facts, provenance, policy, account, review, writes);
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

function whyNot(
  facts: Facts,
  provenance: Provenance,
  policy: Policy,
  account: Account,
  review: ReviewFacts,
  writes: boolean,
): string | null {
  if (account.type !== "User") return "is an app, not a person";
  if (neverApproves(account, policy)) return "is an agent or a machine account";
  if (provenance.invokers.some((invoker) => isInvoker(invoker, account))) return "started the agent";
  if (facts.pullRequest.author.id === account.id) return "opened the pull request";
  const commit = facts.commits.find((candidate) => contributed(candidate, account));
  if (commit !== undefined) return `contributed to commit ${commit.sha.slice(0, 7)}`;
  if (facts.pullRequest.lastPusher?.id === account.id) return "pushed last";
  if (!writes) return "has no write permission";
  if (review.commitSha === null) return "approved a commit that is gone";
  if (review.commitSha !== facts.head.sha) return `approved an older head, ${review.commitSha.slice(0, 7)}`;
  return null;
}

function isInvoker(invoker: Provenance["invokers"][number], account: Account): boolean {
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
