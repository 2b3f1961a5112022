import { generateKeyPairSync } from "node:crypto";
import nock from "nock";
import pino from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createApp, defaultLimits } from "../../../src/adapters/github/app.ts";
import { readConfig } from "../../../src/config.ts";

// A server on loopback cannot stand for github.com: here requests are caught before they leave the process.
const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});

beforeEach(() => {
  nock.disableNetConnect();
});
afterEach(() => {
  nock.cleanAll();
  nock.restore();
});

test("without another address the App talks to api.github.com over TLS, as itself, and to nothing else", async () => {
  const read = readConfig({ APP_ID: "12", PRIVATE_KEY: privateKey, WEBHOOK_SECRET: "a secret of the tests" });
  if (!read.ok) throw new Error(read.sentences.join("\n"));
  const { appId, githubApiUrl } = read.config;
  const app = createApp({
    rest: async () => undefined,
    appId,
    privateKey,
    apiUrl: githubApiUrl,
    version: "1.2.3",
    log: pino({ level: "silent" }),
    clock: { now: () => Date.now(), monotonicMs: () => performance.now() },
    limits: defaultLimits,
    fetch: globalThis.fetch,
  });
  const scope = nock("https://api.github.com", { reqheaders: { authorization: /^bearer [\w-]+\.[\w-]+\.[\w-]+$/iu } })
    .get("/app")
    .reply(200, { id: 12, slug: "sallyport" });
  expect(await app.identify(new AbortController().signal)).toEqual({ id: 12, slug: "sallyport" });
  expect(scope.isDone()).toBe(true);
});
