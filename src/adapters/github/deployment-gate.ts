import { z } from "zod";
import type {
  BlobCache,
  Clock,
  CollectedDeployment,
  DeploymentGate,
  DeploymentSource,
  PolicySource,
  PostureSource,
} from "../../app/ports.ts";
import type { Movement } from "../../core/around/around.ts";
import type { Gap } from "../../core/change/change-set.ts";
import type { Answer } from "../../core/deployment-gate/answer.ts";
import { environmentsNamed } from "../../core/deployment-gate/environments.ts";
import type { Baking, Differing, GuardedBranch, Live } from "../../core/deployment-gate/facts.ts";
import { liveIn } from "../../core/deployment-gate/live.ts";
import type { DeploymentRecord } from "../../core/deployments/deployments.ts";
import { type Unusable, withFormers } from "../../core/policy/former.ts";
import type { PolicyReading } from "../../core/policy/reading.ts";
import type { Environment, Policy } from "../../core/policy/schema.ts";
import type { DeploymentSubject, Repository } from "../../core/subject.ts";
import { byCodeUnits } from "../../lib/order.ts";
import { type ApiFor, ask, askOrNull, GitHubFailure, orGone, type Session } from "./api.ts";
import type { GitHubBranches } from "./branches.ts";
import { isAsked } from "./environments.ts";
import { compare, isOn } from "./facts/commits.ts";
import { DeployedFiles } from "./facts/deployed-files.ts";
import { Carriers } from "./facts/deployment-jobs.ts";
import { readDeployments } from "./facts/deployments.ts";
import { missing } from "./facts/gap.ts";
import { Policies, tip, tipOrNull } from "./facts/policies.ts";
import { Trees } from "./facts/trees.ts";
import { accountOrNull, sha } from "./shapes.ts";

export interface DeploymentGateParts {
  readonly apiFor: ApiFor;
  readonly clock: Clock;
  readonly blobs: BlobCache;
  readonly appId: number;
  readonly posture: PostureSource;
  readonly branches: Pick<GitHubBranches, "between">;
  readonly readingOf: (policies: readonly PolicySource[]) => PolicyReading;
  readonly unusable: Unusable;
}

/** How far back what is live is looked for; what was live at that moment is found as well. */
const liveWithinMs = 30 * 86_400_000;

/** Paths that are looked up in every commit that was deployed where it bakes. */
const differingLimit = 1_000;

const runShape = z.looseObject({
  head_sha: sha,
  head_branch: z.string().nullable(),
  status: z.string().nullable(),
  actor: accountOrNull,
  triggering_actor: accountOrNull,
});
type Run = z.infer<typeof runShape>;
const pendingShape = z.array(z.looseObject({ environment: z.looseObject({ name: z.string().nullish() }) }));
const repositoryShape = z.looseObject({ id: z.int(), default_branch: z.string() });

/**
 * Deployments that wait at the gate of an environment. Which commit a run is for, and whether it waits at all, is read here: of the webhook
 * that tells of it nothing is taken but where to look. https://docs.github.com/en/rest/actions/workflow-runs
 */
export class GitHubDeploymentGate implements DeploymentSource, DeploymentGate {
  readonly #parts: DeploymentGateParts;
  readonly #policies = new Policies();
  readonly #trees = new Trees();
  readonly #carriers = new Carriers();
  readonly #files = new DeployedFiles();

  constructor(parts: DeploymentGateParts) {
    this.#parts = parts;
  }

  /** Throws `GitHubFailure` or `RetryLater`. */
  async collectDeployment(subject: DeploymentSubject, signal: AbortSignal): Promise<CollectedDeployment> {
    const { apiFor, clock } = this.#parts;
    const session: Session = { api: await apiFor(subject.installationId), signal, clock };
    const { repository } = subject;
    const { owner, name: repo } = repository;
    const found = await askOrNull(session, "GET /repos/{owner}/{repo}", { owner, repo }, repositoryShape);
    if (found === null) return { kind: "ended" };
    if (found.id !== repository.id) {
      throw new GitHubFailure(
        `Cannot read a deployment of ${owner}/${repo}: another repository has this name now.`,
        null,
      );
    }
    const route = "GET /repos/{owner}/{repo}/actions/runs/{run_id}";
    const run = await askOrNull(session, route, { owner, repo, run_id: subject.runId }, runShape);
    if (run === null || run.status === "completed") return { kind: "ended" };
    if (subject.asks === "rule" && !(await this.#waitsForUs(session, subject))) return { kind: "ended" };
    return await this.#collect(session, subject, run, found.default_branch);
  }

  async #collect(
    session: Session,
    subject: DeploymentSubject,
    run: Run,
    defaultBranch: string,
  ): Promise<CollectedDeployment> {
    const { repository } = subject;
    const headSha = run.head_sha;
    const branch = await this.#branchOf(session, subject, run, defaultBranch);
    const policies = await this.#inForce(session, repository, defaultBranch, branch?.name ?? defaultBranch);
    const reading = this.#parts.readingOf(policies);
    const { policy } = reading;
    const environments = environmentsNamed(subject.environment, policy);
    const names = environments.map(({ name }) => name);
    const record = await this.#deployments(
      session,
      repository,
      policy,
      { names, withinMs: liveWithinMs, paths: [] },
      headSha,
    );
    const found = liveIn(environments, record, repository);
    const { live } = found;
    const between = live === null ? nothing : await this.#between(session, repository, branch, { live, headSha });
    const baking =
      live === null ? nothing : await this.#baking(session, repository, policy, environments, { live, headSha });
    const facts = {
      subject,
      headSha,
      startedBy: [run.actor, run.triggering_actor],
      branch,
      live,
      movements: between.movements,
      baking: baking.baking,
      gaps: [
        ...(found.live === null && environments.length > 0 ? [notLive(found.because)] : []),
        ...between.gaps,
        ...baking.gaps,
      ],
    };
    return { kind: "waiting", facts, reading };
  }

