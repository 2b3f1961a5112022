import { z } from "zod";
import { AlarmRefused, type Alarms } from "../../app/alarms.ts";
import type { Clock } from "../../app/ports.ts";
import { type Alarm, alarmKey, type AlarmPlace, happenedMs } from "../../core/alarms/alarm.ts";
import { alarmText, markerOf } from "../../core/alarms/text.ts";
import { isoMoment } from "../../core/moments.ts";
import { type ApiFor, ask, askAll, askOrNull, GitHubFailure, type Parameters, type Session } from "./api.ts";

/** What raising needs. */
export interface AlarmParts {
  readonly apiFor: ApiFor;
  readonly clock: Clock;
  /** Only what this App wrote is an alarm of ours: anybody can write a marker. */
  readonly appId: number;
  /** GitHub's own address, as `https://github.com`. */
  readonly site: string;
}

type Where = { readonly owner: string; readonly repo: string };

const pagesLimit = 10;
/** GitHub's moments have whole seconds; nobody answers an alarm faster than that it would matter to look at a minute more. */
const marginMs = 60_000;

const writtenShape = z.looseObject({
  body: z.string().nullish(),
  user: z.looseObject({ type: z.string() }).nullable(),
  performed_via_github_app: z.looseObject({ id: z.int() }).nullish(),
});
const issueShape = writtenShape.extend({ number: z.int(), state: z.string() });
const commentShape = writtenShape.extend({ id: z.int() });
const accountShape = z.looseObject({ login: z.string() });

/**
 * Raises alarms as issues and comments. Both are written with `issues: write`.
 * https://docs.github.com/en/rest/issues/issues https://docs.github.com/en/rest/issues/comments
 */
export class GitHubAlarms implements Alarms {
  readonly #parts: AlarmParts;

  constructor(parts: AlarmParts) {
    this.#parts = parts;
  }

  /** Throws `AlarmRefused`, `GitHubFailure` or `RetryLater`. */
  async raise(installationId: number, alarm: Alarm, place: AlarmPlace, signal: AbortSignal): Promise<number> {
    const session = await this.#session(installationId, signal);
    const where = whereOf(alarm, place);
    try {
      switch (place.kind) {
        case "issue":
          return await this.#asIssue(session, alarm, where);
        case "comment":
          return await this.#asComment(session, alarm, { ...where, issue_number: place.number });
      }
    } catch (failed) {
      throw refusedOr(failed, alarm, where);
    }
  }

  /** Throws `GitHubFailure` or `RetryLater`. */
  async lift(
    installationId: number,
    { repository, number }: { readonly repository: string; readonly number: number },
    signal: AbortSignal,
  ): Promise<void> {
    const session = await this.#session(installationId, signal);
    const given = { ...partsOf(repository), issue_number: number };
    const route = "/repos/{owner}/{repo}/issues/{issue_number}";
    const stands = await askOrNull(session, `GET ${route}`, given, issueShape, [404, 410]);
    if (stands?.state === "open") await ask(session, `PATCH ${route}`, { ...given, state: "closed" }, issueShape);
  }

  async #asIssue(session: Session, alarm: Alarm, where: Where): Promise<number> {
    const sinceMs = happenedMs(alarm);
    // A state that lasts has an open issue. Of a happening it does not matter whether somebody has closed it.
    const only: Parameters = sinceMs === null ? { state: "open" } : { state: "all", since: since(sinceMs) };
    const route = "/repos/{owner}/{repo}/issues";
    const { items } = await askAll(session, `GET ${route}`, { ...where, ...only }, z.array(issueShape), pagesLimit);
    const stands = items.find((one) => this.#isOurs(one, alarm));
    if (stands !== undefined) return stands.number;
    const { title, body } = await this.#text(session, alarm);
    return (await ask(session, `POST ${route}`, { ...where, title, body }, issueShape)).number;
  }

  async #asComment(session: Session, alarm: Alarm, at: Where & { readonly issue_number: number }): Promise<number> {
    const sinceMs = happenedMs(alarm);
    const only: Parameters = sinceMs === null ? {} : { since: since(sinceMs) };
    const route = "/repos/{owner}/{repo}/issues/{issue_number}/comments";
    const { items } = await askAll(session, `GET ${route}`, { ...at, ...only }, z.array(commentShape), pagesLimit);
    const stands = items.find((one) => this.#isOurs(one, alarm));
    if (stands !== undefined) return stands.id;
    const { body } = await this.#text(session, alarm);
    return (await ask(session, `POST ${route}`, { ...at, body }, commentShape)).id;
  }

  /** Written by the App as itself: a person who writes through it is somebody else. */
  #isOurs({ body, user, performed_via_github_app: app }: z.infer<typeof writtenShape>, alarm: Alarm): boolean {
    return app?.id === this.#parts.appId && user?.type === "Bot" && body?.includes(markerOf(alarm)) === true;
  }

  async #text(session: Session, alarm: Alarm): Promise<{ readonly title: string; readonly body: string }> {
    const id = "way" in alarm ? alarm.way.actorId : null;
    const route = "GET /user/{account_id}";
    const account = id === null ? null : await askOrNull(session, route, { account_id: id }, accountShape);
    return alarmText(alarm, { site: this.#parts.site, actor: account?.login ?? null });
  }

  async #session(installationId: number, signal: AbortSignal): Promise<Session> {
    const { apiFor, clock } = this.#parts;
    return { api: await apiFor(installationId), signal, clock };
  }
}

/** Throws `AlarmRefused` for a repository of another owner: no installation reaches beyond its own. */
function whereOf({ repository }: Alarm, place: AlarmPlace): Where {
  if (place.kind === "comment") return { owner: repository.owner, repo: repository.name };
  const where = partsOf(place.repository);
  if (where.owner.toLowerCase() === repository.owner.toLowerCase()) return where;
  throw new AlarmRefused(
    `Cannot raise an alarm of ${repository.owner}/${repository.name} in ${place.repository}: it belongs to another owner. Name a repository of ${repository.owner} under \`alarms.issues\`.`,
  );
}

function partsOf(repository: string): Where {
  const [owner = "", repo = ""] = repository.split("/");
  return { owner, repo };
}

function since(happened: number): string {
  return isoMoment(happened - marginMs);
}

function refusedOr(failed: unknown, alarm: Alarm, { owner, repo }: Where): unknown {
  const because = failed instanceof GitHubFailure && failed.status !== null ? refusals.get(failed.status) : undefined;
  if (because === undefined) return failed;
  return new AlarmRefused(`Cannot raise the alarm ${alarmKey(alarm)} in ${owner}/${repo}: ${because}`, {
    cause: failed,
  });
}

const refusals: ReadonlyMap<number, string> = new Map([
  [
    403,
    "GitHub forbids it. The App needs `issues: write`, accepted by an owner, and the repository must not be archived.",
  ],
  [
    404,
    "GitHub knows no such repository or pull request. Install the App on it, or name another one under `alarms.issues`.",
  ],
  [410, "its issues are disabled. Switch them on, or name another repository under `alarms.issues`."],
]);
