import { type ChangeSet, changed, type Side } from "../change/change-set.ts";
import { joined } from "../change/symlinks.ts";
import { isValuesFile } from "../reach/values-files.ts";
import { applicationsIn } from "../reach/graph/argo-read.ts";
import { isOpen } from "../reach/graph/expressions.ts";
import type { Memo } from "../syntax.ts";
import type { Tree } from "../views/documents.ts";
import { directoryOf } from "../views/terraform.ts";
import { below, Charts, folderName, versionOn } from "./charts.ts";
import { laidOver } from "./coalesce.ts";
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
    const use = uses.get(file.path);
    if (isValuesFile(file.path) || use !== undefined) return setOfFile(file.path, use, charts);
    const releases = (side: Side): readonly Release[] => releasesOf(file.path, versionOn(side, file), memo);
    return setsOfReleases(file.path, releases("base"), releases("head"), charts);
  });
}

function setOfFile(path: string, use: Use | undefined, charts: Charts): readonly ValuesSet[] {
  const around = charts.around(path);
  // By their folder alone files say nothing of a chart: `environments/prod.yaml` may be anything.
  if (use === undefined && around === null && !/(?:^|[/._-])values(?:[._-][^/]*)?\.ya?ml$/iu.test(path)) return [];
  const chart = use?.chart ?? around;
  const isOwn = chart !== null && path === below(chart, "values.yaml");
  const layered = (side: Side): Layered | null => {
    const own = charts.document(path, side);
    if (own === undefined) return null;
    const defaults = chart === null ? undefined : charts.defaults(chart, side);
    if (isOwn) return { own, values: defaults ?? own };
    const under = (use?.under ?? []).reduce((low, one) => laidOver(low, charts.document(one, side)), defaults);
    return { own, values: laidOver(under, own) ?? own };
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

/** A values file as an Application names it: from the chart, or from the root of what `$ref` names. */
function resolved(text: string, folder: string | null): string | null {
  if (isOpen(text.replace(/^\$[\w-]+\//u, "")) || /^[a-z]+:\/\//u.test(text)) return null;
  const rooted = /^(?:\$[^/]+)?\/(.*)$/u.exec(text)?.[1];
  if (rooted !== undefined) return joined([], rooted);
  return folder === null ? null : joined(folder === "" ? [] : folder.split("/"), text);
}
