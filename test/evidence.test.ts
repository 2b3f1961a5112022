// A job brings a plan over HTTP, with the token of its run; and the action that does so.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createLog } from "../src/log.ts";
import { start } from "../src/main.ts";
import { realParts } from "../src/parts.ts";
import { startGitHub } from "../src/sim/github.ts";
import { issuerKeys, keysPath, tokenWith } from "../src/sim/scenario/issuer.ts";
import { testDatabase } from "./contracts/stores.ts";
import { manifest } from "./service.ts";

const digest = (body: string | Uint8Array): string => createHash("sha256").update(body).digest("hex");

/** A plan that Terraform 1.11 has made, as far as the data is there; else one like it. */
const owned = ["../shared/data", "../../shared/data"]
  .map((place) => `${place}/terraform-plans/own/04-delete.json`)
  .find((path) => existsSync(path));
if (owned === undefined) console.info("shared/data/terraform-plans is absent: a plan that was written by hand is sent");
const plan =
  owned === undefined
    ? JSON.stringify({
        format_version: "1.2",
        terraform_version: "1.11.4",
        resource_changes: [
          {
            address: "terraform_data.a",
            mode: "managed",
            type: "terraform_data",
            name: "a",
            provider_name: "terraform.io/builtin/terraform",
            change: {
              actions: ["delete"],
              before: { id: "x" },
              after: null,
              after_unknown: {},
              before_sensitive: {},
              after_sensitive: false,
            },
          },
        ],
        configuration: { root_module: {} },
        complete: true,
        errored: false,
      })
    : readFileSync(owned, "utf8");

async function scene(publicUrl: string | null = "https://gate.example") {
  const database = await testDatabase("sqlite");
  onTestFinished(() => database.destroy());
  const github = await startGitHub({ clock: { now: () => Date.now() } });
  onTestFinished(() => github.stop());
  const app = github.app({ slug: "sallyport", permissions: manifest.default_permissions, events: [], secret: "s" });
  const actions = github.app({ slug: "github-actions", id: 15_368, botId: 41_898_282, permissions: {}, events: [] });
  const acme = github.organization("acme");
  const person = github.user("person-a");
  acme.member(person);
  const shop = acme.repository("shop", {
    files: { "main.tf": "# nothing\n" },
    people: [[person, "admin"]],
    private: true,
  });
  app.install(acme.account);
  const config = {
    appId: app.id,
    privateKey: app.privateKey,
    webhookSecret: "s",
    enforcer: null,
    store: database.location,
    host: "127.0.0.1",
    port: 0,
    githubApiUrl: github.url,
    publicUrl,
    adminToken: null,
    signalsSecret: null,
    logLevel: "info",
    helm: null,
  } as const;
  const real = realParts(config);
  const logged: string[] = [];
  const parts: typeof real = {
    ...real,
    log: createLog("info", { write: (line) => void logged.push(line) }),
    fetch: async (address, init) => {
      const { pathname } = new URL(address instanceof Request ? address.url : address);
      return pathname === keysPath ? Response.json(issuerKeys()) : await real.fetch(address, init);
    },
  };
  const service = await start(config, parts);
  onTestFinished(() => service.stop());
  await vi.waitFor(() => expect(service.composed.app.skewMs()).not.toBeNull());
  const sha = shop.state.refs.get("refs/heads/main") ?? "";
  const run = shop.runWorkflow(actions.state, {
    path: ".github/workflows/ci.yml",
    event: "push",
    branch: "main",
    sha,
    actor: person,
    conclusion: null,
  });
  let tokens = 0;
  const token = (over: object = {}, audience = publicUrl): string => {
    const seconds = Math.floor(Date.now() / 1_000);
    return tokenWith(
      {
        iss: `${github.url}/_services/token`,
        aud: audience,
        jti: `t${(tokens += 1)}`,
        iat: seconds,
        nbf: seconds,
        exp: seconds + 300,
        repository: "acme/shop",
        repository_id: String(shop.state.id),
        run_id: String(run.id),
        run_attempt: "2",
        event_name: "push",
        actor_id: "5",
        sha,
        ref: "refs/heads/main",
        base_ref: "",
        workflow_ref: "acme/shop/.github/workflows/ci.yml@refs/heads/main",
        job_workflow_ref: "acme/ci/.github/workflows/plan.yml@refs/heads/main",
        ...over,
      },
      false,
    );
  };
  const post = async (
    body: string | Uint8Array<ArrayBuffer>,
    { query = {}, headers = {} }: { query?: Record<string, string>; headers?: Record<string, string> } = {},
  ) => {
    const search = new URLSearchParams({ kind: "terraform-plan", root: "terraform", sha256: digest(body), ...query });
    const response = await fetch(`${service.url}/evidence?${search.toString()}`, {
      method: "POST",
      body,
      headers: { authorization: `Bearer ${token()}`, ...headers },
    });
    return { status: response.status, text: await response.text() };
  };
  const kept = () => service.composed.store.evidence.of(shop.state.id, [sha]);
  return { github, service, shop, run, sha, token, post, kept, logged };
}

