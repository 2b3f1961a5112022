import type { Tree, TreeEntry } from "../core/change/build.ts";
import type { ChangeSet, Content, Side } from "../core/change/change-set.ts";
import { type ChartInput, gathered, placesOf } from "../core/helm/chart-files.ts";
import { Charts } from "../core/helm/charts.ts";
import type { ChartUse, RenderedChart, Rendering } from "../core/helm/rendering.ts";
import { rendersWanted, usesLimit } from "../core/helm/wanted.ts";
import type { Memo } from "../core/syntax.ts";

/** Runs Helm on a chart that nobody has read yet: whatever it is given must not get anywhere else. */
export interface ChartRenderer {
  /** Never rejects but for an aborted signal: what fails is a `Rendering` that says why. */
  render(input: ChartInput, signal: AbortSignal): Promise<Rendering>;
}

/** Both sides of a change and the way to read more of them. */
export interface RenderSource {
  readonly before: Tree;
  readonly after: Tree;
  /** What stands in these entries; `unread` where it could not be read. */
  readonly read: (entries: readonly TreeEntry[]) => Promise<(entry: TreeEntry) => Content>;
  readonly signal: AbortSignal;
}

const forget: Memo = (_, compute) => compute();

/** The change with what Helm makes of the charts that it touches. Without a renderer, and without such charts, it stays as it is. */
export async function withRendered(
  change: ChangeSet,
  renderer: ChartRenderer | null,
  source: RenderSource,
): Promise<ChangeSet> {
  if (renderer === null) return change;
  const wanted = rendersWanted(change, forget);
  if (wanted === null) return { ...change, rendered: tooMany(change) };
  if (wanted.length === 0) return change;
  const charts = new Charts(change, forget);
  const trees = { base: source.before, head: source.after };
  const sides: readonly Side[] = ["base", "head"];
  const entries = sides.flatMap((side) =>
    wanted.flatMap(({ chart, files }) =>
      [...placesOf(chart, charts, side, trees[side].keys()).values(), ...files].flatMap(
        (path) => trees[side].get(path) ?? [],
      ),
    ),
  );
  const contentIn = await source.read(entries);
  const rendered: RenderedChart[] = [];
  // One after the other: each takes a process, its memory and its time.
  for (const use of wanted) {
    const [before, after] = [await sideOf(use, "base"), await sideOf(use, "head")];
    const isSame = before?.kind === "manifests" && after?.kind === "manifests" && before.digest === after.digest;
    rendered.push({
      ...use,
      before: isSame ? { ...before, text: "" } : before,
      after: isSame ? { ...after, text: "" } : after,
    });
  }
  return { ...change, rendered };

  async function sideOf(use: ChartUse, side: Side): Promise<Rendering | null> {
    const tree = trees[side];
    const found = gathered(use, charts, side, tree, (path) => {
      const entry = tree.get(path);
      return entry === undefined ? null : contentIn(entry);
    });
    switch (found.kind) {
      case "absent":
        return null;
      case "failed":
        return found;
      case "input":
        return (await renderer?.render(found.input, source.signal)) ?? null;
    }
  }
}

/** Each chart is told to be unrendered, so that the gap of its templates says why. */
function tooMany(change: ChangeSet): readonly RenderedChart[] {
  const failed = {
    kind: "failed",
    because: `more than ${usesLimit} charts and sets of values would have to be rendered`,
  } as const;
  return new Charts(change, forget)
    .roots()
    .map((chart) => ({ chart, path: chart, files: [], before: failed, after: failed }));
}
