import { atLeast, type Guard, staysOff, staysOn, stated } from "../guards.ts";

const velero = "https://velero.io/docs/main/api-types/schedule/";

/** What backups are made, and how long they are kept. */
export const backups: readonly Guard[] = [
  guard("Schedule.velero.io", "spec.paused", false, staysOff, velero),
  guard("Schedule.velero.io", "spec.template.ttl", "720h0m0s", atLeast, velero, "backups are deleted sooner"),
  guard("Schedule.velero.io", "spec.template.snapshotVolumes", true, staysOn, velero, "volumes are in no backup"),
  guard(
    "ScheduledBackup.postgresql.cnpg.io",
    "spec.suspend",
    false,
    staysOff,
    "https://cloudnative-pg.io/documentation/current/backup/",
  ),
  guard(
    "Cluster.postgresql.cnpg.io",
    "spec.backup.retentionPolicy",
    null,
    atLeast,
    "https://cloudnative-pg.io/documentation/current/backup/",
    "backups are deleted sooner",
  ),
  guard(
    "RecurringJob.longhorn.io",
    "spec.retain",
    null,
    atLeast,
    "https://longhorn.io/docs/latest/snapshots-and-backups/scheduling-backups-and-snapshots/",
    "fewer backups are kept",
  ),
  ...["PerconaXtraDBCluster.pxc.percona.com", "PerconaServerMongoDB.psmdb.percona.com"].map((kind) =>
    guard(
      kind,
      "spec.backup.enabled",
      true,
      staysOn,
      "https://docs.percona.com/percona-operator-for-mongodb/operator.html#backup-section",
    ),
  ),
  guard(
    "postgresql.acid.zalan.do",
    "spec.enableLogicalBackup",
    false,
    staysOn,
    "https://postgres-operator.readthedocs.io/en/latest/reference/cluster_manifest/",
  ),
  guard(
    "ReplicationSource.volsync.backube",
    "spec.paused",
    false,
    staysOff,
    "https://volsync.readthedocs.io/en/stable/usage/pause.html",
  ),
  ...["daily", "weekly", "monthly", "hourly", "yearly", "last", "within"].map((period) =>
    guard(
      "ReplicationSource.volsync.backube",
      `spec.restic.retain.${period}`,
      null,
      atLeast,
      "https://volsync.readthedocs.io/en/stable/usage/restic/index.html",
      "fewer backups are kept",
    ),
  ),
  guard(
    "Backup.k8s.mariadb.com",
    "spec.schedule.suspend",
    false,
    staysOff,
    "https://github.com/mariadb-operator/mariadb-operator",
  ),
  guard(
    "Cluster.postgresql.cnpg.io",
    "spec.backup",
    null,
    stated,
    "https://cloudnative-pg.io/documentation/current/backup/",
  ),
  {
    ...guard(
      "CronJob.batch",
      "spec.suspend",
      false,
      staysOff,
      "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-suspension",
    ),
    named: /backup|snapshot|(?:^|[-_])(?:pg-?)?dump(?:[-_]|$)/iu,
  },
];

function guard(
  kind: string,
  path: string,
  otherwise: Guard["otherwise"],
  compared: Guard["compared"],
  source: string,
  follows = "no further backups are made",
): Guard {
  return { on: [kind], path: path.split("."), otherwise, compared, follows, source };
}
