import { z } from "zod";
import type {
  BranchSource,
  Clock,
  CollectedBranch,
  LookedBefore,
  PolicySource,
  PostureSource,
} from "../../app/ports.ts";
import {
  type BranchFacts,
  type BranchPolicy,
  isGatedBy,
  type Merged,
  type Movement,
  type RunThen,
} from "../../core/around/around.ts";
import { wasTakenBack } from "../../app/own-run.ts";
import type { Policy } from "../../core/policy/schema.ts";
import type { Posture } from "../../core/posture/posture.ts";
import type { BranchSubject, Repository } from "../../core/subject.ts";
import {
  type Along,
  type ApiFor,
  ask,
  askAll,
  askAlong,
  askOrNull,
  GitHubFailure,
  type Parameters,
  type Session,
} from "./api.ts";
import { isOrganisationRepository, Policies } from "./facts/policies.ts";
import { accountOrNull, moment, sha } from "./shapes.ts";
import { checkNameOn } from "../../core/check-name.ts";

export interface BranchParts {
  readonly apiFor: ApiFor;
  readonly clock: Clock;
  readonly appId: number;
  readonly posture: PostureSource;
  readonly policyOf: (policies: readonly PolicySource[]) => Policy;
}

/** GitHub's most for one page; it pages this list by cursors that no other list has. */
const movementsLimit = 100;
/** How far back the first look at a branch goes: what moved before the App came went around nothing. */
const firstLookMs = 10 * 60_000;
const runPages = 10;
const pullPages = 3;
const noSha = /^0+$/;

const repositoryShape = z.looseObject({ id: z.int(), default_branch: z.string() });
const refShape = z.looseObject({ object: z.looseObject({ sha }) });
const activityShape = z.looseObject({
  id: z.int(),
  before: sha,
  after: sha,
  timestamp: moment,
  activity_type: z.string(),
  actor: accountOrNull,
});
type Activity = z.infer<typeof activityShape>;

const runsShape = z
  .looseObject({
    check_runs: z.array(
      z.looseObject({
        id: z.int(),
        name: z.string(),
        app: z.looseObject({ id: z.int() }).nullable(),
        conclusion: z.string().nullable(),
        external_id: z.string().nullish(),
        started_at: moment.nullish(),
        completed_at: moment.nullish(),
      }),
    ),
  })
  .transform(({ check_runs }) => check_runs);

const mergedShape = z.looseObject({
  number: z.int(),
  merge_commit_sha: z.string().nullish(),
  merged_at: moment.nullish(),
  head: z.looseObject({ sha }),
  base: z.looseObject({ ref: z.string() }),
});

/**
 * Reads how a branch moved, from GitHub's own record of activity, which tells merges from pushes.
 * https://docs.github.com/en/rest/repos/repos#list-repository-activities
 */
export class GitHubBranches implements BranchSource {
  readonly #parts: BranchParts;
  readonly #policies = new Policies();

  constructor(parts: BranchParts) {
    this.#parts = parts;
  }

