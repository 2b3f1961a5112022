import { joined } from "../change/symlinks.ts";
import { readDocuments } from "../views/documents.ts";
import { generatedObject, type TextAt } from "./generated.ts";
import { withImage } from "./replaced-images.ts";
import { applyJsonPatch, Inapplicable, isJsonPatch } from "./json-patch.ts";
import { withAffixes, withAnnotations, withLabels, withNamespace } from "./names.ts";
import { childOf, itemsOf, type MapNode, type Node, nodeOf, textOf, updated, withEntry, withoutEntry } from "./node.ts";
import { changedTo, type Id, idOf, isSameId, type Resource, targeted, UnreadableSelector } from "./resource.ts";
import { isBuiltIn, strategicMerge, UnknownDirective } from "./strategic-merge.ts";

/** The files of one side, as far as they are at hand. */
export interface Files {
  /** The documents of a file; null where it is not at hand or cannot be read. */
  readonly documents: (path: string) => readonly Node[] | null;
  /** The objects among them, those of lists one by one. */
  readonly objects: (path: string) => readonly MapNode[] | null;
  readonly text: (path: string) => string | null;
  /** The kustomization of a folder; null where there is none at hand. */
  readonly kustomizationOf: (folder: string) => string | null;
}

/** What one kustomization deploys. */
export interface Built {
  readonly resources: readonly Resource[];
  /** Files whose objects went into it. */
  readonly claimed: ReadonlySet<string>;
  /** What it takes in that is not at hand: remote bases, charts, files that nobody can read. */
  readonly open: readonly Node[];
  /** What it patches there, and so nobody can apply: entries of a kustomization as they are written. */
  readonly loose: readonly Loose[];
}

export interface Loose {
  readonly path: string;
  readonly key: "patches" | "replicas";
  readonly entry: Node;
}

/** Why a kustomization cannot be put together from what is written. */
export class Unbuildable extends Error {}

const depthLimit = 50;
const resourceLimit = 20_000;

/** What these keys make is known to their plugins alone. */
const opaque = ["transformers"];
/** What these keys add is not known; the rest is. */
const adding = ["generators", "helmCharts", "helmChartInflationGenerator"];

interface Draft {
  resources: readonly Resource[];
  readonly claimed: Set<string>;
  readonly open: Node[];
  readonly loose: Loose[];
}

/** Puts together what the kustomization at `path` deploys. Throws `Unbuildable` where what is written decides less than that. */
export function build(path: string, files: Files): Built {
  return buildWithin(path, files, []);
}

function buildWithin(path: string, files: Files, around: readonly string[]): Built {
  const draft: Draft = { resources: [], claimed: new Set(), open: [], loose: [] };
  try {
    accumulate(path, draft, files, around);
  } catch (error) {
    if (error instanceof Inapplicable || error instanceof UnreadableSelector || error instanceof UnknownDirective) {
      throw new Unbuildable(error.message);
    }
    throw error;
  }
  return draft;
}

/** The part as `buildWithin` makes it; null where it cannot be put together, and so is not known to what takes it in. */
function part(path: string, files: Files, around: readonly string[]): Built | null {
  try {
    return buildWithin(path, files, around);
  } catch (error) {
    if (error instanceof Unbuildable) return null;
    throw error;
  }
}

export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** `relative`, as the kustomization at `path` writes it, from the root of the repository; null outside of it. */
export function resolved(path: string, relative: string): string | null {
  const folder = folderOf(path);
  return joined(folder === "" ? [] : folder.split("/"), relative);
}

