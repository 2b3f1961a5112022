import type { World } from "../state/world.ts";
import type { Budget } from "./call.ts";
import type { Identity } from "./tokens.ts";

const HOUR_MS = 60 * 60 * 1000;

interface Bucket {
  used: number;
  readonly resetMs: number;
}

/** GitHub's primary rate limit: so many requests an hour for each installation or person, apart for REST and GraphQL. */
export class RateLimit {
  readonly #world: World;
  readonly #buckets = new Map<string, Bucket>();
  /** Requests an hour; GitHub's least for an installation. */
  limit = 5000;

  constructor(world: World) {
    this.#world = world;
  }

  begin(perHour: number): void {
    this.limit = perHour;
    this.#buckets.clear();
  }

  /** Counts one request. `exceeded` is true from the first request over the limit until the hour is over. */
  take(
    identity: Identity,
    resource: "core" | "graphql",
  ): { readonly exceeded: boolean; readonly budget: Budget; readonly headers: Record<string, string> } {
    const key = `${resource} ${ownerOf(identity)}`;
    const now = this.#world.now();
    let bucket = this.#buckets.get(key);
    if (bucket === undefined || bucket.resetMs <= now) {
      bucket = { used: 0, resetMs: now + HOUR_MS };
      this.#buckets.set(key, bucket);
    }
    const exceeded = bucket.used >= this.limit;
    if (!exceeded) bucket.used += 1;
    const headers = {
      "x-ratelimit-limit": String(this.limit),
      "x-ratelimit-remaining": String(Math.max(0, this.limit - bucket.used)),
      "x-ratelimit-used": String(bucket.used),
      "x-ratelimit-reset": String(Math.ceil(bucket.resetMs / 1000)),
      "x-ratelimit-resource": resource,
    };
    return { exceeded, budget: { limit: this.limit, used: bucket.used, resetMs: bucket.resetMs }, headers };
  }
}

/** Whose requests are counted together. */
export function ownerOf(identity: Identity): string {
  switch (identity.kind) {
    case "installation":
      return `installation ${identity.grant.installation.id}`;
    case "user":
      return `account ${identity.account.id}`;
    case "app":
      return `app ${identity.app.id}`;
    case "anonymous":
      return "anonymous";
  }
}
