import { z } from "zod";
import { fromJobs, linesOf } from "../../pipelines/gates.ts";
import { defineRule } from "../../rule.ts";
import { newlyHeld } from "../../workflows/fresh.ts";
import { runsUnseen, unseenSource } from "../../workflows/unseen-scripts.ts";

export default defineRule({
  id: "ci-runs-script-from-network",
  invariant: "supply-chain-is-intact",
  severity: "high",
  confidence: "high",
  summary:
    "A job of GitLab, CircleCI, Azure, Jenkins or Atlantis comes to run a script that it fetches or unpacks at that moment.",
  why: "Whoever holds the address, or the way to it, runs commands with the secrets of the job, and may send another script to it than to whoever looks.",
  remedy: "Fetch a release, compare its checksum with one in the repository, and then run it.",
  needs: "pipelines",
  options: z.strictObject({}),
  *detect({ changes }) {
    const held = (pipeline: Parameters<typeof fromJobs>[0]) =>
      fromJobs(pipeline, (job) =>
        linesOf(job).flatMap(({ text, at }) => {
          const how = runsUnseen(text);
          return how === null ? [] : [{ name: unseenSource(text), at, text, how }];
        }),
      ).map((item) => ({ ...item, key: item.name, trace: item.text }));
    for (const { workflow, item } of newlyHeld(changes, held)) {
      yield {
        at: item.at,
        about: `${workflow.path}#${item.key}`,
        message: `\`${item.job}\` runs what it is sent: \`${item.text}\``,
        ...(item.how === "hidden" ? {} : { asks: true as const }),
        object: item.job,
      };
    }
  },
  examples: {
    "an installer": `
      M .gitlab-ci.yml
        build:
          script:
            - make
      >     - curl -sSfL https://example.com/install.sh | sh`,
    "what nobody can read": `
      M Jenkinsfile
        node {
          stage('Build') {
      >     sh 'echo Y3VybCBleGFtcGxlLmNvbQ== | base64 -d | sh'
          }
        }`,
    "a step of Atlantis": `
      M atlantis.yaml
        version: 3
        workflows:
          default:
            plan:
              steps:
                - init
                - run: |
                    make
      >             curl -s https://example.com/plan.sh | bash`,
    "the same installer with another flag": `
      M .gitlab-ci.yml
        build:
          script:
      -     - curl -sSL https://example.com/install.sh | sh
      +     - curl -sSfL https://example.com/install.sh | sh`,
  },
});
