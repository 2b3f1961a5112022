import { child, readDocuments, type Span, type Tree } from "./documents.ts";

/** Kustomize reads these names only (`Kustomization` has no ending by which this view would claim it). */
export function isKustomization(path: string): boolean {
  return /(?:^|\/)kustomization\.ya?ml$/iu.test(path);
}

type Scalar = Extract<Tree, { kind: "scalar" }>;

/** Whether the text may be a list of JSON patch operations on what the rules of this view bound. */
export function mayBeOperations(text: string): boolean {
  return text.includes("op") && text.includes("/spec/");
}

/** Files that a kustomization applies as patches, relative to its folder. https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/ */
export function patchFiles(root: Tree): readonly string[] {
  const listed = [...itemsOf(root, "patches"), ...itemsOf(root, "patchesJson6902")].map((patch) =>
    child(patch, "path"),
  );
  return [...listed, ...itemsOf(root, "patchesStrategicMerge")].flatMap((found) => {
    const text = textOf(found);
    return text === null || text.includes("\n") ? [] : [text];
  });
}

/** What a kustomization sets by itself, as objects: its counts of replicas, and patches that are written into it. */
export function ownObjects(root: Tree): readonly Tree[] {
  const counts = itemsOf(root, "replicas").map((entry) =>
    objectOf("ReplicaCount", child(entry, "name"), entry, entry.span),
  );
  const inline = [
    ...itemsOf(root, "patches").map((patch) => ({ text: child(patch, "patch"), target: child(patch, "target") })),
    ...itemsOf(root, "patchesJson6902").map((patch) => ({
      text: child(patch, "patch"),
      target: child(patch, "target"),
    })),
    ...itemsOf(root, "patchesStrategicMerge").map((text) => ({ text, target: undefined })),
  ];
  return [...counts, ...inline.flatMap(({ text, target }) => inlineObjects(text, target))];
}

/** A patch in the text of a value. Its parts stand where the value stands: an edit of them would have to know its indentation. */
function inlineObjects(written: Tree | undefined, target: Tree | undefined): readonly Tree[] {
  const text = textOf(written);
  if (written === undefined || text === null || !/[\n:{[]/u.test(text)) return [];
  const read = readDocuments(text);
  // Text that cannot be read stands for all that it may set: an expression where the count would be.
  if (!read.ok) return [objectOf("Deployment", child(target, "name"), countOf(written), written.span)];
  return read.documents
    .map((tree) => placed(tree, written.span))
    .flatMap((tree) => (tree.kind === "list" ? operations(tree, target) : [tree]));
}

function countOf(written: Tree): Tree {
  return mapOf([["spec", mapOf([["replicas", written]], written.span)]], written.span);
}

/** The object that a list of JSON patch operations (RFC 6902) would leave behind, as far as they say; none where it is no such list. */
export function operations(tree: Tree, target?: Tree): readonly Tree[] {
  if (tree.kind !== "list" || tree.items.length === 0) return [];
  const steps = tree.items.map((item) => ({
    op: textOf(child(item, "op")),
    path: textOf(child(item, "path")),
    value: child(item, "value"),
  }));
  if (steps.some(({ op, path }) => op === null || path?.startsWith("/") !== true)) return [];
  if (!steps.some(({ path }) => path?.startsWith("/spec/"))) return [];
  let object: Tree = mapOf([], tree.span);
  for (const { path, value } of steps)
    if (path !== null && value !== undefined) object = inserted(object, path.split("/").slice(1), value);
  const kind =
    textOf(child(target, "kind")) ??
    (child(child(object, "spec"), "maxReplicas") === undefined ? "Deployment" : "HorizontalPodAutoscaler");
  return [objectOf(kind, child(target, "name"), object, tree.span)];
}

function inserted(tree: Tree, [first, ...rest]: readonly string[], value: Tree): Tree {
  if (first === undefined) return value;
  if (/^(?:\d{1,4}|-)$/u.test(first)) {
    // Which item it is does not matter to a bound; the number takes the place of the name that the patch does not know.
    const items = tree.kind === "list" ? tree.items : [];
    const own = items.find((item) => textOf(child(item, "name")) === `#${first}`);
    const fresh = inserted(own ?? mapOf([["name", scalarOf(`#${first}`, value.span)]], value.span), rest, value);
    return { kind: "list", items: [...items.filter((item) => item !== own), fresh], span: value.span };
  }
  const key = first.replaceAll("~1", "/").replaceAll("~0", "~");
  const entries = tree.kind === "map" ? tree.entries.filter((entry) => entry.key !== key) : [];
  const own = child(tree, key) ?? mapOf([], value.span);
  return { kind: "map", entries: [...entries, { key, value: inserted(own, rest, value) }], span: tree.span };
}

function objectOf(kind: string, name: Tree | undefined, body: Tree, span: Span): Tree {
  const own =
    body.kind === "map" ? body.entries.filter(({ key }) => !["apiVersion", "kind", "metadata"].includes(key)) : [];
  const metadata = mapOf(name === undefined ? [] : [["name", name]], span);
  const type = mapOf(
    [
      ["apiVersion", scalarOf("kustomize.config.k8s.io/v1beta1", span)],
      ["kind", scalarOf(kind, span)],
      ["metadata", metadata],
    ],
    span,
  );
  return { ...type, entries: [...type.entries, ...own] };
}

function mapOf(entries: readonly (readonly [string, Tree])[], span: Span): Extract<Tree, { kind: "map" }> {
  return { kind: "map", entries: entries.map(([key, value]) => ({ key, value })), span };
}

function scalarOf(value: string, span: Span): Scalar {
  return { kind: "scalar", value, style: "block", span };
}

function placed(tree: Tree, span: Span): Tree {
  switch (tree.kind) {
    case "scalar":
      return { ...tree, style: "block", span };
    case "list":
      return { ...tree, items: tree.items.map((item) => placed(item, span)), span };
    case "map":
      return { ...tree, entries: tree.entries.map(({ key, value }) => ({ key, value: placed(value, span) })), span };
  }
}

function itemsOf(tree: Tree, key: string): readonly Tree[] {
  const list = child(tree, key);
  return list?.kind === "list" ? list.items : [];
}

function textOf(tree: Tree | undefined): string | null {
  return tree?.kind === "scalar" && typeof tree.value === "string" ? tree.value : null;
}
