import type { FileVersion } from "../change/change-set.ts";
import type { Memo } from "../syntax.ts";
import { child, documentsOf, readDocuments, type Span, type Tree } from "../views/documents.ts";
import { laidOver, placedIn, respanned } from "./coalesce.ts";
import { textOf } from "./parts.ts";

/** An object that deploys a chart, with the values that it is deployed with. */
export interface Release {
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
  /** Where the chart lies in this repository, as it is written; null: elsewhere. */
  readonly chart: string | null;
  readonly values: Tree;
}

/** Raise it when the reading below changes. */
const readerVersion = "helm-releases@1";

/** Words without one of which no text deploys a chart. */
const deploys = /\b(?:HelmRelease|HelmChart|Application(?:Set)?|helmCharts)\b/u;

/** The releases that one side of a file declares: Flux, Argo CD, K3s and Kustomize. */
export function releasesOf(path: string, version: FileVersion | null, memo: Memo): readonly Release[] {
  if (version?.content.kind !== "text" || !/\.ya?ml$/iu.test(path)) return [];
  const { text } = version.content;
  if (!deploys.test(text)) return [];
  return memo(`${readerVersion} ${path} ${version.sha}`, () => {
    const read = documentsOf(version.sha, text, memo);
    const lines = text.split("\n");
    return read.ok ? read.documents.flatMap((tree) => releasesIn(tree, path, lines)) : [];
  });
}

function releasesIn(root: Tree, path: string, lines: readonly string[]): readonly Release[] {
  const kind = textOf(child(root, "kind")) ?? "";
  const metadata = child(root, "metadata");
  const spec = child(root, "spec");
  const release = (values: Tree | undefined, chart: string | null, name = textOf(child(metadata, "name"))) =>
    values?.kind !== "map"
      ? []
      : [
          {
            kind,
            namespace: textOf(child(metadata, "namespace")),
            name: name ?? "release",
            chart,
            values: placedIn(values, path),
          },
        ];
  switch (kind) {
    case "HelmRelease": {
      const chart = textOf(child(child(child(spec, "chart"), "spec"), "chart"));
      return release(child(spec, "values"), chart?.startsWith(".") === true ? chart : null);
    }
    case "HelmChart":
      return release(inText(child(spec, "valuesContent"), lines), null);
    case "Application":
      return sourcesOf(spec).flatMap((source) => release(valuesOfSource(source, lines), textOf(child(source, "path"))));
    case "ApplicationSet":
      return sourcesOf(child(child(spec, "template"), "spec")).flatMap((source) =>
        release(valuesOfSource(source, lines), textOf(child(source, "path"))),
      );
    default: {
      // A kustomization need not state its kind.
      const charts = child(root, "helmCharts");
      return (charts?.kind === "list" ? charts.items : []).flatMap((one) =>
        release(child(one, "valuesInline"), null, textOf(child(one, "releaseName")) ?? textOf(child(one, "name"))),
      );
    }
  }
}

function sourcesOf(spec: Tree | undefined): readonly Tree[] {
  const [single, several] = [child(spec, "source"), child(spec, "sources")];
  return [...(single === undefined ? [] : [single]), ...(several?.kind === "list" ? several.items : [])];
}

/** `valuesObject` has the last word. https://argo-cd.readthedocs.io/en/stable/user-guide/helm/#values */
function valuesOfSource(source: Tree, lines: readonly string[]): Tree | undefined {
  const helm = child(source, "helm");
  return laidOver(inText(child(helm, "values"), lines), child(helm, "valuesObject"));
}

/** Values that are written as a text. In a literal block every line stands where it is written; else all of it stands at the text. */
function inText(written: Tree | undefined, lines: readonly string[]): Tree | undefined {
  if (written?.kind !== "scalar" || typeof written.value !== "string") return undefined;
  const read = readDocuments(written.value);
  const [values] = read.ok ? read.documents : [];
  if (values === undefined) return undefined;
  const { span } = written;
  const header = lines[span.line - 1] ?? "";
  const indent = /^ */u.exec(lines.slice(span.line).find((line) => line.trim() !== "") ?? "")?.[0].length ?? 0;
  const isLiteral = written.style === "block" && /\|[-+]?\s*(?:#.*)?$/u.test(header);
  if (!isLiteral) return respanned(asBlock(values), () => span);
  return respanned(
    values,
    (inner): Span => ({
      line: span.line + inner.line,
      column: inner.column + indent,
      endLine: span.line + inner.endLine,
      endColumn: inner.endColumn + indent,
    }),
  );
}

function asBlock(tree: Tree): Tree {
  switch (tree.kind) {
    case "scalar":
      return { ...tree, style: "block" };
    case "list":
      return { ...tree, items: tree.items.map(asBlock) };
    case "map":
      return { ...tree, entries: tree.entries.map(({ key, value }) => ({ key, value: asBlock(value) })) };
  }
}
