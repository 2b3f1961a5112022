import { byCodeUnits } from "../../lib/order.ts";
import { type ChangeSet, changed } from "../change/change-set.ts";
import type { CommitFacts, PullRequestFacts } from "../facts.ts";
import { textsOf, type Written, type WrittenCommit } from "../facts-written.ts";
import type { Memo } from "../syntax.ts";
import { isDrawn, withAbouts } from "./about.ts";
import type { BroughtSecret, Spot } from "./brought-secret.ts";
import type { Find } from "./find.ts";
import { scan } from "./scan.ts";
import type { Searchable } from "./searchable.ts";

/** A file that was written and could not be searched. */
export interface Unsearched {
  readonly path: string;
  /** Null: it is of the head, and of no commit that is known. */
  readonly commit: string | null;
  /** Whether it is what the head has there. */
  readonly isHead: boolean;
  readonly reason: string;
  readonly isTooLarge: boolean;
}

export interface BroughtSecrets {
  /** Those that block first. */
  readonly secrets: readonly BroughtSecret[];
  readonly unsearched: readonly Unsearched[];
  /** Commits of which not all is known, with the reason. */
  readonly unlisted: readonly Pick<WrittenCommit, "sha" | "unlisted">[];
  readonly commitsLeftOut: number;
}

/** What is searched, as `Facts` has it. */
export interface Searched {
  readonly change: ChangeSet;
  /** As `Facts.landing`. */
  readonly landing: ChangeSet | null;
  readonly written: Written;
  readonly commits: readonly Pick<CommitFacts, "sha" | "parents" | "message">[];
  readonly pullRequest: Pick<PullRequestFacts, "title" | "body" | "headRef"> | null;
}

/**
 * Every secret that is in the head, in a file of any commit or in words about them, and in no file of the base that is known, each once:
 * where it moved to, how its file is called and what stands around it makes no difference.
 */
export function broughtSecrets(searched: Searched, memo: Memo): BroughtSecrets {
  const { change, written } = searched;
  const contentOf = contentLookup(searched);
  const findsAt = (path: string, sha: string): readonly Find[] => findsIn(path, sha, contentOf(sha), memo);
  const seen = new Map<string, Seen[]>();
  for (const one of [...inHead(change, findsAt), ...inCommits(searched, findsAt), ...inWords(searched)]) {
    const key = keyOf(one.find);
    const places = seen.get(key);
    if (places === undefined) seen.set(key, [one]);
    else places.push(one);
  }
  if (seen.size > 0) for (const key of ofBase(searched, findsAt)) seen.delete(key);
  const secrets = [...seen.values()].flatMap((places) => broughtAt(places, written, findsAt));
  return {
    secrets: withAbouts(secrets.toSorted((a, b) => byCodeUnits(JSON.stringify(a.spots), JSON.stringify(b.spots)))),
    unsearched: unsearchedIn(searched, contentOf),
    unlisted: written.commits.filter(({ unlisted }) => unlisted !== null),
    commitsLeftOut: written.commitsLeftOut,
  };
}

interface Seen {
  readonly find: Find;
  readonly spot: Spot;
}
type FindsAt = (path: string, sha: string) => readonly Find[];
type ContentOf = (sha: string) => Searchable;

const version = "secrets/1";

/** In what is no text only forms count that chance does not make. A name that tells of credentials is no secret yet: no value is compared. */
function findsIn(path: string, sha: string, content: Searchable, memo: Memo): readonly Find[] {
  if (content.kind === "unread") return [];
  return memo(`${version} ${sha} ${path}`, () => {
    const finds = scan(content.text, { path }).finds.filter(({ rule }) => rule !== "credentials-file");
    return content.kind === "text" ? finds : finds.filter(({ level }) => level === "block");
  });
}

function keyOf({ rule, fingerprint }: Find): string {
  return `${rule} ${fingerprint}`;
}

function contentLookup({ change, landing, written }: Searched): ContentOf {
  const texts = [textsOf(change), ...(landing === null ? [] : [textsOf(landing)])];
  const unread = new Map<string, string>();
  for (const { before, after } of change.files)
    for (const one of [before, after]) if (one?.content.kind === "unread") unread.set(one.sha, one.content.reason);
  return (sha) => {
    const text = texts.map((each) => each.get(sha)).find((each) => each !== undefined);
    if (text !== undefined) return { kind: "text", text };
    const reason = unread.get(sha) ?? "its bytes are not at hand";
    return written.contents[sha] ?? { kind: "unread", reason, bytes: null };
  };
}

function inHead(change: ChangeSet, findsAt: FindsAt): readonly Seen[] {
  return changed(change).flatMap(({ path, after }) => {
    if (after === null || after.mode === "160000") return [];
    return findsAt(path, after.sha).map((find) => {
      const { line, column } = find;
      return { find, spot: { kind: "head" as const, path, line, column } };
    });
  });
}

/** Of each path that holds it, the first commit. */
function inCommits({ written }: Searched, findsAt: FindsAt): readonly Seen[] {
  const known = new Set<string>();
  return written.commits.flatMap(({ sha, files }) =>
    files.flatMap(({ path, after }) => {
      if (after === null) return [];
      const fresh = findsAt(path, after.sha).filter((find) => !known.has(`${keyOf(find)} ${path}`));
      for (const find of fresh) known.add(`${keyOf(find)} ${path}`);
      return fresh.map((find) => ({ find, spot: { kind: "commit" as const, sha, path, line: find.line } }));
    }),
  );
}

