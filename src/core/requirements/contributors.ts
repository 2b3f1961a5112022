import type { Account, CommitFacts, Facts } from "../facts.ts";

const coAuthors = /^\s*co-authored-by:(.*)$/gimu;
/** Every mailbox of such a line counts, however it is written: who is named there can only lose by it. */
const mailbox = /[^\s<>()[\],;:]+@[^\s<>()[\],;:]+/gu;
/** GitHub's private mailboxes: `ID+LOGIN@users.noreply.github.com`, and the older `LOGIN@users.noreply.github.com`. */
export const privateMailbox = /^(?:(\d+)\+)?([^@]+)@users\.noreply\.github\.com$/iu;

/** The mailboxes of those whom a commit's message names beside its author. */
export function coAuthorMailboxes(message: string): readonly string[] {
  return [...message.matchAll(coAuthors)].flatMap(([, named = ""]) => named.match(mailbox) ?? []);
}

/** Whether somebody wrote, co-wrote or committed a commit. An update merge that only merges is nobody's. */
export function contributed(commit: CommitFacts, account: Account, facts: Facts): boolean {
  if (facts.updateMerges.includes(commit.sha)) return false;
  if (commit.author.account?.id === account.id || commit.committer.account?.id === account.id) return true;
  const mailboxes = [commit.author.email, commit.committer.email, ...coAuthorMailboxes(commit.message)];
  return mailboxes.some((address) => isTheirs(address, account, facts));
}

/** A mailbox is somebody's by its form, or because GitHub mapped it to them on another commit of the change. */
function isTheirs(address: string, account: Account, facts: Facts): boolean {
  const [, id, login] = privateMailbox.exec(address) ?? [];
  if (id !== undefined) return Number(id) === account.id;
  if (login !== undefined) return login.toLowerCase() === account.login.toLowerCase();
  const signatures = facts.commits.flatMap(({ author, committer }) => [author, committer]);
  return signatures.some((one) => one.account?.id === account.id && one.email.toLowerCase() === address.toLowerCase());
}
