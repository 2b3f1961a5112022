import { byCodeUnits } from "../../lib/order.ts";
import { assignmentAt } from "./assignments.ts";
import { printableBase64 } from "./checksums.ts";
import { basicLoginAt, connectionKeywords, connectionPasswordAt, curlLoginAt, urlLoginAt } from "./connections.ts";
import { isDocumented } from "./documented.ts";
import { fingerprintOf, type Candidate, type Find, type Work } from "./find.ts";
import { formatFinds } from "./formats.ts";
import { guessAt, nameKeywords } from "./guesses.ts";
import { keyKeywords, pemAt, puttyAt } from "./keys.ts";
import { hitsIn, keywordsOf } from "./keywords.ts";
import { kubernetesFinds } from "./kubernetes.ts";
import { credentialsByName, traitsOf, type PathTraits } from "./paths.ts";
import { base64, base64url, endOfRun, readingOf, type Reading } from "./shape.ts";
import { tokenAt, tokenKeywords } from "./tokens.ts";

/** What looks at the places of one keyword. */
type Reader = (reading: Reading, at: number, traits: PathTraits) => Candidate | null;

const readers: readonly (readonly [keyword: string, read: Reader])[] = [
  ...tokenKeywords.map(
    (keyword) =>
      [keyword.literal, (reading, at) => tokenAt(reading, at, keyword)] as const satisfies readonly [string, Reader],
  ),
  [keyKeywords[0], pemAt],
  [keyKeywords[1], puttyAt],
  [connectionKeywords[0], urlLoginAt],
  ...connectionKeywords
    .slice(1, 3)
    .map(
      (keyword) =>
        [keyword, (reading, at) => connectionPasswordAt(reading, at, keyword.length)] as const satisfies readonly [
          string,
          Reader,
        ],
    ),
  [connectionKeywords[3], basicLoginAt],
  [connectionKeywords[4], curlLoginAt],
];

const known = keywordsOf(readers.map(([keyword]) => keyword));
const naming = keywordsOf(nameKeywords);

/** Where a text comes from. */
export interface Origin {
  /** Path in the repository, with `/`. */
  readonly path: string;
}

export interface Scan {
  /** In the order of their places. */
  readonly finds: readonly Find[];
  /** Characters looked at: grows with the length of the text, never faster, whatever the text. */
  readonly steps: number;
}

/**
 * Every secret in a text. Nothing that the text says about itself (comments that ask a scanner to look away) has an effect. Finds do not
 * overlap: where several rules see the same characters, the higher level stands, then the rule that knows more of the form.
 */
export function scan(text: string, { path }: Origin): Scan {
  const work: Work = { steps: 0 };
  const reading = readingOf(text, work);
  const traits = traitsOf(path);
  const serviceAccount = text.includes('"service_account"');
  work.steps += text.length;
  const candidates = [
    ...knownIn(reading, traits),
    ...encodedIn(reading, traits),
    ...formatFinds(reading, path, traits),
    ...kubernetesFinds(reading, traits),
    ...assignedIn(reading, traits),
  ]
    .filter(({ value }) => !isDocumented(value))
    .map((candidate) => placedIn(candidate, traits, serviceAccount));
  return { finds: [...byName(path), ...located(text, apart(candidates))], steps: work.steps };
}

/** The find that the path alone gives, for files whose text is not at hand or no text. */
export function scanName(path: string): readonly Find[] {
  return byName(path);
}

function byName(path: string): readonly Find[] {
  const what = credentialsByName(path);
  if (what === null) return [];
  const rule = "credentials-file";
  return [
    { rule, what, level: "review", line: 1, column: 1, length: 0, fingerprint: fingerprintOf(rule, path), hint: "" },
  ];
}

function knownIn(reading: Reading, traits: PathTraits): readonly Candidate[] {
  return hitsIn(reading.text, known, reading.work).flatMap(({ keyword, at }) => {
    const candidate = readers[keyword]?.[1](reading, at, traits) ?? null;
    return candidate === null ? [] : [candidate];
  });
}

const encodedMin = 24;
const encodedMax = 8192;

/** What stands in base 64 that decodes to text: the same rules, placed at the whole of it. */
function encodedIn(reading: Reading, traits: PathTraits): readonly Candidate[] {
  if (traits.generated) return [];
  const { text, work } = reading;
  const found: Candidate[] = [];
  for (let at = 0; at < text.length; at++) {
    const end = Math.max(endOfRun(reading, at, base64), endOfRun(reading, at, base64url));
    if (end - at < encodedMin) {
      at = Math.max(at, end);
      continue;
    }
    const decoded = printableBase64(text.slice(at, Math.min(end, at + encodedMax)), encodedMax);
    work.steps += decoded === null ? 8 : end - at;
    if (decoded !== null && decoded.length >= 16) {
      const inner = knownIn(readingOf(decoded, work), traits);
      found.push(...inner.map((candidate) => ({ ...candidate, start: at, end, hint: "" })));
    }
    at = end;
  }
  return found;
}

function assignedIn(reading: Reading, traits: PathTraits): readonly Candidate[] {
  if (traits.generated) return [];
  const found: Candidate[] = [];
  let lastName = -1;
  for (const { at } of hitsIn(reading.text, naming, reading.work)) {
    const assignment = assignmentAt(reading, at, traits.code);
    if (assignment === null || assignment.nameStart === lastName) continue;
    lastName = assignment.nameStart;
    const candidate = guessAt(reading, assignment, traits);
    if (candidate !== null) found.push(candidate);
  }
  return found;
}

/** Rules whose finds among tests and examples are mostly made for them: a person looks. */
const oftenInvented: ReadonlySet<string> = new Set([
  "private-key",
  "pgp-private-key",
  "putty-private-key",
  "url-password",
  "connection-string-password",
  "basic-authorization",
]);

/** What the place of a find says about it: it stands among tests, or in the JSON of a Google service account. */
function placedIn(candidate: Candidate, traits: PathTraits, serviceAccount: boolean): Candidate {
  if (candidate.rule === "private-key" && serviceAccount) {
    return { ...candidate, rule: "google-service-account-key", what: "key of a Google service account" };
  }
  return traits.invented && oftenInvented.has(candidate.rule) ? { ...candidate, level: "review" } : candidate;
}

function apart(candidates: readonly Candidate[]): readonly Candidate[] {
  const sorted = candidates.toSorted(
    (a, b) => a.start - b.start || a.end - b.end || a.rank - b.rank || byCodeUnits(a.rule, b.rule),
  );
  const kept: Candidate[] = [];
  for (const candidate of sorted) {
    const last = kept.at(-1);
    if (last === undefined || candidate.start >= last.end) kept.push(candidate);
    else if (isBetter(candidate, last)) kept[kept.length - 1] = candidate;
  }
  return kept;
}

function isBetter(a: Candidate, b: Candidate): boolean {
  return a.level === b.level ? a.rank < b.rank : a.level === "block";
}

function located(text: string, candidates: readonly Candidate[]): readonly Find[] {
  let line = 1;
  let lineStart = 0;
  return candidates.map(({ rule, what, level, start, end, value, hint }) => {
    for (let next = text.indexOf("\n", lineStart); next >= 0 && next < start; next = text.indexOf("\n", lineStart)) {
      line += 1;
      lineStart = next + 1;
    }
    return {
      rule,
      what,
      level,
      line,
      column: start - lineStart + 1,
      length: end - start,
      fingerprint: fingerprintOf(rule, value),
      hint,
    };
  });
}
