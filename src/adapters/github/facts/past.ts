import type { BlobCache } from "../../../app/ports.ts";
import { differences, type TreeEntry } from "../../../core/change/build.ts";
import type { ChangeSet, Content } from "../../../core/change/change-set.ts";
import { bringsBounded, fileOf, growthWindowsMs, pathsOfGrowth, versionOf } from "../../../core/past/growth.ts";
import { contentKey, type FormerState, type Past, type PastEnd, pastNotAsked } from "../../../core/past/past.ts";
import type { Policy } from "../../../core/policy/schema.ts";
import type { Repository } from "../../../core/subject.ts";
import type { Memo } from "../../../core/syntax.ts";
import { formatOf } from "../../../core/views/settings.ts";
import type { Session } from "../api.ts";
import { readContents } from "./blobs.ts";
import type { EntriesAt, Entries } from "./entries.ts";
import { type Stood, type StoodSince, stoodSince } from "./stood.ts";
import type { Trees } from "./trees.ts";

/** Paths whose past is read, those among them that a key of this change may have come from. */
const pathsLimit = 200;
/** Of a path at a commit each. */
const lookupsLimit = 20_000;
/** Versions of files that are carried to the evaluation. */
const versionsLimit = 500;
/** A key that moved more often than this within the window is followed no further. */
const hopsLimit = 5;

export interface PastParts {
  readonly entries: Entries;
  readonly trees: Trees;
  readonly blobs: BlobCache;
  readonly policy: Policy;
}

/** What is asked about. */
export interface PastOf {
  readonly branch: string;
  readonly tip: string;
  /** What would land on it. */
  readonly landing: ChangeSet;
  /** How far back it may return to what stood there; null: no further than growth is measured. */
  readonly restoreMs: number | null;
}

/** Nothing here is parsed twice in one look; what the evaluator keeps is its own. */
const memo: Memo = (_, compute) => compute();

/**
 * What the base branch held where the policy measures the change against it; nothing is asked for where it does not. `unsettled`: more
 * may be known in a while. Throws `GitHubFailure` or `RetryLater`.
 */
export async function readPast(
  session: Session,
  repository: Repository,
  parts: PastParts,
  { branch, tip, landing, restoreMs }: PastOf,
): Promise<{ readonly past: Past; readonly unsettled: boolean }> {
  const windows = growthWindowsMs(parts.policy);
  const paths = windows.length === 0 ? [] : pathsOfGrowth(landing, parts.policy, memo);
  const wanted = [...(paths.length === 0 ? [] : windows), ...(restoreMs === null ? [] : [restoreMs])];
  if (wanted.length === 0) return { past: pastNotAsked, unsettled: false };
  const sinceMs = session.clock.now() - Math.max(...wanted);
  const { unsettled, ...found } = await stoodSince(session, repository, { branch, tip }, sinceMs);
  const past = paths.length === 0 ? asPast(bare(found)) : await readGrowth(session, repository, parts, paths, found);
  return { past, unsettled };
}

/** The states as far as they are read, which may be less far than the record goes. */
interface Growing {
  stood: readonly Stood[];
  end: PastEnd | null;
  paths: readonly string[];
  entries: ReadonlyMap<string, EntriesAt>;
  contentOf: (entry: TreeEntry) => Content;
}

async function readGrowth(
  session: Session,
  repository: Repository,
  parts: PastParts,
  paths: readonly string[],
  found: Omit<StoodSince, "unsettled">,
): Promise<Past> {
  const growing = bare(found);
  const followed = new Set<string>();
  let wanted = paths;
  for (let hop = 0; ; hop += 1) {
    await widen(session, repository, parts, growing, wanted);
    const step = arrival(growing, parts.policy, followed);
    if (step === null) break;
    followed.add(step.after.sha);
    const more = hop < hopsLimit ? await changedWith(session, repository, parts, step) : null;
    if (more === null || growing.paths.length + more.length > pathsLimit) {
      cut(growing, step.after, "values of this change may have stood elsewhere, which is followed no further");
      break;
    }
    wanted = [...new Set([...growing.paths, ...more])];
  }
  return asPast(growing);
}

/** Of which no path was looked at. */
function bare({ stood, end }: Omit<StoodSince, "unsettled">): Growing {
  return { stood, end, paths: [], entries: new Map(), contentOf: unasked };
}

