import type { Memo } from "../../syntax.ts";
import { child, documentsOf, type Tree } from "../../views/documents.ts";

/** Raise it when the reading below changes. */
const readerVersion = "reach-argo@1";

export interface Written {
  readonly text: string;
  readonly line: number;
}

/** One source of an Application. https://argo-cd.readthedocs.io/en/stable/user-guide/application-specification/ */
export interface Source {
  /** Null: none is written. */
  readonly address: string | null;
  readonly path: Written | null;
  readonly revision: string | null;
  /** By which name `$ref/…` in the values files of other sources names this one. */
  readonly ref: string | null;
  readonly valueFiles: readonly Written[];
  /** Whether a plain folder is read with all below it. */
  readonly deep: boolean;
}

/** Where the parameters of an ApplicationSet come from. */
export type Generator =
  | { readonly kind: "list"; readonly elements: readonly Readonly<Record<string, string>>[] }
  | {
      readonly kind: "directories";
      readonly address: string | null;
      readonly globs: readonly string[];
      readonly except: readonly string[];
    }
  | { readonly kind: "files"; readonly address: string | null; readonly globs: readonly string[] }
  | { readonly kind: "matrix"; readonly of: readonly Generator[] }
  /** Clusters, pull requests, plugins: known only where it runs. */
  | { readonly kind: "unknown" };

/** An Application, or what an ApplicationSet makes of its template. */
export interface Application {
  readonly line: number;
  readonly name: string;
  readonly sources: readonly Source[];
  /** What names the place it is deployed to: server, name and namespace of the destination, and its own name. */
  readonly words: readonly string[];
  /** Null for a plain Application. */
  readonly generators: readonly Generator[] | null;
}

/** Whether a text may hold an Application: both words, or a way to write them without their letters. */
export function mayDeclareApplications(text: string): boolean {
  return text.includes("argoproj.io") && /\bApplication(?:Set)?\b/u.test(text);
}

/** The Applications of a file. A template of Helm is read line by line: what it leaves open stays an expression. */
export function applicationsIn(sha: string, text: string, memo: Memo): readonly Application[] {
  if (!mayDeclareApplications(text)) return [];
  return memo(`${readerVersion} ${sha}`, () => {
    const documents = documentsOf(sha, text, memo);
    return documents.ok ? documents.documents.flatMap(fromTree) : fromLines(text);
  });
}

function fromTree(root: Tree): readonly Application[] {
  const items = child(root, "items");
  if (textOf(child(root, "kind"))?.endsWith("List") === true && items?.kind === "list")
    return items.items.flatMap(fromTree);
  if (textOf(child(root, "apiVersion"))?.startsWith("argoproj.io/") !== true) return [];
  const kind = textOf(child(root, "kind"));
  const spec = child(root, "spec");
  const line = child(root, "kind")?.span.line ?? 1;
  const name = textOf(child(child(root, "metadata"), "name")) ?? "";
  if (kind === "Application") return [{ line, name, ...deploys(spec, name), generators: null }];
  if (kind !== "ApplicationSet") return [];
  const template = child(spec, "template");
  const own = textOf(child(child(template, "metadata"), "name")) ?? name;
  const generators = itemsOf(child(spec, "generators")).map(generatorOf);
  return [{ line, name, ...deploys(child(template, "spec"), own), generators }];
}

function deploys(spec: Tree | undefined, name: string): Pick<Application, "sources" | "words"> {
  const destination = child(spec, "destination");
  const single = child(spec, "source");
  const sources = [...(single === undefined ? [] : [single]), ...itemsOf(child(spec, "sources"))];
  const words = ["namespace", "name", "server"].flatMap((key) => textOf(child(destination, key)) ?? []);
  return { sources: sources.map(sourceOf), words: [...words, name].filter((word) => word !== "") };
}

function sourceOf(source: Tree): Source {
  const recurse = child(child(source, "directory"), "recurse");
  return {
    address: textOf(child(source, "repoURL")),
    path: writtenOf(child(source, "path")),
    revision: textOf(child(source, "targetRevision")),
    ref: textOf(child(source, "ref")),
    valueFiles: itemsOf(child(child(source, "helm"), "valueFiles")).flatMap((one) => writtenOf(one) ?? []),
    deep: recurse?.kind === "scalar" && recurse.value !== false,
  };
}

