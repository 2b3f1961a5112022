import { z } from "zod";
import { backups } from "../../kubernetes/data/backups.ts";
import { weakened } from "../../kubernetes/telling.ts";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "k8s-backup-lowered",
  invariant: "nothing-stateful-is-deleted",
  severity: "high",
  confidence: "high",
  summary: "Backups are paused, taken no more, or kept for less time.",
  why: "It shows on the day that a restore is needed: the copy that should be there was never made, or has been deleted.",
  remedy:
    "Keep the schedule and how long backups are kept. Where a pause is needed, let a second change that ends it be ready.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect(view, _, { reach }) {
    yield* weakened(view, backups, reach, { block: () => false });
  },
  examples: {
    "backups are kept for a day, and paused": `
      M k8s/production/backup.yaml
        apiVersion: velero.io/v1
        kind: Schedule
        metadata: { name: daily }
        spec:
      -   paused: false
      >   paused: true
          template:
      -     ttl: 720h0m0s
      >     ttl: 24h0m0s`,
    "a database says no more where its backups go": `
      M k8s/production/database.yaml
        apiVersion: postgresql.cnpg.io/v1
        kind: Cluster
        metadata: { name: orders }
        spec:
      -   backup:
      <     retentionPolicy: 30d
          instances: 3`,
    "a job that dumps is suspended": `
      M k8s/production/dump.yaml
        apiVersion: batch/v1
        kind: CronJob
        metadata: { name: orders-backup }
        spec:
      -   suspend: false
      >   suspend: true`,
    "they are kept for longer, in other units": `
      M k8s/production/backup.yaml
        apiVersion: velero.io/v1
        kind: Schedule
        metadata: { name: daily }
        spec:
          template:
      -     ttl: 720h0m0s
      +     ttl: 60d`,
    "another job is suspended": `
      M k8s/production/report.yaml
        apiVersion: batch/v1
        kind: CronJob
        metadata: { name: report }
        spec:
      -   suspend: false
      +   suspend: true`,
  },
});
