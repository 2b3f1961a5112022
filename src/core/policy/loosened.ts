import { canonicalJson } from "../../lib/canonical-json.ts";
import { byCodeUnits } from "../../lib/order.ts";
import type { Entry } from "./schema/key.ts";
import { withPropose } from "./schema/autonomy.ts";
import type { AutonomyMatrix } from "./schema.ts";
import { root, type Statement } from "./schema/root.ts";

/** Keys that no order of strictness is known for, and that decide nothing. */
const indifferent: ReadonlySet<string> = new Set(["version", "timezone"]);

/**
 * Keys, dotted, in which `after` asks less than `before`, or may: a key holds all that it did when joining the two adds nothing to
 * what it says now. Where no order is known (the options of a rule, who owns a service), any difference counts. Both are what
 * holds as a whole, defaults included: see `effectiveStatement`.
 */
export function loosened(before: Statement, after: Statement): readonly string[] {
  return pathsOf(root.entry, [], [before, after])
    .filter((path) => !indifferent.has(path.join(".")) && !holds(path, before, after))
    .map((path) => path.join("."))
    .toSorted(byCodeUnits);
}

function holds(path: readonly string[], before: Statement, after: Statement): boolean {
  switch (path.join(".")) {
    // It has no order of strictness but this: every addition lets others loosen more.
    case "overridable":
      return (after.overridable ?? []).every((name) => before.overridable?.includes(name) === true);
    case "approvals.from":
      return listsHold(before.approvals?.from, after.approvals?.from);
    case "override.by":
      return listsHold(before.override?.by, after.override?.by);
    case "override.break_glass.by":
      return listsHold(before.override?.break_glass?.by, after.override?.break_glass?.by);
    case "agents.autonomy":
      return matrixHolds(before.agents?.autonomy, after.agents?.autonomy);
    case "allowlist":
      return listsHold(before.allowlist, after.allowlist);
    default: {
      const [was, is] = [root.join.pick(before, path) ?? {}, root.join.pick(after, path) ?? {}];
      return inOrder(root.join.combine(was, is)) === inOrder(is);
    }
  }
}

/** What a matrix leaves open is proposed, and so is everything where there is none; but only a matrix asks for a person there at least. */
function matrixHolds(before: AutonomyMatrix | undefined, after: AutonomyMatrix | undefined): boolean {
  if (after === undefined) return before === undefined;
  const [was, is] = [{ agents: { autonomy: withPropose(before) } }, { agents: { autonomy: withPropose(after) } }];
  return inOrder(root.join.combine(was, is)) === inOrder(is);
}

type Lists = readonly (readonly string[])[];

/** Of lists of alternatives that must all be met: a shorter one asks for more, and `people` are met by anybody. */
function listsHold(before: Lists = [], after: Lists = []): boolean {
  return before.every(
    (was) => was.includes("people") || after.some((is) => is.every((alternative) => was.includes(alternative))),
  );
}

/** Joining a statement to itself puts its lists in order. */
function inOrder(statement: Statement): string {
  return canonicalJson(root.join.combine(statement, statement));
}

/** The paths of all keys that hold a value, those that the author named included. */
function pathsOf(entry: Entry, path: readonly string[], values: readonly unknown[]): readonly (readonly string[])[] {
  const { below } = entry;
  if (below === null || below.kind === "list") return [path];
  switch (below.kind) {
    case "group":
      return Object.entries(below.keys).flatMap(([name, key]) => pathsOf(key, [...path, name], values.map(at(name))));
    case "map": {
      const names = new Set(values.flatMap((value) => (isRecord(value) ? Object.keys(value) : [])));
      return [...names].flatMap((name) =>
        pathsOf({ ...entry, below: { kind: "group", keys: below.keys } }, [...path, name], values.map(at(name))),
      );
    }
  }
}

const at =
  (name: string) =>
  (value: unknown): unknown =>
    isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
