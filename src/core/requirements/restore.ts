import type { TreeEntry } from "../change/build.ts";
import { type ChangedFile, changed, type Gap } from "../change/change-set.ts";
import type { DeploymentRecord, VersionFacts } from "../deployments/deployments.ts";
import { evidenceOf, type Happening } from "../deployments/evidence.ts";
import type { Facts } from "../facts.ts";
import type { KindEvidence } from "../kinds/evidence.ts";
import type { StatefulDeletion } from "../kinds/stateful.ts";
import { type FormerState, type KnownPast, statesSince, unknownSince } from "../past/past.ts";
import type { Environment, Policy } from "../policy/schema.ts";
import type { PolicyChange } from "../policy/proposed.ts";
import type { ReachMap } from "../reach/reach.ts";
import type { Ran, RestoreProof } from "../evaluate/evaluation.ts";
import { environmentsOf } from "../evaluate/scope.ts";

/** `because`: a clause. */
export type Restoring =
  | { readonly kind: "proved"; readonly proof: RestoreProof }
  | { readonly kind: "not_proved"; readonly because: string };

/** What a restore is judged on. */
export interface Grounds {
  readonly facts: Facts;
  readonly reach: ReachMap;
  readonly kinds: readonly KindEvidence[];
  readonly deletions: readonly StatefulDeletion[];
  readonly gaps: readonly Gap[];
  readonly policyChange: PolicyChange | null;
  readonly policyErrors: readonly string[];
  readonly policy: Policy;
  readonly nowMs: number;
}

/** What no return makes harmless: what it undoes has left traces, or it decides about the gate itself. */
const never: ReadonlySet<string> = new Set(["migration", "replace", "workflow", "guardrail"]);

/**
 * Whether a change is a return to content that production ran: byte by byte, to one commit and not to a mix of several, by GitHub's records
 * of the branch and of deployments. Nothing that an author writes is looked at. Null: the policy has no restores.
 */
export function restoring(grounds: Grounds): Restoring | null {
  const { facts, policy, nowMs } = grounds;
  const { restore } = policy;
  if (restore === null) return null;
  const because = disqualified(grounds);
  if (because !== null) return { kind: "not_proved", because };
  const { past, deployments, base, subject } = facts;
  if (past.kind !== "known") return { kind: "not_proved", because: "GitHub's record of the base branch is not known" };
  if (deployments === null) return { kind: "not_proved", because: "GitHub's record of deployments is not known" };
  const files = filesOf(facts);
  const sinceMs = nowMs - restore.withinMs;
  const returned = statesSince(past, sinceMs).filter(
    ({ sha, untilMs }) => sha !== base.sha && untilMs !== null && holds(sha, files, deployments),
  );
  if (returned.length === 0)
    return { kind: "not_proved", because: noReturn(files, deployments, past, base.ref, sinceMs) };
  const productions = mustHaveRun(grounds);
  const judged = returned.map((state) => ranAll(state, productions, deployments, sinceMs, subject.repository));
  const index = judged.findIndex(({ missing }) => missing === null);
  const [state, found] = [returned[index], judged[index]];
  if (state === undefined || found === undefined)
    return { kind: "not_proved", because: judged[0]?.missing ?? "no deployment is proved" };
  const { sha, sinceMs: stoodFromMs, untilMs } = state;
  const leavesMs = [...found.ran.map(({ atMs }) => atMs), untilMs ?? nowMs].map((atMs) => atMs + restore.withinMs);
  return {
    kind: "proved",
    proof: {
      sha,
      paths: files.length,
      stoodFromMs,
      stoodUntilMs: untilMs ?? nowMs,
      ran: found.ran,
      expiresMs: Math.min(...leavesMs),
    },
  };
}

function disqualified(grounds: Grounds): string | null {
  const { facts, kinds, deletions, gaps, policyChange, policyErrors } = grounds;
  if (policyErrors.length > 0) return "the policy cannot be read";
  if (policyChange !== null) return "it changes the policy";
  const kind = kinds.find((evidence) => never.has(evidence.kind));
  if (kind !== undefined) return `\`${kind.path}\` is a change of the kind \`${kind.kind}\``;
  const [deletion] = deletions;
  if (deletion !== undefined) return `${deletion.because}, which holds data`;
  const gap = gaps.find(hides);
  if (gap !== undefined) return `not all of it is known: ${gap.reason}`;
  if (filesOf(facts).length === 0) return "it changes nothing";
  const unproved = mustHaveRun(grounds).find(({ deployedBy }) => deployedBy.length === 0);
  if (unproved !== undefined) return `\`environments.${unproved.name}.deployed_by\` names nobody who proves what ran`;
  return null;
}

/** What is missing about people, or of a stay elsewhere, hides no content. Everything else may; an override makes nothing known. */
const harmless =
  /^(?:no-bake:|unattributed-mailbox:|(?:unreadable-(?:reviews|timeline|commits|siblings)|unknown-opener)$)/u;

function hides({ id }: Gap): boolean {
  return !harmless.test(id);
}

