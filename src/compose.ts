import { randomUUID } from "node:crypto";
import { availableParallelism } from "node:os";
import type { Logger } from "pino";
import { type AppLimits, createApp, defaultLimits, type GitHubApp, type Octokit } from "./adapters/github/app.ts";
import { deliveryLog } from "./adapters/github/deliveries.ts";
import { GitHubJobTokens, issuerOf } from "./adapters/github/job-tokens.ts";
import { readDelivery } from "./adapters/github/webhooks/read.ts";
import type { openStore, OpenStore, StoreLocation } from "./adapters/store/open.ts";
import type { Alarms } from "./app/alarms.ts";
import type { Pool, PoolLimits, PoolPorts } from "./adapters/workers/pool.ts";
import type { ReaderLimits } from "./adapters/workers/reader.ts";
import type { LoopLimits } from "./app/held.ts";
import { takeEvidence, witnessOf } from "./app/evidence.ts";
import { jobGate } from "./app/job-gate.ts";
import { lookedAt } from "./app/looked.ts";
import { memory } from "./app/memory.ts";
import { operator } from "./app/operator.ts";
import type {
  AftermathSource,
  BlobCache,
  BranchSource,
  Clock,
  DeploymentGate,
  DeploymentSource,
  EffectSource,
  Enforcer,
  EvidenceReader,
  FactSource,
  GroupSource,
  Installations,
  Lister,
  Publisher,
  SignpostKeeper,
  RightsSource,
  Remains,
  RunSource,
  PullRequestActions,
  WorkQueue,
} from "./app/ports.ts";
import { takeSignals } from "./app/signals.ts";
import { receiver } from "./app/receive.ts";
import { redelivery } from "./app/redeliver.ts";
import { type Reconciler, reconciler } from "./app/reconcile.ts";
import { ToldComments } from "./app/told-comments.ts";
import { ToldEffects } from "./app/told-effects.ts";
import type { Config } from "./config.ts";
import { createHttp, defaultHttpLimits, type Http, type HttpLimits } from "./server/http.ts";
import { version } from "./version.ts";

/** What the adapters of GitHub are made from. */
export interface GitHubAccess {
  readonly apiFor: (installationId: number) => Promise<Octokit>;
  /** Asks as the enforcer where it is installed on an account; null where it is not, or where there is none. */
  readonly enforcerFor: (owner: string, signal: AbortSignal) => Promise<Octokit | null>;
  readonly blobs: BlobCache;
  readonly clock: Clock;
}

/** What the simulator and the tests put in the place of the real thing. */
export interface Parts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly fetch: typeof globalThis.fetch;
  /** Resolves after so many milliseconds of the clock. */
  readonly rest: (ms: number) => Promise<void>;
  readonly openStore: typeof openStore;
  readonly github: (access: GitHubAccess) => {
    readonly facts: FactSource;
    readonly groups: GroupSource;
    readonly deployments: DeploymentSource;
    readonly gate: DeploymentGate;
    readonly effects: EffectSource;
    readonly publisher: Publisher;
    readonly enforcer: Enforcer;
    readonly signposts: SignpostKeeper;
    readonly rights: RightsSource;
    readonly actions: PullRequestActions;
    readonly lister: Lister;
    readonly branches: BranchSource;
    readonly alarms: Alarms;
    readonly remains: Remains;
    readonly aftermath: AftermathSource;
    readonly runs: RunSource;
  };
  readonly reader: EvidenceReader;
  readonly pool: (ports: Pick<PoolPorts, "after" | "log">, limits: PoolLimits) => Pool;
  readonly limits: ServiceLimits;
}

export interface ServiceLimits {
  readonly http: HttpLimits;
  readonly github: AppLimits;
  readonly loop: LoopLimits;
  readonly pool: PoolLimits;
  readonly reader: ReaderLimits;
  readonly deliveriesPerTransaction: number;
  readonly blobCacheBytes: number;
  readonly storeConnections: number;
  /** How far our clock may be from GitHub's. */
  readonly skewMs: number;
  /** How long the store may take to answer a probe. */
  readonly probeMs: number;
}

const hour = 3_600_000;

