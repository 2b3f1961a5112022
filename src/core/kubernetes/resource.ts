import { RE2JS } from "re2js";
import { childOf, type MapNode, type Node, textOf } from "./node.ts";

/** What names an object to a kustomization. */
export interface Id {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** An object on its way through kustomizations. */
export interface Resource {
  readonly root: MapNode;
  /** What it was called on its way, the first name first: what stands outside may still use any of them. */
  readonly ids: readonly Id[];
  /** The path that it is deployed from: its file, or the outermost kustomization that takes it from outside of its own folder. */
  readonly home: string;
  /** The files it is made of. */
  readonly from: readonly string[];
}

/** Kustomize takes no namespace for the one of this name. */
const defaultNamespace = "default";

export function idOf(root: Node): Id {
  const apiVersion = textOf(childOf(root, "apiVersion")) ?? "";
  const slash = apiVersion.indexOf("/");
  return {
    group: slash === -1 ? "" : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    kind: textOf(childOf(root, "kind")) ?? "",
    namespace: textOf(childOf(root, "metadata", "namespace")) ?? defaultNamespace,
    name: textOf(childOf(root, "metadata", "name")) ?? "",
  };
}

/** The resource after a change of its object by what stands in `by`; a new name or namespace is known beside the old ones. */
export function changedTo(resource: Resource, root: Node, by: string): Resource {
  if (root === resource.root || root.kind !== "map") return resource;
  const id = idOf(root);
  const known = resource.ids.some((one) => isSameId(one, id));
  return {
    ...resource,
    root,
    ids: known ? resource.ids : [...resource.ids, id],
    from: resource.from.includes(by) ? resource.from : [...resource.from, by],
  };
}

/** The same object, of whatever version of its group. */
export function isSameId(a: Id, b: Id): boolean {
  return a.group === b.group && a.kind === b.kind && a.namespace === b.namespace && a.name === b.name;
}

/** A selector that cannot be read as one. */
export class UnreadableSelector extends Error {}

/** Tells the resources that the `target` of a patch means. Names are regular expressions for the whole of a name. */
export function targeted(target: Node): (resource: Resource) => boolean {
  const pattern = (key: string): ((text: string) => boolean) => {
    const text = textOf(childOf(target, key));
    if (text === null) return () => true;
    const matcher = patternOf(text);
    return (candidate) => matcher.matches(candidate);
  };
  const [group, version, kind] = [pattern("group"), pattern("version"), pattern("kind")];
  const [name, namespace] = [pattern("name"), pattern("namespace")];
  const labels = labelSelector(textOf(childOf(target, "labelSelector")));
  const annotations = labelSelector(textOf(childOf(target, "annotationSelector")));
  return ({ root, ids }) =>
    ids.some(
      (id) => group(id.group) && version(id.version) && kind(id.kind) && name(id.name) && namespace(id.namespace),
    ) &&
    labels(childOf(root, "metadata", "labels")) &&
    annotations(childOf(root, "metadata", "annotations"));
}

function patternOf(text: string): RE2JS {
  try {
    return RE2JS.compile(`^(?:${text})$`);
  } catch {
    throw new UnreadableSelector(`\`${text}\` is no regular expression`);
  }
}

/** A label selector as `a=b,c!=d,e in (f,g),!h`. https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/ */
function labelSelector(text: string | null): (labels: Node | undefined) => boolean {
  if (text === null) return () => true;
  const requirements = text.split(/,(?![^(]*\))/u).map((part) => requirement(part.trim()));
  return (labels) => requirements.every((meets) => meets((key) => textOf(childOf(labels, key))));
}

function requirement(text: string): (labelAt: (key: string) => string | null) => boolean {
  const [, absent, key = "", sign, value = "", word, list = ""] =
    /^(!?)\s*([\w./-]+)\s*(?:(==|=|!=)\s*([\w.-]*)|\s(in|notin)\s*\(([^)]*)\))?$/u.exec(text) ?? [];
  if (key === "") throw new UnreadableSelector(`\`${text}\` is no label selector`);
  if (word !== undefined) {
    const values = list.split(",").map((one) => one.trim());
    return (labelAt) => values.includes(labelAt(key) ?? "\n") === (word === "in");
  }
  if (sign !== undefined) return (labelAt) => ((labelAt(key) ?? "") === value) === (sign !== "!=");
  return (labelAt) => (labelAt(key) !== null) === (absent === "");
}
