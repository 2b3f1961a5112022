import type { Place } from "../../change/change-set.ts";

/** What a value of a configuration names: somebody, a role, or a thing that roles are held on. */
export interface Term {
  /** The same for the same on both sides, whatever it is called there. */
  readonly id: string;
  /** As people wrote it. */
  readonly shown: string;
  /** Null: an expression, or what a provider will call a thing. */
  readonly literal: string | null;
  /** The resource of the configuration that it is, at head's address; null where it is none. */
  readonly address: string | null;
}

/** A role: what may be done. `permissions` are those of a role that the configuration itself defines; null: they are elsewhere. */
export interface Role extends Term {
  readonly permissions: readonly string[] | null;
  /** Nobody can tell which one it is. */
  readonly isUndecided: boolean;
}

/** What a role is held on. */
export interface Scope<Level extends string = string> extends Term {
  readonly level: Level;
  /** What it certainly lies in, the nearest first, by their ids. */
  readonly within: readonly string[];
  /** Addresses of resources that it is or lies in. */
  readonly things: readonly string[];
}

/** Somebody holds a role on something, perhaps under a condition. */
export interface Grant<Level extends string = string> {
  readonly scope: Scope<Level>;
  readonly role: Role;
  readonly member: Term;
  readonly condition: Term | null;
  readonly at: Place;
  /** The line of each part, where it has one of its own; of the block else. */
  readonly lines: Readonly<Record<Part, number>>;
  /** The block that gives it, as other rules name it: `infra/main.tf google_project_iam_member.ci`. */
  readonly owner: string;
}

export const parts = ["role", "member", "scope", "condition"] as const;
export type Part = (typeof parts)[number];

/** A part of a configuration that gives something to somebody and cannot be read; the same text for the same part. */
export interface UnreadGrants {
  readonly text: string;
  readonly scope: string;
  readonly at: Place;
  readonly owner: string;
}

/** Everything that is held in one root configuration on one side, or in a set of files. */
export interface Held<Level extends string = string> {
  readonly grants: readonly Grant<Level>[];
  readonly unread: readonly UnreadGrants[];
  /** Addresses of everything that stands there, as they are at head. */
  readonly standing: ReadonlySet<string>;
}

export interface HeldChange<Level extends string = string> {
  /** Root configuration; null in files that are no part of one. */
  readonly root: string | null;
  readonly paths: (grant: Grant<Level> | UnreadGrants) => readonly string[];
  readonly before: Held<Level>;
  readonly after: Held<Level>;
}

/** What certainly holds of a cloud's names. Each says `wide` gives everything that `narrow` does. */
export interface Order {
  readonly role: (wide: Role, narrow: Role) => boolean;
  readonly member: (wide: Term, narrow: Term) => boolean;
  /** Null: no condition. */
  readonly condition: (wide: Term | null, narrow: Term | null) => boolean;
}

/** A grant that nothing before it covers. */
export interface NewGrant<Level extends string = string> {
  readonly grant: Grant<Level>;
  /** What stood before: the same but for one part. `isGone`: it stands no more, so that this came in its place. */
  readonly instead: { readonly grant: Grant<Level>; readonly part: Part; readonly isGone: boolean } | null;
  /** Who gets it, or what it is on, came with the change: nothing stood there that could grow. */
  readonly isFresh: boolean;
  /** What was given before on the same thing cannot be read. */
  readonly wasUnread: boolean;
}

export interface Compared<Level extends string = string> {
  readonly newly: readonly NewGrant<Level>[];
  /** Parts that cannot be read, and did not stand there before. */
  readonly unread: readonly UnreadGrants[];
}

export function compareHeld<Level extends string>({ before, after }: HeldChange<Level>, order: Order): Compared<Level> {
  const known = new Set(before.unread.map(keyOfUnread));
  const gone = before.grants.filter((old) => !after.grants.some((grant) => covers(grant, old, order)));
  const newly = after.grants
    .filter((grant) => !before.grants.some((old) => covers(old, grant, order)))
    .map((grant): NewGrant<Level> => {
      const things = [grant.member.address, ...grant.scope.things].filter((address) => address !== null);
      return {
        grant,
        instead: insteadOf(grant, gone, order, true) ?? insteadOf(grant, before.grants, order, false),
        isFresh: things.some((address) => !before.standing.has(address)),
        wasUnread: before.unread.some(({ scope }) => scope === grant.scope.id),
      };
    });
  return { newly, unread: after.unread.filter((one) => !known.has(keyOfUnread(one))) };
}

function keyOfUnread({ text, scope }: UnreadGrants): string {
  return JSON.stringify([scope, text]);
}

export function covers(wide: Grant, narrow: Grant, order: Order): boolean {
  return parts.every((part) => coversPart(part, wide, narrow, order));
}

function coversPart(part: Part, wide: Grant, narrow: Grant, order: Order): boolean {
  switch (part) {
    case "role":
      return wide.role.id === narrow.role.id || order.role(wide.role, narrow.role);
    case "member":
      return wide.member.id === narrow.member.id || order.member(wide.member, narrow.member);
    case "scope":
      return wide.scope.id === narrow.scope.id || narrow.scope.within.includes(wide.scope.id);
    case "condition":
      return wide.condition?.id === narrow.condition?.id || order.condition(wide.condition, narrow.condition);
  }
}

/** The grant before it that covers all but one part of it. */
function insteadOf<Level extends string>(
  grant: Grant<Level>,
  olds: readonly Grant<Level>[],
  order: Order,
  isGone: boolean,
): NewGrant<Level>["instead"] {
  for (const part of ["condition", "role", "scope", "member"] as const) {
    const found = olds.find((old) =>
      parts.every((one) => (one === part ? !coversPart(one, old, grant, order) : coversPart(one, old, grant, order))),
    );
    if (found !== undefined) return { grant: found, part, isGone };
  }
  return null;
}
