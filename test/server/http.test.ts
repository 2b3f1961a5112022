import { createHmac } from "node:crypto";
import { connect, type Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Operator, PlacedHalt } from "../../src/app/operator.ts";
import type { Delivery } from "../../src/app/ports.ts";
import { createHttp, defaultHttpLimits, type HttpLimits, type HttpPorts, webhookPath } from "../../src/server/http.ts";

const secret = "a secret of the tests";
const mebibyte = 1024 * 1024;
const mark = { kind: "changed", subject: { kind: "sweep_installation", installationId: 7 } } as const;

const halts: readonly PlacedHalt[] = [];
const operator: Operator = {
  halt: async () => ({ kind: "done", halts }),
  resume: async () => ({ kind: "done", halts }),
  halts: async () => halts,
};

async function serve(ports: Partial<HttpPorts> = {}, limits: Partial<HttpLimits> = {}) {
  const received: Delivery[] = [];
  const logged: string[] = [];
  const write = (particulars: object, message: string) => logged.push(`${message} ${JSON.stringify(particulars)}`);
  const http = createHttp(
    {
      secret,
      version: "1.2.3",
      read: (event) => (event === "push" ? { kind: "read", marks: [mark] } : { kind: "unknown", marks: [] }),
      receive: async (delivery) => {
        received.push(delivery);
      },
      notReady: async () => [],
      jobGate: null,
      evidence: null,
      adminToken: null,
      signalsSecret: null,
      takeSignals: async () => ({ kind: "taken", signals: 0 }),
      clock: { now: () => 0 },
      lookedAt: async () => null,
      operator,
      log: { info: write, warn: write, error: write },
      ...ports,
    },
    { ...defaultHttpLimits, ...limits },
  );
  const port = await http.listen("127.0.0.1", 0);
  onTestFinished(() => http.stop());
  return { http, port, url: `http://127.0.0.1:${port}`, received, logged };
}

const sign = (body: string | Buffer, key = secret) => `sha256=${createHmac("sha256", key).update(body).digest("hex")}`;
const headersFor = (body: string | Buffer): Record<string, string> => ({
  "content-type": "application/json",
  "x-github-event": "push",
  "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
  "x-hub-signature-256": sign(body),
});
const deliver = (url: string, body: string | Buffer, headers: Record<string, string> = {}) =>
  fetch(`${url}${webhookPath}`, { method: "POST", body, headers: { ...headersFor(body), ...headers } });

/** A connection of its own for what a well-behaved client would not send. */
function dial(port: number): { readonly socket: Socket; readonly closed: Promise<string> } {
  const socket = connect(port, "127.0.0.1");
  const pieces: Buffer[] = [];
  socket.on("data", (piece: Buffer) => pieces.push(piece)).on("error", () => {});
  const closed = new Promise<string>((resolve) => socket.on("close", () => resolve(Buffer.concat(pieces).toString())));
  onTestFinished(() => void socket.destroy());
  return { socket, closed };
}

describe("a signed delivery", () => {
  test("is answered once it is durable, and not before", async () => {
    const durable = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    const { url } = await serve({
      receive: () => {
        arrived.resolve();
        return durable.promise;
      },
    });
    let answered = false;
    const answer = deliver(url, "{}").then((response) => {
      answered = true;
      return response;
    });
    await arrived.promise;
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect(answered).toBe(false);
    durable.resolve();
    expect((await answer).status).toBe(202);
  });

  test("is handed on with its id, its event and its marks", async () => {
    const { url, received } = await serve();
    const response = await deliver(url, '{"ref":"refs/heads/main"}');
    expect(await response.json()).toEqual({ marks: 1 });
    expect(received).toEqual([{ id: "72d3162e-cc78-11e3-81ab-4c9367dc0958", event: "push", marks: [mark] }]);
  });

  test("of an unknown event is recorded without a mark", async () => {
    const { url, received } = await serve();
    expect((await deliver(url, "{}", { "x-github-event": "star" })).status).toBe(202);
    expect(received).toMatchObject([{ event: "star", marks: [] }]);
  });

  test("whose payload cannot be read is recorded with the marks that are left, and logged without its content", async () => {
    const { url, received, logged } = await serve({
      read: () => ({ kind: "unreadable", marks: [mark], at: ["number: invalid_type"] }),
    });
    expect((await deliver(url, '{"number":"content"}')).status).toBe(202);
    expect(received).toMatchObject([{ marks: [mark] }]);
    expect(logged.join()).toMatch(/could not be read.*number: invalid_type/);
    expect(logged.join()).not.toContain("content");
  });

  test("that cannot be recorded is refused, so that GitHub shows it as failed", async () => {
    const { url, logged } = await serve({ receive: () => Promise.reject(new Error("disk full")) });
    expect((await deliver(url, "{}")).status).toBe(503);
    expect(logged.join()).toContain("could not be recorded");
  });

  test.each([
    ["cut off", '{"a":'],
    ["empty", ""],
    ["not in UTF-8", Buffer.from([0x22, 0xff, 0x22])],
  ])("that is %s is refused with 400", async (_, body) => {
    const { url, received } = await serve();
    expect((await deliver(url, body)).status).toBe(400);
    expect(received).toEqual([]);
  });

  test.each(["x-github-event", "x-github-delivery"])("with a strange %s header is refused with 400", async (name) => {
    const { url, received } = await serve();
    for (const value of ["", "a b", "x".repeat(65)])
      expect((await deliver(url, "{}", { [name]: value })).status).toBe(400);
    expect(received).toEqual([]);
  });

  test("nested deeper than any stack is no crash", async () => {
    const { url } = await serve();
    expect([202, 400]).toContain((await deliver(url, "[".repeat(mebibyte) + "]".repeat(mebibyte))).status);
    expect((await deliver(url, "{}")).status).toBe(202);
  });

  test.each([
    ["a form", { "content-type": "application/x-www-form-urlencoded" }],
    ["compressed", { "content-encoding": "gzip" }],
  ])("sent as %s is refused with 415 and what to do", async (_, headers) => {
    const { url, received } = await serve();
    const response = await deliver(url, "{}", headers);
    expect([response.status, await response.text()]).toEqual([415, expect.stringContaining("application/json")]);
    expect(received).toEqual([]);
  });
});

