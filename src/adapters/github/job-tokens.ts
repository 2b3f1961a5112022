import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { z } from "zod";
import type { Clock, JobTokens, WitnessTokens } from "../../app/ports.ts";
import {
  type ExpectedToken,
  type JobClaims,
  type ReadClaims,
  readJobClaims,
  readWitnessClaims,
  type WitnessClaims,
} from "../../core/job-token.ts";

export interface JobTokenParts {
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  readonly issuer: string;
  readonly audience: string;
}

const tokenLimit = 16 * 1024;
const keysLimitBytes = 256 * 1024;
const keysLimit = 100;
const fetchMs = 5_000;
/** Keys are kept for this long, and asked for again no sooner than that where one is missing. */
const keptMs = 10 * 60_000;
const againMs = 60_000;
const shortestKeyBits = 2_048;

const headerShape = z.looseObject({ alg: z.literal("RS256"), kid: z.string().min(1).max(200) });
const keysShape = z.looseObject({
  keys: z
    .array(
      z.looseObject({
        kid: z.string().optional(),
        kty: z.string(),
        n: z.string().optional(),
        e: z.string().optional(),
      }),
    )
    .max(keysLimit),
});

/**
 * Proves tokens of jobs by the keys of their issuer, which are asked for at its own address and nowhere else: not where a token says.
 */
export class GitHubJobTokens implements JobTokens, WitnessTokens {
  readonly #parts: JobTokenParts;
  #keys: ReadonlyMap<string, KeyObject> = new Map();
  #askedMs = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | null = null;

  constructor(parts: JobTokenParts) {
    this.#parts = parts;
  }

  /** Throws where the issuer's keys cannot be had: nobody can tell then who asks. */
  async prove(token: string): Promise<ReadClaims<JobClaims>> {
    return await this.#read(token, readJobClaims);
  }

  /** Throws as `prove` does. */
  async proveWitness(token: string): Promise<ReadClaims<WitnessClaims>> {
    return await this.#read(token, readWitnessClaims);
  }

  async #read<C>(
    token: string,
    read: (payload: unknown, expected: ExpectedToken, nowMs: number) => ReadClaims<C>,
  ): Promise<ReadClaims<C>> {
    const refused = (because: string): ReadClaims<C> => ({ kind: "refused", because });
    const parts = token.length > tokenLimit ? [] : token.split(".");
    const [header, payload, signature] = parts;
    if (parts.length !== 3 || header === undefined || payload === undefined || signature === undefined) {
      return refused("This is no token of a job.");
    }
    const head = headerShape.safeParse(decoded(header));
    if (!head.success) return refused("The token is not signed as GitHub Actions signs.");
    const key = await this.#keyCalled(head.data.kid);
    if (key === null) return refused("The token is signed by a key that its issuer does not have.");
    const signed = Buffer.from(`${header}.${payload}`);
    if (!verify("RSA-SHA256", signed, key, Buffer.from(signature, "base64url"))) {
      return refused("The signature of the token is wrong.");
    }
    const { issuer, audience, clock } = this.#parts;
    return read(decoded(payload), { issuer, audience }, clock.now());
  }

  async #keyCalled(kid: string): Promise<KeyObject | null> {
    const sinceMs = this.#parts.clock.monotonicMs() - this.#askedMs;
    if (sinceMs >= keptMs || (!this.#keys.has(kid) && sinceMs >= againMs)) {
      this.#asking ??= this.#ask().finally(() => {
        this.#asking = null;
      });
      await this.#asking;
    }
    return this.#keys.get(kid) ?? null;
  }

  async #ask(): Promise<void> {
    const { fetch, issuer, clock } = this.#parts;
    const response = await fetch(`${issuer}/.well-known/jwks`, {
      redirect: "error",
      signal: AbortSignal.timeout(fetchMs),
      headers: { accept: "application/json" },
    });
    if (!response.ok) throw new Error(`Cannot read the keys of ${issuer}: it answered ${response.status}.`);
    const { keys } = keysShape.parse(JSON.parse(await textOf(response, issuer)));
    this.#keys = new Map(keys.flatMap((key) => keyOf(key)));
    this.#askedMs = clock.monotonicMs();
  }
}

async function textOf({ body }: Response, issuer: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body ?? []) {
    bytes += piece.length;
    if (bytes > keysLimitBytes) throw new Error(`The keys of ${issuer} are larger than ${keysLimitBytes} bytes.`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

/** Keys of other kinds, and those that are too short, prove nothing. */
function keyOf({
  kid,
  kty,
  n,
  e,
}: z.infer<typeof keysShape>["keys"][number]): readonly (readonly [string, KeyObject])[] {
  if (kid === undefined || kty !== "RSA" || n === undefined || e === undefined) return [];
  const key = createPublicKey({ key: { kty, n, e }, format: "jwk" });
  return (key.asymmetricKeyDetails?.modulusLength ?? 0) < shortestKeyBits ? [] : [[kid, key]];
}

function decoded(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
  } catch {
    // What is no JSON has none of the members that are asked for.
    return null;
  }
}

/** Who signs the tokens of jobs, for the API that the App asks. https://docs.github.com/en/enterprise-server/actions/reference/security/oidc */
export function issuerOf(apiUrl: string): string {
  const { host, origin } = new URL(apiUrl);
  if (host === "api.github.com") return "https://token.actions.githubusercontent.com";
  // GitHub Enterprise Cloud with data residency has a host of its own beside the API's.
  if (/^api\.[^.]+\.ghe\.com$/u.test(host)) return `https://token.actions.${host.slice("api.".length)}`;
  return `${origin}/_services/token`;
}
