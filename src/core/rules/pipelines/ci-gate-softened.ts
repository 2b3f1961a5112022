import { z } from "zod";
import { gatesOfPipeline } from "../../pipelines/gates.ts";
import { defineRule } from "../../rule.ts";
import { sorts } from "../../workflows/gates.ts";
import { lostOf } from "../../workflows/lost-gates.ts";

export default defineRule({
  id: "ci-gate-softened",
  invariant: "guardrails-are-untouched",
  severity: "high",
  confidence: "high",
  summary:
    "In GitLab, CircleCI, Azure Pipelines or Jenkins, tests, linters or scanners still run, or seem to, and their failure fails nothing.",
  why: "The pipeline stays green whatever they find, and everything that asks for a green pipeline takes it for tested.",
  remedy: "Mend what fails, or take the one test out in a change that says so; let the job fail with what it runs.",
  needs: "pipelines",
  options: z.strictObject({}),
  *detect({ changes }) {
    for (const sort of sorts) {
      const lost = lostOf(sort, changes, gatesOfPipeline, () => true);
      if (lost === null) continue;
      for (const { workflow, gate } of lost.softened.slice(0, lost.before - lost.after)) {
        if (gate.softened === null) continue;
        const { by, at, isCertain } = gate.softened;
        const about = `${workflow.path}#${gate.job}.${sort}.softened`;
        if (!isCertain) {
          yield { at, about, undecided: `whether ${sort} of \`${gate.job}\` can fail it: \`${by}\`` };
          continue;
        }
        yield {
          at,
          about,
          message: `\`${by}\`: ${sort} of \`${gate.job}\` (\`${gate.text}\`) can fail without failing it`,
          object: gate.job,
        };
      }
    }
  },
  examples: {
    "a job of GitLab may fail": `
      M .gitlab-ci.yml
        test:
          stage: test
          script:
            - npm ci
            - npm test
      >   allow_failure: true`,
    "through what it extends": `
      M .gitlab-ci.yml
        .lenient:
          retry: 1
      >   allow_failure: true
        lint:
          extends: .lenient
          script: eslint .`,
    "only by hand": `
      M .gitlab-ci.yml
        security:
          script: trivy fs .
      >   when: manual`,
    "a step of Azure goes on": `
      M azure-pipelines.yml
        steps:
          - script: dotnet build
          - script: dotnet test
      >     continueOnError: true`,
    "Jenkins catches it": `
      M Jenkinsfile
        pipeline {
          stages {
            stage('Test') {
              steps {
      -         sh 'mvn verify'
      +         catchError(buildResult: 'SUCCESS') {
      >           sh 'mvn verify'
      +         }
              }
            }
          }
        }`,
    "a shell shrugs it off in CircleCI": `
      M .circleci/config.yml
        version: 2.1
        jobs:
          test:
            docker: [{ image: cimg/node:22.1 }]
            steps:
              - checkout
              - run:
                  name: unit tests
                  command: |
                    npm ci
      -             npm test
      >             npm test || true
        workflows:
          main:
            jobs: [test]`,
    "what deploys is started by hand": `
      M .gitlab-ci.yml
        deploy:
          environment: production
          script: ./deploy.sh && npm run check:live
      +   when: manual`,
    "it may no longer fail": `
      M .gitlab-ci.yml
        test:
          script: npm test
      -   allow_failure: true`,
    "something new that only warns": `
      M .gitlab-ci.yml
        test:
          script: npm test
      + audit:
      +   script: npm audit
      +   allow_failure: true`,
  },
});
