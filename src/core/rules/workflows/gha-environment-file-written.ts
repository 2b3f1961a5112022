import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { newlyHeld } from "../../workflows/fresh.ts";
import { inOrder, linesLike } from "../../workflows/script-patterns.ts";
import type { Workflow } from "../../workflows/model.ts";
import { isPrivileged } from "../../workflows/triggers.ts";

const redirected = />>?\s*["']?(?:\$\{?(?:env:)?GITHUB_(?:ENV|PATH)\b|%GITHUB_(?:ENV|PATH)%)/iu;
const file = /["']?\$\{?(?:env:)?GITHUB_(?:ENV|PATH)\b/iu;

function writes(text: string): boolean {
  return redirected.test(text) || inOrder(text, /\btee\b|\b(?:Out-File|Add-Content|Set-Content)\b/iu, file);
}

/** The words that are written hold nothing that is only known when it runs. */
const fixed = /^(?:echo|printf)\s+(?:-\w+\s+)*(?:"[^"$`%]*"|'[^'$`]*'|[^\s"'$`%|]+)(?:\s+[^\s"'$`%|>]+)*\s*>>?/u;
/** Paths and values that the platform or the job itself sets. */
const own = /\$\{?(?:HOME|PWD|GITHUB_(?:WORKSPACE|SHA|RUN_ID|RUN_NUMBER|REPOSITORY)|RUNNER_\w+|PATH)\b\}?|\$\(pwd\)/gu;

export default defineRule({
  id: "gha-environment-file-written",
  invariant: "permissions-do-not-increase",
  severity: "high",
  confidence: "medium",
  summary: "A workflow that outsiders start writes what it finds out into the environment or the path of later steps.",
  why: "One line break in that value, and it sets `LD_PRELOAD`, `NODE_OPTIONS` or a folder of programs: the next step runs what the outsider wants, with the rights of the job.",
  remedy: "Hand values on as outputs of the step, or check that they hold only what you expect before you write them.",
  needs: "workflows",
  options: z.strictObject({}),
  *detect({ changes }) {
    const found = newlyHeld(changes, (workflow) =>
      isPrivileged(workflow) || isForOthers(workflow)
        ? linesLike(workflow, writes)
            .filter(({ text }) => !fixed.test(text.replaceAll(own, "own")))
            .map((told) => ({ key: "written", trace: told.text, told }))
        : [],
    );
    for (const { workflow, item } of found) {
      const { at, job, text } = item.told;
      yield {
        at,
        about: `${workflow.path}#${job}.environment-file`,
        message: `job \`${job}\` writes a value into the environment of later steps: \`${text}\``,
        asks: true,
        object: job,
      };
    }
  },
  examples: {
    "the title of a pull request": `
      M .github/workflows/label.yml
        on: pull_request_target
        jobs:
          label:
            runs-on: ubuntu-latest
            env: { TITLE: "\${{ github.event.pull_request.title }}" }
            steps:
              - run: |
                  echo label
      >           echo "TITLE=$TITLE" >> "$GITHUB_ENV"`,
    "a path that is read from a file": `
      M .github/workflows/report.yml
        on:
          workflow_run: { workflows: [ci] }
        jobs:
          report:
            runs-on: ubuntu-latest
            steps:
              - run: |
                  echo report
      >           cat result/path.txt >> $GITHUB_PATH`,
    "words that stand there": `
      M .github/workflows/label.yml
        on: pull_request_target
        jobs:
          label:
            runs-on: ubuntu-latest
            steps:
              - run: |
      +           echo "CI=1" >> "$GITHUB_ENV"
      +           echo "$HOME/.local/bin" >> $GITHUB_PATH
                  echo label`,
    "nobody from outside starts it": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: |
      +           echo "VERSION=$(cat VERSION)" >> "$GITHUB_ENV"
                  make`,
  },
});

/** An action that nobody here uses is there for others, who may start it for outsiders. */
function isForOthers({ kind, callers }: Workflow): boolean {
  return kind === "action" && callers.length === 0;
}
