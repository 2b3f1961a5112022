import { z } from "zod";
import { expectation } from "./expectation.ts";
import { gate } from "./setting.ts";
import { branch, commitName, duration, files, login, policy, pullName, role, signature } from "./words.ts";

const by = login;
const on = pullName.optional();
const commit = z.string().min(1).optional().describe("a name for the commit, for later steps");
const refused = z.string().optional().describe("GitHub refuses it, and says this");

/** How a commit is written; the same keys for `open` and `push`. */
const written = {
  files: files.optional(),
  edit: z
    .record(z.string(), z.record(z.string(), z.string()))
    .optional()
    .describe("for each path, texts that stand there once, and what takes their place"),
  message: z.string().optional(),
  author: signature.optional().describe("without it: who pushes"),
  committer: signature.optional().describe("without it: the author"),
  co_authors: z.array(signature).optional(),
  merges: z.array(commitName).optional().describe("further parents"),
  signed: z.literal(true).optional().describe("signed, and verified by GitHub"),
  times: z.int().positive().optional().describe("so many commits; `{n}` in paths and texts is the number of each"),
  commit,
};

const fault = z
  .union([z.int().min(400).max(599), z.enum(["cut", "hang"])])
  .describe("a status, `cut` for half an answer, or `hang` for none at all");
const message = z.string().min(1).describe("the name of a webhook event: pull_request, push, check_run ...");

const point = z.enum([
  "before collect",
  "after collect",
  "after evaluate",
  "before publish",
  "after publish",
  "before alarm",
  "after alarm",
  "before revert",
  "after revert",
  "before reply",
  "before reaction",
]);
const token = z.enum(["right", "wrong", "none"]).default("right").describe("what the request bears");
const answer = z.int().optional().describe("the status that refuses it");

