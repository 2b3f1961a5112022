import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { describe, expect, onTestFinished, test } from "vitest";
import type { SignalOrder, Taken } from "../../src/app/signals.ts";
import { createHttp, defaultHttpLimits } from "../../src/server/http.ts";

const secret = "a secret of the tests, 32 or more characters";
const matching = (form: RegExp): unknown => expect.stringMatching(form);
const containing = (part: string): unknown => expect.stringContaining(part);
const nowMs = Date.UTC(2026, 2, 2, 9);
const rise = {
  environment: "production",
  repository: "acme/shop",
  kind: "error_rate",
  before: 1,
  after: 7,
  unit: "points",
  at: "2026-03-02T08:58:00Z",
};

/** A server that takes every signal which it can read, or does with it what is given. */
async function serve(
  { signalsSecret = secret as string | null, take = async (): Promise<Taken> => ({ kind: "taken", signals: 1 }) } = {},
  clock = { now: () => nowMs },
) {
  const taken: SignalOrder[] = [];
  const requests: string[] = [];
  const logged: string[] = [];
  const write = (particulars: object, message: string) => logged.push(`${message} ${JSON.stringify(particulars)}`);
  const http = createHttp(
    {
      secret: "another secret of the tests",
      version: "1.2.3",
      read: () => ({ kind: "unknown", marks: [] }),
      receive: async () => {},
      notReady: async () => [],
      adminToken: null,
      jobGate: null,
      evidence: null,
      signalsSecret,
      takeSignals: async (requestId, orders) => {
        requests.push(requestId);
        taken.push(...orders);
        return await take();
      },
      clock,
      lookedAt: async () => null,
      operator: {
        halt: async () => ({ kind: "done", halts: [] }),
        resume: async () => ({ kind: "done", halts: [] }),
        halts: async () => [],
      },
      log: { info: write, warn: write, error: write },
    },
    defaultHttpLimits,
  );
  const port = await http.listen("127.0.0.1", 0);
  onTestFinished(() => http.stop());
  const url = `http://127.0.0.1:${port}/signals`;
  const post = async (body: unknown, { key = secret, atMs = nowMs, headers = {} } = {}) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const timestamp = String(Math.floor(atMs / 1_000));
    const digest = createHmac("sha256", key).update(`${timestamp}.${text}`).digest("hex");
    const signed = { "x-sallyport-timestamp": timestamp, "x-sallyport-signature-256": `sha256=${digest}`, ...headers };
    const response = await fetch(url, { method: "POST", body: text, headers: signed });
    return { status: response.status, text: await response.text() };
  };
  return { url, post, taken, requests, logged };
}

test("a signed signal is taken as it was meant", async () => {
  const { post, taken } = await serve();
  expect(await post({ ...rise, service: "payment", deployment_id: "4711", sha: "" })).toMatchObject({ status: 202 });
  expect(taken).toEqual([
    {
      environment: "production",
      repository: "acme/shop",
      service: "payment",
      sha: null,
      deploymentId: 4711,
      reading: { kind: "error_rate", before: "1", after: "7" },
      unit: "points",
      atMs: Date.UTC(2026, 2, 2, 8, 58),
      id: matching(/^[0-9a-f]{32}$/u),
    },
  ]);
});

describe("a request is refused, and nothing of it is taken or repeated, where", () => {
  test.each([
    ["it bears no signature", { headers: { "x-sallyport-signature-256": "" } }, 401, /not signed/u],
    ["it bears no timestamp", { headers: { "x-sallyport-timestamp": "" } }, 401, /not signed/u],
    ["it is signed with another secret", { key: `${secret}!` }, 401, /signature is wrong/u],
    [
      "another timestamp was signed",
      { headers: { "x-sallyport-timestamp": "1772442001" } },
      401,
      /signature is wrong/u,
    ],
    ["it is older than five minutes", { atMs: nowMs - 301_000 }, 401, /more than five minutes old/u],
    ["it comes from the future", { atMs: nowMs + 301_000 }, 401, /more than five minutes ahead/u],
  ])("%s", async (_, how, status, says) => {
    const { post, taken, logged } = await serve();
    const answered = await post(rise, how);
    expect(answered).toEqual({ status, text: matching(says) });
    expect(taken).toEqual([]);
    expect(logged.join() + answered.text).not.toContain(secret);
  });

  test("it is too large", async () => {
    const { post, taken } = await serve();
    expect((await post({ ...rise, service: "x".repeat(70_000) })).status).toBe(413);
    expect(taken).toEqual([]);
  });

  test.each([
    ["negative", { before: -1 }],
    ["NaN", { after: "NaN" }],
    ["null", { after: null }],
    ["a share as text", { before: "1 %" }],
    ["more than everything", { after: 100.5 }],
    ["of another unit", { unit: "share" }],
    ["without a unit", { unit: undefined }],
    ["of no kind", { kind: "latency" }],
    ["without a moment", { at: undefined }],
    ["of a moment in words", { at: "<b>yesterday</b>" }],
    ["of a place outside", { repository: "https://example.com/x" }],
    ["with a key that nobody knows", { "<img>": 1 }],
    ["with a SHA that is none", { sha: "main" }],
  ])("a value is %s", async (_, more) => {
    const { post, taken } = await serve();
    const { status, text } = await post({ ...rise, ...more });
    expect(status).toBe(400);
    expect(text).not.toMatch(/[<>]|yesterday|NaN|latency/u);
    expect(taken).toEqual([]);
  });

  test.each(["", "{", "[]", "null", '"x"', "\u0000"])("the body is %j", async (body) => {
    const { post, taken } = await serve();
    expect((await post(body)).status).toBe(400);
    expect(taken).toEqual([]);
  });
});

