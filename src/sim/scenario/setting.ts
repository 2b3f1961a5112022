import { z } from "zod";
import { branch, content, duration, files, login, moment, policy, role } from "./words.ts";

const account = z
  .union([
    role,
    z.strictObject({
      role,
      id: z.int().positive().optional().describe("the numeric id, where it matters"),
      type: z
        .enum(["User", "Bot"])
        .optional()
        .describe("without it: Bot for agents that are known and names that end in `[bot]`"),
      email: z.string().optional(),
    }),
  ])
  .describe("the role in the repository, or a mapping with it");
export type AccountSetting = z.output<typeof account>;

const team = z.union([
  z.array(login),
  z.strictObject({ members: z.array(login), parent: z.string().optional(), role: role.optional() }),
]);

const queue = z.strictObject({
  grouping: z
    .enum(["ALLGREEN", "HEADGREEN"])
    .default("ALLGREEN")
    .describe("whether each pull request of a group needs its checks, or the group's last commit alone"),
  at_least: z.int().positive().default(1).describe("how many wait for each other, for five minutes at most"),
  answered_within: duration.default(3_600_000).describe("how long it waits for checks, without it an hour"),
});

export const gate = z.strictObject({
  required: z
    .enum(["pinned", "unpinned", "no"])
    .default("pinned")
    .describe("whether the check must pass, and from this app alone"),
  strict: z.boolean().default(false).describe("whether the head must contain the base branch"),
  branches: z.array(branch).default(["~DEFAULT_BRANCH"]),
  check: z.string().default("sallyport"),
  bypass: z.array(login).default([]),
  merge_queue: queue.optional().describe("pull requests are merged by a queue"),
});

export type Gate = z.output<typeof gate>;

const environment = z.strictObject({
  gate: z.boolean().default(true).describe("whether Sallyport's rule is enabled there"),
  admins_bypass: z.boolean().default(true).describe("whether administrators may start jobs past the rules"),
});

const ceilings = z.strictObject({
  treeEntries: z.int().positive().optional(),
  pullFiles: z.int().positive().optional(),
  pullCommits: z.int().positive().optional(),
  compareFiles: z.int().positive().optional(),
  compareCommits: z.int().positive().optional(),
  compareCommitsPaged: z.int().positive().optional(),
  patchLines: z.int().positive().optional(),
  patchBytes: z.int().positive().optional(),
  blobTextBytes: z.int().positive().optional(),
});

const advisory = z.strictObject({
  manifest: z.string(),
  ecosystem: z.string().default("npm"),
  name: z.string(),
  version: z.string(),
  severity: z.string(),
  id: z.string(),
  summary: z.string().default(""),
});

/** What there is before the first step. */
const settingKeys = {
  accounts: z.record(login, account).describe("everybody who acts, and what each may do in the repository"),
  teams: z.record(z.string(), team).default({}).describe("teams of the organisation `acme` by slug"),
  files: z.record(z.string(), content).default({}).describe("the default branch `main`"),
  branches: z.record(branch, files).default({}).describe("further branches: what they change on `main`"),
  repositories: z.record(z.string(), files).default({}).describe("further repositories of `acme`, and what they hold"),
  policy: policy.optional().describe("`.github/sallyport.yml` on `main`"),
  organisation_policy: policy.optional().describe("`sallyport.yml` of `acme/.github`"),
  gates: z
    .array(gate)
    .default([gate.parse({})])
    .describe("what branches require"),
  environments: z
    .record(z.string().min(1), environment)
    .default({})
    .describe("the repository's environments on GitHub, which jobs wait for; others come to be without rules"),
  advisories: z
    .array(advisory)
    .optional()
    .describe("what GitHub's dependency review knows of versions; without it the review is not enabled"),
  ceilings: ceilings.default({}).describe("GitHub's ceilings, lowered to what a scenario can reach"),
  installed: z.boolean().default(true).describe("whether the App is installed from the start"),
  enforcer: z.boolean().default(false).describe("whether the second App, `app.enforcer.yml`, is installed as well"),
  start: moment.default(Date.UTC(2026, 2, 2, 9)).describe("the clock at the start"),
};

/** One scenario without its steps, which are read one by one: each has the keys of its act. */
export const scenarioHead = z.strictObject({
  name: z.string().min(1).describe("what holds, as a sentence"),
  shows: z
    .array(z.string().regex(/^[A-Z]\d{1,2}$/u))
    .default([])
    .describe("ids of what it shows"),
  about: z.string().optional().describe("why, for the reader"),
  ...settingKeys,
  steps: z.array(z.unknown()).min(1),
});
export type Setting = Omit<z.output<typeof scenarioHead>, "steps">;
