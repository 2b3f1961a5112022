import { z } from "zod";
import type { ChartRenderer } from "../../../app/chart-rendering.ts";
import type {
  BlobCache,
  Clock,
  Collected,
  FactSource,
  PolicySource,
  PostureSource,
  CollectedGroup,
  Decidable,
  EffectSource,
  GroupSource,
} from "../../../app/ports.ts";
import type { CollectedFacts, PullRequestFacts } from "../../../core/facts.ts";
import { changed } from "../../../core/change/change-set.ts";
import { ownersOf, parseCodeOwners } from "../../../core/requirements/codeowners.ts";
import { wantedForRestore } from "../../../core/deployments/restore-wanted.ts";
import { deploymentsWanted } from "../../../core/deployments/wanted.ts";
import { editedPolicies } from "../../../core/policy/proposed.ts";
import { type Unusable, withFormers } from "../../../core/policy/former.ts";
import type { Policy } from "../../../core/policy/schema.ts";
import type { MergeGroupSubject, PullRequestSubject, Repository } from "../../../core/subject.ts";
import { type ApiFor, ask, askOrNull, GitHubFailure, type Session } from "../api.ts";
import { autoMergeArmedBy, effectiveBase, type Pull, pullShape } from "../shapes.ts";
import { repositoryOf, targetOf } from "../target.ts";
import { type ChangeParts, readChange } from "./change.ts";
import { readCommands } from "./comments.ts";
import { compare, isOn } from "./commits.ts";
import { DeployedFiles } from "./deployed-files.ts";
import { readDeployments } from "./deployments.ts";
import { Carriers } from "./deployment-jobs.ts";
import { missing } from "./gap.ts";
import { type Happenings, onceEach, readHappenings } from "./happenings.ts";
import { readIssuePrompts } from "./linked-issues.ts";
import { readLanding, readQueued } from "./landing.ts";
import { asksOwners, factsNeeded, teamsNamed } from "./needs.ts";
import {
  listReviews,
  readAdministrators,
  readPermissions,
  readTeams,
  readWriters,
  reviewers,
  withDismissals,
} from "./people.ts";
import { pusherOf, readMovements, readWorkflowActs } from "./movements.ts";
import { Entries } from "./entries.ts";
import { readPast } from "./past.ts";
import { Policies, tip, tipOrNull } from "./policies.ts";
import { listQueued, type Queued } from "./queue.ts";
import { listSiblings } from "./siblings.ts";
import { Trees } from "./trees.ts";
import { lastWritten, readUpdateMerges } from "./update-merges.ts";
import { readWritten, type WrittenOf } from "./written.ts";
import { Folders } from "./written-trees.ts";

/** What the facts are collected with. */
export interface FactSourceParts {
  readonly apiFor: ApiFor;
  readonly blobs: BlobCache;
  readonly clock: Clock;
  /** The policy in force: it says which unchanged files matter and which teams. Where it cannot be read, the strict default. */
  readonly policyOf: (policies: readonly PolicySource[]) => Policy;
  readonly unusable: Unusable;
  readonly posture: PostureSource;
  /** Null: no chart is rendered. */
  readonly renderer: ChartRenderer | null;
  /** Its own comments are no commands, whatever they say. */
  readonly appId: number;
}

/** A pull request that moves this often while it is read is left to a later look. */
const triesLimit = 3;

/** GitHub makes a test merge within seconds of being asked for the pull request. */
const unsettledMs = 60_000;

/** What GitHub shows for an account that is gone. https://github.com/ghost */
const ghost = { id: 10137, login: "ghost", type: "User" } as const;

/**
 * Facts about pull requests from GitHub's API, never from an event's payload. Whatever is read at all is read to its end; a ceiling
 * that was met is a Gap, and any refusal ends the collection: half of the facts are no facts.
 */
export class GitHubFacts implements FactSource, GroupSource, EffectSource {
  readonly #parts: FactSourceParts;
  readonly #trees = new Trees();
  readonly #policies = new Policies();
  readonly #entries = new Entries();
  readonly #carriers = new Carriers();
  readonly #deployed = new DeployedFiles();
  readonly #folders = new Folders();

  constructor(parts: FactSourceParts) {
    this.#parts = parts;
  }

  /** Throws `GitHubFailure` or `RetryLater`. */
  async collect(subject: PullRequestSubject, signal: AbortSignal): Promise<Collected> {
    return await this.#during(subject.installationId, signal, (session) => this.#collect(session, subject));
  }

