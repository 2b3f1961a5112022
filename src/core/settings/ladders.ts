import { logins } from "./ladders-login.ts";

/** Keys whose values are words, each safer than those before it. What the words are is the program's, so no policy adds to them. */
export interface Ladder {
  readonly names: readonly string[];
  /** From the weakest; words of one rung mean the same. */
  readonly rungs: readonly (readonly string[])[];
  /** What is weaker than this rung is dangerous by itself where the key is new; null: only a step down is. */
  readonly least: number | null;
  readonly concerns: "transport" | "durability" | "exposure" | "logging" | "login";
  readonly reason: string;
  readonly source: string | null;
}

const off = ["off", "false", "no", "0", "none", "disabled"];
const on = ["on", "true", "yes", "1", "enabled"];

export const ladders: readonly Ladder[] = [
  {
    names: ["sslmode", "ssl mode", "pgsslmode", "db sslmode", "server tls sslmode", "client tls sslmode"],
    rungs: [
      ["disable", "disabled"],
      ["allow"],
      ["prefer", "preferred"],
      ["require", "required"],
      ["verify-ca", "verify_ca"],
      ["verify-full", "verify_identity"],
    ],
    least: 1,
    concerns: "transport",
    reason: "the password and all data then go over the network as they are, or to a server that nobody verified",
    source: "https://www.postgresql.org/docs/current/libpq-ssl.html",
  },
  {
    names: [
      "tls min version",
      "min tls version",
      "minimum tls version",
      "minimum protocol version",
      "min protocol version",
      "ssl min protocol version",
      "tls minimum version",
      "ssl minimum version",
    ],
    rungs: [
      ["ssl3", "sslv3"],
      ["1.0", "1", "tlsv1", "tlsv1.0", "tls1.0", "tls10", "tls1_0", "versiontls10", "tlsv1_0"],
      ["1.1", "tlsv1.1", "tls1.1", "tls11", "tls1_1", "versiontls11", "tlsv1_1"],
      ["1.2", "tlsv1.2", "tls1.2", "tls12", "tls1_2", "versiontls12", "tlsv1_2"],
      ["1.3", "tlsv1.3", "tls1.3", "tls13", "tls1_3", "versiontls13", "tlsv1_3"],
    ],
    least: 3,
    concerns: "transport",
    reason: "the versions before 1.2 can be broken by whoever stands on the way",
    source: "https://datatracker.ietf.org/doc/html/rfc8996",
  },
  ...logins,
  {
    names: ["acks", "request required acks", "producer acks"],
    rungs: [["0"], ["1"], ["all", "-1"]],
    least: 1,
    concerns: "durability",
    reason: "a message is taken as kept before enough brokers have it",
    source: "https://kafka.apache.org/documentation/#producerconfigs_acks",
  },
  {
    names: ["synchronous commit"],
    rungs: [["off", "false"], ["local"], ["remote_write"], ["on", "true"], ["remote_apply"]],
    least: null,
    concerns: "durability",
    reason: "what was committed last is lost with the server",
    source: "https://www.postgresql.org/docs/current/runtime-config-wal.html",
  },
  {
    names: ["fsync", "full page writes", "appendonly", "aof enabled", "journal enabled", "enable idempotence"],
    rungs: [off, on],
    least: 1,
    concerns: "durability",
    reason: "what was written last is lost, or torn, when the server stops",
    source: "https://www.postgresql.org/docs/current/runtime-config-wal.html",
  },
  {
    names: ["appendfsync"],
    rungs: [["no"], ["everysec"], ["always"]],
    least: 1,
    concerns: "durability",
    reason: "what was written last is lost when the server stops",
    source: "https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/",
  },
  {
    names: ["innodb flush log at trx commit"],
    rungs: [["0"], ["2"], ["1"]],
    least: null,
    concerns: "durability",
    reason: "up to a second of committed transactions is lost with the server",
    source: "https://dev.mysql.com/doc/refman/8.4/en/innodb-parameters.html",
  },
  {
    names: ["unclean leader election enable", "unclean leader election"],
    rungs: [on, off],
    least: 1,
    concerns: "durability",
    reason: "a broker that missed messages may lead, and they are gone",
    source: "https://kafka.apache.org/documentation/#brokerconfigs_unclean.leader.election.enable",
  },
  {
    names: ["maxmemory policy"],
    rungs: [
      ["allkeys-random", "allkeys-lru", "allkeys-lfu", "allkeys-lrm"],
      ["volatile-random", "volatile-lru", "volatile-lfu", "volatile-ttl", "volatile-lrm"],
      ["noeviction"],
    ],
    least: null,
    concerns: "durability",
    reason: "keys that never expire are thrown out once memory is short",
    source: "https://redis.io/docs/latest/develop/reference/eviction/",
  },
  {
    names: [
      "allowed hosts",
      "cors allowed origins",
      "cors origins",
      "cors origin",
      "allowed origins",
      "allow origins",
      "allow origin",
      "access control allow origin",
      "cors allow origin",
      "csrf trusted origins",
      "trusted proxies",
    ],
    rungs: [["*", '["*"]', "['*']", "https://*", "http://*"]],
    least: 1,
    concerns: "exposure",
    reason: "any site may then speak to it in the name of whoever is logged in, or under any name",
    source: "https://docs.djangoproject.com/en/stable/ref/settings/#allowed-hosts",
  },
  {
    names: [
      "node env",
      "rails env",
      "rack env",
      "flask env",
      "app env",
      "aspnetcore environment",
      "dotnet environment",
    ],
    rungs: [["development", "dev", "debug", "test", "local"], ["staging"], ["production", "prod"]],
    least: null,
    concerns: "exposure",
    reason: "frameworks then show errors with code and settings, and leave out what protects production",
    source: null,
  },
  {
    names: [
      "log level",
      "loglevel",
      "logging level",
      "root level",
      "level root",
      "rust log",
      "log min messages",
      "rails log level",
    ],
    rungs: [
      ["trace", "all", "verbose", "silly", "debug5"],
      ["debug", "debug1", "debug2"],
      ["info", "information", "notice", "warn", "warning", "error", "err", "fatal", "critical", "panic", "off"],
    ],
    least: null,
    concerns: "logging",
    reason: "debug logs cost many times the disk and money, and hold what requests hold",
    source: null,
  },
  {
    names: ["log statement"],
    rungs: [["all"], ["mod"], ["ddl"], ["none"]],
    least: null,
    concerns: "logging",
    reason: "every statement, with what users typed in it, goes to the log",
    source: "https://www.postgresql.org/docs/current/runtime-config-logging.html",
  },
];
