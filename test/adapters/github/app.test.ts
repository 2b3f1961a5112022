import { generateKeyPairSync } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { Writable } from "node:stream";
import { describe, expect, test } from "vitest";
import { createApp, defaultLimits, siteOf } from "../../../src/adapters/github/app.ts";
import { RetryLater } from "../../../src/app/ports.ts";
import { createLog } from "../../../src/log.ts";
import { json, listen, type Seen } from "./server.ts";

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const token = "ghs_0123456789abcdefghijklmnopqrstuvwxyz";

/** GitHub as far as the App itself needs it: tokens for installations; everything else is the test's to answer. */
async function github(answer: (seen: Seen, response: ServerResponse) => void) {
  const { url, seen } = await listen((one, response) => {
    if (/^\/app\/installations\/\d+\/access_tokens$/.test(one.path)) {
      const expires_at = new Date(Date.now() + 3_600_000).toISOString();
      json(response, 201, { token, expires_at, permissions: { checks: "write" }, repository_selection: "all" });
    } else answer(one, response);
  });
  const lines: string[] = [];
  const log = createLog(
    "debug",
    new Writable({
      write: (chunk: Buffer, _, done) => {
        lines.push(chunk.toString());
        done();
      },
    }),
  );
  const limits = { ...defaultLimits, transport: { ...defaultLimits.transport, retryDelayMs: 1 } };
  const clock = { now: () => Date.now(), monotonicMs: () => performance.now() };
  const app = createApp({
    rest: async () => undefined,
    appId: 12,
    privateKey,
    apiUrl: url,
    version: "1.2.3",
    log,
    clock,
    limits,
    fetch: globalThis.fetch,
  });
  const asked = () => seen.filter(({ path }) => !path.endsWith("/access_tokens"));
  return { app, seen, asked, lines };
}

describe("authentication", () => {
  test("an installation asks with a token of its own, made once, at the configured address, under our name", async () => {
    const { app, seen } = await github((_, response) => json(response, 200, {}));
    const octokit = await app.octokitFor(7);
    await octokit.request("GET /repos/acme/shop");
    await (await app.octokitFor(7)).request("GET /repos/acme/shop");
    expect(seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /app/installations/7/access_tokens",
      "GET /repos/acme/shop",
      "GET /repos/acme/shop",
    ]);
    expect(seen[1]?.headers.authorization).toBe(`token ${token}`);
    expect(seen[1]?.headers["user-agent"]).toMatch(/^sallyport\/1\.2\.3 /);
  });

  test("the App itself asks with a signed token of its key", async () => {
    const { app, seen } = await github((_, response) => json(response, 200, { id: 12, slug: "sallyport-acme" }));
    expect(await app.identify(new AbortController().signal)).toMatchObject({ id: 12, slug: "sallyport-acme" });
    expect(seen[0]?.headers.authorization).toMatch(/^bearer eyJ/);
  });

  test("its installations are listed to the end, without those that are suspended", async () => {
    const { app } = await github(({ path }, response) => {
      const second = path.includes("page=2");
      const next = `<http://${response.req.headers.host}/app/installations?page=2>; rel="next"`;
      const page = second
        ? [{ id: 3, suspended_at: null }]
        : [{ id: 1 }, { id: 2, suspended_at: "2026-01-01T00:00:00Z" }];
      json(response, 200, page, second ? {} : { link: next });
    });
    expect(await app.installations(new AbortController().signal)).toEqual([1, 3]);
  });

  test("an id of no installation is refused: Probot would ask as the App", async () => {
    const { app } = await github((_, response) => json(response, 200, {}));
    for (const id of [0, -1, Number.NaN]) await expect(app.octokitFor(id)).rejects.toThrow(/no id of one/);
  });
});

