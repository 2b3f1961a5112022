import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { newlyHeld } from "../../workflows/fresh.ts";

export default defineRule({
  id: "gha-old-commands-allowed",
  invariant: "permissions-do-not-increase",
  severity: "high",
  confidence: "high",
  summary: "A workflow turns the commands on again that set variables and paths from whatever is printed.",
  why: "With them, a line in a log is a command: a title or a file name that is printed sets the environment of the steps after it. GitHub took them away for that.",
  remedy: "Write to `$GITHUB_ENV` and `$GITHUB_PATH` where it must be, and to `$GITHUB_OUTPUT` for everything else.",
  needs: "workflows",
  options: z.strictObject({}),
  *detect({ changes }) {
    const found = newlyHeld(changes, ({ env, jobs }) =>
      [...env, ...jobs.flatMap((job) => [...job.env, ...job.steps.flatMap((step) => step.env)])].flatMap((given) =>
        given.key.toUpperCase() === "ACTIONS_ALLOW_UNSECURE_COMMANDS" && given.text !== "" && given.text !== "false"
          ? [{ key: "allowed", trace: given.text, given }]
          : [],
      ),
    );
    for (const { workflow, item } of found) {
      yield {
        at: item.given.at,
        about: `${workflow.path}#ACTIONS_ALLOW_UNSECURE_COMMANDS`,
        message: "`ACTIONS_ALLOW_UNSECURE_COMMANDS` lets what is printed set the environment",
      };
    }
  },
  examples: {
    "for every job": `
      M .github/workflows/ci.yml
        on: push
      + env:
      >   ACTIONS_ALLOW_UNSECURE_COMMANDS: true
        jobs:
          build: { runs-on: ubuntu-latest, steps: [] }`,
    off: `
      M .github/workflows/ci.yml
        on: push
      + env:
      +   ACTIONS_ALLOW_UNSECURE_COMMANDS: false
        jobs:
          build: { runs-on: ubuntu-latest, steps: [] }`,
  },
});
