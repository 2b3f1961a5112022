import { z } from "zod";
import type { BranchAt, Clock, PostureSource } from "../../app/ports.ts";
import type { BypassActor, Posture, Requiring } from "../../core/posture/posture.ts";
import { unreachable } from "../../lib/assert.ts";
import { type ApiFor, ask, askAll, GitHubFailure, type Session } from "./api.ts";
import { checkNameOn } from "../../core/check-name.ts";

/** What reading it needs. */
export interface PostureParts {
  readonly apiFor: ApiFor;
  readonly clock: Clock;
  readonly appId: number;
}

const keptMs = 5 * 60_000;
const keptLimit = 5_000;
const pagesLimit = 10;

const ruleShape = z.looseObject({
  type: z.string(),
  ruleset_id: z.int().optional(),
  parameters: z.unknown().optional(),
});
const checksShape = z.looseObject({
  required_status_checks: z.array(z.looseObject({ context: z.string(), integration_id: z.int().nullish() })),
});
const branchShape = z.looseObject({
  protection: z
    .looseObject({
      enabled: z.boolean().optional(),
      required_status_checks: z
        .looseObject({
          contexts: z.array(z.string()).default([]),
          checks: z.array(z.looseObject({ context: z.string(), app_id: z.int().nullable() })).default([]),
        })
        .nullish(),
    })
    .nullish(),
});
const rulesetShape = z.looseObject({
  bypass_actors: z
    .array(
      z.looseObject({
        actor_id: z.int().nullish(),
        actor_type: z.enum(["Integration", "OrganizationAdmin", "RepositoryRole", "Team", "DeployKey", "User"]),
        bypass_mode: z.enum(["always", "pull_request", "exempt"]).default("always"),
      }),
    )
    .optional(),
  current_user_can_bypass: z.enum(["always", "pull_requests_only", "never", "exempt"]).optional(),
});
const switchShape = z.looseObject({ enabled: z.boolean() });
const protectionShape = z.looseObject({
  enforce_admins: switchShape.optional(),
  allow_deletions: switchShape.optional(),
  allow_force_pushes: switchShape.optional(),
});

type BypassMode = BypassActor["mode"];
type Where = { readonly owner: string; readonly repo: string; readonly branch: string };

/**
 * Reads what stands between changes and a branch, from rulesets and from classic protection. What GitHub refuses or fails to tell is
 * unknown; only a used up rate limit is an error. An answer is kept for some minutes: rules change rarely, and no verdict rests on them.
 */
export class GitHubPosture implements PostureSource {
  readonly #parts: PostureParts;
  readonly #kept = new Map<string, { readonly atMs: number; readonly posture: Posture }>();

  constructor(parts: PostureParts) {
    this.#parts = parts;
  }