function accumulate(path: string, draft: Draft, files: Files, around: readonly string[]): void {
  if (around.includes(path)) throw new Unbuildable(`\`${path}\` takes itself in`);
  if (around.length > depthLimit) throw new Unbuildable(`it is nested deeper than ${depthLimit} kustomizations`);
  const documents = files.documents(path) ?? [];
  const [root] = documents;
  if (root === undefined || documents.length > 1) throw new Unbuildable(`\`${path}\` is not one kustomization`);
  const unknown = opaque.find((key) => itemsOf(childOf(root, key)).length > 0);
  if (unknown !== undefined) throw new Unbuildable(`what its \`${unknown}\` do is not known`);
  const inner = [...around, path];
  const isComponent = textOf(childOf(root, "kind")) === "Component";
  for (const key of adding) draft.open.push(...entriesAt(root, key));
  for (const key of ["resources", "bases"]) {
    for (const entry of itemsOf(childOf(root, key))) takeIn(path, entry, draft, files, inner);
  }
  generate(path, root, draft, files);
  for (const entry of itemsOf(childOf(root, "components"))) {
    const component = componentAt(path, entry, files);
    if (component === null) draft.open.push(entry);
    else accumulate(component, draft, files, inner);
  }
  transform(path, root, draft, files);
  if (draft.resources.length > resourceLimit) throw new Unbuildable(`it deploys more than ${resourceLimit} objects`);
  draft.claimed.add(path);
  if (!isComponent) draft.resources = draft.resources.map((resource) => broughtBy(path, resource));
}

/** What a kustomization takes from outside of its folder is deployed by it; what lies in its folder, by itself. */
function broughtBy(path: string, resource: Resource): Resource {
  const folder = folderOf(path);
  const within = folder === "" || resource.home.startsWith(`${folder}/`);
  const from = resource.from.includes(path) ? resource.from : [...resource.from, path];
  return { ...resource, home: within ? resource.home : path, from };
}

function entriesAt(root: Node, key: string): readonly Node[] {
  const found = childOf(root, key);
  return found === undefined ? [] : found.kind === "list" ? found.items : [found];
}

function takeIn(path: string, entry: Node, draft: Draft, files: Files, around: readonly string[]): void {
  const text = textOf(entry);
  const local = text === null ? null : resolved(path, text);
  const nested = local === null ? null : files.kustomizationOf(local);
  if (nested !== null) {
    const own = part(nested, files, around);
    if (own === null) {
      draft.open.push(entry);
      return;
    }
    draft.resources = [...draft.resources, ...own.resources];
    for (const one of own.claimed) draft.claimed.add(one);
    draft.open.push(...own.open);
    draft.loose.push(...own.loose);
    return;
  }
  const objects = local === null ? null : files.objects(local);
  if (local === null || objects === null) {
    draft.open.push(entry);
    return;
  }
  draft.claimed.add(local);
  draft.resources = [
    ...draft.resources,
    ...objects.map((root) => ({ root, ids: [idOf(root)], home: local, from: [local] })),
  ];
}

function componentAt(path: string, entry: Node, files: Files): string | null {
  const local = resolved(path, textOf(entry) ?? "");
  return local === null ? null : files.kustomizationOf(local);
}

function generate(path: string, root: Node, draft: Draft, files: Files): void {
  const textAt: TextAt = (relative) => {
    const local = resolved(path, relative);
    return local === null ? null : files.text(local);
  };
  const common = childOf(root, "generatorOptions");
  for (const kind of ["ConfigMap", "Secret"] as const) {
    for (const entry of itemsOf(childOf(root, kind === "ConfigMap" ? "configMapGenerator" : "secretGenerator"))) {
      let object: Node = generatedObject(entry, kind, textAt);
      for (const key of ["labels", "annotations"]) {
        const pairs = childOf(common, key);
        for (const one of pairs?.kind === "map" ? pairs.entries : []) {
          object = updated(object, ["metadata", key, one.key], (own) => own ?? one.value, entry.place);
        }
      }
      if (object.kind === "map") generateOver(path, object, textOf(childOf(entry, "behavior")), draft);
    }
  }
}

/** Adds a generated object, or puts its keys over those of the one that it names. */
function generateOver(path: string, object: MapNode, behavior: string | null, draft: Draft): void {
  const id = idOf(object);
  if (behavior !== "merge" && behavior !== "replace") {
    draft.resources = [...draft.resources, { root: object, ids: [id], home: path, from: [path] }];
    return;
  }
  const isMeant = ({ ids }: Resource): boolean => ids.some((one) => one.kind === id.kind && one.name === id.name);
  if (!draft.resources.some(isMeant) && draft.open.length === 0) {
    throw new Unbuildable(`it generates over \`${id.name}\`, which nothing makes`);
  }
  draft.resources = draft.resources.map((resource) => {
    if (!isMeant(resource)) return resource;
    const over =
      strategicMerge(
        resource.root,
        bodyOf(object, () => true),
        true,
      ) ?? resource.root;
    const fresh = behavior === "merge" ? over : withData(over, object);
    return changedTo(resource, fresh, path);
  });
}

