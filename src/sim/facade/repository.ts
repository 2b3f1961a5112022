import { type Mode, type Signature, type TreeEntry, VERIFIED_SIGNATURE } from "../git-objects.ts";
import { setCollaborator, setTeamRole } from "../state/accounts.ts";
import { createStatus, requestAction, rerequestRun, rerequestSuite } from "../state/checks.ts";
import {
  addDeploymentStatus,
  createDeployment,
  finishWorkflow,
  type NewDeployment,
  type NewDeploymentStatus,
  type NewWorkflowRun,
  startWorkflow,
} from "../state/deployments.ts";
import { bypassGate, type NewEnvironment, type NewWaiting, setEnvironment, startDeployment } from "../state/gates.ts";
import { addComment, openIssue } from "../state/issues.ts";
import { signatureOf } from "../state/merging.ts";
import type {
  Account,
  Actor,
  App,
  CheckRun,
  CheckConclusion,
  Comment,
  CommitStatus,
  Deployment,
  DeploymentStatus,
  Environment,
  Issue,
  MergeGroupRequest,
  Protection,
  Repository,
  Role,
  Stack,
  Team,
  WaitingDeployment,
  WorkflowRun,
} from "../state/model.ts";
import { changeProtection, type NewProtection, protect, unprotect } from "../state/protection.ts";
import { openPullRequest } from "../state/pulls.ts";
import { branchSha, changeRepository, forkRepository, moveRef, treeOf } from "../state/repositories.ts";
import { stackPulls, unstack } from "../state/stacks.ts";
import { fullName, type World } from "../state/world.ts";
import { person, SimPullRequest } from "./pull-request.ts";

/** What stands at a path after a commit: text, bytes, nothing (null), or one of the kinds that git knows beside files. */
export type FileContent =
  | string
  | Uint8Array
  | null
  | { readonly executable: string }
  | { readonly symlink: string }
  | { readonly submodule: string };

export interface CommitInput {
  /** Paths that change; every other path stays. */
  readonly files: Readonly<Record<string, FileContent>>;
  readonly message?: string;
  /** Who pushes, and who is author and committer unless those are given. */
  readonly by?: Account;
  /** A mailbox that belongs to no account is allowed, as in git. */
  readonly author?: Account | { readonly name: string; readonly email: string };
  readonly committer?: Account | { readonly name: string; readonly email: string };
  /** The branch to start from where `branch` does not exist yet; the default branch otherwise. */
  readonly from?: string;
  /** Signed and verified by GitHub; a text is the armoured signature itself. */
  readonly signed?: true | string;
  /** Further parents, which make it a merge. */
  readonly alsoParents?: readonly string[];
  /** Replaces the branch: the commit's parent is this SHA, and the push is forced. */
  readonly onto?: string;
}

/** One repository, and what people and agents do in it. Whatever GitHub refuses throws {@link Refused}. */
export class SimRepository {
  /** The record itself, for reading. */
  readonly state: Repository;
  readonly #world: World;

  constructor(world: World, state: Repository) {
    this.#world = world;
    this.state = state;
  }

  get fullName(): string {
    return fullName(this.state);
  }

  /** The commit of a branch. @throws Error when there is no such branch */
  tip(branch: string = this.state.defaultBranch): string {
    const sha = branchSha(this.state, branch);
    if (sha === undefined) throw new Error(`Cannot read the branch ${branch} of ${this.fullName}: it does not exist.`);
    return sha;
  }

  /** Commits and pushes to a branch, which is created where it is new. @returns the commit's SHA */
  commit(branch: string, input: CommitInput): string {
    const parent =
      input.onto ?? branchSha(this.state, branch) ?? branchSha(this.state, input.from ?? this.state.defaultBranch);
    const by = input.by ?? this.state.owner;
    const author = this.#signature(input.author ?? by);
    const sha = this.state.objects.writeCommit({
      tree: this.#tree(parent, input.files),
      parents: [...(parent === undefined ? [] : [parent]), ...(input.alsoParents ?? [])],
      author,
      committer: input.committer === undefined ? author : this.#signature(input.committer),
      message: input.message ?? `Change ${Object.keys(input.files).join(", ")}`,
      signature: input.signed === true ? VERIFIED_SIGNATURE : (input.signed ?? null),
    });
    this.push(branch, sha, by, { force: input.onto !== undefined });
    return sha;
  }

