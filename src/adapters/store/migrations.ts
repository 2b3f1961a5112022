import type { Kysely } from "kysely";
import { type Migration, Migrator, type MigrationProvider } from "kysely/migration";
import { lastTurn, type Tables } from "./schema.ts";

// One set for both engines, in types that both understand: SQLite reads bigint as integer and bytea as a blob. Only a key that
// counts by itself is spelt differently.
const foundation: Migration = {
  async up(db: Kysely<unknown>) {
    const countsItself = db.getExecutor().adapter.supportsMultipleConnections ? "bigserial" : "integer";
    await db.schema
      .createTable("deliveries")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("event", "text", (column) => column.notNull())
      .addColumn("received_ms", "bigint", (column) => column.notNull())
      .addColumn("times", "integer", (column) => column.notNull().defaultTo(1))
      .execute();
    await db.schema.createIndex("deliveries_received").on("deliveries").column("received_ms").execute();
    await db.schema
      .createTable("subjects")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("subject", "text", (column) => column.notNull())
      .addColumn("wanted", "bigint", (column) => column.notNull())
      .addColumn("due_ms", "bigint")
      .addColumn("lease", "bigint", (column) => column.notNull().defaultTo(0))
      .addColumn("lease_until_ms", "bigint")
      .addColumn("attempts", "integer", (column) => column.notNull().defaultTo(0))
      .execute();
    await db.schema.createIndex("subjects_due").on("subjects").columns(["due_ms", "id"]).execute();
    await db.schema
      .createTable("judgements")
      .addColumn("repository_id", "bigint", (column) => column.notNull())
      .addColumn("head_sha", "text", (column) => column.notNull())
      .addColumn("check_name", "text", (column) => column.notNull())
      .addColumn("subject_id", "text", (column) => column.notNull())
      .addColumn("subject", "text", (column) => column.notNull())
      .addColumn("verdict", "text")
      .addColumn("mode", "text", (column) => column.notNull())
      .addColumn("lease", "bigint", (column) => column.notNull())
      .addPrimaryKeyConstraint("judgements_key", ["repository_id", "head_sha", "check_name", "subject_id"])
      .execute();
    await db.schema.createIndex("judgements_subject").on("judgements").column("subject_id").execute();
    await db.schema
      .createTable("entries")
      .addColumn("id", countsItself, (column) => column.primaryKey())
      .addColumn("subject_id", "text", (column) => column.notNull())
      .addColumn("lease", "bigint", (column) => column.notNull())
      .addColumn("at_ms", "bigint", (column) => column.notNull())
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("body", "text", (column) => column.notNull())
      .execute();
    await db.schema.createIndex("entries_subject").on("entries").columns(["subject_id", "id"]).execute();
    await db.schema
      .createTable("locks")
      .addColumn("key", "text", (column) => column.primaryKey())
      .addColumn("holder", "text", (column) => column.notNull())
      .addColumn("until_ms", "bigint", (column) => column.notNull())
      .execute();
    await db.schema
      .createTable("blobs")
      .addColumn("sha", "text", (column) => column.primaryKey())
      .addColumn("bytes", "bytea", (column) => column.notNull())
      .addColumn("size", "integer", (column) => column.notNull())
      .addColumn("stored_ms", "bigint", (column) => column.notNull())
      .execute();
  },
};

const topics: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("topics")
      .addColumn("topic", "text", (column) => column.notNull())
      .addColumn("entry_id", "bigint", (column) => column.notNull())
      .addPrimaryKeyConstraint("topics_key", ["topic", "entry_id"])
      .execute();
  },
};

const decisions: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("decisions")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("subject_id", "text")
      .addColumn("installation_id", "bigint")
      .addColumn("at_ms", "bigint", (column) => column.notNull())
      .addColumn("body", "text", (column) => column.notNull())
      .execute();
    await db.schema.createIndex("decisions_subject").on("decisions").columns(["subject_id", "at_ms"]).execute();
    await db.schema
      .createIndex("decisions_installation")
      .on("decisions")
      .columns(["installation_id", "at_ms"])
      .execute();
  },
};

const halts: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable("judgements").addColumn("wrote", "text").execute();
    await db.schema.alterTable("judgements").addColumn("installation_id", "bigint").execute();
    await db.schema.createIndex("judgements_installation").on("judgements").column("installation_id").execute();
  },
};