describe("a delivery without a valid signature", () => {
  test.each([
    ["none", ""],
    ["another secret's", sign("{}", "another secret")],
    ["Probot's default secret's", sign("{}", "development")],
    ["another body's", sign("{ }")],
    ["an upper-case one", sign("{}").toUpperCase()],
    ["the old kind of", `sha1=${createHmac("sha1", secret).update("{}").digest("hex")}`],
    ["a short", "sha256="],
  ])("%s signature is answered with 401, and nothing of it is logged or recorded", async (_, signature) => {
    const { url, received, logged } = await serve();
    const response = await deliver(url, "{}", { "x-hub-signature-256": signature, "x-github-event": "forged" });
    expect(response.status).toBe(401);
    expect(received).toEqual([]);
    expect(logged.join()).not.toMatch(/forged|72d3162e/);
  });

  test("does not show its payload in the log", async () => {
    const { url, logged } = await serve();
    const body = '{"hostile":"payload"}';
    expect((await deliver(url, body, { "x-hub-signature-256": sign("else") })).status).toBe(401);
    expect(logged.join()).toContain("wrong signature");
    expect(logged.join()).not.toContain("hostile");
  });

  test("is refused before its body is read if the signature is missing", async () => {
    const { port } = await serve();
    const { socket, closed } = dial(port);
    socket.write(`POST ${webhookPath} HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n`);
    expect(await closed).toMatch(/^HTTP\/1\.1 401 /);
  });
});

describe("a body", () => {
  test("that declares more than 25 MiB is refused with 413 before it is read", async () => {
    const { port } = await serve();
    const { socket, closed } = dial(port);
    const headers = Object.entries(headersFor("")).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(
      `POST ${webhookPath} HTTP/1.1\r\nhost: x\r\n${headers.join("")}content-length: ${25 * mebibyte + 1}\r\n\r\n`,
    );
    expect(await closed).toMatch(/^HTTP\/1\.1 413 .*connection: close/is);
  });

  test("that declares nothing is read up to 25 MiB, then refused with 413 and cut off", async () => {
    const { port } = await serve();
    const { socket, closed } = dial(port);
    const headers = Object.entries(headersFor("")).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`POST ${webhookPath} HTTP/1.1\r\nhost: x\r\n${headers.join("")}transfer-encoding: chunked\r\n\r\n`);
    const chunk = Buffer.concat([Buffer.from("100000\r\n"), Buffer.alloc(mebibyte), Buffer.from("\r\n")]);
    let sentMebibytes = 0;
    const more = (): void => {
      if (socket.destroyed || sentMebibytes >= 300) return;
      sentMebibytes += 1;
      // The server shares this thread: it must get to read.
      socket.write(chunk, () => setImmediate(more));
    };
    more();
    await closed;
    expect(sentMebibytes).toBeGreaterThan(25);
    expect(sentMebibytes).toBeLessThan(100);
  });

  test("of exactly 25 MiB is read", async () => {
    const { url, received } = await serve();
    const body = `"${"x".repeat(25 * mebibyte - 2)}"`;
    expect((await deliver(url, body)).status).toBe(202);
    expect(received).toHaveLength(1);
  });

  test("is refused with 503 while others fill the memory for bodies, and taken when they are gone", async () => {
    const { url, port } = await serve({}, { bodyMemoryBytes: 1_000 });
    const { socket, closed } = dial(port);
    const headers = Object.entries(headersFor("")).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`POST ${webhookPath} HTTP/1.1\r\nhost: x\r\n${headers.join("")}content-length: 2000\r\n\r\n`);
    await new Promise((resolve) => socket.write("x".repeat(900), resolve));
    const body = JSON.stringify("x".repeat(500));
    // Until the first has been read, this one fits.
    let status = 202;
    while (status === 202) status = (await deliver(url, body)).status;
    expect(status).toBe(503);
    socket.end();
    await closed;
    while (status === 503) status = (await deliver(url, body)).status;
    expect(status).toBe(202);
  });

  test("that breaks off is no delivery", async () => {
    const { port, url, received } = await serve();
    const { socket, closed } = dial(port);
    const headers = Object.entries(headersFor("")).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`POST ${webhookPath} HTTP/1.1\r\nhost: x\r\n${headers.join("")}content-length: 9\r\n\r\n{`);
    socket.destroy();
    await closed;
    await deliver(url, "{}");
    expect(received).toHaveLength(1);
  });
});

