import { compose, type Composed, type Parts } from "./compose.ts";
import type { Config } from "./config.ts";
import { webhookPath } from "./server/http.ts";
import { version } from "./version.ts";

/** A running service. */
export interface Service {
  /** Where it listens. */
  readonly url: string;
  readonly composed: Composed;
  /**
   * Ends it in order: not ready any more, answers what has begun, ends or gives back what it looks at, closes the store. What was
   * marked stays marked. Stopping twice is stopping once.
   */
  stop(): Promise<void>;
}

/** How long to wait before GitHub is asked again who this App is. */
const introductionRetryMs = 15_000;
/** GitHub gives up on an answer after ten seconds, and sends nothing again by itself. */
const redeliverEveryMs = 5 * 60_000;

/** Starts the service. Throws where the store or the port cannot be had; GitHub may be away for now. */
export async function start(config: Config, parts: Parts): Promise<Service> {
  const { log } = parts;
  const composed = await compose(config, parts);
  let port: number;
  try {
    port = await composed.http.listen(config.host, config.port);
  } catch (error) {
    await close(composed);
    throw new Error(`Cannot listen on ${config.host}, port ${config.port}: set HOST and PORT to what is free.`, {
      cause: error,
    });
  }
  const url = `http://${config.host.includes(":") ? `[${config.host}]` : config.host}:${port}`;
  log.info(
    { version, url, store: config.store.kind, webhooks: `${config.publicUrl ?? url}${webhookPath}` },
    "listening",
  );
  const stopping = new AbortController();
  const introduced = introduce(composed, config, parts, stopping.signal).then(() =>
    catchUp(composed, parts, stopping.signal),
  );
  composed.loop.start();

  let stopped: Promise<void> | null = null;
  const stopOnce = async (): Promise<void> => {
    log.info({}, "stopping");
    composed.stopping();
    stopping.abort();
    await composed.http.stop();
    await composed.loop.stop();
    await introduced;
    await close(composed);
    log.info({}, "stopped");
  };
  return {
    url,
    composed,
    stop: () => {
      stopped ??= stopOnce();
      return stopped;
    },
  };
}

async function close({ pool, store }: Composed): Promise<void> {
  await pool.close();
  await store.close();
}

/**
 * Asks GitHub who this App is, until it says: that proves the key, and shows GitHub's clock, without which nothing is claimed. Then
 * marks every installation that no sweep has ever ended for: the store may be new, or its webhook was lost.
 */
async function introduce(
  { app, loop, store }: Composed,
  { appId }: Config,
  { clock, log }: Parts,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const { id, slug } = await app.identify(signal);
      if (id !== appId) throw new Error(`The private key is that of App ${id}, and APP_ID says ${appId}.`);
      log.info({ appId, slug, skewMs: app.skewMs() }, "GitHub knows this App");
      for (const installationId of await app.installations(signal)) {
        const sweep = { kind: "sweep_installation", installationId } as const;
        const [latest] = await store.ledger.bySubject(sweep, 1);
        if (latest === undefined) await store.queue.mark([sweep], clock.now());
      }
      loop.wake();
      return;
    } catch (error) {
      if (signal.aborted) return;
      log.error(
        { error, retryMs: introductionRetryMs },
        "GitHub did not tell who this App is; it is asked again. Compare APP_ID and PRIVATE_KEY with the App's settings",
      );
      await pause(introductionRetryMs, signal);
    }
  }
}

/** Asks GitHub, now and from time to time, for what did not arrive: while this was down, or could not answer in time. */
async function catchUp({ redeliver }: Composed, { log }: Parts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const asked = await redeliver(signal);
      log.info({ asked }, "missed deliveries are asked for");
    } catch (error) {
      if (!signal.aborted) log.error({ error }, "missed deliveries could not be asked for; it is tried again");
    }
    await pause(redeliverEveryMs, signal);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  // An event that was before nobody listened does not come again.
  if (signal.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    resolve();
  });
  return promise;
}
