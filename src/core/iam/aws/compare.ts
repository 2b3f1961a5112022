import { byCodeUnits } from "../../../lib/order.ts";
import { type Signature, globSignatures } from "../../../lib/glob-signatures.ts";
import type { ActionCatalogue } from "./catalogue.ts";
import { circumstances } from "./conditions.ts";
import { constantMark, shortened, type Statement, type TextSet, unknownMark, unmarked } from "./policy.ts";

/** Actions that a statement of the new policies allows and the old ones did not, on something of what it names. */
export interface NewlyAllowed {
  /** Index of the statement in the new list. Null: nothing new allows it, something that denied it is gone. */
  readonly statement: number;
  /** Sorted, in lower case. */
  readonly actions: readonly string[];
  /** One request that is newly allowed: a resource, a principal, and what the circumstances are. */
  readonly example: {
    readonly action: string;
    readonly resource: string;
    readonly principal: string;
    readonly circumstances: readonly string[];
  };
  /** It was allowed by the old statements as well, and what denied it is gone or narrower. */
  readonly undenied: boolean;
}

export type Comparison =
  | { readonly kind: "nothing" }
  /** `unproved`: of other actions it is not decided. */
  | { readonly kind: "widened"; readonly grants: readonly NewlyAllowed[]; readonly unproved: string | null }
  /** `reason` is a noun clause: what is not decided. */
  | { readonly kind: "unproved"; readonly reason: string };

const stateLimit = 20_000;
const caseLimit = 200_000;

/**
 * Which requests the new statements allow that the old ones did not. A request is allowed if a statement allows it and none denies it.
 * Exact over all resources, principals and circumstances, and over the actions of the catalogue and those that are named.
 */
export function newlyAllowed(
  before: readonly Statement[],
  after: readonly Statement[],
  catalogue: ActionCatalogue,
): Comparison {
  const [added, dropped] = [withoutAny(after, "allow", before), withoutAny(before, "deny", after)];
  if (added.length === 0 && dropped.length === 0) return { kind: "nothing" };
  const groups = actionGroups([...before, ...after], catalogue);
  const grants = new Map<string, NewlyAllowed & { actions: readonly string[] }>();
  let unproved = unknownAction([...added, ...dropped]);
  for (const { matching, actions } of groups) {
    const old = before.filter((_, index) => matching[index] === true);
    const fresh = after.flatMap((statement, index) =>
      matching[before.length + index] === true ? [{ statement, index }] : [],
    );
    if (!fresh.some(({ statement }) => statement.effect === "allow")) continue;
    const found = grown(old, fresh);
    if (typeof found === "string") {
      unproved ??= found;
      // It has cost all that one may, and the others would cost it again: what is left is as little proved.
      if (found.includes("too many")) break;
      continue;
    }
    for (const grant of found) {
      const [action = ""] = actions;
      const key = `${grant.statement} ${grant.undenied}`;
      const known = grants.get(key);
      if (known === undefined) grants.set(key, { ...grant, actions, example: { ...grant.example, action } });
      else grants.set(key, { ...known, actions: [...known.actions, ...actions] });
    }
  }
  if (grants.size > 0) {
    const sorted = [...grants.values()].map((grant) => ({ ...grant, actions: grant.actions.toSorted(byCodeUnits) }));
    return { kind: "widened", grants: sorted.toSorted((a, b) => a.statement - b.statement), unproved };
  }
  return unproved === null ? { kind: "nothing" } : { kind: "unproved", reason: unproved };
}

/** The statements of an effect that the others do not hold word by word. */
function withoutAny(
  statements: readonly Statement[],
  effect: Statement["effect"],
  others: readonly Statement[],
): readonly Statement[] {
  const known = new Set(others.map((one) => JSON.stringify(one)));
  return statements.filter((one) => one.effect === effect && !known.has(JSON.stringify(one)));
}

/** Actions that are expressions may be any: nothing is told of them by the actions that are known. */
function unknownAction(statements: readonly Statement[]): string | null {
  const found = statements.flatMap(({ actions }) => actions.patterns).find((text) => text.includes(unknownMark));
  return found === undefined ? null : `what \`${shortened(found.split(unknownMark)[1] ?? "")}\` is`;
}

