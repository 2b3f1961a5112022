import { type ChartRenderer, withRendered } from "../../../app/chart-rendering.ts";
import type { BlobCache } from "../../../app/ports.ts";
import { changeSet, differences } from "../../../core/change/build.ts";
import type { ChangeSet, Gap } from "../../../core/change/change-set.ts";
import { lockfileBlobs } from "../../../core/change/content.ts";
import { contextPaths, contextRead, contextWanted } from "../../../core/reach/context.ts";
import type { ReachPolicy } from "../../../core/reach/names.ts";
import type { Repository } from "../../../core/subject.ts";
import { byCodeUnits } from "../../../lib/order.ts";
import type { Session } from "../api.ts";
import { readContents } from "./blobs.ts";
import { missing } from "./gap.ts";
import type { Listing, Trees } from "./trees.ts";

/** What reading a change takes. */
export interface ChangeParts {
  readonly trees: Trees;
  readonly blobs: BlobCache;
  readonly policy: ReachPolicy;
  /** Null: no chart is rendered. */
  readonly renderer: ChartRenderer | null;
}

/** The difference of two listings, with its context, and what of it could not be read. */
export async function readChange(
  session: Session,
  repository: Repository,
  { blobs, policy, renderer }: ChangeParts,
  { before, after }: { readonly before: Listing; readonly after: Listing },
): Promise<{ readonly change: ChangeSet; readonly gaps: readonly Gap[] }> {
  const changed = differences(before.tree, after.tree).map(({ path }) => path);
  const context = contextPaths(after.tree, changed, policy);
  const paths = [...changed, ...contextWanted(context)];
  const entries = paths
    .flatMap((path) => [before.tree.get(path), after.tree.get(path)])
    .filter((entry) => entry !== undefined);
  const sizes = new Map([...before.sizes, ...after.sizes]);
  const large = lockfileBlobs(paths, [before.tree, after.tree]);
  const contentOf = await readContents(session, repository, blobs, entries, sizes, large);
  const matters = contextRead(context, { base: before.tree, head: after.tree }, contentOf);
  const change = changeSet(before.tree, after.tree, matters, contentOf);
  return {
    change: await withRendered(change, renderer, {
      before: before.tree,
      after: after.tree,
      read: async (more) => await readContents(session, repository, blobs, more, sizes),
      signal: session.signal,
    }),
    gaps: [...context.gaps, ...unlisted(before, after), ...unclear(before, after)],
  };
}

function unlisted(before: Listing, after: Listing): readonly Gap[] {
  const folders = [...new Set([...before.unlisted, ...after.unlisted])].toSorted(byCodeUnits);
  return folders.map((folder) =>
    missing(
      `unreadable-folder:${folder}`,
      `what changed in ${folder === "" ? "this repository" : `\`${folder}\``}: it holds more files than GitHub lists`,
      "Split the folder, or ask people to decide.",
      folder === "" ? null : folder,
    ),
  );
}

function unclear(before: Listing, after: Listing): readonly Gap[] {
  return differences(before.tree, after.tree)
    .filter(({ path }) => before.unclear.has(path) || after.unclear.has(path))
    .map(({ path }) =>
      missing(
        `unreadable-name:${path}`,
        `what \`${path}\` is: its name is not valid UTF-8, or its kind is none that git writes today`,
        "Give the file a name in UTF-8 and commit it as a plain file.",
        path,
      ),
    );
}
