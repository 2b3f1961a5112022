import { type ChangeSet, changed } from "../change/change-set.ts";
import { isDocument } from "../change/documents.ts";
import { isValuesFile } from "../reach/values-files.ts";
import type { Memo } from "../syntax.ts";
import { below, Charts } from "./charts.ts";
import type { ChartUse } from "./rendering.ts";
import { usesOf } from "./sets.ts";

/** More are not rendered for one change, and none of them is: half of them would say less than it seems. */
export const usesLimit = 24;

/**
 * The charts of the repository that the change touches, with every set of values that they are known to be deployed with: their own,
 * and each values file in their folder or named by an Application. Null: there are too many.
 */
export function rendersWanted(change: ChangeSet, memo: Memo): readonly ChartUse[] | null {
  const charts = new Charts(change, memo);
  const named = usesOf(change, charts, memo);
  const touched = changed(change).filter(({ path }) => !isDocument(path));
  const owners = new Map(charts.roots().map((chart) => [chart, charts.parts(chart)]));
  const isPart = (path: string, chart: string): boolean =>
    (owners.get(chart) ?? []).some((folder) => path.startsWith(below(folder, "")));
  const wanted = charts.roots().flatMap((chart): readonly ChartUse[] => {
    const over = change.files
      .filter(({ path }) => named.get(path)?.chart === chart || (isOverlay(path) && charts.root(path) === chart))
      .map(({ path }) => path)
      .filter((path) => path !== below(chart, "values.yaml"));
    const uses = [
      { chart, path: below(chart, "values.yaml"), files: [] },
      ...over.map((path) => ({
        chart,
        path,
        files: [...(named.get(path)?.under ?? []), path].filter((one) => one !== below(chart, "values.yaml")),
      })),
    ];
    const isOfChart = touched.some(({ path }) => isPart(path, chart) && !over.includes(path));
    return uses.filter(({ files }) => isOfChart || touched.some(({ path }) => files.includes(path)));
  });
  return wanted.length > usesLimit ? null : wanted;
}

function isOverlay(path: string): boolean {
  return isValuesFile(path) && /(?:^|[/._-])values(?:[._-][^/]*)?\.ya?ml$/iu.test(path);
}
