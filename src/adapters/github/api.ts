import { z } from "zod";
import { type Clock, RetryLater } from "../../app/ports.ts";
import type { Octokit } from "./app.ts";

/** What of octokit the adapters ask with. */
export type Api = Pick<Octokit, "request" | "graphql">;

/** Asks as an installation of the App. */
export type ApiFor = (installationId: number) => Promise<Api>;

/** One collection or publication: who asks, and until when. */
export interface Session {
  readonly api: Api;
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

/** GitHub refused, failed, or answered with something else than it documents. Trying again later may help; going on cannot. */
export class GitHubFailure extends Error {
  override readonly name = "GitHubFailure";
  /** HTTP status; null where there was no answer, or where it was not what GitHub documents. */
  readonly status: number | null;

  constructor(message: string, status: number | null, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

/** Values for the braces of a route and for its query or body. */
export type Parameters = Readonly<Record<string, unknown>>;

/** A list that may have been longer than what was read of it. */
export interface Listed<T> {
  readonly items: readonly T[];
  readonly complete: boolean;
}

/** One page of a list that is paged by cursors of its own, and the parameters of the one that follows; null: it is the last. */
export interface Along<T> {
  readonly items: readonly T[];
  readonly next: Parameters | null;
}

/** GitHub's most. https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api */
const perPage = 100;

const refusal = z.looseObject({ status: z.int() });
const graphqlRefusal = z.looseObject({
  errors: z.array(z.looseObject({ type: z.string().optional(), message: z.string() })),
  headers: z.record(z.string(), z.unknown()).optional(),
});

/** The parsed answer to one request, such as `GET /repos/{owner}/{repo}`. Throws `GitHubFailure` or `RetryLater`. */
export async function ask<T>(session: Session, route: string, given: Parameters, shape: z.ZodType<T>): Promise<T> {
  return (await answer(session, route, given, shape)).value;
}

/** As `ask`; null where GitHub answers with one of `absent`, by default 404. */
export async function askOrNull<T>(
  session: Session,
  route: string,
  given: Parameters,
  shape: z.ZodType<T>,
  absent: readonly number[] = [404],
): Promise<T | null> {
  try {
    return await ask(session, route, given, shape);
  } catch (failed) {
    if (failed instanceof GitHubFailure && failed.status !== null && absent.includes(failed.status)) return null;
    throw failed;
  }
}

/**
 * Every page of a list, up to `pagesLimit` pages of 100. `pick` takes the items out of a page that is an object. A full page is
 * followed even where the header that names the next one is missing.
 */
export async function askAll<T>(
  session: Session,
  route: string,
  given: Parameters,
  page: z.ZodType<readonly T[]>,
  pagesLimit: number,
): Promise<Listed<T>> {
  const items: T[] = [];
  for (let number = 1; number <= pagesLimit; number += 1) {
    const { value, more } = await answer(session, route, { ...given, per_page: perPage, page: number }, page);
    items.push(...value);
    if (!more && value.length < perPage) return { items, complete: true };
  }
  return { items, complete: false };
}

/** One page of a list, and whether another one follows. */
export async function askPage<T>(
  session: Session,
  route: string,
  given: Parameters & { readonly page: number },
  page: z.ZodType<readonly T[]>,
): Promise<{ readonly items: readonly T[]; readonly more: boolean }> {
  const { value, more } = await answer(session, route, { ...given, per_page: perPage }, page);
  return { items: value, more: more || value.length === perPage };
}

/** One page, as `given` names it, of a list that is paged by cursors. */
export async function askAlong<T>(
  session: Session,
  route: string,
  given: Parameters,
  page: z.ZodType<readonly T[]>,
): Promise<Along<T>> {
  const { value, next } = await answer(session, route, { per_page: perPage, ...given }, page);
  return { items: value, next: next === null ? null : { ...given, ...Object.fromEntries(next.searchParams) } };
}

/** Throws where GraphQL answers with any error: half an answer is none. */
export async function askGraphql<T>(
  session: Session,
  query: string,
  variables: Readonly<Record<string, unknown>>,
  shape: z.ZodType<T>,
): Promise<T> {
  const what = "POST /graphql";
  try {
    return parsed(what, shape, await session.api.graphql(query, { ...variables, request: { signal: session.signal } }));
  } catch (failed) {
    const refused = graphqlRefusal.safeParse(failed);
    if (!refused.success) throw asFailure(what, failed);
    const { errors, headers } = refused.data;
    const said = errors.map(({ type, message }) => `${type ?? "error"}: ${message}`).join("; ");
    // A used up limit arrives as an error in an answer with status 200.
    if (errors.some(({ type }) => type === "RATE_LIMITED")) {
      const resetSeconds = Number(headers?.["x-ratelimit-reset"]);
      const retryAtMs = resetSeconds > 0 ? resetSeconds * 1_000 : session.clock.now() + 60_000;
      throw new RetryLater(`GitHub refused ${what}: ${said}`, retryAtMs, { cause: failed });
    }
    throw new GitHubFailure(`GitHub could not answer ${what}: ${said}`, null, { cause: failed });
  }
}

async function answer<T>(
  { api, signal }: Session,
  route: string,
  given: Parameters,
  shape: z.ZodType<T>,
): Promise<{ readonly value: T; readonly more: boolean; readonly next: URL | null }> {
  const what = filled(route, given);
  try {
    const response = await api.request(route, { ...given, request: { signal } });
    const link = response.headers.link ?? "";
    const next = /<([^<>]+)>;\s*rel="next"/u.exec(link)?.[1] ?? "";
    return {
      value: parsed(what, shape, response.data),
      more: link.includes('rel="next"'),
      next: URL.canParse(next) ? new URL(next) : null,
    };
  } catch (failed) {
    throw asFailure(what, failed);
  }
}

function parsed<T>(what: string, shape: z.ZodType<T>, data: unknown): T {
  const result = shape.safeParse(data);
  if (result.success) return result.data;
  // Field names only: a value may be source, or whatever an author wrote.
  const where = result.error.issues.slice(0, 3).map(({ path, code }) => `${path.join(".")} (${code})`);
  throw new GitHubFailure(`GitHub answered ${what} with something else than it documents: ${where.join(", ")}`, null);
}

function asFailure(what: string, failed: unknown): unknown {
  if (failed instanceof RetryLater || failed instanceof GitHubFailure) return failed;
  const { success, data } = refusal.safeParse(failed);
  const said = failed instanceof Error ? failed.message : String(failed);
  return new GitHubFailure(`Cannot ask GitHub ${what}: ${said}`, success ? data.status : null, { cause: failed });
}

function filled(route: string, given: Parameters): string {
  return route.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(given[name]));
}

/** Null where GitHub has no such commit, or whatever is asked for, any more: it answers 404, and 422 for a SHA that names nothing. */
export async function orGone<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (failed) {
    if (failed instanceof GitHubFailure && (failed.status === 404 || failed.status === 422)) return null;
    throw failed;
  }
}
