import { type ChangedFile, type ChangeSet, changed, type Gap, type Side } from "../change/change-set.ts";
import type { Memo } from "../syntax.ts";
import { child, documentsOf, type Tree } from "../views/documents.ts";
import { resolved } from "./kustomization.ts";
import { listed, textAt } from "./listed.ts";

/** A part of an object that says what others become, in a way that is not followed here. */
interface Part {
  readonly kind: string;
  readonly at: readonly string[];
  /** What it does, as the end of a sentence about it. */
  readonly does: string;
}

const source = (kind: string, within: readonly string[]): readonly Part[] =>
  [
    { at: ["helm", "fileParameters"], does: "takes values of a chart from files" },
    { at: ["kustomize"], does: "changes what a folder deploys" },
    { at: ["plugin"], does: "is given to a plugin that makes the manifests" },
  ].map(({ at, does }) => ({ kind, at: [...within, ...at], does }));

const parts: readonly Part[] = [
  ...source("Application", ["spec", "source"]),
  ...source("Application", ["spec", "sources"]),
  ...source("ApplicationSet", ["spec", "template", "spec", "source"]),
  ...source("ApplicationSet", ["spec", "template", "spec", "sources"]),
  { kind: "HelmRelease", at: ["spec", "valuesFrom"], does: "takes values of a chart from other objects" },
  { kind: "HelmRelease", at: ["spec", "postRenderers"], does: "changes what a chart makes" },
  ...["patches", "postBuild", "components", "images"].map((key) => ({
    kind: "Kustomization",
    at: ["spec", key],
    does: "changes what a folder deploys",
  })),
];

/** Keys of a kustomization that are not applied here. */
const writers = ["replacements", "vars", "generators", "transformers", "validators", "helmChartInflationGenerator"];

/**
 * What changes other objects in ways that are not followed: parts of what Argo CD and Flux deploy with, and of kustomizations what copies
 * values or is run. Where it differs, or a value that is copied does, people have to read what comes of it.
 */
export function unapplied(change: ChangeSet, memo: Memo): readonly Gap[] {
  const copied = copiesOf(change, memo);
  const stood = changed(change).flatMap((file) => treesOf(file, "base", memo));
  return changed(change).flatMap((file): readonly Gap[] => {
    const [before, after] = [treesOf(file, "base", memo), treesOf(file, "head", memo)];
    const found =
      differing(file.path, before, after, stood) ?? copied.find(({ changes }) => changes(file, before, after));
    if (found === undefined) return [];
    return [
      {
        id: `unapplied:${file.path}`,
        level: "hold",
        path: file.path,
        side: "head",
        line: found.line,
        reason: found.reason,
        remedy: "Have a person compare what is deployed before and after, or write the values where they are used.",
      },
    ];
  });
}

interface Told {
  /** A clause: what is not known, and why. */
  readonly reason: string;
  readonly line: number | null;
}

/**
 * The first part that is new or says something else; else one that is gone, where its object may have stayed. `stood`: every object of a
 * changed file, since one that moves is not new. What is new itself only says what it is made of.
 */
function differing(
  path: string,
  before: readonly Tree[],
  after: readonly Tree[],
  stood: readonly Tree[],
): Told | undefined {
  if (after.length === 0) return undefined;
  const names = new Set(stood.map(nameOf));
  const was = before.flatMap(partsOf);
  const is = after.filter((root) => nameOf(root) === "" || names.has(nameOf(root))).flatMap(partsOf);
  const missingIn = (others: typeof was) => {
    const known = new Set(others.map(({ part, tree }) => outline(part, tree)));
    return ({ part, tree }: (typeof was)[number]): boolean => !known.has(outline(part, tree));
  };
  const [fresh, gone] = [is.find(missingIn(stood.flatMap(partsOf))), was.find(missingIn(is))];
  const found = fresh ?? gone;
  if (found === undefined) return undefined;
  const verb = fresh === undefined ? "no longer sets" : "sets";
  return {
    reason: `what \`${path}\` deploys: it ${verb} \`${found.part.at.join(".")}\`, which ${found.part.does} and is not applied here`,
    line: fresh?.tree.span.line ?? null,
  };
}

