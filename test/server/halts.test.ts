import { tmpdir } from "node:os";
import { describe, expect, onTestFinished, test } from "vitest";
import { openStore } from "../../src/adapters/store/open.ts";
import { operator } from "../../src/app/operator.ts";
import { createHttp, defaultHttpLimits } from "../../src/server/http.ts";
import { sallyport } from "../cli/run.ts";
import { pullRequest, target } from "../contracts/subjects.ts";

const token = "0123456789abcdef0123456789abcdef";

/** A service that has judged pull request 1 of acme/shop green, on a store of its own. */
async function serve(adminToken: string | null = token) {
  const store = await openStore({ kind: "sqlite", path: ":memory:" }, { blobCacheBytes: 0 });
  await store.queue.mark([pullRequest(1)], 0);
  const [claim] = await store.queue.claim(0, 600_000, 1);
  const wrote = { isAgent: true, marks: ["codex"] };
  const judgement = {
    subject: pullRequest(1),
    target: target("a"),
    verdict: "allow",
    mode: "enforce",
    wrote,
    isArmed: false,
  } as const;
  await store.judgements.record(claim!, judgement);
  const logged: string[] = [];
  const write = (particulars: object, message: string) => logged.push(`${message} ${JSON.stringify(particulars)}`);
  const log = { info: write, warn: write, error: write };
  let ids = 0;
  const ports = { ...store, clock: { now: () => Date.UTC(2026, 2, 2, 9), monotonicMs: () => 0 }, log, wake: () => {} };
  const http = createHttp(
    {
      secret: "a secret of the tests",
      version: "1.2.3",
      read: () => ({ kind: "unknown", marks: [] }),
      receive: async () => {},
      notReady: async () => [],
      jobGate: null,
      evidence: null,
      adminToken,
      signalsSecret: null,
      takeSignals: async () => ({ kind: "taken", signals: 0 }),
      clock: ports.clock,
      lookedAt: async (repository) => {
        if (repository !== "acme/shop") return null;
        const last = {
          atMs: 0,
          headSha: "a".repeat(40),
          verdict: "allow",
          mode: "enforce",
          policyDigest: "b",
        } as const;
        return [
          { number: 1, last, isFailing: false },
          { number: 2, last: null, isFailing: true },
        ];
      },
      operator: operator({
        ...ports,
        newId: () => {
          ids += 1;
          return String(ids);
        },
      }),
      log,
    },
    defaultHttpLimits,
  );
  const port = await http.listen("127.0.0.1", 0);
  onTestFinished(async () => {
    await http.stop();
    await store.close();
  });
  const ask = (path: string, body: unknown = null, bearer = token): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      headers: { authorization: `Bearer ${bearer}` },
      ...(body === null ? {} : { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
  const cli = (...args: readonly string[]) =>
    sallyport(tmpdir(), args, { PORT: String(port), SALLYPORT_ADMIN_TOKEN: token });
  return { store, ask, cli, logged };
}

const order = { where: { kind: "everywhere" }, stops: "agents", reason: "replicas explode", by: "night shift" };

describe("halts over HTTP", () => {
  test("do not exist where no token is set", async () => {
    const { ask, store } = await serve(null);
    expect((await ask("/halts", order)).status).toBe(404);
    expect((await ask("/halts", order, "")).status).toBe(404);
    expect(await store.decisions.halts(1)).toEqual([]);
  });

  test.each(["", "x", token.slice(1), `${token}0`, token.toUpperCase()])(
    "are refused to whoever sends another token, which is logged without it: %j",
    async (wrong) => {
      const { ask, store, logged } = await serve();
      for (const path of ["/halts", "/halts/lift"]) expect((await ask(path, order, wrong)).status).toBe(401);
      expect((await ask("/halts", null, wrong)).status).toBe(401);
      expect(await store.decisions.halts(1)).toEqual([]);
      expect(logged).toHaveLength(3);
      expect(logged.join()).not.toContain(token.slice(1));
    },
  );

  test.each([
    ["no JSON", "{"],
    ["no place", { ...order, where: undefined }],
    ["no name", { ...order, by: " " }],
    ["a key that is not known", { ...order, everyone: true }],
    ["nobody who is stopped", { ...order, stops: "nobody" }],
  ])("are not guessed from an order that cannot be read: %s", async (_, body) => {
    const { ask, store } = await serve();
    expect((await ask("/halts", body)).status).toBe(400);
    expect(await store.decisions.halts(1)).toEqual([]);
  });

  test("read no order beyond their limit", async () => {
    const { ask } = await serve();
    expect((await ask("/halts", { ...order, reason: "x".repeat(17_000) })).status).toBe(413);
  });

  test("hold without a reason, and are not lifted without one", async () => {
    const { ask, store } = await serve();
    expect((await ask("/halts", { ...order, reason: "" })).status).toBe(200);
    expect((await ask("/halts/lift", { halts: ["operator/1"], reason: " ", by: "day shift" })).status).toBe(400);
    expect(await store.decisions.halts(1)).toHaveLength(1);
  });
});

describe("the command line", () => {
  test("halts, tells how much still stands green, and lifts by id", async () => {
    const { cli, store } = await serve();
    const halted = await cli("halt", "--reason", "replicas explode", "--by", "night shift");
    expect([halted.code, halted.err]).toEqual([0, ""]);
    expect(halted.out).toBe(
      "operator/1  agents in acme, since 2026-03-02T09:00:00.000Z: replicas explode; 1 of 1 judged pull request still green\n" +
        "operator/2  agents in installations that are yet to come, since 2026-03-02T09:00:00.000Z: replicas explode; 0 of 0 judged pull requests still green\n",
    );
    expect((await cli("halt", "--status")).out).toBe(halted.out);
    const lifted = await cli("resume", "operator/1", "operator/2", "--reason", "fixed", "--by", "day shift");
    expect([lifted.code, lifted.out]).toEqual([0, "Nothing is halted.\n"]);
    expect(await store.decisions.halts(1)).toEqual([]);
  });

  test.each([
    ["--repository", "ACME/shop", { kind: "repository", installationId: 1, repositoryId: 7 }],
    ["--organisation", "Acme", { kind: "installation", installationId: 1 }],
    ["--agent", "codex", { kind: "agent", installationId: 1, agent: "codex" }],
    ["--agent", "@Codex", { kind: "agent", installationId: 1, agent: "codex" }],
    ["--agent", "devin-ai-integration", { kind: "agent", installationId: 1, agent: "devin" }],
    ["--agent", "@Acme-Bot", { kind: "agent", installationId: 1, agent: "acme-bot" }],
  ])("halts one place: %s %s", async (option, name, scope) => {
    const { cli, store } = await serve();
    const { code, out } = await cli("halt", option, name, "--everyone", "--by", "night shift");
    expect([code, out]).toEqual([0, expect.stringMatching(/ in acme(\/shop)?, since .* still green/)]);
    expect(await store.decisions.halts(1)).toMatchObject([{ scope, stops: "everyone" }]);
  });

  test("says so where a halt of an agent stops nothing that was judged", async () => {
    const { cli } = await serve();
    const { code, out } = await cli("halt", "--agent", "codx", "--by", "night shift");
    expect([code, out]).toEqual([0, expect.stringContaining("it stops none: compare the name with reports")]);
  });

  test("says so where nothing was halted", async () => {
    const { cli } = await serve();
    const unknown = await cli("halt", "--repository", "acme/other", "--by", "night shift");
    expect([unknown.code, unknown.out]).toEqual([64, ""]);
    expect(unknown.err).toContain("Sallyport has seen nothing of acme/other yet");
    expect((await cli("halt", "--reason", "x")).err).toContain("--by NAME");
    expect((await cli("resume", "operator/9", "--reason", "x", "--by", "y")).err).toContain("No halt operator/9 holds");
    const away = await sallyport(tmpdir(), ["halt", "--by", "x"], { PORT: "1", SALLYPORT_ADMIN_TOKEN: token });
    expect(away.code).toBe(70);
    expect(away.err).toContain("nothing is known to be halted");
  });
});

describe("when open pull requests were judged", () => {
  test("is told over HTTP to whoever holds the token", async () => {
    const { ask } = await serve();
    expect((await ask("/pulls?repository=acme/shop", null, "x")).status).toBe(401);
    expect((await ask("/pulls")).status).toBe(400);
    expect((await ask("/pulls?repository=acme/other")).status).toBe(404);
    expect(await (await ask("/pulls?repository=acme/shop")).json()).toMatchObject({
      pulls: [
        { number: 1, last: { at: "1970-01-01T00:00:00.000Z", policy: "b" } },
        { number: 2, last: null },
      ],
    });
    expect((await (await serve(null)).ask("/pulls?repository=acme/shop")).status).toBe(404);
  });

  test("is told by the command, which fails where one was not", async () => {
    const { cli } = await serve();
    const all = await cli("status", "acme/shop");
    expect(all.code).toBe(1);
    expect(all.out).toBe(
      "acme/shop#1  allow (enforce) at 1970-01-01T00:00:00.000Z, head aaaaaaaaaaaa, policy b\n" +
        "acme/shop#2  was never judged; the looks since then have failed\n" +
        "2 open pull requests, 1 not judged or failing.\n",
    );
    expect((await cli("status", "acme/shop#1")).code).toBe(0);
    expect((await cli("status", "acme/shop#3")).code).toBe(64);
    expect((await cli("status", "shop")).code).toBe(64);
  });
});
