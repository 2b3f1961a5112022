import { list, numberParam, ok, read, repositoryRoute, type RepositoryCall, type Route } from "../http/call.ts";
import { bypassActors, protectionShape, rulesetShape, rulesetSummary } from "../shapes/protection.ts";
import { atLeast, roleOn } from "../state/accounts.ts";
import { bypassOf } from "../state/bypass.ts";
import { grants } from "../state/apps.ts";
import type { Protection } from "../state/model.ts";
import { protectionsOf } from "../state/protection.ts";
import { notFound, Refused } from "../state/refused.ts";

const ADMINISTRATION = [{ administration: "read" }] as const;
const CAN_BYPASS = { always: "always", pull_request: "pull_requests_only", exempt: "exempt" } as const;

/** What protects branches, as those who may administer it and those who may only look see it. */
export const protectionRoutes: readonly Route[] = [
  read("/rulesets", "metadata", (call) => list(rulesets(call), (each) => rulesetSummary(call.repository, each))),
  read("/rulesets/{ruleset_id}", "metadata", (call) => {
    const ruleset = rulesets(call).find(({ id }) => id === numberParam(call, "ruleset_id"));
    if (ruleset === undefined) throw notFound();
    const bypass = bypassOf(call.world, call.repository, ruleset, call.actor);
    return ok({
      ...rulesetShape(call.repository, ruleset),
      ...(mayAdminister(call) ? { bypass_actors: bypassActors(ruleset) } : {}),
      current_user_can_bypass: bypass === null ? "never" : CAN_BYPASS[bypass],
    });
  }),
  repositoryRoute("GET", "/branches/{branch+}/protection", ADMINISTRATION, "admin", (call) => {
    const branch = call.param("branch");
    if (!call.repository.refs.has(`refs/heads/${branch}`)) throw new Refused(404, "Branch not found");
    const classic = protectionsOf(call.repository, branch).find(({ kind }) => kind === "classic");
    if (classic === undefined) throw new Refused(404, "Branch not protected");
    return ok(protectionShape(call.repository, branch, classic));
  }),
];

function rulesets(call: RepositoryCall): Protection[] {
  return call.repository.protections.filter(({ kind }) => kind === "ruleset");
}

function mayAdminister({ identity, world, repository }: RepositoryCall): boolean {
  switch (identity.kind) {
    case "installation":
      return grants(identity.grant.permissions, "administration", "write");
    case "user":
      return atLeast(roleOn(world, repository, identity.account), "admin");
    case "app":
    case "anonymous":
      return false;
  }
}
