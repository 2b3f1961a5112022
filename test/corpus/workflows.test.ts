import { describe, expect, test } from "vitest";
import type { ChangeSet } from "../../src/core/change/change-set.ts";
import { rules } from "../../src/core/rules/index.ts";
import { between, type Direction, directions } from "./corpus.ts";
import { isATable, told } from "./told.ts";

const turns = directions("workflows");
/** Every rule that looks at workflows, or at what else holds changes up: those that are not named must be silent. */
const guarding = rules.filter(({ id }) => /^(?:gha|gate)-/u.test(id));
const known: ReadonlySet<string> = new Set(guarding.map(({ id }) => id));

/** Ids of the guarding rules that report, or cannot decide, something; `gap` where a file could not be read. */
function guarded(change: ChangeSet): readonly string[] {
  return [...new Set(told(guarding, change).map((id) => (known.has(id) ? id : "gap")))].toSorted();
}

/** The same sides with a comment before them and without the blanks behind lines. */
function commented(side: Direction["after"], path: string): Direction["after"] {
  const of = (name: string, text: string): string => (name.endsWith(".yml") ? `# reformatted\n\n${text}` : `${text}\n`);
  if (typeof side === "string") return of(path, side);
  return Object.fromEntries(Object.entries(side).map(([name, text]) => [name, of(name, text)]));
}

describe("changes of workflows, and of what else holds changes up", () => {
  isATable(turns, { least: 60, silent: 25 });

  test.each(turns.map((one) => [one.id, one] as const))("%s", (_, one) => {
    const { before, after, path, reports, backwards } = one;
    expect(guarded(between(one, before, after))).toEqual(reports.toSorted());
    expect(guarded(between(one, after, before))).toEqual(backwards.toSorted());
    expect(guarded(between(one, before, commented(after, path)))).toEqual(reports.toSorted());
    // What cannot be read stays unreadable, whatever is written around it.
    const left = reports.filter((id) => id === "gap");
    expect(guarded(between(one, after, commented(after, path)))).toEqual(left);
  });
});
