import { generateKeyPairSync } from "node:crypto";
import { stringify } from "yaml";
import { agents } from "../../core/provenance/agents.ts";
import { actionsId, deterministic, reviewers } from "../../core/provenance/catalogue.ts";
import { readManifest } from "../demo/stage.ts";
import type { SimApp } from "../facade/app.ts";
import type { SimOwner } from "../facade/organization.ts";
import type { SimPullRequest } from "../facade/pull-request.ts";
import type { FileContent, SimRepository } from "../facade/repository.ts";
import { type GitHub, startGitHub } from "../github.ts";
import type { Account, App, Deployment, PullRequest, Team, WaitingDeployment, WorkflowRun } from "../state/model.ts";
import type { AccountSetting, Gate, Setting } from "./setting.ts";
import type { Content } from "./words.ts";

export const webhookSecret = "a secret of the scenarios";
const actionsLogin = "github-actions[bot]";
/** What the server of a scenario takes halts by. */
export const adminToken = "the admin token of every scenario, 32+".replaceAll(" ", "-");
/** What monitoring signs with in every scenario. */
export const signalsSecret = "the secret of every signal in a scenario";
const policyPath = ".github/sallyport.yml";

/** The clock of GitHub and of the server, which only the scenario moves. */
export interface StageClock {
  nowMs: number;
}

/** Actions is an App like others, with an id of its own. https://api.github.com/apps/github-actions */
export const actionsSlug = "github-actions";
const actionsIds = { id: 15_368, botId: actionsId };

/** A deployment, and who created it. */
export interface Created {
  readonly deployment: Deployment;
  readonly by: Account | App;
}

/** Something in a scenario that cannot be played: the scenario is wrong, not Sallyport. */
export class Unplayable extends Error {
  override readonly name = "Unplayable";
}

/** A fake GitHub with the organisation `acme`, as the setting of a scenario has it, and what steps give names to. */
export class Stage {
  readonly github: GitHub;
  readonly app: SimApp;
  readonly acme: SimOwner;
  readonly repository: SimRepository;
  readonly clock: StageClock;
  readonly teams = new Map<string, Team>();
  readonly pulls = new Map<string, SimPullRequest>();
  readonly commits = new Map<string, string>();
  readonly forks = new Map<string, SimRepository>();
  readonly otherApps = new Map<string, SimApp>();
  /** Runs that have not ended. */
  readonly workflows: WorkflowRun[] = [];
  readonly deployments = new Map<string, Created>();
  /** Jobs that waited for an environment, the latest last. */
  readonly waiting = new Map<string, WaitingDeployment>();
  /** `acme/.github`, once it holds a policy. */
  organisationRepository: SimRepository | null = null;
  /** The second App; null: there is none. */
  enforcer: SimApp | null = null;
  /** The pull request that was opened last. */
  latest: SimPullRequest | null = null;
  /** What merge queues made last for each pull request, also after they gave it up. */
  readonly #groupCommits = new Map<PullRequest, string>();