function generatorOf(tree: Tree): Generator {
  const git = child(tree, "git");
  const address = textOf(child(git, "repoURL"));
  const [directories, files] = [child(git, "directories"), child(git, "files")];
  if (directories !== undefined) {
    const excluded = (one: Tree): boolean => textOf(child(one, "exclude")) === "true";
    const paths = (some: readonly Tree[]): readonly string[] => some.flatMap((one) => textOf(child(one, "path")) ?? []);
    const all = itemsOf(directories);
    const [globs, except] = [paths(all.filter((one) => !excluded(one))), paths(all.filter(excluded))];
    return { kind: "directories", address, globs, except };
  }
  if (files !== undefined)
    return { kind: "files", address, globs: itemsOf(files).flatMap((one) => textOf(child(one, "path")) ?? []) };
  const list = child(child(tree, "list"), "elements");
  if (list?.kind === "list") return { kind: "list", elements: list.items.map(flattened) };
  const matrix = child(child(tree, "matrix"), "generators");
  if (matrix?.kind === "list") return { kind: "matrix", of: matrix.items.map(generatorOf) };
  return { kind: "unknown" };
}

/** The scalars of a document by their dotted keys. */
export function flattened(tree: Tree): Readonly<Record<string, string>> {
  const found: [string, string][] = [];
  const visit = (at: Tree, key: string): void => {
    if (at.kind === "scalar") found.push([key, String(at.value)]);
    if (at.kind === "map")
      for (const entry of at.entries) visit(entry.value, key === "" ? entry.key : `${key}.${entry.key}`);
  };
  visit(tree, "");
  return Object.fromEntries(found);
}

interface Part {
  readonly lines: Written[];
  /** The line with its kind, once that was met. */
  kind: Written | null;
}

/** Line by line, where a template is no YAML before it is rendered. */
function fromLines(text: string): readonly Application[] {
  return partsOf(text).flatMap(({ lines, kind }) => {
    if (kind === null) return [];
    const valuesOf = (key: string): readonly Written[] => lines.flatMap((one) => valueAt(one, key) ?? []);
    const source = {
      address: valuesOf("repoURL")[0]?.text ?? null,
      revision: valuesOf("targetRevision")[0]?.text ?? null,
      ref: null,
      valueFiles: lines.flatMap(({ text: one, line }) => {
        const value = /^\s*-\s+(\S+\.ya?ml["']?)\s*$/u.exec(one)?.[1];
        return value === undefined ? [] : [{ text: unquoted(value), line }];
      }),
      deep: true,
    };
    const paths = valuesOf("path");
    return [
      {
        line: kind.line,
        name: valuesOf("name")[0]?.text ?? "",
        sources: (paths.length === 0 ? [null] : paths).map((path) => ({ ...source, path })),
        words: ["name", "namespace", "server"].flatMap((key) => valuesOf(key).map((one) => one.text)),
        generators: kind.text.includes("ApplicationSet") ? [{ kind: "unknown" as const }] : null,
      },
    ];
  });
}

/** One part for each Application: documents, and what begins with a kind inside of one. */
function partsOf(text: string): readonly Part[] {
  const parts: Part[] = [];
  let open: Part = { lines: [], kind: null };
  for (const [index, one] of text.split("\n").entries()) {
    const line = { text: one, line: index + 1 };
    const isKind = /^\s*(?:- )?["']?kind["']?\s*:\s*["']?Application(?:Set)?\b/u.test(one);
    if (one.startsWith("---") || (isKind && open.kind !== null)) {
      parts.push(open);
      open = { lines: [], kind: null };
    }
    if (isKind) open.kind = line;
    open.lines.push(line);
  }
  return [...parts, open];
}

const keyed = /^\s*(?:-\s+)?["']?([A-Za-z]+)["']?\s*:\s*(\S.*)$/u;

function valueAt({ text, line }: Written, key: string): Written | null {
  const [, found, value = ""] = keyed.exec(text) ?? [];
  return found === key ? { text: unquoted(value), line } : null;
}

function unquoted(text: string): string {
  const bare = text.trim();
  return /^(["']).*\1$/u.test(bare) ? bare.slice(1, -1) : bare.replace(/\s+#.*$/u, "");
}

function itemsOf(tree: Tree | undefined): readonly Tree[] {
  return tree?.kind === "list" ? tree.items : [];
}

function textOf(tree: Tree | undefined): string | null {
  return tree?.kind === "scalar" && tree.value !== null ? String(tree.value) : null;
}

function writtenOf(tree: Tree | undefined): Written | null {
  const text = textOf(tree);
  return tree === undefined || text === null ? null : { text, line: tree.span.line };
}
