import { z } from "zod";
import { fromJobs } from "../../pipelines/gates.ts";
import { defineRule } from "../../rule.ts";
import { newlyHeld, once } from "../../workflows/fresh.ts";

export default defineRule({
  id: "ci-secret-newly-used",
  invariant: "no-secrets",
  severity: "medium",
  confidence: "high",
  summary:
    "A job of GitLab, CircleCI, Azure or Jenkins comes to read a secret, a context, a variable group or a connection that it did not.",
  why: "Every line of the job, and everything that it takes in, can send it away.",
  remedy: "Hand over the one secret that is needed to the one job that needs it.",
  needs: "pipelines",
  options: z.strictObject({}),
  *detect({ changes }) {
    const held = (pipeline: Parameters<typeof fromJobs>[0]) => once(fromJobs(pipeline, ({ secrets }) => secrets));
    for (const { workflow, item } of newlyHeld(changes, held)) {
      yield {
        at: item.at,
        about: `${workflow.path}#${item.key}`,
        message: `\`${item.job}\` comes to read \`${item.name}\``,
        asks: true,
        object: item.job,
      };
    }
  },
  examples: {
    "a context": `
      M .circleci/config.yml
        version: 2.1
        jobs:
          build: { docker: [{ image: "cimg/go:1.24" }], steps: [{ run: make }] }
        workflows:
          main:
            jobs:
      -       - build
      +       - build:
      >           context: [production-keys]`,
    "a variable group and a connection": `
      M azure-pipelines.yml
        variables:
      >   - group: production
        steps:
          - task: AzureCLI@2
            inputs:
      >       azureSubscription: prod-connection
              inlineScript: az group list`,
    "credentials of Jenkins": `
      M Jenkinsfile
        node {
          stage('Build') {
      >     withCredentials([string(credentialsId: 'npm-token', variable: 'NPM_TOKEN')]) {
              sh 'npm ci'
      +     }
          }
        }`,
    "a secret that goes": `
      M .gitlab-ci.yml
        build:
          script: make
      -   secrets:
      -     TOKEN: { vault: ops/token }`,
    "the same context for a job with another name": `
      M .circleci/config.yml
        version: 2.1
        jobs:
          build: { docker: [{ image: "cimg/go:1.24" }], steps: [{ run: make }] }
        workflows:
          main:
            jobs:
      -       - build: { context: keys }
      +       - build: { name: compile, context: keys }`,
  },
});
