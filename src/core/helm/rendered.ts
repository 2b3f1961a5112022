import { type ChangeSet, changed } from "../change/change-set.ts";
import type { ComposedObject } from "../kubernetes/composed.ts";
import type { Memo } from "../syntax.ts";
import { below, Charts } from "./charts.ts";
import { objectsOfRendered, type RenderedPair } from "./rendered-objects.ts";
import type { RenderedChart } from "./rendering.ts";
import { isScaler } from "./scaling.ts";

export interface Rendered {
  readonly before: readonly ComposedObject[];
  readonly after: readonly ComposedObject[];
  /** Values files, and their charts' templates, that need not be read any other way. */
  readonly paths: ReadonlySet<string>;
  readonly claimed: ReadonlySet<string>;
  /** Of templates that stay what they are though somebody tried: why. */
  readonly because: ReadonlyMap<string, string>;
}

/** What Helm made of the charts that a change touches. A chart of which one set of values failed is read as if none was rendered. */
export function renderedObjects(change: ChangeSet, memo: Memo): Rendered {
  const charts = new Charts(change, memo);
  const before: ComposedObject[] = [];
  const after: ComposedObject[] = [];
  const paths = new Set<string>();
  const claimed = new Set<string>();
  const because = new Map<string, string>();
  for (const [chart, sets] of Map.groupBy(change.rendered ?? [], (one) => one.chart)) {
    const read = sets.map((one) => ({ one, pairs: objectsOfRendered(one, change, memo) }));
    const templates = templatesOf(chart, charts, change);
    if (read.some(({ pairs }) => pairs === null)) {
      for (const path of templates) because.set(path, whyNot(sets));
      continue;
    }
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
    for (const path of templates) claimed.add(path);
  }
  return { before, after, paths, claimed, because };
}

/** What differs, once for all sets of values that make the same of it; and beside it what scales it. */
function shownOf(pairs: readonly RenderedPair[], seen: Set<string>): readonly RenderedPair[] {
  const fresh = pairs.filter(({ key, text, differs }) => differs && !seen.has(`${key}\n${text}`));
  for (const { key, text } of fresh) seen.add(`${key}\n${text}`);
  const scalers = pairs.filter(({ differs, before, after }) => !differs && isScaler(after?.kind ?? before?.kind ?? ""));
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
    .filter((path) =>
      parts.some((part) => path.startsWith(part) && /^(?:.*\/)?templates\//u.test(path.slice(part.length))),
    );
}

const unreadable = "what Helm made of the chart cannot be read";

function whyNot(sets: readonly RenderedChart[]): string {
  const reasons = sets.flatMap(({ before, after }) =>
    [after, before].flatMap((side) => (side?.kind === "failed" ? side.because : [])),
  );
  return reasons[0] ?? unreadable;
}