/** Every act by its name. The first key names the act; the others are its particulars. */
export const acts = {
  open: z
    .strictObject({
      open: branch,
      by,
      as: z.string().min(1).optional().describe("a name, where the branch does not tell pull requests apart"),
      onto: branch.optional().describe("the base branch, without it `main`"),
      title: z.string().optional(),
      body: z.string().optional(),
      draft: z.literal(true).optional(),
      fork: login.optional().describe("whose fork the branch lives in"),
      from: branch.optional().describe("where a new branch begins, without it at the base"),
      ...written,
    })
    .describe("opens a pull request; with files or edits, after a commit to its branch"),
  push: z
    .strictObject({ push: branch, by, fork: login.optional(), from: branch.optional(), refused, ...written })
    .describe("commits to a branch and pushes it"),
  force_push: z
    .strictObject({ force_push: branch, by, to: commitName, ...written })
    .describe("puts a branch on another commit; with files or edits, on a new commit upon that one"),
  delete_branch: z.strictObject({ delete_branch: branch, by }),
  lose_commit: z
    .strictObject({ lose_commit: commitName })
    .describe("GitHub has the commit no more: what still names it is answered with 404 or 422"),
  update_branch: z
    .strictObject({ update_branch: by, on, commit })
    .describe("the button: merges the base into the head"),
  approve: z.strictObject({
    approve: by,
    on,
    at: commitName.optional().describe("the commit that was looked at"),
    takes: duration.optional().describe("how long the person reads, without it three minutes"),
  }),
  request_changes: z.strictObject({ request_changes: by, on, at: commitName.optional() }),
  dismiss: z.strictObject({ dismiss: login.describe("whose latest review"), by, on }),
  ask_review: z.strictObject({ ask_review: z.array(login), by, on }).describe("asks people for a review, again too"),
  comment: z.strictObject({
    comment: z
      .string()
      .describe("the text; `{head}` and the name of a commit, as `{v1}`, become SHAs, and `{head:7}` the first digits"),
    by,
    on,
    through: z.string().optional().describe("the slug of an App that writes with the person's account"),
  }),
  edit_comment: z
    .strictObject({ edit_comment: z.string(), by, on })
    .describe("gives the comment that was written last, Sallyport's aside, another text"),
  delete_comment: z
    .strictObject({ delete_comment: by, on })
    .describe("removes the comment that was written last, Sallyport's aside"),
  label: z.strictObject({ label: z.string(), by, on }),
  unlabel: z.strictObject({ unlabel: z.string(), by, on }),
  assign: z.strictObject({ assign: login, by, on }),
  start_agent: z.strictObject({ start_agent: by, on }).describe("GitHub attests who handed the agent its task"),
  retarget: z.strictObject({ retarget: branch, by, on }),
  retitle: z.strictObject({ retitle: z.string(), by, on }),
  describe: z.strictObject({ describe: z.string(), by, on }).describe("edits the description"),
  close: z.strictObject({ close: by, on }),
  reopen: z.strictObject({ reopen: by, on }),
  draft: z.strictObject({ draft: by, on }),
  ready: z.strictObject({ ready: by, on }),
  arm: z.strictObject({ arm: by, on, refused }).describe("arms auto-merge"),
  disarm: z.strictObject({ disarm: by, on }),
  enqueue: z
    .strictObject({
      enqueue: by,
      on,
      jump: z.literal(true).optional().describe("to the front"),
      refused,
    })
    .describe("puts it into the merge queue of its base, where one of `gates` has a queue"),
  dequeue: z.strictObject({ dequeue: by, on }).describe("takes it out of the merge queue"),
  stack: z
    .strictObject({ stack: z.array(pullName).min(2), by })
    .describe("stacks pull requests, from the bottom to the top, each onto the branch of the one below"),
  start_workflow: z
    .strictObject({ start_workflow: login.describe("who sets it off") })
    .describe("a workflow of the repository runs, and goes on running until all are ended"),
  run_workflow: z
    .strictObject({
      run_workflow: z.string().describe("the path of the workflow"),
      by,
      at: commitName,
      branch: z.string().default("main"),
      event: z.string().default("push"),
      conclusion: z.enum(["success", "failure", "cancelled"]).default("success"),
    })
    .describe("a workflow runs to its end, without a deployment"),
  end_workflows: z.strictObject({ end_workflows: z.literal("all") }),
  unstack: z.strictObject({ unstack: by, on }).describe("takes its stack apart"),
  merge: z.strictObject({ merge: by, on, refused }).describe("merges; it must succeed, or be `refused`"),
  run: z
    .strictObject({
      run: z.string().describe("the name of the check run"),
      app: z.string().describe("the slug of another App, such as github-actions"),
      conclusion: z.enum(["success", "failure", "neutral", "skipped"]),
      on,
    })
    .describe("another App posts a check run on the head"),
  status: z
    .strictObject({ status: z.string(), state: z.enum(["success", "failure", "pending", "error"]), by, on })
    .describe("a commit status on the head"),
  deploy: z
    .strictObject({
      deploy: z.string().min(1).describe("the environment"),
      by: by.optional().describe("who creates it, or who starts the workflow"),
      app: z.string().optional().describe("the slug of another App that creates it as itself"),
      workflow: z
        .string()
        .optional()
        .describe("the path of a workflow: Actions runs it to its success and creates the deployment for it"),
      at: commitName.optional().describe("the commit that is deployed, without it the head"),
      run: z
        .strictObject({
          branch: z.string().optional().describe("the branch or tag, without it `at`, or the branch of the head"),
          event: z.string().optional().describe("without it `push` with `at`, else `pull_request`"),
          fork: login.optional().describe("whose fork the commit came from"),
          conclusion: z.enum(["success", "failure", "cancelled"]).nullable().optional().describe("`null`: it goes on"),
        })
        .optional()
        .describe("more of the run of `workflow`"),
      as: z.string().min(1).optional().describe("a name for the deployment, without it the environment"),
      listed: duration.optional().describe("how much later than its webhooks GitHub lists it"),
      on,
    })
    .refine(({ by: person, app }) => (person === undefined) !== (app === undefined), "give one of `by` and `app`")
    .refine(({ by: person, workflow }) => workflow === undefined || person !== undefined, {
      message: "somebody starts a workflow: add `by`",
    })
    .describe("creates a deployment, which needs no more than write permission"),
  start_deployment: z
    .strictObject({
      start_deployment: z.string().min(1).describe("the environment"),
      by: by.describe("who starts the workflow"),
      workflow: z.string().default(".github/workflows/deploy.yml").describe("its path"),
      at: commitName.describe("the commit that it is for"),
      branch: branch.default("main").describe("the branch that it runs for"),
      event: z.string().default("push"),
      callback: z.string().optional().describe("the address that the webhook names, in the place of GitHub's own"),
      ends: z.enum(["success", "failure"]).default("success").describe("how the job ends once it may begin"),
      as: z.string().min(1).optional().describe("a name for it, without it the environment"),
    })
    .describe("a workflow runs, and its job waits for the rules of its environment"),
  bypass_gate: z
    .strictObject({ bypass_gate: by, of: z.string().min(1).optional(), refused })
    .describe("an administrator starts a job past the rules of its environment, without `of` the one started last"),
  deployment_status: z
    .strictObject({
      deployment_status: z.enum(["success", "failure", "error", "inactive", "in_progress", "queued", "pending"]),
      by: by.optional(),
      app: z.string().optional(),
      of: z.string().min(1).optional().describe("the name of a deployment, without it the one created last"),
    })
    .refine(({ by: person, app }) => person === undefined || app === undefined, "give one of `by` and `app`")
    .describe("a status of a deployment, without `by` and `app` from who created it"),
  rerun: z.strictObject({ rerun: by, on }).describe('"Re-run" of our check run'),
  press: z
    .strictObject({ press: z.enum(["explain", "re-evaluate"]), by, on })
    .describe("one of the buttons of our check run"),
  archive: z.strictObject({ archive: z.literal("runs"), on }).describe("GitHub archives our check runs on the head"),
  permit: z.strictObject({ permit: login, role }).describe("gives a person another role; `none` takes it away"),
  join: z.strictObject({ join: login, team: z.string() }),
  leave: z.strictObject({ leave: login, team: z.string() }),
  set_policy: z
    .strictObject({ set_policy: policy, branch: branch.optional(), by: login.optional() })
    .describe("the repository's policy on a branch, without it `main`"),
  set_organisation_policy: z.strictObject({ set_organisation_policy: policy }),
  rename_repository: z.strictObject({ rename_repository: z.string() }),
  set_gates: z
    .strictObject({ set_gates: z.array(gate) })
    .describe("what branches require from now on, in the place of what they required"),
  install: z.strictObject({ install: z.literal("app") }),
  advance: z
    .strictObject({ advance: duration })
    .describe("moves the clock; other steps take one second, and an approval three minutes"),
  hold: z.strictObject({ hold: z.literal("webhooks") }).describe("webhooks wait from now on"),
  release: z
    .strictObject({ release: z.literal("webhooks"), order: z.enum(["first to last", "last to first"]).optional() })
    .describe("what waits is sent, and everything after it at once again"),
  drop: z.strictObject({ drop: message, times: z.int().positive().optional() }).describe("the next ones are lost"),
  double: z
    .strictObject({ double: message, times: z.int().positive().optional() })
    .describe("the next ones come twice"),
  forge: z
    .strictObject({ forge: message, times: z.int().positive().optional() })
    .describe("the next ones bear a signature that was made without the secret"),
  redeliver: z.strictObject({ redeliver: message }).describe("the latest one of this name is sent again"),
  fail: z
    .strictObject({
      fail: z.string().min(1).describe('part of "METHOD /route", such as "POST /repos/{owner}/{repo}/check-runs"'),
      with: fault,
      times: z.int().positive().optional(),
    })
    .describe("GitHub fails the next requests of this kind"),
  heal: z.strictObject({ heal: z.literal("github") }).describe("failures that are still to come are forgotten"),
  server: z
    .strictObject({ server: z.enum(["stop", "start", "restart", "kill", "lose store"]) })
    .describe("`kill` leaves everything as it stands; `lose store` is a start with an empty one"),
  halt: z
    .strictObject({
      halt: z.enum(["everywhere", "organisation", "repository", "agent"]),
      agent: z.string().optional().describe("which one, for `halt: agent`"),
      everyone: z.literal(true).optional().describe("people as well"),
      reason: z.string().default(""),
      during: point.optional().describe("not now: at this point of the next look that reaches it"),
      token,
      refused: answer,
    })
    .describe("whoever runs Sallyport halts, over HTTP"),
  resume: z
    .strictObject({ resume: z.literal("everything"), reason: z.string(), token, refused: answer })
    .describe("whoever runs Sallyport lifts every halt, over HTTP"),
  still_green: z
    .strictObject({
      still_green: z.string().describe('"N of M", as `sallyport halt --status` counts them, of all halts together'),
    })
    .describe("how far halts have come"),
  signal: z
    .strictObject({
      signal: z
        .record(z.string(), z.unknown())
        .describe("what is posted to `/signals`; without `at` it began now, and the name of a commit becomes its SHA"),
      signed: z.enum(["right", "wrong", "none"]).default("right"),
      age: duration.default(0).describe("how old the timestamp is"),
      ahead: duration.default(0).describe("how far the timestamp lies in the future"),
      again: z.literal(true).optional().describe("the request that was posted last, byte for byte"),
      answered: z.int().default(202).describe("the status of the answer"),
      says: z.string().optional().describe("the answer contains it"),
    })
    .describe("monitoring tells what became of an environment, over HTTP"),
  evidence: z
    .strictObject({
      evidence: z.enum(["plan", "findings"]).describe("a workflow sends a Terraform plan, or what a scanner found"),
      root: z.string().default("."),
      workspace: z.string().optional(),
      plans: z
        .record(z.string(), z.enum(["create", "update", "delete", "replace", "no-op"]))
        .default({})
        .describe("what the plan does to which address"),
      complete: z.boolean().nullable().default(true).describe("`null`: the plan does not say"),
      errored: z.boolean().default(false),
      tool: z.string().default("Trivy"),
      finds: z
        .array(
          z.strictObject({
            rule: z.string(),
            path: z.string(),
            level: z.enum(["error", "warning", "note"]).default("error"),
            lines: z.tuple([z.int().positive(), z.int().positive()]).optional(),
            message: z.string().default("This is wrong."),
            suppressed: z.literal(true).optional(),
          }),
        )
        .default([]),
      body: z.string().optional().describe("what is sent in their place, as it is"),
      times: z.int().positive().default(1).describe("so often, with another plan each time"),
      by: by.describe("who set the workflow off"),
      on,
      at: commitName.optional().describe("the commit of its run, without it the head"),
      workflow: z.string().default(".github/workflows/ci.yml").describe("the workflow that GitHub started"),
      job: z.string().default("acme/ci/.github/workflows/plan.yml@refs/heads/main").describe("whose job it is"),
      event: z.string().default("pull_request"),
      base: branch.default("main").describe("the base of the pull request when it ran"),
      token: z
        .enum(["right", "none", "forged", "ended", "elsewhere", "again"])
        .default("right")
        .describe("`ended` and `elsewhere` (of another repository) are signed; `again` is the one that was used last"),
      fork: login.optional().describe("the run is one of that person's fork"),
      answered: z.int().default(202),
      says: z.string().optional().describe("the answer contains it"),
    })
    .describe("a job of GitHub Actions brings evidence, over HTTP"),
  store: z
    .strictObject({
      store: z.enum(["down", "up"]),
      at: point.optional().describe("only when the next look comes to this point"),
    })
    .describe("the running server cannot reach its database, until it can again"),
  kill: z.strictObject({ kill: point }).describe("the server dies at this point of the next look that reaches it"),
  expect: z.strictObject({ expect: expectation }),
} as const;

export type Act = keyof typeof acts;
export type Particulars<A extends Act> = z.output<(typeof acts)[A]>;

/** One step of a scenario, with the line of the file that it begins at. */
export type Step<A extends Act = Act> = {
  readonly [K in A]: { readonly act: K; readonly given: Particulars<K>; readonly line: number };
}[A];

/** How a commit is written. */
export type Written = Pick<Particulars<"push">, keyof typeof written>;

export function isAct(name: string): name is Act {
  return Object.hasOwn(acts, name);
}
