// A job asks over HTTP whether it may deploy, with the token of its run; and the action that asks for it.
import { spawn } from "node:child_process";
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { start } from "../src/main.ts";
import { realParts } from "../src/parts.ts";
import { startGitHub } from "../src/sim/github.ts";
import { manifest } from "./service.ts";
import { testDatabase } from "./contracts/stores.ts";

const publicUrl = "https://gate.example";
const policy = `version: 1
environments:
  production: { deployments: [production], deployed_by: ["workflow:.github/workflows/deploy.yml@refs/heads/main"] }
`;

/** Keys take long to make; every test has its own issuer all the same. */
const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });

/** An issuer of tokens, which the service knows by the address of the API: below it stands whoever signs for Actions. */
async function issuer() {
  let answers = 0;
  let broken = false;
  const server = createServer((request, response) => {
    answers += 1;
    if (broken || request.url !== "/_services/token/.well-known/jwks") {
      response.writeHead(500).end();
      return;
    }
    const key = { ...pair.publicKey.export({ format: "jwk" }), kid: "k1", alg: "RS256", use: "sig" };
    response.end(JSON.stringify({ keys: [{ kty: "EC", kid: "other" }, key] }));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", () => resolve()));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    asked: () => answers,
    break: () => {
      broken = true;
    },
  };
}

function jwt(
  claims: object,
  { key = pair.privateKey, header = {} }: { key?: KeyObject; header?: object } = {},
): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "RS256", typ: "JWT", kid: "k1", ...header })}.${part(claims)}`;
  return `${signed}.${sign("RSA-SHA256", Buffer.from(signed), key).toString("base64url")}`;
}

async function scene(url: string | null = publicUrl) {
  const database = await testDatabase("sqlite");
  onTestFinished(() => database.destroy());
  const github = await startGitHub({ clock: { now: () => Date.now() } });
  onTestFinished(() => github.stop());
  const keys = await issuer();
  const app = github.app({ slug: "sallyport", permissions: manifest.default_permissions, events: [], secret: "s" });
  const actions = github.app({ slug: "github-actions", id: 15_368, botId: 41_898_282, permissions: {}, events: [] });
  const acme = github.organization("acme");
  const person = github.user("person-a");
  acme.member(person);
  const shop = acme.repository("shop", {
    files: { ".github/sallyport.yml": policy },
    people: [[person, "admin"]],
    private: true,
  });
  shop.protect({ requiredChecks: [{ context: "sallyport", app: app.state }] });
  app.install(acme.account);
  const deploy = { path: ".github/workflows/deploy.yml", event: "push", branch: "main", actor: person };
  const sha = (): string => shop.state.refs.get("refs/heads/main") ?? "";
  /** It deploys, and that is proved: the environment has no rule that would stop it. */
  const deployed = () =>
    shop.startDeployment(actions.state, {
      environment: "production",
      ends: "success",
      run: { ...deploy, sha: sha(), job: "deploy" },
    });
  const running = () => shop.runWorkflow(actions.state, { ...deploy, sha: sha(), conclusion: null });
  const config = {
    appId: app.id,
    privateKey: app.privateKey,
    webhookSecret: "s",
    enforcer: null,
    store: database.location,
    host: "127.0.0.1",
    port: 0,
    githubApiUrl: github.url,
    publicUrl: url,
    adminToken: null,
    signalsSecret: null,
    logLevel: "silent",
    helm: null,
  } as const;
  const real = realParts(config);
  // The fake GitHub signs nothing: its issuer is a server of its own.
  const parts: typeof real = {
    ...real,
    fetch: async (input, init) => {
      const address = new URL(input instanceof Request ? input.url : input);
      const below = address.pathname.startsWith("/_services/token/");
      return await real.fetch(below ? `${keys.origin}${address.pathname}` : input, init);
    },
  };
  const service = await start(config, parts);
  onTestFinished(() => service.stop());
  await vi.waitFor(() => expect(service.composed.app.skewMs()).not.toBeNull());
  await service.composed.loop.runDue();
  const nowSeconds = Math.floor(Date.now() / 1_000);
  let tokens = 0;
  const claimsOf = (run: { readonly id: number }, over: object = {}): object => ({
    iss: `${github.url}/_services/token`,
    aud: publicUrl,
    jti: `t${(tokens += 1)}`,
    iat: nowSeconds,
    nbf: nowSeconds - 10,
    exp: nowSeconds + 300,
    repository: "acme/shop",
    repository_id: String(shop.state.id),
    run_id: String(run.id),
    sha: sha(),
    ref: "refs/heads/main",
    job_workflow_ref: "acme/shop/.github/workflows/deploy.yml@refs/heads/main",
    environment: "production",
    ...over,
  });
  const post = async (token: string | null): Promise<{ readonly status: number; readonly text: string }> => {
    const headers = token === null ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(`${service.url}/gate`, { method: "POST", headers });
    return { status: response.status, text: await response.text() };
  };
  const settled = async (): Promise<void> => {
    do await github.deliveries.flush();
    while ((await service.composed.loop.runDue()) > 0);
  };
  /** Asks until it has been judged. */
  const ask = async (run: { readonly id: number }, over: object = {}): Promise<unknown> => {
    const first = await post(jwt(claimsOf(run, over)));
    expect(first).toMatchObject({ status: 200, text: expect.stringContaining('"judging"') as string });
    await settled();
    return JSON.parse((await post(jwt(claimsOf(run, over)))).text);
  };
  return { github, keys, service, shop, person, deployed, running, claimsOf, post, ask, settled, sha };
}

describe("a job that asks", () => {
  test("is approved for its own run, environment and commit, once it has been judged", async () => {
    const { shop, deployed, running, ask, sha } = await scene();
    deployed();
    const run = running();
    expect(await ask(run)).toMatchObject({
      schema: "sallyport.gate/1",
      answer: "approved",
      repository_id: shop.state.id,
      run_id: run.id,
      environment: "production",
      sha: sha(),
      comment: expect.stringContaining("**Approved.**") as string,
    });
  });

  test("waits while something is missing, and is rejected for another commit than its run's", async () => {
    const { running, ask, deployed } = await scene();
    const run = running();
    expect(await ask(run)).toMatchObject({ answer: "waits", comment: expect.stringContaining("Held") as string });
    deployed();
    expect(await ask(running(), { sha: "d".repeat(40) })).toMatchObject({ answer: "rejected" });
  });

  test("is rejected once its run is over, and for a run of another repository", async () => {
    const { running, ask, shop } = await scene();
    const run = running();
    shop.endWorkflow(run);
    expect(await ask(run)).toMatchObject({ answer: "rejected" });
    expect(await ask({ id: run.id + 999 })).toMatchObject({ answer: "rejected" });
  });

  test("is not answered by a judgement that a halt has overtaken", async () => {
    const { running, ask, deployed, service, post, claimsOf, settled } = await scene();
    deployed();
    const run = running();
    expect(await ask(run)).toMatchObject({ answer: "approved" });
    const [place] = (await service.composed.store.places.list()).filter(({ repository }) => repository !== null);
    const scope = { kind: "installation", installationId: place?.installationId ?? 0 } as const;
    const by = { kind: "operator", name: "night shift" } as const;
    await service.composed.store.decisions.record({
      id: "h",
      kind: "halt",
      by,
      atMs: Date.now(),
      reason: "",
      scope,
      stops: "everyone",
    });
    expect((await post(jwt(claimsOf(run)))).text).toContain('"judging"');
    await settled();
    expect((await post(jwt(claimsOf(run)))).text).toContain('"rejected"');
  });
});

describe("a token", () => {
  const other = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  const seconds = Math.floor(Date.now() / 1_000);
  test.each([
    ["that is missing", null, "There is no token"],
    ["that is none", "abc", "no token of a job"],
    ["of another issuer", { iss: "https://evil.example" }, "another issuer"],
    ["for another audience", { aud: "https://other.example" }, "another audience"],
    ["for several audiences", { aud: [publicUrl, "https://other.example"] }, "aud"],
    ["that has ended", { exp: seconds - 5 }, "has ended"],
    ["that begins later", { nbf: seconds + 900 }, "begins in the future"],
    ["that was made later", { iat: seconds + 900 }, "begins in the future"],
    ["that is old", { iat: seconds - 3_600 }, "too old"],
    ["of a job without an environment", { environment: undefined }, "names no environment"],
    ["without a name of its own", { jti: undefined }, "jti"],
    ["without a run", { run_id: "x" }, "run_id"],
    ["of a repository that is none", { repository: "acme" }, "repository"],
    ["of an owner where the App is not", { repository: "other/shop" }, "not installed"],
  ] as const)("%s is refused", async (_, over, because) => {
    const { post, claimsOf, running } = await scene();
    const token = over === null || typeof over === "string" ? over : jwt(claimsOf(running(), over));
    expect(await post(token)).toMatchObject({ status: 401, text: expect.stringContaining(because) as string });
  });

  test("that nobody signed, or somebody else, is refused", async () => {
    const { post, claimsOf, running } = await scene();
    const claims = claimsOf(running());
    const none = `${Buffer.from('{"alg":"none","kid":"k1"}').toString("base64url")}.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.`;
    const [header, , signature] = jwt(claims).split(".");
    const edited = `${header ?? ""}.${Buffer.from(JSON.stringify({ ...claims, sha: "d".repeat(40) })).toString("base64url")}.${signature ?? ""}`;
    const forged = [
      none,
      edited,
      jwt(claims, { key: other }),
      jwt(claims, { header: { kid: "k2" } }),
      jwt(claims, { header: { alg: "HS256" } }),
    ];
    for (const token of forged) expect((await post(token)).status).toBe(401);
  });

  test("is taken once", async () => {
    const { post, claimsOf, running } = await scene();
    const token = jwt(claimsOf(running()));
    expect((await post(token)).status).toBe(200);
    expect(await post(token)).toMatchObject({ status: 401, text: expect.stringContaining("used before") as string });
  });

  test("proves nothing while the keys of its issuer cannot be had, which are asked for once and kept", async () => {
    const { post, claimsOf, running, keys } = await scene();
    const run = running();
    for (let times = 0; times < 3; times += 1) await post(jwt(claimsOf(run)));
    await post(jwt(claimsOf(run), { header: { kid: "unheard-of" } }));
    expect(keys.asked()).toBe(1);
    const broken = await scene();
    broken.keys.break();
    expect((await broken.post(jwt(broken.claimsOf(broken.running())))).status).toBe(500);
  });
});

test("without an address of its own the service answers no job", async () => {
  const { post, claimsOf, running } = await scene(null);
  expect((await post(jwt(claimsOf(running())))).status).toBe(404);
});

describe("the action", () => {
  /** What stands in for Sallyport and for GitHub's issuer: answers one after the other, the last one for ever. */
  async function act(
    answers: readonly { readonly status?: number; readonly body: unknown }[],
    env: Record<string, string> = {},
  ) {
    const left = [...answers];
    const requests: { readonly url: string; readonly authorization: string }[] = [];
    const server = createServer((request, response) => {
      requests.push({ url: request.url ?? "", authorization: request.headers.authorization ?? "" });
      if (request.url?.startsWith("/token") === true) {
        response.end(JSON.stringify({ value: "the-token" }));
        return;
      }
      const answer = left.length > 1 ? left.shift() : left[0];
      response.writeHead(answer?.status ?? 200);
      response.end(typeof answer?.body === "string" ? answer.body : JSON.stringify(answer?.body));
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", () => resolve()));
    onTestFinished(() => void server.close());
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const child = spawn(process.execPath, [fileURLToPath(new URL("../action/gate/gate.mjs", import.meta.url))], {
      env: {
        INPUT_URL: `${origin}/`,
        "INPUT_TIMEOUT-MINUTES": "0.001",
        ACTIONS_ID_TOKEN_REQUEST_URL: `${origin}/token?x=1`,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request-token",
        GITHUB_RUN_ID: "88",
        GITHUB_SHA: "a".repeat(40),
        GITHUB_REPOSITORY_ID: "7",
        ...env,
      },
    });
    let out = "";
    child.stdout.on("data", (piece: Buffer) => {
      out += piece.toString();
    });
    const code = await new Promise<number | null>((resolve) => void child.on("close", resolve));
    return { code, out, requests, origin };
  }
  const answer = (over: object) => ({
    body: { schema: "sallyport.gate/1", repository_id: 7, run_id: 88, sha: "a".repeat(40), comment: "So.", ...over },
  });

  test("lets the job go on when it is approved, with a token for that address alone", async () => {
    const { code, requests, origin } = await act([answer({ answer: "approved" })]);
    expect(code).toBe(0);
    expect(requests).toEqual([
      { url: `/token?x=1&audience=${encodeURIComponent(origin)}`, authorization: "Bearer request-token" },
      { url: "/gate", authorization: "Bearer the-token" },
    ]);
  });

  test.each([
    ["a rejection", answer({ answer: "rejected" })],
    ["what waits for longer than it may", answer({ answer: "waits" })],
    ["what is being judged for longer than it may", answer({ answer: "judging" })],
    ["an approval of another run", answer({ answer: "approved", run_id: 89 })],
    ["an approval of another commit", answer({ answer: "approved", sha: "b".repeat(40) })],
    ["an approval of another repository", answer({ answer: "approved", repository_id: 8 })],
    ["an answer that it does not know", answer({ answer: "allow" })],
    ["another form", answer({ schema: "sallyport.gate/2", answer: "approved" })],
    ["no JSON", { body: "approved" }],
    ["nothing at all", { body: "null" }],
    ["a refusal", { status: 401, body: "no" }],
    ["a failure", { status: 500, body: "approved" }],
    ["a redirect", { status: 302, body: "approved" }],
    ["another success", { status: 204, body: "" }],
  ] as const)("fails on %s", async (_, given) => {
    expect((await act([given])).code).toBe(1);
  });

  test("fails where GitHub gives no token, or the address is none", async () => {
    const approved = [answer({ answer: "approved" })];
    const without = await act(approved, { ACTIONS_ID_TOKEN_REQUEST_URL: "" });
    expect([without.code, without.out]).toEqual([1, expect.stringContaining("id-token: write")]);
    expect((await act(approved, { INPUT_URL: "http://gate.example" })).code).toBe(1);
    expect((await act(approved, { "INPUT_TIMEOUT-MINUTES": "soon" })).code).toBe(1);
  });

  test("writes no command of the runner that an answer holds", async () => {
    const { out } = await act([answer({ answer: "rejected", comment: "a\n::set-output name=x::y\n::error::z" })]);
    expect(out.split("\n").filter((line) => line.startsWith("::set-output"))).toEqual([]);
  });
});
