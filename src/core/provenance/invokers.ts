import { byCodeUnits } from "../../lib/order.ts";
import type { Account, CommitFacts, Facts, WorkflowAct } from "../facts.ts";
import type { Policy } from "../policy/schema.ts";
import { agents } from "./agents.ts";
import { actionsId, isListed } from "./catalogue.ts";
import { accountIn, accountsOf, textMarks } from "./marks.ts";
import { type Invoker, invokerKey } from "./provenance.ts";

type Lists = Pick<Policy, "agents">;

/** Whether a login is in a list of the policy. Logins are compared as GitHub does, without regard to case. */
export function names(list: readonly string[], login: string): boolean {
  return list.some((listed) => sameLogin(listed, login));
}

/** Whether the approval of this account is never a person's: a bot, an account of the catalogue, or one that the policy lists. */
export function neverApproves(account: Account, policy: Lists): boolean {
  const { also, automation, machines } = policy.agents;
  return account.type !== "User" || isListed(account) || names([...also, ...automation, ...machines], account.login);
}

/**
 * Who set the agents to work. Every trace counts, since each can only exclude an approval: who opened it, who started the agent,
 * whose workflow run acted, who called or assigned an agent, who was assigned when it was opened, whom the description names, who
 * stands beside the agent in its commits.
 *
 * @param keys agents that left a mark
 * @param agentCommits commits that an agent signed as author or committer
 */
export function findInvokers(
  facts: Facts,
  policy: Lists,
  keys: readonly string[],
  agentCommits: readonly CommitFacts[],
): readonly Invoker[] {
  const { author, workStartedBy, workflowActs, prompts, assigneesAtOpening, body } = facts.pullRequest;
  const person = (account: Account) => !neverApproves(account, policy);
  const found: Invoker[] = [];
  const add = (account: Account, trust: Invoker["trust"], evidence: string) => {
    if (person(account)) found.push({ login: account.login, id: account.id, trust, evidence });
  };
  for (const account of workStartedBy) if (account !== null) add(account, "attested", "started the agent");
  add(author, "attested", "opened the pull request");
  for (const act of workflowActs) {
    const account = behind(act);
    // An app that works in workflows also works elsewhere: then the run beside it is somebody else's.
    if (account !== null) add(account, byActions(act) ? "attested" : "claimed", "set off the workflow run behind it");
  }
  for (const { by, how } of prompts) {
    add(by, "claimed", how === "assigned" ? "assigned the agent" : "called an agent in the conversation");
  }
  for (const account of assigneesAtOpening) add(account, "claimed", "assigned when it was opened");
  for (const { invokerLines, name } of agents.filter(({ key }) => keys.includes(key))) {
    for (const line of invokerLines) {
      const login = line.exec(body)?.[1]?.trim();
      if (login !== undefined && login !== "") {
        found.push({ login, id: null, trust: "claimed", evidence: `named in the description, as ${name} does` });
      }
    }
  }
  found.push(...agentCommits.flatMap((commit) => coAuthors(commit, facts, policy)));
  return unique([
    ...found,
    ...shownBefore(facts).filter(({ login }) => !found.some((one) => sameLogin(one.login, login))),
  ]);
}

/**
 * Invokers whom a report has shown and whom nothing shows any more: comments are deleted, descriptions edited. The ledger has no names,
 * so they are told where they come up: as somebody who reviews, dismisses or arms.
 */
function shownBefore({ publications, reviews, pullRequest: { autoMergeArmedBy } }: Facts): readonly Invoker[] {
  const first = new Map<string, string>();
  for (const { invokers, headSha } of publications)
    for (const key of invokers) if (!first.has(key)) first.set(key, headSha.slice(0, 7));
  const armed = autoMergeArmedBy === "unknown" ? null : autoMergeArmedBy;
  const present = [...reviews.flatMap(({ account, dismissal }) => [account, dismissal?.by ?? null]), armed];
  return present.flatMap((account): readonly Invoker[] => {
    if (account === null) return [];
    const { login } = account;
    return [account.id, null].flatMap((id): readonly Invoker[] => {
      const at = first.get(invokerKey({ id, login }));
      return at === undefined ? [] : [{ login, id, trust: "claimed", evidence: `named in the report on ${at}` }];
    });
  });
}

function sameLogin(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/**
 * Whether GitHub attests who set the agents to work: somebody is attested, and behind everything that GitHub Actions itself did
 * stands one person. Where several people's runs were under way, any of them may have asked for it.
 */
export function isKnown(invokers: readonly Invoker[], { pullRequest }: Facts, policy: Lists): boolean {
  const told = (act: WorkflowAct): boolean => {
    const account = behind(act);
    return account !== null && !neverApproves(account, policy);
  };
  return invokers.some(({ trust }) => trust === "attested") && pullRequest.workflowActs.filter(byActions).every(told);
}

/** The one account whose run it must have been. */
function behind({ runBy }: WorkflowAct): Account | null {
  const [only, ...others] = runBy ?? [];
  return only !== undefined && others.length === 0 ? only : null;
}

/** With the token of a run of this repository: nobody else has it. */
function byActions({ as }: WorkflowAct): boolean {
  return as.id === actionsId;
}

const coAuthorLine = /^\s*co-authored-by:\s*([^<\r\n]*)<([^<>\r\n]+)>/gim;

function coAuthors(commit: CommitFacts, facts: Facts, policy: Lists): readonly Invoker[] {
  const evidence = `co-author trailer of ${commit.sha.slice(0, 7)}`;
  return [...commit.message.matchAll(coAuthorLine)].flatMap((match): Invoker[] => {
    const mailbox = (match[2] ?? "").trim();
    const account = accountIn(mailbox) ?? accountBehind(mailbox, facts);
    const login = account?.login ?? (match[1] ?? "").trim();
    const { also, automation, machines } = policy.agents;
    const ofAgent = textMarks(match[0].trim(), "footer").length > 0 || (account !== null && isListed(account));
    if (ofAgent || login === "" || names([...also, ...automation, ...machines], login)) return [];
    return [{ login, id: account?.id ?? null, trust: "claimed", evidence }];
  });
}

/** A trailer's mailbox is resolved where another commit of the change carries it and GitHub has mapped that one. */
function accountBehind(mailbox: string, facts: Facts): { id: number | null; login: string } | null {
  const signatures = facts.commits.flatMap(({ author, committer }) => [author, committer]);
  const same = signatures.find(({ email }) => email.toLowerCase() === mailbox.toLowerCase());
  return same === undefined ? null : (accountsOf(same)[0] ?? null);
}

/** One entry a login, with the evidence that can be trusted most; sorted. */
function unique(found: readonly Invoker[]): readonly Invoker[] {
  const best = new Map<string, Invoker>();
  for (const invoker of found) {
    const key = invoker.login.toLowerCase();
    const known = best.get(key);
    if (known === undefined || (known.trust === "claimed" && invoker.trust === "attested")) best.set(key, invoker);
  }
  const rank = (invoker: Invoker) => (invoker.trust === "attested" ? 0 : 1);
  return [...best.values()].sort((a, b) => rank(a) - rank(b) || byCodeUnits(a.login, b.login));
}
