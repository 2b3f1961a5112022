import { sha256 } from "../../lib/digest.ts";
import { byCodeUnits } from "../../lib/order.ts";
import type { Gap } from "../change/change-set.ts";
import type { Account, CommitFacts, Facts, Signature } from "../facts.ts";
import { coAuthorMailboxes, privateMailbox } from "../requirements/contributors.ts";
import type { Policy } from "../policy/schema.ts";
import { agents as catalogue } from "./agents.ts";
import { actionsId, agentOf, deterministicId, isReviewer, type KnownAccount } from "./catalogue.ts";
import { findInvokers, isKnown, names } from "./invokers.ts";
import { accountsOf, branchMarks, isAgentMailbox, mergedBranchMarks, signatureMarks, textMarks } from "./marks.ts";
import type { Provenance, Signal, Trust } from "./provenance.ts";

type Lists = Pick<Policy, "agents">;

/** Order of the kinds of signals: what identifies an account first, what anybody may have typed last. */
const kinds = [
  "opener",
  "work started",
  "last pusher",
  "commit author",
  "commit committer",
  "signing key",
  "author name",
  "co-author trailer",
  "trailer",
  "footer",
  "label",
  "branch prefix",
  "merged branch",
  "body mark",
  "seen before",
];

/**
 * Who wrote a change, from every trace that an agent may have left. Traces only ever add: no text, label, name or branch turns an
 * `agent` into anything else. `automation` needs what GitHub attests of the opener, the last pusher and every commit.
 */
export function detect(facts: Facts, policy: Lists): Provenance {
  const signals = collect(facts, policy);
  const automation = attestedAutomation(facts, policy);
  // What a deterministic program writes into its description (release notes, mostly) quotes the marks of others.
  const contradicted = signals.some(({ agent, kind }) => agent !== automation && kind !== "body mark");
  if (automation !== null && !contradicted) {
    return { author: "automation", agents: [], signals, invokers: [], invokerKnown: false };
  }
  if (signals.length === 0) return { author: "unmarked", agents: [], signals, invokers: [], invokerKnown: false };
  const keys = [...new Set(signals.map(({ agent }) => agent))];
  const agentCommits = facts.commits.filter((commit) => commitSignals(commit, policy).some(isSigned));
  const invokers = findInvokers(facts, policy, keys, agentCommits);
  return { author: "agent", agents: keys, signals, invokers, invokerKnown: isKnown(invokers, facts, policy) };
}

/**
 * Commits whose author, committer or co-author GitHub maps to no account: somebody had a hand in it who cannot be told. A commit under
 * an agent's own mailbox hides nobody, nor does an update merge that is nothing but that. A local run knows no accounts at all and says so in `unknowable`.
 */
export function provenanceGaps(facts: Facts): readonly Gap[] {
  const signatures = facts.commits.flatMap(({ author, committer }) => [author, committer]);
  if (facts.unknowable.length > 0 && signatures.every(({ account }) => account === null)) return [];
  const known = new Set(signatures.filter(({ account }) => account !== null).map(({ email }) => email.toLowerCase()));
  const unattributed = new Map<string, CommitFacts>();
  for (const commit of facts.commits.filter(({ sha }) => !facts.updateMerges.includes(sha))) {
    const signed = [commit.author, commit.committer].filter(({ account }) => account === null);
    const named = coAuthorMailboxes(commit.message).filter(
      (mailbox) => !known.has(mailbox.toLowerCase()) && !privateMailbox.test(mailbox),
    );
    for (const written of [...signed.map(({ email }) => email), ...named]) {
      const mailbox = written.trim().toLowerCase();
      if (!isAgentMailbox(mailbox) && !unattributed.has(mailbox)) unattributed.set(mailbox, commit);
    }
  }
  return [...unattributed]
    .sort(([a], [b]) => byCodeUnits(a, b))
    .map(([mailbox, { sha }]) => ({
      // The mailbox itself stays out of the id, which the ledger keeps.
      id: `unattributed-mailbox:${sha256(mailbox).slice(0, 12)}`,
      level: "hold",
      path: null,
      side: "head",
      line: null,
      reason: `who wrote commit ${sha.slice(0, 7)}: GitHub maps \`${mailbox}\` to no account`,
      remedy: "Add the mailbox to the account of its owner, or rewrite the commit with a mailbox that GitHub knows.",
    }));
}

function collect(facts: Facts, policy: Lists): readonly Signal[] {
  const { author, lastPusher, workStartedBy, labels, headRef, body } = facts.pullRequest;
  const claimed = (kind: string) => (mark: { agent: string; evidence: string }) =>
    signal(mark.agent, kind, "claimed", mark.evidence);
  const started =
    workStartedBy.length === 0 ? [] : [signal("copilot-cloud-agent", "work started", "attested", "GitHub's event")];
  const signals = [
    ...accountSignals(author, "opener", "attested", policy),
    ...started,
    ...(lastPusher === null ? [] : accountSignals(lastPusher, "last pusher", "attested", policy)),
    ...facts.commits.flatMap((commit) => commitSignals(commit, policy)),
    ...labelSignals(labels),
    ...branchMarks(headRef).map(claimed("branch prefix")),
    ...textMarks(body, "body mark").map(claimed("body mark")),
  ];
  return grouped([...signals, ...shownBefore(facts, signals)]);
}

