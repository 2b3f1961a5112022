import { createSign, generateKeyPairSync } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { SimApp } from "../../src/sim/facade/app.ts";
import { type GitHub, startGitHub } from "../../src/sim/github.ts";
import type { Installation } from "../../src/sim/state/model.ts";
import type { Ceilings } from "../../src/sim/state/world.ts";

/** One key for all tests: making a pair takes longer than most of them. */
const testKey = generateKeyPairSync("rsa", { modulusLength: 2048 })
  .privateKey.export({ type: "pkcs8", format: "pem" })
  .toString();

export const START_MS = Date.UTC(2026, 0, 5, 9);

export class ManualClock {
  #now = START_MS;
  now(): number {
    return this.#now;
  }
  advance(ms: number): void {
    this.#now += ms;
  }
}

/** JSON of any shape, read by paths such as "check_runs.0.id". */
export class Json {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
  get(path: string): unknown {
    let value = this.value;
    for (const key of path.split("."))
      value = typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
    return value;
  }
  /** A text or a number as text. */
  text(path: string): string {
    return String(this.get(path));
  }
  /** One field of every element of a list. */
  each(field: string): unknown[] {
    return Array.isArray(this.value) ? this.value.map((element) => new Json(element).get(field)) : [];
  }
}

export interface Answer extends Pick<Json, "get" | "text" | "each"> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}
export type Client = (method: string, path: string, body?: unknown) => Promise<Answer>;

/** Asks the fake over HTTP as any client would. */
export function client(sim: GitHub, token?: string): Client {
  return async (method, path, body) => {
    const response = await fetch(path.startsWith("http") ? path : `${sim.url}${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        "content-type": "application/json",
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = new Json(text === "" ? undefined : JSON.parse(text));
    return {
      status: response.status,
      headers: response.headers,
      body: json.value,
      get: (field) => json.get(field),
      text: (field) => json.text(field),
      each: (field) => json.each(field),
    };
  };
}

/** An App JWT; the fields can be made wrong. */
export function jwt(
  app: SimApp,
  wrong: { readonly key?: string; readonly lifeSeconds?: number; readonly iss?: number } = {},
): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const iat = START_MS / 1000;
  const signed = `${part({ alg: "RS256", typ: "JWT" })}.${part({ iss: wrong.iss ?? app.id, iat, exp: iat + (wrong.lifeSeconds ?? 600) })}`;
  return `${signed}.${createSign("RSA-SHA256")
    .update(signed)
    .sign(wrong.key ?? app.privateKey, "base64url")}`;
}

/** A client with an installation token. */
export async function installationClient(
  sim: GitHub,
  app: SimApp,
  installation: Installation,
  asked: object = {},
): Promise<Client> {
  const answer = await client(sim, jwt(app))("POST", `/app/installations/${installation.id}/access_tokens`, asked);
  if (answer.status !== 201) throw new Error(`No token: ${JSON.stringify(answer.body)}`);
  return client(sim, answer.text("token"));
}

export interface Received extends Pick<Json, "get"> {
  readonly event: string;
  readonly guid: string;
  readonly signature: string;
  readonly raw: string;
  readonly body: unknown;
}

/** Receives webhooks and answers them with `status`. */
export class Receiver {
  readonly received: Received[] = [];
  status = 200;
  #server: Server | undefined;

  async listen(): Promise<string> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const raw = Buffer.concat(chunks).toString("utf8");
        const json = new Json(JSON.parse(raw));
        const header = (name: string): string => String(request.headers[name]);
        this.received.push({
          event: header("x-github-event"),
          guid: header("x-github-delivery"),
          signature: header("x-hub-signature-256"),
          raw,
          body: json.value,
          get: (field) => json.get(field),
        });
        response.writeHead(this.status).end();
      });
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    return `http://127.0.0.1:${address.port}/hook`;
  }

  async close(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
  }
}

/** An organisation with one repository, an agent's pull request in it, and an app that is installed there. */
export async function acme(
  options: {
    readonly ceilings?: Partial<Ceilings>;
    readonly events?: readonly string[];
    readonly webhookUrl?: string;
  } = {},
) {
  const clock = new ManualClock();
  const sim = await startGitHub({ clock, ...(options.ceilings === undefined ? {} : { ceilings: options.ceilings }) });
  const app = sim.app({
    slug: "sallyport",
    permissions: { checks: "write", contents: "read", pull_requests: "read", issues: "read", members: "read" },
    events: options.events ?? ["pull_request", "pull_request_review", "push", "issue_comment", "membership"],
    secret: "a secret",
    privateKey: testKey,
    ...(options.webhookUrl === undefined ? {} : { webhookUrl: options.webhookUrl }),
  });
  const org = sim.organization("acme");
  const personA = sim.user("person-a");
  const personB = sim.user("person-b");
  const reader = sim.user("reader");
  const agent = sim.user("Copilot", { id: 198_982_749, type: "Bot", appSlug: "copilot-swe-agent" });
  const repository = org.repository("infra", {
    files: { "main.tf": "one = 1\n", "k8s/api.yaml": "replicas: 2\n" },
    people: [
      [personA, "write"],
      [personB, "admin"],
      [reader, "read"],
      [agent, "write"],
    ],
  });
  const installation = app.install(org.account);
  repository.commit("feature", { files: { "k8s/api.yaml": "replicas: 20\n" }, by: agent });
  const pull = repository.openPullRequest({ head: "feature", by: agent, title: "More replicas" });
  return { clock, sim, app, org, personA, personB, reader, agent, repository, installation, pull };
}