export const defaultServiceLimits: ServiceLimits = {
  http: defaultHttpLimits,
  github: defaultLimits,
  loop: {
    concurrency: 8,
    leaseMs: 240_000,
    collectMs: 90_000,
    publishMs: 30_000,
    effectsMs: 60_000,
    resyncMs: hour / 2,
    sweepMs: 12 * hour,
    firstRetryMs: 5_000,
    longestRetryMs: hour / 4,
    withdrawAfterAttempts: 5,
    groupAttempts: 3,
    groupResyncMs: 60_000,
    pollMs: 1_000,
  },
  // One core is left to the thread that answers webhooks.
  pool: { workers: Math.max(1, Math.min(4, availableParallelism() - 1)), evaluationMs: 30_000, memoryMb: 512 },
  reader: { readingMs: 20_000, memoryMb: 1_024, waiting: 4 },
  deliveriesPerTransaction: 500,
  blobCacheBytes: 1024 * 1024 * 1024,
  storeConnections: 10,
  skewMs: 60_000,
  probeMs: 2_000,
};

/** The service, wired and at rest. */
export interface Composed {
  readonly store: OpenStore;
  readonly app: GitHubApp;
  readonly http: Http;
  readonly loop: Reconciler;
  readonly pool: Pool;
  /** One round of asking GitHub for deliveries that did not arrive; resolves with how many were asked for. */
  readonly redeliver: (signal: AbortSignal) => Promise<number>;
  /** Told to every probe from now on: this instance gets no more deliveries. */
  stopping(): void;
}

/** Opens the store and wires the adapters to the use cases. Throws if the store cannot be reached or migrated. */
export async function compose(config: Config, parts: Parts): Promise<Composed> {
  const { clock, log, limits } = parts;
  const store = await open(config, parts);
  const connect = (keys: Config["enforcer"] & object): GitHubApp =>
    createApp({
      ...keys,
      apiUrl: config.githubApiUrl,
      version,
      log,
      clock,
      fetch: parts.fetch,
      rest: parts.rest,
      limits: limits.github,
    });
  const app = connect(config);
  const enforcerFor = config.enforcer === null ? async () => null : installedOn(connect(config.enforcer), clock);
  const pool = parts.pool({ after, log }, limits.pool);
  const { remains, runs, ...github } = parts.github({
    apiFor: (installationId) => app.octokitFor(installationId),
    enforcerFor,
    blobs: store.blobs,
    clock,
  });
  const comments = new ToldComments();
  const loop = reconciler(
    {
      ...github,
      memory: memory({ ...store, remains, clock, log }),
      clock,
      queue: claimingWhile(() => Math.abs(app.skewMs() ?? Number.POSITIVE_INFINITY) <= limits.skewMs, store.queue),
      judgements: store.judgements,
      locks: store.locks,
      ledger: store.ledger,
      decisions: store.decisions,
      books: store.books,
      strikes: store.strikes,
      reports: store.reports,
      signals: store.signals,
      evidence: store.evidence,
      evaluator: pool,
      told: new ToldEffects(),
      comments,
      log,
      version,
    },
    limits.loop,
  );
  const record = receiver(
    { queue: store.queue, clock, log },
    { deliveriesPerTransaction: limits.deliveriesPerTransaction },
  );
  const jobs = forJobs(config, parts, app);
  const brought = { ...store, runs, reader: parts.reader, clock, log, wake: () => loop.wake() };
  let isStopping = false;
  const http = createHttp(
    {
      secret: config.webhookSecret,
      version,
      read: (event, payload) => readDelivery(event, payload, { id: config.appId, apiUrl: config.githubApiUrl }),
      receive: async (delivery) => {
        await record(delivery);
        loop.wake();
      },
      notReady: async () => [
        ...(isStopping ? ["The service is stopping."] : []),
        ...(await storeTrouble(store.queue, parts)),
        ...clockTrouble(app.skewMs(), limits.skewMs),
      ],
      jobGate: jobs === null ? null : jobGate({ ...store, ...jobs, comments, clock, wake: () => loop.wake() }),
      evidence:
        jobs === null
          ? null
          : {
              witness: (token, signal) => witnessOf(token, { ...brought, ...jobs }, signal),
              take: (witness, offer, text) => takeEvidence(witness, offer, text, brought),
            },
      signalsSecret: config.signalsSecret,
      clock,
      takeSignals: (requestId, orders, signal) =>
        takeSignals(
          requestId,
          orders,
          { ...store, aftermath: github.aftermath, clock, log, wake: () => loop.wake() },
          signal,
        ),
      adminToken: config.adminToken,
      lookedAt: (repository, signal) => lookedAt(repository, { ...store, lister: github.lister }, signal),
      operator: operator({
        decisions: store.decisions,
        judgements: store.judgements,
        places: store.places,
        clock,
        log,
        newId: randomUUID,
        wake: () => loop.wake(),
      }),
      log,
    },
    limits.http,
  );
  return {
    store,
    app,
    http,
    loop,
    pool,
    redeliver: redelivery({ deliveries: deliveryLog(() => app.octokitOfApp(), clock), queue: store.queue, clock, log }),
    stopping: () => {
      isStopping = true;
    },
  };
}