  /** Throws `RetryLater`. */
  async read(at: BranchAt, signal: AbortSignal): Promise<Posture> {
    const { apiFor, clock } = this.#parts;
    const key = `${at.installationId} ${at.repository.id} ${at.isDefault} ${at.branch}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined && clock.now() - kept.atMs < keptMs) return kept.posture;
    const session: Session = { api: await apiFor(at.installationId), signal, clock };
    const posture = await this.#ask(session, at);
    // What was broken off is not what GitHub refused to tell.
    signal.throwIfAborted();
    this.#kept.delete(key);
    this.#kept.set(key, { atMs: clock.now(), posture });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > keptLimit && oldest !== undefined) this.#kept.delete(oldest);
    return posture;
  }

  async #ask(session: Session, { repository, branch, isDefault }: BranchAt): Promise<Posture> {
    const where = { owner: repository.owner, repo: repository.name, branch };
    const checkName = checkNameOn(branch, isDefault);
    const [ruled, classic] = await Promise.all([
      readRules(session, where, checkName),
      readClassic(session, where, checkName),
    ]);
    const forbidden = (a: boolean | null, b: boolean | null): boolean | null =>
      a === true || b === true ? true : a === null || b === null ? null : false;
    return {
      branch,
      checkName,
      appId: this.#parts.appId,
      requiring: [...ruled.requiring, ...classic.requiring],
      unread: [...ruled.unread, ...classic.unread],
      deletionForbidden: forbidden(ruled.deletionForbidden, classic.deletionForbidden),
      forcePushForbidden: forbidden(ruled.forcePushForbidden, classic.forcePushForbidden),
    };
  }
}

type Half = Pick<Posture, "requiring" | "unread" | "deletionForbidden" | "forcePushForbidden">;

/** Active rules only, those of the organisation included. https://docs.github.com/en/rest/repos/rules#get-rules-for-a-branch */
async function readRules(session: Session, where: Where, checkName: string): Promise<Half> {
  const route = "GET /repos/{owner}/{repo}/rules/branches/{branch}";
  const read = await tried("the rulesets of the branch", () =>
    askAll(session, route, { ...where }, z.array(ruleShape), pagesLimit),
  );
  if (!read.ok) return unreadHalf(read.because);
  const { items, complete } = read.value;
  const requiring = await Promise.all(
    items
      .filter(({ type }) => type === "required_status_checks")
      .flatMap(({ ruleset_id, parameters }) => {
        const checks = checksShape.safeParse(parameters).data?.required_status_checks ?? [];
        return checks.filter(({ context }) => context === checkName).map((check) => ({ ruleset_id, check }));
      })
      .map(
        async ({ ruleset_id, check }): Promise<Requiring> => ({
          source: "ruleset",
          pinnedTo: appIdOf(check.integration_id),
          bypass: ruleset_id === undefined ? null : await readBypass(session, where, ruleset_id),
        }),
      ),
  );
  const unreadable = items.some(
    ({ type, parameters }) => type === "required_status_checks" && !checksShape.safeParse(parameters).success,
  );
  const has = (type: string): boolean => items.some((rule) => rule.type === type);
  return {
    requiring,
    unread: complete && !unreadable ? [] : ["the rulesets of the branch could not be read to their end"],
    deletionForbidden: has("deletion"),
    forcePushForbidden: has("non_fast_forward"),
  };
}

/** Null where GitHub leaves the list out, as it does for everybody who may not change the ruleset. */
async function readBypass(session: Session, where: Where, id: number): Promise<readonly BypassActor[] | null> {
  const route = "GET /repos/{owner}/{repo}/rulesets/{ruleset_id}";
  const { owner, repo } = where;
  const read = await tried("a ruleset", () => ask(session, route, { owner, repo, ruleset_id: id }, rulesetShape));
  if (!read.ok) return null;
  const { bypass_actors: listed, current_user_can_bypass: own } = read.value;
  const itself = ownBypass(own);
  if (listed === undefined) return itself.length === 0 ? null : itself;
  return [
    ...listed.map(
      ({ actor_type, actor_id, bypass_mode }): BypassActor => ({
        kind: kindOf(actor_type),
        id: actor_type === "OrganizationAdmin" || actor_type === "DeployKey" ? null : (actor_id ?? null),
        mode: bypass_mode,
      }),
    ),
    ...itself,
  ];
}

function ownBypass(own: z.infer<typeof rulesetShape>["current_user_can_bypass"]): readonly BypassActor[] {
  if (own === undefined || own === "never") return [];
  const mode: BypassMode = own === "pull_requests_only" ? "pull_request" : own;
  return [{ kind: "this_app", id: null, mode }];
}

type ActorType = NonNullable<z.infer<typeof rulesetShape>["bypass_actors"]>[number]["actor_type"];

function kindOf(type: ActorType): BypassActor["kind"] {
  switch (type) {
    case "Integration":
      return "app";
    case "OrganizationAdmin":
      return "organisation_administrators";
    case "RepositoryRole":
      return "role";
    case "Team":
      return "team";
    case "DeployKey":
      return "deploy_keys";
    case "User":
      return "user";
    default:
      return unreachable(type);
  }
}

/**
 * Classic protection. The branch itself tells the required checks to every reader; the rest is for apps with `administration: read`,
 * and only asked for where a check of ours is required. https://docs.github.com/en/rest/branches/branch-protection
 */
async function readClassic(session: Session, where: Where, checkName: string): Promise<Half> {
  const route = "GET /repos/{owner}/{repo}/branches/{branch}";
  const read = await tried("the classic protection of the branch", () =>
    ask(session, route, { ...where }, branchShape),
  );
  if (!read.ok) return unreadHalf(read.because);
  const { protection } = read.value;
  if (protection?.enabled !== true) {
    return { requiring: [], unread: [], deletionForbidden: false, forcePushForbidden: false };
  }
  const { checks = [], contexts = [] } = protection.required_status_checks ?? {};
  const named = checks.filter(({ context }) => context === checkName).map(({ app_id }) => appIdOf(app_id));
  const pins = named.length === 0 && contexts.includes(checkName) ? [null] : named;
  if (pins.length === 0) return { requiring: [], unread: [], deletionForbidden: null, forcePushForbidden: null };
  const full = await tried("who may bypass", () => ask(session, `${route}/protection`, { ...where }, protectionShape));
  const rules = full.ok ? full.value : {};
  const forbids = (allows: { readonly enabled: boolean } | undefined) =>
    allows === undefined ? null : !allows.enabled;
  return {
    requiring: pins.map((pinnedTo) => ({ source: "classic protection", pinnedTo, bypass: adminBypass(rules) })),
    unread: [],
    deletionForbidden: forbids(rules.allow_deletions),
    forcePushForbidden: forbids(rules.allow_force_pushes),
  };
}

/** Administrators are bound only where the protection says so. */
function adminBypass({ enforce_admins: bound }: z.infer<typeof protectionShape>): readonly BypassActor[] | null {
  if (bound === undefined) return null;
  return bound.enabled ? [] : [{ kind: "administrators", id: null, mode: "always" }];
}

/** GitHub writes "any source" as nothing or as -1. */
function appIdOf(id: number | null | undefined): number | null {
  return id == null || id < 0 ? null : id;
}

function unreadHalf(because: string): Half {
  return { requiring: [], unread: [because], deletionForbidden: null, forcePushForbidden: null };
}

type Tried<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly because: string };

async function tried<T>(what: string, work: () => Promise<T>): Promise<Tried<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (failed) {
    if (!(failed instanceof GitHubFailure)) throw failed;
    const answer = failed.status === null ? "" : ` (GitHub answered ${failed.status})`;
    return { ok: false, because: `${what} could not be read${answer}` };
  }
}
