import { haltsAnswer } from "../../server/halts.ts";
import { Refused } from "../state/refused.ts";
import type { Comment } from "../state/model.ts";
import type { Act, Particulars, Step } from "./acts.ts";
import { commitTo, writesSomething } from "./commits.ts";
import { commentsOfOthers, withShas } from "./comments.ts";
import { deploy, setDeploymentStatus } from "./deployments.ts";
import { bypassGate, startDeployment } from "./gates.ts";
import { ownRuns } from "./own-runs.ts";
import type { Serving } from "./serving.ts";
import { StepFailed } from "./step-failed.ts";
import { bringEvidence } from "./evidence.ts";
import { postSignal } from "./signals.ts";
import { setGates, setOrganisationPolicy, setPolicy, type Stage, Unplayable } from "./stage.ts";

/** What is done to the server. */
type ServerAct = "server" | "signal" | "evidence" | "store" | "kill" | "halt" | "resume" | "still_green";
/** An act on GitHub. */
type OnGitHub = Exclude<Act, "expect" | ServerAct>;
/** A step that does something. */
export type Deed = Exclude<Step, Step<"expect">>;

const onGitHub: { readonly [A in OnGitHub]: (given: Particulars<A>, stage: Stage) => void } = {
  open,
  push: (given, stage) => {
    const place = {
      repository: stage.whose(given.fork),
      branch: given.push,
      by: stage.account(given.by),
      from: given.from,
    };
    expectRefusal(given.refused, () => void commitTo(stage, place, given));
  },
  force_push: (given, stage) => {
    const by = stage.account(given.by);
    const sha = stage.commit(given.to);
    const { repository } = stage;
    if (writesSomething(given)) commitTo(stage, { repository, branch: given.force_push, by, onto: sha }, given);
    else repository.push(given.force_push, sha, by, { force: true });
  },
  delete_branch: ({ delete_branch: branch, by }, stage) => stage.repository.deleteBranch(branch, stage.account(by)),
  lose_commit: ({ lose_commit: name }, stage) => stage.repository.loseCommit(stage.commit(name)),
  update_branch: ({ update_branch: by, on, commit }, stage) => {
    const sha = stage.pull(on).updateBranch(stage.account(by));
    if (commit !== undefined) stage.commits.set(commit, sha);
  },
  approve: ({ approve: by, on, at }, stage) =>
    void stage.pull(on).review(stage.account(by), "approve", at === undefined ? {} : { commitSha: stage.commit(at) }),
  request_changes: ({ request_changes: by, on, at }, stage) =>
    void stage
      .pull(on)
      .review(stage.account(by), "request changes", at === undefined ? {} : { commitSha: stage.commit(at) }),
  dismiss: ({ dismiss, by, on }, stage) => {
    const pull = stage.pull(on);
    const review = pull.state.reviews.findLast(
      ({ author, state }) => author.login === dismiss && state !== "DISMISSED",
    );
    if (review === undefined) throw new Unplayable(`${dismiss} has no review to dismiss.`);
    pull.dismiss(review, stage.account(by));
  },
  ask_review: ({ ask_review: logins, by, on }, stage) =>
    stage.pull(on).requestReviews(
      stage.account(by),
      logins.map((login) => stage.account(login)),
    ),
  comment: ({ comment, by, on, through }, stage) => {
    const pull = stage.pull(on);
    const app = through === undefined ? null : stage.otherApp(through).state;
    pull.comment(stage.account(by), withShas(comment, pull, stage), app);
  },
  edit_comment: ({ edit_comment: text, by, on }, stage) => {
    const pull = stage.pull(on);
    pull.editComment(latestComment(stage, on), stage.account(by), withShas(text, pull, stage));
  },
  delete_comment: ({ delete_comment: by, on }, stage) =>
    stage.pull(on).deleteComment(latestComment(stage, on), stage.account(by)),
  label: ({ label, by, on }, stage) => stage.pull(on).label(stage.account(by), label),
  unlabel: ({ unlabel, by, on }, stage) => stage.pull(on).unlabel(stage.account(by), unlabel),
  assign: ({ assign, by, on }, stage) => stage.pull(on).assign(stage.account(by), stage.account(assign)),
  start_agent: ({ start_agent: by, on }, stage) => stage.pull(on).attestAgentWork(stage.account(by)),
  retarget: ({ retarget, by, on }, stage) => stage.pull(on).edit(stage.account(by), { base: retarget }),
  retitle: ({ retitle, by, on }, stage) => stage.pull(on).edit(stage.account(by), { title: retitle }),
  describe: ({ describe, by, on }, stage) => stage.pull(on).edit(stage.account(by), { body: describe }),
  close: ({ close: by, on }, stage) => stage.pull(on).edit(stage.account(by), { state: "closed" }),
  reopen: ({ reopen: by, on }, stage) => stage.pull(on).edit(stage.account(by), { state: "open" }),
  draft: ({ draft: by, on }, stage) => stage.pull(on).markDraft(stage.account(by)),
  ready: ({ ready: by, on }, stage) => stage.pull(on).markReady(stage.account(by)),
  arm: ({ arm: by, on, refused }, stage) =>
    expectRefusal(refused, () => stage.pull(on).armAutoMerge(stage.account(by))),
  disarm: ({ disarm: by, on }, stage) => stage.pull(on).disarmAutoMerge(stage.account(by)),
  enqueue: ({ enqueue: by, on, jump = false, refused }, stage) =>
    expectRefusal(refused, () => stage.pull(on).enqueue(stage.account(by), { jump })),
  dequeue: ({ dequeue: by, on }, stage) => stage.pull(on).dequeue(stage.account(by)),
  stack: ({ stack: names, by }, stage) =>
    void stage.repository.stack(stage.account(by), ...names.map((name) => stage.pull(name))),
  start_workflow: ({ start_workflow: by }, stage) => {
    const of = { path: ".github/workflows/agent.yml", event: "workflow_dispatch", branch: "main", conclusion: null };
    const [sha, actor] = [stage.commit("main"), stage.account(by)];
    stage.workflows.push(stage.repository.runWorkflow(stage.actions().state, { ...of, sha, actor }));
  },
  run_workflow: ({ run_workflow: path, by, at, ...run }, stage) =>
    void stage.repository.runWorkflow(stage.actions().state, {
      path,
      ...run,
      sha: stage.commit(at),
      actor: stage.account(by),
    }),
  end_workflows: (_, stage) => {
    for (const run of stage.workflows.splice(0)) stage.repository.endWorkflow(run);
  },
  unstack: ({ on }, stage) => {
    const { stack } = stage.pull(on).state;
    if (stack === null) throw new Unplayable("The pull request is in no stack.");
    stage.repository.unstack(stack);
  },
  merge: ({ merge: by, on, refused }, stage) =>
    expectRefusal(refused, () => void stage.pull(on).merge(stage.account(by))),
  run: ({ run: name, app, conclusion, on }, stage) =>
    void stage
      .otherApp(app)
      .checkRun(stage.repository, stage.pull(on).headSha, { name, status: "completed", conclusion }),
  status: ({ status, state, by, on }, stage) =>
    void stage.repository.status(stage.pull(on).headSha, stage.account(by), status, state),
  rerun: ({ rerun: by, on }, stage) => {
    const run = ownRuns(stage, stage.pull(on).headSha)[0];
    if (run === undefined) throw new Unplayable("There is no check run of ours to run again.");
    stage.repository.rerequest(run, stage.account(by));
  },
  press: ({ press: button, by, on }, stage) => {
    const run = ownRuns(stage, stage.pull(on).headSha)[0];
    if (run === undefined) throw new Unplayable("There is no check run of ours with a button.");
    stage.repository.press(run, button, stage.account(by));
  },
  archive: ({ on }, stage) => stage.pull(on).archiveChecks(stage.app.state),
  deploy,
  deployment_status: setDeploymentStatus,
  start_deployment: startDeployment,
  bypass_gate: (given, stage) => expectRefusal(given.refused, () => bypassGate(given, stage)),
  permit: ({ permit, role }, stage) => stage.repository.grant(stage.account(permit), role === "none" ? null : role),
  join: ({ join, team }, stage) => stage.acme.join(stage.team(team), stage.account(join)),
  leave: ({ leave, team }, stage) => stage.acme.leave(stage.team(team), stage.account(leave)),
  set_policy: ({ set_policy: policy, branch = "main", by }, stage) =>
    setPolicy(stage, policy, branch, by === undefined ? stage.acme.account : stage.account(by)),
  set_organisation_policy: ({ set_organisation_policy: policy }, stage) => setOrganisationPolicy(stage, policy),
  set_gates: ({ set_gates: gates }, stage) => setGates(stage, gates),
  rename_repository: ({ rename_repository: name }, stage) => stage.repository.change({ name }),
  install: (_, stage) => void stage.app.install(stage.acme.account),
  advance: ({ advance }, stage) => {
    stage.clock.nowMs += advance;
  },
  hold: (_, stage) => stage.github.deliveries.hold(),
  release: ({ order }, stage) => stage.github.deliveries.release(order),
  drop: ({ drop, times }, stage) => stage.github.deliveries.next("drop", drop, times),
  double: ({ double, times }, stage) => stage.github.deliveries.next("double", double, times),
  forge: ({ forge, times }, stage) => stage.github.deliveries.next("forge", forge, times),
  redeliver: ({ redeliver }, stage) => {
    const delivery = stage.github.deliveries.log.findLast(({ event }) => event === redeliver);
    if (delivery === undefined) throw new Unplayable(`No webhook called ${redeliver} has been sent yet.`);
    stage.github.deliveries.redeliver(delivery.id);
  },
  fail: ({ fail, with: fault, times }, stage) => stage.github.fail(fail, fault, times),
  heal: (_, stage) => stage.github.heal(),
};