interface ActionGroup {
  /** Which statements are about these actions. */
  readonly matching: readonly boolean[];
  readonly actions: readonly string[];
}

/** Actions that the same statements are about are alike. */
function actionGroups(statements: readonly Statement[], catalogue: ActionCatalogue): readonly ActionGroup[] {
  const patterns = statements.flatMap(({ actions }) => actions.patterns);
  const wide = statements.some(({ actions }) => actions.except) || patterns.some((pattern) => !pattern.includes(":"));
  const services = wide
    ? catalogue.services
    : catalogue.services.filter((service) => patterns.some((pattern) => matcher(pattern.split(":")[0] ?? "")(service)));
  const named = patterns.filter((pattern) => !/[*?]/u.test(pattern) && !pattern.includes(unknownMark));
  const all = new Set([...services.flatMap((service) => catalogue.actions(service)), ...named]);
  // What no catalogue knows yet: a wildcard may still allow it.
  for (const pattern of patterns)
    if (/[*?]/u.test(pattern) && !pattern.includes(unknownMark)) all.add(pattern.replaceAll(/[*?]/gu, "~"));
  if (wide) all.add("~:~");
  const tests = statements.map(({ actions }) => holder(actions));
  const groups = new Map<string, { matching: readonly boolean[]; actions: string[] }>();
  for (const action of all) {
    const matching = tests.map((test) => test(action));
    const key = matching.map(Number).join("");
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { matching, actions: [action] });
    else group.actions.push(action);
  }
  return [...groups.values()];
}

function holder({ patterns, except }: TextSet): (text: string) => boolean {
  const tests = patterns.map(matcher);
  return (text) => tests.some((test) => test(text)) !== except;
}

/** Linear in the text for each star: the last one that was met is the only one to go back to. */
export function matcher(pattern: string): (text: string) => boolean {
  if (!/[*?]/u.test(pattern)) return (text) => text === pattern;
  return (text) => {
    let [at, from, star, mark] = [0, 0, -1, 0];
    while (at < text.length) {
      if (from < pattern.length && (pattern[from] === "?" || (pattern[from] === text[at] && pattern[from] !== "*"))) {
        at++;
        from++;
      } else if (pattern[from] === "*") {
        star = from++;
        mark = at;
      } else if (star !== -1) {
        from = star + 1;
        at = ++mark;
      } else return false;
    }
    while (pattern[from] === "*") from++;
    return from === pattern.length;
  };
}

interface Fresh {
  readonly statement: Statement;
  readonly index: number;
}

/** What grows for actions that all of these statements are about. A text is what is not decided. */
function grown(before: readonly Statement[], after: readonly Fresh[]): readonly NewlyAllowed[] | string {
  const statements = [...before, ...after.map(({ statement }) => statement)];
  const resources = partsOf(statements.map((statement) => statement.resources));
  const principals = partsOf(statements.map((statement) => statement.principals));
  const cases = circumstances(statements.map(({ conditions }) => conditions));
  if (resources === null || principals === null)
    return "which resources and principals its patterns tell apart: too many";
  if (typeof cases === "string") return cases;
  if (resources.length * principals.length * cases.length > caseLimit) return "how its statements meet: too many cases";
  const found = new Map<string, NewlyAllowed>();
  let doubted: string | null = null;
  for (const resource of resources) {
    for (const principal of principals) {
      for (const circumstance of cases) {
        const applies = statements.map(
          (_, index) =>
            resource.holds[index] === true && principal.holds[index] === true && circumstance.holds[index] === true,
        );
        const now = decided(statements, applies, before.length, statements.length);
        if (now.allowing === -1 || now.denied) continue;
        const was = decided(statements, applies, 0, before.length);
        if (was.allowing !== -1 && !was.denied) continue;
        const doubt = doubtOf(before, statements.slice(before.length));
        if (doubt !== null) {
          doubted ??= doubt;
          continue;
        }
        const statement = after[now.allowing - before.length]?.index ?? 0;
        const undenied = was.allowing !== -1;
        const key = `${statement} ${undenied}`;
        if (found.has(key)) continue;
        const example = {
          action: "",
          resource: resource.example,
          principal: principal.example,
          circumstances: circumstance.example,
        };
        found.set(key, { statement, actions: [], example, undenied });
      }
    }
  }
  if (found.size > 0) return [...found.values()];
  return doubted ?? [];
}

