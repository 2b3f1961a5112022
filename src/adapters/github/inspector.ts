import { z } from "zod";
import {
  type InspectedBranch,
  type InspectedRepository,
  type Inspection,
  type Inspector,
  type NotInstalled,
  type OrganisationRepository,
  recentDays,
  type Scope,
} from "../../app/inspection.ts";
import type { Clock, PolicySource, PostureSource } from "../../app/ports.ts";
import { unprovedProductions } from "../../core/bake/unproved.ts";
import type { PolicyReading } from "../../core/policy/reading.ts";
import { type Ungated, ungatedProductions } from "../../core/posture/production.ts";
import type { Repository } from "../../core/subject.ts";
import { ask, askAll, askOrNull, GitHubFailure, type Session } from "./api.ts";
import type { GitHubApp } from "./app.ts";
import type { GitHubBranches } from "./branches.ts";
import { listEnvironments } from "./environments.ts";
import { Policies, tip, tipOrNull } from "./facts/policies.ts";
import { effectiveBase, type Pull, pullShape } from "./shapes.ts";
import { checkNameOn } from "../../core/check-name.ts";

export interface InspectorParts {
  readonly app: Pick<GitHubApp, "installationOf" | "octokitFor">;
  readonly appId: number;
  readonly clock: Clock;
  readonly posture: PostureSource;
  readonly branches: Pick<GitHubBranches, "recent">;
  readonly policiesOf: (sources: readonly PolicySource[]) => Pick<PolicyReading, "sources" | "errors" | "policy">;
}

/** Pages of 100: more repositories than an installation has, and more open heads than anybody asks one by one. */
const repositoryPages = 1_000;
const branchPages = 3;
const pullPages = 3;

const repositoriesShape = z
  .looseObject({
    repositories: z.array(
      z.looseObject({
        id: z.int(),
        name: z.string(),
        owner: z.looseObject({ login: z.string() }),
        archived: z.boolean(),
        private: z.boolean(),
        default_branch: z.string(),
      }),
    ),
  })
  .transform(({ repositories }) => repositories);
const branchesShape = z.array(z.looseObject({ name: z.string(), protected: z.boolean() }));
const runsShape = z.looseObject({ total_count: z.int() });
const organisationRepository = ".github";

interface Covered extends Repository {
  readonly defaultBranch: string;
  readonly isPrivate: boolean;
}

/** Looks at an installation from outside of the loop, for people: reads everything afresh and writes nothing. */
export class GitHubInspector implements Inspector {
  readonly #parts: InspectorParts;
  readonly #policies = new Policies();

  constructor(parts: InspectorParts) {
    this.#parts = parts;
  }

