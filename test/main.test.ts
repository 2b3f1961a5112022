import { createHmac, generateKeyPairSync, randomUUID } from "node:crypto";
import { Writable } from "node:stream";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { openStore } from "../src/adapters/store/open.ts";
import type { FactSource, Lister, Publisher } from "../src/app/ports.ts";
import { defaultServiceLimits, type Parts } from "../src/compose.ts";
import type { Config } from "../src/config.ts";
import { createLog } from "../src/log.ts";
import { start } from "../src/main.ts";
import { webhookPath } from "../src/server/http.ts";
import { json, listen } from "./adapters/github/server.ts";
import { testDatabase } from "./contracts/stores.ts";

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const webhookSecret = "a secret of the tests";
const repository = { id: 5, name: "shop", owner: { login: "acme" }, default_branch: "main" };

interface Scene {
  /** GitHub's clock less ours. */
  readonly skewMs?: number;
  readonly facts?: FactSource;
  readonly lister?: Lister;
  readonly installations?: readonly { readonly id: number }[];
  readonly config?: Partial<Config>;
}

async function service({ skewMs = 0, facts, lister, installations = [], config }: Scene = {}) {
  const { url } = await listen(({ path }, response) => {
    const date = new Date(Date.now() + skewMs).toUTCString();
    if (path.startsWith("/app/hook/deliveries")) json(response, 200, [], { date });
    else if (path.startsWith("/app/installations")) json(response, 200, installations, { date });
    else json(response, 200, { id: 12, slug: "sallyport-acme" }, { date });
  });
  const lines: string[] = [];
  const destination = new Writable({
    write: (chunk: Buffer, _, done) => {
      lines.push(chunk.toString());
      done();
    },
  });
  const gone: FactSource = { collect: async () => ({ kind: "gone", because: "deleted", target: null }) };
  const publisher: Publisher = {
    standing: async () => null,
    publish: async () => ({ runId: null, wrote: false }),
    unfold: async () => undefined,
  };
  const parts: Parts = {
    clock: { now: () => Date.now(), monotonicMs: () => performance.now() },
    log: createLog("debug", destination),
    fetch: globalThis.fetch,
    rest: async () => undefined,
    openStore,
    github: () => ({
      facts: facts ?? gone,
      groups: { collectGroup: async () => ({ kind: "gone", because: "deleted" }) },
      deployments: { collectDeployment: async () => ({ kind: "ended" }) },
      gate: { answer: async () => true },
      effects: { collectBoth: async () => null },
      publisher,
      enforcer: { enforce: async () => [], revert: async () => ({ kind: "absent" as const }) },
      aftermath: { collect: async () => ({ kind: "unwatched" }), policyOf: async () => null },
      signposts: { change: async () => {} },
      rights: { permissionOf: async () => "none" },
      actions: { react: async () => undefined, reply: async () => undefined },
      lister: lister ?? { page: async () => ({ items: [], next: null }) },
      branches: { collect: async () => ({ kind: "unwatched" }) },
      alarms: { raise: async () => 1, lift: async () => undefined },
      remains: { find: async function* () {} },
      runs: { run: async () => null },
    }),
    reader: { read: async () => ({ kind: "unreadable", because: "it is not read here", remedy: "" }) },
    pool: () => ({
      evaluate: async () => {
        throw new Error("Nothing is evaluated here.");
      },
      close: async () => {},
    }),
    limits: { ...defaultServiceLimits, loop: { ...defaultServiceLimits.loop, pollMs: 3_600_000 } },
  };
  const running = await start(
    {
      appId: 12,
      privateKey,
      webhookSecret,
      enforcer: null,
      store: { kind: "sqlite", path: ":memory:" },
      host: "127.0.0.1",
      port: 0,
      githubApiUrl: url,
      publicUrl: null,
      adminToken: null,
      helm: null,
      signalsSecret: null,
      logLevel: "debug",
      ...config,
    },
    parts,
  );
  onTestFinished(() => running.stop());
  return { running, lines };
}

function deliver(url: string, event: string, payload: object): Promise<Response> {
  const body = JSON.stringify({ installation: { id: 7 }, repository, ...payload });
  return fetch(url + webhookPath, {
    method: "POST",
    body,
    headers: {
      "content-type": "application/json",
      "x-github-event": event,
      "x-github-delivery": randomUUID(),
      "x-hub-signature-256": `sha256=${createHmac("sha256", webhookSecret).update(body).digest("hex")}`,
    },
  });
}

const readiness = async (url: string): Promise<readonly string[]> => {
  const { because } = (await (await fetch(`${url}/readyz`)).json()) as { because: string[] };
  return because;
};

