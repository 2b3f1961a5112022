import { type ChangedFile, type ChangeSet, changed, type FileVersion } from "../../change/change-set.ts";
import { linkTarget } from "../../change/symlinks.ts";
import { globMatcher } from "../../policy/patterns.ts";
import type { Memo } from "../../syntax.ts";
import { directoryOf } from "../../views/terraform.ts";
import { argoEdges } from "./argo.ts";
import type { Declared, Edge, Found, Unread } from "./edge.ts";
import { saysNothing } from "./expressions.ts";
import { chartEdges, declaresDependencies, isChartFile } from "./helm.ts";
import { isKustomizationFile, kustomizationEdges } from "./kustomize.ts";
import type { Place } from "./remote.ts";
import { isSharedHcl, terragruntEdges } from "./terragrunt.ts";
import { workflowEdges, type WorkflowsFound } from "./workflows.ts";
import { isWorkflow } from "./workflow-read.ts";

/** Who reads what, beside Terraform: at base and head at once, an edge that only one side has counts. */
export interface Graph {
  /** Folders with a kustomization or a chart. */
  readonly kustomizations: ReadonlySet<string>;
  readonly charts: ReadonlySet<string>;
  /** Who reads a file, or what is put together in a folder. Those of whom nothing is known but that they may: only where there is nobody else. */
  readonly readersOf: (path: string, what: "file" | "unit") => readonly Edge[];
  /** The Applications and the jobs with an environment that a file declares. */
  readonly declaredIn: (path: string) => readonly Declared[];
  readonly unread: readonly Unread[];
}

interface Index {
  readonly byPath: Map<string, Edge[]>;
  readonly byFolder: Map<string, Edge[]>;
  readonly patterns: { readonly fits: (path: string) => boolean; readonly vague: boolean; readonly edge: Edge }[];
}

export function deploymentGraph(change: ChangeSet, memo: Memo, place: Place): Graph {
  const byPath = new Map(change.files.map((file) => [file.path, file]));
  const found: Found[] = [];
  const declared: (readonly [path: string, one: Declared])[] = [];
  for (const file of change.files) {
    for (const version of sidesOf(file, byPath)) {
      if (isKustomizationFile(file.path)) found.push(kustomizationEdges(file.path, version, memo, place));
      if (declaresDependencies(file.path)) found.push(chartEdges(file.path, version, memo));
      if (!/\.(?:ya?ml|json)$/iu.test(file.path)) continue;
      const argo = argoEdges(file, version, { files: change.files, memo, place });
      found.push(argo);
      for (const one of argo.declared) declared.push([file.path, one]);
    }
  }
  for (const side of workflowsOf(change, byPath, memo, place)) {
    found.push(side);
    for (const one of side.declared) declared.push([one.unit.path, one]);
  }
  found.push(terragruntOf(change, byPath));
  const declaredBy = Map.groupBy(declared, ([path]) => path);
  const charts = foldersOf(change, isChartFile);
  const kustomizations = foldersOf(change, isKustomizationFile);
  const edges = found.flatMap((one) => one.edges).filter(({ by }) => by.kind !== "chart" || charts.any.has(by.path));
  const index = indexOf(edges);
  const packages = new Set([...charts.both, ...kustomizations.both]);
  return {
    kustomizations: kustomizations.any,
    charts: charts.any,
    readersOf: (path, what) => readers(path, what, index, packages),
    declaredIn: (path) => (declaredBy.get(path) ?? []).map(([, one]) => one),
    unread: found.flatMap((one) => one.unread),
  };
}

/** The head first, so that what stands now is what a chain shows; a symlink stands for the file that it names. */
function sidesOf(file: ChangedFile, byPath: ReadonlyMap<string, ChangedFile>): readonly FileVersion[] {
  const [head, base] = [through(file, "after", byPath), through(file, "before", byPath)];
  return [head, base].flatMap((version, at) =>
    version === null || (at === 1 && version.sha === head?.sha) ? [] : version,
  );
}

const linkLimit = 10;

function through(
  file: ChangedFile,
  side: "before" | "after",
  byPath: ReadonlyMap<string, ChangedFile>,
): FileVersion | null {
  let at: ChangedFile = file;
  for (let step = 0; ; step++) {
    const version: FileVersion | null = at[side];
    const target = version?.content.kind === "symlink" ? linkTarget(at.path, version.content.target) : null;
    const next = target === null ? undefined : byPath.get(target);
    if (next === undefined || step === linkLimit) return version;
    at = next;
  }
}

function workflowsOf(
  change: ChangeSet,
  byPath: ReadonlyMap<string, ChangedFile>,
  memo: Memo,
  place: Place,
): readonly WorkflowsFound[] {
  const files = change.files.filter(({ path }) => isWorkflow(path));
  return (["after", "before"] as const).map((side) =>
    workflowEdges(
      files.flatMap((file) => {
        const version = through(file, side, byPath);
        if (version === null) return [];
        const text = version.content.kind === "text" ? version.content.text : null;
        return [{ path: file.path, sha: version.sha, text }];
      }),
      memo,
      place,
    ),
  );
}

