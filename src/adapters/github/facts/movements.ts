import { z } from "zod";
import type { Account, WorkflowAct } from "../../../core/facts.ts";
import { actionsId, agentOf } from "../../../core/provenance/catalogue.ts";
import type { Repository } from "../../../core/subject.ts";
import { askAll, askOrNull, GitHubFailure, type Session } from "../api.ts";
import { accountOrNull, accountShape, moment, type Pull, sha } from "../shapes.ts";

const movementsShown = 100;
const movement = z
  .looseObject({ after: sha.or(z.literal("")).nullable(), actor: accountShape.nullish(), timestamp: moment })
  .transform(({ after, actor, timestamp }) => ({ after, actor: actor ?? null, atMs: timestamp }));
/** One movement of the head branch. */
export type Movement = z.infer<typeof movement>;

/**
 * How the head branch moved, newest first, a hundred at most. Null where GitHub does not say: for a fork whose activity it does not
 * show to this app. https://docs.github.com/en/rest/repos/repos#list-repository-activities
 */
export async function readMovements(session: Session, { head, base }: Pull): Promise<readonly Movement[] | null> {
  if (head.repo === null) return null;
  const hidden = head.repo.id === base.repo.id ? [404] : [403, 404];
  const route = "GET /repos/{owner}/{repo}/activity";
  const given = {
    owner: head.repo.owner.login,
    repo: head.repo.name,
    ref: `refs/heads/${head.ref}`,
    per_page: movementsShown,
  };
  return await askOrNull(session, route, given, z.array(movement), hidden);
}

/** Who moved the branch to a commit, the newest time. Null where GitHub does not say. */
export function pusherOf(commit: string, movements: readonly Movement[] | null): Account | null {
  return movements?.find(({ after }) => after === commit)?.actor ?? null;
}

/** A workflow's token ends with its job, after a day at the latest. https://docs.github.com/en/actions/concepts/security/github_token */
const runMs = 86_400_000;
/** Moments of GitHub's services differ by this at most, as far as it matters here. */
const slackMs = 10_000;
/** Three hundred runs in a day and around it: with more, whose run it was is not told. */
const pagesLimit = 3;

const runShape = z
  .looseObject({
    status: z.string().nullable(),
    created_at: moment,
    updated_at: moment,
    run_attempt: z.int().optional(),
    actor: accountOrNull,
    triggering_actor: accountOrNull,
  })
  .transform(({ status, created_at, updated_at, run_attempt = 1, actor, triggering_actor }) => ({
    sinceMs: created_at,
    untilMs: status === "completed" ? updated_at : Number.POSITIVE_INFINITY,
    /** Only the first and the latest attempt are shown: who asked for those between is not told. */
    by: run_attempt > 2 ? [null] : [actor, triggering_actor],
  }));
const runsShape = z.looseObject({ workflow_runs: z.array(runShape) }).transform(({ workflow_runs }) => workflow_runs);

/**
 * What workflows did to a pull request, and whose runs were under way then. GitHub does not tell which run pushed; a push in the name
 * of GitHub Actions comes from one of this repository that was under way, so where all of these are one person's it was theirs.
 * Nothing is asked where no workflow had a hand in it. https://docs.github.com/en/rest/actions/workflow-runs
 */
export async function readWorkflowActs(
  session: Session,
  { owner, name: repo }: Repository,
  pull: Pull,
  movements: readonly Movement[] | null,
): Promise<readonly WorkflowAct[]> {
  const acts = actsOf(pull, movements ?? []);
  if (acts.length === 0) return [];
  const moments = acts.map(({ atMs }) => atMs);
  const from = new Date(Math.min(...moments) - runMs).toISOString();
  const until = new Date(Math.max(...moments) + slackMs).toISOString();
  try {
    const route = "GET /repos/{owner}/{repo}/actions/runs";
    const given = { owner, repo, created: `${from}..${until}` };
    const { items, complete: all } = await askAll(session, route, given, runsShape, pagesLimit);
    // Of a branch that moved more often not every act is known.
    const complete = all && (movements?.length ?? 0) < movementsShown;
    return acts.map(({ as, atMs }) => {
      const underWay = items.filter(({ sinceMs, untilMs }) => sinceMs <= atMs + slackMs && atMs <= untilMs + slackMs);
      return { as, runBy: complete ? accountsOf(underWay.flatMap(({ by }) => by)) : null };
    });
  } catch (failed) {
    // Who set it off is not known then, which asks for one more approval.
    if (failed instanceof GitHubFailure && (failed.status === 403 || failed.status === 404)) {
      return acts.map(({ as }) => ({ as, runBy: null }));
    }
    throw failed;
  }
}

/** A fork's workflows run in the fork, where this app sees none of their runs. */
function actsOf(
  pull: Pull,
  movements: readonly Movement[],
): readonly { readonly as: Account; readonly atMs: number }[] {
  const opened = { actor: pull.user, atMs: pull.created_at };
  const own = pull.head.repo?.id === pull.base.repo.id ? movements : [];
  return [opened, ...own].flatMap(({ actor, atMs }) =>
    actor !== null && worksInRuns(actor) ? [{ as: actor, atMs }] : [],
  );
}

function worksInRuns(account: Account): boolean {
  return account.id === actionsId || agentOf(account)?.inWorkflows === true;
}

/** By id; null where one is gone, and where there is none. */
function accountsOf(all: readonly (Account | null)[]): readonly Account[] | null {
  if (all.length === 0 || all.includes(null)) return null;
  const byId = new Map(all.flatMap((account) => (account === null ? [] : [[account.id, account] as const])));
  return [...byId.values()].toSorted((a, b) => a.id - b.id);
}