/** What jobs prove themselves by. Null: the address of this service is not known, so no token can be for it. */
function forJobs(
  { publicUrl, githubApiUrl }: Config,
  { fetch, clock }: Parts,
  app: GitHubApp,
): { readonly proofs: GitHubJobTokens; readonly installations: Installations } | null {
  if (publicUrl === null) return null;
  const audience = publicUrl.replace(/\/$/u, "");
  return {
    proofs: new GitHubJobTokens({ fetch, clock, issuer: issuerOf(githubApiUrl), audience }),
    installations: {
      on: async (owner, signal) => {
        const found = await app.installationOf(owner, signal);
        return found === null || found.suspended ? null : found.id;
      },
    },
  };
}

const installationsKnownMs = hour / 6;

/** Where an App is installed is asked again after a while: it can be installed, and taken away, without an event that we get. */
function installedOn(app: GitHubApp, clock: Clock): GitHubAccess["enforcerFor"] {
  const known = new Map<string, { readonly id: number | null; readonly untilMs: number }>();
  return async (owner, signal) => {
    const key = owner.toLowerCase();
    let found = known.get(key);
    if (found === undefined || found.untilMs <= clock.now()) {
      const installation = await app.installationOf(owner, signal);
      const id = installation === null || installation.suspended ? null : installation.id;
      found = { id, untilMs: clock.now() + installationsKnownMs };
      known.set(key, found);
    }
    return found.id === null ? null : await app.octokitFor(found.id);
  };
}

async function open(config: Config, parts: Parts): Promise<OpenStore> {
  try {
    return await parts.openStore(locationOf(config, parts), { blobCacheBytes: parts.limits.blobCacheBytes });
  } catch (cause) {
    // The address of a database may hold its password: it is not told.
    const sentence =
      config.store.kind === "sqlite"
        ? `Cannot open the store ${config.store.path}: set SQLITE_PATH to a file that this program may write.`
        : "Cannot open the store: DATABASE_URL must name a PostgreSQL database that can be reached and whose tables may be changed.";
    throw new Error(sentence, { cause });
  }
}

function locationOf({ store }: Config, { limits, log }: Parts): StoreLocation {
  if (store.kind === "sqlite") return store;
  const onConnectionLost = (error: Error): void => log.warn({ error }, "an idle connection to PostgreSQL was lost");
  return { kind: "postgres", url: store.url, connections: limits.storeConnections, onConnectionLost };
}

/** Times decide verdicts: with a clock that is off, or not yet compared with GitHub's, nothing is claimed. */
function claimingWhile(trusted: () => boolean, queue: WorkQueue): WorkQueue {
  return { ...queue, claim: async (...given) => (trusted() ? await queue.claim(...given) : []) };
}

async function storeTrouble(queue: WorkQueue, { clock, limits, log }: Parts): Promise<readonly string[]> {
  const late = Promise.withResolvers<never>();
  const cancel = after(limits.probeMs, () => late.reject(new Error(`No answer within ${limits.probeMs} ms.`)));
  try {
    await Promise.race([queue.depth(clock.now()), late.promise]);
    return [];
  } catch (error) {
    log.error({ error }, "the store does not answer");
    return ["The store does not answer."];
  } finally {
    cancel();
  }
}

function clockTrouble(skewMs: number | null, limitMs: number): readonly string[] {
  if (skewMs === null) return ["GitHub has not answered yet, so its clock is not known."];
  if (Math.abs(skewMs) <= limitMs) return [];
  return [`The clock is ${Math.round(Math.abs(skewMs) / 1_000)} s off GitHub's: synchronise it.`];
}

function after(ms: number, callback: () => void): () => void {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
}