  /** Throws `GitHubFailure` or `RetryLater`. */
  async collectBoth(
    subject: PullRequestSubject,
    instead: (present: Decidable) => readonly PolicySource[] | null,
    signal: AbortSignal,
  ): Promise<{ readonly present: Decidable; readonly changed: Decidable } | null> {
    return await this.#during(subject.installationId, signal, async (session) => {
      const present = await this.#collect(session, subject);
      const policies = present.kind === "facts" ? instead(present) : null;
      if (present.kind !== "facts" || policies === null) return null;
      const [before, after] = [present.policies, policies].map((each) => factsNeeded(this.#parts.policyOf(each)));
      if (before === after) return { present, changed: { facts: present.facts, policies } };
      const pull = await readPull(session, subject);
      if (pull?.state !== "open" || pull.head.sha !== present.facts.head.sha) return null;
      return { present, changed: await this.#collectOpen(session, present.facts.subject, pull, null, policies) };
    });
  }

  async #during<T>(installationId: number, signal: AbortSignal, work: (session: Session) => Promise<T>): Promise<T> {
    const { apiFor, clock } = this.#parts;
    const ended = new AbortController();
    const session: Session = {
      api: await apiFor(installationId),
      signal: AbortSignal.any([signal, ended.signal]),
      clock,
    };
    try {
      return await work(session);
    } finally {
      // Where one request fails, those that were sent beside it are of no use any more.
      ended.abort();
    }
  }

