import { z } from "zod";
import type { Gap } from "../../../core/change/change-set.ts";
import type { Clock, RightsSource } from "../../../app/ports.ts";
import type {
  Account,
  Administrators,
  Permission,
  PersonFacts,
  ReviewFacts,
  TeamFacts,
  Writers,
} from "../../../core/facts.ts";
import type { Repository } from "../../../core/subject.ts";
import { byCodeUnits } from "../../../lib/order.ts";
import { type ApiFor, askAll, askOrNull, askPage, GitHubFailure, type Session } from "../api.ts";
import { accountOrNull, accountShape, moment, sha } from "../shapes.ts";
import { missing } from "./gap.ts";
import { organisationRepository } from "./policies.ts";

const pagesLimit = 30;

const reviewShape = z.looseObject({
  id: z.int(),
  user: accountOrNull,
  state: z.enum(["APPROVED", "CHANGES_REQUESTED", "COMMENTED", "DISMISSED", "PENDING"]),
  commit_id: sha.nullish(),
  submitted_at: moment.optional(),
});

/** All submitted reviews, in the order of their ids. */
export async function listReviews(
  session: Session,
  { owner, name: repo }: Repository,
  number: number,
): Promise<{ readonly reviews: readonly ReviewFacts[]; readonly gaps: readonly Gap[] }> {
  const route = "GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews";
  const given = { owner, repo, pull_number: number };
  const { items, complete } = await askAll(session, route, given, z.array(reviewShape), pagesLimit);
  const reviews = items.flatMap(({ id, user, state, commit_id, submitted_at }): readonly ReviewFacts[] =>
    state === "PENDING" || submitted_at === undefined
      ? []
      : [{ id, account: user, state, commitSha: commit_id ?? null, submittedAtMs: submitted_at, dismissal: null }],
  );
  const gap = missing(
    "unreadable-reviews",
    `who objects to this change: it has more than ${items.length} reviews`,
    "Open a new pull request for this branch.",
  );
  return { reviews: reviews.toSorted((a, b) => a.id - b.id), gaps: complete ? [] : [gap] };
}

const permissionShape = z.looseObject({
  permission: z.enum(["admin", "write", "read", "none"]),
  user: z.looseObject({ id: z.int() }).nullish(),
});

/** The reviews with what the timeline says of those that were dismissed. */
export function withDismissals(
  reviews: readonly ReviewFacts[],
  dismissals: ReadonlyMap<number, NonNullable<ReviewFacts["dismissal"]>>,
): readonly ReviewFacts[] {
  return reviews.map((review) =>
    review.state === "DISMISSED" ? { ...review, dismissal: dismissals.get(review.id) ?? null } : review,
  );
}

/** Everybody who reviewed or dismissed a review; comments decide nothing. */
export function reviewers(reviews: readonly ReviewFacts[]): readonly (Account | null)[] {
  return reviews.flatMap(({ account, state, dismissal }) =>
    state === "COMMENTED" ? [] : [account, dismissal?.by ?? null],
  );
}

/**
 * What these may do now, each once. Only accounts of type User can be asked for. Whom GitHub does not find may do nothing; a login that
 * has gone over to another account is not the one that was asked for.
 */
export async function readPermissions(
  session: Session,
  repository: Repository,
  accounts: readonly (Account | null)[],
): Promise<readonly PersonFacts[]> {
  const people = accounts.filter((account) => account !== null).filter(({ type }) => type === "User");
  const unique = [...new Map(people.map((account) => [account.id, account])).values()].toSorted((a, b) => a.id - b.id);
  return Promise.all(
    unique.map(async (account): Promise<PersonFacts> => {
      return { account, permission: await readPermission(session, repository, account) };
    }),
  );
}

/** What one account may do; `none` where GitHub answers with one of `hidden`, and where its login is another one's now. */
async function readPermission(
  session: Session,
  { owner, name: repo }: Pick<Repository, "owner" | "name">,
  account: Pick<Account, "id" | "login">,
  hidden: readonly number[] = [404],
): Promise<Permission> {
  const route = "GET /repos/{owner}/{repo}/collaborators/{username}/permission";
  const found = await askOrNull(session, route, { owner, repo, username: account.login }, permissionShape, hidden);
  return found?.user?.id === account.id ? found.permission : "none";
}

