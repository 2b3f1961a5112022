import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { checkoutsOf } from "../../workflows/checkouts.ts";
import { newlyHeld } from "../../workflows/fresh.ts";
import { isPrivileged } from "../../workflows/triggers.ts";

export default defineRule({
  id: "gha-outsider-code-checked-out",
  invariant: "permissions-do-not-increase",
  severity: "critical",
  confidence: "high",
  summary: "A workflow that runs with rights for outsiders checks out the code that they propose.",
  why: "A build script, a test or an install hook of that code then runs beside the secrets and the token. This is how most repositories that were taken over through Actions were taken over.",
  remedy:
    "Check out the base, and read what you need of the pull request through the API. Build it in a `pull_request` workflow, which has no rights.",
  needs: "workflows",
  options: z.strictObject({}),
  *detect({ changes }) {
    const found = newlyHeld(changes, (workflow) =>
      isPrivileged(workflow)
        ? checkoutsOf(workflow).map((checkout) => ({ key: "checkout", trace: checkout.text, checkout }))
        : [],
    );
    for (const { workflow, item } of found) {
      const { at, job, text } = item.checkout;
      yield {
        at,
        about: `${workflow.path}#${job}.checkout`,
        message: `\`${text}\` brings code of an outsider into job \`${job}\`, which runs with the rights of the repository`,
        object: job,
      };
    }
  },
  examples: {
    "the head of the pull request": `
      M .github/workflows/ci.yml
        on: pull_request_target
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/checkout@v5
      +         with:
      >           ref: \${{ github.event.pull_request.head.sha }}
              - run: make`,
    "the checkout stood, the event is new": `
      M .github/workflows/ci.yml
      - on: pull_request
      + on: pull_request_target
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/checkout@v5
                with:
      !           ref: \${{ github.head_ref }}
                  repository: \${{ github.event.pull_request.head.repo.full_name }}
              - run: make`,
    "by hand": `
      M .github/workflows/ci.yml
        on: issue_comment
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/checkout@v5
      +       - run: |
      +           echo building
      >           gh pr checkout "$NUMBER"
      +           make`,
    "the base, which is the default": `
      M .github/workflows/ci.yml
      - on: pull_request
      + on: pull_request_target
        jobs:
          label:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/checkout@v5
                with:
                  ref: \${{ github.event.pull_request.base.sha }}`,
    "without rights": `
      M .github/workflows/ci.yml
        on: pull_request
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/checkout@v5
      +         with:
      +           ref: \${{ github.event.pull_request.head.sha }}`,
    "it did before": `
      M .github/workflows/ci.yml
        on: pull_request_target
        jobs:
      -   build:
      +   check:
            runs-on: ubuntu-latest
            steps:
      -       - uses: actions/checkout@v4
      +       - uses: actions/checkout@v5
                with:
                  ref: \${{ github.event.pull_request.head.sha }}`,
  },
});