  /** Throws `GitHubFailure` or `RetryLater`; also where a member is not what was queued. */
  async collectGroup(subject: MergeGroupSubject, signal: AbortSignal): Promise<CollectedGroup> {
    return await this.#during(subject.installationId, signal, async (session) => {
      const { installationId, repository, headRef, headSha, baseRef } = subject;
      const stands = await tipOrNull(session, repository, headRef);
      if (stands !== headSha) {
        return { kind: "gone", because: (await isOn(session, repository, baseRef, headSha)) ? "merged" : "deleted" };
      }
      const members = [];
      for (const queued of await listQueued(session, subject)) {
        const { number } = queued;
        const member = { kind: "pull_request", installationId, repository, number } as const;
        const pull = await readPull(session, member);
        if (pull?.state !== "open" || pull.head.sha !== queued.headSha || effectiveBase(pull) !== baseRef) {
          throw new GitHubFailure(
            `Cannot judge ${name(member)} in its queue: it is not what was queued any more.`,
            null,
          );
        }
        const { facts, policies } = await this.#collectOpen(session, member, pull, queued);
        members.push({ facts, policies });
      }
      return { kind: "members", members };
    });
  }

  async #collect(session: Session, subject: PullRequestSubject): Promise<Collected> {
    let pull = await readPull(session, subject);
    for (let tries = 1; tries <= triesLimit; tries += 1) {
      if (pull === null) return { kind: "gone", because: "deleted", target: null };
      const repository = repositoryOf(pull);
      const target = targetOf(pull, repository);
      if (pull.state === "closed")
        return { kind: "gone", because: pull.merged_at == null ? "closed" : "merged", target };
      const collected = await this.#collectOpen(session, { ...subject, repository }, pull, null);
      const now = await readPull(session, subject);
      if (now !== null && standing(now) === standing(pull)) return { kind: "facts", ...collected, target };
      pull = now;
    }
    throw new GitHubFailure(
      `Cannot read pull request ${name(subject)}: it moved ${triesLimit} times while it was read.`,
      null,
    );
  }

  async #collectOpen(
    session: Session,
    subject: PullRequestSubject,
    pull: Pull,
    queued: Queued | null,
    instead: readonly PolicySource[] | null = null,
  ): Promise<
    Pick<
      Extract<Collected, { kind: "facts" }>,
      "facts" | "policies" | "siblings" | "commands" | "standing" | "lookAgainMs"
    >
  > {
    const { repository, installationId } = subject;
    const base = effectiveBase(pull);
    const isDefault = base === pull.base.repo.default_branch;
    const [baseSha, ofOwner, listed, happenings, shared, posture] = await Promise.all([
      tip(session, repository, base),
      this.#policies.ofOwner(session, repository.owner),
      listReviews(session, repository, pull.number),
      readHappenings(session, repository, pull),
      listSiblings(session, subject, pull),
      this.#parts.posture.read({ installationId, repository, branch: base, isDefault }, session.signal),
    ]);
    const commands = await readCommands(session, happenings.comments, this.#parts.appId);
    const reviews = withDismissals(listed.reviews, happenings.dismissals);
    const [{ policies: standing, unsettled }, comparison, people, movements] = await Promise.all([
      this.#inForce(session, subject, pull, { baseSha, ofOwner }),
      compare(session, repository, baseSha, pull.head.sha),
      readPermissions(session, repository, [...reviewers(reviews), ...commands.map(({ account }) => account)]),
      readMovements(session, pull),
    ]);
    const { mergeBaseSha, commits } = comparison;
    const policies = instead ?? standing;
    const policy = this.#parts.policyOf(policies);
    const { blobs, renderer } = this.#parts;
    const parts = { trees: this.#trees, blobs, policy, renderer };
    const headSha = pull.head.sha;
    const updateMerges = await readUpdateMerges(session, repository, parts, comparison);
    const read = await this.#readChange(session, repository, parts, { mergeBaseSha, headSha });
    const areAll = comparison.gaps.length === 0;
    const wrote = { commits, areAll, mergeBaseSha, headSha, change: read.change, sizeOf: read.sizeOf };
    const historical = await readWritten(session, repository, { folders: this.#folders, blobs }, wrote);
    const [landed, codeOwners, workflowActs, issuePrompts] = await Promise.all([
      queued === null
        ? readLanding(session, repository, parts, { mergeBaseSha, baseSha, pull })
        : readQueued(session, repository, parts, queued),
      asksOwners(policy) ? this.#policies.codeOwners(session, repository, baseSha) : notAsked,
      readWorkflowActs(session, repository, pull, movements),
      readIssuePrompts(session, repository, pull, happenings.workStartedBy.length > 0),
    ]);
    const prompts = onceEach([...happenings.prompts, ...issuePrompts]);
    const lastPusher = pusherOf(lastWritten(pull.head.sha, comparison, updateMerges), movements);
    const owners = codeOwners.kind === "text" ? parseCodeOwners(codeOwners.text) : null;
    const owning = owners === null ? [] : changed(read.change).flatMap(({ path }) => ownersOf(path, owners));
    const teams = await readTeams(session, teamsNamed([policy, owning]));
    const written = { subject, base: { ref: base, sha: baseSha, isDefault }, change: read.change };
    // How many administrators there are is asked only where it may decide how many of them must agree.
    const mayDecide = editedPolicies(written).length > 0 || commands.length > 0;
    const writers = await readWriters(session, repository);
    const touched = [read.change, ...(landed.landing === null ? [] : [landed.landing])].flatMap(changed);
    const paths = [...new Set(touched.map(({ path }) => path))];
    const wanted = deploymentsWanted(paths, policy, base);
    const restoreMs = wantedForRestore(paths, policy) === null ? null : (policy.restore?.withinMs ?? null);
    const { past, unsettled: unfinished } = await readPast(
      session,
      repository,
      { ...parts, entries: this.#entries, policy },
      { branch: base, tip: baseSha, landing: landed.landing ?? read.change, restoreMs },
    );
    const deployments =
      wanted === null
        ? null
        : await readDeployments(
            session,
            repository,
            { ...parts, carriers: this.#carriers, files: this.#deployed },
            wanted,
            baseSha,
          );
    const administrators = mayDecide ? await readAdministrators(session, repository) : null;
    const gone = missing(
      "unknown-opener",
      "who opened this: the account is gone",
      "Open a new pull request for this branch.",
    );
    const facts: CollectedFacts = {
      ...written,
      head: { sha: pull.head.sha, fromFork: pull.head.repo?.id !== repository.id },
      mergeBaseSha,
      landing: landed.landing,
      past,
      pullRequest: { ...described(pull, happenings), lastPusher, workflowActs, prompts },
      commits,
      written: historical,
      updateMerges,
      codeOwners,
      reviews,
      people,
      teams,
      administrators,
      writers,
      deployments,
      gaps: [
        ...read.gaps,
        ...landed.gaps,
        ...comparison.gaps,
        ...listed.gaps,
        ...happenings.gaps,
        ...shared.gaps,
        ...(pull.user === null ? [gone] : []),
      ],
      posture,
      unknowable: [],
    };
    const lookAgainMs = landed.unsettled || unsettled || unfinished ? this.#parts.clock.now() + unsettledMs : null;
    return {
      facts,
      policies,
      siblings: shared.siblings,
      // A queue obeys nobody, but who overrides counts in one as well.
      commands: queued === null ? commands : [],
      standing: { labels: pull.labels.map(({ name }) => name), asked: happenings.asked },
      lookAgainMs,
    };
  }

  /** What the author wrote: from merge base to head. */
  async #readChange(
    session: Session,
    repository: Repository,
    parts: ChangeParts,
    { mergeBaseSha, headSha }: { readonly mergeBaseSha: string; readonly headSha: string },
  ): Promise<Awaited<ReturnType<typeof readChange>> & Pick<WrittenOf, "sizeOf">> {
    const [before, after] = await Promise.all([
      parts.trees.list(session, repository, mergeBaseSha),
      parts.trees.list(session, repository, headSha),
    ]);
    const read = await readChange(session, repository, parts, { before, after });
    return { ...read, sizeOf: (blob) => after.sizes.get(blob) ?? before.sizes.get(blob) };
  }

  /**
   * The owner's policy, the default branch's and the base branch's, which may be the same; with their last versions that can be used
   * where they cannot be. `unsettled`: those may be known in a while.
   */
  async #inForce(
    session: Session,
    { repository }: PullRequestSubject,
    pull: Pull,
    { baseSha, ofOwner }: { readonly baseSha: string; readonly ofOwner: PolicySource },
  ): Promise<{ readonly policies: readonly PolicySource[]; readonly unsettled: boolean }> {
    const { default_branch: main } = pull.base.repo;
    const base = effectiveBase(pull);
    const tips = [
      ...(base === main ? [] : [{ branch: main, tip: await tip(session, repository, main) }]),
      { branch: base, tip: baseSha },
    ];
    const found = await Promise.all(
      tips.map(async (at) => ({ at, sources: await this.#policies.ofRepository(session, repository, at.tip) })),
    );
    const own = found.flatMap(({ at, sources }) => sources.map((source) => ({ at, source })));
    let unsettled = false;
    const later = (): void => {
      unsettled = true;
    };
    const past = (source: PolicySource): AsyncGenerator<PolicySource, string> => {
      const at = own.find((one) => one.source === source)?.at;
      return at === undefined
        ? this.#policies.pastOfOwner(session, repository.owner, later)
        : this.#policies.past(session, source.scope, repository, at, later);
    };
    const sources = [ofOwner, ...own.map(({ source }) => source)];
    const policies = await withFormers(sources, past, this.#parts.unusable);
    return { policies, unsettled };
  }
}

/** Null where the repository can be read and has no such pull request. */
async function readPull(session: Session, subject: PullRequestSubject): Promise<Pull | null> {
  const { owner, name: repo, id } = subject.repository;
  const given = { owner, repo, pull_number: subject.number };
  const pull = await askOrNull(session, "GET /repos/{owner}/{repo}/pulls/{pull_number}", given, pullShape);
  const here =
    pull?.base.repo.id ??
    (await ask(session, "GET /repos/{owner}/{repo}", { owner, repo }, z.looseObject({ id: z.int() }))).id;
  if (here === id) return pull;
  throw new GitHubFailure(`Cannot read pull request ${name(subject)}: another repository has this name now.`, null);
}

/** What the facts rest on. When it is the same before and after, they belong together. */
function standing(pull: Pull): string {
  return JSON.stringify([pull.state, pull.head.sha, effectiveBase(pull), pull.base.repo.default_branch]);
}

function described(
  pull: Pull,
  happenings: Happenings,
): Omit<PullRequestFacts, "lastPusher" | "workflowActs" | "prompts"> {
  return {
    title: pull.title,
    body: pull.body ?? "",
    author: pull.user ?? ghost,
    draft: pull.draft === true,
    open: true,
    headRef: pull.head.ref,
    labels: happenings.labels,
    assigneesAtOpening: happenings.assigneesAtOpening,
    workStartedBy: happenings.workStartedBy,
    autoMergeArmedBy: autoMergeArmedBy(pull),
    openedAtMs: pull.created_at,
    retargetedAtMs: happenings.retargetedAtMs,
  };
}

function name({ repository, number }: PullRequestSubject): string {
  return `${repository.owner}/${repository.name}#${number}`;
}

const notAsked = { kind: "unread", reason: "no approvals of owners are asked for" } as const;
