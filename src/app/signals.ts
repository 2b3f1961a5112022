import { sameName } from "../core/policy/patterns.ts";
import { type Environment, longestSpanMs, type Policy } from "../core/policy/schema.ts";
import type { Reading, Signal } from "../core/rollback/signal.ts";
import type { Repository } from "../core/subject.ts";
import type { AftermathSource, Clock, Log, Places, Signals } from "./ports.ts";

/** What a sender says, once it is read. */
export interface SignalOrder {
  readonly environment: string;
  /** `owner/name`; null: any that has the environment. */
  readonly repository: string | null;
  readonly service: string | null;
  readonly sha: string | null;
  readonly deploymentId: number | null;
  readonly reading: Reading;
  /** How the sender means a rise; null: it sends no rates. */
  readonly unit: "points" | "percent" | null;
  readonly atMs: number;
  /** Told again under this name it is the same signal. */
  readonly id: string;
}

export type Taken =
  | { readonly kind: "taken"; readonly signals: number }
  | { readonly kind: "refused"; readonly because: "unknown" | "replayed" | "unreadable"; readonly sentence: string };

export interface SignalPorts {
  readonly signals: Signals;
  readonly aftermath: Pick<AftermathSource, "policyOf">;
  readonly places: Places;
  readonly clock: Clock;
  readonly log: Log;
  readonly wake: () => void;
}

/** One that names no repository is looked for in so many at most. */
const repositoriesMost = 20;
/** How far ahead of ours the sender's clock may be, and how old what it tells of. */
const aheadMs = 5 * 60_000;
const oldestMs = 24 * 3_600_000;
/** Whoever repeats a request after that is refused for its age. */
const rememberedMs = 3_600_000;
/**
 * How long a signal is kept. It moves the clock of a bake as long as the stay that it ended could still be counted: that stay's last proof,
 * before the signal, and the next success, after it, lie less than `expires` apart, and that success less than `expires` back.
 */
const keptMs = 2 * longestSpanMs + oldestMs;

/**
 * Takes what one request says, whole or not at all: every environment must be one of a policy in force, and every rise in the unit that
 * the policy measures in. Rejects where GitHub or the store cannot be asked: the sender is to try again.
 */
export async function takeSignals(
  requestId: string,
  orders: readonly SignalOrder[],
  ports: SignalPorts,
  signal: AbortSignal,
): Promise<Taken> {
  const nowMs = ports.clock.now();
  const found: { readonly signal: Signal; readonly repository: Repository }[] = [];
  for (const [index, order] of orders.entries()) {
    const placed = await place(order, nowMs, ports, signal);
    if (typeof placed === "string") {
      return {
        kind: "refused",
        because: "unknown",
        sentence: orders.length > 1 ? `Signal ${index + 1}: ${placed}` : placed,
      };
    }
    found.push(...placed);
  }
  const request = { id: requestId, nowMs, forgetBeforeMs: nowMs - rememberedMs, dropBeforeMs: nowMs - keptMs };
  const isNew = await ports.signals.take(request, found);
  if (!isNew) {
    return {
      kind: "refused",
      because: "replayed",
      sentence: "This request was taken before: sign a new one for something new.",
    };
  }
  ports.log.info({ signals: found.map(({ signal: one }) => one.id) }, "monitoring has told of an environment");
  ports.wake();
  return { kind: "taken", signals: found.length };
}

async function place(
  order: SignalOrder,
  nowMs: number,
  ports: SignalPorts,
  signal: AbortSignal,
): Promise<string | readonly { readonly signal: Signal; readonly repository: Repository }[]> {
  if (order.atMs > nowMs + aheadMs) return "`at` lies in the future: send when it began, and compare the clocks.";
  if (order.atMs < nowMs - oldestMs) return "`at` is more than a day ago: nothing is done about that any more.";
  const known = candidates(order, await ports.places.list());
  if (known.length === 0) return "Sallyport has seen no such repository: is the GitHub App installed on it?";
  if (known.length > repositoriesMost)
    return `Sallyport knows more than ${repositoriesMost} repositories: name one as \`repository\`.`;
  const placed: { readonly at: (typeof known)[number]; readonly environment: string }[] = [];
  for (const at of known) {
    const policy = await ports.aftermath.policyOf(at, signal);
    const environment = policy === null ? undefined : environmentOf(order.environment, policy);
    if (policy === null || environment === undefined) continue;
    const { measured } = policy.rollback;
    if (order.unit !== null && measured !== null && order.unit !== measured) {
      return `\`unit\` is "${order.unit}", and the policy measures in ${measured} (\`rollback.measured\`): compare what is meant, and send that.`;
    }
    placed.push({ at, environment });
  }
  if (placed.length === 0)
    return "`environment` is none of the policy's: send its name, an alias, or its name in GitHub's deployments.";
  const { id, service, sha, deploymentId, reading, atMs } = order;
  return placed.map(({ at: { installationId, repository }, environment }) => ({
    repository,
    signal: {
      id,
      installationId,
      repositoryId: repository.id,
      environment,
      service,
      sha,
      deploymentId,
      reading,
      atMs,
      repositories: placed.length,
    },
  }));
}

function candidates({ repository: name }: SignalOrder, known: Awaited<ReturnType<Places["list"]>>) {
  const byId = new Map(
    known.flatMap(({ installationId, repository }) =>
      repository === null ? [] : [[repository.id, { installationId, repository }] as const],
    ),
  );
  return [...byId.values()]
    .filter(
      ({ repository }) =>
        name === null || `${repository.owner}/${repository.name}`.toLowerCase() === name.toLowerCase(),
    )
    .toSorted((a, b) => a.repository.id - b.repository.id);
}

/** By its own name first, in whatever case, then by others that the policy gives it. */
function environmentOf(written: string, { environments }: Policy): string | undefined {
  const all: readonly Environment[] = Object.values(environments);
  const others = ({ aliases, deployments }: Environment): readonly string[] => [...aliases, ...deployments];
  const named = all.find(({ name }) => sameName(name, written));
  return (named ?? all.find((one) => others(one).some((other) => sameName(other, written))))?.name;
}