function withData(over: MapNode, object: MapNode): MapNode {
  return ["data", "stringData", "binaryData"].reduce((so, key) => {
    const data = childOf(object, key);
    return data === undefined ? withoutEntry(so, key) : withEntry(so, key, data);
  }, over);
}

/** In the order of Kustomize. https://github.com/kubernetes-sigs/kustomize/blob/master/api/internal/target/kusttarget_configplugin.go */
function transform(path: string, root: Node, draft: Draft, files: Files): void {
  const by = (change: (resources: readonly Resource[]) => readonly Resource[]): void => {
    draft.resources = change(draft.resources);
  };
  for (const entry of itemsOf(childOf(root, "patchesStrategicMerge")))
    patch(path, root, { entry, text: entry }, draft, files);
  for (const entry of itemsOf(childOf(root, "patches"))) patch(path, root, { entry, text: undefined }, draft, files);
  const namespace = childOf(root, "namespace");
  if (namespace !== undefined && textOf(namespace) !== null) by((all) => withNamespace(all, namespace, path));
  by((all) => withAffixes(all, { prefix: childOf(root, "namePrefix"), suffix: undefined }, path));
  by((all) => withAffixes(all, { prefix: undefined, suffix: childOf(root, "nameSuffix") }, path));
  const common = childOf(root, "commonLabels");
  if (common !== undefined) by((all) => withLabels(all, { pairs: common, selectors: true, templates: true }, path));
  for (const entry of itemsOf(childOf(root, "labels"))) {
    const pairs = childOf(entry, "pairs");
    const isSet = (key: string): boolean => textOf(childOf(entry, key)) === "true";
    const selectors = isSet("includeSelectors");
    if (pairs !== undefined)
      by((all) => withLabels(all, { pairs, selectors, templates: isSet("includeTemplates") }, path));
  }
  const annotations = childOf(root, "commonAnnotations");
  if (annotations !== undefined) by((all) => withAnnotations(all, annotations, path));
  for (const entry of itemsOf(childOf(root, "patchesJson6902")))
    patch(path, root, { entry, text: undefined }, draft, files);
  for (const entry of itemsOf(childOf(root, "replicas"))) count(path, entry, draft);
  for (const entry of itemsOf(childOf(root, "images"))) by((all) => withImage(all, entry, path));
}

interface Written {
  readonly entry: Node;
  /** The text that is the patch, or names its file, where the entry itself is it. */
  readonly text: Node | undefined;
}

