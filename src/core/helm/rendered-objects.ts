import type { ChangeSet, Side } from "../change/change-set.ts";
import { type KubernetesObject, objectAt } from "../kubernetes/object.ts";
import type { Memo } from "../syntax.ts";
import { child, type Documents, readDocuments, type Span, type Tree } from "../views/documents.ts";
import { valueOf } from "../views/value.ts";
import { below, Charts, versionOn } from "./charts.ts";
import { said } from "./coalesce.ts";
import type { RenderedChart, Rendering } from "./rendering.ts";

/** Raise it when the reading below changes. */
const readerVersion = "helm-rendered@1";

/** A manifest that Helm made, and the template that it says to have made it from. */
interface Manifest {
  readonly source: string;
  readonly tree: Tree;
}

/** An object that Helm made on one side or both. */
export interface RenderedPair {
  readonly key: string;
  readonly before: KubernetesObject | undefined;
  readonly after: KubernetesObject | undefined;
  /** What both sides say. Two sets of values with the same text make the same change of one object. */
  readonly text: string;
  readonly differs: boolean;
}

/** The objects that Helm made of a chart with one set of values. Null where a side was not rendered, or cannot be read. */
export function objectsOfRendered(one: RenderedChart, change: ChangeSet, memo: Memo): readonly RenderedPair[] | null {
  const befores = manifestsOf(one.before, memo);
  const afters = manifestsOf(one.after, memo);
  if (befores === null || afters === null) return null;
  const before = placed(befores, one, "base", change, memo);
  const after = placed(afters, one, "head", change, memo);
  return [...new Set([...before.keys(), ...after.keys()])].map((key) => {
    const [stood, stands] = [before.get(key), after.get(key)];
    const texts = [stood?.text ?? "", stands?.text ?? ""];
    return {
      key,
      before: stood?.object,
      after: stands?.object,
      text: texts.join("\n"),
      differs: texts[0] !== texts[1],
    };
  });
}

function manifestsOf(rendering: Rendering | null, memo: Memo): readonly Manifest[] | null {
  if (rendering === null) return [];
  if (rendering.kind === "failed") return null;
  return memo(`${readerVersion} ${rendering.digest} ${rendering.text === "" ? "same" : ""}`, () =>
    read(rendering.text),
  );
}

/** One document after another, so that the ceiling of what is read counts for each. */
function read(text: string): readonly Manifest[] | null {
  const manifests: Manifest[] = [];
  for (const part of text.split(/^---\s*$/mu)) {
    if (part.trim() === "") continue;
    const documents: Documents = readDocuments(part);
    if (!documents.ok) return null;
    const source = /^# Source: (\S.*)$/mu.exec(part)?.[1] ?? "";
    manifests.push(...documents.documents.flatMap((tree) => (isObject(tree) ? [{ source, tree }] : [])));
  }
  return manifests;
}

function isObject(tree: Tree): boolean {
  return child(tree, "apiVersion") !== undefined && child(tree, "kind") !== undefined;
}

interface Placed {
  readonly object: KubernetesObject;
  /** What it says, to be compared. */
  readonly text: string;
}

function placed(
  manifests: readonly Manifest[],
  one: RenderedChart,
  side: Side,
  change: ChangeSet,
  memo: Memo,
): ReadonlyMap<string, Placed> {
  const ofValues = changedLeaves(one, side, change, memo);
  const found = new Map<string, Placed>();
  for (const { source, tree } of manifests) {
    const template = templateOf(source, one.chart);
    const file = change.files.find(({ path }) => path === template);
    const version = versionOn(side, file);
    const lines = version?.content.kind === "text" ? version.content.text.split("\n") : [];
    const isChanged = file !== undefined && file.status !== "unchanged";
    const root = inTemplate(tree, { path: template, lines, leaves: isChanged ? new Map() : ofValues }, 0);
    const object = objectAt(valueOf(root, one.path, side), one.path, false);
    const key = `rendered/${one.chart}/${object.key}`;
    if (!found.has(key)) found.set(key, { object: { ...object, key }, text: said(tree) });
  }
  return found;
}

/** `web/charts/cache/templates/a.yaml` in the repository: the first folder is the chart's name, wherever its own folder lies. */
function templateOf(source: string, chart: string): string {
  return below(chart, source.slice(source.indexOf("/") + 1));
}

interface Template {
  readonly path: string;
  readonly lines: readonly string[];
  /** Values that changed, by what they say: of a template that stays, they are why its manifest differs. */
  readonly leaves: ReadonlyMap<string, Span>;
}

/**
 * The manifest with the places of the template that made it: each key at the first line that names it, from the line of the key
 * above on. A key that no line names stands where the key above does. Nothing of it can be edited in place.
 */
function inTemplate(tree: Tree, template: Template, from: number): Tree {
  const { path, lines, leaves } = template;
  const line = Math.min(from, Math.max(0, lines.length - 1)) + 1;
  const span: Span = { path, line, column: 1, endLine: line, endColumn: 1 };
  switch (tree.kind) {
    case "scalar":
      return { ...tree, style: "block", span: leaves.get(String(tree.value)) ?? span };
    case "list":
      return { ...tree, items: tree.items.map((item) => inTemplate(item, template, from)), span };
    case "map":
      return {
        ...tree,
        entries: tree.entries.map(({ key, value }) => ({
          key,
          value: inTemplate(value, template, lineNaming(key, lines, from) ?? from),
        })),
        span,
      };
  }
}

/** The scalars of a set's values files that the other side does not have at their key, where no two say the same. */
function changedLeaves(one: RenderedChart, side: Side, change: ChangeSet, memo: Memo): ReadonlyMap<string, Span> {
  const charts = new Charts(change, memo);
  const other: Side = side === "base" ? "head" : "base";
  const found = new Map<string, Span | null>();
  for (const path of [...one.files, below(one.chart, "values.yaml")]) {
    const there = leavesOf(charts.document(path, other));
    for (const [key, { text, span }] of leavesOf(charts.document(path, side)))
      if (there.get(key)?.text !== text) found.set(text, found.has(text) ? null : span);
  }
  return new Map([...found].flatMap(([text, span]) => (span === null ? [] : [[text, span] as const])));
}

function leavesOf(
  tree: Tree | undefined,
  key = "",
): ReadonlyMap<string, { readonly text: string; readonly span: Span }> {
  switch (tree?.kind) {
    case undefined:
      return new Map();
    case "scalar":
      return new Map([[key, { text: String(tree.value), span: tree.span }]]);
    case "list":
      return new Map(tree.items.flatMap((item, index) => [...leavesOf(item, `${key}/${index}`)]));
    case "map":
      return new Map(tree.entries.flatMap((entry) => [...leavesOf(entry.value, `${key}/${entry.key}`)]));
  }
}

function lineNaming(key: string, lines: readonly string[], from: number): number | null {
  for (let at = from; at < lines.length; at++) {
    const line = lines[at] ?? "";
    const found = line.indexOf(key);
    if (found === -1) continue;
    if (/^[\s-]*["']?$/u.test(line.slice(0, found)) && /^["']?\s*:/u.test(line.slice(found + key.length))) return at;
  }
  return null;
}
