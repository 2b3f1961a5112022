import type { IssueEvent, Thread } from "../state/model.ts";
import { fullName, type World } from "../state/world.ts";
import { simpleUser } from "./accounts.ts";
import { integration } from "./apps.ts";
import { API, iso, nodeId, type Schema } from "./schema.ts";

/** Details that name an account by its id are answered as the account. */
const ACCOUNT_DETAILS = new Set(["assignee", "requested_reviewer"]);

/** One entry of a pull request's history, as the events endpoint lists it; what only this kind has stands beside it. */
export function issueEventShape(world: World, thread: Thread, entry: IssueEvent): Schema<"issue-event"> {
  const api = `${API}/repos/${fullName(thread.repository)}`;
  const detail = Object.entries(entry.detail).map(([key, value]) => {
    const account = ACCOUNT_DETAILS.has(key) && typeof value === "number" ? world.accounts.get(value) : undefined;
    return [key, account === undefined ? value : simpleUser(account)];
  });
  return {
    id: entry.id,
    node_id: nodeId("EV", entry.id),
    url: `${api}/issues/events/${entry.id}`,
    actor: simpleUser(entry.actor),
    event: entry.event,
    commit_id: entry.commitSha,
    commit_url: entry.commitSha === null ? null : `${api}/commits/${entry.commitSha}`,
    created_at: iso(entry.atMs),
    performed_via_github_app: entry.app === null ? null : integration(entry.app),
    ...Object.fromEntries(detail),
  };
}