function patch(path: string, root: Node, { entry, text }: Written, draft: Draft, files: Files): void {
  const target = childOf(entry, "target");
  const inline =
    childOf(entry, "patch") ?? (text !== undefined && /[\n:{[]/u.test(textOf(text) ?? "") ? text : undefined);
  const file = textOf(childOf(entry, "path")) ?? (inline === undefined ? textOf(text) : null);
  const local = file === null ? null : resolved(path, file);
  const patches = inline !== undefined ? inlinePatches(inline) : local === null ? null : files.documents(local);
  if (patches === null) {
    // A patch that nobody can read may set anything of what it is for.
    throw new Unbuildable(`its patch \`${file ?? "in its text"}\` cannot be read`);
  }
  const options = childOf(entry, "options");
  const schema = childOf(root, "openapi") !== undefined;
  const by = inline === undefined && local !== null ? [local, path] : [path];
  let isLoose = false;
  for (const one of patches) {
    if (!apply(one, { target, options, schema, by }, draft)) isLoose = true;
  }
  if (isLoose && target === undefined && draft.open.length === 0) throw new Unbuildable("a patch of it fits no object");
  if (isLoose && draft.open.length > 0) {
    draft.loose.push({ path, key: "patches", entry: text === undefined ? entry : looseOf(entry) });
  } else if (inline === undefined && local !== null) draft.claimed.add(local);
}

/** An entry of `patchesStrategicMerge` in the form of `patches`. */
function looseOf(entry: Node): Node {
  const key = /[\n:{[]/u.test(textOf(entry) ?? "") ? "patch" : "path";
  return { kind: "map", entries: [{ key, value: entry }], place: entry.place };
}

/** Documents in the text of a value: they stand where it stands. */
function inlinePatches(text: Node): readonly Node[] | null {
  const read = readDocuments(textOf(text) ?? "");
  if (!read.ok) return null;
  const { path, side, line, column = 1, endLine = line, endColumn = column } = text.place;
  return read.documents.map((tree) => nodeOf(tree, path, side, { line, column, endLine, endColumn }));
}

interface Application {
  readonly target: Node | undefined;
  readonly options: Node | undefined;
  /** The kustomization brings a schema, by which lists of custom kinds have merge keys too. */
  readonly schema: boolean;
  /** The files that the patch comes from. */
  readonly by: readonly string[];
}

/** Applies one patch; false where it fits no object that is at hand. */
function apply(one: Node, { target, options, schema, by }: Application, draft: Draft): boolean {
  if (one.kind === "scalar" && one.value === null) return true;
  const isOperations = isJsonPatch(one);
  if (!isOperations && one.kind !== "map")
    throw new Unbuildable("a patch of it is neither an object nor a list of operations");
  if (isOperations && target === undefined) throw new Unbuildable("a list of operations has no target");
  const own = idOf(one);
  const fits = target === undefined ? ({ ids }: Resource) => ids.some((id) => isSameId(id, own)) : targeted(target);
  const keeps = (key: string): boolean => textOf(childOf(options, key)) !== "true";
  let found = false;
  draft.resources = draft.resources.flatMap((resource) => {
    if (!fits(resource)) return [resource];
    found = true;
    const root = isJsonPatch(one)
      ? applyJsonPatch(resource.root, one)
      : one.kind === "map"
        ? strategicMerge(resource.root, bodyOf(one, keeps), schema || isBuiltIn(idOf(resource.root).group))
        : resource.root;
    if (root === null) return [];
    return [by.reduce((so, path) => withSource(so, path), changedTo(resource, root, by[0] ?? ""))];
  });
  return found;
}

function withSource(resource: Resource, path: string): Resource {
  return resource.from.includes(path) ? resource : { ...resource, from: [...resource.from, path] };
}

/** A patch without what only says which object it is for. */
function bodyOf(one: MapNode, keeps: (option: string) => boolean): MapNode {
  let body = withoutEntry(one, "apiVersion");
  if (keeps("allowKindChange")) body = withoutEntry(body, "kind");
  const identity = ["namespace", ...(keeps("allowNameChange") ? ["name"] : [])];
  const stripped = updated(body, ["metadata"], (metadata) =>
    metadata?.kind === "map" ? identity.reduce((so, key) => withoutEntry(so, key), metadata) : metadata,
  );
  return stripped.kind === "map" ? stripped : body;
}

const counted = new Set(["Deployment", "ReplicaSet", "ReplicationController", "StatefulSet"]);

function count(path: string, entry: Node, draft: Draft): void {
  const [name, replicas] = [textOf(childOf(entry, "name")), childOf(entry, "count")];
  if (name === null || replicas === undefined)
    throw new Unbuildable("an entry of its `replicas` has no name or no count");
  const isNamed = ({ ids }: Resource): boolean => ids.some((id: Id) => id.name === name);
  let found = false;
  draft.resources = draft.resources.map((resource) => {
    if (!counted.has(idOf(resource.root).kind) || !isNamed(resource)) return resource;
    found = true;
    return changedTo(
      resource,
      updated(resource.root, ["spec", "replicas"], () => replicas, entry.place),
      path,
    );
  });
  if (found) return;
  if (draft.open.length === 0) throw new Unbuildable(`its \`replicas\` name \`${name}\`, which fits no object`);
  draft.loose.push({ path, key: "replicas", entry });
}
