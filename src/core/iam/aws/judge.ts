import { byCodeUnits } from "../../../lib/order.ts";
import type { Place } from "../../change/change-set.ts";
import type { AwsActions } from "./catalogue.ts";
import { type NewlyAllowed, newlyAllowed } from "./compare.ts";
import { completed, type Danger, dangersOf, isPublic } from "./danger.ts";
import { type HolderChange, type Holding, type NamedPolicy, nothingHeld, type PlacedStatement } from "./holders.ts";
import { nameOfManaged, powerOf, statementsOfManaged } from "./managed.ts";
import { everything, shortened, type Statement, type TextSet } from "./policy.ts";

/** What a holder newly has, at the statement that gives it. */
export interface Widening {
  readonly holder: HolderChange;
  readonly at: Place;
  /** The block or file of the statement. */
  readonly owner: string;
  readonly loose: boolean;
  readonly grant: NewlyAllowed | null;
  /** Null: something that denied or bounded it is gone. */
  readonly statement: Statement | null;
  readonly dangers: readonly Danger[];
  readonly isPublic: boolean;
  /** What is newly there, where it is no statement: a policy by its name, a boundary that is gone. */
  readonly instead: string | null;
  /** Nobody here knows what it allows: even what is new may get too much by it. */
  readonly isUnknown: boolean;
}

export interface Unproved {
  readonly holder: HolderChange;
  readonly at: Place;
  /** A noun clause. */
  readonly what: string;
}

export interface Judged {
  readonly widenings: readonly Widening[];
  readonly unproved: readonly Unproved[];
}

const passesAll: Statement = {
  effect: "allow",
  actions: everything,
  resources: everything,
  principals: everything,
  conditions: [],
  unknown: [],
};

/**
 * What a holder is newly allowed. What is new altogether and not grave in itself is no widening: nothing stood before that could grow.
 */
export function judge(holder: HolderChange, actions: AwsActions): Judged {
  const { kind, before, after } = holder;
  const guards = kind === "guardrail" || kind === "filter";
  if (JSON.stringify(contents(before)) === JSON.stringify(contents(after))) return { widenings: [], unproved: [] };
  // What is gone has no permissions left; what an organisation took back lets others through.
  if (!holder.stands && kind !== "guardrail") return { widenings: [], unproved: [] };
  const old = statementsIn(before, guards);
  const fresh = statementsIn(after, guards);
  const elsewhere = partsElsewhere(holder);
  const compared = newlyAllowed(old.all, fresh.all, actions);
  const unproved: Unproved[] = [...elsewhere.came];
  const widenings: Widening[] = [];
  const stated = (reason: string): void => void unproved.push({ holder, at: placeOfChange(holder), what: reason });
  if (compared.kind === "unproved") stated(compared.reason);
  // A guard that cannot be read may keep all that it kept.
  if (compared.kind === "widened" && !(guards && elsewhere.came.length > 0)) {
    if (compared.unproved !== null) stated(compared.unproved);
    if (elsewhere.went.length > 0) {
      const [what = ""] = elsewhere.went;
      stated(`whether ${what} allowed before what is allowed now`);
    } else widenings.push(...granted(holder, compared.grants, { old: old.all, fresh, actions }));
  }
  // What came unread is told, and may deny what was denied.
  if (!guards && elsewhere.came.length === 0) widenings.push(...undenied(holder, old.all, fresh.all, actions, stated));
  if (elsewhere.came.length === 0) for (const what of elsewhere.guarded) stated(what);
  widenings.push(...namedPolicies(holder), ...detached(holder, stated), ...boundaryLoss(holder, actions, stated));
  const told = holder.stood ? widenings : widenings.filter((one) => one.dangers.length > 0 || one.isUnknown);
  return { widenings: told, unproved };
}

