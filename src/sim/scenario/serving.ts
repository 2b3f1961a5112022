import { rmSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { connect } from "../../adapters/store/open.ts";
import type { FactSource, Lister, Publication, Publisher } from "../../app/ports.ts";
import type { Memory } from "../../app/remembered.ts";
import type { Parts } from "../../compose.ts";
import type { RecordedEntry } from "../../core/ledger/entry.ts";
import type { Config } from "../../config.ts";
import { createLog } from "../../log.ts";
import { type Service, start } from "../../main.ts";
import { realParts } from "../../parts.ts";
import { webhookPath } from "../../server/http.ts";
import type { SimPullRequest } from "../facade/pull-request.ts";
import type { CheckRun } from "../state/model.ts";
import { ownRuns } from "./own-runs.ts";
import type { Theatre } from "./seen.ts";
import { type Stage, Unplayable, webhookSecret } from "./stage.ts";

/** Where a look can be made to end with the whole server. */
export type DeathPoint = "before collect" | "after collect" | "before publish" | "after publish";

/** What a player puts in the place of the service's own. */
export interface ServingOptions {
  /** Where evaluations run; without it, in processes of their own. */
  readonly pool?: Parts["pool"];
  /** Awaited before the service sends anything about a head. */
  readonly beforePublish?: (publication: Publication) => Promise<void>;
}

/** More rounds than this are no burst: something marks itself again and again. */
const roundsLimit = 200;
const logLinesKept = 20;
const entriesShown = 20;

/**
 * The real server, between the clock of a scenario and the fake GitHub. It looks only while it is asked to settle: what is claimed
 * between two steps would depend on the machine.
 */
export class Serving implements Theatre {
  readonly #stage: Stage;
  readonly #options: ServingOptions;
  readonly #storePath: string;
  readonly #logged: string[] = [];
  #service: Service | null = null;
  #deathPoint: DeathPoint | null = null;
  #died = Promise.withResolvers<void>();
  #buried = Promise.withResolvers<never>();
  #dead = false;
  #looking = false;
  #looks = 0;

  /** @param folder where the store lies */
  constructor(stage: Stage, folder: string, options: ServingOptions = {}) {
    this.#stage = stage;
    this.#options = options;
    this.#storePath = join(folder, "sallyport.db");
  }

  /** The newest lines that the server logged at `warn` or above, oldest first. */
  get logged(): readonly string[] {
    return this.#logged;
  }

  /** What the service remembers; null while it is down. */
  get memory(): Memory | null {
    return this.#service?.composed.store ?? null;
  }

  async runs(sha: string): Promise<readonly CheckRun[]> {
    return ownRuns(this.#stage, sha);
  }

  async ledger(pull: SimPullRequest): Promise<readonly RecordedEntry[] | null> {
    if (this.#service === null) return null;
    const { id, name } = this.#stage.repository.state;
    const repository = { id, owner: "acme", name };
    // The key of a subject does not hold the installation.
    const subject = { kind: "pull_request", installationId: 0, repository, number: pull.number } as const;
    return await this.#service.composed.store.ledger.bySubject(subject, entriesShown);
  }

  async start(): Promise<void> {
    if (this.#service !== null) throw new Unplayable("The server is running already.");
    this.#dead = false;
    this.#deathPoint = null;
    this.#died = Promise.withResolvers();
    this.#buried = Promise.withResolvers();
    const introduced = Promise.withResolvers<void>();
    const config = this.#config();
    this.#service = await start(config, this.#parts(config, introduced.resolve));
    this.#stage.app.deliverTo(this.#service.url + webhookPath);
    await introduced.promise;
    // What it marks after GitHub's last answer is written within the turns that follow: SQLite answers at once.
    for (let turns = 0; turns < 20; turns += 1) await turn();
  }

  /** Ends it in order. */
  async stop(): Promise<void> {
    const service = this.#running();
    this.#service = null;
    await service.stop();
  }

  /** Ends it as a power cut does: nothing more is sent or written. Its leases end by their own time, which passes here. */
  async kill(): Promise<void> {
    const service = this.#running();
    this.#service = null;
    this.#dead = true;
    this.#buried.promise.catch(() => {});
    // Without store and network, nothing that its ordered end would still do has an effect.
    await service.composed.store.close();
    this.#buried.reject(new Error("The server is dead."));
    await service.stop();
    const { db } = connect({ kind: "sqlite", path: this.#storePath });
    await db.updateTable("subjects").set({ lease_until_ms: 0 }).where("lease_until_ms", "is not", null).execute();
    await db.updateTable("locks").set({ until_ms: 0 }).execute();
    await db.destroy();
  }

  /** The store is gone with all that it remembered. */
  loseStore(): void {
    if (this.#service !== null) throw new Unplayable("The store can be lost only while the server is down.");
    for (const end of ["", "-wal", "-shm"]) rmSync(`${this.#storePath}${end}`, { force: true });
  }

  /** The next look that comes to this point takes the server with it. */
  killAt(point: DeathPoint): void {
    this.#running();
    this.#deathPoint = point;
  }

  /** Delivers what is not held and looks at what is due, until neither is left, or the server has died of it. */
  async settle(): Promise<void> {
    for (let rounds = 0; rounds < roundsLimit; rounds += 1) {
      await this.#stage.github.deliveries.flush();
      if (this.#service === null) return;
      const before = this.#looks;
      this.#looking = true;
      const ended = await Promise.race([
        this.#service.composed.loop.runDue().then(() => "rested" as const),
        this.#died.promise.then(() => "died" as const),
      ]);
      this.#looking = false;
      if (ended === "died") {
        await this.kill();
        return;
      }
      if (this.#looks === before) return;
    }
    throw new Error(`The server did not come to rest within ${roundsLimit} rounds of webhooks and looks.`);
  }

  /** Ends it for good, in whatever state. */
  async end(): Promise<void> {
    if (this.#service !== null) await this.stop();
  }

  #running(): Service {
    if (this.#service === null) throw new Unplayable("The server is down.");
    return this.#service;
  }

  #config(): Config {
    return {
      appId: this.#stage.app.id,
      privateKey: this.#stage.app.privateKey,
      webhookSecret,
      enforcer: null,
      store: { kind: "sqlite", path: this.#storePath },
      host: "127.0.0.1",
      port: 0,
      githubApiUrl: this.#stage.github.url,
      publicUrl: null,
      logLevel: "info",
    };
  }

  #parts(config: Config, introduced: () => void): Parts {
    const real = realParts(config);
    const looking = (): boolean => this.#looking;
    const { limits } = real;
    return {
      ...real,
      pool: this.#options.pool ?? real.pool,
      clock: { now: () => this.#stage.clock.nowMs, monotonicMs: () => real.clock.monotonicMs() },
      log: createLog("info", { write: (line) => this.#hear(line, introduced) }),
      fetch: async (input, init) => {
        if (this.#dead) throw new Error("The server is dead.");
        const response = await real.fetch(input, init);
        if (new URL(response.url).pathname === "/app/installations") introduced();
        return response;
      },
      github: (access) => {
        const { facts, publisher, lister, ...others } = real.github(access);
        return {
          facts: this.#mortal(facts),
          publisher: this.#mortalPublisher(publisher),
          lister: this.#counted(lister),
          ...others,
        };
      },
      limits: {
        ...limits,
        github: { ...limits.github, transport: { ...limits.github.transport, retryDelayMs: 0 } },
        pool: { ...limits.pool, workers: 1 },
        loop: {
          ...limits.loop,
          // One look after the other, and none of the loop's own accord between the steps.
          get concurrency() {
            return looking() ? 1 : 0;
          },
        },
      },
    };
  }

  #hear(line: string, introduced: () => void): void {
    const entry: unknown = JSON.parse(line);
    const { level, message } = entry as { readonly level: string; readonly message: string };
    if (message.startsWith("GitHub did not tell who this App is")) introduced();
    if (level === "info" || level === "debug") return;
    this.#logged.push(line.trim());
    if (this.#logged.length > logLinesKept) this.#logged.shift();
  }

  #mortal(facts: FactSource): FactSource {
    return {
      collect: async (subject, signal) => {
        this.#looks += 1;
        await this.#pass("before collect");
        const collected = await facts.collect(subject, signal);
        await this.#pass("after collect");
        return collected;
      },
    };
  }

  #mortalPublisher(publisher: Publisher): Publisher {
    return {
      standing: (...given) => publisher.standing(...given),
      publish: async (...given) => {
        await this.#pass("before publish");
        await this.#options.beforePublish?.(given[0]);
        const published = await publisher.publish(...given);
        await this.#pass("after publish");
        return published;
      },
    };
  }

  #counted(lister: Lister): Lister {
    return {
      page: (...given) => {
        this.#looks += 1;
        return lister.page(...given);
      },
    };
  }

  /** At the point that was named nothing goes on any more. */
  async #pass(point: DeathPoint): Promise<void> {
    if (this.#deathPoint !== point) return;
    this.#deathPoint = null;
    this.#died.resolve();
    await this.#buried.promise;
  }
}
