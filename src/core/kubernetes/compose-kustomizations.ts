import { byCodeUnits } from "../../lib/order.ts";
import type { ChangedFile, ChangeSet, FileVersion, Gap, Side } from "../change/change-set.ts";
import type { Memo, Tools } from "../syntax.ts";
import type { Span, Tree } from "../views/documents.ts";
import { documentsOf } from "../views/documents.ts";
import { ownObjects } from "../views/kustomize.ts";
import { valueOf } from "../views/value.ts";
import type { Composed, ComposedObject, ComposedSide } from "./composed.ts";
import { type Built, build, type Files, folderOf, type Loose, resolved, Unbuildable } from "./kustomization.ts";
import { listed } from "./listed.ts";
import { childOf, itemsOf, type MapNode, type Node, nodeOf, textOf, valueOfNode } from "./node.ts";
import { objectAt } from "./object.ts";

/** Names that Kustomize looks for in a folder, in its order. */
const names = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/** One side of the change, with its kustomizations. */
interface Standing extends Files {
  readonly side: Side;
  readonly paths: readonly string[];
  readonly has: (path: string) => boolean;
  /** Every kustomization of the side, sorted by path. */
  readonly kustomizations: readonly string[];
}

/** What the kustomizations of a side make. A reason stands where one cannot be put together. */
type Outcomes = ReadonlyMap<string, Outcome>;
type Outcome = { readonly built: Built } | { readonly reason: string };

/**
 * What kustomizations deploy: their bases, components and resources with all that they write over them. Each object is composed once
 * for every root, which is a kustomization that no other one takes in, or that something deploys by its folder.
 */
export function composeKustomizations(change: ChangeSet, { memo }: Pick<Tools, "memo">): Composed {
  const [before, after] = [standing(change, "base", memo), standing(change, "head", memo)];
  // What is a root on one side only was taken in, or let go, by another: nothing says that it moved there, so it stands on both.
  const roots = new Set([...rootsOf(before), ...rootsOf(after)]);
  const [was, is] = [outcomes(before, roots), outcomes(after, roots)];
  const touched = new Set(change.files.filter(({ status }) => status !== "unchanged").map(({ path }) => path));
  const [first, second] = [sideOf(was, "base"), sideOf(is, "head")];
  return {
    before: { ...first, claimed: claimedOn(before, first, after, second) },
    after: { ...second, claimed: claimedOn(after, second, before, first) },
    gaps: [...brokenGaps(was, is, touched), ...openGaps(change, before, after)].toSorted((a, b) =>
      byCodeUnits(a.id, b.id),
    ),
  };
}

/**
 * The same for files that a kustomization elsewhere takes in on one side only. Where one around them stands on both sides, they are what it
 * makes of them: nothing, once it names them no more.
 */
function claimedOn(files: Standing, own: ComposedSide, others: Standing, other: ComposedSide): ReadonlySet<string> {
  const around = (path: string): readonly string[] =>
    foldersAround(path).flatMap((folder) => files.kustomizationOf(folder) ?? []);
  const kept = [...own.claimed].filter(
    (path) => other.claimed.has(path) || !others.has(path) || around(path).length > 0,
  );
  const dropped = [...other.claimed].filter(
    (path) =>
      files.documents(path) !== null && !own.claimed.has(path) && around(path).some((one) => own.claimed.has(one)),
  );
  return new Set([...kept, ...dropped]);
}

function foldersAround(path: string): readonly string[] {
  const segments = path.split("/").slice(0, -1);
  return segments.map((_, index) => segments.slice(0, index + 1).join("/")).concat("");
}