/** The first statement that is not what it was, or that is gone. */
function placeOfChange({ before, after, at }: HolderChange): Place {
  const other = (of: Holding, than: Holding): PlacedStatement | undefined => {
    const known = new Set(than.statements.map(({ statement }) => JSON.stringify(statement)));
    return of.statements.find(({ statement }) => !known.has(JSON.stringify(statement)));
  };
  return (other(after, before) ?? other(before, after))?.at ?? at;
}

const emptyContents = JSON.stringify(contents(nothingHeld));

/** What is compared: without the places. */
function contents({ statements, unread, named, boundary }: Holding): unknown {
  return [
    statements.map(({ statement }) => statement),
    unread.map(({ text }) => text),
    named.map(({ name }) => name),
    boundary === null ? null : [boundary.name, boundary.statements?.map(({ statement }) => statement)],
  ];
}

interface Statements {
  readonly all: readonly Statement[];
  readonly placed: readonly PlacedStatement[];
}

function statementsIn(holding: Holding, guards: boolean): Statements {
  const managed = holding.named.flatMap(({ name, at }): readonly PlacedStatement[] =>
    (statementsOfManaged(name) ?? []).map((statement) => ({
      statement,
      at,
      owner: `${at.path} ${name}`,
      loose: false,
    })),
  );
  const own = [...holding.statements, ...managed];
  // What only denies leaves the rest to the policy that every organisation begins with.
  const open = guards && !own.some(({ statement }) => statement.effect === "allow");
  const all = own.map(({ statement }) => statement);
  return { placed: own, all: open ? [...all, passesAll] : all };
}

interface Elsewhere {
  readonly came: readonly Unproved[];
  readonly went: readonly string[];
  /** Of what is gone, what may have denied something: noun clauses. */
  readonly guarded: readonly string[];
}

/** Policies and parts of policies whose statements are not read: those that came, and those that went. */
function partsElsewhere(holder: HolderChange): Elsewhere {
  const { kind, before, after, stood } = holder;
  const was = new Set(before.unread.map(({ text }) => text));
  const is = new Set(after.unread.map(({ text }) => text));
  // A guardrail that is new where nothing was can only keep more away.
  const isFirst = (kind === "guardrail" || kind === "filter") && JSON.stringify(contents(before)) === emptyContents;
  const came = after.unread
    .filter(({ text, onlyIfStood }) => !isFirst && !was.has(text) && (stood || onlyIfStood !== true))
    .map(({ text, at }) => ({ holder, at, what: `what \`${shortened(text)}\` allows` }));
  const names = new Set(after.named.map(({ name }) => name));
  const lost = before.unread.filter(({ text }) => !is.has(text)).map(({ text }) => `\`${shortened(text)}\``);
  const gone = before.named.filter(({ name }) => !names.has(name) && statementsOfManaged(name) === null);
  return {
    came,
    went: [...lost, ...gone.map(({ name }) => `\`${name}\``)],
    // To an identity a policy mostly gives; to a thing or an account it as often denies.
    guarded: kind === "identity" ? [] : lost.map((text) => `what ${text} denied`),
  };
}

interface Sides {
  readonly old: readonly Statement[];
  readonly fresh: Statements;
  readonly actions: AwsActions;
}

