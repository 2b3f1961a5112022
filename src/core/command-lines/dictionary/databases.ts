import { command, inDocuments } from "../command.ts";

/** Clients of databases, SQL that is typed into them, and resets of frameworks. */
export const databases = [
  command(
    "DROP",
    "destroys",
    /(?:\S*[=#>] )?(?:drop (?:table|database|schema|keyspace|collection|index|column|view|materialized view|user|role|owned)\b(?! if exists tmp))/u,
    "deletes what it names with its data",
  ),
  command(
    "TRUNCATE",
    "destroys",
    /(?:\S*[=#>] )?truncate (?:table )?(?!-|table\b)["\w.]+;?(?: cascade| restart| continue|$)/u,
    "deletes every row",
  ),
  command("DELETE without WHERE", "destroys", /(?:\S*[=#>] )?delete from [\w."]+ ?;/u, "deletes every row"),
  command(
    "a client of a database that drops",
    "destroys",
    /(?:psql|mysql|mariadb|mongosh?|cqlsh|sqlcmd|clickhouse-client|cockroach sql|sqlite3|bq query|snowsql|usql)\b/u,
    "deletes databases, tables or rows",
    [
      /(?:\bdrop (?:table|database|schema|keyspace|index|view|role|user)\b|\btruncate\b|\.drop(?:Database|Index|Indexes)?\(|deleteMany\(\{\}|\bdelete from \S+["'; ]*$|\bdelete from [^;]*;(?!.*where))/u,
    ],
  ),
  command("dropdb", "destroys", /(?:dropdb|dropuser)\b/u, "deletes a database or a user"),
  command("pg_restore --clean", "destroys", /pg_restore\b/u, "drops what stands before it restores", [
    / (?:-c|--clean|--if-exists)\b/u,
  ]),
  inDocuments(
    command(
      "pg_restore",
      "acts",
      /(?:pg_restore|mongorestore|mysqlimport)\b/u,
      "writes over what stands in a database",
    ),
  ),
  command("mongorestore --drop", "destroys", /mongorestore\b/u, "drops collections before it restores", [/ --drop\b/u]),
  command("pg_resetwal", "destroys", /pg_resetwal\b/u, "gives up what a database has not written yet"),
  command("mysqladmin drop", "destroys", /mysqladmin (?:.* )?drop\b/u, "deletes a database"),
  command("redis-cli FLUSHALL", "destroys", /(?:redis-cli|valkey-cli|keydb-cli)\b/u, "deletes every key", [
    / (?:flushall|flushdb|debug sleep|shutdown nosave)\b/u,
  ]),
  command("FLUSHALL", "destroys", /(?:\S+> )?flush(?:all|db)\b/u, "deletes every key"),
  command(
    "kafka-topics --delete",
    "destroys",
    /\S*kafka-(?:topics|delete-records|consumer-groups)(?:\.sh)?\b/u,
    "deletes topics, records or offsets",
    [/(?: --delete\b| --reset-offsets\b|--offset-json-file)/u],
  ),
  command(
    "rabbitmqctl reset",
    "destroys",
    /rabbitmqctl (?:.* )?(?:reset|force_reset|delete_queue|delete_vhost|purge_queue)\b/u,
    "deletes queues with their messages",
  ),
  inDocuments(
    command("curl -X DELETE", "destroys", /curl\b/u, "deletes by an interface whatever the address names", [
      / (?:-X ?|--request[= ])delete\b/u,
    ]),
  ),
  command(
    "nodetool",
    "destroys",
    /nodetool (?:.* )?(?:removenode|decommission|assassinate|clearsnapshot)\b/u,
    "takes a node with its data out of the cluster, or its snapshots",
  ),
  command(
    "vault delete",
    "destroys",
    /vault (?:kv (?:delete|destroy|metadata delete)|delete|secrets disable|auth disable|operator (?:rekey|seal|step-down))\b/u,
    "deletes secrets, or closes the store of them",
  ),
  command(
    "vault policy",
    "permits",
    /vault (?:policy write|token create|auth enable|operator (?:unseal|generate-root))\b/u,
    "gives rights in the store of secrets",
  ),

  command(
    "prisma migrate reset",
    "destroys",
    /prisma migrate reset\b/u,
    "drops the database and makes it again, empty",
  ),
  command(
    "prisma db push --accept-data-loss",
    "destroys",
    /prisma db push\b/u,
    "changes tables even where data is lost",
    [/ (?:--accept-data-loss|--force-reset)\b/u],
  ),
  command(
    "rails db:drop",
    "destroys",
    /(?!(?=.*\bdb:create\b)(?!.*prod))(?:\S*\/)?(?:rails|rake) (?:.* )?db:(?:drop|reset|migrate:reset|schema:load|structure:load|purge|truncate_all|seed:replant)\b(?!.*(?:RAILS|RACK)_ENV=test\b)/u,
    "drops the tables of the database, or loads a schema over them",
  ),
  command(
    "manage.py flush",
    "destroys",
    /(?:python3? )?(?:\S*\/)?(?:manage\.py|django-admin) (?:flush|reset_db|sqlflush|reset_schema)\b/u,
    "deletes every row of the database",
  ),
  command(
    "manage.py migrate to zero",
    "destroys",
    /(?:python3? )?(?:\S*\/)?(?:manage\.py|django-admin) migrate \S+ zero\b/u,
    "undoes every migration, with the data in their tables",
  ),
  command(
    "flyway clean",
    "destroys",
    /(?:\S*\/)?(?:flyway (?:.* )?clean\b|(?:mvnw?|gradlew?) (?:.* )?flyway:?clean\b)/u,
    "drops every object of the schema",
  ),
  command(
    "liquibase dropAll",
    "destroys",
    /(?:\S*\/)?(?:liquibase|mvn|mvnw|gradle|gradlew)\b/u,
    "drops every object of the schema",
    [/(?:drop-?all\b|liquibase:dropAll\b)/u],
  ),
  command(
    "mix ecto.reset",
    "destroys",
    /mix (?:ecto\.(?:reset|drop)|do ecto\.(?:reset|drop))\b/u,
    "drops the database",
  ),
  command(
    "sequelize db:drop",
    "destroys",
    /sequelize(?:-cli)? (?:db:drop|db:migrate:undo:all)\b/u,
    "drops the database, or undoes every migration",
  ),
  command(
    "typeorm schema:drop",
    "destroys",
    /(?:typeorm|typeorm-ts-node-\w+|mikro-orm) (?:schema:drop|schema:fresh|migration:fresh)\b/u,
    "drops every table",
  ),
  command("drizzle-kit push --force", "destroys", /drizzle-kit push\b/u, "changes tables even where data is lost", [
    / --force\b/u,
  ]),
  command(
    "alembic downgrade base",
    "destroys",
    /alembic (?:.* )?downgrade base\b/u,
    "undoes every migration, with the data in their tables",
  ),
  command(
    "knex migrate:rollback --all",
    "destroys",
    /knex (?:.* )?migrate:rollback\b/u,
    "undoes every migration, with the data in their tables",
    [/ --all\b/u],
  ),
  command(
    "artisan migrate:fresh",
    "destroys",
    /(?:php )?(?:\S*\/)?artisan (?:migrate:(?:fresh|reset|refresh)|db:wipe)\b/u,
    "drops every table",
  ),
  command("dotnet ef database drop", "destroys", /dotnet ef database drop\b/u, "drops the database"),
  command(
    "goose reset",
    "destroys",
    /(?:goose|migrate|dbmate|diesel|sqlx|atlas) (?:.* )?(?:reset|drop|down-to 0|database reset|database drop|schema clean|down -all)\b/u,
    "undoes every migration, or drops the database",
  ),
  command(
    "doctrine:schema:drop",
    "destroys",
    /(?:php )?(?:\S*\/)?console doctrine:(?:schema|database):drop\b/u,
    "drops every table",
  ),
];
