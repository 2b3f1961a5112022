import type { HclBlock } from "../../hcl.ts";
import type { Resource } from "../../terraform/model.ts";
import { nameOf } from "../../terraform/telling.ts";
import type { SideOfRoot } from "../configuration.ts";
import type { Grant, Part, Role, Term, UnreadGrants } from "../grants/grant.ts";
import { itemsOf, lineOf, stated, termOf, textOfBlock } from "../grants/terms.ts";
import { roleOf } from "./custom-roles.ts";
import { accountArguments, memberOf } from "./members.ts";
import type { GoogleLevel, PlacedScope } from "./scopes.ts";

export type GoogleGrant = Grant<GoogleLevel>;

/** A statement that all who hold something are those that it names: whoever else held it holds it no more. */
export interface Authority {
  readonly scope: PlacedScope["scope"];
  /** Null: all roles. */
  readonly role: Role | null;
  readonly resource: Resource;
}

/** What one resource gives. */
export interface Found {
  readonly grants: readonly GoogleGrant[];
  readonly unread: readonly UnreadGrants[];
  readonly authorities: readonly Authority[];
  readonly sources: readonly Resource[];
}

/** Where a binding is read. */
export interface Context {
  readonly resource: Resource;
  readonly placed: PlacedScope;
  readonly side: SideOfRoot;
}

/** The members of a block with a `role`: a resource, or a `binding` in a policy. `written` has the lines. */
export function bindingGrants(block: HclBlock, written: HclBlock, context: Context): readonly GoogleGrant[] {
  const { resource, side } = context;
  const value = stated(block, "role");
  if (value === null) return [];
  const role = roleOf(value, side);
  const members = [...itemsOf(stated(block, "member"), resource), ...itemsOf(stated(block, "members"), resource)];
  const condition = conditionOf(block, side);
  return members
    .filter((member) => !(member.kind === "literal" && String(member.value).startsWith("deleted:")))
    .map((member) => grantOf(role, memberOf(member, side), condition, written, context));
}

export function grantOf(
  role: Role,
  member: Term,
  condition: Term | null,
  written: HclBlock,
  { resource, placed, side }: Context,
): GoogleGrant {
  const line = (...names: readonly string[]): number =>
    written.body.attributes.find(({ name }) => names.includes(name))?.line ?? written.line;
  const within = written.body.blocks.find(({ type }) => type === "condition");
  const lines: Record<Part, number> = {
    role: line("role"),
    member: line("member", "members", ...accountArguments),
    scope: placed.line,
    condition: within === undefined ? written.line : lineOf(within, "expression"),
  };
  const at = { path: resource.path, side: side.side, line: lines.role };
  return { scope: placed.scope, role, member, condition, at, lines, owner: `${resource.path} ${nameOf(resource)}` };
}

/** A condition by its expression: title and description say nothing. Of a generated one nobody knows when it holds. */
function conditionOf({ body }: HclBlock, side: SideOfRoot): Term | null {
  const block = body.blocks.find(({ type }) => type === "condition");
  if (block !== undefined) {
    const value = stated(block, "expression");
    return value === null ? null : termOf(value, side);
  }
  const generated = body.blocks.find(({ type, labels }) => type === "dynamic" && labels[0] === "condition");
  if (generated === undefined) return null;
  const text = side.renamed(textOfBlock(generated));
  return { id: text, shown: "a condition that is generated", literal: null, address: null };
}