describe("a job that brings evidence", () => {
  test("is told what was understood, and what it brought is kept for the commit of its run, without a word in the log", async () => {
    const { post, kept, shop, sha, run, logged } = await scene();
    const query = { workspace: "live", lineage: "l-1", serial: "7", backend: "b".repeat(64) };
    const { status, text } = await post(plan, { query });
    expect(status).toBe(202);
    expect(JSON.parse(text)).toMatchObject({
      schema: "sallyport.evidence/1",
      repository_id: shop.state.id,
      head_sha: sha,
      root: "terraform",
      workspace: "live",
      again: false,
      understood: { kind: "terraform-plan", complete: true, errored: false },
    });
    const [evidence] = await kept();
    expect(evidence).toMatchObject({
      headSha: sha,
      root: "terraform",
      workspace: "live",
      state: { lineage: "l-1", serial: 7, backend: "b".repeat(64) },
      sha256: digest(plan),
      source: {
        kind: "workflow",
        repositoryId: shop.state.id,
        runId: run.id,
        runAttempt: 2,
        event: "push",
        jobWorkflowRef: "acme/ci/.github/workflows/plan.yml@refs/heads/main",
        baseRef: null,
      },
      brought: { kind: "plan", plan: { formatVersion: "1.2" } },
    });
    expect(logged.join("")).toContain("a workflow has brought evidence");
    expect(logged.join("")).not.toContain("terraform_data");
    expect(JSON.parse((await post(plan, { query })).text)).toMatchObject({ again: true });
    expect(await kept()).toHaveLength(1);
  });

  test("may pack it, and is refused what is not packed as it says, or not what it says", async () => {
    const { post, kept } = await scene();
    const packed = Uint8Array.from(gzipSync(plan));
    const sha256 = digest(plan);
    const gzip = { "content-encoding": "gzip" };
    expect(await post(plan, { headers: gzip })).toMatchObject({
      status: 422,
      text: expect.stringContaining("gzip") as string,
    });
    expect((await post(packed.slice(0, -20), { query: { sha256 }, headers: gzip })).status).toBe(422);
    expect((await post(packed, { headers: gzip })).text).toContain("another SHA-256");
    expect((await post(plan, { headers: { "content-encoding": "br" } })).status).toBe(415);
    expect((await post(Uint8Array.from([0xff, 0xfe]))).text).toContain("UTF-8");
    expect(await kept()).toEqual([]);
    expect((await post(packed, { query: { sha256 }, headers: gzip })).status).toBe(202);
  });

  test("is refused more than is taken before it is in memory, also where little is sent that unpacks to much", async () => {
    const { post, kept, service, token } = await scene();
    const response = await new Promise<{ status: number; text: string }>((resolve, reject) => {
      const socket = new URL(service.url);
      import("node:http").then(({ request }) => {
        const sending = request(
          {
            host: socket.hostname,
            port: socket.port,
            method: "POST",
            path: `/evidence?kind=terraform-plan&sha256=${"0".repeat(64)}`,
            headers: { "content-length": 200 * 1024 * 1024, authorization: `Bearer ${token()}` },
          },
          (answer) => {
            let text = "";
            answer
              .on("data", (piece: Buffer) => (text += piece.toString()))
              .on("end", () => {
                sending.destroy();
                resolve({ status: answer.statusCode ?? 0, text });
              });
          },
        );
        sending.on("error", reject);
        sending.flushHeaders();
      }, reject);
    });
    expect(response).toMatchObject({ status: 413, text: expect.stringContaining("larger than 32 MiB") as string });
    const bomb = Uint8Array.from(gzipSync(Buffer.alloc(200 * 1024 * 1024)));
    const refused = await post(bomb, { headers: { "content-encoding": "gzip" } });
    expect(refused).toMatchObject({ status: 413, text: expect.stringContaining("larger than 32 MiB") as string });
    expect(await kept()).toEqual([]);
  });

  test.each([
    ["what kind it is", { kind: "notes" }, "kind"],
    ["a folder outside of the repository", { root: "../a" }, "root"],
    ["a folder from the root of a machine", { root: "/a" }, "root"],
    ["more than is asked for", { secret: "a" }, "unrecognized_keys"],
    ["a serial that is none", { serial: "-1" }, "serial"],
    ["a digest that is none", { sha256: "abc" }, "sha256"],
  ] as const)("is refused where the query does not say %s as it should", async (_, query, told) => {
    const { post, token: _unused } = await scene();
    const refused = await post(plan, { query });
    expect(refused).toMatchObject({ status: 400, text: expect.stringContaining(told) as string });
  });

  test("is refused once its run is over, for an event that the run is not for, and where the App is not", async () => {
    const { post, token, shop, run } = await scene();
    const bearing = (over: object) => ({ headers: { authorization: `Bearer ${token(over)}` } });
    expect((await post(plan, bearing({ event_name: "pull_request" }))).text).toContain("another event");
    expect((await post(plan, bearing({ repository: "other/shop" }))).text).toContain("not installed on other");
    // Another repository has had this name when the token was made.
    expect((await post(plan, bearing({ repository_id: "999" }))).text).toContain("does not show");
    expect((await post(plan, bearing({ run_attempt: "x" }))).text).toContain("run_attempt");
    expect((await post(plan, bearing({ aud: "https://other.example" }))).text).toContain("another audience");
    shop.endWorkflow(run);
    expect(await post(plan)).toMatchObject({ status: 403, text: expect.stringContaining("is over") as string });
  });

  test("has nobody to bring it to where the service does not know its address", async () => {
    const { post } = await scene(null);
    expect((await post(plan)).status).toBe(404);
  });
});

