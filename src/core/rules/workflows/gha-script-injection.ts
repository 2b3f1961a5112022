import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { newlyHeld } from "../../workflows/fresh.ts";
import type { Workflow } from "../../workflows/model.ts";
import { injectionsIn } from "../../workflows/injections.ts";
import { isPrivileged } from "../../workflows/triggers.ts";

export default defineRule({
  id: "gha-script-injection",
  invariant: "permissions-do-not-increase",
  severity: "high",
  confidence: "high",
  summary: "A text that outsiders choose is put into a script before it runs.",
  why: "`${{ }}` is replaced before the shell reads the script: a title such as `$(curl …)` becomes a command that runs with the token and the secrets of the job.",
  remedy: 'Hand the value over in `env:` and use the variable in quotes, as in `"$TITLE"`: then it stays a text.',
  needs: "workflows",
  options: z.strictObject({}),
  *detect({ changes }) {
    const held = (workflow: Workflow) =>
      injectionsIn(workflow).map((injection) => ({ key: injection.context, trace: injection.text, injection }));
    const added = newlyHeld(changes, held);
    const places = new Set(added.map(({ item }) => item.injection.at));
    // What stood without rights and has them now is as bad as what is new.
    const raised = newlyHeld(changes, (workflow) => (isPrivileged(workflow) ? held(workflow) : []));
    const found = [...added, ...raised.filter(({ item }) => !places.has(item.injection.at))];
    for (const { workflow, item } of found) {
      const { at, context, job } = item.injection;
      yield {
        at,
        about: `${workflow.path}#${job}.${context}`,
        message: `\`${context}\`, which outsiders choose, becomes part of a script of job \`${job}\``,
        // Without rights the harm is bounded by what a pull request may do anyway.
        ...(isPrivileged(workflow) ? {} : { asks: true as const }),
        object: job,
      };
    }
  },
  examples: {
    "a title in a shell": `
      M .github/workflows/greet.yml
        on: issues
        jobs:
          greet:
            runs-on: ubuntu-latest
            steps:
              - run: |
                  echo hello
      >           echo "\${{ github.event.issue.title }}"`,
    "the name of a branch, written otherwise": `
      M .github/workflows/ci.yml
        on: pull_request
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: |
                  make build
      >           make tag-\${{ github['head_ref'] || github.ref_name }}`,
    "a script in JavaScript": `
      M .github/workflows/answer.yml
        on: issue_comment
        jobs:
          answer:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/github-script@v8
                with:
                  script: |
                    const one = 1;
      >             const text = \`\${{ toJSON(github.event.comment.body) }}\`;`,
    "an event that brings rights": `
      M .github/workflows/ci.yml
      - on: pull_request
      + on: pull_request_target
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: |
      !           echo "\${{ github.event.pull_request.body }}"`,
    "by way of a variable that is put in as well": `
      M .github/workflows/greet.yml
        on: issues
        jobs:
          greet:
            runs-on: ubuntu-latest
            env: { TITLE: "\${{ github.event.issue.title }}" }
            steps:
              - run: |
      -           echo "$TITLE"
      >           echo "\${{ env.TITLE }}"`,
    "handed over in the environment": `
      M .github/workflows/greet.yml
        on: issues
        jobs:
          greet:
            runs-on: ubuntu-latest
            steps:
      -       - run: echo hello
      +       - run: echo "$TITLE"
      +         env:
      +           TITLE: \${{ github.event.issue.title }}`,
    "values that hold no text of anybody": `
      M .github/workflows/ci.yml
        on: pull_request
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
      -       - run: make
      +       - run: make NUMBER=\${{ github.event.pull_request.number }} SHA=\${{ github.sha }} FORK=\${{ contains(github.event.pull_request.title, 'x') }}`,
    "it stood in another workflow": `
      M .github/workflows/answer.yml
        on: issues
        jobs:
          answer:
            runs-on: ubuntu-latest
            steps:
              - run: make answer
      +       - run: echo "\${{ github.event.issue.title }}"
      M .github/workflows/greet.yml
        on: issues
        jobs:
          greet:
            runs-on: ubuntu-latest
            steps:
              - run: make greet
      -       - run: echo "\${{ github.event.issue.title }}"`,
    "it stood there, in another step": `
      M .github/workflows/greet.yml
        on: issues
        jobs:
          greet:
            runs-on: ubuntu-latest
            steps:
      -       - run: |
      -           echo "\${{ github.event.issue.title }}"
              - run: make
      +       - name: greet
      +         run: |
      +           echo "Hello \${{ github.event.issue.title }}"`,
  },
});
