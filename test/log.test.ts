import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { createLog } from "../src/log.ts";

function logging() {
  const lines: Record<string, unknown>[] = [];
  const destination = new Writable({
    write: (chunk: Buffer, _, done) => {
      lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
      done();
    },
  });
  return { log: createLog("info", destination), lines };
}

test("a line has its level, its moment and its constant message, with the particulars beside it", () => {
  const { log, lines } = logging();
  log.info({ delivery: "72d3162e" }, "a delivery was recorded");
  expect(lines).toMatchObject([{ level: "info", message: "a delivery was recorded", delivery: "72d3162e" }]);
  expect(Number.isNaN(Date.parse(String(lines[0]?.["time"])))).toBe(false);
});

test("an error shows what happened where, and nothing of the request or the answer that it carries", () => {
  const { log, lines } = logging();
  const cause = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
  const error = Object.assign(new Error("Not Found", { cause }), {
    status: 404,
    request: { headers: { authorization: "token marker" }, body: "marker" },
    response: { data: "marker" },
  });
  log.error({ error }, "a request failed");
  expect(lines).toMatchObject([
    { error: { name: "Error", message: "Not Found", status: 404, cause: { code: "ECONNREFUSED" } } },
  ]);
  expect(JSON.stringify(lines)).toContain("log.test.ts");
  expect(JSON.stringify(lines)).not.toContain("marker");
});

test("an error that is caused by itself is no endless line", () => {
  const { log, lines } = logging();
  const error = new Error("first");
  error.cause = error;
  log.error({ error }, "a request failed");
  expect(lines).toHaveLength(1);
});

test("what is no error is named by its type alone", () => {
  const { log, lines } = logging();
  log.error({ error: "marker" }, "a request failed");
  expect(lines).toMatchObject([{ error: "string" }]);
});

test("secrets and payloads that are handed to it by mistake are left out", () => {
  const { log, lines } = logging();
  const names = ["authorization", "privateKey", "webhookSecret", "secret", "token", "body", "payload"];
  const wrong = Object.fromEntries(names.map((name) => [name, "marker"]));
  log.info({ ...wrong, nested: wrong, headers: { authorization: "marker" } }, "careless");
  expect(JSON.stringify(lines)).not.toContain("marker");
});