/** Kind and name of an object; empty for what need not have them. */
function nameOf(root: Tree): string {
  const name = textAt(child(root, "metadata"), "name");
  return name === null ? "" : `${textAt(root, "kind")}/${name}`;
}

function outline({ at }: Part, tree: Tree): string {
  return `${at.join(".")} ${said(tree)}`;
}

function partsOf(root: Tree): readonly { readonly part: Part; readonly tree: Tree }[] {
  const kind = textAt(root, "kind");
  const isFlux = textAt(root, "apiVersion")?.startsWith("kustomize.toolkit.fluxcd.io/") === true;
  const own: readonly Part[] =
    kind === "Kustomization" && isFlux
      ? parts.filter((part) => part.kind === kind)
      : kind === null || kind === "Kustomization" || kind === "Component"
        ? writers.map((key) => ({ kind: "", at: [key], does: "changes what is deployed" }))
        : parts.filter((part) => part.kind === kind);
  return own.flatMap((part) => reached(root, part.at).map((tree) => ({ part, tree })));
}

/** What stands at the keys, in each item of the lists on the way. */
function reached(tree: Tree | undefined, [key, ...rest]: readonly string[]): readonly Tree[] {
  if (tree === undefined) return [];
  if (key === undefined) return isEmpty(tree) ? [] : [tree];
  if (tree.kind === "list") return tree.items.flatMap((item) => reached(item, [key, ...rest]));
  return reached(child(tree, key), rest);
}

function isEmpty(tree: Tree): boolean {
  switch (tree.kind) {
    case "scalar":
      return tree.value === null;
    case "list":
      return tree.items.length === 0;
    case "map":
      return tree.entries.every(({ value }) => isEmpty(value));
  }
}

/** A part without its places, and without the versions of images: these change every day, and say so. */
function said(tree: Tree, key = ""): string {
  switch (tree.kind) {
    case "scalar":
      return JSON.stringify(key === "images" ? String(tree.value).replace(/@.*$|:[^:/]*$/u, "") : tree.value);
    case "list":
      return `[${tree.items.map((item) => said(item, key)).join(",")}]`;
    case "map":
      return `{${tree.entries
        .filter((entry) => !/^(?:newTag|digest)$/u.test(entry.key))
        .map((entry) => `${JSON.stringify(entry.key)}:${said(entry.value, entry.key)}`)
        .join(",")}}`;
  }
}

interface Copy extends Told {
  readonly changes: (file: ChangedFile, before: readonly Tree[], after: readonly Tree[]) => boolean;
}

/** What the kustomizations of the head copy, and the files that they name for it. */
function copiesOf(change: ChangeSet, memo: Memo): readonly Copy[] {
  const byPath = new Map(change.files.map((file) => [file.path, file]));
  return change.files
    .filter(({ path }) => isKustomization(path))
    .flatMap((file) => {
      const roots = treesOf(file, "head", memo);
      const named = roots.flatMap((root) => writers.flatMap((key) => filesNamed(child(root, key), file.path)));
      const outer = named.flatMap((path) => {
        const one = byPath.get(path);
        return one === undefined ? [] : documentsIn(one, "head", memo);
      });
      const inline = roots.flatMap((root) => reached(root, ["replacements"]).flatMap(itemsOf));
      const sources = [
        ...[...inline, ...outer.flatMap(itemsOf)].flatMap((one) => copyOf(child(one, "source"), "fieldPath")),
        ...roots.flatMap((root) => reached(root, ["vars"]).flatMap(itemsOf)).flatMap(variableOf),
      ];
      const generated = generatedFrom(roots, file.path, new Set(sources.map(({ name }) => name)));
      const told = (what: string): Told => ({
        reason: `what \`${file.path}\` makes of ${what}: where it writes that is not followed here`,
        line: null,
      });
      return [
        ...named.map((path) => ({ ...told(`\`${path}\``), changes: (one: ChangedFile) => one.path === path })),
        ...sources.map((wanted) => ({
          ...told(`\`${wanted.field}\` of \`${wanted.kind}/${wanted.name}\``),
          changes: (_: ChangedFile, before: readonly Tree[], after: readonly Tree[]) =>
            before.length > 0 && after.length > 0 && valueIn(before, wanted) !== valueIn(after, wanted),
        })),
        ...generated.map((path) => ({
          ...told(path === file.path ? "what its generators make" : `\`${path}\``),
          changes: (one: ChangedFile, before: readonly Tree[], after: readonly Tree[]) =>
            path === file.path ? one.path === path && generators(before) !== generators(after) : one.path === path,
        })),
      ];
    });
}

