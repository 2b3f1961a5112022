import { shorten } from "../../lib/text.ts";
import type { Environment, Witness } from "../policy/schema.ts";
import { actionsId } from "../provenance/catalogue.ts";
import type { Repository } from "../subject.ts";
import type { BranchRecord, DeploymentFacts, DeploymentState, WorkflowRunFacts } from "./deployments.ts";

/** What an environment says of itself, as far as evidence goes. */
type Evidencing = Pick<Environment, "deployments" | "deployedBy">;

/** Something that happened to an environment. Only what is `proved` can be evidence; what speaks against a change needs no proof. */
export interface Happening {
  /** `went_live`: a deployment succeeded. `ended`: it is not live any more. `failed`: GitHub shows a failure of it. `unhealthy`: monitoring says so. */
  readonly kind: "went_live" | "ended" | "failed" | "unhealthy";
  readonly atMs: number;
  /** From when on it is proved: GitHub says that something went live a moment before or after the job that did it is over. */
  readonly provedMs: number;
  readonly sha: string;
  /** Of the deployment; of the run where there is no deployment. */
  readonly id: number;
  readonly proved: boolean;
  /** Who says so, for the report: "run 8812 of `deploy.yml` on `main`". Null: nobody whose word counts. */
  readonly by: string | null;
}

/** What all that is read of an environment comes to. */
export interface Evidence {
  /** In the order of time; at the same moment what speaks against a change comes last. */
  readonly happenings: readonly Happening[];
  /** Deployments that succeeded and prove nothing, the newest last, with the reason. */
  readonly unproved: readonly { readonly id: number; readonly sha: string; readonly because: string }[];
}

interface Read {
  readonly deployments: readonly DeploymentFacts[];
  readonly runs: readonly WorkflowRunFacts[];
}

/**
 * Sorts what GitHub shows of an environment into what proves that something went live there, by `deployed_by`, and what does not. A
 * run of a named workflow proves it where there is no deployment at all.
 */
export function evidenceOf(
  { deployments, runs }: Read,
  environment: Evidencing,
  branches: readonly BranchRecord[],
  repository: Repository,
): Evidence {
  const judged = deployments.map((deployment) => ({
    deployment,
    proof: proofOf(deployment, environment, branches, repository),
  }));
  const happenings =
    deployments.length > 0
      ? judged.flatMap(({ deployment, proof }) => happeningsOf(deployment, proof))
      : runs.flatMap((run) => ofRun(run, environment, branches, repository));
  const unproved = judged.flatMap(({ deployment: { id, sha, statuses }, proof }) =>
    proof.kind === "none" && statuses.some(({ state }) => state === "success")
      ? [{ id, sha, because: proof.because }]
      : [],
  );
  return { happenings: happenings.toSorted(inOrder), unproved };
}

const ranks = { went_live: 0, ended: 1, failed: 2, unhealthy: 3 } as const;

/** In the order of time; at the same moment what speaks against a change comes last. */
export function inOrder(a: Happening, b: Happening): number {
  return a.atMs - b.atMs || ranks[a.kind] - ranks[b.kind] || Number(b.proved) - Number(a.proved) || a.id - b.id;
}

type Proof =
  | { readonly kind: "none"; readonly because: string }
  /** The word of GitHub Actions about its own job: it succeeded once, at this moment. */
  | { readonly kind: "job"; readonly atMs: number; readonly provedMs: number; readonly by: string }
  /** The words of an app: every success of its is one. */
  | { readonly kind: "app"; readonly slugs: readonly string[]; readonly by: string };

function proofOf(
  deployment: DeploymentFacts,
  { deployments: names, deployedBy }: Evidencing,
  branches: readonly BranchRecord[],
  repository: Repository,
): Proof {
  const { environment, statuses, carriedBy } = deployment;
  if (environment === null) return { kind: "none", because: "it was made for another environment" };
  if (!names.includes(environment))
    return { kind: "none", because: `\`deployments\` does not have ${quoted(environment)}` };
  if (deployedBy.length === 0) return { kind: "none", because: "the policy names nobody in `deployed_by`" };
  const slugs = deployedBy.flatMap((witness) => (witness.kind === "app" ? [witness.slug] : []));
  const speaking = slugs.filter((slug) => statuses.some((status) => isBy(slug, status) && status.state === "success"));
  if (speaking.length > 0)
    return { kind: "app", slugs: speaking, by: speaking.map((slug) => `\`${slug}\``).join(", ") };
  if (carriedBy === null)
    return { kind: "none", because: "no job of a workflow carries it, and no app of `deployed_by` speaks of it" };
  const because =
    deployment.sha === carriedBy.sha
      ? whyNot(carriedBy, deployedBy, branches, repository)
      : "its job ran on another commit";
  if (because !== null) return { kind: "none", because };
  const succeeded = statuses.filter(({ state, creator }) => state === "success" && creator?.id === actionsId);
  const { completedAtMs } = carriedBy;
  if (carriedBy.conclusion !== "success" || completedAtMs === null || succeeded.length === 0)
    return { kind: "none", because: "its job has not succeeded" };
  // Any workflow can post a status in the name of Actions: one that comes before the job is over says nothing, nor do later ones.
  const atMs = Math.min(...succeeded.map(({ createdAtMs }) => createdAtMs));
  return { kind: "job", atMs, provedMs: Math.max(atMs, completedAtMs), by: runName(carriedBy) };
}

