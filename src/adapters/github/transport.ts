import { setTimeout as wait } from "node:timers/promises";
import type { Clock } from "../../app/ports.ts";
import type { Bucket, RequestBudget } from "./budget.ts";
import type { Cost } from "./pace.ts";

export interface TransportLimits {
  /** For one request: from sending it to the last byte of its answer. */
  readonly timeoutMs: number;
  readonly answerLimitBytes: number;
  /** How often a read is sent again after a failure that passes by itself. Writes are sent once: the first may have arrived. */
  readonly retries: number;
  /** Before the first repetition; doubled before each further one. */
  readonly retryDelayMs: number;
}

/** What one request did, for the log: never a body, a header or a query. */
export interface RequestOutline {
  readonly method: string;
  readonly path: string;
  readonly status: number | null;
  readonly tookMs: number;
}

export interface TransportPorts {
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  /** GitHub's clock less ours at the moment of an answer, as its `Date` header shows; a header has whole seconds. */
  readonly onSkew: (skewMs: number) => void;
  readonly onRequest: (outline: RequestOutline) => void;
}

const passing = new Set([500, 502, 503, 504]);

/**
 * A `fetch` that keeps limits and reads each answer to its end. octokit takes an answer whose body breaks off for one with an empty
 * body: here it is an error. `budget` is null for requests of the App itself.
 */
export function createTransport(
  ports: TransportPorts,
  limits: TransportLimits,
  budget: RequestBudget | null,
): typeof globalThis.fetch {
  const { clock } = ports;

  async function send(input: string | URL | Request, init: RequestInit | undefined): Promise<Response> {
    const request = { method: methodOf(init), path: pathOf(input) };
    const startMs = clock.monotonicMs();
    let status: number | null = null;
    try {
      const timeout = AbortSignal.timeout(limits.timeoutMs);
      const signal = init?.signal == null ? timeout : AbortSignal.any([init.signal, timeout]);
      const response = await ports.fetch(input, { ...init, signal });
      status = response.status;
      const date = Date.parse(response.headers.get("date") ?? "");
      if (!Number.isNaN(date)) ports.onSkew(date - clock.now());
      return await readWhole(response, limits.answerLimitBytes);
    } finally {
      ports.onRequest({ ...request, status, tookMs: Math.round(clock.monotonicMs() - startMs) });
    }
  }

  return async (input, init) => {
    const once = () => {
      const attempt = () => send(input, init);
      return budget === null ? attempt() : budget.spend(bucketOf(input), costOf(input, init), attempt);
    };
    if (methodOf(init) !== "GET") return await once();
    for (let attempt = 0; ; attempt += 1) {
      const last = attempt >= limits.retries;
      const result = await once().then(
        (response) => ({ response }),
        (error: unknown) => ({ error }),
      );
      if ("response" in result && (last || !passing.has(result.response.status))) return result.response;
      if ("error" in result && (last || !isNetworkFailure(result.error) || init?.signal?.aborted === true)) {
        throw result.error;
      }
      await wait(limits.retryDelayMs * 2 ** attempt, undefined, init?.signal == null ? {} : { signal: init.signal });
    }
  };
}

/** The answer with its body in memory. Throws where the body breaks off or is larger than `limitBytes`. */
async function readWhole(response: Response, limitBytes: number): Promise<Response> {
  if (response.body === null) return response;
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body as AsyncIterable<Uint8Array>) {
    bytes += piece.length;
    if (bytes > limitBytes) {
      throw new Error(`GitHub's answer is larger than ${limitBytes} bytes: ${new URL(response.url).pathname}`);
    }
    pieces.push(piece);
  }
  const { status, statusText, headers } = response;
  const whole = new Response(Buffer.concat(pieces), { status, statusText, headers });
  // A constructed response has no address, and octokit hands on where a redirect led.
  Object.defineProperty(whole, "url", { value: response.url });
  return whole;
}

/** What `fetch` throws where the connection failed, and where our own time limit ended it. */
function isNetworkFailure(error: unknown): boolean {
  return error instanceof TypeError || (error instanceof DOMException && error.name === "TimeoutError");
}

function methodOf(init: RequestInit | undefined): string {
  return (init?.method ?? "GET").toUpperCase();
}

function pathOf(input: string | URL | Request): string {
  return new URL(input instanceof Request ? input.url : input).pathname;
}

/** `/graphql` on github.com, `/api/graphql` on an own server. */
function bucketOf(input: string | URL | Request): Bucket {
  return pathOf(input).endsWith("/graphql") ? "graphql" : "core";
}

/**
 * What a request takes of GitHub's limits on how fast to ask. Which endpoints create content it does not list: whatever is posted to a
 * repository counts here, check runs among it, for nothing says that they do not.
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#calculating-points-for-the-secondary-rate-limit
 */
function costOf(input: string | URL | Request, init: RequestInit | undefined): Cost {
  const path = pathOf(input);
  if (path.endsWith("/graphql")) {
    const body = typeof init?.body === "string" ? init.body : "";
    return { points: /"query"\s*:\s*"(?:\s|\\n)*mutation/u.test(body) ? 5 : 1, createsContent: false };
  }
  const method = methodOf(init);
  if (method === "GET" || method === "HEAD" || method === "OPTIONS") return { points: 1, createsContent: false };
  return { points: 5, createsContent: method === "POST" && path.includes("/repos/") };
}
