import { z } from "zod";
import { fromJobs } from "../../pipelines/gates.ts";
import { defineRule } from "../../rule.ts";
import { newlyHeld, once } from "../../workflows/fresh.ts";

export default defineRule({
  id: "ci-runner-exposed",
  invariant: "guardrails-are-untouched",
  severity: "high",
  confidence: "medium",
  summary:
    "A job of GitLab, CircleCI, Azure or Jenkins gets out of its container, or Atlantis lets repositories decide for themselves.",
  why: "Whoever is outside of the container is on the machine of the runner, with whatever the other jobs leave there.",
  remedy: "Build images without an engine of the host, and keep what a repository may decide with the server.",
  needs: "pipelines",
  options: z.strictObject({}),
  *detect({ changes }) {
    const held = (pipeline: Parameters<typeof fromJobs>[0]) => once(fromJobs(pipeline, ({ exposures }) => exposures));
    for (const { workflow, item } of newlyHeld(changes, held)) {
      yield {
        at: item.at,
        about: `${workflow.path}#${item.key}`,
        message: `\`${item.job}\` ${item.name}`,
        asks: true,
        object: item.job,
      };
    }
  },
  examples: {
    "a privileged container": `
      M .gitlab-ci.yml
        build:
          script:
            - make
      >     - docker run --privileged acme/builder`,
    "the socket of the engine": `
      M Jenkinsfile
        pipeline {
          agent { docker {
            image 'node:24'
      >     args '-v /var/run/docker.sock:/var/run/docker.sock'
          } }
          stages { stage('Build') { steps { sh 'make' } } }
        }`,
    "repositories bring their own workflows": `
      M repos.yaml
        repos:
          - id: /.*/
            apply_requirements: [approved]
      >     allowed_overrides: [workflow]
      >     allow_custom_workflows: true`,
    "an engine beside it": `
      M .gitlab-ci.yml
        pack:
          script: docker build .
          services:
      >     - docker:28-dind`,
    "a container without rights": `
      M .gitlab-ci.yml
        build:
          script:
            - make
      +     - docker run --privileged=false acme/builder`,
  },
});
