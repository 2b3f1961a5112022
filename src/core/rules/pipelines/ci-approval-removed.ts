import { z } from "zod";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "ci-approval-removed",
  invariant: "guardrails-are-untouched",
  severity: "high",
  confidence: "high",
  summary:
    "A job of GitLab, CircleCI, Azure, Jenkins or Atlantis no longer waits for a person, or leaves the environment that protects it.",
  why: "The wait is where somebody could still say no. Without it the merge is the deployment.",
  remedy: "Keep the approval and the environment; let people who own the deployment change them.",
  needs: "pipelines",
  options: z.strictObject({}),
  *detect({ jobs }) {
    for (const { path, before, after } of jobs) {
      const is = new Map(
        Map.groupBy(after.stops, ({ name }) => name)
          .entries()
          .map(([name, all]) => [name, all.length]),
      );
      for (const { name } of before.stops) {
        const left = is.get(name) ?? 0;
        is.set(name, left - 1);
        if (left > 0) continue;
        const other = name.startsWith("the environment")
          ? after.stops.find((one) => one.name.startsWith("the environment"))
          : undefined;
        yield {
          at: other?.at ?? after.at,
          about: `${path}#${after.id}.${name}`,
          message:
            other === undefined
              ? `\`${after.id}\` no longer has ${name}`
              : `\`${after.id}\` goes from ${name} to ${other.name}, and what protected it stays behind`,
          ...(other === undefined ? {} : { asks: true as const }),
          object: after.id,
        };
      }
    }
  },
  examples: {
    "a deployment starts by itself": `
      M .gitlab-ci.yml
        deploy:
      !   environment: production
          script: ./deploy.sh
      -   when: manual`,
    "an environment that is gone": `
      M .gitlab-ci.yml
        deploy:
      -   environment: { name: production }
      !   script: ./deploy.sh`,
    "nobody approves in CircleCI": `
      M .circleci/config.yml
        version: 2.1
        jobs:
          deploy:
      !     docker: [{ image: "cimg/base:2026.01" }]
            steps: [{ run: ./deploy.sh }]
        workflows:
          main:
            jobs:
      -       - hold: { type: approval }
              - deploy:
      -           requires: [hold]
                  filters: { branches: { only: main } }`,
    "no input in Jenkins": `
      M Jenkinsfile
        pipeline {
          stages {
      -     stage('Go?') { steps { input message: 'Deploy?' } }
      !     stage('Deploy') { steps { sh './deploy.sh' } }
          }
        }`,
    "Azure validates no more": `
      M azure-pipelines.yml
        stages:
          - stage: check
            jobs:
              - job: wait
                pool: server
                steps:
      -           - task: ManualValidation@0
      -             inputs: { notifyUsers: ops@example.com }
      +           - task: Delay@1
          - stage: deploy
            jobs:
      !       - deployment: web
                environment: production
                strategy: { runOnce: { deploy: { steps: [{ script: ./deploy.sh }] } } }`,
    "Atlantis applies what nobody approved": `
      M atlantis.yaml
        version: 3
        projects:
      !   - dir: production
      -     apply_requirements: [approved, mergeable]
      +     apply_requirements: [mergeable]`,
    "a test that was started by hand runs by itself": `
      M .gitlab-ci.yml
        slow:
          script: npm test
      -   when: manual`,
    "another approval more": `
      M Jenkinsfile
        node {
          stage('Deploy') {
      +     input 'Sure?'
            sh './deploy.sh'
          }
        }`,
    "the job goes, and its approval with it": `
      M .gitlab-ci.yml
        build:
          script: make
      - deploy-old:
      -   environment: old
      -   script: ./deploy.sh
      -   when: manual`,
    "by hand in rules": `
      M .gitlab-ci.yml
        deploy:
          environment: production
          script: ./deploy.sh
      -   when: manual
      +   rules:
      +     - if: $CI_COMMIT_BRANCH == "main"
      +       when: manual
      +     - when: never`,
  },
});
