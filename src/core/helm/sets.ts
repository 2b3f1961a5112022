import { type ChangedFile, type ChangeSet, changed, type Side } from "../change/change-set.ts";
import { joined } from "../change/symlinks.ts";
import { isValuesFile } from "../reach/values-files.ts";
import { applicationsIn } from "../reach/graph/argo-read.ts";
import { isOpen } from "../reach/graph/expressions.ts";
import type { Memo } from "../syntax.ts";
import { child, documentsOf, type Tree } from "../views/documents.ts";
import { directoryOf } from "../views/terraform.ts";
import { below, Charts, folderName, versionOn } from "./charts.ts";
import { laidOver } from "./coalesce.ts";
import { textOf } from "./parts.ts";
import { type Release, releasesOf } from "./releases.ts";

/** One way to deploy a chart: the values of one file, or of one object that deploys it, with all that they are laid over. */
export interface ValuesSet {
  /** The file that has the last word. Limits and reach go by it. */
  readonly path: string;
  /** What the chart or the release is called. */
  readonly chart: string;
  readonly namespace: string | null;
  /** The chart is of this repository, and with it all that the values fall back to. */
  readonly isWhole: boolean;
  readonly before: Layered | null;
  readonly after: Layered | null;
}

export interface Layered {
  /** The values as the chart sees them. */
  readonly values: Tree;
  /** Of these, what the file itself says. */
  readonly own: Tree;
}

/** Where Argo CD takes the values of a chart from. */
export interface Use {
  /** Null: the chart is none of this repository. */
  readonly chart: string | null;
  /** Values files that this one is laid over. */
  readonly under: readonly string[];
}

/**
 * The sets of values that change by what one of their files says itself. A default that changes is one of the chart's own set, which
 * stands for every file that does not override it; so nothing is shown twice.
 */
export function changedSets(change: ChangeSet, memo: Memo): readonly ValuesSet[] {
  const charts = new Charts(change, memo);
  const uses = usesOf(change, charts, memo);
  return changed(change).flatMap((file): readonly ValuesSet[] => {
    const use = uses.get(file.path) ?? useByKeys(file.path, charts);
    if (isValuesFile(file.path) || use !== undefined) return setOfFile(file.path, use, charts);
    const releases = (side: Side): readonly Release[] => releasesOf(file.path, versionOn(side, file), memo);
    return setsOfReleases(file.path, releases("base"), releases("head"), charts);
  });
}

function setOfFile(path: string, use: Use | undefined, charts: Charts): readonly ValuesSet[] {
  const chart = chartOf(path, use, charts);
  if (chart === undefined) return [];
  const isOwn = chart !== null && path === below(chart, "values.yaml");
  const layered = (side: Side): Layered | null => {
    const own = charts.document(path, side);
    if (own === undefined) return null;
    if (isOwn) return { own, values: charts.defaults(chart, side) ?? own };
    return { own, values: laidOver(beneath(chart, use, charts, side), own) ?? own };
  };
  const name = folderName(chart ?? directoryOf(path));
  return [
    {
      path,
      chart: name === "" ? "chart" : name,
      namespace: null,
      isWhole: chart !== null,
      before: layered("base"),
      after: layered("head"),
    },
  ];
}

/** What nobody names as values, and is none by its own name, may be told by its keys. */
function useByKeys(path: string, charts: Charts): Use | undefined {
  if (!/\.ya?ml$/iu.test(path) || path.startsWith(".github/")) return undefined;
  const chart = charts.setBy(path);
  return chart === null ? undefined : { chart, under: [] };
}

/** The chart that a values file is for, null for one of another repository; undefined where nothing says that the file holds values. */
function chartOf(path: string, use: Use | undefined, charts: Charts): string | null | undefined {
  const around = charts.around(path);
  // By their folder alone files say nothing of a chart: `environments/prod.yaml` may be anything.
  if (use === undefined && around === null && !/(?:^|[/._-])values(?:[._-][^/]*)?\.ya?ml$/iu.test(path))
    return undefined;
  return use?.chart ?? around;
}

/** The defaults of the chart, and the values files over them that this one is laid over. */
function beneath(chart: string | null, use: Use | undefined, charts: Charts, side: Side): Tree | undefined {
  const defaults = chart === null ? undefined : charts.defaults(chart, side);
  return (use?.under ?? []).reduce((low, one) => laidOver(low, charts.document(one, side)), defaults);
}

/**
 * What a values file falls back to for the keys that it does not set itself; undefined for a chart's own values, for those of charts of
 * other repositories, and for files of another kind. The files of the change are only gone through when it is asked.
 */
