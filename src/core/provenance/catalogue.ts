import { type Agent, agents } from "./agents.ts";

/** An account that is known by id, by login where the id is not known, or by both. */
export interface KnownAccount {
  readonly id: number | null;
  readonly login: string;
}

/** `github-actions[bot]`. Agents that run with a workflow's own token commit under this id too: there the login part decides. */
export const actionsId = 41898282;

/** They comment and review; some may approve. What they author or push is an agent's work, a suggestion that a person accepted is not. */
export const reviewers: readonly KnownAccount[] = [
  { id: 175728472, login: "copilot-pull-request-reviewer[bot]" },
  { id: 62310815, login: "github-advanced-security[bot]" },
  { id: 223894421, login: "github-code-quality[bot]" },
  { id: 136622811, login: "coderabbitai[bot]" },
  { id: 165735046, login: "greptile-apps[bot]" },
  { id: 191113872, login: "cubic-dev-ai[bot]" },
  { id: 58596630, login: "sourcery-ai[bot]" },
  { id: 96075541, login: "graphite-app[bot]" },
  { id: 180357370, login: "detail-app[bot]" },
  { id: 184448029, login: "depthfirst-app[bot]" },
  { id: 156709835, login: "codecov-ai[bot]" },
  { id: 111687743, login: "gitstream-cm[bot]" },
  { id: null, login: "qodo-merge-for-open-source[bot]" },
  { id: null, login: "entelligence-ai-pr-reviews[bot]" },
  { id: null, login: "recurseml[bot]" },
  { id: null, login: "propel-code-bot[bot]" },
  { id: null, login: "baz-reviewer[bot]" },
  { id: null, login: "windsurf-bot[bot]" },
  { id: null, login: "gru-agent[bot]" },
];

/** Programs that do the same each time. They are automation only where the policy names them; the id here is the one that must act. */
export const deterministic: readonly KnownAccount[] = [
  { id: 49699333, login: "dependabot[bot]" },
  { id: 27856297, login: "dependabot-preview[bot]" },
  { id: 29139614, login: "renovate[bot]" },
  { id: null, login: "snyk-bot" },
  { id: actionsId, login: "github-actions[bot]" },
  { id: 55107282, login: "release-please[bot]" },
  { id: 37929162, login: "mergify[bot]" },
  { id: 66853113, login: "pre-commit-ci[bot]" },
  { id: 114827586, login: "autofix-ci[bot]" },
  { id: 142633134, login: "stainless-app[bot]" },
  { id: 42748379, login: "dotnet-maestro[bot]" },
  { id: 118344674, login: "github-merge-queue[bot]" },
  { id: 26634292, login: "bors[bot]" },
  { id: 122020455, login: "rust-bors[bot]" },
  { id: 49736102, login: "kodiakhq[bot]" },
  { id: 23040076, login: "greenkeeper[bot]" },
  { id: 60162190, login: "gcf-merge-on-green[bot]" },
  { id: 42819689, login: "whitesource-bolt-for-github[bot]" },
  { id: 42819689, login: "mend-bolt-for-github[bot]" },
  { id: 50673670, login: "mend-for-github-com[bot]" },
  { id: 110428419, login: "hashicorp-copywrite[bot]" },
  { id: 188008098, login: "stepsecurity-app[bot]" },
  { id: 126015336, login: "red-hat-konflux[bot]" },
];

/** Accounts of type User that have been seen to approve and are no people. */
const machineUsers: readonly KnownAccount[] = [{ id: null, login: "lunary-bot" }];

const agentById = new Map(agents.flatMap((agent) => agent.ids.map((id) => [id, agent] as const)));
const agentByLogin = new Map(
  agents.flatMap((agent) =>
    [...agent.logins, ...agent.apps.map((slug) => `${slug}[bot]`)].map(
      (login) => [login.toLowerCase(), agent] as const,
    ),
  ),
);
const listed = [...reviewers, ...deterministic, ...machineUsers];
const listedIds = new Set(listed.map(({ id }) => id).filter((id) => id !== null));
const listedLogins = new Set(listed.map(({ login }) => login.toLowerCase()));
const reviewerIds = new Set(reviewers.map(({ id }) => id).filter((id) => id !== null));
const reviewerLogins = new Set(reviewers.map(({ login }) => login.toLowerCase()));

/** The agent behind an account: by id, else by login: the id of GitHub Actions belongs to none of them, there the login tells. */
export function agentOf(account: KnownAccount): Agent | null {
  const byId = account.id === null ? undefined : agentById.get(account.id);
  return byId ?? agentByLogin.get(account.login.toLowerCase()) ?? null;
}

/** A name as people write it, with an `@` or without and in any case, in the form in which it is compared. */
export function plainName(name: string): string {
  return name.trim().toLowerCase().replace(/^@/u, "");
}

/** The agent that people call so: by its key, the slug of an app or a login. */
export function agentNamed(name: string): Agent | null {
  const wanted = plainName(name);
  const known = agents.find(({ key, apps }) => key === wanted || apps.includes(wanted));
  return known ?? agentOf({ id: null, login: wanted });
}

/** Keys of the agents that a name may mean: a key, the slug of an app, a login, or the word that calls one, with or without `@`. */
export function agentsNamed(name: string): readonly string[] {
  const wanted = plainName(name);
  return agents
    .filter(({ key, apps, logins, handles }) =>
      [key, ...apps, ...apps.map((slug) => `${slug}[bot]`), ...logins, ...handles].some(
        (one) => one.toLowerCase() === wanted,
      ),
    )
    .map(({ key }) => key);
}

/** Whether the account reviews and is not known to open pull requests. */
export function isReviewer(account: KnownAccount): boolean {
  return (account.id !== null && reviewerIds.has(account.id)) || reviewerLogins.has(account.login.toLowerCase());
}

/** Whether any list here has the account: its approval is not a person's. */
export function isListed(account: KnownAccount): boolean {
  const known = account.id !== null && listedIds.has(account.id);
  return agentOf(account) !== null || known || listedLogins.has(account.login.toLowerCase());
}

/** The numeric id that goes with the login of a well-known program; null where none is recorded. */
export function deterministicId(login: string): number | null {
  return deterministic.find((known) => known.login.toLowerCase() === login.toLowerCase())?.id ?? null;
}
