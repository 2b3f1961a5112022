import { createApp, defaultLimits } from "../../adapters/github/app.ts";
import type { BlobCache, FactSource, GroupSource } from "../../app/ports.ts";
import type { Config } from "../../config.ts";
import { createLog } from "../../log.ts";
import { realParts } from "../../parts.ts";
import { version } from "../../version.ts";
import { type Stage, webhookSecret } from "./stage.ts";

/**
 * Reads facts as the service does, beside it: under the same installation, over HTTP. Every source that it makes remembers nothing but
 * the contents of files.
 */
export function factReader(stage: Stage): () => FactSource & GroupSource {
  const { app, github } = stage;
  const config: Config = {
    appId: app.id,
    privateKey: app.privateKey,
    webhookSecret,
    enforcer: null,
    store: { kind: "sqlite", path: ":memory:" },
    host: "127.0.0.1",
    port: 0,
    githubApiUrl: github.url,
    publicUrl: null,
    adminToken: null,
    signalsSecret: null,
    logLevel: "silent",
    helm: null,
  };
  const parts = realParts(config);
  const clock = { now: () => stage.clock.nowMs, monotonicMs: () => parts.clock.monotonicMs() };
  const asking = createApp({
    appId: app.id,
    privateKey: app.privateKey,
    apiUrl: github.url,
    version,
    log: createLog("silent"),
    clock,
    fetch: parts.fetch,
    limits: { ...defaultLimits, budget: { ...defaultLimits.budget, pace: null } },
    rest: parts.rest,
  });
  const access = {
    apiFor: (id: number) => asking.octokitFor(id),
    enforcerFor: async () => null,
    blobs: rememberingBlobs(),
    clock,
  };
  return () => {
    const { facts, groups } = parts.github(access);
    return {
      collect: (...given) => facts.collect(...given),
      collectGroup: (...given) => groups.collectGroup(...given),
    };
  };
}

function rememberingBlobs(): BlobCache {
  const known = new Map<string, Uint8Array>();
  return {
    get: async (shas) =>
      new Map(
        shas.flatMap((sha) => {
          const bytes = known.get(sha);
          return bytes === undefined ? [] : [[sha, bytes] as const];
        }),
      ),
    put: async (blobs) => {
      for (const [sha, bytes] of blobs) known.set(sha, bytes);
    },
  };
}
