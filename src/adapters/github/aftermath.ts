import { z } from "zod";
import type { AftermathSource, Clock, CollectedAftermath, InQuestion, PolicySource } from "../../app/ports.ts";
import type { AftermathCase } from "../../core/ledger/entry.ts";
import type { Policy } from "../../core/policy/schema.ts";
import { arrivalsBefore, causesOf, type Deployed, livesIn } from "../../core/rollback/cause.ts";
import type { Signal } from "../../core/rollback/signal.ts";
import type { LandedChange } from "../../core/rollback/words.ts";
import type { AftermathSubject, Repository } from "../../core/subject.ts";
import { type ApiFor, ask, askAll, askOrNull, type Session } from "./api.ts";
import { Carriers } from "./facts/deployment-jobs.ts";
import { readDeployed } from "./facts/deployments.ts";
import { Policies, tipOrNull } from "./facts/policies.ts";
import { Trees } from "./facts/trees.ts";
import { sha } from "./shapes.ts";
import { isTakenBack } from "./taken-back.ts";

export interface AftermathParts {
  readonly apiFor: ApiFor;
  readonly clock: Clock;
  readonly policyOf: (policies: readonly PolicySource[]) => Policy;
}

const dayMs = 86_400_000;
/** How far back what goes wrong is dealt with: a policy that is written today does nothing about last week. */
const causesMs = dayMs;
/** How much further back deployments are read, to find what was live before. */
const beforeMs = 30 * dayMs;
/** Of more commits nobody can say in time which pull requests they came by. */
const commitsLimit = 60;
const pullPages = 2;

const repositoryShape = z.looseObject({ id: z.int(), default_branch: z.string() });
const comparedShape = z.looseObject({
  total_commits: z.int().nonnegative(),
  commits: z.array(z.looseObject({ sha, parents: z.array(z.looseObject({ sha })) })),
});
const pullShape = z.looseObject({
  number: z.int(),
  merge_commit_sha: z.string().nullish(),
  merged_at: z.string().nullish(),
  base: z.looseObject({ ref: z.string() }),
});
const mergedShape = z.looseObject({ merged_at: z.string().nullish() });

/** Reads what went live from the deployments that GitHub shows, and by which pull requests it came. */
export class GitHubAftermath implements AftermathSource {
  readonly #parts: AftermathParts;
  readonly #policies = new Policies();
  readonly #carriers = new Carriers();
  readonly #trees = new Trees();

  constructor(parts: AftermathParts) {
    this.#parts = parts;
  }

