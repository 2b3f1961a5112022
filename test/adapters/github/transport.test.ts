import { describe, expect, test } from "vitest";
import { createTransport, type RequestOutline } from "../../../src/adapters/github/transport.ts";
import { json, listen } from "./server.ts";

const limits = { timeoutMs: 5_000, answerLimitBytes: 1_000, retries: 2, retryDelayMs: 1 };
const clock = { now: () => 1_000_000_000_000, monotonicMs: () => 0 };

function transport(over: Partial<typeof limits> = {}) {
  const outlines: RequestOutline[] = [];
  const skews: number[] = [];
  const send = createTransport(
    {
      fetch: globalThis.fetch,
      clock,
      onSkew: (ms) => skews.push(ms),
      onRequest: (outline) => outlines.push(outline),
    },
    { ...limits, ...over },
    null,
  );
  return { send, outlines, skews };
}

describe("an answer", () => {
  test("that breaks off is an error, not an empty body", async () => {
    const { url } = await listen((_, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": "100" });
      response.write('{"sha":', () => response.destroy());
    });
    await expect(transport({ retries: 0 }).send(url)).rejects.toThrow(/terminated/);
  });

  test("that never ends is an error after the time limit, and so is one that never begins", async () => {
    const { url } = await listen(({ path }, response) => {
      if (path === "/begins") response.writeHead(200, { "content-length": "100" }).write("x");
    });
    const { send } = transport({ timeoutMs: 50, retries: 0 });
    await expect(send(`${url}/begins`)).rejects.toMatchObject({ name: "TimeoutError" });
    await expect(send(`${url}/never`)).rejects.toMatchObject({ name: "TimeoutError" });
  });

  test("larger than the limit is an error that names the path and is not asked for again", async () => {
    const { url, seen } = await listen((_, response) => json(response, 200, "x".repeat(1_000)));
    await expect(transport().send(`${url}/big?q=secret`)).rejects.toThrow(/larger than 1000 bytes: \/big$/);
    expect(seen).toHaveLength(1);
  });

  test("keeps status, headers, body and address", async () => {
    const { url } = await listen((_, response) => json(response, 404, { message: "Not Found" }, { etag: '"a"' }));
    const response = await transport().send(`${url}/x`);
    expect([response.status, response.headers.get("etag"), response.url]).toEqual([404, '"a"', `${url}/x`]);
    expect(await response.json()).toEqual({ message: "Not Found" });
  });

  test("shows how far GitHub's clock is from ours", async () => {
    const date = new Date(clock.now() + 90_000).toUTCString();
    const { url } = await listen((_, response) => json(response, 200, {}, { date }));
    const { send, skews } = transport();
    await send(url);
    expect(skews).toEqual([90_000]);
  });
});

describe("a failure that passes", () => {
  test("is repeated for a read, and the answer after it counts", async () => {
    let count = 0;
    const { url } = await listen((_, response) => {
      count += 1;
      if (count === 1) response.destroy();
      else json(response, count === 2 ? 502 : 200, { count });
    });
    const response = await transport().send(url);
    expect(await response.json()).toEqual({ count: 3 });
  });

  test("is told after the last repetition", async () => {
    const { url, seen } = await listen((_, response) => json(response, 503, {}));
    expect((await transport().send(url)).status).toBe(503);
    expect(seen).toHaveLength(3);
  });

  test("is not repeated for a write: the first may have arrived", async () => {
    const { url, seen } = await listen((_, response) => json(response, 502, {}));
    expect((await transport().send(url, { method: "POST", body: "{}" })).status).toBe(502);
    expect(seen).toHaveLength(1);
  });

  test("is not repeated for who has gone away", async () => {
    const gone = new AbortController();
    const { url, seen } = await listen((_, response) => {
      gone.abort();
      response.destroy();
    });
    await expect(transport().send(url, { signal: gone.signal })).rejects.toMatchObject({ name: "AbortError" });
    expect(seen).toHaveLength(1);
  });
});

test("the log is told the method, the path, the status and the time, and nothing else", async () => {
  const { url } = await listen((_, response) => json(response, 201, {}));
  const { send, outlines } = transport();
  await send(`${url}/a/b?token=secret`, { method: "POST", body: "secret", headers: { authorization: "secret" } });
  expect(outlines).toEqual([{ method: "POST", path: "/a/b", status: 201, tookMs: 0 }]);
});
