import { type ChartRenderer, withRendered } from "../../app/chart-rendering.ts";
import type { Collected, PolicySource } from "../../app/ports.ts";
import { changeSet, differences } from "../../core/change/build.ts";
import type { Content, Gap } from "../../core/change/change-set.ts";
import type { Account, CollectedFacts, Facts } from "../../core/facts.ts";
import { pastUnknowable } from "../../core/past/past.ts";
import { contextPaths, contextRead, contextWanted } from "../../core/reach/context.ts";
import type { Searchable } from "../../core/secrets/searchable.ts";
import type { ReachPolicy } from "../../core/reach/names.ts";
import type { LocalCommit } from "./commits.ts";
import { readContents, readEntries } from "./contents.ts";
import type { LocalRepository } from "./repository.ts";
import type { Listing } from "./trees.ts";
import { readWritten } from "./written.ts";

/** What the server would collect, as far as a clone knows it. */
export type LocalFacts = Extract<Collected, { kind: "facts" }>;

/** The policy in force: it says which unchanged files matter. Where it cannot be read, the strict default. */
export type PolicyOf = (policies: readonly PolicySource[]) => ReachPolicy;

/** What a clone cannot know, whatever is asked. */
export const unknowable: readonly string[] = [
  "Reviews, approvals and auto-merge are on GitHub only.",
  "Who opens the pull request, who pushes it and who set an agent to work is not in a clone.",
  "The accounts behind the mailboxes of commits, and whether GitHub verifies their signatures.",
  "The organisation's policy is not in this repository: it may ask for more.",
  "The permissions and teams of people.",
  "Other open pull requests.",
  "What the base branch held before, and since when: GitHub keeps the record of that.",
];

/** The two sides of a local change, before anything is read for it. */
export interface Sides {
  readonly base: Facts["base"];
  readonly mergeBaseSha: string;
  readonly before: Listing;
  readonly headSha: string;
  readonly headRef: string;
  readonly after: Listing;
  /** What is not in the object store yet, by `contentKey`. */
  readonly contents: ReadonlyMap<string, Content>;
  /** Null: the head is a commit. Else what is not in the object store yet, by blob. */
  readonly searchables: ReadonlyMap<string, Searchable> | null;
  readonly commits: readonly LocalCommit[];
  /** The commit at the head, whose message stands for the description. */
  readonly described: LocalCommit;
  readonly policies: readonly PolicySource[];
  readonly unknowable: readonly string[];
}

/** A local run ends with its process. */
const neverAborted = new AbortController().signal;

/** The facts of a change between two sides that `author` opens. */
export async function assemble(
  { git, objects, repository }: LocalRepository,
  sides: Sides,
  author: Account,
  { policyOf, renderer }: { readonly policyOf: PolicyOf; readonly renderer: ChartRenderer | null },
): Promise<LocalFacts> {
  const subject = { kind: "pull_request", installationId: 0, repository, number: 0 } as const;
  const { before, after, headSha } = sides;
  const changed = differences(before.tree, after.tree).map(({ path }) => path);
  const context = contextPaths(after.tree, changed, policyOf(sides.policies));
  const paths = [...changed, ...contextWanted(context)];
  const contentOf = await readContents(objects, before.tree, after.tree, paths, sides.contents);
  const matters = contextRead(context, { base: before.tree, head: after.tree }, contentOf);
  const change = await withRendered(changeSet(before.tree, after.tree, matters, contentOf), renderer, {
    before: before.tree,
    after: after.tree,
    read: async (entries) => await readEntries(objects, entries, sides.contents),
    signal: neverAborted,
  });
  const commits = sides.commits.map((commit) => commit.facts);
  const written = await readWritten(git, objects, {
    commits,
    mergeBaseSha: sides.mergeBaseSha,
    change,
    isCommitted: sides.searchables === null,
    known: sides.searchables ?? new Map(),
  });
  const [title = "", ...body] = sides.described.facts.message.split("\n");
  const facts: CollectedFacts = {
    subject,
    base: sides.base,
    head: { sha: headSha, fromFork: false },
    mergeBaseSha: sides.mergeBaseSha,
    change,
    landing: null,
    past: pastUnknowable,
    pullRequest: {
      title,
      body: body.join("\n").trim(),
      author,
      draft: false,
      open: true,
      headRef: sides.headRef,
      labels: [],
      assigneesAtOpening: [],
      workStartedBy: [],
      prompts: [],
      workflowActs: [],
      lastPusher: null,
      autoMergeArmedBy: null,
      openedAtMs: sides.described.committedAtMs,
      retargetedAtMs: null,
    },
    commits,
    written,
    updateMerges: [],
    codeOwners: { kind: "unread", reason: "it is not read here" },
    reviews: [],
    people: [],
    teams: [],
    administrators: null,
    writers: null,
    deployments: null,
    gaps: [...context.gaps, ...unclearPaths(sides)],
    posture: null,
    unknowable: sides.unknowable,
  };
  const target = { repository, headSha, checkName: "sallyport" };
  return {
    kind: "facts",
    facts,
    policies: sides.policies,
    siblings: [],
    target,
    commands: [],
    standing: { labels: [], asked: [] },
    lookAgainMs: null,
  };
}

function unclearPaths({ before, after }: Sides): readonly Gap[] {
  return differences(before.tree, after.tree)
    .filter(({ path }) => before.unclear.has(path) || after.unclear.has(path))
    .map(({ path, status }) => ({
      id: `unreadable-name:${path}`,
      level: "hold",
      path,
      side: status === "removed" ? "base" : "head",
      line: null,
      reason: `what \`${path}\` is: its name is not valid UTF-8, or its kind is none that git writes today`,
      remedy: "Give the file a name in UTF-8 and commit it as a plain file.",
    }));
}