describe("the action", () => {
  /** A folder with a repository in it, and what a runner says to a step. */
  function workspace(files: Readonly<Record<string, string>>) {
    const folder = mkdtempSync(join(tmpdir(), "sallyport-action-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    mkdirSync(join(folder, "terraform/production/.terraform"), { recursive: true });
    for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text, { mode: 0o755 });
    return folder;
  }

  async function act(folder: string, env: Record<string, string>) {
    const child = spawn(process.execPath, [fileURLToPath(new URL("../action/plan/plan.mjs", import.meta.url))], {
      cwd: folder,
      env: { PATH: process.env["PATH"] ?? "", GITHUB_WORKSPACE: folder, INPUT_TRIES: "1", ...env },
    });
    let out = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (piece: Buffer) => (out += piece.toString()));
    const code = await new Promise<number | null>((resolve) => void child.on("close", resolve));
    return { code, out };
  }

  /** What hands out tokens to jobs, for the audience that is asked for. */
  async function tokenService(token: (audience: string) => string) {
    const server = createServer((request, response) => {
      const { searchParams } = new URL(request.url ?? "", "http://localhost");
      response.end(JSON.stringify({ value: token(searchParams.get("audience") ?? "") }));
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", () => resolve()));
    onTestFinished(() => void server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/token?x=1`;
  }

  /** Stands in for Terraform: shows the plan, its workspace and a state with a secret in it. */
  const terraform = `#!/bin/sh
case "$1 $2" in
  "show -json") cat "$4" ;;
  "workspace show") echo live ;;
  "state pull") echo '{"lineage":"l-1","serial":7,"resources":[{"secret":"hunter2"}]}' ;;
  *) exit 1 ;;
esac
`;
  const files = {
    "terraform/production/tfplan": plan,
    "terraform/production/terraform.sh": terraform,
    "terraform/production/.terraform/terraform.tfstate":
      '{"backend":{"type":"s3","hash":123,"config":{"access_key":"k"}}}',
  };

  async function sent(env: Record<string, string> = {}) {
    const shown = await scene("http://127.0.0.1:1");
    const { service, token, shop } = shown;
    const folder = workspace(files);
    const all = {
      INPUT_URL: service.url,
      INPUT_PLAN: "tfplan",
      "INPUT_WORKING-DIRECTORY": "terraform/production",
      INPUT_TERRAFORM: "./terraform.sh",
      INPUT_STATE: "mark",
      // The service is known under another address than the one that it listens on.
      ACTIONS_ID_TOKEN_REQUEST_URL: await tokenService(() => token()),
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request-token",
      GITHUB_REPOSITORY_ID: String(shop.state.id),
      ...env,
    };
    return { ...shown, ...(await act(folder, all)) };
  }

  test("sends the plan with its root, workspace and the marks of its state, and nothing of the state", async () => {
    const { code, out, kept } = await sent();
    expect([code, out]).toEqual([0, expect.stringContaining("Sallyport has taken it") as string]);
    const [evidence] = await kept();
    expect(evidence).toMatchObject({
      root: "terraform/production",
      workspace: "live",
      state: { lineage: "l-1", serial: 7, backend: expect.stringMatching(/^[0-9a-f]{64}$/u) as string },
      brought: { kind: "plan" },
    });
    expect(JSON.stringify(evidence)).not.toContain("hunter2");
    expect(out).not.toContain("hunter2");
  });

  test("does not read the state unless it is told to", async () => {
    const { kept } = await sent({ INPUT_STATE: "none" });
    expect((await kept())[0]?.state).toEqual({ lineage: null, serial: null, backend: null });
  });

  test.each([
    ["a refusal", { INPUT_PLAN: "terraform.sh" }, "refused (422)"],
    ["a repository that is not its own", { GITHUB_REPOSITORY_ID: "1" }, "another repository"],
    ["a job without the permission", { ACTIONS_ID_TOKEN_REQUEST_URL: "" }, "id-token: write"],
    ["a program that fails", { INPUT_TERRAFORM: "false" }, "failed"],
    ["neither a plan nor a report", { INPUT_PLAN: "" }, "either `plan` or `sarif`"],
    ["a folder elsewhere", { "INPUT_WORKING-DIRECTORY": ".." }, "outside of the repository"],
    ["an address without encryption", { INPUT_URL: "http://gate.example" }, "https"],
  ] as const)("fails on %s, or warns where it is told to", async (_, env, because) => {
    const failed = await sent(env);
    expect([failed.code, failed.out]).toEqual([
      1,
      expect.stringContaining("::error title=Not sent to Sallyport::") as string,
    ]);
    expect(failed.out).toContain(because);
    const warned = await sent({ ...env, INPUT_FAIL: "false" });
    expect([warned.code, warned.out]).toEqual([0, expect.stringContaining("::warning ") as string]);
  });
});
