import type { z } from "zod";
import type { Deliveries } from "../webhooks/deliveries.ts";
import type { Actor, App, Level, Permissions, Repository, Role } from "../state/model.ts";
import { notFound, Refused } from "../state/refused.ts";
import type { World } from "../state/world.ts";
import type { Identity, Tokens } from "./tokens.ts";

/** One request, after its route was found and its sender recognised. */
export interface Call {
  readonly world: World;
  readonly tokens: Tokens;
  readonly deliveries: Deliveries;
  readonly identity: Identity;
  readonly query: URLSearchParams;
  readonly body: unknown;
  /** Scheme, host and port that the sender used. */
  readonly origin: string;
  /** What is left of the hour's requests. */
  readonly budget: Budget;
  /**
   * Lets the sender touch a repository for a purpose that the route alone does not tell, as GraphQL needs it.
   * @throws Refused 403 or 404
   */
  admit(repository: Repository, permissions: readonly Permissions[], person: Role): void;
  /** A part of the path, decoded. */
  param(name: string): string;
}

export interface Budget {
  readonly limit: number;
  readonly used: number;
  readonly resetMs: number;
}

/** A request about a repository that its sender may see. */
export interface RepositoryCall extends Call {
  readonly repository: Repository;
  readonly actor: Actor;
}

/** What a handler answers; lists are cut into pages by the server. */
export type Reply =
  | {
      readonly kind: "json";
      readonly status: number;
      readonly body: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly kind: "list"; readonly total: number; page(from: number, to: number): unknown };

/** Who may call a route. */
export type Access =
  | { readonly kind: "app" }
  | { readonly kind: "installation" }
  | { readonly kind: "anyone" }
  | {
      readonly kind: "repository" | "organization";
      /** What an installation token needs: one of these. */
      readonly permissions: readonly Permissions[];
      /** The role a person needs; "refused" where GitHub takes installation tokens only. */
      readonly person: Role | "refused";
    };

export interface Route {
  readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** GitHub's own template; a name with + spans slashes. */
  readonly path: string;
  readonly access: Access;
  /** Set where the route is about a repository; then `handle` gets a {@link RepositoryCall}. */
  readonly handle:
    | { readonly on: "call"; run(call: Call): Reply | Promise<Reply> }
    | { readonly on: "repository"; run(call: RepositoryCall): Reply };
}

export function route(
  method: Route["method"],
  path: string,
  access: Access,
  run: (call: Call) => Reply | Promise<Reply>,
): Route {
  return { method, path, access, handle: { on: "call", run } };
}

/** A route below /repos/{owner}/{repo}, read by anyone who may read the repository. */
export function read(path: string, permission: string, run: (call: RepositoryCall) => Reply): Route {
  return repositoryRoute("GET", path, [{ [permission]: "read" }], "read", run);
}

/** A route below /repos/{owner}/{repo} that changes something. */
export function change(
  method: "POST" | "PATCH" | "PUT" | "DELETE",
  path: string,
  permissions: readonly string[],
  person: Role | "refused",
  run: (call: RepositoryCall) => Reply,
): Route {
  const level: Level = "write";
  return repositoryRoute(
    method,
    path,
    permissions.map((name) => ({ [name]: level })),
    person,
    run,
  );
}

export function repositoryRoute(
  method: Route["method"],
  path: string,
  permissions: readonly Permissions[],
  person: Role | "refused",
  run: (call: RepositoryCall) => Reply,
): Route {
  return {
    method,
    path: `/repos/{owner}/{repo}${path}`,
    access: { kind: "repository", permissions, person },
    handle: { on: "repository", run },
  };
}

export function ok(body: unknown): Reply {
  return { kind: "json", status: 200, body };
}
export function created(body: unknown): Reply {
  return { kind: "json", status: 201, body };
}
export function noContent(): Reply {
  return { kind: "json", status: 204, body: undefined };
}

/** A list; only what is on the page asked for is rendered. */
export function list<T>(items: readonly T[], render: (item: T) => unknown): Reply {
  return { kind: "list", total: items.length, page: (from, to) => items.slice(from, to).map((item) => render(item)) };
}

/** A list inside an object with its count, as the checks and installation endpoints answer. */
export function countedList<T>(items: readonly T[], render: (item: T) => unknown, key: string): Reply {
  return {
    kind: "list",
    total: items.length,
    page: (from, to) => ({ total_count: items.length, [key]: items.slice(from, to).map((item) => render(item)) }),
  };
}

/** @throws Refused 422 naming the fields that do not fit. */
export function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const reasons = result.error.issues.map(({ path, message }) => `For 'properties/${path.join("/")}', ${message}`);
  throw new Refused(422, `Invalid request.\n\n${reasons.join("\n")}`);
}

/** A number in the path; what is no number does not exist. */
export function numberParam(call: Call, name: string): number {
  const text = call.param(name);
  if (!/^\d{1,15}$/.test(text)) throw notFound();
  return Number(text);
}

/** The app behind the request. @throws Refused 403 for everyone who is no app installation */
export function installedApp(call: Call): App {
  if (call.identity.kind !== "installation") throw new Refused(403, "You must authenticate via a GitHub App.");
  return call.identity.grant.installation.app;
}