const budgets: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("bookings")
      .addColumn("subject_id", "text", (column) => column.primaryKey())
      .addColumn("subject", "text", (column) => column.notNull())
      .addColumn("installation_id", "bigint", (column) => column.notNull())
      .addColumn("agents", "text", (column) => column.notNull())
      .addColumn("services", "text", (column) => column.notNull())
      .addColumn("reaches_unknown", "integer", (column) => column.notNull())
      .addColumn("opened_ms", "bigint", (column) => column.notNull())
      .addColumn("ready_ms", "bigint")
      .addColumn("holds", "integer", (column) => column.notNull())
      .addColumn("merged_ms", "bigint")
      .addColumn("lease", "bigint", (column) => column.notNull())
      .execute();
    await db.schema.createIndex("bookings_installation").on("bookings").column("installation_id").execute();
    await db.schema.createIndex("bookings_merged").on("bookings").column("merged_ms").execute();
  },
};

const sums: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable("bookings").addColumn("takes", "text").execute();
    await db.schema.dropIndex("bookings_installation").execute();
    await db.schema.createIndex("bookings_standing").on("bookings").columns(["installation_id", "merged_ms"]).execute();
  },
};

const brakes: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .alterTable("subjects")
      .addColumn("turn", "bigint", (column) => column.notNull().defaultTo(lastTurn))
      .execute();
    await db.schema.createIndex("subjects_turn").on("subjects").columns(["turn", "due_ms", "id"]).execute();
    await db.schema
      .alterTable("judgements")
      .addColumn("armed", "integer", (column) => column.notNull().defaultTo(0))
      .execute();
    await db.schema
      .createTable("strikes")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("installation_id", "bigint", (column) => column.notNull())
      .addColumn("agent", "text", (column) => column.notNull())
      .addColumn("breaker", "text", (column) => column.notNull())
      .addColumn("at_ms", "bigint", (column) => column.notNull())
      .execute();
    await db.schema.createIndex("strikes_agent").on("strikes").columns(["installation_id", "agent", "at_ms"]).execute();
  },
};

const deploymentGate: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("status_reports")
      .addColumn("subject_id", "text", (column) => column.primaryKey())
      .addColumn("taken", "integer", (column) => column.notNull())
      .execute();
    await db.schema
      .createTable("spent_tokens")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("until_ms", "bigint", (column) => column.notNull())
      .execute();
    await db.schema.createIndex("spent_tokens_until").on("spent_tokens").column("until_ms").execute();
  },
};

const signals: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("signal_requests")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("at_ms", "bigint", (column) => column.notNull())
      .execute();
    await db.schema.createIndex("signal_requests_at").on("signal_requests").column("at_ms").execute();
    await db.schema
      .createTable("signals")
      .addColumn("id", "text", (column) => column.notNull())
      .addColumn("repository_id", "bigint", (column) => column.notNull())
      .addColumn("at_ms", "bigint", (column) => column.notNull())
      .addColumn("body", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("signals_key", ["repository_id", "id"])
      .execute();
    await db.schema.createIndex("signals_repository").on("signals").columns(["repository_id", "at_ms"]).execute();
  },
};

const evidence: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("evidence")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("repository_id", "bigint", (column) => column.notNull())
      .addColumn("head_sha", "text", (column) => column.notNull())
      .addColumn("received_ms", "bigint", (column) => column.notNull())
      .addColumn("bytes", "bigint", (column) => column.notNull())
      .addColumn("about", "text", (column) => column.notNull())
      .addColumn("body", "text", (column) => column.notNull())
      .execute();
    await db.schema.createIndex("evidence_head").on("evidence").columns(["repository_id", "head_sha"]).execute();
    await db.schema.createIndex("evidence_received").on("evidence").column("received_ms").execute();
  },
};

const signalsAt: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.createIndex("signals_at").on("signals").column("at_ms").execute();
  },
};

/** In the order of their names. A released migration is never edited: its successor changes what it made. */
export const migrations: MigrationProvider = {
  getMigrations: async () => ({
    "0001_foundation": foundation,
    "0002_topics": topics,
    "0003_decisions": decisions,
    "0004_halts": halts,
    "0005_budgets": budgets,
    "0006_budget_sums": sums,
    "0007_brakes": brakes,
    "0008_deployment_gate": deploymentGate,
    "0009_signals": signals,
    "0010_signals_at": signalsAt,
    "0011_evidence": evidence,
  }),
};

/**
 * Brings the tables up to date, in one transaction on both engines: a migration that fails leaves nothing behind. Instances that
 * start together wait for each other. Throws what the migration threw.
 */
export async function migrate(db: Kysely<Tables>, provider: MigrationProvider = migrations): Promise<void> {
  const { error } = await new Migrator({ db, provider }).migrateToLatest();
  if (error !== undefined) throw error;
}
