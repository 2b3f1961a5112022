import type { Signature } from "../facts.ts";
import { type Agent, agents } from "./agents.ts";
import { actionsId, agentOf, isListed, type KnownAccount } from "./catalogue.ts";

/** What a text or a name says: the key of an agent, and the words that say it. */
export interface Mark {
  readonly agent: string;
  readonly kind: "co-author trailer" | "trailer" | "footer" | "body mark" | "branch prefix" | "author name" | "mailbox";
  readonly evidence: string;
}

const coAuthorLine = /^\s*(?:co-authored-by|assisted-by|generated-by):\s*(.*\S)/i;
const mergedBranches = [
  /^Merge pull request #\d+ from [^/\s]+\/(\S+)/,
  /^Merge (?:remote-tracking )?branch '(?:origin\/)?([^']+)'/,
];
const noreply = /^(?:(\d+)\+)?(.+)@users\.noreply\.github\.com$/i;

/** The account in a mailbox of users.noreply.github.com: `<id>+<login>@`, or `<login>@` in older ones. */
export function accountIn(mailbox: string): KnownAccount | null {
  const match = noreply.exec(mailbox.trim());
  const login = match?.[2];
  if (login === undefined) return null;
  const id = match?.[1];
  return { id: id === undefined ? null : Number(id), login };
}

/**
 * The accounts that a signature names. GitHub's mapping and the mailbox can differ: agents that run with a workflow's token commit
 * as `41898282+claude[bot]@`, which GitHub maps to `github-actions[bot]`. There the login in the mailbox is the one that tells.
 */
export function accountsOf(signature: Signature): readonly KnownAccount[] {
  const written = accountIn(signature.email);
  const mapped = signature.account;
  if (written === null) return mapped === null ? [] : [mapped];
  if (mapped === null || (mapped.id === actionsId && agentOf(written) !== null)) return [written];
  return mapped.id === written.id ? [mapped] : [mapped, written];
}

/** Marks in the name and the mailbox of an author or committer, its account apart. */
export function signatureMarks(signature: Signature): readonly Mark[] {
  const mailbox = signature.email.trim().toLowerCase();
  return agents.flatMap((agent): Mark[] => [
    ...(agent.authorMailboxes.includes(mailbox)
      ? [{ agent: agent.key, kind: "mailbox" as const, evidence: mailbox }]
      : []),
    ...(agent.authorNames.some((name) => name.test(signature.name))
      ? [{ agent: agent.key, kind: "author name" as const, evidence: signature.name }]
      : []),
  ]);
}

/**
 * Marks in a commit message or a description, wherever they stand: squashed messages pile up the trailers of many commits, so the
 * last paragraph is not enough. A revert that repeats a trailer is marked too: a word of the author must not lift a mark.
 */
export function textMarks(text: string, footer: "footer" | "body mark"): readonly Mark[] {
  const marks: Mark[] = [];
  for (const line of text.split(/\r\n|\r|\n/).filter((candidate) => candidate.includes(":"))) {
    const coAuthor = coAuthorLine.exec(line)?.[1];
    const found = coAuthor === undefined ? null : coAuthorAgent(coAuthor);
    if (found !== null) marks.push({ agent: found, kind: "co-author trailer", evidence: line.trim() });
    for (const agent of agents) {
      if (found === null && agent.trailers.some((trailer) => trailer.test(line.trim()))) {
        marks.push({ agent: agent.key, kind: "trailer", evidence: line.trim() });
      }
    }
  }
  for (const agent of agents) {
    const mark = agent.bodyMarks.map((pattern) => pattern.exec(text)?.[0]).find((hit) => hit !== undefined);
    if (mark !== undefined) marks.push({ agent: agent.key, kind: footer, evidence: mark });
  }
  return marks;
}

/** Agents whose branches begin or look like this one. */
export function branchMarks(branch: string): readonly Mark[] {
  const name = branch.toLowerCase();
  return agents
    .filter(
      ({ branchPrefixes, branchPatterns }) =>
        branchPrefixes.some((prefix) => name.startsWith(prefix)) ||
        branchPatterns.some((pattern) => pattern.test(name)),
    )
    .map(({ key }) => ({ agent: key, kind: "branch prefix", evidence: branch }));
}

/** A merge names the branch it brings in, which may be all that is left of an agent's branch. */
export function mergedBranchMarks(message: string): readonly Mark[] {
  const branch = mergedBranches.map((pattern) => pattern.exec(message)?.[1]).find((name) => name !== undefined);
  return branch === undefined ? [] : branchMarks(branch);
}

/** Whether the mailbox belongs to an agent, so that a commit under it hides no person. */
export function isAgentMailbox(mailbox: string): boolean {
  const wanted = mailbox.trim().toLowerCase();
  const account = accountIn(wanted);
  return (
    agents.some((agent) => agent.authorMailboxes.includes(wanted)) || (account !== null && agentOf(account) !== null)
  );
}

/**
 * Seen in trailers: `Name <mailbox>`, `Name mailbox`, `Name [mailbox](mailto:mailbox)` and a name alone. A suggestion of a
 * reviewing bot that a person accepted names the bot here; the person read those lines, so it is no mark, and neither is a
 * deterministic program. Any other bot is an agent.
 */
function coAuthorAgent(value: string): string | null {
  const mailboxes = mailboxesIn(value);
  const name = value.replace(/[<[(].*$/, "").trim();
  const byMailbox = agents.find((agent) => mailboxes.some((mailbox) => agent.coAuthorMailboxes.includes(mailbox)));
  const accounts = mailboxes.map((mailbox) => accountIn(mailbox)).filter((account) => account !== null);
  const byName = agents.find((agent) => agent.coAuthorNames.some((pattern) => pattern.test(name)));
  const bare =
    mailboxes.length > 0 ? undefined : agents.find(({ bareNames }) => bareNames.includes(name.toLowerCase()));
  const known: Agent | null | undefined =
    byMailbox ?? accounts.map(agentOf).find((agent) => agent !== null) ?? byName ?? bare;
  const otherBot = accounts.find((account) => account.login.endsWith("[bot]") && !isListed(account));
  return known?.key ?? otherBot?.login ?? null;
}

function mailboxesIn(value: string): readonly string[] {
  const bracketed = [...value.matchAll(/<([^<>]*)>/g)].map((match) => match[1] ?? "");
  const words = value.split(/[\s<>()[\]]+/).map((word) => word.replace(/^mailto:/i, ""));
  return [...bracketed, ...words].filter((word) => word.includes("@")).map((word) => word.trim().toLowerCase());
}