function standing(change: ChangeSet, side: Side, memo: Memo): Standing {
  const versions = new Map(
    change.files.flatMap((file) => {
      const version = versionOf(file, side);
      return version === null ? [] : [[file.path, version] as const];
    }),
  );
  const trees = (path: string): readonly Tree[] | null => {
    const version = versions.get(path);
    if (version?.content.kind !== "text") return null;
    const read = documentsOf(version.sha, version.content.text, memo);
    return read.ok ? read.documents : null;
  };
  const documents = kept((path) => trees(path)?.map((tree) => nodeOf(tree, path, side)) ?? null);
  const objects = kept((path) =>
    /\.(?:ya?ml|json)$/iu.test(path)
      ? (trees(path)
          ?.flatMap(listed)
          .map((tree) => nodeOf(tree, path, side))
          .filter((node): node is MapNode => node.kind === "map") ?? null)
      : null,
  );
  return {
    side,
    documents,
    objects,
    text: (path) => {
      const content = versions.get(path)?.content;
      return content?.kind === "text" ? content.text : null;
    },
    kustomizationOf: (folder) =>
      names.map((name) => (folder === "" ? name : `${folder}/${name}`)).find((path) => versions.has(path)) ?? null,
    paths: [...versions.keys()],
    has: (path) => versions.has(path),
    kustomizations: [...versions.keys()]
      .filter((path) => names.includes(path.slice(path.lastIndexOf("/") + 1)))
      .toSorted(byCodeUnits),
  };
}

function versionOf(file: ChangedFile, side: Side): FileVersion | null {
  return side === "base" ? file.before : file.after;
}

function kept<T>(compute: (path: string) => T): (path: string) => T {
  const known = new Map<string, T>();
  return (path) => {
    const found = known.get(path);
    if (found !== undefined) return found;
    const value = compute(path);
    known.set(path, value);
    return value;
  };
}

/** Kustomizations that are deployed as they are: those that no other one takes in. */
function rootsOf(files: Standing): ReadonlySet<string> {
  const taken = new Set<string>();
  for (const path of files.kustomizations) {
    for (const root of files.documents(path) ?? []) {
      for (const key of ["resources", "bases", "components"]) {
        for (const entry of itemsOf(childOf(root, key))) {
          const local = resolved(path, textOf(entry) ?? "");
          const nested = local === null ? null : files.kustomizationOf(local);
          if (nested !== null) taken.add(nested);
        }
      }
    }
  }
  const deployed = deployedFolders(files);
  const isRoot = (path: string): boolean => !taken.has(path) || deployed.has(folderOf(path));
  return new Set(files.kustomizations.filter((path) => isRoot(path) && !isComponent(files, path)));
}

/** Where Argo CD and Flux say from which folder they deploy. */
const sources = [
  ["spec", "source", "path"],
  ["spec", "path"],
  ["spec", "template", "spec", "source", "path"],
] as const;

/** Folders that something deploys by their path, whatever else takes them in. */
function deployedFolders(files: Standing): ReadonlySet<string> {
  const found = new Set<string>();
  for (const path of files.paths) {
    if (!/argoproj\.io|fluxcd\.io/u.test(files.text(path) ?? "")) continue;
    for (const object of files.objects(path) ?? []) {
      const several = itemsOf(childOf(object, "spec", "sources")).map((source) => childOf(source, "path"));
      for (const written of [...sources.map((keys) => childOf(object, ...keys)), ...several]) {
        const folder = textOf(written);
        if (folder !== null) found.add(folder.replace(/^(?:\.?\/)+|\/+$/gu, ""));
      }
    }
  }
  return found;
}

function isComponent(files: Standing, path: string): boolean {
  return files.documents(path)?.some((root) => textOf(childOf(root, "kind")) === "Component") === true;
}

function outcomes(files: Standing, roots: ReadonlySet<string>): Outcomes {
  return new Map(
    [...roots]
      .filter((path) => files.has(path))
      .toSorted(byCodeUnits)
      .map((path): readonly [string, Outcome] => {
        try {
          return [path, { built: build(path, files) }];
        } catch (error) {
          if (error instanceof Unbuildable) return [path, { reason: error.message }];
          throw error;
        }
      }),
  );
}

function sideOf(all: Outcomes, side: Side): ComposedSide {
  const objects: ComposedObject[] = [];
  const claimed = new Set<string>();
  for (const outcome of all.values()) {
    if (!("built" in outcome)) continue;
    const { resources, loose } = outcome.built;
    for (const path of outcome.built.claimed) claimed.add(path);
    objects.push(
      ...resources.map(({ root, home, from }) => ({ object: objectAt(valueOfNode(root), home, false), from })),
      ...loose.flatMap((one) => looseObjects(one, side)),
    );
  }
  return { objects, claimed };
}

