import type { Class, KeyNames } from "./classes.ts";

type Known = Partial<Omit<KeyNames, "names" | "class" | "reason">>;

/** Names, separated by commas. */
function named(of: Class, names: string, reason: string, known: Known = {}): KeyNames {
  return {
    names: names.split(",").map((name) => name.trim()),
    class: of,
    unit: known.unit ?? null,
    under: known.under ?? [],
    unlimited: known.unlimited ?? [],
    reason,
    source: known.source ?? null,
  };
}

const postgres = "https://www.postgresql.org/docs/current/runtime-config-";
const poolReason = "every replica opens its own pool, and all of them share what the database accepts";
const waitReason = "callers wait as long as this, and hold connections and threads meanwhile";

/**
 * What keys are called, what they measure and what their program takes a bare number and a zero for. A key is of the entry with
 * the longest name that it ends in. An entry that states a unit or a sentinel names the manual that says so.
 */
export const dictionary: readonly KeyNames[] = [
  named(
    "pool",
    "pool size, max pool size, maximum pool size, pool max size, pool maxsize, pool max, pool maximum, max pool, maxpool, db pool, database pool, max overflow, connection limit, connection pool size, maximum connections, max db connections, max user connections, max client conn, reserve pool size, minimum idle, pool min, min pool size, pool min size",
    poolReason,
  ),
  named("pool", "default pool size", "each pair of user and database gets a pool of this size", {
    source: "https://www.pgbouncer.org/config.html#default_pool_size",
  }),
  named("pool", "pool", poolReason, {
    under: ["production", "default", "database", "db", "datasource", "rails", "sequelize"],
  }),
  named("pool", "max size, max, size", poolReason, { under: ["pool", "hikari", "datasource"] }),
  named("pool", "max active, max total, max idle, max connections", poolReason, {
    under: ["datasource", "dbcp", "dbcp2", "jedis", "lettuce", "pool", "redis", "http", "client"],
    unlimited: ["0"],
  }),
  named("pool", "max open conns, max open connections, max open connection, max open, max idle conns", poolReason, {
    unlimited: ["0"],
    source: "https://pkg.go.dev/database/sql#DB.SetMaxOpenConns",
  }),
  named("connections", "max connections", "each connection has memory of its own in the server", {
    source: `${postgres}connection.html`,
  }),
  named(
    "workers",
    "workers, worker count, num workers, worker processes, worker connections, web concurrency, max threads, maxthreads, rails max threads, threads, threads max, thread pool size, max pool threads, concurrency, max concurrency, worker concurrency, uv threadpool size, prefetch, prefetch count, prefetch multiplier, max in flight, reserved concurrent executions, max concurrent requests, max parallelism, worker threads, num threads, consumer threads, max poll records",
    "each of them takes memory and connections of its own, in every replica",
  ),
  named(
    "timeout",
    "timeout, request timeout, read timeout, write timeout, connect timeout, response timeout, query timeout, socket timeout, idle timeout, acquire timeout, client timeout, server timeout, dial timeout, grpc timeout, http timeout, deadline, keepalive timeout, keep alive timeout, proxy timeout, graceful timeout, shutdown timeout, grace period",
    waitReason,
    { unlimited: ["0"] },
  ),
  named(
    "timeout",
    "statement timeout, lock timeout, idle in transaction session timeout, idle session timeout, transaction timeout",
    "0 lets a statement run, and hold its locks, for ever",
    { unit: "milliseconds", unlimited: ["0"], source: `${postgres}client.html` },
  ),
  named("timeout", "deadlock timeout", waitReason, { unit: "milliseconds", source: `${postgres}locks.html` }),
  named("timeout", "connection timeout, validation timeout, leak detection threshold", waitReason, {
    unit: "milliseconds",
    under: ["hikari", "hikaricp"],
    unlimited: ["0"],
    source: "https://github.com/brettwooldridge/HikariCP#frequently-used",
  }),
  named("timeout", "connection timeout", waitReason, { unlimited: ["0"] }),
  named("timeout", "pool timeout", "requests that find the pool empty queue up for so long", {
    unit: "seconds",
    unlimited: ["0"],
    source:
      "https://www.prisma.io/docs/orm/prisma-client/setup-and-configuration/databases-connections/connection-pool",
  }),
  named(
    "timeout",
    "proxy read timeout, proxy connect timeout, proxy send timeout, client body timeout, client header timeout, send timeout, fastcgi read timeout, uwsgi read timeout",
    waitReason,
    {
      unit: "seconds",
      unlimited: ["0"],
      source: "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_read_timeout",
    },
  ),
  named(
    "timeout",
    "query wait timeout, server idle timeout, client idle timeout, server connect timeout, idle transaction timeout",
    waitReason,
    {
      unit: "seconds",
      unlimited: ["0"],
      source: "https://www.pgbouncer.org/config.html",
    },
  ),
  named(
    "timeout",
    "wait timeout, interactive timeout, innodb lock wait timeout, net read timeout, net write timeout",
    waitReason,
    {
      unit: "seconds",
      source: "https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html",
    },
  ),
  named("timeout", "max execution time", "0 lets a query or a script run for ever", { unlimited: ["0"] }),
  named(
    "lifetime",
    "ttl, cache ttl, session ttl, session timeout, session lifetime, token ttl, token lifetime, access token lifetime, access token expiry, jwt expiration, jwt expiry, expires in, expire after, session cookie age, cookie max age, default ttl, max ttl, conn max age, conn max lifetime, max lifetime, cache timeout, default expiration",
    "what lives too long is stale or stolen, and what lives too short is asked for all the time",
  ),
  named(
    "lifetime",
    "max lifetime, idle timeout, keepalive time",
    "connections that live for ever outlast firewalls and failovers",
    {
      unit: "milliseconds",
      under: ["hikari", "hikaricp"],
      unlimited: ["0"],
      source: "https://github.com/brettwooldridge/HikariCP#frequently-used",
    },
  ),
  named(
    "retries",
    "retries, max retries, maxretries, retry count, num retries, max attempts, maxattempts, retry attempts, attempts, max retry, retry max, max retry attempts, retry limit, backoff limit, max reconnect attempts, proxy next upstream tries",
    "each try loads a server that already fails, and tries multiply along a chain of callers",
    { source: "https://sre.google/sre-book/addressing-cascading-failures/" },
  ),
  named(
    "backoff",
    "backoff, retry backoff, initial backoff, min backoff, max backoff, base backoff, backoff base, backoff delay, backoff interval, retry delay, retry interval, retry wait, reconnect delay, reconnect backoff, reconnect backoff max, backoff multiplier, backoff factor, jitter, retry jitter, backoff jitter",
    "without a pause all clients come back at once, and keep down what they wait for",
    { unlimited: ["0", "0ms", "0s"], source: "https://sre.google/sre-book/addressing-cascading-failures/" },
  ),
  named(
    "backoff",
    "initial interval, initial delay, multiplier, wait duration",
    "without a pause all clients come back at once",
    {
      under: ["retry", "backoff"],
      unlimited: ["0", "0ms", "0s"],
    },
  ),
  named(
    "rate",
    "rate limit, ratelimit, rate limit rps, rps, limit rps, limit rpm, rpm, requests per second, requests per minute, requests per hour, max requests per second, rate limit max, rate limit per minute, rate limit burst, burst limit, throttle limit, throttling rate limit, throttling burst limit, limit connections, limit req rate, max requests per minute, requests per unit, rate limit requests",
    "it is what keeps one client, or one loop, from taking everything",
    { unlimited: ["0"] },
  ),
  named(
    "rate",
    "rate, burst, average, max, limit, points, requests, quota",
    "it is what keeps one client, or one loop, from taking everything",
    {
      under: ["ratelimit", "ratelimiter", "throttle", "throttling", "limiter", "req"],
      unlimited: ["0"],
    },
  ),
  named(
    "retention",
    "retention, retention period, retention time, retention size, log retention, backup retention, backup retention period, snapshot retention, keep last, keep daily, keep weekly, keep monthly, keep yearly, binlog expire logs, wal keep size, max backups, retention policy, retention count, retention duration, deletion delay, retention deletes",
    "what is older is deleted, and a longer time brings nothing back",
  ),
  named("retention", "keep days, retain days, expire logs days", "what is older is deleted", { unit: "days" }),
  named("cache", "maxmemory", "without a limit the store grows until the kernel kills it", {
    unlimited: ["0"],
    source: "https://redis.io/docs/latest/operate/oss_and_stack/management/config/",
  }),
  named(
    "cache",
    "cache size, max cache size, cache max size, cache capacity, cache max entries, max cache entries, cache limit",
    "a cache without a limit is a leak",
    {
      unlimited: ["0"],
    },
  ),
  named("cache", "max size, maximum size, max entries, max items, size", "a cache without a limit is a leak", {
    under: ["cache", "caffeine", "lru", "caching"],
  }),
  named(
    "rollout",
    "rollout, rollout percentage, rollout percent, percentage rollout, rollout pct, rollout fraction, traffic percentage, traffic percent, flag percent, flag percentage, feature percentage, canary percent, canary percentage, canary weight, enabled percentage",
    "everybody gets it at once, with no smaller group before them that would show what is wrong",
  ),
  named("rollout", "percentage, percent, weight", "everybody gets it at once", {
    under: ["flag", "flags", "feature", "features", "rollout", "canary", "experiment"],
  }),
  named(
    "copies",
    "replication factor, default replication factor, offsets topic replication factor, transaction state log replication factor, min insync replicas, transaction state log min isr, number of replicas, index number of replicas, write quorum",
    "a copy less is a broker less that may fail before data is lost",
    { source: "https://kafka.apache.org/documentation/#brokerconfigs_min.insync.replicas" },
  ),
  named(
    "sampling",
    "sampling rate, sample rate, sampling probability, traces sample rate, trace sampling, sampling percentage, traces sampler arg, sampling ratio, profiles sample rate, tracing sampling, random sampling percentage",
    "traces and profiles cost time in every request, and what stores them is sized for the share that was sent",
  ),
  named(
    "verification",
    "ssl, tls, ssl enabled, tls enabled, enable ssl, enable tls, use ssl, use tls, require ssl, require tls, ssl required, tls required, force ssl, secure ssl redirect, ssl redirect, force ssl redirect, verify, verify ssl, ssl verify, verify tls, tls verify, verify peer, verify certs, verify certificate, verify certificates, validate certs, check hostname, verify hostname, ssl verification, certificate verification, reject unauthorized, tls reject unauthorized, proxy ssl verify, pythonhttpsverify, git ssl verify, strict ssl, session cookie secure, csrf cookie secure, encrypt, cookie secure, hostname verification",
    "without it anybody on the way can read and answer in the place of the other side",
  ),
  named(
    "authentication",
    "auth enabled, enable auth, auth required, require auth, authentication, authentication enabled, enable authentication, authentication required, requires authentication, authorization enabled, enable authorization, security enabled, protected mode, rbac enabled, enable rbac, mtls enabled, csrf, csrf enabled, enable csrf, csrf protection, csrf protect, mfa required, require mfa, mfa enabled, signature verification, verify signature, verify jwt, jwt verify, validate token, ip whitelist enabled, waf enabled, enable waf, modsecurity",
    "whoever reaches it may then do what only those who are known should",
  ),
  named(
    "authentication",
    "security authorization, require authorization, require signin view, login required, api key required, acl enabled, enable acl, sasl enabled, authn enabled, verify exp, verify aud, verify iss, verify expiration, validate issuer, validate audience, validate lifetime, validate issuer signing key, require expiration time, require signed tokens, want assertions signed, want assertion or response signed, want message signed, want authn requests signed, authn requests signed, validate signature, brute force protected, email verification required, two factor required, require two factor",
    "whoever reaches it may then do what only those who are known should",
  ),
  named(
    "authentication",
    "session cookie httponly, session cookie http only, csrf cookie httponly, cookie httponly, cookie http only",
    "scripts of a page may then read the session, and send it elsewhere",
  ),
  named("authentication", "enabled", "whoever reaches it may then do what only those who are known should", {
    under: ["auth", "authentication", "authorization", "csrf", "rbac", "mtls", "mfa"],
  }),
  named(
    "bypass",
    "insecure, insecure skip verify, insecure skip tls verify, skip tls verify, tls skip verify, skip ssl verify, ssl insecure, tls insecure, allow insecure, trust server certificate, trust all certs, trust all certificates, disable ssl, disable tls, disable ssl verification, disable tls verification, skip verify, skip verification, accept invalid certs, accept invalid certificates, allow invalid certificates, allow self signed, tls allow invalid certificates, plaintext, use plaintext, insecure registry",
    "without it anybody on the way can read and answer in the place of the other side",
  ),
  named(
    "bypass",
    "anonymous, anonymous enabled, anonymous auth, anonymous access, allow anonymous, auth anonymous enabled, disable auth, skip auth, auth disabled, disable authentication, skip authentication, bypass auth, disable csrf, csrf disabled, skip csrf, cors allow all origins, cors origin allow all, allow all origins, guest access, allow empty password, trust all proxies, skip signature verification",
    "whoever reaches it may then do what only those who are known should",
  ),
  named(
    "bypass",
    "anonymous user enabled, enable anonymous, allow anonymous authentication, allow guest, allow guests, guests enabled, guest enabled, enable guest access, allow sign up, registration allowed, ignore expiration, skip expiration, insecure skip issuer verification, insecure skip issuer check, insecure skip nonce verification, insecure oidc allow unverified email, insecure oidc skip issuer verification, insecure oidc skip nonce, insecure allow unverified email, allow unverified email, enable skip login, skip login, enable insecure login, oauth allow insecure email lookup, dangerously disable device auth, password authentication, permit empty passwords, hostbased authentication, direct access grants enabled, implicit flow enabled, public client",
    "whoever reaches it may then do what only those who are known should",
  ),
  named(
    "debug",
    "debug, app debug, django debug, flask debug, debug mode, enable debug, debug enabled, enable pprof, pprof enabled, display errors, show sql, dev mode, development mode, hot reload, consider all requests local, expose stack trace, include stacktrace, graphql introspection, introspection, enable profiling, rails consider all requests local",
    "pages of errors then show code, settings and secrets to whoever causes one",
    { source: "https://docs.djangoproject.com/en/stable/howto/deployment/checklist/#debug" },
  ),
];