  constructor(parts: Pick<Stage, "github" | "app" | "acme" | "repository" | "clock">) {
    this.github = parts.github;
    this.app = parts.app;
    this.acme = parts.acme;
    this.repository = parts.repository;
    this.clock = parts.clock;
    followGroups(this.github, this.repository, this.#groupCommits);
  }

  account(login: string): Account {
    const account = this.github.world.findAccount(login);
    if (account === undefined) throw new Unplayable(`Nobody is called ${login}: add the account to \`accounts\`.`);
    return account;
  }

  /** @param name null: the pull request that was opened last */
  pull(name: string | undefined): SimPullRequest {
    const pull = name === undefined ? this.latest : this.pulls.get(name);
    if (pull === null || pull === undefined) {
      throw new Unplayable(
        name === undefined ? "No pull request has been opened yet." : `No pull request is called ${name}.`,
      );
    }
    return pull;
  }

  /** The commit that a step named, or the tip of a branch. */
  commit(name: string): string {
    const sha = this.commits.get(name) ?? this.repository.state.refs.get(`refs/heads/${name}`);
    if (sha === undefined) throw new Unplayable(`No commit and no branch is called ${name}.`);
    return sha;
  }

  /** The repository, or somebody's fork of it, which is made when it is first asked for. */
  whose(fork: string | undefined): SimRepository {
    if (fork === undefined) return this.repository;
    const known = this.forks.get(fork) ?? this.repository.fork(this.account(fork));
    this.forks.set(fork, known);
    return known;
  }

  /** The commit of the latest merge group that the pull request was in. */
  groupCommit(pull: SimPullRequest): string {
    const sha = this.#groupCommits.get(pull.state);
    if (sha === undefined) throw new Unplayable(`No merge group has been made with pull request ${pull.number}.`);
    return sha;
  }

  team(slug: string): Team {
    const team = this.teams.get(slug);
    if (team === undefined) throw new Unplayable(`No team is called ${slug}: add it to \`teams\`.`);
    return team;
  }

  /** GitHub Actions, in whose name workflows act. */
  actions(): SimApp {
    return this.otherApp(actionsSlug);
  }

  /** Another App, installed where Sallyport is. */
  otherApp(slug: string): SimApp {
    const known = this.otherApps.get(slug);
    if (known !== undefined) return known;
    const own = { permissions: { checks: "write" }, events: [], privateKey: privateKey() } as const;
    const app = this.github.app({ slug, ...own, ...(slug === actionsSlug ? actionsIds : {}) });
    app.install(this.acme.account);
    this.otherApps.set(slug, app);
    return app;
  }
}

function followGroups(
  { world }: GitHub,
  { state: repository }: SimRepository,
  groupCommits: Map<PullRequest, string>,
): void {
  world.onEvent((event) => {
    if (event.name !== "merge_group" || event.action !== "checks_requested") return;
    const groups = [...repository.queues.values()].flatMap((queue) => queue.groups);
    const group = groups.find(({ members }) => members.some(({ request }) => request === event.request));
    for (const { entry, request } of group?.members ?? []) {
      // Where the last commit speaks for the group, the others have no request of their own.
      if (request === null || request === event.request) groupCommits.set(entry.pull, event.request.headSha);
    }
  });
}

/** Making a key takes longer than most scenarios; nothing is ever kept secret with it. */
let madeKey: string | null = null;
function privateKey(): string {
  madeKey ??= generateKeyPairSync("rsa", { modulusLength: 2048 })
    .privateKey.export({ type: "pkcs8", format: "pem" })
    .toString();
  return madeKey;
}

/** Sets the stage. Stop its `github` when the scenario is over. */
export async function setStage(setting: Setting): Promise<Stage> {
  const clock: StageClock = { nowMs: setting.start };
  const given = Object.entries(setting.ceilings).filter(([, ceiling]) => ceiling !== undefined);
  const github = await startGitHub({ clock: { now: () => clock.nowMs }, ceilings: Object.fromEntries(given) });
  const app = github.app({ slug: "sallyport", ...readManifest(), secret: webhookSecret, privateKey: privateKey() });
  const acme = github.organization("acme");
  for (const [login, account] of Object.entries(setting.accounts).filter(([name]) => name !== actionsLogin)) {
    const { email, ...identity } = identityOf(login, account);
    const created = github.user(login, { ...identity, ...(email === undefined ? {} : { email }) });
    if (created.type === "User" && roleOf(account) !== "none") acme.member(created);
  }
  const repository = acme.repository("shop", {
    files: {
      ...contents(setting.files),
      ...(setting.policy === undefined ? {} : { [policyPath]: policyText(setting.policy) }),
    },
  });
  const stage = new Stage({ github, app, acme, repository, clock });
  // The account of an App comes with the App.
  if (Object.hasOwn(setting.accounts, actionsLogin)) stage.actions();
  for (const [login, account] of Object.entries(setting.accounts)) {
    const role = roleOf(account);
    if (role !== "none") repository.grant(stage.account(login), role);
  }
  makeTeams(stage, setting);
  for (const [branch, files] of Object.entries(setting.branches)) repository.commit(branch, { files: contents(files) });
  if (setting.organisation_policy !== undefined) setOrganisationPolicy(stage, setting.organisation_policy);
  for (const [name, files] of Object.entries(setting.repositories)) {
    acme.repository(name, { files: { "README.md": `# ${name}\n`, ...contents(files) }, private: true });
  }
  setGates(stage, setting.gates);
  repository.state.advisories = setting.advisories ?? null;
  for (const [name, { gate, admins_bypass }] of Object.entries(setting.environments)) {
    repository.environment({ name, rules: gate ? [app.state] : [], adminsMayBypass: admins_bypass });
  }
  if (setting.enforcer) {
    const { permissions } = readManifest("app.enforcer.yml");
    const own = {
      slug: "sallyport-enforcer",
      permissions,
      events: [],
      secret: webhookSecret,
      privateKey: privateKey(),
    };
    stage.enforcer = github.app(own);
    stage.enforcer.install(acme.account);
  }
  return stage;
}

/** Puts rules in the place of those that protect branches now. */
export function setGates(stage: Stage, gates: readonly Gate[]): void {
  const { repository, acme, app } = stage;
  for (const protection of repository.state.protections.toReversed()) repository.unprotect(protection);
  for (const gate of gates) {
    const requiredApp = gate.required === "pinned" ? app.state : null;
    repository.protect({
      branches: gate.branches,
      requiredChecks: gate.required === "no" ? [] : [{ context: gate.check, app: requiredApp }],
      strict: gate.strict,
      bypass: [acme.account, ...gate.bypass.map((login) => stage.account(login))],
      mergeQueue:
        gate.merge_queue === undefined
          ? undefined
          : {
              groupingStrategy: gate.merge_queue.grouping,
              minEntriesToMerge: gate.merge_queue.at_least,
              checkResponseTimeoutMinutes: gate.merge_queue.answered_within / 60_000,
            },
    });
  }
}

function roleOf(account: AccountSetting) {
  return typeof account === "string" ? account : account.role;
}

/** Agents and other programs that are known have the ids that they have on GitHub: by those they are recognised. */
function identityOf(
  login: string,
  account: AccountSetting,
): { readonly id?: number; readonly type: "User" | "Bot"; readonly email?: string | undefined } {
  const given: Partial<Exclude<AccountSetting, string>> = typeof account === "string" ? {} : account;
  const slug = login.replace(/\[bot\]$/u, "");
  const isApp = slug !== login || login === "Copilot";
  const listed = [...deterministic, ...reviewers].find((known) => known.login === login)?.id;
  const ofAgent = isApp
    ? agents.find(({ apps }) => apps.includes(login === "Copilot" ? "copilot-swe-agent" : slug))?.ids[0]
    : undefined;
  const id = given.id ?? listed ?? ofAgent;
  return { type: given.type ?? (isApp ? "Bot" : "User"), email: given.email, ...(id == null ? {} : { id }) };
}

function makeTeams(stage: Stage, { teams }: Setting): void {
  for (const [slug, team] of Object.entries(teams)) {
    const { members, parent, role } = "members" in team ? team : { members: team };
    const made = stage.acme.team(slug, {
      members: members.map((login) => stage.account(login)),
      ...(parent === undefined ? {} : { parent: stage.team(parent) }),
    });
    stage.teams.set(slug, made);
    if (role !== undefined && role !== "none") stage.repository.grant(made, role);
  }
}

/** Writes the organisation's policy, into the repository `.github` that it makes the first time. */
export function setOrganisationPolicy(stage: Stage, policy: string | Record<string, unknown>): void {
  const files = { "sallyport.yml": policyText(policy) };
  const known = stage.organisationRepository;
  if (known === null) stage.organisationRepository = stage.acme.repository(".github", { files });
  else known.commit("main", { files });
}

/** Writes the repository's policy on a branch. */
export function setPolicy(stage: Stage, policy: string | Record<string, unknown>, branch: string, by: Account): void {
  stage.repository.commit(branch, { files: { [policyPath]: policyText(policy) }, by });
}

function policyText(policy: string | Record<string, unknown>): string {
  return typeof policy === "string" ? policy : stringify(policy);
}

export function contents(files: Readonly<Record<string, Content>>): Record<string, FileContent> {
  return Object.fromEntries(Object.entries(files).map(([path, content]) => [path, fileContent(content)]));
}

function fileContent(content: Content): FileContent {
  if (content === null || typeof content === "string") return content;
  if ("base64" in content) return Buffer.from(content.base64, "base64");
  if ("repeat" in content) return content.repeat.repeat(content.times);
  return content;
}