/** Whether an app speaks for itself in a status. */
export function isBy(slug: string, { creator }: DeploymentFacts["statuses"][number]): boolean {
  return creator?.type === "Bot" && creator.login.toLowerCase() === `${slug}[bot]`;
}

/** Events that run a workflow as the branch has it. Those of pull requests run what their authors wrote. */
const trusted: ReadonlySet<string> = new Set([
  "push",
  "schedule",
  "workflow_dispatch",
  "repository_dispatch",
  "workflow_run",
]);

/** Whether a run for this event runs the workflow as its branch has it. */
export function runsBranch(event: string): boolean {
  return trusted.has(event);
}

const headsPrefix = "refs/heads/";

/** Why a run is none of the workflows that are named; null: it is one. */
export function whyNot(
  run: WorkflowRunFacts,
  deployedBy: readonly Witness[],
  branches: readonly BranchRecord[],
  { owner, name }: Repository,
): string | null {
  const here = `${owner}/${name}`.toLowerCase();
  const named = deployedBy.flatMap((witness) =>
    witness.kind === "workflow" && witness.path === run.path && (witness.repository ?? here) === here ? [witness] : [],
  );
  const [file, on] = [quoted(run.path), quoted(run.branch ?? "no branch")];
  if (named.length === 0) return `${file} is not in \`deployed_by\``;
  if (!run.own) return `${file} ran on a fork's commit`;
  if (!runsBranch(run.event)) return `${file} ran for ${quoted(run.event)}, which may run what its author wrote`;
  const witness = named.find(({ ref }) => ref === `${headsPrefix}${run.branch ?? ""}`);
  if (witness === undefined) return `${file} ran on ${on}`;
  const branch = branches.find(({ ref }) => ref === witness.ref);
  if (branch?.isProtected !== true) return `${on} is not known to be protected`;
  // A tag may have the name of a branch, and of any commit.
  if (!branch.stood.includes(run.sha)) return `its commit is not known to have stood on ${on}`;
  return null;
}

/** Paths and branches are chosen by whoever pushes. */
function quoted(text: string): string {
  return `\`${shorten(text.replaceAll("`", "'"), nameMax)}\``;
}

const nameMax = 100;

function runName({ id, path, branch }: WorkflowRunFacts): string {
  return `run ${id} of ${quoted(path.slice(path.lastIndexOf("/") + 1))} on ${quoted(branch ?? "")}`;
}

const unknownBy = { proved: false, by: null } as const;

function happeningsOf({ id, sha, statuses }: DeploymentFacts, proof: Proof): readonly Happening[] {
  const others = statuses.flatMap((status): readonly Happening[] => {
    const at = { atMs: status.createdAtMs, provedMs: status.createdAtMs, sha, id };
    const kind = kindOf(status.state);
    if (kind === null) return [];
    if (kind !== "went_live") return [{ ...at, ...unknownBy, kind }];
    // That success is told below. A later one proves nothing, and what it makes live again may be another version.
    if (proof.kind === "job" && status.createdAtMs <= proof.provedMs) return [];
    if (proof.kind === "app" && proof.slugs.some((slug) => isBy(slug, status)))
      return [{ ...at, kind, proved: true, by: proof.by }];
    return [{ ...at, ...unknownBy, kind }];
  });
  return proof.kind === "job"
    ? [
        ...others,
        { kind: "went_live", atMs: proof.atMs, provedMs: proof.provedMs, sha, id, proved: true, by: proof.by },
      ]
    : others;
}

function kindOf(state: DeploymentState): Happening["kind"] | null {
  switch (state) {
    case "success":
      return "went_live";
    case "inactive":
      return "ended";
    case "error":
    case "failure":
    // A word that GitHub adds one day may be one that speaks against it.
    case "unknown":
      return "failed";
    case "in_progress":
    case "pending":
    case "queued":
    case "waiting":
      return null;
  }
}

function ofRun(
  run: WorkflowRunFacts,
  { deployedBy }: Evidencing,
  branches: readonly BranchRecord[],
  repository: Repository,
): readonly Happening[] {
  const { completedAtMs, sha, id, conclusion } = run;
  if (completedAtMs === null || whyNot(run, deployedBy, branches, repository) !== null) return [];
  const at = { atMs: completedAtMs, provedMs: completedAtMs, sha, id };
  if (conclusion === "success") return [{ ...at, kind: "went_live", proved: true, by: runName(run) }];
  return conclusion === "skipped" || conclusion === "neutral" ? [] : [{ ...at, ...unknownBy, kind: "failed" }];
}