export function fallbacks(change: ChangeSet, memo: Memo): (path: string, side: Side) => Tree | undefined {
  const charts = new Charts(change, memo);
  let uses: ReadonlyMap<string, Use> | undefined;
  return (path, side) => {
    uses ??= usesOf(change, charts, memo);
    const use = uses.get(path) ?? useByKeys(path, charts);
    if (use === undefined && !isValuesFile(path)) return undefined;
    const chart = chartOf(path, use, charts);
    if (chart === undefined || (chart !== null && path === below(chart, "values.yaml"))) return undefined;
    return beneath(chart, use, charts, side);
  };
}

function setsOfReleases(
  path: string,
  befores: readonly Release[],
  afters: readonly Release[],
  charts: Charts,
): readonly ValuesSet[] {
  const keyOf = ({ kind, namespace, name }: Release): string => `${kind}/${namespace ?? ""}/${name}`;
  const keys = [...new Set([...befores, ...afters].map(keyOf))];
  return keys.flatMap((key) => {
    const [before, after] = [befores, afters].map((side) => side.find((one) => keyOf(one) === key));
    const one = after ?? before;
    const layered = (release: Release | undefined, side: Side): Layered | null => {
      if (release === undefined) return null;
      const chart = release.chart === null ? null : joined([], release.chart);
      const defaults = chart !== null && charts.has(chart) ? charts.defaults(chart, side) : undefined;
      return { own: release.values, values: laidOver(defaults, release.values) ?? release.values };
    };
    return one === undefined
      ? []
      : [
          {
            path,
            chart: one.name,
            namespace: one.namespace,
            isWhole: one.chart !== null && charts.has(joined([], one.chart) ?? ""),
            before: layered(before, "base"),
            after: layered(after, "head"),
          },
        ];
  });
}

/** Which charts Argo CD's Applications lay values files over, and in which order. The first that names a file decides. */
export function usesOf(change: ChangeSet, charts: Charts, memo: Memo): ReadonlyMap<string, Use> {
  const uses = new Map<string, Use>();
  for (const file of change.files.flatMap((one) => chartValuesIn(one, memo)))
    uses.set(file, { chart: null, under: [] });
  const versions = change.files
    .filter(({ path }) => /\.ya?ml$/iu.test(path))
    .flatMap(({ before, after }) => after ?? before ?? []);
  for (const { sha, content } of versions) {
    if (content.kind !== "text") continue;
    for (const { sources } of applicationsIn(sha, content.text, memo)) {
      for (const { path, valueFiles } of sources) {
        const folder = path === null || isOpen(path.text) ? null : joined([], path.text);
        const chart = folder !== null && charts.has(folder) ? folder : null;
        const files = valueFiles.flatMap(({ text }) => resolved(text, folder) ?? []);
        for (const [index, file] of files.entries())
          if (!uses.has(file)) uses.set(file, { chart, under: files.slice(0, index) });
      }
    }
  }
  return uses;
}

/** Values files that a kustomization lays over charts from elsewhere. */
function chartValuesIn({ path, before, after }: ChangedFile, memo: Memo): readonly string[] {
  const version = after ?? before;
  if (!/(?:^|\/)kustomization\.ya?ml$/u.test(path) || version?.content.kind !== "text") return [];
  const read = documentsOf(version.sha, version.content.text, memo);
  const charts = read.ok ? read.documents.map((root) => child(root, "helmCharts")) : [];
  const entries = charts.flatMap(itemsOf);
  const more = (entry: Tree) => child(entry, "additionalValuesFiles");
  return entries
    .flatMap((entry) => [child(entry, "valuesFile"), ...itemsOf(more(entry))])
    .flatMap((written) => textOf(written) ?? [])
    .flatMap((written) => joined(path.split("/").slice(0, -1), written) ?? []);
}

function itemsOf(tree: Tree | undefined): readonly Tree[] {
  return tree?.kind === "list" ? tree.items : [];
}

/** A values file as an Application names it: from the chart, or from the root of what `$ref` names. */
function resolved(text: string, folder: string | null): string | null {
  if (isOpen(text.replace(/^\$[\w-]+\//u, "")) || /^[a-z]+:\/\//u.test(text)) return null;
  const rooted = /^(?:\$[^/]+)?\/(.*)$/u.exec(text)?.[1];
  if (rooted !== undefined) return joined([], rooted);
  return folder === null ? null : joined(folder === "" ? [] : folder.split("/"), text);
}
