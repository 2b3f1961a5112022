import type { Account, Permission, TeamFacts } from "../facts.ts";
import type { Halter, Policy } from "../policy/schema.ts";
import { names, neverApproves } from "../provenance/invokers.ts";
import type { HaltScope } from "./decision.ts";

/** Who asks, and all that decides whether they may. */
export interface Asker {
  readonly account: Account;
  /** In the repository in which it is asked, now. */
  readonly permission: Permission;
  /** In the owner's repository `.github`, which holds the organisation's policy; `none` where there is none, or it cannot be read. */
  readonly permissionAbove: Permission;
  /** Teams that the policies name, with their members. */
  readonly teams: readonly TeamFacts[];
}

export interface HaltPolicies {
  /** All files joined. */
  readonly repository: Pick<Policy, "halt" | "agents">;
  /** The organisation's file alone; the strict default where there is none. */
  readonly organisation: Pick<Policy, "halt" | "agents">;
}

/**
 * Why somebody may not halt, as a clause; null: they may. Whom the policy names needs no
 * permission here: a halt that asks for too much is worse than one too many. About more than this repository the organisation's policy alone decides, so that no repository can take its brake away.
 */
export function refusedHalt(asker: Asker, scope: HaltScope["kind"], policies: HaltPolicies): string | null {
  const barred = noPerson(asker, policies);
  if (barred !== null) return barred;
  const { by } = deciding(scope, policies).halt;
  const unread = asker.teams.find(
    ({ team, members }) => members === null && by.some((halter) => halter === team.toLowerCase()),
  );
  if (by.some((halter) => isOne(halter, asker, scope))) return null;
  const why = unread === undefined ? "" : `; who is in ${unread.team} could not be read`;
  return `is not among those whom \`halt.by\` names: ${by.join(", ")}${why}`;
}

/**
 * Why somebody may not lift a halt, as a clause; null: they may. Administrators of the repository lift what holds in it alone. What
 * holds further is lifted by administrators of the owner's `.github`, or by who runs Sallyport: an administrator of one repository
 * must not decide for all others.
 */
export function refusedResume(asker: Asker, scope: HaltScope["kind"], policies: HaltPolicies): string | null {
  const barred = noPerson(asker, policies);
  if (barred !== null) return barred;
  if (isAdministrator(asker, scope)) return null;
  return `may not lift it: that needs ${administratorsOf(scope)}, or whoever runs Sallyport`;
}

/** Who lifts a halt by a comment, as reports say it. */
export function administratorsOf(scope: HaltScope["kind"]): string {
  switch (scope) {
    case "repository":
      return "an administrator of the repository";
    case "installation":
    case "agent":
      return "an administrator of the owner's `.github` repository";
  }
}

function deciding(
  scope: HaltScope["kind"],
  { repository, organisation }: HaltPolicies,
): Pick<Policy, "halt" | "agents"> {
  return scope === "repository" ? repository : organisation;
}

/** Programs decide nothing, whichever of the two policies knows them as such. */
function noPerson({ account }: Asker, { repository, organisation }: HaltPolicies): string | null {
  const isProgram = neverApproves(account, repository) || neverApproves(account, organisation);
  return isProgram ? "is an agent, an app or a machine; only people decide this" : null;
}

function isOne(halter: Halter, asker: Asker, scope: HaltScope["kind"]): boolean {
  if (halter === "people") return writes(asker.permission);
  if (halter === "administrators") return isAdministrator(asker, scope);
  if (names([halter], `@${asker.account.login}`)) return true;
  return asker.teams.some(
    ({ team, members }) => team.toLowerCase() === halter && members?.includes(asker.account.id) === true,
  );
}

function isAdministrator(asker: Asker, scope: HaltScope["kind"]): boolean {
  return (scope === "repository" ? asker.permission : asker.permissionAbove) === "admin";
}

function writes(permission: Permission): boolean {
  return permission === "admin" || permission === "write";
}
