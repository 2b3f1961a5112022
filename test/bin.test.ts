import { type ChildProcess, spawn } from "node:child_process";
import { createHmac, generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { webhookPath } from "../src/server/http.ts";
import { json, listen } from "./adapters/github/server.ts";

const launcher = fileURLToPath(new URL("../bin/sallyport.js", import.meta.url));
const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const secret = "a secret of the tests";

interface Run {
  readonly child: ChildProcess;
  readonly home: string;
  /** Resolves with the output once it matches; rejects if the program ends before. */
  readonly shows: (pattern: RegExp) => Promise<string>;
  readonly ended: Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>;
}

/** Runs the command in a directory of its own, with nothing in its environment but what is given. */
function run(args: readonly string[], env: Record<string, string> = {}, files: Record<string, string> = {}): Run {
  const home = mkdtempSync(join(tmpdir(), "sallyport-bin-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(home, name), text);
  const child = spawn(process.execPath, [launcher, ...args], { cwd: home, env, stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  let err = "";
  child.stdout.on("data", (piece: Buffer) => {
    out += piece.toString();
  });
  child.stderr.on("data", (piece: Buffer) => {
    err += piece.toString();
  });
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, out, err }));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
    rmSync(home, { recursive: true });
  });
  const shows = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = (): void => {
        if (pattern.test(out)) resolve(out);
      };
      child.stdout.on("data", look);
      void ended.then(({ code }) => reject(new Error(`Ended with ${code} before ${pattern}: ${out}${err}`)));
      look();
    });
  return { child, home, shows, ended };
}

/** The service, started by its command, beside a GitHub that knows the App and nothing else. */
async function serve(env: Record<string, string> = {}, files: Record<string, string> = {}) {
  const { url } = await listen(({ path }, response) => {
    if (path === "/app") json(response, 200, { id: 12, slug: "sallyport-acme" });
    else if (path.startsWith("/app/installations")) json(response, 200, []);
    else json(response, 404, { message: "Not Found" });
  });
  const required = { APP_ID: "12", PRIVATE_KEY: privateKey, WEBHOOK_SECRET: secret, GITHUB_API_URL: url, PORT: "0" };
  const started = run(["serve"], { ...required, ...env }, files);
  const output = await started.shows(/"message":"GitHub knows this App"/);
  const address = /"url":"(http:[^"]+)"/.exec(output)?.[1] ?? "";
  return { ...started, address };
}

function sign(body: string): Record<string, string> {
  return {
    "content-type": "application/json",
    "x-github-event": "push",
    "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
    "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
  };
}

describe("the command line", () => {
  test("tells its version and its commands", async () => {
    const version = await run(["--version"]).ended;
    expect([version.code, version.out]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)]);
    const help = await run(["--help"]).ended;
    expect([help.code, help.out]).toEqual([0, expect.stringMatching(/^ {2}serve /m)]);
  });

  test.each([["--no-such-option"], ["no-such-command"], ["serve", "--no-such-option"]])(
    "called wrongly (%s) it ends with 64",
    async (...args) => {
      const { code, err } = await run(args).ended;
      expect([code, err]).toEqual([64, expect.stringContaining("error: unknown")]);
    },
  );
});

describe("serve", () => {
  test("without its variables does not start: one sentence for each, exit 70, and no setup page for strangers", async () => {
    const { code, out, err } = await run(["serve"]).ended;
    expect([code, out]).toEqual([70, ""]);
    expect(err.split("\n")).toEqual([
      "Sallyport cannot start:",
      expect.stringContaining("APP_ID is missing"),
      expect.stringContaining("WEBHOOK_SECRET is missing"),
      expect.stringContaining("PRIVATE_KEY is missing"),
      "",
    ]);
  });

  test("prefers the environment to a .env file that lies around", async () => {
    const files = { ".env": "PORT=1\nLOG_LEVEL=silent\nPUBLIC_URL=https://sallyport.example\n" };
    const { shows } = await serve({ LOG_LEVEL: "info" }, files);
    expect(await shows(/"listening"/)).toContain(`"webhooks":"https://sallyport.example${webhookPath}"`);
  });

  test("ends with 70 and a sentence where the port is taken", async () => {
    const { address } = await serve();
    const { port } = new URL(address);
    const env = { APP_ID: "12", PRIVATE_KEY: privateKey, WEBHOOK_SECRET: secret, GITHUB_API_URL: "http://127.0.0.1:9" };
    const { code, err } = await run(["serve"], { ...env, PORT: port }).ended;
    expect([code, err]).toEqual([70, expect.stringContaining(`port ${port}: set HOST and PORT to what is free`)]);
  });

  test("ends with 70 and a sentence where the store cannot be had, without the database's password", async () => {
    const required = { APP_ID: "12", PRIVATE_KEY: privateKey, WEBHOOK_SECRET: secret };
    const file = await run(["serve"], { ...required, SQLITE_PATH: "absent/sallyport.db" }).ended;
    expect([file.code, file.err]).toEqual([70, expect.stringContaining("set SQLITE_PATH to a file")]);
    const DATABASE_URL = "postgres://sallyport:hunter2@127.0.0.1:9/sallyport";
    const server = await run(["serve"], { ...required, DATABASE_URL }).ended;
    expect([server.code, server.err]).toEqual([70, expect.stringContaining("DATABASE_URL must name")]);
    expect(server.out + server.err).not.toContain("hunter2");
  });

  test.each(["SIGTERM", "SIGINT"] as const)("acknowledges, and ends with 0 on %s", async (signal) => {
    const { child, address, ended } = await serve();
    const body = JSON.stringify({ installation: { id: 7 } });
    const answer = await fetch(address + webhookPath, { method: "POST", body, headers: sign(body) });
    expect(answer.status).toBe(202);
    child.kill(signal);
    const { code, out, err } = await ended;
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain('"message":"stopped"');
  });

  test("ends at once on a second signal, whatever it is waiting for", async () => {
    const { child, address, shows, ended } = await serve();
    const socket = connect(Number(new URL(address).port), "127.0.0.1").on("error", () => {});
    onTestFinished(() => void socket.destroy());
    const headers = Object.entries(sign("{}")).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`POST ${webhookPath} HTTP/1.1\r\nhost: x\r\n${headers.join("")}content-length: 2\r\n\r\n{`);
    // Answered on the same thread after it, so the half request has arrived.
    await fetch(`${address}/healthz`);
    child.kill("SIGTERM");
    await shows(/"message":"stopping"/);
    child.kill("SIGTERM");
    const { code, out } = await ended;
    expect(code).toBe(70);
    expect(out).not.toContain('"message":"stopped"');
  });
});
