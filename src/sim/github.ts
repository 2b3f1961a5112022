import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { SimApp } from "./facade/app.ts";
import { SimOwner } from "./facade/organization.ts";
import { type Fault, type RequestMatcher } from "./http/faults.ts";
import type { RequestLog } from "./http/request-log.ts";
import { ApiServer } from "./http/server.ts";
import { GITHUB_SECONDARY, type SecondaryCeilings } from "./http/secondary-limits.ts";
import { Tokens } from "./http/tokens.ts";
import { appRoutes } from "./rest/apps.ts";
import { branchRoutes } from "./rest/branches.ts";
import { checkRoutes } from "./rest/checks.ts";
import { commentRoutes } from "./rest/comments.ts";
import { dependencyRoutes } from "./rest/dependencies.ts";
import { deploymentRoutes } from "./rest/deployments.ts";
import { gateRoutes } from "./rest/gates.ts";
import { graphqlRoutes } from "./rest/graphql.ts";
import { gitRoutes } from "./rest/git.ts";
import { issueRoutes } from "./rest/issues.ts";
import { organizationRoutes } from "./rest/organizations.ts";
import { protectionRoutes } from "./rest/protection.ts";
import { pullRoutes } from "./rest/pulls.ts";
import { stackRoutes } from "./rest/stacks.ts";
import { createAccount } from "./state/accounts.ts";
import { createApp } from "./state/apps.ts";
import { fireAutoMerge } from "./state/auto-merge.ts";
import { openSuitesOnPush } from "./state/checks.ts";
import type { Account, Permissions } from "./state/model.ts";
import { tickGates } from "./state/gates.ts";
import { followQueues, tickQueues } from "./state/merge-queue.ts";
import { followPushes } from "./state/pulls.ts";
import { type Ceilings, type Clock, GITHUB_CEILINGS, World } from "./state/world.ts";
import { Deliveries } from "./webhooks/deliveries.ts";
import { sendWebhooks } from "./webhooks/payloads.ts";

export interface GitHubOptions {
  readonly clock: Clock;
  /** Lower ceilings, to reach them with small repositories. */
  readonly ceilings?: Partial<Ceilings>;
}

export interface AppInput {
  readonly slug: string;
  /** Numeric ids where a test needs known ones. */
  readonly id?: number;
  readonly botId?: number;
  readonly permissions: Permissions;
  readonly events: readonly string[];
  readonly webhookUrl?: string;
  /** Signs the webhooks. */
  readonly secret?: string;
  /** A PKCS #8 key in PEM; without it a new pair is made. Keys never appear in answers, so runs stay reproducible. */
  readonly privateKey?: string;
}

/** Starts a GitHub of its own on a free port of the loopback interface. Stop it when done. */
export async function startGitHub(options: GitHubOptions): Promise<GitHub> {
  const world = new World(options.clock, { ...GITHUB_CEILINGS, ...options.ceilings });
  createAccount(world, { login: "ghost", type: "User", id: 10_137 });
  createAccount(world, {
    login: "github-merge-queue[bot]",
    type: "Bot",
    id: 118_344_674,
    appSlug: "github-merge-queue",
  });
  const tokens = new Tokens(world);
  const deliveries = new Deliveries(world);
  // Order matters: GitHub tells of a push before it tells what the push did to pull requests and suites.
  sendWebhooks(world, deliveries);
  followPushes(world);
  openSuitesOnPush(world);
  fireAutoMerge(world);
  followQueues(world);
  const server = new ApiServer(world, tokens, deliveries, [
    ...appRoutes,
    ...gitRoutes,
    ...branchRoutes,
    ...protectionRoutes,
    ...pullRoutes,
    ...stackRoutes,
    ...dependencyRoutes,
    ...deploymentRoutes,
    ...gateRoutes,
    ...checkRoutes,
    ...issueRoutes,
    ...commentRoutes,
    ...organizationRoutes,
    ...graphqlRoutes,
  ]);
  world.apiUrl = await server.listen();
  return new GitHub(world, tokens, deliveries, server, world.apiUrl);
}

/**
 * A stateful fake of GitHub. What is done through these methods and what comes in over HTTP changes the same state by
 * the same functions, with the same refusals, and sends the same webhooks.
 */
export class GitHub {
  /** Base URL of the REST API; GraphQL answers at `${url}/graphql`. */
  readonly url: string;
  /** The webhooks: waiting, sent and failed, and the means to hold, lose, double, reorder and forge them. */
  readonly deliveries: Deliveries;
  readonly #world: World;
  readonly #tokens: Tokens;
  readonly #server: ApiServer;