/** Marks that a report of ours has shown and that are gone: a description can be edited, a branch pushed anew. Each is told once. */
function shownBefore({ publications }: Facts, now: readonly Signal[]): readonly Signal[] {
  const first = new Map<string, string>();
  for (const { agents, headSha } of publications)
    for (const agent of agents) if (!first.has(agent)) first.set(agent, headSha.slice(0, 7));
  return [...first]
    .filter(([agent]) => !now.some((one) => one.agent === agent))
    .map(([agent, at]) => signal(agent, "seen before", "claimed", `in the report on ${at}`));
}

/** Marks of agents on one commit. */
export function commitSignals(commit: CommitFacts, policy: Lists): readonly Signal[] {
  const at = commit.sha.slice(0, 7);
  const by = (signature: Signature, kind: string): Signal[] => {
    const accounts = accountsOf(signature).flatMap((account) =>
      accountSignals(account, kind, trustOf(commit, account), policy, at),
    );
    const marks = signatureMarks(signature)
      .filter((mark) => !accounts.some(({ agent }) => agent === mark.agent))
      .map((mark) =>
        signal(mark.agent, mark.kind === "mailbox" ? kind : mark.kind, "claimed", `${at}: ${mark.evidence}`),
      );
    return [...accounts, ...marks];
  };
  const key = commit.signatureKey;
  const signers = catalogue.filter(({ signingKeys }) => key !== null && signingKeys.includes(key.replace(/^SSH:/, "")));
  return [
    ...by(commit.author, "commit author"),
    ...by(commit.committer, "commit committer"),
    ...signers.map((agent) => signal(agent.key, "signing key", "claimed", `${at}: the vendor's key`)),
    ...textMarks(commit.message, "footer").map((mark) =>
      signal(mark.agent, mark.kind, "claimed", `${at}: ${mark.evidence}`),
    ),
    ...mergedBranchMarks(commit.message).map((mark) =>
      signal(mark.agent, "merged branch", "claimed", `${at}: ${mark.evidence}`),
    ),
  ];
}

/**
 * What an account says. A Bot that no list names is an agent under its own login, and so is automation: whether the policy's
 * automation is to be believed is decided over the whole change.
 */
function accountSignals(
  account: KnownAccount & { readonly type?: Account["type"] },
  kind: string,
  trust: Trust,
  policy: Lists,
  at?: string,
): readonly Signal[] {
  const { also, automation } = policy.agents;
  const known = agentOf(account);
  const ofActions = known === null && account.id === actionsId;
  const isBot = account.type === "Bot" || ofActions || account.login.toLowerCase().endsWith("[bot]");
  const listed = names([...also, ...automation], account.login);
  const own = isBot || listed || isReviewer(account) ? account.login.toLowerCase() : null;
  const key = known?.key ?? (ofActions ? "github-actions[bot]" : own);
  if (key === null) return [];
  const id = account.id === null ? "no id" : `id ${account.id}`;
  return [signal(key, kind, trust, `${at === undefined ? "" : `${at}: `}${account.login} (${id})`)];
}

/**
 * GitHub signs a commit in an app's name only for that app, with itself as committer; a person's own valid signature proves the
 * committer and says nothing of an author that it did not write. The id of GitHub Actions is any workflow's, so it attests nobody. https://docs.github.com/en/authentication/managing-commit-signature-verification
 */
export function trustOf(commit: CommitFacts, account: KnownAccount): Trust {
  const byGitHub = commit.committer.email.toLowerCase() === "noreply@github.com";
  const bySelf = commit.committer.account !== null && commit.committer.account.id === account.id;
  return commit.verified && account.id !== actionsId && (byGitHub || bySelf) ? "attested" : "claimed";
}

/**
 * The login of the automation that alone made this change, or null. All must carry its numeric id: the opener, the last pusher,
 * and every commit, each attested.
 */
function attestedAutomation(facts: Facts, policy: Lists): string | null {
  const { author, lastPusher } = facts.pullRequest;
  const id = deterministicId(author.login) ?? author.id;
  if (!names(policy.agents.automation, author.login) || names(policy.agents.also, author.login)) return null;
  if (author.id !== id || lastPusher?.id !== id) return null;
  const own = facts.commits.every((commit) => {
    const attested = trustOf(commit, { id, login: author.login }) === "attested";
    return attested && commit.author.account?.id === id;
  });
  return own && facts.commits.length > 0 ? author.login.toLowerCase() : null;
}

function labelSignals(labels: readonly string[]): readonly Signal[] {
  return labels.flatMap((label) =>
    catalogue
      .filter((agent) => agent.labels.includes(label.trim().toLowerCase()))
      .map((agent) => signal(agent.key, "label", "claimed", label)),
  );
}

function signal(agent: string, kind: string, trust: Trust, evidence: string): Signal {
  return { agent, kind, trust, evidence };
}

/** The same trace on many commits is one signal. Sorted by trust, kind, agent. */
function grouped(signals: readonly Signal[]): readonly Signal[] {
  const groups = Map.groupBy(signals, ({ agent, kind, trust }) => JSON.stringify([agent, kind, trust]));
  const merged = [...groups.values()].flatMap((group): Signal[] => {
    const [first] = group;
    if (first === undefined) return [];
    const more = group.length - 1;
    return [more === 0 ? first : { ...first, evidence: `${first.evidence}, and ${more} more` }];
  });
  const rank = ({ trust }: Signal) => (trust === "attested" ? 0 : 1);
  return merged.sort(
    (a, b) => rank(a) - rank(b) || kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || byCodeUnits(a.agent, b.agent),
  );
}

const isSigned = ({ kind }: Signal) => kind === "commit author" || kind === "commit committer";
