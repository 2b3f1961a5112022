import type { World } from "../state/world.ts";
import type { Identity } from "./tokens.ts";
import { ownerOf } from "./limits.ts";

/** GitHub's limits beside the hourly ones. https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api */
export interface SecondaryCeilings {
  readonly concurrent: number;
  readonly restPointsPerMinute: number;
  readonly graphqlPointsPerMinute: number;
  readonly contentPerMinute: number;
  readonly contentPerHour: number;
}

export const GITHUB_SECONDARY: SecondaryCeilings = {
  concurrent: 100,
  restPointsPerMinute: 900,
  graphqlPointsPerMinute: 2_000,
  contentPerMinute: 80,
  contentPerHour: 500,
};

export interface Asked {
  readonly method: string;
  /** GitHub's template of the route. */
  readonly route: string;
  readonly body: string;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * Counts requests of each sender by the clock of the world. A world in which no time passes between requests reaches these limits where a
 * real one would not: they hold only once they are asked for.
 */
export class SecondaryLimits {
  readonly #world: World;
  readonly #counted = new Map<string, { readonly atMs: number; readonly cost: number }[]>();
  readonly #running = new Map<string, number>();
  /** Null: nothing is limited. */
  ceilings: SecondaryCeilings | null = null;

  constructor(world: World) {
    this.#world = world;
  }

  /** Seconds after which to come back, or null where the request may go on; then `end` must follow it. */
  begin(identity: Identity, asked: Asked): number | null {
    const owner = ownerOf(identity);
    const running = this.#running.get(owner) ?? 0;
    const ceilings = this.ceilings;
    if (ceilings !== null) {
      if (running >= ceilings.concurrent) return 60;
      const spans = spansOf(asked, ceilings).map((span) => ({ ...span, key: `${span.name} ${owner}` }));
      const waits = spans.map((span) => this.#waitMs(span.key, span.cost, span.limit, span.lengthMs));
      const waitMs = Math.max(...waits);
      if (waitMs > 0) return Math.ceil(waitMs / 1_000);
      for (const { key, cost, lengthMs } of spans) this.#take(key, cost, lengthMs);
    }
    this.#running.set(owner, running + 1);
    return null;
  }

  end(identity: Identity): void {
    const owner = ownerOf(identity);
    this.#running.set(owner, (this.#running.get(owner) ?? 1) - 1);
  }

  #waitMs(key: string, cost: number, limit: number, lengthMs: number): number {
    const now = this.#world.now();
    const within = (this.#counted.get(key) ?? []).filter(({ atMs }) => atMs > now - lengthMs);
    let over = within.reduce((sum, one) => sum + one.cost, cost) - limit;
    let waitMs = 0;
    for (const oldest of within) {
      if (over <= 0) break;
      waitMs = oldest.atMs + lengthMs - now;
      over -= oldest.cost;
    }
    return waitMs;
  }

  #take(key: string, cost: number, lengthMs: number): void {
    const now = this.#world.now();
    const within = (this.#counted.get(key) ?? []).filter(({ atMs }) => atMs > now - lengthMs);
    this.#counted.set(key, [...within, { atMs: now, cost }]);
  }
}

function spansOf(
  { method, route, body }: Asked,
  ceilings: SecondaryCeilings,
): readonly { readonly name: string; readonly cost: number; readonly limit: number; readonly lengthMs: number }[] {
  if (route === "/graphql") {
    const cost = /"query"\s*:\s*"(?:\s|\\n)*mutation/u.test(body) ? 5 : 1;
    return [{ name: "graphql", cost, limit: ceilings.graphqlPointsPerMinute, lengthMs: MINUTE_MS }];
  }
  const cost = method === "GET" || method === "HEAD" || method === "OPTIONS" ? 1 : 5;
  const points = { name: "rest", cost, limit: ceilings.restPointsPerMinute, lengthMs: MINUTE_MS };
  // GitHub does not list which endpoints create content; that a check run is none is documented nowhere.
  if (method !== "POST" || !route.startsWith("/repos/")) return [points];
  return [
    points,
    { name: "content a minute", cost: 1, limit: ceilings.contentPerMinute, lengthMs: MINUTE_MS },
    { name: "content an hour", cost: 1, limit: ceilings.contentPerHour, lengthMs: HOUR_MS },
  ];
}