function terragruntOf(change: ChangeSet, byPath: ReadonlyMap<string, ChangedFile>): Found {
  const hcl = change.files
    .filter(({ path }) => isSharedHcl(path))
    .flatMap((file) =>
      sidesOf(file, byPath).map(({ content }) => ({
        path: file.path,
        text: content.kind === "text" ? content.text : null,
      })),
    );
  // Of files without edges of their own only the changed ones are asked for.
  const paths = new Set([...hcl, ...changed(change)].map(({ path }) => path));
  const { edges, unread } = terragruntEdges(hcl, [...paths]);
  return {
    edges,
    unread: unread.map((path) => ({ path, line: null, reason: "no text that can be read", text: null })),
  };
}

/** Folders with such a file: on either side, and on both. */
function foldersOf(
  { files }: ChangeSet,
  is: (path: string) => boolean,
): { readonly any: ReadonlySet<string>; readonly both: ReadonlySet<string> } {
  const own = files.filter(({ path }) => is(path));
  const standing = own.filter(({ before, after }) => before !== null && after !== null);
  return {
    any: new Set(own.map(({ path }) => directoryOf(path))),
    both: new Set(standing.map(({ path }) => directoryOf(path))),
  };
}

function indexOf(edges: readonly Edge[]): Index {
  const index: Index = { byPath: new Map(), byFolder: new Map(), patterns: [] };
  const seen = new Set<string>();
  for (const edge of edges) {
    const key = JSON.stringify([edge.reads, edge.by.id, edge.step.line, edge.words(probeOf(edge))]);
    if (seen.has(key)) continue;
    seen.add(key);
    switch (edge.reads.kind) {
      case "path":
        push(index.byPath, edge.reads.path, edge);
        break;
      case "files":
        push(index.byFolder, edge.reads.folder, edge);
        break;
      case "pattern": {
        const { pattern, except } = edge.reads;
        const [fits, ...excluded] = [pattern, ...except].map(globMatcher);
        index.patterns.push({
          fits: (path) => fits?.(path) === true && !excluded.some((one) => one(path)),
          vague: saysNothing(pattern),
          edge,
        });
      }
    }
  }
  return index;
}

/** A path that is read: what tells the edges of a pattern from each other shows there. */
function probeOf({ reads }: Edge): string {
  switch (reads.kind) {
    case "path":
      return reads.path;
    case "files":
      return reads.folder;
    case "pattern":
      return reads.pattern;
  }
}

function readers(path: string, what: "file" | "unit", index: Index, packages: ReadonlySet<string>): readonly Edge[] {
  const around = foldersAround(path);
  // What Kustomize or Helm puts together in a folder is deployed as they say; other files in it are not.
  const asFiles = around.flatMap((folder) =>
    (index.byFolder.get(folder) ?? []).filter(
      (edge) =>
        (isDeep(edge) || folder === around[0]) &&
        (edge.by.kind !== "application" || (what === "file" && !packages.has(folder) && isManifest(path))),
    ),
  );
  const isPackaged = around.some((folder) => packages.has(folder));
  const fitting = index.patterns.filter(({ fits, vague, edge }) => {
    if (vague && what === "file" && (isPackaged || edge.by.kind !== "application")) return false;
    if (fits(path)) return what === "unit" || edge.by.kind !== "application" || isValues(path);
    if (what === "unit" || edge.by.kind !== "application") return false;
    return (
      isManifest(path) &&
      around.some((folder) => (isDeep(edge) || folder === around[0]) && fits(folder) && !packages.has(folder))
    );
  });
  const certain = [...(index.byPath.get(path) ?? []), ...asFiles, ...of(fitting, false)];
  return certain.length > 0 ? certain : of(fitting, true);
}

function of(fitting: Index["patterns"], vague: boolean): readonly Edge[] {
  return fitting.filter((one) => one.vague === vague).map(({ edge }) => edge);
}

function isDeep({ reads }: Edge): boolean {
  return reads.kind !== "path" && reads.deep;
}

/** What Argo CD takes from a plain folder. https://argo-cd.readthedocs.io/en/stable/user-guide/directory/ */
function isManifest(path: string): boolean {
  return /\.(?:ya?ml|json|jsonnet)$/iu.test(path);
}
const isValues = isManifest;

/** The folders around a path, the nearest first; the root is the empty string. */
export function foldersAround(path: string): readonly string[] {
  const found: string[] = [];
  for (let at = path; at !== ""; ) {
    at = directoryOf(at);
    found.push(at);
  }
  return found;
}

function push(map: Map<string, Edge[]>, key: string, edge: Edge): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [edge]);
  else known.push(edge);
}