  /** Throws `GitHubFailure` or `RetryLater`. */
  async collect(
    subject: BranchSubject,
    { seenId, guarded }: LookedBefore,
    signal: AbortSignal,
  ): Promise<CollectedBranch> {
    const { apiFor, clock, posture: source } = this.#parts;
    const { installationId, branch } = subject;
    const session: Session = { api: await apiFor(installationId), signal, clock };
    const found = await readRepository(session, subject.repository);
    if (found === null) return { kind: "unwatched" };
    const { repository, defaultBranch } = found;
    const isDefault = branch === defaultBranch;
    const posture = await source.read({ installationId, repository, branch, isDefault }, signal);
    const required = requiredBy(posture);
    const watched = isDefault || required !== false || guarded;
    // A branch that was guarded once stays watched: who takes its rules away must not go unseen from then on.
    if (!watched && !(await this.#isGated(session, repository, defaultBranch, branch))) return { kind: "unwatched" };
    const listed = await listActivity(session, repository, branch);
    const at = listed.findIndex(({ id }) => id === seenId);
    const fresh =
      seenId === null
        ? listed.filter(({ timestamp }) => timestamp >= clock.now() - firstLookMs)
        : listed.slice(0, at === -1 ? undefined : at);
    const [newest] = listed;
    return {
      kind: "branch",
      facts: await this.#facts(session, { repository, defaultBranch }, posture, fresh),
      posture,
      seenId: newest?.id ?? seenId,
      complete: seenId === null || at !== -1 || listed.length < movementsLimit,
      upToDate: newest === undefined || newest.after === (await readTip(session, repository, branch)),
    };
  }

  /** How a branch moved in the last `windowMs`, as `complete` says to the end or not. Throws `GitHubFailure` or `RetryLater`. */
  async recent(
    session: Session,
    { repository, defaultBranch }: Found,
    posture: Posture,
    windowMs: number,
  ): Promise<{ readonly facts: BranchFacts; readonly complete: boolean }> {
    const listed = await listActivity(session, repository, posture.branch);
    const fresh = listed.filter(({ timestamp }) => timestamp >= session.clock.now() - windowMs);
    return {
      facts: await this.#facts(session, { repository, defaultBranch }, posture, fresh),
      complete: fresh.length < movementsLimit,
    };
  }

  /**
   * The movements of a branch that brought `fresh`: the commits that `headSha` has and something else has not. The oldest first. Null where
   * GitHub's record does not lead from the one to the other. Throws `GitHubFailure` or `RetryLater`.
   */
  async between(
    session: Session,
    repository: Repository,
    branch: { readonly name: string; readonly isDefault: boolean },
    { headSha, fresh }: { readonly headSha: string; readonly fresh: ReadonlySet<string> },
  ): Promise<readonly Movement[] | null> {
    if (fresh.size === 0) return [];
    const bringing = await listBringing(session, repository, branch.name, { headSha, fresh });
    if (bringing === null) return null;
    const at = { branch: branch.name, checkName: checkNameOn(branch.name, branch.isDefault) };
    const movements: Movement[] = [];
    for (const one of bringing.toReversed()) movements.push(await this.#movement(session, repository, at, one));
    return movements;
  }

  /** `fresh`: the newest first. */
  async #facts(
    session: Session,
    { repository, defaultBranch }: Found,
    posture: Posture,
    fresh: readonly Activity[],
  ): Promise<BranchFacts> {
    const { branch, checkName } = posture;
    const moved = fresh.filter(
      ({ activity_type }) => activity_type !== "branch_creation" && activity_type !== "branch_deletion",
    );
    const movements: Movement[] = [];
    for (const one of moved.toReversed()) {
      movements.push(await this.#movement(session, repository, { branch, checkName }, one));
    }
    const at = { repository, defaultBranch };
    return {
      movements,
      required: requiredBy(posture),
      policies: await this.#policiesOf(session, at, branch, moved.at(-1)?.before ?? null),
    };
  }

  /** Read from the default branch and above: what stands on a branch that nothing guards says nothing about it. */
  async #isGated(session: Session, repository: Repository, defaultBranch: string, branch: string): Promise<boolean> {
    const sources = [
      await this.#policies.ofOwner(session, repository.owner),
      ...(await this.#policyAt(session, repository, await readTip(session, repository, defaultBranch))),
    ];
    return isGatedBy(branch, this.#parts.policyOf(sources));
  }

  /**
   * The policy of the branch as for pull requests onto it; and the one that held where it stood before it moved, because a movement
   * may be what takes an alarm out of it. A push to the repository of the owner's policy may do that for all repositories.
   */
  async #policiesOf(
    session: Session,
    { repository, defaultBranch }: Found,
    branch: string,
    before: string | null,
  ): Promise<readonly BranchPolicy[]> {
    const isDefault = branch === defaultBranch;
    const owner = await this.#policies.ofOwner(session, repository.owner);
    const main = isDefault
      ? []
      : await this.#policyAt(session, repository, await readTip(session, repository, defaultBranch));
    const now = await this.#policyAt(session, repository, await readTip(session, repository, branch));
    const current = this.#parts.policyOf([owner, ...main, ...now]);
    if (before === null || noSha.test(before)) return [current];
    const holdsOwner = isDefault && isOrganisationRepository(repository);
    const earlier = [
      holdsOwner ? await this.#policies.ofOwnerAt(session, repository, before) : owner,
      ...main,
      ...(await this.#policyAt(session, repository, before)),
    ];
    return [current, this.#parts.policyOf(earlier)];
  }

  /** None where the branch is gone. */
  async #policyAt(session: Session, repository: Repository, commit: string): Promise<readonly PolicySource[]> {
    return noSha.test(commit) ? [] : await this.#policies.ofRepository(session, repository, commit);
  }

  async #movement(
    session: Session,
    repository: Repository,
    { branch, checkName }: { readonly branch: string; readonly checkName: string },
    { id, before, after, timestamp, activity_type, actor }: Activity,
  ): Promise<Movement> {
    const runOn = async (commit: string): Promise<RunThen> =>
      this.#runThen(session, repository, { commit, checkName, atMs: timestamp });
    const kind = kindOf(activity_type);
    const pulls = kind === "merge" ? await mergedBy(session, repository, branch, after) : [];
    const merged: Merged[] = [];
    for (const { number, head } of pulls) merged.push({ number, headSha: head.sha, run: await runOn(head.sha) });
    const run = merged.length > 0 ? null : await runOn(after);
    return { id, kind, atMs: timestamp, actor, beforeSha: before, afterSha: after, run, merged };
  }

  /** GitHub's moments have whole seconds: what happened in the same second counts as before. */
  async #runThen(
    session: Session,
    { owner, name: repo }: Repository,
    { commit, checkName, atMs }: { readonly commit: string; readonly checkName: string; readonly atMs: number },
  ): Promise<RunThen> {
    const { appId } = this.#parts;
    const route = "GET /repos/{owner}/{repo}/commits/{ref}/check-runs";
    const given = { owner, repo, ref: commit, check_name: checkName, app_id: appId, filter: "all" };
    const { items } = await askAll(session, route, given, runsShape, runPages);
    const own = items.filter(({ name, app, started_at }) => {
      return name === checkName && app?.id === appId && (started_at ?? atMs) <= atMs;
    });
    const newest = own.toSorted((a, b) => b.id - a.id)[0];
    if (newest === undefined) return null;
    const { id, conclusion, completed_at, external_id: reference } = newest;
    if (completed_at == null) return { id, passed: false };
    // What a halt took back later let it pass then: it takes back nothing but greens.
    if (wasTakenBack(reference ?? null) && completed_at > atMs) return { id, passed: true };
    return { id, passed: conclusion === "success" && completed_at <= atMs };
  }
}

function requiredBy({ requiring, unread }: Posture): boolean | null {
  return requiring.length > 0 ? true : unread.length > 0 ? null : false;
}

/** What GitHub may add one day is looked at as a push, which asks the most. */
function kindOf(activity: string): Movement["kind"] {
  if (activity === "pr_merge") return "merge";
  return activity === "merge_queue_merge" ? "queue" : "push";
}

interface Found {
  readonly repository: Repository;
  readonly defaultBranch: string;
}

/** Null where the app was not given the repository, or no longer: nothing can be told of its branches. */
async function readRepository(session: Session, { id, owner, name }: Repository): Promise<Found | null> {
  const found = await askOrNull(session, "GET /repos/{owner}/{repo}", { owner, repo: name }, repositoryShape);
  if (found === null) return null;
  if (found.id === id) return { repository: { id, owner, name }, defaultBranch: found.default_branch };
  throw new GitHubFailure(`Cannot read a branch of ${owner}/${name}: another repository has this name now.`, null);
}

/** A thousand movements: what is that far behind is told by nobody. */
const bringingPages = 10;

/** Newest first. Above those that brought a commit lies at most one that brought `headSha` among others. */
async function listBringing(
  session: Session,
  { owner, name: repo }: Repository,
  branch: string,
  { headSha, fresh }: { readonly headSha: string; readonly fresh: ReadonlySet<string> },
): Promise<readonly Activity[] | null> {
  const route = "GET /repos/{owner}/{repo}/activity";
  const bringing: Activity[] = [];
  let above: Activity | null = null;
  let given: Parameters | null = { owner, repo, ref: `refs/heads/${branch}` };
  for (let page = 0; page < bringingPages && given !== null; page += 1) {
    const { items, next }: Along<Activity> = await askAlong(session, route, given, z.array(activityShape));
    for (const one of items) {
      const before = bringing.at(-1);
      // A hole in the record may hide what brought something.
      if (before !== undefined && one.after !== before.before) return null;
      if (fresh.has(one.after)) {
        if (before === undefined && one.after !== headSha && above !== null) bringing.push(above);
        bringing.push(one);
        if (!fresh.has(one.before)) return bringing;
      } else if (before === undefined) above = one;
      else return null;
    }
    given = next;
  }
  return null;
}

/** Newest first. */
async function listActivity(
  session: Session,
  { owner, name: repo }: Repository,
  branch: string,
): Promise<readonly Activity[]> {
  const route = "GET /repos/{owner}/{repo}/activity";
  const given = { owner, repo, ref: `refs/heads/${branch}`, per_page: movementsLimit };
  return ask(session, route, given, z.array(activityShape));
}

async function readTip(session: Session, { owner, name: repo }: Repository, branch: string): Promise<string> {
  const route = "GET /repos/{owner}/{repo}/git/ref/{ref}";
  const found = await askOrNull(session, route, { owner, repo, ref: `heads/${branch}` }, refShape, [404, 409]);
  // As the record of activity writes a branch that is gone.
  return found?.object.sha ?? "0".repeat(40);
}

/** The pull requests whose merge left the branch at this commit. */
async function mergedBy(
  session: Session,
  { owner, name: repo }: Repository,
  branch: string,
  commit: string,
): Promise<readonly z.infer<typeof mergedShape>[]> {
  const route = "GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls";
  const given = { owner, repo, commit_sha: commit };
  const { items } = await askAll(session, route, given, z.array(mergedShape), pullPages);
  return items.filter(
    ({ merged_at, merge_commit_sha, base }) => merged_at != null && merge_commit_sha === commit && base.ref === branch,
  );
}
