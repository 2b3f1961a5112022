import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Deliveries } from "../webhooks/deliveries.ts";
import type { Permissions, Repository } from "../state/model.ts";
import { Refused } from "../state/refused.ts";
import type { World } from "../state/world.ts";
import { actorOf, admit, admitToRepository, isVisible } from "./access.ts";
import type { Access, Call, Reply, Route } from "./call.ts";
import { type Fault, Faults } from "./faults.ts";
import { RateLimit } from "./limits.ts";
import { SecondaryLimits } from "./secondary-limits.ts";
import { RequestLog } from "./request-log.ts";
import { Router } from "./router.ts";
import type { Identity, Tokens } from "./tokens.ts";

const PAGE_DEFAULT = 30;
const PAGE_LIMIT = 100;
const BODY_LIMIT_BYTES = 100 * 1024 * 1024;

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

interface Progress {
  route: string;
  sender: string;
  used: Permissions | null;
  headers: Record<string, string>;
  fault: Fault | undefined;
}

/** The HTTP side of the fake: finds the route, recognises the sender, counts, refuses, pages, and fails on order. */
export class ApiServer {
  readonly log = new RequestLog();
  readonly faults = new Faults();
  readonly rateLimit: RateLimit;
  readonly secondary: SecondaryLimits;
  readonly #world: World;
  readonly #tokens: Tokens;
  readonly #deliveries: Deliveries;
  readonly #router: Router;
  readonly #server: Server;

