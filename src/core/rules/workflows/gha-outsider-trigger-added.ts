import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { newlyHeld, once } from "../../workflows/fresh.ts";
import { outsiderTriggers } from "../../workflows/triggers.ts";

/** It runs on what anybody proposes; the others have texts of outsiders, or what a build without rights left behind. */
const gravest = "pull_request_target";

export default defineRule({
  id: "gha-outsider-trigger-added",
  invariant: "permissions-do-not-increase",
  severity: "high",
  confidence: "high",
  summary: "A workflow is newly started by an event that anybody can cause, with the rights of the repository.",
  why: "Such a run holds the secrets and a token that may write, while a stranger chooses what it works on: a pull request of a fork, a comment, a title.",
  remedy:
    "Use `pull_request`, which runs without secrets for forks; where rights are needed, do only that part in a second workflow that runs no code and no text of the pull request.",
  needs: "workflows",
  options: z.strictObject({}),
  *detect({ changes }) {
    const triggers = newlyHeld(changes, (workflow) =>
      once(outsiderTriggers(workflow).map((trigger) => ({ key: trigger.event, trace: "", trigger }))),
    );
    for (const { workflow, item } of triggers) {
      const { event, at } = item.trigger;
      const known = changes.some(({ before, after }) => after === workflow && before !== null);
      yield {
        at,
        about: `${workflow.path}#on.${event}`,
        message: `\`${event}\` starts the workflow with secrets and a token of this repository, whoever causes it`,
        // A new workflow that answers issues is ordinary; one that had rights and now runs for everybody is not.
        ...(known && event === gravest ? {} : { asks: true as const }),
        after: event,
      };
    }
  },
  examples: {
    "pull requests of forks run with rights": `
      M .github/workflows/ci.yml
      - on: pull_request
      > on: pull_request_target
        jobs:
          build: { runs-on: ubuntu-latest, steps: [] }`,
    "one more event": `
      M .github/workflows/ci.yml
        on:
          push: { branches: [main] }
      >   workflow_run: { workflows: [build], types: [completed] }
        jobs:
          build: { runs-on: ubuntu-latest, steps: [] }`,
    "comments start it": `
      A .github/workflows/chat.yml
        on:
      >   issue_comment: { types: [created] }
        jobs:
          answer: { runs-on: ubuntu-latest, steps: [] }`,
    "people start it": `
      M .github/workflows/ci.yml
      - on: push
      + on: [push, workflow_dispatch, pull_request]
        jobs:
          build: { runs-on: ubuntu-latest, steps: [] }`,
    "the file is called otherwise": `
      D .github/workflows/label.yml
        on: pull_request_target
        jobs:
          label:
            runs-on: ubuntu-latest
            steps: [{ uses: actions/labeler@v5 }]
      A .github/workflows/labels.yml
        on: { pull_request_target: { types: [opened] } }
        jobs:
          label:
            runs-on: ubuntu-latest
            steps: [{ uses: actions/labeler@v5 }]`,
  },
});