  /** Whether a job of the run waits for the environment, and for the rule of this App. */
  async #waitsForUs(session: Session, { repository, runId, environment }: DeploymentSubject): Promise<boolean> {
    const { owner, name: repo } = repository;
    const route = "GET /repos/{owner}/{repo}/actions/runs/{run_id}/pending_deployments";
    const pending = await ask(session, route, { owner, repo, run_id: runId }, pendingShape);
    if (!pending.some((one) => isCalled(one.environment.name, environment))) return false;
    return await isAsked(session, repository, environment, this.#parts.appId);
  }

  /** The first of the branches that contain it where the check is required; else the first that contains it. */
  async #branchOf(
    session: Session,
    { installationId, repository }: DeploymentSubject,
    { head_sha: head, head_branch: own }: Run,
    defaultBranch: string,
  ): Promise<GuardedBranch | null> {
    const containing: GuardedBranch[] = [];
    for (const name of new Set([defaultBranch, ...(own === null ? [] : [own])])) {
      // A tag may have the name of a branch: the branch's own tip is asked for.
      const stands = await tipOrNull(session, repository, name);
      if (stands === null || !(await isOn(session, repository, stands, head))) continue;
      const isDefault = name === defaultBranch;
      const at = { installationId, repository, branch: name, isDefault };
      const { requiring, unread } = await this.#parts.posture.read(at, session.signal);
      const pinned = requiring.some(({ pinnedTo }) => pinnedTo === this.#parts.appId);
      if (pinned) return { name, isDefault, required: true };
      containing.push({ name, isDefault, required: unread.length > 0 ? null : false });
    }
    return containing.find(({ required }) => required === null) ?? containing[0] ?? null;
  }

  /** As for a pull request onto the branch, with the last versions that can be used in the place of those that cannot. */
  async #inForce(
    session: Session,
    repository: Repository,
    defaultBranch: string,
    branch: string,
  ): Promise<readonly PolicySource[]> {
    const own = await Promise.all(
      [...new Set([defaultBranch, branch])].map(async (name) => {
        const at = { branch: name, tip: await tip(session, repository, name) };
        return { at, files: await this.#policies.ofRepository(session, repository, at.tip) };
      }),
    );
    const sources = [await this.#policies.ofOwner(session, repository.owner), ...own.flatMap(({ files }) => files)];
    const later = (): void => {};
    const past = (source: PolicySource): AsyncGenerator<PolicySource, string> => {
      const at = own.find(({ files }) => files.includes(source))?.at;
      return at === undefined
        ? this.#policies.pastOfOwner(session, repository.owner, later)
        : this.#policies.past(session, source.scope, repository, at, later);
    };
    return await withFormers(sources, past, this.#parts.unusable);
  }

  async #deployments(
    session: Session,
    repository: Repository,
    policy: Policy,
    wanted: { readonly names: readonly string[]; readonly withinMs: number; readonly paths: readonly string[] },
    baseSha: string,
  ): Promise<DeploymentRecord> {
    const { blobs } = this.#parts;
    const parts = { trees: this.#trees, blobs, policy, carriers: this.#carriers, files: this.#files };
    const paths = wanted.paths.map((path) => [path]);
    const environments = wanted.names.map((name) => ({ name, withinMs: wanted.withinMs }));
    return await readDeployments(
      session,
      repository,
      parts,
      { environments, paths, contentsOf: [], tips: [] },
      baseSha,
    );
  }

  /** How what is not live came to stand on the branch. */
  async #between(
    session: Session,
    repository: Repository,
    branch: GuardedBranch | null,
    { live, headSha }: { readonly live: Live; readonly headSha: string },
  ): Promise<Read> {
    // It is refused for that already.
    if (branch === null) return nothing;
    const compared = await orGone(() => compare(session, repository, live.sha, headSha));
    if (compared === null) return { ...nothing, gaps: [liveGone(live)] };
    const fresh = new Set(compared.commits.map((commit) => commit.sha));
    const movements = await this.#parts.branches.between(session, repository, branch, { headSha, fresh });
    return movements === null
      ? { ...nothing, gaps: [...compared.gaps, untold(branch)] }
      : { ...nothing, movements, gaps: compared.gaps };
  }

  /** What differs between what is live and what is to be deployed, and what ran where it is to have run before. */
  async #baking(
    session: Session,
    repository: Repository,
    policy: Policy,
    environments: readonly Environment[],
    { live, headSha }: { readonly live: Live; readonly headSha: string },
  ): Promise<Read> {
    const bakes = environments.flatMap((environment) => environment.bakes).filter(({ at }) => at === "deployment");
    if (bakes.length === 0) return nothing;
    const differing = await this.#differing(session, repository, live.sha, headSha);
    if (differing === null) return { ...nothing, gaps: [liveGone(live)] };
    if (differing.length > differingLimit) return { ...nothing, gaps: [tooFarApart(differing.length)] };
    const names = [...new Set(bakes.map((bake) => bake.in))];
    const withinMs = Math.max(...bakes.map(({ expiresMs }) => expiresMs));
    const paths = differing.map(({ path }) => path);
    const record = await this.#deployments(session, repository, policy, { names, withinMs, paths }, live.sha);
    return { ...nothing, baking: { differing, record } };
  }

  /** Null where one of them is gone, or cannot be listed whole. */
  async #differing(
    session: Session,
    repository: Repository,
    live: string,
    head: string,
  ): Promise<readonly Differing[] | null> {
    const listed = await orGone(() =>
      Promise.all([live, head].map((commit) => this.#trees.list(session, repository, commit))),
    );
    const [before, after] = listed ?? [];
    if (before === undefined || after === undefined) return null;
    if ([before, after].some(({ unlisted, unclear }) => unlisted.length > 0 || unclear.size > 0)) return null;
    return [...new Set([...before.tree.keys(), ...after.tree.keys()])]
      .map((path) => ({ path, live: before.tree.get(path) ?? null, head: after.tree.get(path) ?? null }))
      .filter((one) => one.live?.sha !== one.head?.sha || one.live?.mode !== one.head?.mode)
      .toSorted((a, b) => byCodeUnits(a.path, b.path));
  }

  /** Throws `GitHubFailure` or `RetryLater`. */
  async answer(subject: DeploymentSubject, answer: Answer, comment: string, signal: AbortSignal): Promise<boolean> {
    const { apiFor, clock } = this.#parts;
    const session: Session = { api: await apiFor(subject.installationId), signal, clock };
    const { owner, name: repo } = subject.repository;
    const route = "POST /repos/{owner}/{repo}/actions/runs/{run_id}/deployment_protection_rule";
    const state = answer === "waits" ? {} : { state: answer };
    const given = { owner, repo, run_id: subject.runId, environment_name: subject.environment, ...state, comment };
    try {
      await ask(session, route, given, z.unknown());
      return true;
    } catch (failed) {
      // This App is not asked any more, or has reported too often: to send it again at once would change nothing.
      if (failed instanceof GitHubFailure && failed.status === 422) return false;
      throw failed;
    }
  }
}

/** What one part of the reading came to. */
interface Read {
  readonly movements: readonly Movement[];
  readonly baking: Baking | null;
  readonly gaps: readonly Gap[];
}

const nothing: Read = { movements: [], baking: null, gaps: [] };

/** GitHub's names of environments are the same in every case. */
function isCalled(name: string | null | undefined, wanted: string): boolean {
  return name?.toLowerCase() === wanted.toLowerCase();
}

function notLive(because: string): Gap {
  return missing(
    "nothing-live",
    `what is live there: ${because}`,
    "Name in `deployed_by` who deploys there; for the first deployment an administrator starts the job past this rule.",
  );
}

function liveGone({ sha: live }: Live): Gap {
  return missing(
    "live-gone",
    `what has changed since \`${live.slice(0, 7)}\`, which is live: the repository does not have it any more`,
    "Deploy a commit that the branch has, past this rule: an administrator can.",
  );
}

function tooFarApart(paths: number): Gap {
  return missing(
    "too-far-apart",
    `what of this has run before: ${paths} files differ from what is live, and ${differingLimit} are looked up at most`,
    "Deploy an earlier commit of the branch first.",
  );
}

function untold({ name }: GuardedBranch): Gap {
  return missing(
    "movements-not-told",
    `how what is to be deployed came to stand on \`${name}\`: GitHub's record of it has a hole, or does not go back that far`,
    "Deploy a commit that stood at the tip of the branch; or an administrator starts the job past this rule.",
  );
}