  constructor(world: World, tokens: Tokens, deliveries: Deliveries, server: ApiServer, url: string) {
    this.#world = world;
    this.#tokens = tokens;
    this.deliveries = deliveries;
    this.#server = server;
    this.url = url;
  }

  /** Every request that came in over HTTP. */
  get requests(): RequestLog {
    return this.#server.log;
  }

  /** Everything this GitHub remembers, for reading. */
  get world(): World {
    return this.#world;
  }

  organization(login: string, id?: number): SimOwner {
    return new SimOwner(this.#world, createAccount(this.#world, { login, type: "Organization", id }));
  }

  /** A person, or with `type: "Bot"` an account that no person has. */
  user(
    login: string,
    input: {
      readonly id?: number;
      readonly type?: "User" | "Bot";
      readonly name?: string;
      readonly email?: string;
      /** The vendor's app behind an agent account such as Copilot. */
      readonly appSlug?: string;
    } = {},
  ): Account {
    return createAccount(this.#world, {
      login,
      type: input.type ?? "User",
      id: input.id,
      name: input.name ?? null,
      email: input.email,
      appSlug: input.appSlug,
    });
  }

  /** What a person owns, forks included. */
  ownedBy(account: Account): SimOwner {
    return new SimOwner(this.#world, account);
  }

  /** A personal access token. */
  userToken(account: Account): string {
    return this.#tokens.forUser(account);
  }

  /** Makes every installation token invalid, as an hour does on GitHub. */
  expireInstallationTokens(): void {
    this.#tokens.expireInstallationTokens();
  }

  app(input: AppInput): SimApp {
    const privateKey = input.privateKey ?? newPrivateKey();
    const app = createApp(this.#world, {
      slug: input.slug,
      id: input.id,
      botId: input.botId,
      owner: this.#world.account("ghost"),
      publicKeyPem: createPublicKey(privateKey).export({ type: "spki", format: "pem" }).toString(),
      permissions: input.permissions,
      events: input.events,
      webhookUrl: input.webhookUrl,
      webhookSecret: input.secret ?? "",
    });
    return new SimApp(this.#world, app, privateKey);
  }

  /**
   * Makes the next `times` matching requests fail.
   * @param matcher part of "METHOD /template", for example "POST /repos/{owner}/{repo}/check-runs", or a function
   * @param fault a status, "cut" for half an answer on a dropped connection, or "hang" for none
   */
  fail(matcher: RequestMatcher, fault: number | "cut" | "hang" | Fault, times = 1): void {
    const planned: Fault =
      typeof fault === "number"
        ? { kind: "status", status: fault }
        : typeof fault === "string"
          ? { kind: fault }
          : fault;
    this.#server.faults.add(matcher, planned, times);
  }

  /** Forgets the failures that are still planned. */
  heal(): void {
    this.#server.faults.clear();
  }

  /** Ordered failures that are still to come. */
  get failuresToCome(): number {
    return this.#server.faults.left;
  }

  /** Whether a request may be left without an answer. */
  get hanging(): boolean {
    return this.#server.faults.hanging;
  }

  /** Answers everything rightly while `work` lasts; what is to fail fails afterwards. */
  async withoutFailures<T>(work: () => Promise<T>): Promise<T> {
    const { faults } = this.#server;
    faults.paused = true;
    try {
      return await work();
    } finally {
      faults.paused = false;
    }
  }

  /** Requests an hour for each token's owner; those before do not count. */
  limitRequests(perHour: number): void {
    this.#server.rateLimit.begin(perHour);
  }

  /** From now on GitHub's limits beside the hourly ones hold, by the clock of this GitHub. */
  limitSecondary(ceilings: SecondaryCeilings = GITHUB_SECONDARY): void {
    this.#server.secondary.ceilings = ceilings;
  }

  /** Lets happen what only the clock brings about: time limits of merge queues and of waiting jobs. Call it after the clock was moved. */
  tick(): void {
    tickQueues(this.#world);
    tickGates(this.#world);
  }

  /** Ends the delivery that is under way and the server; what waits is never sent. */
  async stop(): Promise<void> {
    this.deliveries.hold();
    await this.deliveries.flush();
    await this.#server.close();
  }
}

function newPrivateKey(): string {
  return generateKeyPairSync("rsa", { modulusLength: 2048 })
    .privateKey.export({ type: "pkcs8", format: "pem" })
    .toString();
}