  constructor(world: World, tokens: Tokens, deliveries: Deliveries, routes: readonly Route[]) {
    this.#world = world;
    this.#tokens = tokens;
    this.#deliveries = deliveries;
    this.rateLimit = new RateLimit(world);
    this.secondary = new SecondaryLimits(world);
    this.#router = new Router(routes);
    this.#server = createServer((request, response) => {
      void this.#serve(request, response);
    });
  }

  /** Listens on a free port of the loopback interface. @returns the base URL of REST; GraphQL is at /graphql */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const address = this.#server.address();
    if (address === null || typeof address === "string")
      throw new Error("Cannot listen on 127.0.0.1: no port was given.");
    return `http://127.0.0.1:${address.port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve, reject) => this.#server.close((error) => (error ? reject(error) : resolve())));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", `http://${request.headers.host ?? "127.0.0.1"}`);
    const method = request.method ?? "GET";
    const progress: Progress = { route: url.pathname, sender: "anonymous", used: null, headers: {}, fault: undefined };
    let answer: Answer;
    try {
      answer = await this.#answer(request, method, url, progress);
    } catch (error) {
      answer = errorAnswer(error);
    }
    this.log.add({
      method,
      route: progress.route,
      path: url.pathname + url.search,
      status: answer.status,
      sender: progress.sender,
      used: progress.used,
    });
    this.#send(response, answer, progress);
  }

  async #answer(request: IncomingMessage, method: string, url: URL, progress: Progress): Promise<Answer> {
    const bytes = await readBody(request);
    const match = this.#router.find(method, url.pathname);
    progress.route = match?.route.path ?? url.pathname;
    progress.fault = this.faults.take({ method, route: progress.route, path: url.pathname + url.search });
    if (progress.fault?.kind === "status") return faultAnswer(progress.fault);
    const identity = this.#tokens.identify(request.headers.authorization);
    progress.sender = senderOf(identity);
    const { exceeded, budget, headers } = this.rateLimit.take(
      identity,
      url.pathname === "/graphql" ? "graphql" : "core",
    );
    progress.headers = headers;
    if (exceeded) return exceededAnswer(url.pathname, progress.sender);
    const pauseSeconds = this.secondary.begin(identity, {
      method,
      route: progress.route,
      body: bytes.toString("utf8"),
    });
    if (pauseSeconds !== null) return pausedAnswer(pauseSeconds);
    try {
      return await this.#serveRoute(match, { identity, budget, bytes, url, method }, progress);
    } finally {
      this.secondary.end(identity);
    }
  }

  async #serveRoute(
    match: ReturnType<Router["find"]>,
    {
      identity,
      budget,
      bytes,
      url,
      method,
    }: {
      readonly identity: Identity;
      readonly budget: Call["budget"];
      readonly bytes: Buffer;
      readonly url: URL;
      readonly method: string;
    },
    progress: Progress,
  ): Promise<Answer> {
    // GitHub says 404. Here it would pass for "there is no such thing" where only the fake has a gap.
    if (match === undefined) throw new Refused(501, `The fake GitHub does not know ${method} ${url.pathname} yet.`);
    const param = (name: string): string | undefined => match.params.get(name);
    if (match.route.access.kind === "repository")
      progress.headers["x-accepted-github-permissions"] = acceptedPermissions(match.route.access);
    const admission = admit(this.#world, identity, match.route.access, param);
    progress.used = admission.used;
    const call: Call = {
      world: this.#world,
      tokens: this.#tokens,
      deliveries: this.#deliveries,
      identity,
      query: url.searchParams,
      body: parseJson(bytes),
      origin: url.origin,
      budget,
      admit: (repository, permissions, person) => {
        if (!isVisible(this.#world, identity, repository)) throw new Refused(404, "Not Found");
        const { used } = admitToRepository(this.#world, identity, { permissions, person }, repository);
        progress.used = { ...progress.used, ...used };
      },
      param: (name) => param(name) ?? "",
    };
    return paged(await run(match.route, call, admission.repository), url);
  }

  #send(response: ServerResponse, answer: Answer, progress: Progress): void {
    if (progress.fault?.kind === "hang") return;
    const text = answer.body === undefined ? "" : JSON.stringify(answer.body);
    // Readers compare their clock with this header, so it must come from the clock that was handed in.
    response.sendDate = false;
    const headers: Record<string, string | number> = {
      date: new Date(this.#world.now()).toUTCString(),
      "content-type": "application/json; charset=utf-8",
      "x-github-request-id": `FAKE:${this.log.entries.length}`,
      "x-github-media-type": "github.v3; format=json",
      ...progress.headers,
      ...answer.headers,
    };
    if (progress.fault?.kind === "cut") {
      response.writeHead(answer.status, { ...headers, "content-length": Buffer.byteLength(text) });
      response.write(text.slice(0, Math.floor(text.length / 2)), () => response.destroy());
      return;
    }
    response.writeHead(answer.status, headers);
    response.end(text);
  }
}

async function run(route: Route, call: Call, repository: Repository | null): Promise<Reply> {
  if (route.handle.on === "call") return route.handle.run(call);
  if (repository === null) throw new Refused(404, "Not Found");
  // A reader without a token has no account; what it reads is attributed to nobody, and it may change nothing.
  const actor = actorOf(call.identity) ?? { account: call.world.account("ghost"), app: null };
  return route.handle.run({ ...call, repository, actor });
}

function paged(reply: Reply, url: URL): Answer {
  if (reply.kind === "json") return { status: reply.status, body: reply.body, headers: reply.headers ?? {} };
  const size = clamp(url.searchParams.get("per_page"), PAGE_DEFAULT, PAGE_LIMIT);
  const page = clamp(url.searchParams.get("page"), 1, Number.MAX_SAFE_INTEGER);
  const last = Math.max(1, Math.ceil(reply.total / size));
  const link = (number: number, rel: string): string => {
    const target = new URL(url);
    target.searchParams.set("page", String(number));
    return `<${target.href}>; rel="${rel}"`;
  };
  const links = [
    ...(page > 1 ? [link(page - 1, "prev")] : []),
    ...(page < last ? [link(page + 1, "next"), link(last, "last")] : []),
    ...(page > 1 ? [link(1, "first")] : []),
  ];
  const from = (page - 1) * size;
  return {
    status: 200,
    body: reply.page(from, from + size),
    headers: links.length === 0 ? {} : { link: links.join(", ") },
  };
}

function clamp(text: string | null, fallback: number, most: number): number {
  const number = Number(text ?? fallback);
  return Number.isInteger(number) && number >= 1 ? Math.min(number, most) : fallback;
}

function errorAnswer(error: unknown): Answer {
  if (!(error instanceof Refused)) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { status: 500, body: { message: `The fake GitHub failed: ${reason}` }, headers: {} };
  }
  const errors = error.errors.length === 0 ? {} : { errors: error.errors };
  return {
    status: error.status,
    body: {
      message: error.message,
      ...errors,
      documentation_url: "https://docs.github.com/rest",
      status: String(error.status),
    },
    headers: {},
  };
}

function faultAnswer(fault: Extract<Fault, { kind: "status" }>): Answer {
  return {
    status: fault.status,
    body: { message: fault.message ?? "The request was made to fail." },
    headers: fault.headers ?? {},
  };
}

/** REST answers 403; GraphQL answers 200 with an error in the body. */
function exceededAnswer(pathname: string, sender: string): Answer {
  const message = `API rate limit exceeded for ${sender}.`;
  return pathname === "/graphql"
    ? { status: 200, body: { errors: [{ type: "RATE_LIMITED", message }] }, headers: {} }
    : { status: 403, body: { message, documentation_url: "https://docs.github.com/rest" }, headers: {} };
}

/** GitHub's own words, without which a 403 may as well be a missing permission. */
function pausedAnswer(seconds: number): Answer {
  return {
    status: 403,
    body: {
      message: "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
      documentation_url: "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api",
    },
    headers: { "retry-after": String(seconds) },
  };
}

function acceptedPermissions(access: Extract<Access, { kind: "repository" | "organization" }>): string {
  return access.permissions
    .map((each) =>
      Object.entries(each)
        .map(([name, level]) => `${name}=${level}`)
        .join(","),
    )
    .join("; ");
}

function senderOf(identity: Identity): string {
  switch (identity.kind) {
    case "installation":
      return `installation ${identity.grant.installation.id}`;
    case "user":
      return `account ${identity.account.id}`;
    case "app":
      return `app ${identity.app.id}`;
    case "anonymous":
      return "anonymous";
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk as Uint8Array);
    size += bytes.length;
    if (size > BODY_LIMIT_BYTES) throw new Refused(413, "Request body too large");
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) return {};
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    throw new Refused(400, "Problems parsing JSON");
  }
}
