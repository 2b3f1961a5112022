import type { CommitFacts, Facts } from "../facts.ts";
import { agentOf } from "./catalogue.ts";
import { trustOf } from "./detect.ts";

/** Whose a change is attested to be alone, by account ids. */
export interface AttestedAgent {
  /** As signals name it, if it is an agent. */
  readonly key: string;
  /** Keys of other entries of the catalogue whose marks its own work carries, so that they name nobody else. */
  readonly carries: readonly string[];
}

/**
 * Whom GitHub attests as opener, as last pusher, and as author of every commit with a signature that GitHub has verified; null
 * where it is not one and the same for all of them. No mark can make it somebody else: a mailbox, a trailer, a label and a branch are what
 * anybody may write. Update merges that are nothing but that are nobody's.
 */
export function attestedAgent(facts: Facts): AttestedAgent | null {
  const { author, lastPusher } = facts.pullRequest;
  const known = agentOf(author);
  // A login that stands for another id is somebody who took the name.
  const ids = known === null || known.ids.length === 0 ? [author.id] : known.ids;
  const own = facts.commits.filter(({ sha }) => !facts.updateMerges.includes(sha));
  if (lastPusher === null || ![author, lastPusher].every(({ id }) => ids.includes(id))) return null;
  if (own.length === 0 || !own.every((commit) => isOf(commit, ids))) return null;
  return { key: known?.key ?? author.login.toLowerCase(), carries: known?.carries ?? [] };
}

function isOf(commit: CommitFacts, ids: readonly number[]): boolean {
  const { account } = commit.author;
  return account !== null && ids.includes(account.id) && trustOf(commit, account) === "attested";
}
