import { byCodeUnits } from "../../../lib/order.ts";
import { boundaryLoss, detached, namedPolicies } from "./attachments.ts";
import type { Place } from "../../change/change-set.ts";
import type { AwsActions } from "./catalogue.ts";
import { type NewlyAllowed, newlyAllowed } from "./compare.ts";
import { completed, dangersOf, isPublic } from "./danger.ts";
import { type HolderChange, type Holding, nothingHeld, type PlacedStatement } from "./holders.ts";
import { mayDeny, statementsOfManaged } from "./managed.ts";
import type { Judged, Unproved, Widening } from "./widening.ts";
import { everything, shortened, type Statement, type TextSet } from "./policy.ts";

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
  widenings.push(
    ...namedPolicies(holder, stated),
    ...detached(holder, stated),
    ...boundaryLoss(holder, actions, stated),
  );
  // Whoever answers what is stated already has to look at what went.
  if (unproved.length === 0) for (const what of elsewhere.guarded) stated(what);
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
  const lost = before.unread.filter(({ text }) => !is.has(text));
  const gone = before.named.filter(({ name }) => !names.has(name) && statementsOfManaged(name) === null);
  const denying = [
    ...lost.filter(({ onlyAllows }) => onlyAllows !== true).map(({ text }) => text),
    ...gone
      .filter(({ name, what }) => kind === "identity" && what === "policy" && mayDeny(name))
      .map(({ name }) => name),
  ];
  return {
    came,
    went: [...lost.map(({ text }) => `\`${shortened(text)}\``), ...gone.map(({ name }) => `\`${name}\``)],
    // What a denial kept from an identity is allowed to it only by something that it still has.
    guarded:
      kind === "identity" && !allowsSomething(after) ? [] : denying.map((text) => `what \`${shortened(text)}\` denied`),
  };
}

function allowsSomething({ statements, unread, named }: Holding): boolean {
  return statements.some(({ statement }) => statement.effect === "allow") || unread.length + named.length > 0;
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
