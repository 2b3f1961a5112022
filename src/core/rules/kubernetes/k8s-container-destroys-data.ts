import { z } from "zod";
import { shorten } from "../../../lib/text.ts";
import { namesProduction } from "../../command-lines/telling.ts";
import { runsOf } from "../../kubernetes/programs.ts";
import { aboutOf, inCode, isReached } from "../../kubernetes/telling.ts";
import { defineRule } from "../../rule.ts";
import { describeObject } from "../../views/kubernetes.ts";
import { predecessor, workloads } from "../../views/workloads.ts";

export default defineRule({
  id: "k8s-container-destroys-data",
  invariant: "nothing-stateful-is-deleted",
  severity: "high",
  confidence: "medium",
  summary: "A container newly runs a command that deletes data or what runs.",
  why: "It runs inside of the cluster with the rights of its account, without a question: a job once for each sync, an init container with every pod that starts.",
  remedy:
    "Keep deletions out of what is deployed. Where a job has to clean up, name what it may touch, and look at what it would delete first.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect({ objects }, _, { reach }) {
    for (const { before, after } of workloads(objects, reach)) {
      if (after === undefined || !isReached(after.object.path, reach)) continue;
      for (const container of after.containers) {
        const was = predecessor(before, after, container);
        const stood = new Set(was === undefined ? [] : runsOf(was).map(({ command }) => command.name));
        for (const { command, words, at } of runsOf(container)) {
          if (command.deed !== "destroys" || stood.has(command.name)) continue;
          const object = describeObject(after.object);
          yield {
            at: { ...at.place, endLine: at.place.line },
            about: `${aboutOf(after.object, container.name)} ${command.name}`,
            message: `container ${inCode(container.name)} of ${inCode(object)} runs ${inCode(shorten(words, 120))}: ${command.reason}`,
            object,
            pointer: at.pointer,
            ...(namesProduction(words) ? {} : { asks: true as const }),
          };
        }
      }
    }
  },
  examples: {
    "a job deletes claims": `
      A k8s/production/clean.yaml
        apiVersion: batch/v1
        kind: Job
        metadata: { name: clean }
        spec:
          template:
            spec:
              containers:
                - name: clean
                  image: kubectl
                  command:
      >             - kubectl
                    - delete
                    - pvc
                    - --all`,
    "an init container loads a schema over the tables": `
      M k8s/production/shop.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: shop }
        spec:
          template:
            spec:
              initContainers:
                - name: migrate
      -           args: [bundle, exec, rails, "db:migrate"]
      >           args: [bundle, exec, rails, "db:schema:load"]
              containers: [{ name: shop }]`,
    "lines of shell": `
      M k8s/production/cron.yaml
        apiVersion: batch/v1
        kind: CronJob
        metadata: { name: nightly }
        spec:
          jobTemplate:
            spec:
              template:
                spec:
                  containers:
                    - name: nightly
                      command: [sh, -c]
                      args:
      -                 - redis-cli -h cache PING
      >                 - redis-cli -h cache FLUSHALL`,
    "it did so before": `
      M k8s/production/cron.yaml
        apiVersion: batch/v1
        kind: Job
        metadata: { name: nightly }
        spec:
          template:
            spec:
              containers:
                - name: nightly
      -           args: [redis-cli, -h, cache, FLUSHALL]
      +           args: [redis-cli, -h, other, FLUSHALL]`,
    "a job that migrates": `
      A k8s/production/migrate.yaml
        apiVersion: batch/v1
        kind: Job
        metadata: { name: migrate }
        spec: { template: { spec: { containers: [ { name: migrate, command: [rails, "db:migrate"] } ] } } }`,
  },
});