  /** Moves a branch to a commit that exists. */
  push(branch: string, sha: string, by: Account, options: { readonly force?: boolean } = {}): void {
    moveRef(this.#world, this.state, `refs/heads/${branch}`, sha, person(by), options);
  }

  /** A commit that no branch has any more is gone, as after a request to GitHub's support. */
  loseCommit(sha: string): void {
    this.state.objects.loseCommit(sha);
  }

  deleteBranch(branch: string, by: Account): void {
    moveRef(this.#world, this.state, `refs/heads/${branch}`, null, person(by), { force: true });
  }

  /** @param input.from the fork that the head branch lives in, where it is not this repository */
  openPullRequest(input: {
    readonly head: string;
    readonly by: Account;
    readonly title?: string;
    readonly body?: string | null;
    readonly base?: string;
    readonly draft?: boolean;
    readonly from?: SimRepository;
    /** The app that opened it in the person's name. */
    readonly through?: App;
  }): SimPullRequest {
    const pull = openPullRequest(
      this.#world,
      this.state,
      {
        head: { repository: input.from?.state ?? this.state, ref: input.head },
        base: input.base ?? this.state.defaultBranch,
        title: input.title ?? input.head,
        body: input.body ?? null,
        draft: input.draft ?? false,
      },
      { account: input.by, app: input.through ?? null },
    );
    return new SimPullRequest(this.#world, pull);
  }

  openIssue(by: Account, title: string, body: string | null = null): Issue {
    return openIssue(this.#world, this.state, { title, body, labels: [] }, person(by));
  }
  commentOnIssue(issue: Issue, by: Account, body: string): Comment {
    return addComment(this.#world, issue, body, person(by));
  }

  /** Stacks pull requests, from the bottom to the top. */
  stack(by: Account, ...pulls: readonly SimPullRequest[]): Stack {
    return stackPulls(
      this.#world,
      this.state,
      pulls.map(({ state }) => state),
      person(by),
    );
  }
  unstack(stack: Stack): void {
    unstack(this.#world, stack);
  }

  fork(owner: Account): SimRepository {
    return new SimRepository(this.#world, forkRepository(this.#world, this.state, owner));
  }

  /** Gives a person or a team a role; null takes it away. */
  grant(to: Account | Team, role: Role | null): void {
    const actor = person(this.state.owner);
    if ("slug" in to) setTeamRole(this.#world, this.state, to, role, actor);
    else setCollaborator(this.#world, this.state, to, role, actor);
  }

  /** A new name, another default branch, or archived for good. */
  change(input: { readonly name?: string; readonly defaultBranch?: string; readonly archived?: true }): void {
    changeRepository(this.#world, this.state, input, person(this.state.owner));
  }

  /** Adds a ruleset, or with `kind: "classic"` branch protection. */
  protect(input: NewProtection, by: Account = this.state.owner): Protection {
    return protect(this.#world, this.state, input, person(by));
  }
  /** Writes a protection anew: what is left out gets its default. @returns the record that now holds */
  changeProtection({ id }: Protection, input: NewProtection, by: Account = this.state.owner): Protection {
    return changeProtection(this.#world, this.state, id, input, person(by));
  }
  unprotect({ id }: Protection, by: Account = this.state.owner): void {
    unprotect(this.#world, this.state, id, person(by));
  }

  /** A commit status, as any token with write permission may set it. */
  status(sha: string, by: Account, context: string, state: CommitStatus["state"]): CommitStatus {
    return createStatus(
      this.#world,
      this.state,
      sha,
      { context, state, description: null, targetUrl: null },
      person(by),
    );
  }

  /** The requests for checks that a branch's merge queue waits on, in the order of merging. */
  mergeGroups(branch: string = this.state.defaultBranch): MergeGroupRequest[] {
    const groups = this.state.queues.get(branch)?.groups ?? [];
    return groups.flatMap(({ members }) => members.flatMap(({ request }) => request ?? []));
  }

  /**
   * A workflow of Actions runs to its end.
   * @param actions the app of Actions: `github.app({ slug: "github-actions", id: 15_368, ... })`
   */
  runWorkflow(
    actions: App,
    input: Omit<NewWorkflowRun, "job"> & { readonly job?: string; readonly conclusion?: CheckConclusion | null },
  ): WorkflowRun {
    const run = startWorkflow(this.#world, this.state, actions, { ...input, job: input.job ?? "deploy" });
    const conclusion = input.conclusion === undefined ? "success" : input.conclusion;
    if (conclusion !== null) finishWorkflow(this.#world, this.state, run, conclusion);
    return run;
  }

  endWorkflow(run: WorkflowRun): void {
    finishWorkflow(this.#world, this.state, run, "success");
  }

  /** Creates a deployment. @param by a person, or an app that acts as itself */
  deploy(by: Account | App, input: NewDeployment): Deployment {
    return createDeployment(this.#world, this.state, input, actorOf(by));
  }
  deploymentStatus(deployment: Deployment, by: Account | App, input: NewDeploymentStatus): DeploymentStatus {
    return addDeploymentStatus(this.#world, this.state, deployment, input, actorOf(by));
  }

  /** An environment, with the apps that are asked before anything deploys there. */
  environment(input: NewEnvironment): Environment {
    return setEnvironment(this.#world, this.state, input);
  }

  /** A workflow of Actions runs, and its job waits for its environment. @param actions as for `runWorkflow` */
  startDeployment(actions: App, input: NewWaiting): WaitingDeployment {
    return startDeployment(this.#world, this.state, actions, input);
  }

  /** "Start all waiting jobs". */
  bypassGate(waiting: WaitingDeployment, by: Account): void {
    bypassGate(this.#world, this.state, waiting, by);
  }

  /** Every check run on a commit, oldest first. */
  checkRuns(sha: string): CheckRun[] {
    return this.state.checkRuns.filter(({ headSha }) => headSha === sha);
  }

  /** "Re-run" in the browser. */
  rerequest(run: CheckRun, by: Account): void {
    rerequestRun(this.#world, this.state, run, person(by));
  }

  /** "Re-run all" of an app's suite in the browser. @throws Refused 404 */
  rerequestSuite(app: App, sha: string, by: Account): void {
    rerequestSuite(this.#world, this.state, app, sha, person(by));
  }

  /** One of a check run's own buttons. */
  press(run: CheckRun, identifier: string, by: Account): void {
    requestAction(this.#world, this.state, run, identifier, person(by));
  }

  #signature(who: Account | { readonly name: string; readonly email: string }): Signature {
    return "login" in who
      ? signatureOf(who, this.#world.now())
      : { name: who.name, email: who.email, dateMs: this.#world.now() };
  }

  #tree(parent: string | undefined, changes: Readonly<Record<string, FileContent>>): string {
    const { objects } = this.state;
    const files = new Map<string, TreeEntry>();
    if (parent !== undefined) for (const file of objects.files(treeOf(this.state, parent))) files.set(file.path, file);
    for (const [path, content] of Object.entries(changes)) {
      if (content === null) files.delete(path);
      else files.set(path, { path, ...this.#entry(content) });
    }
    return objects.writeTree(files.values());
  }

  #entry(content: Exclude<FileContent, null>): { mode: Mode; sha: string } {
    const { objects } = this.state;
    if (typeof content === "string" || content instanceof Uint8Array)
      return { mode: "100644", sha: objects.writeBlob(content) };
    if ("executable" in content) return { mode: "100755", sha: objects.writeBlob(content.executable) };
    if ("symlink" in content) return { mode: "120000", sha: objects.writeBlob(content.symlink) };
    return { mode: "160000", sha: content.submodule };
  }
}

function actorOf(by: Account | App): Actor {
  return "bot" in by ? { account: by.bot, app: by } : person(by);
}