/** What an account may do, asked for by itself. */
export class GitHubRights implements RightsSource {
  readonly #apiFor: ApiFor;
  readonly #clock: Clock;

  constructor({ apiFor, clock }: { readonly apiFor: ApiFor; readonly clock: Clock }) {
    this.#apiFor = apiFor;
    this.#clock = clock;
  }

  /** Throws `GitHubFailure` or `RetryLater`. */
  async permissionOf(
    { installationId, repository }: { readonly installationId: number; readonly repository: Repository },
    account: Pick<Account, "id" | "login">,
    where: "here" | "above",
    signal: AbortSignal,
  ): Promise<Permission> {
    const session: Session = { api: await this.#apiFor(installationId), signal, clock: this.#clock };
    if (where === "here") return await readPermission(session, repository, account);
    // Most owners have no such repository, or have not installed this app there; here a refusal must not pass for an answer.
    const above = { owner: repository.owner, name: organisationRepository };
    return await readPermission(session, above, account, [403, 404]);
  }
}

/**
 * Everybody with permission admin, through whatever grants it; null where GitHub does not show this app, or too many.
 * https://docs.github.com/en/rest/collaborators/collaborators#list-repository-collaborators
 */
export async function readAdministrators(session: Session, { owner, name: repo }: Repository): Promise<Administrators> {
  const route = "GET /repos/{owner}/{repo}/collaborators";
  const given = { owner, repo, permission: "admin" };
  return await shownOrNull(session, route, given);
}

const collaboratorShape = z.looseObject({
  id: z.int(),
  login: z.string(),
  type: z.string(),
  permissions: z.looseObject({ admin: z.boolean(), push: z.boolean() }),
});

/**
 * Everybody who may write; null where GitHub does not show this App, or where they fill a page: then enough people are left.
 * https://docs.github.com/en/rest/collaborators/collaborators#list-repository-collaborators
 */
export async function readWriters(session: Session, { owner, name: repo }: Repository): Promise<Writers> {
  const route = "GET /repos/{owner}/{repo}/collaborators";
  try {
    const given = { owner, repo, permission: "push", page: 1 };
    const { items, more } = await askPage(session, route, given, z.array(collaboratorShape));
    if (more) return null;
    return items
      .map((item): PersonFacts => {
        const permission = item.permissions.admin ? "admin" : item.permissions.push ? "write" : "read";
        return { account: accountShape.parse(item), permission };
      })
      .toSorted((a, b) => a.account.id - b.account.id);
  } catch (failed) {
    if (failed instanceof GitHubFailure && (failed.status === 403 || failed.status === 404)) return null;
    throw failed;
  }
}

/**
 * Members of teams, with those of child teams; people who were only invited are not among them. `teams` are `@organisation/slug`.
 * A team that GitHub does not show to this app has no members that can be told: null. https://docs.github.com/en/rest/teams/members
 */
export async function readTeams(session: Session, teams: readonly string[]): Promise<readonly TeamFacts[]> {
  return Promise.all([...new Set(teams)].toSorted(byCodeUnits).map((team) => readTeam(session, team)));
}

async function readTeam(session: Session, team: string): Promise<TeamFacts> {
  const [, org, slug] = /^@([^/]+)\/([^/]+)$/.exec(team) ?? [];
  if (org === undefined || slug === undefined) return { team, members: null };
  const members = await shownOrNull(session, "GET /orgs/{org}/teams/{team_slug}/members", { org, team_slug: slug });
  return { team, members: members?.map(({ id }) => id) ?? null };
}

/** All accounts of a list, by id; null where GitHub does not show it to this app, and where it is longer than is read. */
async function shownOrNull(
  session: Session,
  route: string,
  given: Readonly<Record<string, string>>,
): Promise<readonly Account[] | null> {
  try {
    const { items, complete } = await askAll(session, route, given, z.array(accountShape), pagesLimit);
    return complete ? items.toSorted((a, b) => a.id - b.id) : null;
  } catch (failed) {
    if (failed instanceof GitHubFailure && (failed.status === 403 || failed.status === 404)) return null;
    throw failed;
  }
}