function itemsOf(tree: Tree): readonly Tree[] {
  return tree.kind === "list" ? tree.items : [tree];
}

function filesNamed(tree: Tree | undefined, from: string): readonly string[] {
  return (tree === undefined ? [] : itemsOf(tree)).flatMap((one) => {
    const text = one.kind === "scalar" && typeof one.value === "string" ? one.value : textAt(one, "path");
    const path = text === null || text.includes("\n") ? null : resolved(from, text);
    return path === null ? [] : [path];
  });
}

interface Source {
  readonly kind: string;
  readonly name: string;
  readonly field: string;
}

function copyOf(tree: Tree | undefined, key: string): readonly Source[] {
  const [kind, name] = [textAt(tree, "kind"), textAt(tree, "name")];
  return kind === null || name === null ? [] : [{ kind, name, field: textAt(tree, key) ?? "metadata.name" }];
}

function variableOf(tree: Tree): readonly Source[] {
  const field = child(tree, "fieldref") ?? child(tree, "fieldRef");
  const path = textAt(field, "fieldpath") ?? textAt(field, "fieldPath");
  return copyOf(child(tree, "objref"), "").map((one) => ({ ...one, field: path ?? one.field }));
}

function valueIn(roots: readonly Tree[], { kind, name, field }: Source): string {
  const found = roots.filter(
    (root) => textAt(root, "kind") === kind && textAt(child(root, "metadata"), "name") === name,
  );
  const keys = field.split(".");
  // A path through a list by the names of its items is not followed: then the whole object counts.
  return found
    .map(
      (root) =>
        reached(root, keys)
          .map((tree) => said(tree))
          .join() || (/\[/u.test(field) ? said(root) : ""),
    )
    .join();
}

const generatorKeys = ["configMapGenerator", "secretGenerator"];

function generators(roots: readonly Tree[]): string {
  return roots.flatMap((root) => generatorKeys.flatMap((key) => reached(root, [key]).map((tree) => said(tree)))).join();
}

/** The files of generated objects that values are copied from, and the kustomization itself. */
function generatedFrom(roots: readonly Tree[], path: string, names: ReadonlySet<string>): readonly string[] {
  const entries = roots
    .flatMap((root) => generatorKeys.flatMap((key) => reached(root, [key]).flatMap(itemsOf)))
    .filter((entry) => names.has(textAt(entry, "name") ?? ""));
  if (entries.length === 0) return [];
  const files = entries
    .flatMap((entry) => ["envs", "env", "files"].flatMap((key) => reached(entry, [key]).flatMap(itemsOf)))
    .flatMap(
      (one) => (one.kind === "scalar" ? resolved(path, String(one.value).replace(/^[^=/]*=/u, "")) : null) ?? [],
    );
  return [path, ...files];
}

function documentsIn(file: ChangedFile, side: Side, memo: Memo): readonly Tree[] {
  const version = side === "base" ? file.before : file.after;
  if (version?.content.kind !== "text" || !/\.(?:ya?ml|json)$|(?:^|\/)Kustomization$/u.test(file.path)) return [];
  const read = documentsOf(version.sha, version.content.text, memo);
  return read.ok ? read.documents : [];
}

/** The objects of a file. A kustomization need not say that it is one. */
function treesOf(file: ChangedFile, side: Side, memo: Memo): readonly Tree[] {
  const documents = documentsIn(file, side, memo);
  return isKustomization(file.path) ? documents : documents.flatMap(listed);
}

function isKustomization(path: string): boolean {
  return /(?:^|\/)kustomization(?:\.ya?ml)?$/iu.test(path);
}
