import { z } from "zod";
import type { BlobCache } from "../../../app/ports.ts";
import type { Content } from "../../../core/change/change-set.ts";
import type {
  BranchRecord,
  DeploymentFacts,
  DeploymentRecord,
  DeploymentStatusFacts,
  EnvironmentRecord,
  VersionFacts,
  WorkflowRunFacts,
} from "../../../core/deployments/deployments.ts";
import type { Wanted } from "../../../core/deployments/wanted.ts";
import type { Account } from "../../../core/facts.ts";
import type { Environment, Policy } from "../../../core/policy/schema.ts";
import { actionsId } from "../../../core/provenance/catalogue.ts";
import type { Repository } from "../../../core/subject.ts";
import { byCodeUnits } from "../../../lib/order.ts";
import { askGraphql, GitHubFailure, type Session } from "../api.ts";
import { moment, sha } from "../shapes.ts";
import { readArrivals } from "./arrivals.ts";
import { readContents } from "./blobs.ts";
import { readBranch } from "./deployed-branches.ts";
import type { DeployedFiles } from "./deployed-files.ts";
import { type Carriers, readRuns } from "./deployment-jobs.ts";
import { tipOrNull } from "./policies.ts";
import type { Trees } from "./trees.ts";

/** What reading deployments takes. */
export interface DeploymentParts {
  readonly trees: Trees;
  readonly blobs: BlobCache;
  readonly policy: Policy;
  readonly carriers: Carriers;
  readonly files: DeployedFiles;
}

const perQuery = 50;
/** Fifty queries: of an environment with more deployments within the time that is asked for nothing is known. */
const queriesLimit = 20;
/** Jobs that are looked for side by side. */
const atOnce = 10;
/** Statuses of one deployment; where there are more, nothing is known of it. */
const statusesLimit = 100;

const states = ["error", "failure", "inactive", "in_progress", "pending", "queued", "success", "waiting"] as const;