describe("a slow sender", () => {
  const limits = { headersMs: 100, requestMs: 200, checkingMs: 20 };

  test("of headers is cut off", async () => {
    const { port } = await serve({}, limits);
    const { socket, closed } = dial(port);
    socket.write("GET / HTTP/1.1\r\nhost: x\r\nx-a: ");
    expect(await closed).toMatch(/^HTTP\/1\.1 408 /);
  });

  test("of a body is cut off, and the server goes on", async () => {
    const { port, url, received } = await serve({}, limits);
    const { socket, closed } = dial(port);
    const headers = Object.entries(headersFor("")).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`POST ${webhookPath} HTTP/1.1\r\nhost: x\r\n${headers.join("")}content-length: 9\r\n\r\n{`);
    await closed;
    expect(received).toEqual([]);
    expect((await deliver(url, "{}")).status).toBe(202);
  });
});

describe("other addresses", () => {
  test("the start page says what this is, in which version, and may load nothing", async () => {
    const { url } = await serve({ version: "<b>1.2.3</b>" });
    const response = await fetch(url);
    expect(await response.text()).toContain("<h1>Sallyport &lt;b&gt;1.2.3&lt;/b&gt;</h1>");
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
  });

  test("liveness is the process's, readiness has reasons", async () => {
    const { url } = await serve({ notReady: async () => ["The store does not answer."] });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const ready = await fetch(`${url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([
      503,
      { ready: false, because: ["The store does not answer."] },
    ]);
    const { url: other } = await serve();
    expect((await fetch(`${other}/readyz`)).status).toBe(200);
  });

  test.each([
    "/probot",
    "/probot/setup",
    "/probot/import",
    "/probot/stats",
    "/ping",
    "/api/github/webhooks/x",
    "//",
    "/../etc",
  ])("%s is not there: Probot's setup and its pages are not served", async (path) => {
    const { url } = await serve();
    const response = await fetch(url + path);
    expect(response.status).toBe(404);
  });

  test("methods that are not answered are refused with those that are", async () => {
    const { url } = await serve();
    const get = await fetch(`${url}${webhookPath}`);
    expect([get.status, get.headers.get("allow")]).toEqual([405, "POST"]);
    const post = await fetch(url, { method: "POST", body: "x" });
    expect([post.status, post.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
    expect((await fetch(url, { method: "HEAD" })).status).toBe(200);
  });

  test("a target that is no address is no crash", async () => {
    const { port, url } = await serve();
    const { socket, closed } = dial(port);
    socket.end("GET http://[::x HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    expect(await closed).toMatch(/^HTTP\/1\.1 (4\d\d|500) /);
    expect((await fetch(url)).status).toBe(200);
  });
});

describe("stopping", () => {
  test("answers what has begun, and takes nothing new", async () => {
    const durable = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    const { http, url } = await serve({
      receive: () => {
        arrived.resolve();
        return durable.promise;
      },
    });
    const answer = deliver(url, "{}");
    await arrived.promise;
    const stopped = http.stop();
    await expect(fetch(`${url}/healthz`)).rejects.toThrow("fetch failed");
    durable.resolve();
    expect((await answer).status).toBe(202);
    await stopped;
  });

  test("waits no longer than it may for an answer that never comes", async () => {
    const { http, url } = await serve({ receive: () => new Promise(() => {}) }, { stopMs: 50 });
    const answers = Promise.allSettled([deliver(url, "{}")]);
    await fetch(`${url}/healthz`);
    await http.stop();
    expect((await answers).map(({ status }) => status)).toEqual(["rejected"]);
  });
});
