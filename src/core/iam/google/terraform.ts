import type { Resource, ResourcesView } from "../../terraform/model.ts";
import { pathsBehind, rootsIn, type SideOfRoot, sideOf, successorsIn } from "../configuration.ts";
import type { Held, HeldChange, UnreadGrants } from "../grants/grant.ts";
import { type Authority, bindingGrants, type Context, type Found, type GoogleGrant } from "./bindings.ts";
import { accessGrants, datasetGrants } from "./datasets.ts";
import { policyGrants } from "./policies.ts";
import { type GoogleLevel, scopeOf } from "./scopes.ts";

export interface GoogleRoot extends HeldChange<GoogleLevel> {
  readonly root: string;
  readonly base: Authorities;
  readonly head: Authorities;
}

export interface Authorities {
  readonly authorities: readonly Authority[];
  /** Who holds a role beside others, by resources that name one member each. */
  readonly single: readonly GoogleGrant[];
}

/** `google_KIND_iam_policy`, `_binding`, `_member`. https://registry.terraform.io/providers/hashicorp/google/latest/docs */
const iamResource = /^google_(\w+?)_iam_(policy|binding|member)$/u;

/** Who holds which roles of Google in each root configuration, before and after. */
export function googleRoots(view: ResourcesView): readonly GoogleRoot[] {
  const successors = successorsIn(view);
  return rootsIn(view).flatMap((changes): readonly GoogleRoot[] => {
    const [first] = changes;
    if (first === undefined || !changes.some(({ before, after }) => (after ?? before)?.type.startsWith("google_")))
      return [];
    const behind = pathsBehind(changes);
    const read = (side: "base" | "head"): SideRead => readSide(sideOf(changes, side, successors));
    const [base, head] = [read("base"), read("head")];
    const from = new Map([...base.from, ...head.from]);
    return [
      {
        root: first.root,
        paths: (one) => {
          const resources = from.get(one) ?? [];
          return [...new Set(resources.flatMap((resource) => behind.get(resource) ?? [resource.path]))];
        },
        before: base.held,
        after: head.held,
        base: base.authorities,
        head: head.authorities,
      },
    ];
  });
}

interface SideRead {
  readonly held: Held<GoogleLevel>;
  readonly authorities: Authorities;
  /** What each part stands in: the resource, and a document that it takes. */
  readonly from: ReadonlyMap<GoogleGrant | UnreadGrants, readonly Resource[]>;
}

function readSide(side: SideOfRoot): SideRead {
  const grants: GoogleGrant[] = [];
  const unread: UnreadGrants[] = [];
  const authorities: Authority[] = [];
  const single: GoogleGrant[] = [];
  const from = new Map<GoogleGrant | UnreadGrants, readonly Resource[]>();
  for (const resource of side.byAddress.values()) {
    if (resource.mode !== "managed") continue;
    const found = grantsOf(resource, side);
    if (found === null) continue;
    for (const one of [...found.grants, ...found.unread]) from.set(one, found.sources);
    grants.push(...found.grants);
    unread.push(...found.unread);
    authorities.push(...found.authorities);
    if (resource.type.endsWith("_iam_member")) single.push(...found.grants);
  }
  const standing = new Set(
    [...side.byAddress.values()].filter(({ mode }) => mode === "managed").map(({ address }) => side.renamed(address)),
  );
  return { held: { grants, unread, standing }, authorities: { authorities, single }, from };
}

/** Null: a resource that gives nobody a role. */
function grantsOf(resource: Resource, side: SideOfRoot): Found | null {
  if (resource.type === "google_bigquery_dataset_access") return accessGrants(resource, side);
  if (resource.type === "google_bigquery_dataset") return datasetGrants(resource, side);
  const [, kind, form] = iamResource.exec(resource.type) ?? [];
  if (kind === undefined) return null;
  const placed = scopeOf(resource, kind, side);
  const context: Context = { resource, placed, side };
  if (form === "policy") return policyGrants(context);
  const grants = bindingGrants(resource.block, resource.written, context);
  const [first] = grants;
  const isBinding = form === "binding" && first !== undefined;
  const authorities =
    isBinding && first.condition === null ? [{ scope: placed.scope, role: first.role, resource }] : [];
  return { grants, unread: [], authorities, sources: [resource] };
}