/** Whether a step is one of GitHub's and not of the server's. */
export function isOnGitHub(step: Deed): step is Step<OnGitHub> {
  return Object.hasOwn(onGitHub, step.act);
}

/** Does what a step says. @throws StepFailed where GitHub answers otherwise than the step expects */
export async function perform(step: Deed, stage: Stage, serving: Serving): Promise<void> {
  if (step.act === "server") await command(step.given.server, serving);
  else if (step.act === "store") await serving.storeIs(step.given.store, step.given.at);
  else if (step.act === "kill") serving.killAt(step.given.kill);
  else if (step.act === "signal") await postSignal(step.given, stage, serving);
  else if (step.act === "evidence") await bringEvidence(step.given, stage, serving);
  else if (step.act === "halt") await halt(step.given, serving);
  else if (step.act === "resume") await resume(step.given, serving);
  else if (step.act === "still_green") await countGreen(step.given, serving);
  else actOnGitHub(step, stage);
}

/** Does what people, agents and time do. @throws StepFailed as `perform` */
export function actOnGitHub<A extends OnGitHub>({ act: name, given }: Step<A>, stage: Stage): void {
  try {
    onGitHub[name](given, stage);
  } catch (error) {
    if (error instanceof Refused) throw new StepFailed(`GitHub refused it: ${error.message}`, { cause: error });
    throw error;
  }
}

