import { atLeast, organizationRole, roleOn } from "../state/accounts.ts";
import { covers, grants } from "../state/apps.ts";
import type { Account, Actor, Permissions, Repository, Role } from "../state/model.ts";
import { notFound, Refused } from "../state/refused.ts";
import type { World } from "../state/world.ts";
import type { Access } from "./call.ts";
import type { Grant, Identity } from "./tokens.ts";

/** What an access decision used, kept with the request for tests on least privilege. */
export interface Admission {
  readonly repository: Repository | null;
  /** The permission that let an installation token in. */
  readonly used: Permissions | null;
}

const NOT_ACCESSIBLE = "Resource not accessible by integration";
const NOTHING: Admission = { repository: null, used: null };

/**
 * Lets a request in or refuses it as GitHub does: what the sender cannot see does not exist (404), what they can see
 * and not do is forbidden (403).
 * @throws Refused 401, 403 or 404
 */
export function admit(
  world: World,
  identity: Identity,
  access: Access,
  param: (name: string) => string | undefined,
): Admission {
  switch (access.kind) {
    case "anyone":
      return NOTHING;
    case "app":
      if (identity.kind === "app") return NOTHING;
      throw new Refused(401, "A JSON web token could not be decoded");
    case "installation":
      if (identity.kind === "installation") return NOTHING;
      throw new Refused(
        403,
        "You must authenticate with an installation access token in order to list repositories for an installation.",
      );
    case "organization":
      return admitToOrganization(world, identity, access.permissions, world.account(param("org") ?? ""));
    case "repository": {
      const repository = world.findRepository(param("owner") ?? "", param("repo") ?? "");
      if (repository === undefined || !isVisible(world, identity, repository)) throw notFound();
      return admitToRepository(world, identity, access, repository);
    }
  }
}

export function isVisible(world: World, identity: Identity, repository: Repository): boolean {
  if (!repository.private) return true;
  switch (identity.kind) {
    case "installation":
      return reaches(identity.grant, repository);
    case "user":
      return roleOn(world, repository, identity.account) !== null;
    case "app":
    case "anonymous":
      return false;
  }
}

export function admitToRepository(
  world: World,
  identity: Identity,
  access: { readonly permissions: readonly Permissions[]; readonly person: Role | "refused" },
  repository: Repository,
): Admission {
  const readsOnly =
    access.person === "read" &&
    access.permissions.every((each) => Object.values(each).every((level) => level === "read"));
  if (repository.archived && !readsOnly) throw new Refused(403, "Repository was archived so is read-only.");
  switch (identity.kind) {
    case "installation": {
      if (!reaches(identity.grant, repository) && readsOnly) return { repository, used: null };
      const used = access.permissions.find((wanted) => permits(identity.grant, wanted));
      if (used === undefined || !reaches(identity.grant, repository)) throw new Refused(403, NOT_ACCESSIBLE);
      return { repository, used };
    }
    case "user":
      if (access.person === "refused") throw new Refused(403, "You must authenticate via a GitHub App.");
      if (!atLeast(roleOn(world, repository, identity.account), access.person))
        throw new Refused(403, "Must have push access to the repository.");
      return { repository, used: null };
    case "app":
      throw new Refused(401, "Bad credentials");
    case "anonymous":
      if (!readsOnly) throw new Refused(401, "Requires authentication");
      return { repository, used: null };
  }
}

function admitToOrganization(
  world: World,
  identity: Identity,
  wanted: readonly Permissions[],
  organization: Account,
): Admission {
  switch (identity.kind) {
    case "installation": {
      const used = wanted.find((each) => permits(identity.grant, each));
      if (identity.grant.installation.account !== organization || used === undefined)
        throw new Refused(403, NOT_ACCESSIBLE);
      return { repository: null, used };
    }
    case "user":
      if (organizationRole(world, organization, identity.account) === null) throw notFound();
      return NOTHING;
    case "app":
    case "anonymous":
      throw new Refused(401, "Requires authentication");
  }
}

function reaches(grant: Grant, repository: Repository): boolean {
  return (
    covers(grant.installation, repository) && (grant.repositories === "all" || grant.repositories.has(repository.id))
  );
}

function permits(grant: Grant, wanted: Permissions): boolean {
  return Object.entries(wanted).every(
    ([name, level]) => grants(grant.permissions, name, level) && grants(grant.installation.permissions, name, level),
  );
}

/** Whom a change is attributed to. */
export function actorOf(identity: Identity): Actor | null {
  switch (identity.kind) {
    case "installation": {
      const { app } = identity.grant.installation;
      return { account: app.bot, app };
    }
    case "user":
      return { account: identity.account, app: null };
    case "app":
      return { account: identity.app.bot, app: identity.app };
    case "anonymous":
      return null;
  }
}
