import type { Side } from "../../change/change-set.ts";
import { child, type Tree } from "../../views/documents.ts";
import { itemsOf } from "./cloudformation-reading.ts";
import { templateHolders } from "./cloudformation.ts";
import { type HolderChange, type Holding, joinedHoldings, nothingHeld } from "./holders.ts";
import { unmarked } from "./policy.ts";
import { withMarks } from "./templates.ts";
import { plainTree } from "./trees.ts";
import { statementHolding } from "./written.ts";

/** A configuration of the Serverless framework for AWS. https://www.serverless.com/framework/docs/providers/aws/guide/iam */
export function isServerless(tree: Tree): boolean {
  const name = child(child(tree, "provider"), "name");
  return child(tree, "service") !== undefined && name?.kind === "scalar" && name.value === "aws";
}

/** The role of all functions, the roles that functions have of their own, and the resources beside them. */
export function serverlessHolders(path: string, before: Tree | null, after: Tree | null): readonly HolderChange[] {
  const [was, is] = [before, after].map((tree) => (tree === null ? null : withMarks(tree, "serverless")));
  const names = [...new Set([...functionsOf(was), ...functionsOf(is)])].toSorted();
  const sides = (held: (tree: Tree | null, side: Side) => Holding) =>
    ({ before: held(was ?? null, "base"), after: held(is ?? null, "head") }) as const;
  const made = (name: string, stood: boolean, stands: boolean, held: ReturnType<typeof sides>): HolderChange => ({
    kind: "identity",
    name,
    stood,
    stands,
    ...held,
    root: null,
    paths: [path],
    at: { path, side: stands ? "head" : "base", line: 1 },
  });
  const [first, second] = [was, is].map((tree) => child(tree ?? undefined, "resources") ?? null);
  return [
    made(
      `role of \`${path}\``,
      was !== null,
      is !== null,
      sides((tree, side) => ofProvider(tree, path, side)),
    ),
    ...names.map((name) => {
      const held = sides((tree, side) => ofFunction(child(child(tree ?? undefined, "functions"), name), path, side));
      const [stood, stands] = [functionsOf(was).includes(name), functionsOf(is).includes(name)];
      return made(`function \`${name}\``, stood, stands, held);
    }),
    ...templateHolders(path, joined(first ?? null), joined(second ?? null)),
  ];
}

function functionsOf(tree: Tree | null | undefined): readonly string[] {
  const functions = child(tree ?? undefined, "functions");
  return functions?.kind === "map" ? functions.entries.map(({ key }) => key) : [];
}

function ofProvider(tree: Tree | null, path: string, side: Side): Holding {
  const provider = child(tree ?? undefined, "provider");
  const role = child(child(provider, "iam"), "role");
  return joinedHoldings([
    statements(child(provider, "iamRoleStatements"), path, side),
    statements(child(role, "statements"), path, side),
    managed(child(provider, "iamManagedPolicies"), path, side),
    managed(child(role, "managedPolicies"), path, side),
    bounded(child(provider, "rolePermissionsBoundary") ?? child(role, "permissionsBoundary"), path, side),
    bounded(child(role, "permissionBoundary"), path, side),
  ]);
}

function ofFunction(tree: Tree | undefined, path: string, side: Side): Holding {
  return joinedHoldings([
    statements(child(tree, "iamRoleStatements"), path, side),
    bounded(child(tree, "iamPermissionsBoundary"), path, side),
  ]);
}

/** A list that is filled in from elsewhere is a part that is not read. */
function statements(list: Tree | undefined, path: string, side: Side): Holding {
  return statementHolding(itemsOf(list), path, side);
}

function managed(list: Tree | undefined, path: string, side: Side): Holding {
  return {
    ...nothingHeld,
    named: itemsOf(list).map((one) => ({ name: told(one), at: { path, side, line: one.span.line }, what: "policy" })),
  };
}

function bounded(boundary: Tree | undefined, path: string, side: Side): Holding {
  if (boundary === undefined) return nothingHeld;
  const at = { path, side, line: boundary.span.line };
  return { ...nothingHeld, boundary: { name: told(boundary), at, what: "policy", statements: null } };
}

function told(tree: Tree): string {
  const plain = plainTree(tree);
  return unmarked(typeof plain === "string" ? plain : JSON.stringify(plain));
}

/** Resources may be given in several parts. */
function joined(resources: Tree | null): Tree | null {
  if (resources?.kind !== "list") return resources;
  const entries = resources.items.flatMap((item) => {
    const own = child(item, "Resources");
    return own?.kind === "map" ? own.entries : [];
  });
  return {
    kind: "map",
    span: resources.span,
    entries: [{ key: "Resources", value: { kind: "map", span: resources.span, entries } }],
  };
}
