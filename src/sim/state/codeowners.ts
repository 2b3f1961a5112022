import { atLeast, roleOn } from "./accounts.ts";
import type { Account, Repository, Team } from "./model.ts";
import { notFound } from "./refused.ts";
import type { World } from "./world.ts";

/** Where GitHub looks, in this order; the first that exists counts. */
const PLACES = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

export interface CodeownersError {
  readonly path: string;
  /** Line and column count from 1. */
  readonly line: number;
  readonly column: number;
  readonly kind: "Invalid pattern" | "Invalid owner" | "Unknown owner";
  readonly source: string;
  readonly message: string;
}

/**
 * What is wrong in the code owners of a commit: patterns of kinds that GitHub does not take, owners that are no owner's
 * name, and owners without write permission. @throws Refused 404 where the commit has no such file
 */
export function codeownersErrors(world: World, repository: Repository, tree: string): CodeownersError[] {
  const file = PLACES.map((path) => repository.objects.entryAt(tree, path)).find((entry) => entry !== undefined);
  const bytes = file === undefined ? undefined : repository.objects.blob(file.sha);
  if (file === undefined || bytes === undefined) throw notFound();
  const lines = bytes.toString("utf8").split(/\r?\n/u);
  return lines.flatMap((source, index) =>
    lineErrors(world, repository, source).map((error) => ({ path: file.path, line: index + 1, source, ...error })),
  );
}

function lineErrors(
  world: World,
  repository: Repository,
  source: string,
): Pick<CodeownersError, "column" | "kind" | "message">[] {
  const words = [...source.replace(/(?:^|\s)#.*$/u, "").matchAll(/(?:\\.|\S)+/gu)];
  const [pattern, ...owners] = words;
  if (pattern === undefined) return [];
  if (/^!|\[|\]|^\\#/u.test(pattern[0]))
    return [{ column: pattern.index + 1, kind: "Invalid pattern", message: `Invalid pattern: ${pattern[0]}` }];
  return owners.flatMap(({ 0: owner, index }) => {
    const kind = ownerError(world, repository, owner);
    return kind === null ? [] : [{ column: index + 1, kind, message: `${kind}: ${owner}` }];
  });
}

function ownerError(world: World, repository: Repository, owner: string): "Invalid owner" | "Unknown owner" | null {
  const [, organization, slug] = /^@([\w-]+)\/([\w.-]+)$/u.exec(owner) ?? [];
  if (organization !== undefined && slug !== undefined) {
    const team = world.teams.find((each) => each.organization.login === organization && each.slug === slug);
    return team !== undefined && teamWrites(repository, team) ? null : "Unknown owner";
  }
  if (!/^@[\w-]+(?:\[bot\])?$/u.test(owner) && !/^[^@\s]+@[^@\s]+$/u.test(owner)) return "Invalid owner";
  const account = owner.startsWith("@")
    ? world.findAccount(owner.slice(1))
    : [...world.accounts.values()].find(({ email }) => email === owner);
  return account !== undefined && personWrites(world, repository, account) ? null : "Unknown owner";
}

/** A team needs write permission given to itself: what its members have otherwise does not count. */
function teamWrites(repository: Repository, team: Team): boolean {
  return atLeast(repository.teams.get(team.id) ?? null, "write");
}

function personWrites(world: World, repository: Repository, account: Account): boolean {
  return atLeast(roleOn(world, repository, account), "write");
}