  /** Throws `GitHubFailure` or `RetryLater`. */
  async policyOf(
    { installationId, repository }: Pick<AftermathSubject, "installationId" | "repository">,
    signal: AbortSignal,
  ): Promise<Policy | null> {
    return (await this.#inForce(await this.#session(installationId, signal), repository))?.policy ?? null;
  }

  /** Throws `GitHubFailure` or `RetryLater`. */
  async collect(
    subject: AftermathSubject,
    signals: readonly Signal[],
    known: readonly AftermathCase[],
    signal: AbortSignal,
  ): Promise<CollectedAftermath> {
    const session = await this.#session(subject.installationId, signal);
    const found = await this.#inForce(session, subject.repository);
    if (found === null || found.policy.rollback.on.length === 0) return { kind: "unwatched" };
    const { policy, repository } = found;
    const wanted = Object.values(policy.environments)
      .filter(({ deployedBy }) => deployedBy.length > 0)
      .map(({ name }) => ({ name, withinMs: causesMs + policy.rollback.withinMs + beforeMs }));
    const parts = { policy, carriers: this.#carriers };
    const deployed: Deployed = await readDeployed(session, repository, parts, wanted);
    const sinceMs = this.#parts.clock.now() - causesMs;
    const questions: InQuestion[] = [];
    for (const cause of causesOf(deployed, signals, policy, repository, sinceMs)) {
      if (known.some(({ causeId }) => causeId === cause.id)) continue;
      const changes = new Map<number, LandedChange>();
      let complete = true;
      for (const { fromSha, toSha } of arrivalsBefore(cause, deployed, policy, repository)) {
        const came = await cameBy(session, repository, fromSha, toSha);
        for (const change of came.changes) changes.set(change.number, change);
        complete &&= came.complete;
      }
      questions.push({ cause, changes: [...changes.values()].toSorted((a, b) => a.number - b.number), complete });
    }
    const returned = [];
    for (const one of known)
      returned.push(...(await returnedOf(session, repository, one, deployed, policy, this.#trees)));
    return { kind: "aftermath", policy, questions, returned };
  }

  async #session(installationId: number, signal: AbortSignal): Promise<Session> {
    const { apiFor, clock } = this.#parts;
    return { api: await apiFor(installationId), signal, clock };
  }

  async #inForce(
    session: Session,
    { id, owner, name }: Repository,
  ): Promise<{ readonly policy: Policy; readonly repository: Repository } | null> {
    const found = await askOrNull(session, "GET /repos/{owner}/{repo}", { owner, repo: name }, repositoryShape);
    if (found?.id !== id) return null;
    const repository = { id, owner, name };
    const tip = await tipOrNull(session, repository, found.default_branch);
    const own = tip === null ? [] : await this.#policies.ofRepository(session, repository, tip);
    const policy = this.#parts.policyOf([await this.#policies.ofOwner(session, owner), ...own]);
    return { policy, repository };
  }
}

/**
 * The pull requests that what came last brought. A commit that came by none, one of which too much came to be listed, one that is gone,
 * and what was there before if that is not known: then it is not complete.
 */
async function cameBy(
  session: Session,
  repository: Repository,
  fromSha: string | null,
  toSha: string,
): Promise<{ readonly changes: readonly LandedChange[]; readonly complete: boolean }> {
  if (fromSha === toSha) return { changes: [], complete: true };
  const { owner, name: repo } = repository;
  const whole = await between(session, repository, fromSha, toSha);
  // Where what was live before is gone, at least the commit that came is asked about: an agent's change is not to go unnamed for that.
  const compared = whole ?? (await between(session, repository, null, toSha));
  if (compared === null) return { changes: [], complete: false };
  const commits = compared.commits.slice(-commitsLimit);
  const parents = new Map(commits.map((commit) => [commit.sha, commit.parents.map((parent) => parent.sha)]));
  const changes = new Map<number, LandedChange>();
  const covered = new Set<string>();
  for (const commit of commits) {
    const at = { owner, repo, commit_sha: commit.sha };
    const list = "GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls";
    for (const pull of (await askAll(session, list, at, z.array(pullShape), pullPages)).items) {
      const mergeSha = pull.merge_commit_sha ?? "";
      const onto = parents.get(mergeSha);
      if (pull.merged_at == null || onto === undefined) continue;
      covered.add(commit.sha);
      for (const one of broughtBy(mergeSha, parents)) covered.add(one);
      changes.set(pull.number, { number: pull.number, mergeSha, parents: onto.length, baseRef: pull.base.ref });
    }
  }
  const isWhole = fromSha !== null && whole !== null && commits.length === compared.total_commits;
  return { changes: [...changes.values()], complete: isWhole && commits.every((one) => covered.has(one.sha)) };
}

type Parents = ReadonlyMap<string, readonly string[]>;

/** A commit, and what it merged: all that came now and leads to it by its further parents, without what was on the branch before. */
function broughtBy(mergeSha: string, parents: Parents): ReadonlySet<string> {
  const [first = "", ...further] = parents.get(mergeSha) ?? [];
  const before = leadingTo([first], parents, new Set());
  return new Set([mergeSha, ...leadingTo(further, parents, before)]);
}

function leadingTo(commits: readonly string[], parents: Parents, without: ReadonlySet<string>): ReadonlySet<string> {
  const found = new Set<string>();
  const left = [...commits];
  for (let one = left.pop(); one !== undefined; one = left.pop()) {
    const next = parents.get(one);
    if (next === undefined || found.has(one) || without.has(one)) continue;
    found.add(one);
    left.push(...next);
  }
  return found;
}

/** Without a commit to begin at, the other one alone. Null: one of them is gone. GitHub answers 422 for a SHA that it has never seen. */
async function between(
  session: Session,
  { owner, name: repo }: Repository,
  fromSha: string | null,
  toSha: string,
): Promise<z.infer<typeof comparedShape> | null> {
  if (fromSha === null) {
    const given = { owner, repo, ref: toSha };
    const shape = comparedShape.shape.commits.element;
    const found = await askOrNull(session, "GET /repos/{owner}/{repo}/commits/{ref}", given, shape, [404, 422]);
    return found === null ? null : { total_commits: 1, commits: [found] };
  }
  const given = { owner, repo, basehead: `${fromSha}...${toSha}`, per_page: 100, page: 1 };
  return await askOrNull(session, "GET /repos/{owner}/{repo}/compare/{basehead}", given, comparedShape, [404, 422]);
}

/** Changes of a case that are not live any more: an older commit went live since, the revert that was opened is merged, or another one. */
async function returnedOf(
  session: Session,
  repository: Repository,
  { causeId, environment, atMs, changes, revert, rolledBack }: AftermathCase,
  { environments, branches }: Deployed,
  policy: Policy,
  trees: Trees,
) {
  const open = changes.filter(({ number }) => !rolledBack.some((one) => one.number === number));
  const record = environments.find((one) => one.environment === environment);
  const where = policy.environments[environment];
  const last =
    record?.kind === "known" && where !== undefined
      ? livesIn(record, where, branches, repository).findLast((live) => live.atMs > atMs)
      : undefined;
  const { owner, name: repo } = repository;
  const returned: { readonly causeId: string; readonly number: number; readonly by: "deployment" | "revert" }[] = [];
  for (const { number, mergeSha, isAgent } of open) {
    if (isAgent && revert !== null) {
      const route = "GET /repos/{owner}/{repo}/pulls/{pull_number}";
      const found = await ask(session, route, { owner, repo, pull_number: revert }, mergedShape);
      if (found.merged_at != null) returned.push({ causeId, number, by: "revert" });
      if (found.merged_at != null) continue;
    }
    if (last !== undefined) {
      const route = "GET /repos/{owner}/{repo}/compare/{basehead}";
      const given = { owner, repo, basehead: `${last.sha}...${mergeSha}`, per_page: 1 };
      const compared = await askOrNull(session, route, given, z.looseObject({ ahead_by: z.int() }), [404, 422]);
      if (compared !== null && compared.ahead_by > 0) {
        returned.push({ causeId, number, by: "deployment" });
        continue;
      }
    }
    if (await isTakenBack(session, repository, trees, { number, mergeSha }))
      returned.push({ causeId, number, by: "revert" });
  }
  return returned;
}
