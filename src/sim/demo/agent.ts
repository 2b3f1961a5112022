import { z } from "zod";
import type { Incident } from "../incidents.ts";
import type { Stage } from "./stage.ts";

/** A pull request as its opener got it back. */
export interface Opened {
  readonly number: number;
  readonly headSha: string;
}

const withSha = z.object({ sha: z.string() });
const branchRef = z.object({ object: z.object({ sha: z.string() }) });
const commitTree = z.object({ tree: z.object({ sha: z.string() }) });
const pull = z.object({ number: z.number(), head: z.object({ sha: z.string() }) });

/** Opens an incident's pull request through GitHub's API, with the agent's own token, as the agent did. */
export async function openAsAgent(incident: Incident, stage: Stage): Promise<Opened> {
  const { account, token } = stage.agents[incident.agent];
  const ask = requester(`${stage.github.url}/repos/acme/infra`, token);
  const main = branchRef.parse(await ask("GET", "/git/ref/heads/main")).object.sha;
  const base = commitTree.parse(await ask("GET", `/git/commits/${main}`)).tree.sha;
  const written = await Promise.all(
    [...incident.files].map(async ([path, content]) => {
      const { sha } = withSha.parse(await ask("POST", "/git/blobs", { content, encoding: "utf-8" }));
      return { path, mode: "100644", type: "blob", sha };
    }),
  );
  const removed = incident.removed.map((path) => ({ path, mode: "100644", type: "blob", sha: null }));
  const { sha: tree } = withSha.parse(
    await ask("POST", "/git/trees", { base_tree: base, tree: [...written, ...removed] }),
  );
  const author = { name: account.login, email: `${account.id}+${account.login}@users.noreply.github.com` };
  const { sha: commit } = withSha.parse(
    await ask("POST", "/git/commits", { message: messageOf(incident, stage), tree, parents: [main], author }),
  );
  const branch = `${incident.agent}/${incident.id.toLowerCase()}`;
  await ask("POST", "/git/refs", { ref: `refs/heads/${branch}`, sha: commit });
  const opened = pull.parse(
    await ask("POST", "/pulls", { title: incident.title, body: incident.body, head: branch, base: "main" }),
  );
  return { number: opened.number, headSha: opened.head.sha };
}

/** Agents with an account of their own name the person who asked; Codex acts with that person's account. */
function messageOf({ agent, title }: Incident, { invoker }: Stage): string {
  if (agent === "codex") return `${title}\n\nCo-authored-by: Codex <noreply@openai.com>\n`;
  return `${title}\n\nCo-authored-by: ${invoker.login} <${invoker.id}+${invoker.login}@users.noreply.github.com>\n`;
}

type Ask = (method: "GET" | "POST", path: string, body?: unknown) => Promise<unknown>;

/** Calls the fake's REST API. Throws with GitHub's own words where it refuses. */
export function requester(base: string, token: string): Ask {
  return async (method, path, body) => {
    const response = await fetch(base + path, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${await response.text()}`);
    return await response.json();
  };
}