describe("Probot's traps", () => {
  test("its throttle is off: five queries and five writes are under way at once", async () => {
    const held: ServerResponse[] = [];
    const { app } = await github((_, response) => {
      held.push(response);
      // Answered only when all ten have come: one a second, or one at a time, would never get there.
      if (held.length === 10) for (const each of held) json(each, 200, { data: {} });
    });
    const octokit = await app.octokitFor(7);
    await Promise.all([
      ...Array.from({ length: 5 }, () => octokit.graphql("query { viewer { login } }")),
      ...Array.from({ length: 5 }, () =>
        octokit.request("POST /repos/acme/shop/check-runs", { name: "x", head_sha: "y" }),
      ),
    ]);
    expect(held).toHaveLength(10);
  });

  test("a rate limit is asked once, told with its end, and not waited for", async () => {
    const { app, asked } = await github((_, response) =>
      json(
        response,
        403,
        { message: "API rate limit exceeded" },
        {
          "x-ratelimit-remaining": "0",
          "x-ratelimit-reset": "4000000000",
        },
      ),
    );
    const octokit = await app.octokitFor(7);
    await expect(octokit.request("GET /repos/acme/shop")).rejects.toMatchObject({
      name: "RetryLater",
      retryAtMs: 4_000_000_000_000,
    });
    await expect(
      octokit.request("POST /repos/acme/shop/check-runs", { name: "x", head_sha: "y" }),
    ).rejects.toBeInstanceOf(RetryLater);
    expect(asked()).toHaveLength(1);
  });

  test("the limit of one installation is no limit of another", async () => {
    const { app } = await github(({ path }, response) =>
      path.endsWith("/spent") ? json(response, 429, {}, { "retry-after": "60" }) : json(response, 200, {}),
    );
    await expect((await app.octokitFor(7)).request("GET /repos/acme/spent")).rejects.toBeInstanceOf(RetryLater);
    expect((await (await app.octokitFor(8)).request("GET /repos/acme/shop")).status).toBe(200);
  });

  test("a failed write is sent once", async () => {
    const { app, asked } = await github((_, response) => json(response, 502, { message: "Server Error" }));
    const octokit = await app.octokitFor(7);
    const write = octokit.request("POST /repos/acme/shop/check-runs", { name: "x", head_sha: "y" });
    await expect(write).rejects.toMatchObject({ status: 502 });
    expect(asked()).toHaveLength(1);
  });

  test("its log at debug shows no body, token or key", async () => {
    const { app, lines } = await github((_, response) => json(response, 201, { id: 1 }));
    const octokit = await app.octokitFor(7);
    const output = { title: "marker-of-an-author", summary: "marker-of-an-author" };
    await octokit.request("POST /repos/acme/shop/check-runs", { name: "x", head_sha: "y", output });
    const log = lines.join("");
    expect(log).toContain("asked GitHub");
    for (const secret of ["marker-of-an-author", token, "PRIVATE KEY", "eyJ"]) expect(log).not.toContain(secret);
  });

  test("no source reads configuration through context.config, or lets Probot run or receive", () => {
    const src = new URL("../../../src/", import.meta.url);
    const sources = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));
    expect(sources.length).toBeGreaterThan(0);
    const probots = sources.filter((path) => readFileSync(new URL(path, src), "utf8").includes('from "probot"'));
    expect(probots).toEqual(["adapters/github/app.ts"]);
    const text = readFileSync(new URL("adapters/github/app.ts", src), "utf8");
    expect(text).toContain('import { Probot, ProbotOctokit } from "probot";');
    expect(text).not.toMatch(/\.config\.get|\.load\(|\.receive\(|getNodeMiddleware/);
  });
});

test("GitHub's clock is read from its answers, and unknown before the first", async () => {
  const date = new Date(Date.now() + 3_600_000).toUTCString();
  const { app } = await github((_, response) => json(response, 200, { id: 12, slug: "x" }, { date }));
  expect(app.skewMs()).toBeNull();
  await app.identify(new AbortController().signal);
  expect(app.skewMs()).toBeGreaterThan(3_500_000);
});

test("the site of an API is that of its people", () => {
  expect(siteOf("https://api.github.com")).toBe("https://github.com");
  expect(siteOf("https://api.acme.ghe.com")).toBe("https://acme.ghe.com");
  expect(siteOf("https://ghe.example/api/v3")).toBe("https://ghe.example");
});