/** In prose a name with a value behind it says little: only what is known by its form counts. */
const guessedRules: ReadonlySet<string> = new Set(["secret-assignment", "password-assignment"]);

function inWords({ commits, pullRequest }: Searched): readonly Seen[] {
  const words: (readonly [Spot, string])[] = commits.map(({ sha, message }) => [{ kind: "message", sha }, message]);
  if (pullRequest !== null) {
    const { title, body, headRef } = pullRequest;
    words.push([{ kind: "title" }, title], [{ kind: "description" }, body], [{ kind: "branch" }, headRef]);
  }
  return words.flatMap(([spot, text]) => {
    const finds = scan(text, { path: spot.kind }).finds.filter(({ rule }) => !guessedRules.has(rule));
    return finds.map((find) => ({ find, spot }));
  });
}

/** Keys of what the base holds, as far as files of it were read: what changed, what stands around it, and what commits started from. */
function ofBase(searched: Searched, findsAt: FindsAt): readonly string[] {
  const { change, landing } = searched;
  const versions = [change, ...(landing === null ? [] : [landing])].flatMap(({ files }) =>
    files.flatMap(({ path, before }) =>
      before === null || before.mode === "160000" ? [] : [{ path, sha: before.sha }],
    ),
  );
  const distinct = new Map([...versions, ...startedFrom(searched)].map((one) => [`${one.sha} ${one.path}`, one]));
  return [...distinct.values()].flatMap(({ path, sha }) => findsAt(path, sha).map(keyOf));
}

interface Version {
  readonly path: string;
  readonly sha: string;
}

/**
 * What commits found in their parents and no commit of the branch before them wrote. Order of time shows nothing here, an author sets it: only
 * ancestors do, all of which must be known.
 */
function startedFrom({ written, commits }: Searched): readonly Version[] {
  const listed = new Set(written.commits.flatMap(({ sha, unlisted }) => (unlisted === null ? [sha] : [])));
  const writers = new Map<string, string[]>();
  for (const { sha: commit, files } of written.commits)
    for (const { path, after } of files) {
      if (after === null) continue;
      const known = writers.get(`${after.sha} ${path}`);
      if (known === undefined) writers.set(`${after.sha} ${path}`, [commit]);
      else known.push(commit);
    }
  const own = new Map(commits.map(({ sha, parents }) => [sha, parents]));
  return written.commits.flatMap(({ sha: commit, files }) => {
    const ancestors = ancestorsOf(commit, own);
    if (![...ancestors].every((ancestor) => listed.has(ancestor))) return [];
    return files.flatMap(({ path, before }) =>
      before.flatMap(({ sha }) => {
        const isOwn = writers.get(`${sha} ${path}`)?.some((writer) => ancestors.has(writer)) ?? false;
        return isOwn ? [] : [{ path, sha }];
      }),
    );
  });
}

/** Of the branch, not of the base. */
function ancestorsOf(commit: string, own: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [commit];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const parent of own.get(next) ?? []) {
      if (!own.has(parent) || found.has(parent)) continue;
      found.add(parent);
      open.push(parent);
    }
  }
  return found;
}

function broughtAt(
  places: readonly Seen[],
  written: Written,
  findsAt: FindsAt,
): readonly Omit<BroughtSecret, "about">[] {
  const [first, ...more] = places;
  if (first === undefined) return [];
  const { rule, what, fingerprint } = first.find;
  return [
    {
      rule,
      what,
      level: places.some(({ find }) => find.level === "block") ? "block" : "review",
      fingerprint: isDrawn(first.find) ? fingerprint : null,
      spots: [first.spot, ...more.map(({ spot }) => spot)],
      takenOut: first.spot.kind === "commit" ? takenOutBy(keyOf(first.find), written, findsAt) : null,
    },
  ];
}

/** The last commit that had it from a parent and does not have it. */
function takenOutBy(key: string, { commits }: Written, findsAt: FindsAt): string | null {
  const holds = (path: string, sha: string): boolean => findsAt(path, sha).some((find) => keyOf(find) === key);
  const last = commits.findLast(
    ({ files }) =>
      files.some(({ path, before }) => before.some(({ sha }) => holds(path, sha))) &&
      files.every(({ path, after }) => after === null || !holds(path, after.sha)),
  );
  return last?.sha ?? null;
}

/** What of the base cannot be read brings nothing: what was written has to be, each blob once. */
function unsearchedIn({ change, written }: Searched, contentOf: ContentOf): readonly Unsearched[] {
  const ofCommits = written.commits.flatMap(({ sha: commit, files }) =>
    files.flatMap(({ path, after }) => (after === null ? [] : [{ path, sha: after.sha, commit }])),
  );
  const ofHead = changed(change).flatMap(({ path, after }) =>
    after === null || after.mode === "160000" ? [] : [{ path, sha: after.sha, commit: null }],
  );
  const kept = new Set(change.files.flatMap(({ before }) => (before === null ? [] : [before.sha])));
  const heads = new Set(ofHead.map(({ path, sha }) => `${sha} ${path}`));
  const distinct = new Map([...ofHead, ...ofCommits.toReversed()].map((one) => [`${one.sha} ${one.path}`, one]));
  return [...distinct.values()].flatMap(({ path, sha, commit }) => {
    const content = contentOf(sha);
    return content.kind !== "unread" || kept.has(sha)
      ? []
      : [
          {
            path,
            commit,
            isHead: heads.has(`${sha} ${path}`),
            reason: content.reason,
            isTooLarge: content.bytes !== null,
          },
        ];
  });
}