/** As it was written, and as it would land: each must be the return. */
function filesOf({ change, landing }: Facts): readonly ChangedFile[] {
  return [...changed(change), ...(landing === null ? [] : changed(landing))];
}

/**
 * The productions that must have run it: those that are reached, and that an edge which is not resolved may lead to. What is deployed with
 * the whole repository names none, and must have run in each.
 */
function mustHaveRun({ reach, policy }: Grounds): readonly Environment[] {
  const names = new Set(reach.files.flatMap((file) => environmentsOf(file, policy)));
  const productions = Object.values(policy.environments).filter(({ tier }) => tier === "production");
  const reached = productions.filter(({ name }) => names.has(name));
  return reached.length === 0 ? productions : reached;
}

/** Whether that commit is known to hold what every file is to be, absence included. */
function holds(
  commit: string,
  files: readonly ChangedFile[],
  { versions, paths }: Pick<DeploymentRecord, "versions" | "paths">,
): boolean {
  const version = versions.find(({ sha }) => sha === commit);
  return version !== undefined && files.every((file) => paths.includes(file.path) && returnsTo(file, version));
}

function returnsTo({ path, after }: ChangedFile, { files }: VersionFacts): boolean {
  if (files === null) return false;
  const then: TreeEntry | null = Object.hasOwn(files, path) ? (files[path] ?? null) : null;
  return after?.sha === then?.sha && after?.mode === then?.mode;
}

function noReturn(
  files: readonly ChangedFile[],
  deployments: DeploymentRecord,
  past: KnownPast,
  branch: string,
  sinceMs: number,
): string {
  const unread = deployments.environments.find((record) => record.kind === "unknown");
  if (unread !== undefined) return `of \`${unread.environment}\` nothing is known: ${unread.because}`;
  const known = deployments.versions.filter((version) => version.files !== null);
  const elsewhere = known.find(({ sha }) => holds(sha, files, deployments) && !stoodAt(past, sha, sinceMs));
  const end = unknownSince(past, sinceMs);
  if (elsewhere !== undefined)
    return `\`${elsewhere.sha.slice(0, 12)}\`, which holds all of this, did not stand on \`${branch}\` within \`restore.within\`, as far as is known`;
  if (end !== null) return `what \`${branch}\` held is not known to \`restore.within\`: ${end}`;
  if (files.some(({ path }) => !deployments.paths.includes(path))) return "its files were not looked up in what ran";
  const mixed = files.every((file) => known.some((version) => returnsTo(file, version)));
  return mixed
    ? "its files return to different versions, never to one that ran"
    : "no version that production ran within `restore.within` holds all of this";
}

function stoodAt(past: KnownPast, commit: string, sinceMs: number): boolean {
  return statesSince(past, sinceMs).some(({ sha }) => sha === commit);
}

/** Whether each of the environments ran that commit and nothing has spoken against it since. */
function ranAll(
  { sha }: FormerState,
  environments: readonly Environment[],
  deployments: DeploymentRecord,
  sinceMs: number,
  repository: Facts["subject"]["repository"],
): { readonly ran: readonly Ran[]; readonly missing: string | null } {
  if (environments.length === 0) return { ran: [], missing: "the policy has no environment of tier production" };
  const ran: Ran[] = [];
  for (const environment of environments) {
    const found = ranIn(sha, environment, deployments, sinceMs, repository);
    if (typeof found === "string") return { ran, missing: found };
    ran.push(found);
  }
  return { ran, missing: null };
}

/** The last time that it went live there, else a clause that says why not. */
function ranIn(
  sha: string,
  environment: Environment,
  { environments, branches }: DeploymentRecord,
  sinceMs: number,
  repository: Facts["subject"]["repository"],
): Ran | string {
  const { name } = environment;
  const short = `\`${sha.slice(0, 12)}\``;
  const record = environments.find((one) => one.environment === name);
  if (record === undefined) return `of \`${name}\` no deployments were asked for`;
  if (record.kind === "unknown") return `of \`${name}\` nothing is known: ${record.because}`;
  const { happenings, unproved } = evidenceOf(record, environment, branches, repository);
  const own = happenings.filter((one) => one.sha === sha);
  const live = own.findLast(isProof);
  if (live === undefined) {
    const why = unproved.findLast((one) => one.sha === sha)?.because;
    if (why !== undefined) return `that \`${name}\` ran ${short} is not proved: ${why}`;
    return own.some(({ kind }) => kind === "failed")
      ? `the deployment of ${short} to \`${name}\` failed`
      : `no deployment of ${short} to \`${name}\` succeeded`;
  }
  if (live.atMs < sinceMs) return `\`${name}\` ran ${short} longer ago than \`restore.within\``;
  if (own.some(({ kind, atMs }) => kind === "failed" && atMs >= live.atMs))
    return `a deployment of ${short} to \`${name}\` has failed since`;
  return { environment: name, atMs: live.atMs, by: live.by };
}

function isProof(one: Happening): one is Happening & { readonly by: string } {
  return one.kind === "went_live" && one.proved && one.by !== null;
}
