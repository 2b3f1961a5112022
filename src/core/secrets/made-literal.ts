import { isSealed } from "./encryption.ts";
import { type Entry, entriesIn } from "./entries.ts";
import { saysSecret } from "./guesses.ts";
import { opennessOf, type Openness } from "./openness.ts";
import { traitsOf } from "./paths.ts";
import { type Reference, referenceOf } from "./references.ts";

/** A name for which the base has a reference and the head, in its place, a literal that may be a secret. */
export interface MadeLiteral {
  readonly name: string;
  readonly reference: Reference;
  readonly openness: Exclude<Openness, "nothing">;
  readonly at: Entry;
  /** The line that had the reference, where it stood on one line. */
  readonly was: Entry;
}

/** `path` says what a literal is: in a program only what stands in quotes. */
export function madeLiteral(before: string, after: string, path: string): readonly MadeLiteral[] {
  const { code, generated } = traitsOf(path);
  if (generated) return [];
  const [was, is] = [byName(entriesIn(before)), byName(entriesIn(after))];
  return [...is].flatMap(([name, entries]) => {
    const stood = was.get(name) ?? [];
    const former = stood.filter(isReferred);
    let gone = former.length - entries.filter(isReferred).length;
    const known = new Set(stood.map(({ value }) => value));
    const [first] = former.toSorted((a, b) => weight(a) - weight(b));
    // What was encrypted in its place is a loss of another kind.
    if (gone <= 0 || first === undefined || former.some(({ value }) => isSealed(value))) return [];
    const reference = referenceOf(first.value);
    return entries.flatMap((entry) => {
      if (gone <= 0 || reference === null || known.has(entry.value) || isReferred(entry)) return [];
      if (code && !entry.quoted) return [];
      const openness = opennessOf(entry.value);
      // Under a name that says nothing stands a host or a port as well: only what is drawn is no such thing.
      if (openness === "nothing" || (openness !== "drawn" && !saysSecret(name))) return [];
      if (reference === "variable" && !saysSecret(name)) return [];
      gone -= 1;
      return [{ name, reference, openness, at: entry, was: first }];
    });
  });
}

function isReferred({ value }: Entry): boolean {
  return referenceOf(value) !== null;
}

function weight({ value }: Entry): number {
  return referenceOf(value) === "holder" ? 0 : 1;
}

function byName(entries: readonly Entry[]): ReadonlyMap<string, readonly Entry[]> {
  return Map.groupBy(entries, ({ name }) => name);
}