function granted(
  holder: HolderChange,
  grants: readonly NewlyAllowed[],
  { old, fresh, actions }: Sides,
): readonly Widening[] {
  const newly = new Set(grants.flatMap((grant) => grant.actions));
  const ways = holder.kind === "identity" ? completed(old, fresh.all, newly) : [];
  return grants.map((grant): Widening => {
    const placed = fresh.placed[grant.statement];
    const open = ways.filter((way) => way.actions.some((action) => grant.actions.includes(action)));
    const escalating = open.slice(0, waysShown).map(({ id, actions: needed, sure }) => ({
      clause: `with ${needed.map((one) => `\`${actions.written(one)}\``).join(" + ")} it can take the permissions of others (pathfinding.cloud ${id})`,
      sure,
    }));
    const statement = placed === undefined ? passesAll : onlyNew(placed.statement, old, fresh.all, actions);
    const own = dangersOf(holder.kind, grant, statement, actions);
    // What allows everything allows every way: nobody needs to be told which.
    const all =
      own.some(({ sure }) => sure) && !own.some(({ clause }) => clause.includes("passed on"))
        ? own
        : [...own, ...escalating];
    return {
      holder,
      at: placed?.at ?? holder.at,
      owner: placed?.owner ?? holder.at.path,
      loose: placed?.loose ?? false,
      grant,
      statement: placed === undefined ? null : statement,
      dangers: all,
      isPublic: (holder.kind === "resource" || holder.kind === "trust") && isPublic(statement),
      instead: null,
      isUnknown: false,
    };
  });
}
const waysShown = 2;

/** A statement with those of its resources and principals alone for which it newly allows something. */
function onlyNew(
  statement: Statement,
  old: readonly Statement[],
  fresh: readonly Statement[],
  actions: AwsActions,
): Statement {
  const denials = fresh.filter(({ effect }) => effect === "deny");
  const part = (set: TextSet, withSet: (one: TextSet) => Statement): TextSet => {
    if (set.except || set.patterns.length < 2 || set.patterns.length > patternsTried) return set;
    const added = set.patterns.filter(
      (one) => newlyAllowed(old, [...denials, withSet({ ...set, patterns: [one] })], actions).kind === "widened",
    );
    return added.length === 0 ? set : { ...set, patterns: added };
  };
  const principals = part(statement.principals, (one) => ({ ...statement, principals: one }));
  const resources = part(statement.resources, (one) => ({ ...statement, principals, resources: one }));
  return { ...statement, principals, resources };
}
const patternsTried = 12;

/**
 * Denials that are gone and were not about what the holder's own statements allow: what they denied is allowed elsewhere, or nobody would
 * have denied it.
 */
function undenied(
  holder: HolderChange,
  before: readonly Statement[],
  after: readonly Statement[],
  actions: AwsActions,
  stated: (reason: string) => void,
): readonly Widening[] {
  const denials = (side: readonly Statement[]) => side.filter(({ effect }) => effect === "deny");
  if (denials(before).length === 0) return [];
  // What the old statements allowed is compared with them; taken away on both sides it is no part of this comparison.
  const allowed = [...before, ...after]
    .filter(({ effect }) => effect === "allow")
    .map((one): Statement => ({ ...one, effect: "deny" }));
  const compared = newlyAllowed(
    [passesAll, ...denials(before), ...allowed],
    [passesAll, ...denials(after), ...allowed],
    actions,
  );
  if (compared.kind === "nothing") return [];
  if (compared.kind === "unproved") {
    stated(compared.reason);
    return [];
  }
  const went = holder.before.statements.filter(
    ({ statement }) =>
      statement.effect === "deny" && !denials(after).some((one) => JSON.stringify(one) === JSON.stringify(statement)),
  );
  const [first] = went;
  const at = holder.after.statements.length > 0 ? holder.at : (first?.at ?? holder.at);
  const newly = compared.grants.flatMap((grant) => grant.actions).toSorted(byCodeUnits);
  const [grant] = compared.grants;
  if (grant === undefined) return [];
  return [
    {
      holder,
      at: first?.at ?? at,
      owner: first?.owner ?? holder.at.path,
      loose: false,
      grant: { ...grant, actions: newly, undenied: true },
      statement: null,
      dangers: [{ clause: "something that denied it is gone", sure: false }],
      isPublic: false,
      instead: null,
      isUnknown: false,
    },
  ];
}

function namedPolicies(holder: HolderChange): readonly Widening[] {
  // What is attached to an account keeps away; what lets everything pass is a document that is known.
  if (holder.kind === "guardrail" || holder.kind === "filter") return [];
  const was = new Set(holder.before.named.map(({ name }) => name));
  return holder.after.named
    .filter(({ name }) => !was.has(name))
    .flatMap((policy): readonly Widening[] => {
      // Its statements were compared: what they add is told of them.
      if (statementsOfManaged(policy.name) !== null) return [];
      const power = powerOf(policy.name);
      const isGreat = power === "almighty" || power === "powerful";
      const clauses = isGreat ? [{ clause: "it reaches over the whole account", sure: power === "almighty" }] : [];
      return [attached(holder, policy, clauses, power === "unknown")];
    });
}

function attached(
  holder: HolderChange,
  { name, at, what }: NamedPolicy,
  dangers: readonly Danger[],
  isUnknown: boolean,
): Widening {
  const shown = `\`${shortened(nameOfManaged(name) ?? name)}\``;
  return {
    ...without(holder, at, `${at.path} ${name}`),
    dangers,
    instead: what === "policy" ? `whatever the policy ${shown} allows` : `whatever ${shown} may do`,
    isUnknown,
  };
}

/** A widening that is no statement. */
function without(holder: HolderChange, at: Place, owner: string): Omit<Widening, "instead"> {
  return {
    holder,
    at,
    owner,
    loose: false,
    grant: null,
    statement: null,
    dangers: [],
    isPublic: false,
    isUnknown: false,
  };
}

/** Policies of an organisation that are taken off, and whose documents are elsewhere. */
function detached(holder: HolderChange, stated: (reason: string) => void): readonly Widening[] {
  if (holder.kind !== "guardrail") return [];
  const names = (of: Holding): readonly string[] =>
    of.named.map(({ name }) => name).filter((name) => statementsOfManaged(name) === null);
  const [was, is] = [names(holder.before), names(holder.after)];
  const [went, came] = [was.filter((name) => !is.includes(name)), is.filter((name) => !was.includes(name))];
  const [first] = went;
  if (first === undefined) return [];
  if (came.length > 0 || holder.after.statements.length > holder.before.statements.length) {
    stated(`whether what is attached now keeps what \`${shortened(first)}\` kept`);
    return [];
  }
  const { at } = holder.before.named.find(({ name }) => name === first) ?? holder;
  return [
    {
      ...without(holder, at, `${at.path} ${first}`),
      dangers: [{ clause: "a policy of the organisation is taken off", sure: true }],
      instead: `all that \`${shortened(first)}\` held back`,
    },
  ];
}

function boundaryLoss(
  holder: HolderChange,
  actions: AwsActions,
  stated: (reason: string) => void,
): readonly Widening[] {
  const [was, is] = [holder.before.boundary, holder.after.boundary];
  if (was === null) return [];
  const gone = (clause: string): Widening => ({
    ...without(holder, is?.at ?? holder.at, `${holder.at.path} boundary`),
    dangers: [{ clause, sure: true }],
    instead: "whatever its boundary kept from it",
  });
  if (is === null) return [gone("its permissions boundary is gone")];
  if (was.statements !== null && is.statements !== null) {
    const compared = newlyAllowed(
      was.statements.map(({ statement }) => statement),
      is.statements.map(({ statement }) => statement),
      actions,
    );
    if (compared.kind === "unproved") stated(compared.reason);
    if (compared.kind !== "widened") return [];
    return compared.grants.map((grant) => {
      const placed = is.statements?.[grant.statement];
      return {
        ...gone("its permissions boundary is wider"),
        at: placed?.at ?? is.at,
        owner: placed?.owner ?? holder.at.path,
        grant,
        statement: placed?.statement ?? null,
        dangers: [{ clause: "its permissions boundary is wider", sure: false }],
        instead: null,
      };
    });
  }
  if (was.name !== is.name)
    stated(`whether the boundary \`${shortened(is.name)}\` is as narrow as \`${shortened(was.name)}\``);
  return [];
}