const unasked = (): Content => ({ kind: "unread", reason: "it was not asked for" });

/** Reads the entries of more paths, and what stands there; of fewer states where that would be too much. */
async function widen(
  session: Session,
  repository: Repository,
  { entries, blobs }: PastParts,
  growing: Growing,
  paths: readonly string[],
): Promise<void> {
  growing.paths = paths.slice(0, pathsLimit);
  const statesLimit = Math.floor(lookupsLimit / growing.paths.length);
  const first = growing.stood[statesLimit - 1];
  if (first !== undefined && growing.stood.length > statesLimit)
    cut(growing, first, `there are more than ${lookupsLimit} places to look at since`);
  if (paths.length > pathsLimit)
    growing.end = { beforeMs: null, because: `the change has more than ${pathsLimit} files` };
  const commits = [...new Set(growing.stood.map(({ sha }) => sha))];
  growing.entries = await entries.read(session, repository, commits, growing.paths);
  const { stood } = growing;
  const found = new Map<string, TreeEntry>();
  for (const [index, { sha }] of stood.entries()) {
    const at = Object.values(growing.entries.get(sha) ?? {}).filter((entry) => entry !== null);
    const fresh = at.filter((entry) => !found.has(contentKey(entry)));
    const last = stood[index - 1];
    if (last !== undefined && found.size + fresh.length > versionsLimit) {
      cut(growing, last, `its files have changed more than ${versionsLimit} times since`);
      break;
    }
    for (const entry of fresh) found.set(contentKey(entry), entry);
  }
  growing.contentOf = await readContents(session, repository, blobs, [...found.values()], new Map());
}

/** Nothing is known from before the branch came to this state. */
function cut(growing: Growing, last: Stood, because: string): void {
  growing.stood = growing.stood.slice(0, growing.stood.indexOf(last) + 1);
  growing.end = { beforeMs: last.sinceMs, because };
}

interface Step {
  readonly before: Stood;
  readonly after: Stood;
}

/** The newest step of the branch with which a bounded key came to stand at these paths, and that was not followed yet. */
function arrival(growing: Growing, policy: Policy, followed: ReadonlySet<string>): Step | null {
  const { stood, entries, paths, contentOf } = growing;
  for (const [index, after] of stood.entries()) {
    const before = stood[index + 1];
    if (before === undefined || followed.has(after.sha)) continue;
    const [was, is] = [entries.get(before.sha), entries.get(after.sha)];
    if (was === undefined || is === undefined) continue;
    const contents = contentsOf([was, is], contentOf);
    const files = paths.map((path) =>
      fileOf(path, versionOf(was[path] ?? null, contents), versionOf(is[path] ?? null, contents)),
    );
    if (files.every(({ status }) => status === "unchanged")) continue;
    if (bringsBounded({ files }, policy, memo)) return { before, after };
  }
  return null;
}

/** The files of configuration that the same step changed or took away: a key that came may have stood there. Null: not all are known. */
async function changedWith(
  session: Session,
  repository: Repository,
  { trees }: PastParts,
  { before, after }: Step,
): Promise<readonly string[] | null> {
  const [from, to] = [
    await trees.list(session, repository, before.sha),
    await trees.list(session, repository, after.sha),
  ];
  if (from.unlisted.length > 0 || to.unlisted.length > 0) return null;
  return differences(from.tree, to.tree)
    .filter(({ path, status }) => status !== "added" && formatOf(path) !== null)
    .map(({ path }) => path);
}

function contentsOf(
  all: Iterable<EntriesAt>,
  contentOf: (entry: TreeEntry) => Content,
): Readonly<Record<string, Content>> {
  const contents = new Map<string, Content>();
  for (const entries of all)
    for (const entry of Object.values(entries)) if (entry !== null) contents.set(contentKey(entry), contentOf(entry));
  return Object.fromEntries(contents);
}

function asPast({ stood, end, paths, entries, contentOf }: Growing): Past {
  const states = stood.map((one): FormerState => ({ ...one, entries: entries.get(one.sha) ?? {} }));
  return { kind: "known", states, end, growthPaths: paths, contents: contentsOf(entries.values(), contentOf) };
}