/** What is written over objects that are not at hand, as the patch that it is. */
function looseObjects({ path, key, entry }: Loose, side: Side): readonly ComposedObject[] {
  const span = spanOf(entry);
  const list: Tree = { kind: "list", items: [treeOf(entry)], span };
  return ownObjects({ kind: "map", entries: [{ key, value: list }], span }).map((tree) => ({
    object: objectAt(valueOf(tree, path, side), path, true),
    from: [path],
  }));
}

function treeOf(node: Node): Tree {
  const span = spanOf(node);
  switch (node.kind) {
    case "scalar":
      return { kind: "scalar", value: node.value, style: node.style, span };
    case "list":
      return { kind: "list", items: node.items.map(treeOf), span };
    case "map":
      return { kind: "map", entries: node.entries.map(({ key, value }) => ({ key, value: treeOf(value) })), span };
  }
}

function spanOf({ place: { line, column = 1, endLine = line, endColumn = column } }: Node): Span {
  return { line, column, endLine, endColumn };
}

/** Kustomizations of the change that could be put together, or were not there, and that nobody can put together any more. */
function brokenGaps(was: Outcomes, is: Outcomes, touched: ReadonlySet<string>): readonly Gap[] {
  return [...is].flatMap(([path, outcome]): readonly Gap[] => {
    const before = was.get(path);
    if ("built" in outcome || !touched.has(path) || (before !== undefined && "reason" in before)) return [];
    return [
      {
        id: `kustomization:${path}`,
        level: "hold",
        path,
        side: "head",
        line: null,
        reason: `what \`${path}\` deploys: ${outcome.reason}`,
        remedy: "Make it build with what is in the repository, or have a person read what it deploys.",
      },
    ];
  });
}

/** Parts that are not in the repository and that the change brings, takes away or replaces: what differs in them is in no file. */
function openGaps(change: ChangeSet, before: Standing, after: Standing): readonly Gap[] {
  const isKustomization = (path: string): boolean => [before, after].some((one) => one.kustomizations.includes(path));
  const touched = change.files.filter(({ path, status }) => status !== "unchanged" && isKustomization(path));
  const takenIn = new Set(touched.flatMap(({ path }) => [...outside(path, after).keys()]));
  return touched.flatMap(({ path }): readonly Gap[] => {
    const [old, fresh] = [outside(path, before), outside(path, after)];
    const come = [...fresh].find(([text]) => !old.has(text));
    const gone = [...old].find(([text]) => !takenIn.has(text));
    const [found, side] = come === undefined ? [gone, "base" as const] : [come, "head" as const];
    if (found === undefined) return [];
    const [text, entry] = found;
    const does = side === "head" ? "takes in as" : "no longer takes in as";
    return [
      {
        id: `outside:${path}`,
        level: "hold",
        path,
        side,
        line: entry.place.line,
        reason: `what \`${path}\` ${does} \`${text}\`: it is not in this repository`,
        remedy: "Have a person compare what it held with what it holds, or keep a copy in the repository.",
      },
    ];
  });
}

/** Entries of a kustomization that name something outside of the repository, by their text. */
function outside(path: string, files: Standing): ReadonlyMap<string, Node> {
  const found = new Map<string, Node>();
  for (const root of files.documents(path) ?? []) {
    for (const key of ["resources", "bases", "components"]) {
      for (const entry of itemsOf(childOf(root, key))) {
        const text = textOf(entry);
        const local = text === null ? null : resolved(path, text);
        const isHere = local !== null && (files.kustomizationOf(local) !== null || files.has(local));
        if (
          text !== null &&
          !isHere &&
          (local === null || /:\/\/|^git@|[?&]ref=|^[\w-]+(?:\.[\w-]+)+\/[^/]+\//u.test(text))
        ) {
          found.set(text, entry);
        }
      }
    }
  }
  return found;
}
