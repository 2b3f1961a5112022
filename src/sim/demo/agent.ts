import { Octokit } from "@octokit/rest";
import type { Incident } from "../incidents.ts";
import type { Stage } from "./stage.ts";

/** A pull request as its opener got it back. */
export interface Opened {
  readonly number: number;
  readonly headSha: string;
}

const place = { owner: "acme", repo: "infra" } as const;

/** Opens an incident's pull request through GitHub's API, with the agent's own token, as the agent did. `branch` tells several apart. */
export async function openAsAgent(incident: Incident, stage: Stage, branch = ""): Promise<Opened> {
  const { account, token } = stage.agents[incident.agent];
  const { git, pulls } = clientOf(stage, token).rest;
  const main = (await git.getRef({ ...place, ref: "heads/main" })).data.object.sha;
  const base = (await git.getCommit({ ...place, commit_sha: main })).data.tree.sha;
  const written = await Promise.all(
    [...incident.files].map(async ([path, content]) => {
      const { data } = await git.createBlob({ ...place, content, encoding: "utf-8" });
      return { path, mode: "100644", type: "blob", sha: data.sha } as const;
    }),
  );
  const removed = incident.removed.map((path) => ({ path, mode: "100644", type: "blob", sha: null }) as const);
  const tree = (await git.createTree({ ...place, base_tree: base, tree: [...written, ...removed] })).data.sha;
  const author = { name: account.login, email: `${account.id}+${account.login}@users.noreply.github.com` };
  const commit = { ...place, message: messageOf(incident, stage), tree, parents: [main], author };
  const { sha } = (await git.createCommit(commit)).data;
  const head = [incident.agent, incident.id.toLowerCase(), branch].filter((part) => part !== "").join("/");
  await git.createRef({ ...place, ref: `refs/heads/${head}`, sha });
  const { title, body } = incident;
  const { data: opened } = await pulls.create({ ...place, title, body, head, base: "main" });
  return { number: opened.number, headSha: opened.head.sha };
}

/** Approves as a person does, with that person's own token. */
export async function approve({ number }: Opened, login: string, stage: Stage): Promise<void> {
  const { pulls } = clientOf(stage, stage.tokenOf(login)).rest;
  await pulls.createReview({ ...place, pull_number: number, event: "APPROVE" });
}

/** Sets a pull request to merge by itself, in the agent's name. */
export async function arm({ number }: Opened, agent: Incident["agent"], stage: Stage): Promise<void> {
  await mutate(
    number,
    stage.agents[agent].token,
    "enablePullRequestAutoMerge(input: { pullRequestId: $id, mergeMethod: MERGE })",
    stage,
  );
}

/** Switches that off, in a person's name. */
export async function disarm({ number }: Opened, login: string, stage: Stage): Promise<void> {
  await mutate(number, stage.tokenOf(login), "disablePullRequestAutoMerge(input: { pullRequestId: $id })", stage);
}

async function mutate(number: number, token: string, mutation: string, stage: Stage): Promise<void> {
  const client = clientOf(stage, token);
  const { data } = await client.rest.pulls.get({ ...place, pull_number: number });
  await client.graphql(`mutation($id: ID!) { ${mutation} { clientMutationId } }`, { id: data.node_id });
}

/** Merges as a person does. GitHub refuses where the check that it asks for is not green. */
export async function merge({ number }: Opened, login: string, stage: Stage): Promise<void> {
  await clientOf(stage, stage.tokenOf(login)).rest.pulls.merge({ ...place, pull_number: number });
}

/** Closes a pull request in the agent's name. */
export async function close({ number }: Opened, agent: Incident["agent"], stage: Stage): Promise<void> {
  await clientOf(stage, stage.agents[agent].token).rest.pulls.update({
    ...place,
    pull_number: number,
    state: "closed",
  });
}

/** The heads of all open pull requests. Every one of the demo is an agent's. */
export async function openHeads(stage: Stage): Promise<readonly Opened[]> {
  const { pulls } = clientOf(stage, stage.agents.codex.token).rest;
  const { data } = await pulls.list({ ...place, state: "open", per_page: 100 });
  return data.map(({ number, head }) => ({ number, headSha: head.sha }));
}

/** GitHub's own client, pointed at the fake. */
export function clientOf({ github }: Stage, token: string): Octokit {
  return new Octokit({ baseUrl: github.url, auth: token });
}

/** Agents with an account of their own name the person who asked; Codex acts with that person's account. */
function messageOf({ agent, title }: Incident, { invoker }: Stage): string {
  if (agent === "codex") return `${title}\n\nCo-authored-by: Codex <noreply@openai.com>\n`;
  return `${title}\n\nCo-authored-by: ${invoker.login} <${invoker.id}+${invoker.login}@users.noreply.github.com>\n`;
}