/** The first statement that allows, and whether one denies. */
function decided(
  statements: readonly Statement[],
  applies: readonly boolean[],
  from: number,
  to: number,
): { readonly allowing: number; readonly denied: boolean } {
  let [allowing, denied] = [-1, false];
  for (let index = from; index < to; index++) {
    if (applies[index] !== true) continue;
    if (statements[index]?.effect === "deny") denied = true;
    else if (allowing === -1) allowing = index;
  }
  return { allowing, denied };
}

/** An expression that one side alone has: what it stands for decides, and nobody knows it. */
function doubtOf(old: readonly Statement[], fresh: readonly Statement[]): string | null {
  // What nothing allowed before and nothing denies is new, whatever it is called.
  if (!old.some(({ effect }) => effect === "allow") && !fresh.some(({ effect }) => effect === "deny")) return null;
  const [was, is] = [old, fresh].map((side) => new Set(side.flatMap(({ unknown }) => unknown)));
  const alone = [...(is ?? [])].filter((text) => was?.has(text) !== true);
  const gone = [...(was ?? [])].filter((text) => is?.has(text) !== true);
  const [first] = [...alone, ...gone].toSorted(byCodeUnits);
  if (first !== undefined) return `what \`${shortened(unmarked(first))}\` is`;
  return renaming(old, fresh, ({ resources }) => resources) ?? renaming(old, fresh, ({ principals }) => principals);
}

/** A thing that was named by its text and is named by an expression now, or the other way round, may be the same. */
function renaming(
  old: readonly Statement[],
  fresh: readonly Statement[],
  part: (statement: Statement) => TextSet,
): string | null {
  const [was, is] = [old, fresh].map((side) => new Set(side.flatMap((statement) => part(statement).patterns)));
  const came = [...(is ?? [])].filter((text) => was?.has(text) !== true);
  const went = [...(was ?? [])].filter((text) => is?.has(text) !== true);
  const pair = (expressions: readonly string[], texts: readonly string[]): string | null => {
    const [expression] = expressions.filter((text) => text.includes(constantMark));
    const [named] = texts.filter((text) => !text.includes(constantMark));
    return expression === undefined || named === undefined
      ? null
      : `whether \`${shortened(unmarked(expression))}\` is what \`${shortened(named)}\` names`;
  };
  // A pattern for all things of a kind is more than one of them.
  return pair(came, went) ?? pair(went, came.filter(namesOne));
}

function namesOne(pattern: string): boolean {
  const [head = "", ...rest] = pattern.split(/[*?]/u);
  const last = head.slice(head.lastIndexOf(":") + 1);
  return (
    rest.length === 0 ||
    (last !== "" &&
      !/^(?:role|user|group|policy|table|key|function|stream|instance|cluster|repository|secret|parameter)\/$/u.test(
        last,
      ))
  );
}

interface Part {
  readonly holds: readonly boolean[];
  readonly example: string;
}

/** The parts into which several sets of texts divide all texts. Null: too many. */
function partsOf(sets: readonly TextSet[]): readonly Part[] | null {
  const patterns = [...new Set(sets.flatMap((set) => set.patterns))];
  const signatures = globSignatures(patterns, stateLimit);
  if (signatures === null) return null;
  const parts = new Map<string, Part>();
  for (const signature of signatures) {
    const holds = sets.map((set) => isIn(set, patterns, signature));
    const key = holds.map(Number).join("");
    if (!parts.has(key)) parts.set(key, { holds, example: signature.example });
  }
  return [...parts.values()];
}

function isIn(set: TextSet, patterns: readonly string[], { matches }: Signature): boolean {
  return set.patterns.some((pattern) => matches[patterns.indexOf(pattern)] === true) !== set.except;
}
