import type { Observation } from "../../rule.ts";
import type { ResourcesView } from "../../terraform/model.ts";
import { inCode, isDeployed, nameOf, pathsOf, type Reach } from "../../terraform/telling.ts";
import type { Authority, GoogleGrant } from "./bindings.ts";
import { type Authorities, type GoogleRoot, googleRoots } from "./terraform.ts";
import { scopeInWords } from "./weights.ts";

/**
 * Statements that newly decide alone who holds something, and that others know nothing of: whoever is not named in them is thrown out.
 * https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/google_project_iam
 */
export function replacedMembers(view: ResourcesView, reach: Reach): readonly Observation[] {
  const found = googleRoots(view).flatMap((root) => {
    const known = new Set(root.base.authorities.map(keyOf));
    return root.head.authorities
      .filter((one) => !known.has(keyOf(one)))
      .filter(({ resource }) => isDeployed(root.root, pathsOf(resource, []), reach))
      .flatMap((one) => observed(one, root));
  });
  return [...new Map(found.map((one) => [JSON.stringify(one), one])).values()];
}

function keyOf({ scope, role }: Authority): string {
  return JSON.stringify([scope.id, role?.id ?? null]);
}

function observed(authority: Authority, root: GoogleRoot): readonly Observation[] {
  const { scope, role, resource } = authority;
  const at = { path: resource.path, side: "head" as const, line: resource.written.line };
  const about = `${resource.path} ${nameOf(resource)}#members`;
  const tell = (message: string): readonly Observation[] => [
    { at, about, message, paths: [resource.path], asks: true },
  ];
  const [other] = othersBeside(authority, root.head);
  if (other !== undefined)
    return tell(
      `${inCode(resource.address)} decides alone who holds ${role === null ? "anything" : inCode(role.shown)} on ${scopeInWords(scope)}, and takes it from ${inCode(other.member.shown)}, who has it of ${inCode(other.owner)}`,
    );
  // Services of Google hold roles on projects that no configuration names.
  if (role !== null || !["project", "folder", "organisation"].includes(scope.level)) return [];
  const isNew = scope.address !== null && !root.before.standing.has(scope.address);
  return isNew
    ? []
    : tell(
        `${inCode(resource.address)} newly decides alone who holds anything on ${scopeInWords(scope)}: whoever is not named in it is thrown out, services of Google among them`,
      );
}

/** Who holds the same by a statement of their own that still stands, and is not named in this one. */
function othersBeside({ scope, role, resource }: Authority, { single }: Authorities): readonly GoogleGrant[] {
  const own = `${resource.path} ${nameOf(resource)}`;
  return single.filter(
    (grant) =>
      grant.scope.id === scope.id &&
      (role === null || grant.role.id === role.id) &&
      grant.condition === null &&
      grant.owner !== own,
  );
}
