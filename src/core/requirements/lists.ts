import { changed } from "../change/change-set.ts";
import type { Account, Facts } from "../facts.ts";
import type { Approver } from "../policy/schema.ts";
import { ownersOf, parseCodeOwners } from "./codeowners.ts";

/** Whose the changed paths are. */
export interface Ownership {
  /** Why it cannot be told; null where it can. Nobody is an owner then. */
  readonly unreadable: string | null;
  readonly paths: readonly { readonly path: string; readonly owners: readonly string[] }[];
}

/** The file is long, and every approver is looked up in it. */
const known = new WeakMap<Facts, Ownership>();

export function ownershipOf(facts: Facts): Ownership {
  const kept = known.get(facts);
  if (kept !== undefined) return kept;
  const found = readOwnership(facts);
  known.set(facts, found);
  return found;
}

function readOwnership({ codeOwners, change }: Facts): Ownership {
  if (codeOwners.kind === "unread") return { unreadable: `CODEOWNERS cannot be read: ${codeOwners.reason}`, paths: [] };
  const file = parseCodeOwners(codeOwners.kind === "text" ? codeOwners.text : "");
  const [mistake] = file.mistakes;
  if (mistake !== undefined) return { unreadable: `CODEOWNERS cannot be read: ${mistake}`, paths: [] };
  return { unreadable: null, paths: changed(change).map(({ path }) => ({ path, owners: ownersOf(path, file) })) };
}

/** Whether somebody is in each of the lists. A team whose members could not be read has none. */
export function isOnEveryList(account: Account, lists: readonly (readonly Approver[])[], facts: Facts): boolean {
  return lists.every((list) => list.some((approver) => isIn(approver, account, facts)));
}

/** Whether it is known who is in each of the lists: a team that could not be read may have anybody in it, and a mailbox may be anybody's. */
export function areReadable(lists: readonly (readonly Approver[])[], facts: Facts): boolean {
  return lists.flat().every((approver) => {
    if (approver === "people") return true;
    if (approver !== "owners") return membersIn(approver, facts) !== null;
    const { unreadable, paths } = ownershipOf(facts);
    const isKnown = (owner: string): boolean =>
      owner.startsWith("@") && (!owner.includes("/") || membersIn(owner, facts) !== null);
    return unreadable === null && paths.every(({ owners }) => owners.every(isKnown));
  });
}

/** Who is named by a list, or owns a changed path that a list asks owners of, as GitHub can ask for review: `@login`, `@organisation/team`. */
export function askable(
  lists: readonly (readonly Approver[])[],
  uncovered: readonly string[],
  facts: Facts,
): readonly string[] {
  const owners = ownershipOf(facts)
    .paths.filter(({ path }) => uncovered.includes(path))
    .flatMap((path) => path.owners)
    .filter((one) => one.startsWith("@"));
  return lists.flatMap((list) =>
    list.includes("people") ? [] : list.flatMap((one) => (one === "owners" ? owners : one === "people" ? [] : [one])),
  );
}

/** Changed paths whose owners have all been left out, where a list asks for owners. */
export function unowned(list: readonly Approver[], people: readonly Account[], facts: Facts): readonly string[] {
  if (!list.includes("owners") || list.includes("people")) return [];
  const others = list.filter((approver) => approver !== "owners");
  const covered = (owners: readonly string[]): boolean =>
    owners.length === 0 ||
    people.some((account) => isOwner(account, owners, facts) || others.some((other) => isIn(other, account, facts)));
  return ownershipOf(facts)
    .paths.filter(({ owners }) => !covered(owners))
    .map(({ path }) => path);
}

function isIn(approver: Approver, account: Account, facts: Facts): boolean {
  switch (approver) {
    case "people":
      return true;
    case "owners": {
      const { unreadable, paths } = ownershipOf(facts);
      if (unreadable !== null) return false;
      return paths.some(({ owners }) => owners.length === 0 || isOwner(account, owners, facts));
    }
    default:
      return isMember(approver, account, facts);
  }
}

/** An owner who is named by a mailbox cannot be told from another one. */
function isOwner(account: Account, owners: readonly string[], facts: Facts): boolean {
  return owners.some((one) => one === `@${account.login.toLowerCase()}` || isMember(one, account, facts));
}

function isMember(named: string, account: Account, facts: Facts): boolean {
  return membersIn(named, facts)?.includes(account.id) ?? false;
}

/** Ids of a team's members; null where they could not be read. */
export function membersIn(named: string, { teams }: Facts): readonly number[] | null {
  return teams.find(({ team }) => team.toLowerCase() === named.toLowerCase())?.members ?? null;
}
