import type { Tree } from "../change/build.ts";
import type { Content, Side } from "../change/change-set.ts";
import { below, type Charts, folderName } from "./charts.ts";
import type { ChartUse } from "./rendering.ts";

/** What is written for Helm: the chart's files by their path within the chart, and values files in their order. */
export interface ChartInput {
  readonly name: string;
  readonly files: ReadonlyMap<string, string>;
  readonly values: readonly string[];
}

export type Gathered =
  | { readonly kind: "input"; readonly input: ChartInput }
  /** The chart, or one of the values files, is not there on this side. */
  | { readonly kind: "absent" }
  | { readonly kind: "failed"; readonly because: string };

const limits = { files: 1_000, characters: 8 * 1024 * 1024 } as const;
/**
 * Texts for people, which a template at most hands on, and what Helm checks values by: a schema may name others by address, and which
 * values are allowed is not asked here.
 */
const unneeded =
  /(?:^|\/)(?:README[^/]*|CHANGELOG[^/]*|LICENSE[^/]*|NOTICE[^/]*|OWNERS|values\.schema\.json)$|\.(?:md|png|jpe?g|svg|gif)$/iu;

/** Where each file of a chart and of those that it depends on by `file://` is written, by its path in the repository. */
export function placesOf(
  chart: string,
  charts: Charts,
  side: Side,
  paths: Iterable<string>,
): ReadonlyMap<string, string> {
  const places = new Map<string, string>();
  const all = [...paths];
  const seen = new Set<string>();
  const take = (folder: string, to: string, depth: number): void => {
    if (seen.has(`${folder}\n${to}`) || depth > 6) return;
    seen.add(`${folder}\n${to}`);
    const prefix = below(folder, "");
    for (const path of all) {
      if (!path.startsWith(prefix) || unneeded.test(path)) continue;
      places.set(below(to, path.slice(prefix.length)), path);
    }
    for (const { key, at } of charts.within(folder, side))
      if (!at.startsWith(below(folder, "charts/"))) take(at, below(to, `charts/${folderName(at) || key}`), depth + 1);
  };
  take(chart, "", 0);
  return places;
}

/** The text of everything that Helm is given. A chart that is no plain text to its last file is not rendered. */
export function gathered(
  use: ChartUse,
  charts: Charts,
  side: Side,
  tree: Tree,
  contentOf: (path: string) => Content | null,
): Gathered {
  if (!tree.has(below(use.chart, "Chart.yaml")) || use.files.some((path) => !tree.has(path))) return { kind: "absent" };
  const places = placesOf(use.chart, charts, side, tree.keys());
  if (places.size > limits.files) return failed(`the chart has more than ${limits.files} files`);
  let characters = 0;
  const textOf = (path: string): string | Gathered => {
    const content = contentOf(path);
    if (content?.kind !== "text") return failed(`\`${path}\` is ${nameOf(content)}`);
    characters += content.text.length;
    return characters > limits.characters ? failed("the chart is larger than 8 MiB") : content.text;
  };
  const files = new Map<string, string>();
  for (const [to, path] of places) {
    const text = textOf(path);
    if (typeof text !== "string") return text;
    files.set(to, text);
  }
  const values: string[] = [];
  for (const path of use.files) {
    const text = textOf(path);
    if (typeof text !== "string") return text;
    values.push(text);
  }
  return { kind: "input", input: { name: folderName(use.chart) || "chart", files, values } };
}

function failed(because: string): Gathered {
  return { kind: "failed", because };
}

function nameOf(content: Content | null): string {
  switch (content?.kind) {
    case "binary":
      return "binary, as packaged dependencies are";
    case "symlink":
      return "a symbolic link";
    case "submodule":
      return "a submodule";
    case "unread":
      return `not read (${content.reason})`;
    case "text":
    case undefined:
      return "not there";
  }
}
