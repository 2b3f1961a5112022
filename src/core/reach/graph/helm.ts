import type { FileVersion } from "../../change/change-set.ts";
import { joined } from "../../change/symlinks.ts";
import type { Memo } from "../../syntax.ts";
import { child, documentsOf, type Tree } from "../../views/documents.ts";
import { directoryOf } from "../../views/terraform.ts";
import { type Edge, type Found, plainEdge, unitAt } from "./edge.ts";

/** Raise it when the reading below changes. */
const readerVersion = "reach-chart@1";

interface Dependency {
  readonly name: string;
  readonly repository: string;
  readonly line: number;
}
type Reading =
  | { readonly ok: true; readonly dependencies: readonly Dependency[] }
  | { readonly ok: false; readonly line: number; readonly reason: string };

/** What declares a chart, or the dependencies of one of the first format. https://helm.sh/docs/topics/charts/ */
export function isChartFile(path: string): boolean {
  return /(?:^|\/)chart\.yaml$/iu.test(path);
}
export function declaresDependencies(path: string): boolean {
  return isChartFile(path) || /(?:^|\/)requirements\.yaml$/iu.test(path);
}

/** What the chart around `path` is put together from: charts that it names by `file://`, and those in its `charts` folder. */
export function chartEdges(path: string, version: FileVersion, memo: Memo): Found {
  const folder = directoryOf(path);
  const unit = unitAt("chart", folder);
  const { content } = version;
  if (content.kind !== "text")
    return { edges: [], unread: [{ path, line: null, reason: "no text that can be read", text: null }] };
  const reading = memo(`${readerVersion} ${version.sha}`, () => read(version.sha, content.text, memo));
  if (!reading.ok)
    return { edges: [], unread: [{ path, line: reading.line, reason: reading.reason, text: content.text }] };
  return { edges: [...reading.dependencies.flatMap(edgesOf), ...subcharts(path, folder)], unread: [] };

  function edgesOf({ name, repository, line }: Dependency): readonly Edge[] {
    const below = /^file:\/\/(.*)$/u.exec(repository)?.[1];
    const target = below === undefined ? null : joined(folder === "" ? [] : folder.split("/"), below);
    return target === null ? [] : [plainEdge(target, unit, { path, line, note: `dependency ${name}: ${repository}` })];
  }
}

/** A chart in the `charts` folder of another is part of it, declared or not. */
function subcharts(path: string, folder: string): readonly Edge[] {
  const parent = /^(?:(.*)\/)?charts\/[^/]+$/u.exec(folder);
  if (parent === null || !isChartFile(path)) return [];
  const around = parent[1] ?? "";
  return [plainEdge(folder, unitAt("chart", around), { path, line: 1, note: `a chart in ${around || "."}/charts` })];
}

function read(sha: string, text: string, memo: Memo): Reading {
  const documents = documentsOf(sha, text, memo);
  if (!documents.ok) return documents;
  const listed = documents.documents.map((root) => child(root, "dependencies"));
  const dependencies = listed.flatMap((list) => (list?.kind === "list" ? list.items : []));
  return {
    ok: true,
    dependencies: dependencies.flatMap((one) => {
      const repository = child(one, "repository");
      return repository?.kind === "scalar"
        ? [{ name: textOf(child(one, "name")), repository: textOf(repository), line: repository.span.line }]
        : [];
    }),
  };
}

function textOf(tree: Tree | undefined): string {
  return tree?.kind === "scalar" && typeof tree.value === "string" ? tree.value : "";
}
