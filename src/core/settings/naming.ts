import { dictionary } from "./dictionary.ts";
import { type KeyNames, measures, type Unit } from "./classes.ts";
import { wordsOf } from "./words.ts";

/** What a key is called in the dictionary, and the unit that its own name states. */
export interface Naming {
  readonly of: KeyNames;
  readonly unit: Unit | null;
}

const unitWords: Readonly<Record<string, Unit>> = {
  ms: "milliseconds",
  msec: "milliseconds",
  msecs: "milliseconds",
  millis: "milliseconds",
  milliseconds: "milliseconds",
  s: "seconds",
  sec: "seconds",
  secs: "seconds",
  second: "seconds",
  seconds: "seconds",
  min: "minutes",
  mins: "minutes",
  minute: "minutes",
  minutes: "minutes",
  hour: "hours",
  hours: "hours",
  day: "days",
  days: "days",
  kb: "kibibytes",
  mb: "mebibytes",
  bytes: "bytes",
};

/** What a platform asks of a process, and pools of other things than connections: these have rules, or meanings, of their own. */
const elsewhere =
  /(?:^| )(?:probe|liveness|readiness|startup|healthcheck|lifecycle|termination|progress deadline|active deadline|starting deadline|(?:node|agent|machine|warm|ip) ?(?:pool|pools|group|groups)|ippool|nodepools?|cidr|autoscaling)(?: |$)/u;

type Index = ReadonlyMap<string, readonly { readonly words: readonly string[]; readonly of: KeyNames }[]>;

function indexed(entries: readonly KeyNames[]): Index {
  const named = entries.flatMap((of) => of.names.map((name) => ({ words: name.split(" "), of })));
  // The longest name says most: `sampling rate` is no `rate`.
  const longestFirst = named.toSorted((a, b) => b.words.length - a.words.length);
  return Map.groupBy(longestFirst, ({ words }) => words.at(-1) ?? "");
}

const builtIn = indexed(dictionary);

/**
 * Finds the entries for a key: that of the dictionary, and beside it that of the policy. A policy adds to what is judged; it cannot
 * give a known key another class to keep it from being judged.
 */
export function namer(own: readonly KeyNames[]): (segments: readonly string[]) => readonly Naming[] {
  const indexes = own.length === 0 ? [builtIn] : [indexed(own), builtIn];
  return (segments) => {
    const words = wordsOf(segments);
    const found = indexes.map((index) => find(index, words)).filter((naming) => naming !== null);
    return found.filter(({ of }, at) => found.findIndex((other) => other.of.class === of.class) === at);
  };
}

function find(index: Index, words: readonly string[]): Naming | null {
  const exact = ending(index, words);
  if (exact !== null) return { of: exact, unit: null };
  const unit = Object.hasOwn(unitWords, words.at(-1) ?? "") ? unitWords[words.at(-1) ?? ""] : undefined;
  if (unit === undefined) return null;
  const rest = words.slice(0, words.at(-2) === "in" ? -2 : -1);
  const measured = ending(index, rest);
  const fits = measured !== null && ["time", "kept", "size"].includes(measures[measured.class]);
  return fits ? { of: measured, unit } : null;
}

function ending(index: Index, words: readonly string[]): KeyNames | null {
  const candidates = index.get(words.at(-1) ?? "") ?? [];
  const found = candidates.find(({ words: name, of: { under } }) => {
    if (!name.every((word, at) => words[words.length - name.length + at] === word)) return false;
    return under.length === 0 || words.slice(0, -name.length).some((word) => under.includes(word));
  });
  return found === undefined || elsewhere.test(words.join(" ")) ? null : found.of;
}
