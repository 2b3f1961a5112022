import { Probot, ProbotOctokit } from "probot";
import { z } from "zod";
import type { Logger } from "pino";
import { type Clock, RetryLater } from "../../app/ports.ts";
import { type BudgetLimits, type BudgetView, RequestBudget } from "./budget.ts";
import { createTransport, type TransportLimits } from "./transport.ts";

/**
 * What of octokit the adapters use. `config` is left out on purpose: it reads a file of the default branch and follows
 * `_extends` to repositories of other owners.
 */
export type Octokit = Pick<ProbotOctokit, "request" | "graphql">;

export interface AppOptions {
  readonly appId: number;
  readonly privateKey: string;
  readonly apiUrl: string;
  readonly version: string;
  readonly log: Logger;
  readonly clock: Clock;
  readonly limits: AppLimits;
  /** Resolves after so many milliseconds of the clock. */
  readonly rest: (ms: number) => Promise<void>;
  /** Tests hand in their own. */
  readonly fetch: typeof globalThis.fetch;
}

export interface AppLimits {
  readonly transport: TransportLimits;
  readonly budget: BudgetLimits;
}

export const defaultLimits: AppLimits = {
  transport: { timeoutMs: 10_000, answerLimitBytes: 100 * 1024 * 1024, retries: 2, retryDelayMs: 250 },
  budget: {
    concurrent: 20,
    waiting: 10_000,
    pauseMs: 60_000,
    // A little below GitHub's 900, 2,000, 80 and 500: where its minutes begin is not known.
    pace: {
      restPointsPerMinute: 850,
      graphqlPointsPerMinute: 1_900,
      contentPerMinute: 75,
      contentPerHour: 480,
      waitMs: 10_000,
    },
  },
};

/** The GitHub App, as GitHub knows it and as it asks GitHub. */
export interface GitHubApp {
  /** Asks as an installation; its tokens are made and renewed by Probot. Rejections carry RetryLater where a limit is the cause. */
  octokitFor(installationId: number): Promise<Octokit>;
  /** Asks as the App itself. */
  octokitOfApp(): Promise<Octokit>;
  /** Asks GitHub who this App is: fails where App ID and private key do not belong together. */
  identify(signal: AbortSignal): Promise<{ readonly id: number; readonly slug: string }>;
  /** Ids of the installations that are not suspended. */
  installations(signal: AbortSignal): Promise<readonly number[]>;
  /** The installation on an account, by its login; null: there is none. */
  installationOf(
    owner: string,
    signal: AbortSignal,
  ): Promise<{ readonly id: number; readonly suspended: boolean } | null>;
  /** GitHub's clock less ours, by its latest answer; null before the first one. */
  skewMs(): number | null;
  budgets(): ReadonlyMap<number, BudgetView>;
}

/** Where people find what the API at `apiUrl` tells of: `https://github.com`, or the own server. */
export function siteOf(apiUrl: string): string {
  const { protocol, host } = new URL(apiUrl);
  return `${protocol}//${host.replace(/^api\./, "")}`;
}

const identity = z.looseObject({ id: z.int(), slug: z.string() });
const installationList = z.array(
  z.looseObject({
    id: z.int(),
    suspended_at: z.string().nullish(),
    /** An enterprise has no login. */
    account: z.looseObject({ login: z.string().optional() }).nullish(),
  }),
);
const installationAuth = z.looseObject({ installationId: z.int().optional() });

export function createApp(options: AppOptions): GitHubApp {
  const { clock, limits, log } = options;
  const budgets = new Map<number, RequestBudget>();
  const octokits = new Map<number, Promise<Octokit>>();
  let skewMs: number | null = null;

  const transportOf = (installationId: number | undefined) =>
    createTransport(
      {
        fetch: options.fetch,
        clock,
        onSkew: (measured) => {
          skewMs = measured;
        },
        onRequest: (outline) => log.debug({ installationId, ...outline }, "asked GitHub"),
      },
      limits.transport,
      installationId === undefined ? null : budgetOf(installationId),
    );

  function budgetOf(installationId: number): RequestBudget {
    const budget = budgets.get(installationId) ?? new RequestBudget(limits.budget, () => clock.now(), options.rest);
    budgets.set(installationId, budget);
    return budget;
  }

  // Probot's own defaults reach an outer class: only a function sees, and can overrule, what they were merged to.
  const Octokit = ProbotOctokit.defaults((merged: Record<string, unknown>) => ({
    ...merged,
    userAgent: `sallyport/${options.version}`,
    // Probot's throttle sends one write and one GraphQL query a second, and repeats for ever. Our budget replaces it.
    throttle: { enabled: false },
    // The plugin repeats writes too, and waits where a budget says no. The transport repeats reads.
    retry: { enabled: false },
    request: { fetch: transportOf(installationAuth.catch({}).parse(merged["auth"]).installationId) },
  }));

  const probot = new Probot({
    appId: options.appId,
    privateKey: options.privateKey,
    baseUrl: options.apiUrl,
    Octokit,
    request: { fetch: transportOf(undefined) },
    // At debug, Probot logs the bodies of requests: reports, and with them what authors wrote.
    log: log.child({}, { level: log.isLevelEnabled("warn") ? "warn" : log.level }),
    // Nothing is received through Probot. Left out, its secret would be the word "development".
    secret: crypto.randomUUID(),
  });

  async function connect(installationId: number): Promise<Octokit> {
    const octokit = await probot.auth(installationId);
    // octokit wraps what its fetch throws into an error with status 500.
    octokit.hook.error("request", (error) => {
      throw error.cause instanceof RetryLater ? error.cause : error;
    });
    return octokit;
  }

  async function listInstallations(signal: AbortSignal): Promise<z.infer<typeof installationList>> {
    const octokit = await probot.auth();
    const listing = octokit.request.endpoint.merge("GET /app/installations", { per_page: 100, request: { signal } });
    const found: unknown = await octokit.paginate(listing);
    return installationList.parse(found);
  }

  return {
    octokitFor: async (installationId) => {
      if (!Number.isSafeInteger(installationId) || installationId <= 0) {
        // Probot would answer for 0 with an octokit that asks as the App.
        throw new RangeError(`Cannot ask GitHub as installation ${installationId}: that is no id of one.`);
      }
      const octokit = octokits.get(installationId) ?? connect(installationId);
      octokits.set(installationId, octokit);
      return await octokit;
    },
    octokitOfApp: () => probot.auth(),
    identify: async (signal) => {
      const octokit = await probot.auth();
      const { data } = await octokit.request("GET /app", { request: { signal } });
      return identity.parse(data);
    },
    installations: async (signal) =>
      (await listInstallations(signal)).flatMap(({ id, suspended_at }) => (suspended_at == null ? [id] : [])),
    installationOf: async (owner, signal) => {
      const all = await listInstallations(signal);
      const found = all.find(({ account }) => account?.login?.toLowerCase() === owner.toLowerCase());
      return found === undefined ? null : { id: found.id, suspended: found.suspended_at != null };
    },
    skewMs: () => skewMs,
    budgets: () => new Map([...budgets].map(([id, budget]) => [id, budget.view()])),
  };
}