const actorShape = z.looseObject({ __typename: z.string(), login: z.string(), databaseId: z.int().nullish() });
const statusShape = z.looseObject({
  state: z
    .string()
    .toLowerCase()
    .pipe(z.enum(states).or(z.string().transform(() => "unknown" as const))),
  createdAt: moment,
  creator: actorShape.nullable(),
});
const deploymentShape = z.looseObject({
  databaseId: z.int(),
  commitOid: sha,
  createdAt: moment,
  environment: z.string().nullable(),
  originalEnvironment: z.string().nullable(),
  creator: actorShape.nullable(),
  statuses: z.looseObject({ nodes: z.array(statusShape), pageInfo: z.looseObject({ hasNextPage: z.boolean() }) }),
});
const pageShape = z.looseObject({
  repository: z.looseObject({
    deployments: z.looseObject({
      nodes: z.array(deploymentShape),
      pageInfo: z.looseObject({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
    }),
  }),
});
type Shown = z.infer<typeof deploymentShape>;

const query = `query Deployments($owner: String!, $name: String!, $environments: [String!], $first: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    deployments(environments: $environments, first: $first, after: $after, orderBy: { field: CREATED_AT, direction: DESC }) {
      nodes {
        databaseId commitOid createdAt environment originalEnvironment
        creator { ...who }
        statuses(first: ${statusesLimit}) { nodes { state createdAt creator { ...who } } pageInfo { hasNextPage } }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}
fragment who on Actor { __typename login ... on Bot { databaseId } ... on User { databaseId } }`;

/**
 * Deployments with all their statuses, by GraphQL: a hundred answers of the REST API would be needed for what one query gives. What
 * GitHub refuses to tell, or has too much of, is told as not known. https://docs.github.com/en/graphql/reference/objects#deployment
 */
export async function readDeployments(
  session: Session,
  repository: Repository,
  parts: DeploymentParts,
  wanted: Wanted,
  baseSha: string,
): Promise<DeploymentRecord> {
  const { environments, branches, deployed } = await readDeployed(session, repository, parts, wanted.environments);
  const tips = await readTips(session, repository, wanted);
  const commits = [...new Set([baseSha, ...deployed, ...tips.map((tip) => tip.sha)])].toSorted(byCodeUnits);
  const { paths, versions } = await readVersions(session, repository, parts, wanted, commits, baseSha);
  const compared = paths.filter((path) => wanted.contentsOf.includes(path));
  const arrivals = await readArrivals(session, repository, parts.files, branches, compared);
  const all = [...versions, ...arrivals.flatMap(({ before, after }) => [before, after])];
  const contents = await contentsAt(session, repository, parts.blobs, all, compared);
  return { environments, branches, tips, paths, versions, arrivals, contents };
}

/** What stands at these paths of the versions, by blob. */
async function contentsAt(
  session: Session,
  repository: Repository,
  blobs: BlobCache,
  versions: readonly VersionFacts[],
  paths: readonly string[],
): Promise<DeploymentRecord["contents"]> {
  const compared = new Set(paths);
  const entries = versions.flatMap((version) =>
    Object.entries(version.files ?? {}).flatMap(([path, entry]) => (compared.has(path) ? [entry] : [])),
  );
  const byBlob = new Map(entries.map((entry) => [entry.sha, entry]));
  const contentOf = await readContents(session, repository, blobs, [...byBlob.values()], new Map());
  const contents = [...byBlob].map(([blob, entry]): readonly [string, Content] => [blob, contentOf(entry)]);
  return Object.fromEntries(contents.toSorted(([a], [b]) => byCodeUnits(a, b)));
}

/** Without branches that there are not. */
async function readTips(
  session: Session,
  repository: Repository,
  { tips }: Pick<Wanted, "tips">,
): Promise<DeploymentRecord["tips"]> {
  const read = await Promise.all(
    tips.map(async ({ environment, branch }) => ({ environment, sha: await tipOrNull(session, repository, branch) })),
  );
  return read.flatMap(({ environment, sha: tip }) => (tip === null ? [] : [{ environment, sha: tip }]));
}

/** Deployments, and the branches that `deployed_by` names, without what was deployed. */
export async function readDeployed(
  session: Session,
  repository: Repository,
  parts: Pick<DeploymentParts, "policy" | "carriers">,
  wanted: Wanted["environments"],
): Promise<{
  readonly environments: readonly EnvironmentRecord[];
  readonly branches: readonly BranchRecord[];
  readonly deployed: readonly string[];
}> {
  const now = session.clock.now();
  const environments = await Promise.all(
    wanted.map(async ({ name, withinMs }): Promise<EnvironmentRecord> => {
      const environment = parts.policy.environments[name];
      if (environment === undefined)
        return { kind: "unknown", environment: name, because: "the policy has no such environment" };
      return await knownOr(name, () => readEnvironment(session, repository, parts, environment, now - withinMs));
    }),
  );
  const deployed = environments.flatMap((record) =>
    record.kind === "known" ? [...record.deployments, ...record.runs].map((one) => one.sha) : [],
  );
  const refs = new Set(
    wanted.flatMap(({ name }) =>
      (parts.policy.environments[name]?.deployedBy ?? []).flatMap((one) => (one.kind === "workflow" ? [one.ref] : [])),
    ),
  );
  const branches = await Promise.all(
    [...refs]
      .toSorted(byCodeUnits)
      .map(async (ref): Promise<BranchRecord> => await readBranch(session, repository, ref, new Set(deployed))),
  );
  return { environments, branches, deployed };
}

/** Refusals are an answer too: without the permission nothing is evidence, and people decide. */
async function knownOr(environment: string, read: () => Promise<EnvironmentRecord>): Promise<EnvironmentRecord> {
  try {
    return await read();
  } catch (failed) {
    if (!(failed instanceof GitHubFailure) || !refused(failed)) throw failed;
    return { kind: "unknown", environment, because: "GitHub does not let this app read its deployments" };
  }
}

function refused({ status, message }: GitHubFailure): boolean {
  return status === 403 || status === 404 || (status === null && /(?:FORBIDDEN|NOT_FOUND): /u.test(message));
}

async function readEnvironment(
  session: Session,
  repository: Repository,
  { carriers }: Pick<DeploymentParts, "carriers">,
  environment: Environment,
  sinceMs: number,
): Promise<EnvironmentRecord> {
  const { name, deployments: names } = environment;
  // Actions makes the deployments of its own jobs; those of others no job carries.
  const withCarrier = async (shown: Shown): Promise<DeploymentFacts> => {
    const made = { id: shown.databaseId, sha: shown.commitOid };
    return asFacts(shown, byActions(shown) ? await carriers.of(session, repository, made) : null);
  };
  const unknown = (because: string): EnvironmentRecord => ({ kind: "unknown", environment: name, because });
  if (environment.deployedBy.length === 0)
    return unknown(`the policy does not say whose word counts: \`environments.${name}.deployed_by\` names nobody`);
  const listed =
    names.length === 0
      ? { items: [], complete: true, toTheEnd: true }
      : await list(session, repository, spellings(names), sinceMs);
  if (!listed.complete) return unknown(`it has had more than ${perQuery * queriesLimit} deployments in that time`);
  if (listed.items.some(({ statuses }) => statuses.pageInfo.hasNextPage))
    return unknown(`a deployment has more than ${statusesLimit} statuses`);
  const deployments: DeploymentFacts[] = [];
  for (let start = 0; start < listed.items.length; start += atOnce) {
    const some = listed.items.slice(start, start + atOnce);
    deployments.push(...(await Promise.all(some.map(async (shown) => await withCarrier(shown)))));
  }
  const runs = listed.items.length === 0 ? await readRuns(session, repository, carriers, environment, sinceMs) : [];
  if (runs === null) return unknown("its workflows have run more often than can be looked through");
  return {
    kind: "known",
    environment: name,
    deployments: deployments.toSorted((a, b) => a.createdAtMs - b.createdAtMs || a.id - b.id),
    runs,
    sinceMs: listed.toTheEnd ? null : sinceMs,
  };
}

/** Newest first, until one is older than `sinceMs`: what was live at that moment is among them. */
async function list(
  session: Session,
  { owner, name }: Repository,
  environments: readonly string[],
  sinceMs: number,
): Promise<{ readonly items: readonly Shown[]; readonly complete: boolean; readonly toTheEnd: boolean }> {
  const items: Shown[] = [];
  let after: string | null = null;
  for (let asked = 0; asked < queriesLimit; asked += 1) {
    const given: Readonly<Record<string, unknown>> = { owner, name, environments, first: perQuery, after };
    const { repository } = await askGraphql(session, query, given, pageShape);
    const { nodes, pageInfo }: z.infer<typeof pageShape>["repository"]["deployments"] = repository.deployments;
    items.push(...nodes);
    if (!pageInfo.hasNextPage) return { items, complete: true, toTheEnd: true };
    if (nodes.some(({ createdAt }) => createdAt < sinceMs)) return { items, complete: true, toTheEnd: false };
    after = pageInfo.endCursor;
  }
  return { items, complete: false, toTheEnd: false };
}

function byActions({ creator }: Shown): boolean {
  return creator?.__typename === "Bot" && creator.databaseId === actionsId;
}

/**
 * GitHub's environments are the same in every case, and its list of deployments is asked for letter by letter: what was deployed there under
 * another spelling proves nothing, and may speak against a change.
 * https://docs.github.com/en/actions/how-tos/deploy/configure-and-manage-deployments/manage-environments
 */
function spellings(names: readonly string[]): readonly string[] {
  const all = names.flatMap((name) => [
    name,
    name.toLowerCase(),
    name.toUpperCase(),
    name.charAt(0).toUpperCase() + name.slice(1).toLowerCase(),
  ]);
  return [...new Set(all)];
}

function asFacts(shown: Shown, carriedBy: WorkflowRunFacts | null): DeploymentFacts {
  const { environment, originalEnvironment: first } = shown;
  return {
    id: shown.databaseId,
    environment: environment === first ? environment : null,
    sha: shown.commitOid,
    creator: accountOf(shown.creator),
    createdAtMs: shown.createdAt,
    statuses: shown.statuses.nodes.map(
      ({ state, createdAt, creator }): DeploymentStatusFacts => ({
        state,
        createdAtMs: createdAt,
        creator: accountOf(creator),
      }),
    ),
    carriedBy,
  };
}

/** GraphQL gives the slug of an app where REST gives the login of its bot. */
function accountOf(actor: z.infer<typeof actorShape> | null): Account | null {
  if (actor?.databaseId == null) return null;
  const { __typename: type, login, databaseId: id } = actor;
  if (type === "User") return { id, login, type };
  return { id, login: type === "Bot" && !login.endsWith("[bot]") ? `${login}[bot]` : login, type: "Bot" };
}

/** Of paths that stand for the same thing only those are looked up that there are at the base's tip; where there are none, all of them. */
async function readVersions(
  session: Session,
  repository: Repository,
  { trees, files }: DeploymentParts,
  { paths }: Wanted,
  commits: readonly string[],
  baseSha: string,
): Promise<Pick<DeploymentRecord, "paths" | "versions">> {
  if (paths.length === 0) return { paths: [], versions: [] };
  const { tree } = await trees.list(session, repository, baseSha);
  const all = paths.flatMap((alternatives) => {
    const there = alternatives.filter((path) => tree.has(path));
    return there.length > 0 ? there : alternatives;
  });
  const sought = [...new Set(all)].toSorted(byCodeUnits);
  const versions = await files.read(session, repository, commits, sought);
  return { paths: sought, versions };
}
