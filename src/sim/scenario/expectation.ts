import { z } from "zod";
import { refusalCodes } from "../../core/commands/refusal.ts";
import { commandNames } from "../../core/decisions/command-name.ts";
import { verdicts } from "../../core/evaluate/verdict.ts";
import { riskTiers } from "../../core/evaluate/risk.ts";
import { branch, commitName, login, pullName } from "./words.ts";

const part = z.string().min(1);
const each = (what: string) => z.array(part).describe(`${what}: as many as are listed, each containing its text`);

const entry = z.strictObject({
  kind: z.enum(["evaluated", "gone", "halted", "failed", "command"]),
  verdict: z.enum(verdicts).optional(),
  shared: z.enum(verdicts).optional(),
  wrote: z.boolean().optional(),
  step: z.enum(["collect", "evaluate", "publish"]).optional(),
  attempts: z.int().positive().optional(),
  because: z.enum(["closed", "merged", "deleted"]).optional(),
  command: z.enum(commandNames).optional(),
  refused: z.enum(refusalCodes).nullable().optional().describe("`null`: the command was obeyed"),
});
export type LedgerEntry = z.output<typeof entry>;

const issue = z.strictObject({
  in: z.string().min(1).describe("a repository of `acme`"),
  title: part.optional().describe("the title contains it"),
  says: z.array(part).optional().describe("texts that the issue contains"),
  never_says: z.array(part).optional().describe("texts that stand nowhere in it but in code"),
  open: z.boolean().optional(),
});
export type ExpectedIssue = z.output<typeof issue>;

const gate = z.strictObject({
  of: part.optional().describe("which job, without it the one started last"),
  state: z.enum(["waiting", "approved", "rejected", "expired", "bypassed"]).optional(),
  says: z.array(part).optional().describe("texts that the latest comment contains"),
  never_says: z.array(part).optional().describe("texts that stand nowhere in it but in code"),
  comments: z.int().nonnegative().optional().describe("how many comments there are, the last one included"),
});
export type ExpectedGate = z.output<typeof gate>;

const words = [...verdicts, "absent", "superseded"] as const;

/** What must be true now. What is left out is not looked at. */
export const expectationDetails = z.strictObject({
  on: pullName.optional(),
  at: commitName.optional().describe("the check run on this commit, without it on the head"),
  group: z
    .literal(true)
    .optional()
    .describe("the check run on the commit that the merge queue made last for the pull request, not on its head"),
  check: z.string().optional().describe("the name of the check, without it that of the pull request's base"),
  verdict: z
    .enum(words)
    .optional()
    .describe("what the check run stands for; `absent`: there is none; `superseded`: it was withdrawn"),
  own: z.enum(verdicts).optional().describe("the pull request's own verdict, where others share its head and base"),
  status: z.enum(["queued", "in_progress", "completed"]).optional(),
  conclusion: z.enum(["success", "failure", "action_required", "none"]).optional(),
  title: part.optional().describe("the title contains it"),
  says: z.array(part).optional().describe("texts that the report contains"),
  never_says: z
    .array(part)
    .optional()
    .describe("texts that stand nowhere in the report but in code, where nothing takes effect; a title is plain text"),
  findings: z.array(part).optional().describe("the rules that found something, all of them"),
  gaps: each("gaps, as `id: reason`").optional(),
  missing: each("requirements that are not met, as `what, from whom: now`").optional(),
  counted: z.array(login).optional().describe("whose approvals count, all of them"),
  excluded: z.record(login, part).optional().describe("whose approvals do not count, all of them, and why"),
  invokers: z.array(login).optional().describe("who set the agent to work, all of them"),
  author: z.enum(["agent", "automation", "unmarked"]).optional(),
  agents: z.array(part).optional(),
  reaches: z.array(part).optional().describe("the environments that it reaches, all of them"),
  risk: z.enum(riskTiers).optional(),
  next: z.enum(["agent", "people", "time", "operator", "nobody"]).optional().describe("who acts next"),
  policy: z
    .array(part)
    .optional()
    .describe("the policy files in force: as many as are listed, each containing its text"),
  runs: z.int().nonnegative().optional().describe("how many check runs of ours the commit has"),
  writes: z.int().nonnegative().optional().describe("how often Sallyport wrote to GitHub since the expectation before"),
  mergeable: z.boolean().optional().describe("whether GitHub would let it be merged by somebody without a bypass"),
  queued: z.boolean().optional().describe("whether it is in a merge queue"),
  merged: z.boolean().optional(),
  labels: z.array(z.string()).optional().describe("the labels that the pull request carries, all of them"),
  asked: z.array(z.string()).optional().describe("who is asked for review, all of them: logins, and slugs of teams"),
  ledger: z.array(entry).optional().describe("the newest entries about the pull request, the newest first"),
  branch: branch.optional().describe("the branch that `around` and `alarms` are about, without it `main`"),
  around: each(
    "what went around the gate on the branch, as `merge of pull request 1 by person-a` or `push by Copilot`, the oldest first",
  ).optional(),
  alarms: each(
    "what the newest look at the branch told people or could not tell them, as `bypass_merge in acme/incidents: raised`, `... on pull request 1: raised` or `...: failed`",
  ).optional(),
  gate: gate.optional().describe("a job that waited for its environment, and what Sallyport said of it"),
  issues: z.array(issue).optional().describe("the issues that Sallyport opened, all of them, the oldest first"),
  comments: each("comments of Sallyport on the pull request").optional(),
  reactions: z
    .array(z.enum(["+1", "-1"]))
    .optional()
    .describe("how Sallyport reacted to the comment that was written last, its own aside"),
  reverts: each("pull requests that the enforcer has opened, as `3: title, open`").optional(),
  after: each(
    "what went wrong after changes went live, as `error_rate in production: pull request 1, reverted by 2, rolled back by deployment`, the oldest first",
  ).optional(),
  answered: z.int().optional().describe("the status that the latest webhook was answered with"),
});
export type Expected = z.output<typeof expectationDetails>;

export const expectation = z
  .union([z.enum(words), expectationDetails])
  .transform((given): Expected => (typeof given === "string" ? { verdict: given } : given))
  .describe("the verdict, or a mapping");
