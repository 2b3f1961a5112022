import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { newlyHeld } from "../../workflows/fresh.ts";
import type { Workflow } from "../../workflows/model.ts";
import { inOrder, linesLike, type Told } from "../../workflows/script-patterns.ts";

const plainly =
  /\bgh\s+pr\s+merge\b|enablePullRequestAutoMerge|(?:pulls|rest\.pulls)\.(?:merge|createReview|submitReview)\b|addPullRequestReview\b/u;
const inParts: readonly (readonly RegExp[])[] = [
  [/\bgh\s+pr\s+review\b/u, /--approve|\s-a\b/u],
  [/\bgh\s+api\b/u, /pulls?\//u, /\/(?:merge|reviews)\b/u],
  [/\bcurl\b/u, /\/pulls\//u, /\/(?:merge|reviews)\b/u],
];

function approves(text: string): boolean {
  return plainly.test(text) || inParts.some((parts) => inOrder(text, ...parts));
}

const actions =
  /(?:^|[/-])(?:auto-?approve|auto-?merge|automerge|merge-?me|enable-pull-request-automerge|approve-pull-request|pull-request-approve|dependabot-auto-merge)(?:-|$|\/)/u;

export default defineRule({
  id: "gha-approves-or-merges",
  invariant: "guardrails-are-untouched",
  severity: "high",
  confidence: "high",
  summary: "A workflow comes to approve or merge pull requests by itself.",
  why: "An approval stands for a person who read the change. One that a script gives counts all the same, for whatever change meets its condition.",
  remedy:
    "Let people approve; leave the merge to the merge queue, or to auto-merge that a person turns on for one pull request.",
  needs: "workflows",
  options: z.strictObject({}),
  *detect({ changes }) {
    const found = newlyHeld(changes, (workflow) =>
      mergesIn(workflow).map((told) => ({ key: told.deed, trace: told.text, told })),
    );
    for (const { workflow, item } of found) {
      const { at, job, text, deed } = item.told;
      yield {
        at,
        about: `${workflow.path}#${job}.${deed}`,
        message: `job \`${job}\` ${deed} by itself: \`${text}\``,
        object: job,
      };
    }
  },
  examples: {
    "an approval and a merge": `
      A .github/workflows/bump.yml
        on: pull_request
        jobs:
          bump:
            if: github.actor == 'dependabot[bot]'
            runs-on: ubuntu-latest
            steps:
              - run: |
      >           gh pr review --approve "$URL"
      >           gh pr merge --auto --squash "$URL"`,
    "an action that does it": `
      M .github/workflows/ci.yml
        on: pull_request
        jobs:
          test:
            runs-on: ubuntu-latest
            steps:
              - run: npm test
      >       - uses: acme-tools/auto-approve-action@v4`,
    "past the rules of the branch": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          release:
            runs-on: ubuntu-latest
            steps:
              - run: |
      -           gh pr create --fill
      >           gh pr create --fill && gh pr merge --admin --squash`,
    "in JavaScript": `
      M .github/workflows/ci.yml
        on: pull_request
        jobs:
          test:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/github-script@v8
                with:
                  script: |
      >             await github.rest.pulls.createReview({ ...one, event: 'APPROVE' });`,
    "a comment and a label": `
      M .github/workflows/ci.yml
        on: pull_request
        jobs:
          test:
            runs-on: ubuntu-latest
            steps:
              - run: npm test
      +       - run: gh pr comment "$URL" --body done && gh pr edit "$URL" --add-label merge`,
    "it merged before": `
      M .github/workflows/bump.yml
        on: pull_request
        jobs:
          bump:
            runs-on: ubuntu-latest
            steps:
      -       - run: gh pr merge --auto --squash "$URL"
      +       - run: gh pr merge --auto --merge "$URL"`,
  },
});

function mergesIn(workflow: Workflow): readonly (Told & { readonly deed: string })[] {
  const scripts = workflow.jobs.flatMap(({ id, steps }) =>
    steps.flatMap(({ uses }): readonly Told[] =>
      uses?.ref.kind === "action" && actions.test(uses.ref.name) ? [{ job: id, text: uses.ref.name, at: uses.at }] : [],
    ),
  );
  return [...linesLike(workflow, approves), ...scripts].map((told) => ({
    ...told,
    deed: /approve|review/iu.test(told.text) ? "approves" : "merges",
  }));
}