test("without a secret there is nothing, whatever is sent", async () => {
  const { post } = await serve({ signalsSecret: null });
  expect(await post(rise)).toEqual({ status: 404, text: containing("SALLYPORT_SIGNALS_SECRET") });
});

test("it is posted, and by no other method", async () => {
  const { url } = await serve();
  expect((await fetch(url)).status).toBe(405);
});

test("where it could not be kept the sender is told to try again", async () => {
  const { post } = await serve({
    take: async () => {
      throw new Error("the store is gone");
    },
  });
  expect(await post(rise)).toEqual({ status: 503, text: containing("send it again") });
});

test("the same bytes under the same timestamp are one request, and others are another", async () => {
  const { post, requests } = await serve();
  for (const atMs of [nowMs, nowMs, nowMs - 1_000]) await post(rise, { atMs });
  expect(new Set(requests).size).toBe(2);
});

describe("an alert of Alertmanager", () => {
  const alert = {
    status: "firing",
    labels: { alertname: "ErrorRate", environment: "production", repository: "acme/shop", service: "payment" },
    annotations: { summary: "errors", sallyport_before: "1.0", sallyport_after: "7.25", sallyport_unit: "points" },
    startsAt: "2026-03-02T08:58:00.123Z",
    endsAt: "0001-01-01T00:00:00Z",
    generatorURL: "http://prometheus.example/graph",
    fingerprint: "3f1c0b6a9d2e4f58",
  };
  const payload = (...alerts: readonly object[]) => ({ version: "4", groupKey: "{}", status: "firing", alerts });

  test("is read as it comes", async () => {
    const { post, taken } = await serve();
    expect((await post(payload(alert))).status).toBe(202);
    expect(taken).toMatchObject([
      { environment: "production", service: "payment", unit: "points", reading: { before: "1.0", after: "7.25" } },
    ]);
  });

  test("is one signal as long as it fires, whatever its figures become", async () => {
    const { post, taken } = await serve();
    await post(payload(alert));
    await post(payload({ ...alert, annotations: { ...alert.annotations, sallyport_after: "9" } }), {
      atMs: nowMs + 1_000,
    });
    expect(new Set(taken.map(({ id }) => id)).size).toBe(1);
  });

  test("without figures is bad health, and one that is resolved is nothing", async () => {
    const { post, taken } = await serve();
    await post(payload({ ...alert, annotations: {} }, { ...alert, status: "resolved" }));
    expect(taken.map(({ reading }) => reading)).toEqual([{ kind: "health" }]);
  });

  test("without an environment is refused whole", async () => {
    const { post, taken } = await serve();
    expect((await post(payload(alert, { ...alert, labels: {} }))).status).toBe(400);
    expect(taken).toEqual([]);
  });
});

describe("the documentation", () => {
  const page = readFileSync(new URL("../../docs/after-the-merge.md", import.meta.url), "utf8");
  const block = (language: string, part: string) =>
    [...page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "gu"))]
      .map(([, text = ""]) => text)
      .find((text) => text.includes(part)) ?? "";

  test("has commands for curl that work as they stand", async () => {
    const { url, taken } = await serve({}, { now: () => Date.now() });
    const script = block("sh", "curl").replace("https://sallyport.example.com/signals", url);
    const child = spawn("sh", ["-euc", script], {
      env: { PATH: process.env["PATH"], SALLYPORT_SIGNALS_SECRET: secret },
    });
    const said: string[] = [];
    child.stdout.on("data", (piece: Buffer) => said.push(piece.toString()));
    await new Promise((resolve) => child.once("close", resolve));
    expect(said.join("")).toContain('{"signals":1}');
    expect(taken).toMatchObject([{ environment: "production", reading: { kind: "error_rate" } }]);
  });

  test("has a template for Datadog that is a signal once its variables are filled in", async () => {
    const { post, taken } = await serve();
    const values = { DATE: "1772441880000", "TAGS\\[env\\]": "production", "TAGS\\[service\\]": "payment" };
    const filled = Object.entries(values).reduce(
      (text, [name, value]) => text.replaceAll(new RegExp(`\\$${name}`, "gu"), value),
      block("json", "$DATE"),
    );
    expect(await post(filled)).toMatchObject({ status: 202 });
    expect(taken).toMatchObject([{ environment: "production", atMs: 1_772_441_880_000 }]);
  });

  test("has a receiver's alert that is read", async () => {
    const { post, taken } = await serve();
    expect(await post(block("json", "fingerprint"))).toMatchObject({ status: 202 });
    expect(taken).toHaveLength(1);
  });
});