test("a delivery is looked at without waiting for the next poll", async () => {
  const seen: unknown[] = [];
  const { running } = await service({
    facts: {
      collect: async (subject) => {
        seen.push(subject);
        return { kind: "gone", because: "closed", target: null };
      },
    },
  });
  await vi.waitFor(async () => expect(await readiness(running.url)).toEqual([]));
  expect((await deliver(running.url, "pull_request", { action: "opened", number: 3 })).status).toBe(202);
  await vi.waitFor(() =>
    expect(seen).toEqual([
      {
        kind: "pull_request",
        installationId: 7,
        repository: { id: 5, owner: "acme", name: "shop" },
        number: 3,
      },
    ]),
  );
});

test("an acknowledgement does not wait for a look that does not end", async () => {
  const { running } = await service({ facts: { collect: () => new Promise(() => {}) } });
  await vi.waitFor(async () => expect(await readiness(running.url)).toEqual([]));
  for (const number of [1, 2, 3]) {
    expect((await deliver(running.url, "pull_request", { action: "opened", number })).status).toBe(202);
  }
});

test("an installation that was never swept is swept at the start: its pull requests may be older than the App", async () => {
  const swept: unknown[] = [];
  await service({
    installations: [{ id: 7 }, { id: 8 }],
    lister: {
      page: async (sweep) => {
        swept.push(sweep);
        return { items: [], next: null };
      },
    },
  });
  await vi.waitFor(() =>
    expect(swept).toEqual([
      { kind: "sweep_installation", installationId: 7 },
      { kind: "sweep_installation", installationId: 8 },
    ]),
  );
});

describe("a clock that is off GitHub's", () => {
  test("makes the instance not ready, and nothing is looked at, while deliveries are recorded", async () => {
    const collect = vi.fn<FactSource["collect"]>();
    const { running } = await service({ skewMs: 120_000, facts: { collect } });
    await vi.waitFor(async () =>
      expect(await readiness(running.url)).toEqual([expect.stringMatching(/^The clock is 1[12]\d s off/)]),
    );
    expect((await deliver(running.url, "pull_request", { action: "opened", number: 3 })).status).toBe(202);
    expect(await running.composed.loop.runDue()).toBe(0);
    expect(collect).not.toHaveBeenCalled();
    expect((await running.composed.store.queue.depth(Date.now())).due).toBe(1);
  });

  test("is suspected until GitHub has answered", async () => {
    const { running } = await service({ config: { githubApiUrl: "http://127.0.0.1:9" } });
    expect(await readiness(running.url)).toEqual(["GitHub has not answered yet, so its clock is not known."]);
    expect((await deliver(running.url, "push", { ref: "refs/heads/main" })).status).toBe(202);
  });
});

describe("a key of another App", () => {
  test("is told in the log, and nothing is swept", async () => {
    const { lines } = await service({ config: { appId: 13 } });
    await vi.waitFor(() => expect(lines.join("")).toContain("The private key is that of App 12, and APP_ID says 13."));
  });
});

describe("stopping", () => {
  test("gives back what is being looked at, due at once for whoever comes next", async () => {
    const database = await testDatabase("sqlite");
    onTestFinished(() => database.destroy());
    const begun = Promise.withResolvers<void>();
    const { running, lines } = await service({
      config: { store: database.location },
      facts: {
        collect: () => {
          begun.resolve();
          return new Promise(() => {});
        },
      },
    });
    await vi.waitFor(async () => expect(await readiness(running.url)).toEqual([]));
    await deliver(running.url, "pull_request", { action: "opened", number: 3 });
    await begun.promise;
    await running.stop();
    expect(lines.at(-1)).toContain('"stopped"');
    await expect(fetch(running.url)).rejects.toThrow("fetch failed");
    const next = await database.open();
    expect(await next.queue.claim(Date.now(), 1_000, 10)).toMatchObject([{ subject: { number: 3 }, attempts: 2 }]);
  });

  test("twice is stopping once", async () => {
    const { running } = await service();
    const stopped = running.stop();
    expect(running.stop()).toBe(stopped);
    await stopped;
  });
});

test("a port that is taken stops the start with a sentence", async () => {
  const { running } = await service();
  const port = Number(new URL(running.url).port);
  await expect(service({ config: { port } })).rejects.toThrow(
    `Cannot listen on 127.0.0.1, port ${port}: set HOST and PORT`,
  );
});

test("neither key nor secret nor payload is in the log", async () => {
  const { running, lines } = await service();
  await deliver(running.url, "pull_request", {
    action: "opened",
    number: 3,
    pull_request: { title: "marker-of-an-author" },
  });
  await running.stop();
  const log = lines.join("");
  expect(log).toContain('"listening"');
  for (const secret of [webhookSecret, "PRIVATE KEY", "marker-of-an-author", "eyJ"]) expect(log).not.toContain(secret);
});
