import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { newlyHeld } from "../../workflows/fresh.ts";
import type { Workflow } from "../../workflows/model.ts";
import { type Exposure, exposuresIn } from "../../workflows/runners.ts";
import { isPrivileged } from "../../workflows/triggers.ts";

export default defineRule({
  id: "gha-runner-exposed",
  invariant: "permissions-do-not-increase",
  severity: "high",
  confidence: "high",
  summary:
    "A job newly runs on a machine that GitHub does not keep, or a container of it gets hold of the machine around it.",
  why: "A runner of one's own keeps what a job leaves behind, and sits in the network; a privileged container, or one with the Docker socket, is root on it.",
  remedy:
    "Use a runner that is thrown away after the job, in a network of its own, and a container without privileges.",
  needs: "workflows",
  options: z.strictObject({
    hosted: z
      .array(z.string())
      .default([])
      .describe(
        "Labels of runners that need no look: those of larger runners that GitHub keeps, or ones that live for one job.",
      ),
  }),
  *detect({ changes, unchanged }, { hosted }) {
    const known = new Set(hosted);
    const found = newlyHeld(changes, (workflow) =>
      exposuresIn(workflow, known).map((exposure) => ({
        key: `${exposure.kind} ${exposure.text}`,
        trace: exposure.job,
        exposure,
      })),
    );
    const stood = [...changes.flatMap(({ before }) => before ?? []), ...unchanged].flatMap((workflow) =>
      exposuresIn(workflow, known).map(({ kind, text }) => `${kind} ${text}`),
    );
    const inUse = new Set(stood);
    const told = new Map<string, { readonly first: Exposure; readonly path: string; readonly jobs: string[] }>();
    for (const { workflow, item } of found) {
      // One more job on a machine that others use is news only where strangers choose what it runs.
      if (item.exposure.kind === "runner" && inUse.has(item.key) && !runsForStrangers(workflow)) continue;
      const key = `${workflow.path} ${item.key}`;
      const group = told.get(key);
      if (group === undefined) told.set(key, { first: item.exposure, path: workflow.path, jobs: [item.exposure.job] });
      else group.jobs.push(item.exposure.job);
    }
    for (const { first, path, jobs } of told.values()) {
      const { at, job, kind, text } = first;
      const about = `${path}#${job}.${kind}`;
      const whose = `job \`${jobs.join("`, `")}\``;
      switch (kind) {
        case "runner":
          yield {
            at,
            about,
            message: `${whose} newly runs on \`${text}\`, a machine that GitHub does not keep`,
            asks: true,
            object: job,
          };
          break;
        case "unknown":
          yield { at, about, undecided: `what ${whose} runs on: \`${text}\`` };
          break;
        case "container":
          yield { at, about, message: `\`${text}\` gives a container of ${whose} the machine it runs on`, object: job };
          break;
      }
    }
  },
  examples: {
    "a machine of one's own": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
      -     runs-on: ubuntu-latest
      >     runs-on: self-hosted
            steps: []`,
    "by a label, in a group, and unknown": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
      -     runs-on: ubuntu-latest
      >     runs-on: [linux, gpu-box]
            steps: []
          test:
      -     runs-on: ubuntu-latest
      >     runs-on: { group: lab }
            steps: []
          last:
      -     runs-on: ubuntu-latest
      >     runs-on: \${{ inputs.runner }}
            steps: []`,
    "a privileged container, and one that holds the socket": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            container:
              image: acme/build:2
      >       options: --cpus 2 --privileged
              volumes:
      >         - /var/run/docker.sock:/var/run/docker.sock
            steps: []`,
    "another one of GitHub's": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
      -     runs-on: ubuntu-22.04
      +     runs-on: \${{ matrix.os }}
      +     strategy: { matrix: { os: [ubuntu-24.04-arm, macos-15, windows-latest] } }
            steps: []`,
    "one more job on the same machine": {
      options: { hosted: ["linux-8-cores"] },
      change: `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
      -     runs-on: ubuntu-latest
      +     runs-on: linux-8-cores
            steps: []`,
    },
  },
});

function runsForStrangers(workflow: Workflow): boolean {
  return workflow.startedBy.has("pull_request") || isPrivileged(workflow);
}
