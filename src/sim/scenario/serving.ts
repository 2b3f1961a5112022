import { rmSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { connect } from "../../adapters/store/open.ts";
import type { Alarms } from "../../app/alarms.ts";
import type {
  AftermathSource,
  DeploymentGate,
  DeploymentSource,
  Enforcer,
  FactSource,
  GroupSource,
  Lister,
  Publication,
  Publisher,
  PullRequestActions,
} from "../../app/ports.ts";
import type { Memory } from "../../app/remembered.ts";
import type { Parts } from "../../compose.ts";
import { readEvidence } from "../../core/evidence/read.ts";
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
import { issuerKeys, keysPath, publicUrl } from "./issuer.ts";
import { adminToken, signalsSecret, type Stage, Unplayable, webhookSecret } from "./stage.ts";
import { awayWhile } from "./store-away.ts";

/** Where a look can be made to end with the whole server. */
export type DeathPoint =
  | "before collect"
  | "after collect"
  | "after evaluate"
  | "before publish"
  | "after publish"
  | "before alarm"
  | "after alarm"
  | "before revert"
  | "after revert"
  | "before reply"
  | "before reaction";

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
/** How long the server waits for an answer while the fake owes it none. */
const unansweredMs = 300;

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
  #deed: { readonly point: DeathPoint; readonly work: () => Promise<void> } | null = null;
  #died = Promise.withResolvers<void>();
  #buried = Promise.withResolvers<never>();
  #dead = false;
  #looking = false;
  #looks = 0;
  #storeAway = false;
  #storeTurns: { readonly at: DeathPoint; readonly isAway: boolean } | null = null;

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
    if (this.#service === null || this.#storeAway) return null;
    const { id, name } = this.#stage.repository.state;
    const repository = { id, owner: "acme", name };
    // The key of a subject does not hold the installation.
    const subject = { kind: "pull_request", installationId: 0, repository, number: pull.number } as const;
    return await this.#service.composed.store.ledger.bySubject(subject, entriesShown);
  }

  async branchLedger(branch: string): Promise<readonly RecordedEntry[] | null> {
    if (this.#service === null || this.#storeAway) return null;
    const { id, name } = this.#stage.repository.state;
    const subject = { kind: "branch", installationId: 0, repository: { id, owner: "acme", name }, branch } as const;
    return await this.#service.composed.store.ledger.bySubject(subject, entriesShown);
  }

  async start(): Promise<void> {
    if (this.#service !== null) throw new Unplayable("The server is running already.");
    this.#dead = false;
    this.#storeAway = false;
    this.#storeTurns = null;
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
    await this.#letLeasesEnd();
  }

  /** The store is gone with all that it remembered. */
  loseStore(): void {
    if (this.#service !== null) throw new Unplayable("The store can be lost only while the server is down.");
    for (const end of ["", "-wal", "-shm"]) rmSync(`${this.#storePath}${end}`, { force: true });
  }

  /** The running server reaches its store, or does not: from now on, or from this point of the next look on. */
  async storeIs(state: "down" | "up", at: DeathPoint | undefined): Promise<void> {
    this.#running();
    if (at === undefined) this.#storeAway = state === "down";
    else this.#storeTurns = { at, isAway: state === "down" };
    if (!this.#storeAway) await this.#letLeasesEnd();
  }

  /** The next look that comes to this point takes the server with it. */
  killAt(point: DeathPoint): void {
    this.#running();
    this.#deathPoint = point;
  }

  /** The next look that comes to this point waits there until this is done. */
  doAt(point: DeathPoint, work: () => Promise<void>): void {
    this.#running();
    this.#deed = { point, work };
  }

  get repositoryName(): string {
    return this.#stage.repository.state.name;
  }

  /** Sends an order as whoever runs Sallyport does; `null` asks. Throws `Unplayable` where the status is another one. */
  async operate(path: string, order: unknown, token: "right" | "wrong" | "none", status: number): Promise<unknown> {
    const bearer = { right: `Bearer ${adminToken}`, wrong: `Bearer ${adminToken}0`, none: "" }[token];
    const post = order === null ? {} : { method: "POST", body: JSON.stringify(order) };
    const response = await fetch(this.#running().url + path, { ...post, headers: { authorization: bearer } });
    const text = await response.text();
    if (response.status !== status) {
      throw new Unplayable(`The server was to answer ${status}, and answered ${response.status}: ${text.trim()}`);
    }
    return status === 200 ? JSON.parse(text) : null;
  }

  /** Posts bytes to the server as they are, and resolves with what it answers. */
  async post(
    path: string,
    body: string | Uint8Array<ArrayBuffer>,
    headers: Readonly<Record<string, string>>,
  ): Promise<{ readonly status: number; readonly text: string }> {
    const response = await fetch(this.#running().url + path, { method: "POST", body, headers });
    return { status: response.status, text: (await response.text()).trim() };
  }

  async aftermathLedger(): Promise<readonly RecordedEntry[] | null> {
    if (this.#service === null || this.#storeAway) return null;
    const { id, name } = this.#stage.repository.state;
    const subject = { kind: "aftermath", installationId: 0, repository: { id, owner: "acme", name } } as const;
    return await this.#service.composed.store.ledger.bySubject(subject, entriesShown);
  }

  /** Delivers what is not held and looks at what is due, until neither is left, or the server has died of it. */
  async settle(): Promise<void> {
    this.#stage.github.tick();
    for (let rounds = 0; rounds < roundsLimit; rounds += 1) {
      await this.#stage.github.deliveries.flush();
      if (this.#service === null) return;
      const before = this.#looks;
      const ended = await this.#look(this.#service);
      if (ended === "died") {
        await this.kill();
        return;
      }
      if (ended === "failed" || this.#looks === before) return;
    }
    throw new Error(`The server did not come to rest within ${roundsLimit} rounds of webhooks and looks.`);
  }

  /** Looks at all that is due. The loop of a server without its store fails, and would try again until the store is back. */
  async #look({ composed }: Service): Promise<"rested" | "died" | "failed"> {
    this.#looking = true;
    try {
      return await Promise.race([
        composed.loop.runDue().then(() => "rested" as const),
        this.#died.promise.then(() => "died" as const),
      ]);
    } catch (error) {
      if (!this.#storeAway) throw error;
      return "failed";
    } finally {
      this.#looking = false;
    }
  }

  /** Leases end by the database's clock, which no scenario moves. */
  async #letLeasesEnd(): Promise<void> {
    const { db } = connect({ kind: "sqlite", path: this.#storePath });
    await db.updateTable("subjects").set({ lease_until_ms: 0 }).where("lease_until_ms", "is not", null).execute();
    await db.updateTable("locks").set({ until_ms: 0 }).execute();
    await db.destroy();
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
      enforcer:
        this.#stage.enforcer === null
          ? null
          : { appId: this.#stage.enforcer.id, privateKey: this.#stage.enforcer.privateKey },
      adminToken,
      signalsSecret,
      store: { kind: "sqlite", path: this.#storePath },
      host: "127.0.0.1",
      port: 0,
      githubApiUrl: this.#stage.github.url,
      publicUrl,
      logLevel: "info",
      helm: null,
    };
  }

  #parts(config: Config, introduced: () => void): Parts {
    const real = realParts(config);
    const looking = (): boolean => this.#looking;
    const { limits } = real;
    const { transport } = limits.github;
    const { github } = this.#stage;
    return {
      ...real,
      // A process for each piece of evidence takes longer than most scenarios.
      reader: { read: async (kind, text) => readEvidence(kind, text) },
      pool: (...given) => this.#mortalPool((this.#options.pool ?? real.pool)(...given)),
      clock: { now: () => this.#stage.clock.nowMs, monotonicMs: () => real.clock.monotonicMs() },
      log: createLog("info", { write: (line) => this.#hear(line, introduced) }),
      fetch: async (input, init) => {
        if (this.#dead) throw new Error("The server is dead.");
        // The fake GitHub signs nothing: whoever signs for Actions stands in another file.
        const { pathname } = new URL(input instanceof Request ? input.url : input);
        return pathname === keysPath ? Response.json(issuerKeys()) : await real.fetch(input, init);
      },
      openStore: async (...given) => awayWhile(() => this.#storeAway, await real.openStore(...given)),
      github: (access) => {
        const { facts, groups, deployments, gate, publisher, actions, lister, alarms, enforcer, aftermath, ...others } =
          real.github(access);
        return {
          facts: this.#mortal(facts),
          groups: this.#countedGroups(groups),
          deployments: this.#mortalDeployments(deployments),
          gate: this.#mortalGate(gate),
          publisher: this.#mortalPublisher(publisher),
          actions: this.#mortalActions(actions),
          enforcer: this.#mortalEnforcer(enforcer),
          aftermath: this.#countedAftermath(aftermath),
          lister: this.#counted(lister),
          alarms: this.#mortalAlarms(alarms),
          ...others,
        };
      },
      limits: {
        ...limits,
        github: {
          transport: {
            ...transport,
            retryDelayMs: 0,
            // What never comes need not be waited for as long as what may.
            get timeoutMs() {
              return github.hanging ? unansweredMs : transport.timeoutMs;
            },
          },
          // Between two steps no time passes: whatever happens there would be too fast.
          budget: { ...limits.github.budget, pace: null },
        },
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
    if (message.startsWith("GitHub did not tell who this App is") || message.startsWith("missed deliveries"))
      introduced();
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

  #mortalPool(pool: ReturnType<Parts["pool"]>): ReturnType<Parts["pool"]> {
    return {
      evaluate: async (...given) => {
        const evaluation = await pool.evaluate(...given);
        await this.#pass("after evaluate");
        return evaluation;
      },
      close: () => pool.close(),
    };
  }

  #mortalPublisher(publisher: Publisher): Publisher {
    return {
      standing: (...given) => publisher.standing(...given),
      unfold: (...given) => publisher.unfold(...given),
      publish: async (...given) => {
        await this.#pass("before publish");
        await this.#options.beforePublish?.(given[0]);
        const published = await publisher.publish(...given);
        await this.#pass("after publish");
        return published;
      },
    };
  }

  #mortalAlarms(alarms: Alarms): Alarms {
    return {
      raise: async (...given) => {
        await this.#pass("before alarm");
        const raised = await alarms.raise(...given);
        await this.#pass("after alarm");
        return raised;
      },
      lift: (...given) => alarms.lift(...given),
    };
  }

  #mortalEnforcer(enforcer: Enforcer): Enforcer {
    return {
      enforce: (...given) => enforcer.enforce(...given),
      revert: async (...given) => {
        await this.#pass("before revert");
        const reverted = await enforcer.revert(...given);
        await this.#pass("after revert");
        return reverted;
      },
    };
  }

  #countedAftermath(aftermath: AftermathSource): AftermathSource {
    return {
      policyOf: (...given) => aftermath.policyOf(...given),
      collect: (...given) => {
        this.#looks += 1;
        return aftermath.collect(...given);
      },
    };
  }

  #mortalActions(actions: PullRequestActions): PullRequestActions {
    return {
      reply: async (...given) => {
        await this.#pass("before reply");
        await actions.reply(...given);
      },
      react: async (...given) => {
        await this.#pass("before reaction");
        await actions.react(...given);
      },
    };
  }

  #countedGroups(groups: GroupSource): GroupSource {
    return {
      collectGroup: (...given) => {
        this.#looks += 1;
        return groups.collectGroup(...given);
      },
    };
  }

  #mortalDeployments(deployments: DeploymentSource): DeploymentSource {
    return {
      collectDeployment: async (...given) => {
        this.#looks += 1;
        await this.#pass("before collect");
        const collected = await deployments.collectDeployment(...given);
        await this.#pass("after collect");
        return collected;
      },
    };
  }

  #mortalGate(gate: DeploymentGate): DeploymentGate {
    return {
      answer: async (...given) => {
        await this.#pass("before publish");
        const taken = await gate.answer(...given);
        await this.#pass("after publish");
        return taken;
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

  /** At the point that was named something is done, or nothing goes on any more. */
  async #pass(point: DeathPoint): Promise<void> {
    if (this.#deed?.point === point) {
      const { work } = this.#deed;
      this.#deed = null;
      await work();
    }
    if (this.#storeTurns?.at === point) {
      this.#storeAway = this.#storeTurns.isAway;
      this.#storeTurns = null;
    }
    if (this.#deathPoint !== point) return;
    this.#deathPoint = null;
    this.#died.resolve();
    await this.#buried.promise;
  }
}