async function command(server: Particulars<"server">["server"], serving: Serving): Promise<void> {
  switch (server) {
    case "stop":
      return await serving.stop();
    case "start":
      return await serving.start();
    case "restart":
      await serving.stop();
      return await serving.start();
    case "kill":
      return await serving.kill();
    case "lose store":
      serving.loseStore();
      return await serving.start();
  }
}

async function halt(given: Particulars<"halt">, serving: Serving): Promise<void> {
  const { halt: kind, agent, everyone = false, reason, during, token, refused } = given;
  const names = { organisation: "acme", repository: `acme/${serving.repositoryName}`, agent: agent ?? "" };
  const where = kind === "everywhere" ? { kind } : { kind, name: names[kind] };
  const order = { where, stops: everyone ? "everyone" : "agents", reason, by: "night shift" };
  const work = async (): Promise<void> => void (await serving.operate("/halts", order, token, refused ?? 200));
  if (during === undefined) await work();
  else serving.doAt(during, work);
}

async function resume({ reason, token, refused }: Particulars<"resume">, serving: Serving): Promise<void> {
  const { halts } = haltsAnswer.parse(await serving.operate("/halts", null, "right", 200));
  const order = { halts: halts.map(({ id }) => id), reason, by: "day shift" };
  await serving.operate("/halts/lift", order, token, refused ?? 200);
}

async function countGreen({ still_green: wanted }: Particulars<"still_green">, serving: Serving): Promise<void> {
  const { halts } = haltsAnswer.parse(await serving.operate("/halts", null, "right", 200));
  const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);
  const found = `${sum(halts.map(({ green }) => green))} of ${sum(halts.map(({ stopped }) => stopped))}`;
  if (found !== wanted) throw new StepFailed(`${found} still stand green, and it should be ${wanted}.`);
}

/** With no text the deed must succeed; with one, GitHub must refuse it and say that. */
function expectRefusal(refused: string | undefined, deed: () => void): void {
  if (refused === undefined) return deed();
  try {
    deed();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.message.includes(refused)) return;
    throw new StepFailed(`GitHub was to refuse it with "${refused}", and said: ${error.message}`, { cause: error });
  }
  throw new StepFailed(`GitHub was to refuse it with "${refused}", and let it happen.`);
}

function open(given: Particulars<"open">, stage: Stage): void {
  const by = stage.account(given.by);
  const repository = stage.whose(given.fork);
  if (writesSomething(given)) {
    commitTo(stage, { repository, branch: given.open, by, from: given.from ?? given.onto }, given);
  }
  const { title, body, draft, onto } = given;
  const pull = stage.repository.openPullRequest({
    head: given.open,
    by,
    ...(title === undefined ? {} : { title }),
    ...(body === undefined ? {} : { body }),
    ...(onto === undefined ? {} : { base: onto }),
    ...(draft === undefined ? {} : { draft }),
    ...(given.fork === undefined ? {} : { from: repository }),
  });
  stage.pulls.set(given.as ?? given.open, pull);
  stage.latest = pull;
}

function latestComment(stage: Stage, on: string | undefined): Comment {
  const comment = commentsOfOthers(stage.pull(on).state, stage).at(-1);
  if (comment === undefined) throw new Unplayable("Nobody has commented yet.");
  return comment;
}
