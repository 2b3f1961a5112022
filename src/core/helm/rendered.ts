import { type ChangeSet, changed, type Gap } from "../change/change-set.ts";
import type { ComposedObject } from "../kubernetes/composed.ts";
import type { Memo } from "../syntax.ts";
import { below, Charts } from "./charts.ts";
import { objectsOfRendered, type RenderedPair } from "./rendered-objects.ts";
import type { RenderedChart, Rendering } from "./rendering.ts";
import { isScaler } from "./scaling.ts";

export interface Rendered {
  readonly before: readonly ComposedObject[];
  readonly after: readonly ComposedObject[];
  /** Values files, and their charts' templates, that need not be read any other way. */
  readonly paths: ReadonlySet<string>;
  readonly claimed: ReadonlySet<string>;
  /** Why templates that change were not rendered though they should have been. */
  readonly gaps: readonly Gap[];
}

/** What Helm made of the charts that a change touches. A chart of which one set of values failed is read as if none was rendered. */
export function renderedObjects(change: ChangeSet, memo: Memo): Rendered {
  const charts = new Charts(change, memo);
  const before: ComposedObject[] = [];
  const after: ComposedObject[] = [];
  const paths = new Set<string>();
  const claimed = new Set<string>();
  for (const [chart, sets] of Map.groupBy(change.rendered ?? [], (one) => one.chart)) {
    const read = sets.map((one) => ({ one, pairs: objectsOfRendered(one, change, memo) }));
    if (read.some(({ pairs }) => pairs === null)) continue;
    const seen = new Set<string>();
    for (const { one, pairs } of read) {
      const shown = shownOf(pairs ?? [], seen);
      const from = shown.some(({ differs }) => differs) ? sourcesOf(one, charts, change) : [];
      for (const pair of shown) {
        const of = pair.differs ? from : [];
        if (pair.before !== undefined) before.push({ object: pair.before, from: of });
        if (pair.after !== undefined) after.push({ object: pair.after, from: of });
      }
      for (const path of one.files) paths.add(path);
      paths.add(one.path);
    }
    for (const path of templatesOf(chart, charts, change)) claimed.add(path);
  }
  return { before, after, paths, claimed, gaps: [] };
}

/** What differs, once for all sets of values that make the same of it; and beside it what scales it. */
function shownOf(pairs: readonly RenderedPair[], seen: Set<string>): readonly RenderedPair[] {
  const fresh = pairs.filter(({ key, text, differs }) => differs && !seen.has(`${key}\n${text}`));
  for (const { key, text } of fresh) seen.add(`${key}\n${text}`);
  const scalers = pairs.filter(
    ({ differs, before, after }) => !differs && isScaler(after?.kind ?? before?.kind ?? ""),
  );
  return fresh.length === 0 ? [] : [...fresh, ...scalers];
}

/** The changed files that a rendering depends on. */
function sourcesOf(one: RenderedChart, charts: Charts, change: ChangeSet): readonly string[] {
  const parts = charts.parts(one.chart).map((folder) => below(folder, ""));
  return changed(change)
    .map(({ path }) => path)
    .filter((path) => one.files.includes(path) || parts.some((part) => path.startsWith(part)));
}

/** The templates of a chart and of those it is put together from. */
function templatesOf(chart: string, charts: Charts, change: ChangeSet): readonly string[] {
  const parts = charts.parts(chart).map((folder) => below(folder, ""));
  return change.files
    .map(({ path }) => path)
    .filter((path) => parts.some((part) => path.startsWith(part) && /^(?:.*\/)?templates\//u.test(path.slice(part.length))));
}

/** Why the template at a path was not rendered, where somebody tried; null where nobody did. */
export function whyNotRendered(path: string, change: ChangeSet, memo: Memo): string | null {
  const failed = (rendering: Rendering | null): string | null =>
    rendering?.kind === "failed" ? rendering.because : null;
  const charts = new Charts(change, memo);
  for (const { chart, before, after } of change.rendered ?? []) {
    if (!charts.parts(chart).some((folder) => path.startsWith(below(folder, "")))) continue;
    const because = failed(after) ?? failed(before);
    if (because !== null) return because;
  }
  return null;
}