  /** Throws `GitHubFailure` or `RetryLater` where not even the repositories can be listed. */
  async inspect(
    scope: Scope,
    onProgress: (done: number, of: number) => void,
    signal: AbortSignal,
  ): Promise<Inspection | NotInstalled> {
    const { app, appId, clock } = this.#parts;
    const found = await app.installationOf(scope.owner, signal);
    if (found === null) return notInstalled(`The App is not installed on ${scope.owner}: install it there.`);
    if (found.suspended)
      return notInstalled(`The installation on ${scope.owner} is suspended: an owner can resume it.`);
    const session: Session = { api: await app.octokitFor(found.id), signal, clock };
    const covered = await listCovered(session);
    const wanted = covered.filter(({ name }) => scope.name === null || name.toLowerCase() === scope.name.toLowerCase());
    if (scope.name !== null && wanted.length === 0) {
      return notInstalled(
        `The installation on ${scope.owner} does not cover ${scope.name}, or it is archived: add it to the installation.`,
      );
    }
    const repositories: InspectedRepository[] = [];
    for (const repository of wanted) {
      onProgress(repositories.length, wanted.length);
      repositories.push(await this.#repository(session, found.id, repository, scope.name !== null));
    }
    return {
      appId,
      installationId: found.id,
      organisationRepository: await readOrganisationRepository(session, scope.owner, covered),
      repositories,
    };
  }

  async #repository(
    session: Session,
    installationId: number,
    covered: Covered,
    isOnly: boolean,
  ): Promise<InspectedRepository> {
    const { id, owner, name } = covered;
    const repository: Repository = { id, owner, name };
    const branches: InspectedBranch[] = [];
    try {
      const { names, complete } = await listBranches(session, covered);
      const pulls = await listPulls(session, repository);
      for (const branch of names) {
        const inspected = await this.#branch(session, installationId, covered, branch, pulls);
        const recent = isOnly
          ? await this.#parts.branches.recent(
              session,
              { repository, defaultBranch: covered.defaultBranch },
              inspected.posture,
              recentDays * 86_400_000,
            )
          : null;
        branches.push({ ...inspected, recent });
      }
      const ungated = await this.#ungated(session, repository, covered.defaultBranch);
      return {
        repository,
        branches,
        isPrivate: covered.isPrivate,
        ungated,
        unread: complete ? null : "it has more protected branches than are looked at",
      };
    } catch (failed) {
      if (!(failed instanceof GitHubFailure)) throw failed;
      return { repository, branches, isPrivate: covered.isPrivate, ungated: [], unread: failed.message };
    }
  }

  /** By the policy of the default branch, from which deployments come. */
  async #ungated(session: Session, repository: Repository, defaultBranch: string): Promise<readonly Ungated[]> {
    const stands = await tipOrNull(session, repository, defaultBranch);
    if (stands === null) return [];
    const [organisation, own] = await Promise.all([
      this.#policies.ofOwner(session, repository.owner),
      this.#policies.ofRepository(session, repository, stands),
    ]);
    const shown = await listEnvironments(session, repository, this.#parts.appId);
    const { policy, sources } = this.#parts.policiesOf([organisation, ...own]);
    return ungatedProductions(shown, policy, sources.length > 0);
  }

  async #branch(
    session: Session,
    installationId: number,
    { id, owner, name, defaultBranch }: Covered,
    branch: string,
    pulls: { readonly items: readonly Pull[]; readonly complete: boolean },
  ): Promise<Omit<InspectedBranch, "recent">> {
    const repository = { id, owner, name };
    const isDefault = branch === defaultBranch;
    const onto = pulls.items.filter((pull) => effectiveBase(pull) === branch);
    const heads = [...new Set(onto.map(({ head }) => head.sha))];
    const commits = await Promise.all(
      (isDefault ? [branch] : [defaultBranch, branch]).map((each) => tip(session, repository, each)),
    );
    const [posture, organisation, own, runs] = await Promise.all([
      this.#parts.posture.read({ installationId, repository, branch, isDefault }, session.signal),
      this.#policies.ofOwner(session, owner),
      Promise.all(commits.map((commit) => this.#policies.ofRepository(session, repository, commit))),
      Promise.all(heads.map((sha) => this.#hasRun(session, repository, sha, checkNameOn(branch, isDefault)))),
    ]);
    const { sources, errors, policy } = this.#parts.policiesOf([organisation, ...own.flat()]);
    const withoutRun = runs.filter((has) => !has).length;
    return {
      branch,
      posture,
      policySources: sources,
      policyErrors: errors,
      unproved: isDefault && sources.length > 0 ? unprovedProductions(policy) : [],
      heads: { open: heads.length, withoutRun, complete: pulls.complete },
    };
  }

  async #hasRun(session: Session, { owner, name: repo }: Repository, sha: string, checkName: string): Promise<boolean> {
    const route = "GET /repos/{owner}/{repo}/commits/{ref}/check-runs";
    const given = { owner, repo, ref: sha, check_name: checkName, app_id: this.#parts.appId, per_page: 1 };
    return (await ask(session, route, given, runsShape)).total_count > 0;
  }
}

async function listCovered(session: Session): Promise<readonly Covered[]> {
  const { items } = await askAll(session, "GET /installation/repositories", {}, repositoriesShape, repositoryPages);
  return items
    .filter(({ archived }) => !archived)
    .map(({ id, name, owner, private: isPrivate, default_branch: defaultBranch }) => {
      return { id, name, owner: owner.login, defaultBranch, isPrivate };
    });
}

/** The default branch first. A repository without commits has none. */
async function listBranches(
  session: Session,
  { owner, name: repo, defaultBranch }: Covered,
): Promise<{ readonly names: readonly string[]; readonly complete: boolean }> {
  const route = "GET /repos/{owner}/{repo}/branches";
  const given = { owner, repo, protected: true };
  const { items, complete } = await askAll(session, route, given, branchesShape, branchPages);
  const others = items.filter((branch) => branch.protected && branch.name !== defaultBranch).map(({ name }) => name);
  const main = await askOrNull(session, `${route}/{branch}`, { owner, repo, branch: defaultBranch }, z.unknown());
  return { names: main === null ? others : [defaultBranch, ...others], complete };
}

async function listPulls(
  session: Session,
  { owner, name: repo }: Repository,
): Promise<{ readonly items: readonly Pull[]; readonly complete: boolean }> {
  const route = "GET /repos/{owner}/{repo}/pulls";
  return askAll(session, route, { owner, repo, state: "open" }, z.array(pullShape), pullPages);
}

async function readOrganisationRepository(
  session: Session,
  owner: string,
  covered: readonly Covered[],
): Promise<OrganisationRepository> {
  if (covered.some(({ name }) => name.toLowerCase() === organisationRepository)) return "covered";
  const found = await askOrNull(
    session,
    "GET /repos/{owner}/{repo}",
    { owner, repo: organisationRepository },
    z.unknown(),
  );
  return found === null ? "absent" : "public and not covered";
}

function notInstalled(because: string): NotInstalled {
  return { kind: "not installed", because };
}
